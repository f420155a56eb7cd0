"""A sender's own workbook back, his mistakes marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from lib.excel.columns import ERROR, EXPLANATION, CellError, Table, letters
from lib.excel.forms import Look, put
from lib.excel.guard import Source, checked
from lib.excel.shell import Heading
from lib.excel.write import write_table

MOST_MARKED = 5000  # rows of a sheet; above that the sender gets a list
MOST_COMMENTS = 2000  # Excel opens more of them slowly; the last column says everything anyway

_RED = PatternFill("solid", start_color="FFC7CE")
_AMBER = PatternFill("solid", start_color="FFEB9C")
_WORDS = Look(align="left", border=False)
_LIST = [
    Heading("程度", 8),
    Heading("行", 8, kind="whole"),
    Heading("单元格", 10),
    Heading("列", 24, align="left"),
    Heading("填写内容", 40, align="left"),
    Heading("问题", 60, align="left"),
]


def error_workbook(file: Source, table: Table) -> bytes:
    """What the sender gets back: his workbook marked, or a list if it is long.

    Wrong cells are filled red (warnings amber) with a comment, and a column
    错误说明 at the right says it again for each row. What openpyxl cannot load,
    or is longer than 5,000 rows, becomes a workbook that lists the errors.
    """
    if table.height > MOST_MARKED:
        return error_list(table.worst_first())
    try:
        book = load_workbook(BytesIO(checked(file)), keep_links=False)
        sheet = book[table.sheet]
        _mark(sheet, table)
        book.active = sheet
        stream = BytesIO()
        book.save(stream)
    except Exception:
        # Anybody's workbook: calamine has read it, openpyxl may fail on its styles in many ways.
        return error_list(table.worst_first())
    return stream.getvalue()


def error_list(errors: Iterable[CellError]) -> bytes:
    """A workbook with one row for each error, in the order given."""
    stream = BytesIO()
    write_table(stream, _LIST, map(_listed, errors), name=EXPLANATION, title="导入错误清单")
    return stream.getvalue()


def _listed(error: CellError) -> list[Any]:
    degree = "错误" if error.severity == ERROR else "提醒"
    return [degree, error.row or None, error.cell, error.name, error.value, error.message]


def _mark(sheet: Any, table: Table) -> None:
    explained = _forget_earlier(sheet, table.header_row) or sheet.max_column + 1
    put(sheet, f"{letters(explained)}{table.header_row}", EXPLANATION, Look(bold=True))
    sheet.column_dimensions[letters(explained)].width = 60
    by_cell, by_row = defaultdict(list), defaultdict(list)
    for error in table.worst_first():
        by_row[error.row or table.header_row].append(error)
        if error.column:
            by_cell[error.row, error.column].append(error)
    for number, (place, errors) in enumerate(by_cell.items()):
        _mark_cell(sheet, place, errors, with_comment=number < MOST_COMMENTS)
    for row, errors in by_row.items():
        words = "；".join(f"{f'“{error.name}”' if error.name else ''}{error.message}" for error in errors)
        below_header = f"{EXPLANATION}：{words}" if row == table.header_row else words
        put(sheet, f"{letters(explained)}{row}", below_header, _WORDS).fill = _colour(errors)


def _forget_earlier(sheet: Any, header_row: int) -> int:
    """Take away the marks of a workbook that comes back partly mended; the column that explained them, 0 if none."""
    explained = next((cell.column for cell in sheet[header_row] if str(cell.value or "").startswith(EXPLANATION)), 0)
    if explained:
        for cell in (cell for row in sheet.iter_rows() for cell in row if type(cell).__name__ != "MergedCell"):
            if cell.column == explained:
                cell.value = None
            if cell.column == explained or cell.fill.start_color in (_RED.start_color, _AMBER.start_color):
                cell.fill, cell.comment = PatternFill(), None
    return explained


def _mark_cell(sheet: Any, place: tuple[int, int], errors: list[CellError], *, with_comment: bool) -> None:
    cell = sheet[f"{letters(place[1])}{place[0]}"]
    # Only the first cell of a merged range can be dressed.
    if type(cell).__name__ == "MergedCell":
        return
    cell.fill = _colour(errors)
    if with_comment:
        cell.comment = Comment("；".join(error.message for error in errors), "")


def _colour(errors: list[CellError]) -> PatternFill:
    return _RED if any(error.severity == ERROR for error in errors) else _AMBER
