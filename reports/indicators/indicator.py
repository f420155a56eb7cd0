"""What a figure is. From one declaration come the number, the rows behind it, its passport and its test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum
from django.db.models import Value as Literal
from django.db.models.expressions import Combinable

from lib.periods import Window
from reports.indicators.scope import Row, Scope
from reports.indicators.sources import Belongs, Source


class Kind(StrEnum):
    """How rows become a number."""

    COUNT = "count"
    DISTINCT = "distinct"
    SUM = "sum"


class RollUp(StrEnum):
    """How rows and months become one figure."""

    SUM = "sum"  # flows: rows and months add up
    LATEST = "latest"  # stocks: rows add up, of the months the last one stands
    CITY = "city"  # the city's own value stands for the whole


@dataclass(frozen=True)
class Value:
    """A count of rows, of distinct values of a field, or the sum of a field."""

    kind: Kind = Kind.COUNT
    field: str = "pk"

    def over(self, condition: Q) -> Aggregate:
        """The aggregate for one pass: conditions go into FILTER, not into further queries."""
        only = condition or None
        if self.kind is Kind.SUM:
            return Sum(self.field, filter=only)
        return Count(self.field, filter=only, distinct=self.kind is Kind.DISTINCT)

    def of_row(self) -> Combinable:
        """What one row brings to the number: 1, the enterprise to be told apart, or the value to be added."""
        return Literal(1) if self.kind is Kind.COUNT else F(self.field)

    def of_rows(self, brought: Iterable[Any]) -> int | Decimal:
        """The number that rows make which bring these."""
        values = list(brought)
        if self.kind is Kind.DISTINCT:
            return len(set(values) - {None})
        return sum(value for value in values if value is not None)


ROWS = Value()
ENTERPRISES = Value(Kind.DISTINCT, "enterprise")


def total(field: str) -> Value:
    return Value(Kind.SUM, field)


@dataclass(frozen=True)
class Wording:
    """The official words, and the months (2023-06) from and to which they are printed; empty is open."""

    text: str
    since: str = ""
    until: str = ""

    def valid_in(self, period: str) -> bool:
        return (not self.since or self.since <= period) and (not self.until or period <= self.until)


@dataclass(frozen=True)
class Indicator:
    """`code` is the 工贸 numbering table.column, or 党政-n. Without a source the value is typed, never counted."""

    code: str
    wordings: tuple[Wording, ...]
    unit: str
    source: Source | None = None
    condition: Q = Q()
    value: Value = ROWS
    belongs: Belongs = Belongs.UNIT
    roll_up: RollUp = RollUp.SUM
    version: int = 1

    @property
    def is_typed(self) -> bool:
        return self.source is None

    @property
    def is_yes_no(self) -> bool:
        return self.unit == "是/否"

    @property
    def is_money(self) -> bool:
        return self.unit == "万元"

    @property
    def alias(self) -> str:
        """The name its column has in a pass."""
        return "n_" + self.code.replace(".", "_")

    def wording(self, period: str = "") -> str:
        """The words valid in the period, else the latest ones."""
        valid = [wording for wording in self.wordings if period and wording.valid_in(period)]
        return (valid or self.wordings)[-1].text

    def rows(
        self, scope: Scope, window: Window, row: Row | None = None, among: QuerySet | None = None
    ) -> QuerySet[Any]:
        """The rows behind the number, of one reporting row or of all; `among` is what the reader may see."""
        if self.source is None:
            raise ValueError(f"{self.code} is typed: there are no rows behind it")
        keys = [row.key] if row else [each.key for each in scope.every_row]
        behind = self.source.rows(scope, window, among).filter(self.condition)
        return behind.alias(row_key=self.source.row_key(self.belongs, scope)).filter(row_key__in=keys)


def worded(code: str, text: str, unit: str, **rest: Any) -> Indicator:
    """An indicator whose words have not changed so far."""
    return Indicator(code, (Wording(text),), unit, **rest)
