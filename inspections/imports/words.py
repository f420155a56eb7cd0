"""Problems of a workbook as a person reads them: the same words once, with the rows they are true of."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from documents.models import ImportBatch
from lib.excel import CellError
from lib.text import joined


class Problem(NamedTuple):
    """What is wrong, in which column, and in which rows, in the order of the sheet."""

    name: str
    message: str
    rows: tuple[int, ...]

    @property
    def where(self) -> str:
        """第2行、第3行等15行; empty for the whole sheet."""
        return joined((f"第{row}行" for row in self.rows if row), 5, "行")

    def __str__(self) -> str:
        first = f"第{self.rows[0]}行" if self.rows[0] else ""
        more = f"（{joined((f'第{row}行' for row in self.rows), 10, '行')}）" if len(self.rows) > 1 else ""
        return f"{first}{f'“{self.name}”' if self.name else ''}{self.message}{more}"


def grouped(problems: Iterable[CellError]) -> list[Problem]:
    ordered = sorted(problems, key=lambda one: (one.name, one.message, one.row))
    groups = groupby(ordered, key=lambda one: (one.name, one.message))
    found = [Problem(name, message, tuple(one.row for one in same)) for (name, message), same in groups]
    return sorted(found, key=lambda one: one.rows)


def of_batch(batch: ImportBatch, *severities: str) -> list[Problem]:
    """The problems that were kept with a batch."""
    kept: list[dict[str, Any]] = [one for one in [*batch.errors, *batch.warnings] if one["severity"] in severities]
    return grouped(CellError(**one) for one in kept)
