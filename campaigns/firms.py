"""Firm × month: the board of enterprises, a page of it at a time, or all of it as a stream, whoever many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, Func, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils import timezone

from campaigns.board import Cell, together
from campaigns.grid import BY_DUE, JUDGED, SLOW, words
from campaigns.models import Obligation, Standing
from lib import periods
from lib.excel import Heading
from organizations.models import Enterprise

CHUNK = 2000
NAMED = ("enterprise__name", "enterprise_id", "enterprise__uscc", "enterprise__area__name", "enterprise__sector__name")


@dataclass
class FirmRow:
    """One firm: a cell for each month with something due, and how much of what was accepted came by its day."""

    cells: dict[str, Cell] = field(default_factory=lambda: defaultdict(Cell))
    accepted: int = 0
    by_due: int = 0

    @classmethod
    def of(cls, told: Iterable[str], accepted: int, by_due: int) -> FirmRow:
        """`told` has "2023-06 late" for each duty."""
        made = cls(accepted=accepted, by_due=by_due)
        for each in told:
            month, _, standing = each.partition(" ")
            made.cells[month].counts[Standing(standing)] += 1
        return made

    @property
    def sum(self) -> Cell:
        return together(self.cells.values())

    @property
    def is_slow(self) -> bool:
        return any(self.sum.counts[standing] for standing in SLOW)

    @property
    def share(self) -> float | None:
        """Per cent by the day that counted, one decimal; None where nothing was accepted yet."""
        return round(100 * self.by_due / self.accepted, 1) if self.accepted else None


def firms(rows: QuerySet[Obligation], *, slow_at: datetime | None = None) -> QuerySet[Enterprise]:
    """Those of whom these rows ask something; with `slow_at` only where something is missing then or came late."""
    asked = rows.slow_at(slow_at) if slow_at else rows  # type: ignore[attr-defined]
    return Enterprise.objects.filter(Exists(asked.filter(due_at__isnull=False, enterprise=OuterRef("pk"))))


def grid(rows: QuerySet[Obligation], page: Iterable[Enterprise], moment: datetime) -> dict[int, FirmRow]:
    """By firm of the page, in one query."""
    found = {firm.pk: FirmRow() for firm in page}
    for firm, *told in by_firm(rows.filter(enterprise__in=found), moment, "enterprise_id"):
        found[firm] = FirmRow.of(*told)
    return found


def by_firm(rows: QuerySet[Obligation], moment: datetime, *by: str) -> QuerySet[Any]:
    """One row for each firm: `by`, then what a FirmRow is made of. All its months in one: there are many firms."""
    dated = rows.filter(enterprise__isnull=False, due_at__isnull=False).with_standing(moment)  # type: ignore[attr-defined]
    sums = {
        "told": ArrayAgg(Concat(month_of("due_at"), Value(" "), F("standing"), output_field=TextField())),
        "accepted": Count("pk", filter=JUDGED),
        "by_due": Count("pk", filter=JUDGED & BY_DUE),
    }
    return dated.order_by(*by).values(*by).annotate(**sums).values_list(*by, *sums)


def month_of(moment: str) -> Func:
    """2023-06 of a field, in the portal's time zone."""
    here = Func(Value(timezone.get_current_timezone_name()), F(moment), function="timezone")
    return Func(here, Value("YYYY-MM"), function="to_char", output_field=TextField())


def months(rows: QuerySet[Obligation]) -> list[str]:
    dated = rows.filter(enterprise__isnull=False, due_at__isnull=False).order_by()
    return sorted(set(dated.values_list(month_of("due_at"), flat=True).distinct()))


def headings(columns: Sequence[str]) -> list[Heading]:
    firm = [Heading("企业", 30, "left"), Heading("统一社会信用代码", 20), Heading("区市", 12), Heading("行业", 12)]
    share = [Heading("已接收（件）", 10, "right", "whole"), Heading("按时率（%）", 10)]
    return [*firm, *(Heading(periods.label(month), 14) for month in columns), Heading("合计", 20), *share]


def table(rows: QuerySet[Obligation], columns: Sequence[str], moment: datetime) -> Iterator[list[Any]]:
    """One row for each firm, by name; read as a stream, a piece of it at a time in memory."""
    for name, _, uscc, area, sector, *told in by_firm(rows, moment, *NAMED).iterator(chunk_size=CHUNK):
        row = FirmRow.of(*told)
        said = [words(row.cells[month]) if month in row.cells else "" for month in columns]
        share = None if row.share is None else str(row.share)
        yield [name, uscc, area, sector, *said, words(row.sum), row.accepted, share]
