"""What an import declares and what it gets: columns, rows, and errors with their place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lib import cells

ERROR = "error"
WARNING = "warning"
# The column in which a marked workbook says what is wrong; nobody's data when it comes back.
EXPLANATION = "错误说明"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an import: `parse` takes a cell that is not blank, `blank` stands for one that is."""

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    parse: Callable[[Any], Any] = cells.text
    blank: Any = ""


class CellError(NamedTuple):
    """What is wrong at a place of the sheet, row and column from 1 on; 0: the whole row, or sheet."""

    row: int
    column: int
    message: str
    severity: str = ERROR
    name: str = ""
    value: str = ""

    def __str__(self) -> str:
        """第12行“统一社会信用代码”应为18位，现为17位"""
        place = f"第{self.row}行" if self.row else ""
        return f"{place}{f'“{self.name}”' if self.name else ''}{self.message}"

    @property
    def cell(self) -> str:
        """E12, as Excel names it; "" for a whole row or sheet."""
        return f"{letters(self.column)}{self.row}" if self.column and self.row else ""


class Row:
    """A parsed row: its number in the sheet, and its values by column name."""

    __slots__ = ("_places", "_values", "number")

    def __init__(self, number: int, values: list[Any], places: dict[str, int]) -> None:
        self.number = number
        self._values = values
        self._places = places

    def __getitem__(self, name: str) -> Any:
        return self._values[self._places[name]]

    def __repr__(self) -> str:
        return f"<Row {self.number}: {self.as_dict()}>"

    def as_dict(self) -> dict[str, Any]:
        return dict(zip(self._places, self._values, strict=True))


@dataclass(slots=True)
class Table:
    """What a sheet holds.

    `height` is the sheet's last row. `places` has the column (from 1
    on) of each name found. `rows` has every row, also those with errors, whose
    bad cells read as blank; a column the sheet does not have reads as blank in
    every row. `skipped` tells which rows are no data, and why.
    """

    sheet: str
    header_row: int
    height: int = 0
    places: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """May it be applied? Warnings do not hold it up."""
        return all(error.severity != ERROR for error in self.errors)

    def has(self, name: str) -> bool:
        """Does the sheet have that column at all? An update leaves an absent one alone."""
        return name in self.places

    def refuse(self, row: Row | int, name: str, message: str, value: object = "", severity: str = ERROR) -> None:
        """Note a mistake, also one the app finds later: an unknown enterprise, two dates in the wrong order."""
        number = row.number if isinstance(row, Row) else row
        self.errors.append(CellError(number, self.places.get(name, 0), message, severity, name, str(value)))

    def warn(self, row: Row | int, name: str, message: str, value: object = "") -> None:
        self.refuse(row, name, message, value, WARNING)

    def worst_first(self) -> list[CellError]:
        """Errors, then what an app calls neither, then warnings; each in the order of the sheet."""
        last = {ERROR: 0, WARNING: 2}
        return sorted(self.errors, key=lambda error: (last.get(error.severity, 1), error.row, error.column))


def letters(column: int) -> str:
    """1 → A, 27 → AA"""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
