"""Workbooks as clerks send them, made for the tests."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(
    rows: Iterable[Sequence[Any]], *, name: str = "Sheet1", merged: Sequence[str] = (), **others: list
) -> bytes:
    """An ordinary workbook; further sheets by name."""
    book = Workbook()
    sheet = book.active
    sheet.title = name
    fill(sheet, rows, merged)
    for other, content in others.items():
        fill(book.create_sheet(other), content)
    return saved(book)


def fill(sheet: Worksheet, rows: Iterable[Sequence[Any]], merged: Sequence[str] = ()) -> None:
    for row in rows:
        sheet.append(list(row))
    for place in merged:
        sheet.merge_cells(place)


def saved(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def loaded(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def values(data: bytes, name: str | None = None) -> list[list[Any]]:
    """Every cell of a sheet, as openpyxl reads it."""
    book = loaded(data)
    sheet = book[name] if name else book.active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def with_parts(data: bytes, parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with some of its parts replaced or added."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", compression) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


def with_sheet_xml(sheet_data: str, before: str = "") -> bytes:
    """A workbook whose only sheet holds this XML inside <sheetData>."""
    xml = f"{before}<worksheet {MAIN}><sheetData>{sheet_data}</sheetData></worksheet>"
    return with_parts(workbook([]), {"xl/worksheets/sheet1.xml": xml.encode()})
