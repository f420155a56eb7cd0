"""A whole table in one grouped pass per source; the number of queries does not grow with areas, columns or rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists

from campaigns.models import Campaign
from lib.periods import Window
from reports.indicators.indicator import Indicator
from reports.indicators.scope import CITY, Row, Scope
from reports.indicators.sources import LEDGERS, Ledger, Source

Number = int | Decimal


@dataclass
class Counts:
    """The figures of one window: what each row shows, and which ledgers are not kept at all."""

    scope: Scope
    window: Window
    cells: dict[tuple[int, str], Number] = field(default_factory=dict)
    unkept: frozenset[Ledger] = frozenset()

    def is_unkept(self, indicator: Indicator) -> bool:
        """无台账数据: no record of its ledger in scope, of any row, on any date."""
        return indicator.source is not None and indicator.source.ledger in self.unkept

    def of(self, row: Row, indicator: Indicator) -> Number | None:
        """The figure of a row; None where there is nothing to count from (typed, or 无台账数据)."""
        if indicator.is_typed or self.is_unkept(indicator):
            return None
        return self.cells.get((row.key, indicator.code), 0)

    def total(self, indicator: Indicator, rows: Iterable[Row]) -> Number | None:
        """合计: the sum of the printed rows; an enterprise checked by two units counts in both rows."""
        values = [self.of(row, indicator) for row in rows]
        return None if None in values else sum(value for value in values if value is not None)

    def printed_rows(self) -> tuple[Row, ...]:
        """Every reporting row, and 市本级 when it is not empty."""
        has_own_work = any(value for (key, _), value in self.cells.items() if key == CITY.key)
        return self.scope.every_row if has_own_work else self.scope.rows


def count(scope: Scope, window: Window, indicators: Iterable[Indicator]) -> Counts:
    """Count all indicators for all rows: one statement per source, and one on whether the silent ledgers are kept."""
    counts = Counts(scope, window)
    asked, heard = set(), set()
    for source, group in by_source(indicators).items():
        asked.add(source.ledger)
        for found in one_pass(source, group, scope, window):
            heard.add(source.ledger)
            spread(found, group, counts.cells)
    counts.unkept = unkept_ledgers(scope, asked - heard)
    return counts


def by_source(indicators: Iterable[Indicator]) -> dict[Source, list[Indicator]]:
    groups: dict[Source, list[Indicator]] = {}
    for indicator in indicators:
        if indicator.source is not None:
            groups.setdefault(indicator.source, []).append(indicator)
    return groups


def one_pass(source: Source, group: list[Indicator], scope: Scope, window: Window) -> Iterable[dict[str, Any]]:
    """GROUP BY every row key the group needs, each figure an aggregate with FILTER."""
    keys = {indicator.belongs.value: source.row_key(indicator.belongs, scope) for indicator in group}
    figures = {indicator.alias: indicator.value.over(indicator.condition) for indicator in group}
    rows = source.rows(scope, window).annotate(**{f"row_{name}": key for name, key in keys.items()})
    return rows.order_by().values(*(f"row_{name}" for name in keys)).annotate(**figures)


def spread(found: Mapping[str, Any], group: list[Indicator], cells: dict[tuple[int, str], Number]) -> None:
    """Add one group's figures to the cells. Only counts and sums may be split over a second key (a test sees to it)."""
    for indicator in group:
        key, value = found[f"row_{indicator.belongs.value}"], found[indicator.alias]
        if key is not None and value:
            cells[key, indicator.code] = cells.get((key, indicator.code), 0) + value


def unkept_ledgers(scope: Scope, ledgers: Iterable[Ledger]) -> frozenset[Ledger]:
    whole = Window(scope.first, scope.last)
    kept = {ledger.name: Exists(LEDGERS[ledger].rows(scope, whole)) for ledger in ledgers}
    if not kept:
        return frozenset()
    answers = Campaign.objects.filter(pk=scope.campaign.pk).values(**kept).get()
    return frozenset(Ledger[name] for name, there in answers.items() if not there)
