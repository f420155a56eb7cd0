"""The workbook around a streamed table: openpyxl makes it, the rows are put in afterwards."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lib.excel import forms
from lib.excel.columns import letters
from lib.excel.forms import Look

Kind = Literal["text", "whole", "money", "number", "day"]

_FORMATS: dict[Kind, str] = {"text": "@", "whole": "0", "money": "0.00", "number": "General", "day": "yyyy-mm-dd"}
_DIMENSION = re.compile(r"<dimension [^>]*/>")
_MERGED = re.compile(r"<mergeCells[^>]*>(.*?)</mergeCells>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table out: `kind` decides how a number or date is kept, texts are texts in any."""

    name: str
    width: float = 12
    align: Literal["left", "center", "right"] = "center"
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A sheet to stream: 附件2 on top, title, a line left and right, headings, rows, notes below."""

    columns: Sequence[Heading]
    rows: Iterable[Sequence[Any]]
    name: str = "Sheet1"
    title: str = ""
    annex: str = ""
    left: str = ""
    right: str = ""
    notes: Sequence[str] = ()
    paper: str = "A4"
    landscape: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """A sheet cut open: what stands before the rows and after, the first row's number, style ids."""

    before: str
    after: str
    first_row: int
    styles: list[int]
    quoted: list[int]
    note_style: int
    sheet: TableSheet

    def closed(self, next_row: int) -> tuple[str, list[tuple[int, str, int]]]:
        """(XML after the rows, notes as (row, text, height)) for a table that ended before `next_row`."""
        total = sum(column.width for column in self.sheet.columns)
        notes = [
            (row, note, forms.lines(note, total) * forms.LINE_HEIGHT)
            for row, note in enumerate(self.sheet.notes, next_row)
        ]
        return _merged_also([row for row, *_ in notes], len(self.sheet.columns), self.after), notes


def make_shell(
    sheets: Sequence[TableSheet], after: Workbook | None = None
) -> tuple[zipfile.ZipFile, list[Frame], list[str]]:
    """(the workbook as an archive, one frame for each sheet, the names of their parts), behind those of `after`."""
    book = after or _empty_book()
    standing = len(book.worksheets)
    made = [_head(book.create_sheet(sheet.name), sheet) for sheet in sheets]
    archive = zipfile.ZipFile(BytesIO(forms.saved(book)))
    parts = [f"xl/worksheets/sheet{standing + number}.xml" for number in range(1, len(sheets) + 1)]
    frames = [
        _frame(archive.read(part).decode(), sheet, *head) for part, sheet, head in zip(parts, sheets, made, strict=True)
    ]
    return archive, frames, parts


def _empty_book() -> Workbook:
    book = Workbook()
    book.properties.creator = ""
    book.remove(book.active)
    return book


def _head(sheet: Worksheet, table: TableSheet) -> tuple[int, list[int], list[int], int]:
    """Write what stands above the rows; (first row of data, style ids, those of quoted texts, that of notes)."""
    last, row = letters(len(table.columns)), 0
    if table.annex:
        row += 1
        forms.put(sheet, f"A{row}", table.annex, forms.ANNEX)
    if table.title:
        row += 1
        forms.put(sheet, f"A{row}:{last}{row}", table.title, forms.TITLE)
        sheet.row_dimensions[row].height = 34
    if table.left or table.right:
        row += 1
        forms.put(sheet, f"A{row}", table.left, forms.LINE)
        forms.put(sheet, f"{last}{row}", table.right, forms.LINE_RIGHT)
    row += 1
    forms.put_row(sheet, row, [column.name for column in table.columns], forms.HEAD)
    most = max(forms.lines(column.name, column.width) for column in table.columns)
    sheet.row_dimensions[row].height = most * forms.LINE_HEIGHT + 3
    forms.set_widths(sheet, [column.width for column in table.columns])
    forms.set_page(sheet, paper=table.paper, landscape=table.landscape, repeat=f"{row}:{row}", freeze=f"A{row + 1}")
    return (row + 1, *_styles(sheet, table, row + 1))


def _styles(sheet: Worksheet, table: TableSheet, row: int) -> tuple[list[int], list[int], int]:
    """The ids of the styles the rows will use, got by dressing cells that are then thrown away."""
    plain, quoted = [], []
    for number, column in enumerate(table.columns, start=1):
        look = Look(align=column.align, number_format=_FORMATS[column.kind])
        plain.append(forms.put(sheet, f"{letters(number)}{row}", None, look).style_id)
        # Another cell: a style that has its id must not be changed.
        cell = forms.put(sheet, f"{letters(number)}{row + 1}", None, look)
        cell.quotePrefix = True
        quoted.append(cell.style_id)
    note = forms.put(sheet, f"A{row + 2}", None, forms.NOTE).style_id
    sheet.delete_rows(row, 3)
    return plain, quoted, note


def _frame(xml: str, sheet: TableSheet, first_row: int, styles: list[int], quoted: list[int], note: int) -> Frame:
    before, _, after = _DIMENSION.sub("", xml, count=1).partition("</sheetData>")
    return Frame(before, "</sheetData>" + after, first_row, styles, quoted, note, sheet)


def _merged_also(rows: list[int], columns: int, after: str) -> str:
    """The XML after the rows, with these rows merged across as well."""
    if not rows or columns < 2:
        return after
    found = _MERGED.search(after)
    own = "".join(f'<mergeCell ref="A{row}:{letters(columns)}{row}"/>' for row in rows)
    cells = (found[1] if found else "") + own
    block = f'<mergeCells count="{cells.count("<mergeCell ")}">{cells}</mergeCells>'
    if found:
        return after.replace(found[0], block)
    return after.replace("</sheetData>", "</sheetData>" + block)
