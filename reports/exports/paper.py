"""What the dispatch tables add to `lib.excel.forms`: print options, the line of signatures, the foot of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from lib.excel import forms, letters
from lib.excel.forms import LINE, MONEY, NUMBER, Look


@dataclass(frozen=True)
class PrintOptions:
    """Our additions to the official layout, on unless switched off."""

    total: bool = True
    signatures: bool = True


ALL = PrintOptions()


def at(row: int, column: int, *, rows: int = 1, columns: int = 1) -> str:
    """B5, or B5:C6 for a range to merge."""
    first = f"{letters(column)}{row}"
    if rows == columns == 1:
        return first
    return f"{first}:{letters(column + columns - 1)}{row + rows - 1}"


def figure(money: bool) -> Look:
    return MONEY if money else NUMBER


def height(length: int, *, per_line: int) -> float:
    """Points for a wrapped text of so many characters at 11 pt."""
    return 15.0 * -(-length // per_line) + 7


def signed(ws: Worksheet, row: int, places: Mapping[tuple[int, int], str]) -> None:
    """The line 制表/审核/负责人: (column, columns) → words."""
    for (column, columns), words in places.items():
        forms.put(ws, at(row, column, columns=columns), words, LINE)
    forms.set_heights(ws, {row: 28})


def page(ws: Worksheet, *, size: str, repeat: str, caption: str) -> None:
    """Landscape on one sheet of paper; the caption says in the foot which data these are."""
    forms.set_page(ws, paper=size, repeat=repeat, footer=False)
    ws.page_setup.fitToHeight = 1
    ws.page_margins.bottom, ws.page_margins.footer = 0.75, 0.35
    ws.oddFooter.left.text, ws.oddFooter.right.text = caption, "第 &P 页，共 &N 页"
    ws.oddFooter.left.size = ws.oddFooter.right.size = 9
