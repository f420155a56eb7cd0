"""Who owes what: deliverable × area, expected, on time, late and missing, counted in one query."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from campaigns.models import Campaign, Deliverable, Obligation, Standing
from lib import periods
from lib.excel import Heading
from organizations.models import Area

NOT_EXPECTED = {Standing.OPTIONAL, Standing.WAIVED, Standing.ENDED}
# What the cell of a single respondent says, the worst first.
WORST_FIRST = [
    Standing.MISSING,
    Standing.UNCONFIRMED,
    Standing.LATE,
    Standing.PENDING,
    Standing.ON_TIME,
    Standing.OPTIONAL,
    Standing.WAIVED,
    Standing.ENDED,
]


@dataclass
class Cell:
    """The obligations of one duty in one area, by standing; of a counted duty also how many records of how many."""

    counts: Counter = field(default_factory=Counter)
    records: int = 0
    records_due: int = 0

    @property
    def expected(self) -> int:
        """The denominator: neither waived nor ended."""
        return sum(count for standing, count in self.counts.items() if standing not in NOT_EXPECTED)

    @property
    def handed_in(self) -> int:
        return self.counts[Standing.ON_TIME] + self.counts[Standing.LATE]

    @property
    def missing(self) -> int:
        return self.counts[Standing.MISSING]

    @property
    def late(self) -> int:
        return self.counts[Standing.LATE]

    @property
    def on_time(self) -> int:
        return self.counts[Standing.ON_TIME]

    @property
    def pending(self) -> int:
        return self.counts[Standing.PENDING] + self.counts[Standing.UNCONFIRMED]

    @property
    def waived(self) -> int:
        return self.counts[Standing.WAIVED]

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def worst(self) -> Standing | None:
        return next((standing for standing in WORST_FIRST if self.counts[standing]), None)


@dataclass
class Line:
    """One duty: a cell for each area of the board, and their sum."""

    deliverable: Deliverable
    cells: list[tuple[Area, Cell]]

    @property
    def sum(self) -> Cell:
        return together(cell for _, cell in self.cells)


@dataclass
class Board:
    areas: list[Area]
    lines: list[Line]

    @property
    def has_counted(self) -> bool:
        return any(line.deliverable.counts for line in self.lines)

    @property
    def sum(self) -> Cell:
        return together(line.sum for line in self.lines)


def together(cells: Iterable[Cell]) -> Cell:
    found = Cell()
    for cell in cells:
        found.counts += cell.counts
        found.records += cell.records
        found.records_due += cell.records_due
    return found


def board(rows: QuerySet[Obligation], moment: datetime) -> Board:
    """Three queries, however many duties, areas and obligations."""
    placed = rows.with_standing(moment).annotate(place=Coalesce("reporting_area", "area"))
    sums = {"count": Count("pk"), "done": Sum("counted_done"), "due": Sum("counted_total")}
    counted = placed.values_list("deliverable", "place", "standing").order_by().annotate(**sums)
    cells: dict[tuple[int, int], Cell] = defaultdict(Cell)
    for deliverable, place, standing, count, done, due in counted:
        cell = cells[deliverable, place]
        cell.counts[Standing(standing)] += count
        if standing not in NOT_EXPECTED:
            cell.records += done or 0
            cell.records_due += due or 0
    areas = list(Area.objects.filter(pk__in={place for _, place in cells}).order_by("position", "code"))
    duties = Deliverable.objects.filter(pk__in={duty for duty, _ in cells}).select_related("campaign")
    lines = [Line(duty, [(area, cells.get((duty.pk, area.pk), Cell())) for area in areas]) for duty in duties]
    return Board(areas, lines)


def months(campaign: Campaign, rows: QuerySet[Obligation]) -> list[tuple[str, str]]:
    """The months in which something of the campaign falls due, as (2023-06, 2023年6月)."""
    due = rows.filter(deliverable__campaign=campaign, due_at__isnull=False)
    found = due.annotate(month=TruncMonth("due_at")).order_by("month").values_list("month", flat=True).distinct()
    keys = [f"{timezone.localtime(month):%Y-%m}" for month in found]
    return [(key, periods.label(key)) for key in keys]


def month_shown(choices: Sequence[tuple[str, str]], today: str) -> str:
    """This month, or the last one that has something due; the first while nothing is due yet."""
    past = [key for key, _ in choices if key <= today]
    return past[-1] if past else choices[0][0] if choices else ""


COLUMNS = [
    Heading("报送事项", 36, "left"),
    Heading("区域", 14),
    *(Heading(name, 9, "right", "whole") for name in ("应报", "按时", "迟报", "缺报", "未到期", "待确认期限", "免报")),
]
COUNTED = [Heading(name, 12, "right", "whole") for name in ("已完成（家）", "应完成（家）")]


def columns(found: Board) -> list[Heading]:
    """The last two only where some duty is fulfilled by records."""
    return [*COLUMNS, *(COUNTED if found.has_counted else [])]


def table(found: Board) -> Iterator[list[Any]]:
    """Rows of the workbook: each duty by area, then its sum."""
    for line in found.lines:
        for area, cell in [*line.cells, ("合计", line.sum)]:
            if cell.total:
                counted = _records(line, cell) if found.has_counted else []
                yield [line.deliverable.name, str(area), *_figures(cell), *counted]


def _figures(cell: Cell) -> list[int]:
    standings = [Standing.ON_TIME, Standing.LATE, Standing.MISSING, Standing.PENDING, Standing.UNCONFIRMED]
    return [cell.expected, *(cell.counts[standing] for standing in standings), cell.waived]


def _records(line: Line, cell: Cell) -> list[int | None]:
    """Empty for what is handed in."""
    return [cell.records, cell.records_due] if line.deliverable.counts else [None, None]
