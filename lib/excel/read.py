"""Sheets and their rows, read by calamine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from lib.excel.guard import LIMITS, Limits, Source, WorkbookError, checked

Cells = list[Any]


class Sheet(NamedTuple):
    """A visible sheet with content."""

    name: str
    calamine: CalamineSheet

    @property
    def height(self) -> int:
        return self.calamine.end[0] + 1 if self.calamine.end else 0

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """(row number, cells from column A on), numbered as Excel shows them; blank cells are "".

        Numbers come as float, dates as date or datetime, errors (#REF!) as "".
        """
        shift = [""] * self.calamine.start[1] if self.calamine.start else []
        with readable():
            for number, cells in enumerate(self.calamine.iter_rows(), start=1):
                yield number, shift + cells if shift else cells

    def merged_downwards(self) -> list[tuple[int, int, int]]:
        """(column, first row, last row) of cells merged over several rows of one column, from 1 on."""
        ranges = self.calamine.merged_cell_ranges or []
        return [(left + 1, top + 1, bottom + 1) for (top, left), (bottom, right) in ranges if left == right]


@contextmanager
def readable() -> Iterator[None]:
    """What goes wrong inside calamine is a broken workbook, not a broken portal."""
    try:
        yield
    except CalamineError as error:
        raise WorkbookError(_BROKEN) from error
    except BaseException as error:
        # A panic of the Rust side arrives as an exception outside the ordinary ones.
        if type(error).__name__ != "PanicException":
            raise
        raise WorkbookError(_BROKEN) from error


_BROKEN = "工作簿已损坏，无法读取，请用Excel或WPS打开后另存为 .xlsx 再上传"


def sheets(data: bytes) -> Iterator[Sheet]:
    """The visible sheets that hold anything, in the order of their tabs; `data` as `checked` gave it."""
    with readable():
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        for index, meta in enumerate(workbook.sheets_metadata):
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible:
                sheet = Sheet(meta.name, workbook.get_sheet_by_index(index))
                if sheet.height:
                    yield sheet


def read_rows(file: Source, sheet: str = "", limits: Limits = LIMITS) -> Iterator[tuple[int, Cells]]:
    """The rows of the first visible sheet, or of the one named; see Sheet.rows."""
    data = checked(file, limits)
    for found in sheets(data):
        if sheet in {"", found.name}:
            return found.rows()
    raise WorkbookError(f"没有名为“{sheet}”的工作表" if sheet else "工作簿没有内容，请填写后再上传")
