"""Firm × month: the board of enterprises, a page of it at a time, or all of it as a stream, whoever many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from campaigns.board import Cell, together
from campaigns.grid import BY_DUE, JUDGED, SLOW, words
from campaigns.models import Obligation, Standing
from lib import periods
from lib.excel import Heading
from organizations.models import Enterprise

CHUNK = 2000
COUNTED = ("month", "standing", "count", "accepted", "by_due")
NAMED = ("enterprise__name", "enterprise_id", "enterprise__uscc", "enterprise__area__name", "enterprise__sector__name")


@dataclass
class FirmRow:
    """One firm: a cell for each month with something due, and how much of what was accepted came by its day."""

    cells: dict[str, Cell] = field(default_factory=lambda: defaultdict(Cell))
    accepted: int = 0
    by_due: int = 0

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

    def add(self, month: datetime, standing: str, count: int, accepted: int, by_due: int) -> None:
        self.cells[key(month)].counts[Standing(standing)] += count
        self.accepted += accepted
        self.by_due += by_due


def key(month: datetime) -> str:
    return f"{timezone.localtime(month):%Y-%m}"


def firms(rows: QuerySet[Obligation], *, slow_at: datetime | None = None) -> QuerySet[Enterprise]:
    """Those of whom these rows ask something; with `slow_at` only where something is missing then or came late."""
    asked = rows.slow_at(slow_at) if slow_at else rows  # type: ignore[attr-defined]
    return Enterprise.objects.filter(Exists(asked.filter(due_at__isnull=False, enterprise=OuterRef("pk"))))


def grid(rows: QuerySet[Obligation], page: Iterable[Enterprise], moment: datetime) -> dict[int, FirmRow]:
    """By firm of the page, in one query."""
    found = {firm.pk: FirmRow() for firm in page}
    for firm, *counted in counts(rows.filter(enterprise__in=found), moment, "enterprise_id"):
        found[firm].add(*counted)
    return found


def counts(rows: QuerySet[Obligation], moment: datetime, *by: str) -> QuerySet[Any]:
    """Rows of `by` and COUNTED."""
    dated = rows.filter(enterprise__isnull=False, due_at__isnull=False).with_standing(moment)  # type: ignore[attr-defined]
    placed = dated.annotate(month=TruncMonth("due_at")).order_by(*by).values(*by, "month", "standing")
    sums = {"accepted": Count("pk", filter=JUDGED), "by_due": Count("pk", filter=JUDGED & BY_DUE)}
    return placed.annotate(count=Count("pk"), **sums).values_list(*by, *COUNTED)


def months(rows: QuerySet[Obligation]) -> list[str]:
    dated = rows.filter(enterprise__isnull=False, due_at__isnull=False).order_by()
    return sorted({key(month) for month in dated.values_list(TruncMonth("due_at"), flat=True).distinct()})


def headings(columns: Sequence[str]) -> list[Heading]:
    firm = [Heading("企业", 30, "left"), Heading("统一社会信用代码", 20), Heading("区市", 12), Heading("行业", 12)]
    share = [Heading("已接收（件）", 10, "right", "whole"), Heading("按时率（%）", 10)]
    return [*firm, *(Heading(periods.label(month), 14) for month in columns), Heading("合计", 20), *share]


def table(rows: QuerySet[Obligation], columns: Sequence[str], moment: datetime) -> Iterator[list[Any]]:
    """One row for each firm, by name; read as a stream, a firm at a time in memory."""
    stream = counts(rows, moment, *NAMED).iterator(chunk_size=CHUNK)
    for firm, group in groupby(stream, key=lambda row: row[: len(NAMED)]):
        row = FirmRow()
        for counted in group:
            row.add(*counted[len(NAMED) :])
        name, _, uscc, *where = firm
        share = None if row.share is None else str(row.share)
        said = [words(row.cells[month]) if month in row.cells else "" for month in columns]
        yield [name, uscc, *where, *said, words(row.sum), row.accepted, share]
