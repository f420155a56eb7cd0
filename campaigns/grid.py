"""Who × month and how punctual: the boards of single respondents, counted in one query each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from campaigns.board import Cell
from campaigns.models import Obligation, Standing
from lib import periods
from lib.excel import Heading
from organizations.models import Unit

# A late hand-in that was excused counts as on time; one whose day was never confirmed is not judged.
JUDGED = Q(accepted_at__isnull=False, handed_in_at__isnull=False, due_at__isnull=False, late_to_open=False)
BY_DUE = Q(handed_in_at__lte=F("due_at")) | Q(late_excused=True)
# What 督办 and 约谈 are about.
SLOW = (Standing.MISSING, Standing.LATE)
BY_ORIGINAL = Q(handed_in_at__lte=F("original_due_at"))


@dataclass
class GridRow:
    """One unit: a cell for each month, and their sum."""

    unit: Unit
    cells: list[Cell] = field(default_factory=list)

    @property
    def sum(self) -> Cell:
        return Cell(sum((cell.counts for cell in self.cells), Counter()))

    @property
    def is_slow(self) -> bool:
        """Something is missing or came late: a letter has something to say."""
        return any(cell.counts[standing] for cell in self.cells for standing in SLOW)


@dataclass
class Grid:
    months: list[str]
    rows: list[GridRow]

    @property
    def labels(self) -> list[str]:
        return [periods.label(month) for month in self.months]


def grid(rows: QuerySet[Obligation], moment: datetime) -> Grid:
    """Units by the month in which something fell due; two queries, however many."""
    dated = rows.filter(unit__isnull=False, due_at__isnull=False).with_standing(moment)
    placed = dated.annotate(month=TruncMonth("due_at")).order_by().values_list("unit", "month", "standing")
    cells: dict[tuple[int, str], Cell] = defaultdict(Cell)
    for unit, month, standing, count in placed.annotate(count=Count("pk")):
        cells[unit, f"{timezone.localtime(month):%Y-%m}"].counts[Standing(standing)] += count
    months = sorted({month for _, month in cells})
    units = Unit.objects.filter(pk__in={unit for unit, _ in cells}).order_by("position", "name")
    return Grid(months, [GridRow(unit, [cells.get((unit.pk, month), Cell()) for month in months]) for unit in units])


@dataclass
class Punctuality:
    """One unit's accepted material: how much came by its day, by the original one, and how late the rest was."""

    unit: Unit
    accepted: int
    by_due: int
    by_original: int
    days_late: float | None
    place: int = 0

    @property
    def is_slow(self) -> bool:
        return self.by_due < self.accepted

    @property
    def share(self) -> float:
        """Per cent by the day that counted, one decimal."""
        return round(100 * self.by_due / self.accepted, 1)

    @property
    def share_of_original(self) -> float:
        return round(100 * self.by_original / self.accepted, 1)


def ranking(rows: QuerySet[Obligation]) -> list[Punctuality]:
    """Best first; equal shares share a place. Units of which nothing was accepted yet are left out."""
    late_by = ExpressionWrapper(F("handed_in_at") - F("due_at"), output_field=DurationField())
    counted = (
        rows.filter(JUDGED, unit__isnull=False)
        .order_by()
        .values("unit")
        .annotate(
            accepted=Count("pk"),
            by_due=Count("pk", filter=BY_DUE),
            by_original=Count("pk", filter=BY_ORIGINAL),
            late=Avg(late_by, filter=~BY_DUE),
        )
    )
    figures = {row.pop("unit"): row for row in counted}
    units = Unit.objects.filter(pk__in=figures).order_by("position", "name")
    found = [_punctuality(unit, **figures[unit.pk]) for unit in units]
    found.sort(key=lambda one: (-one.share, -one.share_of_original))
    for number, one in enumerate(found, 1):
        before = found[number - 2] if number > 1 else None
        same = before is not None and before.share == one.share and before.share_of_original == one.share_of_original
        one.place = before.place if before is not None and same else number
    return found


def _punctuality(unit: Unit, accepted: int, by_due: int, by_original: int, late: Any) -> Punctuality:
    days = round(late.total_seconds() / 86400, 1) if late else None
    return Punctuality(unit, accepted, by_due, by_original, days)


def words(cell: Cell) -> str:
    """缺报1 迟报1 按时3; empty where nothing was asked."""
    order = (Standing.MISSING, Standing.UNCONFIRMED, Standing.LATE, Standing.PENDING, Standing.ON_TIME, Standing.WAIVED)
    return " ".join(f"{standing.label}{cell.counts[standing]}" for standing in order if cell.counts[standing])


def grid_table(found: Grid) -> tuple[list[Heading], Iterator[list[str]]]:
    headings = [Heading("单位", 30, "left"), *(Heading(label, 16) for label in found.labels), Heading("合计", 20)]
    return headings, ([row.unit.name, *map(words, row.cells), words(row.sum)] for row in found.rows)


RANKING_COLUMNS = [
    Heading("名次", 8, "right", "whole"),
    Heading("单位", 30, "left"),
    Heading("已接收（件）", 12, "right", "whole"),
    Heading("按现行时限按时（件）", 14, "right", "whole"),
    Heading("按时率（%）", 12),
    Heading("按原时限按时（件）", 14, "right", "whole"),
    Heading("按原时限按时率（%）", 14),
    Heading("迟报平均（天）", 12),
]


def ranking_table(found: list[Punctuality]) -> Iterator[list[Any]]:
    for one in found:
        late = "" if one.days_late is None else str(one.days_late)
        yield [
            one.place, one.unit.name, one.accepted, one.by_due, str(one.share), one.by_original,
            str(one.share_of_original), late,
        ]  # fmt: skip
