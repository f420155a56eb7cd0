"""Fixed forms in openpyxl: fonts, borders, merged cells and page set-up as bureaus print them.

book, sheet = new_book("调度表")
set_page(sheet, paper="A4", landscape=True, repeat="1:4")
put(sheet, "A1:G1", "进展情况调度表", TITLE)
put(sheet, "C5", 12, NUMBER)
data = saved(book)
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Literal

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

from lib import text
from lib.excel.columns import letters

# Named, not embedded: a machine without them shows its own.
TITLE_FONT = "方正小标宋简体"
TEXT_FONT = "仿宋"
TABLE_FONT = "宋体"
HEAD_FONT = "黑体"

PAPERS = {"A4": 9, "A3": 8}
LINE_HEIGHT = 15  # points of a line of table text
LONGEST = 32767  # characters of a cell
ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA_LIKE = ("=", "+", "-", "@", "\t")

_THIN = Side(style="thin", color="000000")


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks; sizes in points."""

    font: str = TABLE_FONT
    size: float = 11
    bold: bool = False
    align: Literal["left", "center", "right"] = "center"
    vertical: Literal["top", "center", "bottom"] = "center"
    border: bool = True
    wrap: bool = True
    number_format: str = "General"


TITLE = Look(font=TITLE_FONT, size=20, border=False)
ANNEX = Look(font=HEAD_FONT, size=14, border=False, align="left", wrap=False)
LINE = Look(font=TEXT_FONT, size=12, border=False, align="left", wrap=False)
LINE_RIGHT = Look(font=TEXT_FONT, size=12, border=False, align="right", wrap=False)
NOTE = Look(font=TEXT_FONT, size=11, border=False, align="left", vertical="top")
HEAD = Look(font=HEAD_FONT)
CELL = Look()
LEFT = Look(align="left")
NUMBER = Look(number_format="0")
MONEY = Look(number_format="0.00")


def new_book(name: str) -> tuple[Workbook, Worksheet]:
    """A workbook with one sheet of that name."""
    book = Workbook()
    book.properties.creator = ""
    sheet = book.active
    sheet.title = name
    return book, sheet


def saved(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def put(sheet: Worksheet, place: str, value: object, look: Look = CELL) -> Cell:
    """Write a value at "B5", or into "B5:D6" merged.

    Numbers stay numbers, dates print as 2023.06.06, None leaves the cell empty;
    a text is never a formula, whatever it begins with.
    """
    first = place.partition(":")[0]
    if ":" in place:
        sheet.merge_cells(place)
        for row in sheet[place]:
            for cell in row:
                _dress(cell, look)
    cell = sheet[first]
    _dress(cell, look)
    _fill(cell, value)
    return cell


def put_row(sheet: Worksheet, row: int, values: Iterable[object], look: Look = CELL, start: int = 1) -> None:
    """Values side by side from column `start` on."""
    for column, value in enumerate(values, start):
        put(sheet, f"{letters(column)}{row}", value, look)


def plain(value: object) -> Any:
    """A value as a workbook keeps it: number, text without what XML forbids, or None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float, Decimal)):
        return _number(value)
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{text.dotted_date(local)} {local:%H:%M}"
    if isinstance(value, date):
        return text.dotted_date(value)
    return ILLEGAL.sub("", str(value).replace("\r\n", "\n"))[:LONGEST]


def _number(value: Any) -> Any:
    if not math.isfinite(value):
        return None
    return value if abs(value) < 10**15 else str(value)  # Excel rounds beyond 15 digits


def _fill(cell: Cell, value: object) -> None:
    cell.value = plain(value)
    if isinstance(cell.value, str):
        cell.data_type = "s"
        cell.quotePrefix = cell.value.startswith(FORMULA_LIKE)


def _dress(cell: Any, look: Look) -> None:
    cell.font = Font(name=look.font, size=look.size, bold=look.bold)
    cell.alignment = Alignment(horizontal=look.align, vertical=look.vertical, wrap_text=look.wrap)
    cell.number_format = look.number_format
    if look.border:
        cell.border = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def set_page(
    sheet: Worksheet,
    *,
    paper: str = "A4",
    landscape: bool = True,
    repeat: str = "",
    freeze: str = "",
    footer: bool = True,
) -> None:
    """Print one page wide, centred, the rows `repeat` ("1:4") on every page, numbered — 2 — below."""
    sheet.page_setup.paperSize = PAPERS[paper]
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    for side in ("left", "right", "top"):
        setattr(sheet.page_margins, side, 0.6)
    sheet.page_margins.bottom, sheet.page_margins.footer = 0.8, 0.4
    if repeat:
        sheet.print_title_rows = repeat
    if freeze:
        sheet.freeze_panes = freeze
    if footer:
        sheet.oddFooter.center.text = "— &P —"


def set_widths(sheet: Worksheet, widths: Iterable[float], start: int = 1) -> None:
    """Column widths in characters of a figure's width (a Chinese character takes two)."""
    for column, width in enumerate(widths, start):
        sheet.column_dimensions[letters(column)].width = width


def lines(value: str, width: float) -> int:
    """How many lines a text takes in a column (or merged columns) of that width.

    Rows need their height told: Excel fits it to wrapped text when it opens a
    file, but not for merged cells, and other programs not at all.
    """
    room = max(1.0, width - 1)
    return sum(max(1, math.ceil(_text_width(part) / room)) for part in value.split("\n"))


def _text_width(part: str) -> float:
    """In widths of a figure: Chinese characters (three bytes) count 2, ASCII 1."""
    return (len(part.encode(errors="replace")) + len(part)) / 2


def set_heights(sheet: Worksheet, heights: Mapping[int, float]) -> None:
    """Row heights in points."""
    for row, height in heights.items():
        sheet.row_dimensions[row].height = height
