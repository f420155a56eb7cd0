"""Where a sheet's table begins, and which column is which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice

from lib import cells
from lib.excel.columns import EXPLANATION, Column, Table, letters
from lib.excel.read import Sheet

WITHIN = 10

_OPTIONAL_MARK = re.compile(r"\((必填|选填|必填项|选填项|可选)\)$")
_UNIT_MARK = re.compile(r"\([^()]*\)$")


def header_key(value: object) -> str:
    """A header as it is compared: width, spaces, line breaks, stars and （必填） do not matter."""
    plain = "".join(unicodedata.normalize("NFKC", cells.text(value)).split()).strip("*:")
    return _OPTIONAL_MARK.sub("", plain).strip("*")


def find_header(sheet: Sheet, columns: Sequence[Column]) -> Table | None:
    """The table under the row, among the first ten, that names most of the columns (two at least)."""
    known = _known(columns)
    candidates = [(number, row, [_match(cell, known) for cell in row]) for number, row in islice(sheet.rows(), WITHIN)]
    number, row, names = max(candidates, key=lambda candidate: _score(candidate[2]))
    if _score(names) < min(2, len(columns)):
        return None
    table = Table(sheet.name, number, sheet.height)
    for position, (header, name) in enumerate(zip(row, names, strict=True), start=1):
        _place(table, position, header_key(header), name)
    _note_missing(table, columns)
    return table


def _known(columns: Sequence[Column]) -> dict[str, str]:
    """Header key → column name, also without the unit in brackets; whole names win."""
    exact = {header_key(name): column.name for column in columns for name in (*column.aliases, column.name)}
    return {_UNIT_MARK.sub("", key): name for key, name in exact.items()} | exact


def _match(header: object, known: dict[str, str]) -> str | None:
    key = header_key(header)
    return known.get(key) or known.get(_UNIT_MARK.sub("", key))


def _score(names: list[str | None]) -> int:
    return len({name for name in names if name})


def _place(table: Table, position: int, header: str, name: str | None) -> None:
    if name is None:
        if header and header != "序号" and not header.startswith(EXPLANATION):
            table.warn(table.header_row, "", f"“{header}”（{letters(position)}列）不是本表的列，未读取")
    elif name in table.places:
        first, second = letters(table.places[name]), letters(position)
        table.refuse(table.header_row, name, f"出现两次（{first}列和{second}列），请删去一列")
    else:
        table.places[name] = position


def _note_missing(table: Table, columns: Sequence[Column]) -> None:
    for column in columns:
        if column.required and column.name not in table.places:
            table.refuse(table.header_row, column.name, "这一列没有找到，请在表头行补上，或使用模板")
