"""Duties fulfilled by visits (每月全覆盖检查), or by naming a watcher (盯守): of which firms, and for which it is done.

Asked by campaigns through `registry.counted`. To be visited is every firm that the duty's conditions hold on the last
day of its span, or today while that has not come: one that joins is to be visited from then on, one that has left no
longer. A firm that stands still with nobody at work (停产停建无人作业) is watched, not inspected, and a visit counts by
its own day if the unit that owes it, or one of its house, made it and the way of checking is an inspection. A firm is
watched if the roster names somebody who watches it, of whichever unit (威应急发〔2023〕12号, mines, 三:
由负责日常安全监管的部门严格落实驻矿盯守或者联系盯守责任).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from campaigns.actions.counting import recount
from campaigns.actions.respondents import enterprises
from campaigns.actions.terms import span
from campaigns.models import Deliverable, Obligation
from inspections.models import Visit
from lib.actor import Actor
from lib.registry import Count
from organizations import jurisdiction
from organizations.models import Area, Enterprise, ReportingArea, Responsible, Unit
from organizations.models.areas import nearest_row

VISITS, WATCHERS = Deliverable.Counts.VISITS, Deliverable.Counts.WATCHERS
WATCHED = (Enterprise.Status.STOPPED_EMPTY,)
CONDITIONS = [
    "areas",
    "sectors",
    "features",
    "except_features",
    "campaign__areas",
    "campaign__sectors",
    "campaign__features",
]
Place = tuple[int, int]  # area and sector
ANYBODY = 0  # instead of a house


@dataclass
class Turn:
    """A duty over the same days: asked for all its units together."""

    duty: Deliverable
    first: date
    last: date
    on: date
    owed: list[Obligation] = field(default_factory=list)
    opened: list[datetime] = field(default_factory=list)
    firms: dict[Place, list[int]] = field(default_factory=lambda: defaultdict(list))
    reached: dict[int, dict[int, date]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def known_by(self) -> datetime:
        """A firm written down later was asked of nobody; what was opened only afterwards takes those known by then."""
        last = max(self.last, timezone.localdate(min(self.opened)))
        return datetime.combine(last, time.max, timezone.get_current_timezone())

    def to_visit(self) -> QuerySet[Any]:
        """By today's register, or for a past span by that of its last day."""
        over = self.on < timezone.localdate()
        found = enterprises(self.duty, self.on, Enterprise.objects.as_of(self.on) if over else None)
        if not self.duty.statuses:
            found = found.exclude(status__in=WATCHED)
        return found.filter(Q(joined_on__isnull=False) | Q(created_at__lte=self.known_by)) if over else found

    def records(self) -> QuerySet[Any]:
        """`day` on which a `house` reached an `enterprise`."""
        if self.duty.counts == VISITS:
            visits = Visit.objects.counted().with_house().filter(date__range=(self.first, self.on))
            return visits.annotate(day=F("date"))
        watchers = Responsible.objects.filter(kind=Responsible.Kind.WATCH).current_on(self.on)
        watchers = watchers if self.on >= self.first else watchers.none()
        return watchers.annotate(house=Value(ANYBODY), day=Greatest("starts_on", Value(self.first)))

    def count(self, territory: Territory) -> Count:
        house = self.reached[territory.house if self.duty.counts == VISITS else ANYBODY]
        ours = [firm for place, firms in self.firms.items() if territory.holds(*place) for firm in firms]
        days = [house[firm] for firm in ours if firm in house]
        return Count(len(days), len(ours), max(days) if days and len(days) == len(ours) else None)


@dataclass(frozen=True)
class Territory:
    """Where a unit has to visit: its areas and those that count in its row, its sectors (None: all)."""

    house: int
    areas: frozenset[int]
    sectors: frozenset[int] | None

    def holds(self, area: int, sector: int) -> bool:
        return area in self.areas and (self.sectors is None or sector in self.sectors)


def counted(obligations: Sequence[Obligation], on: date) -> Mapping[int, Count]:
    """How many of the firms to be visited, or watched, are; queries do not grow with the rows."""
    owed = [one for one in obligations if one.deliverable.counts and one.unit_id]
    if not owed:
        return {}
    turns = list(turns_of(owed, on))
    read_firms(turns)
    read_records(turns)
    territories = territories_of(owed)
    lines = {one.pk: (one.unit_id, line_of(one.deliverable)) for one in owed}
    return {one.pk: turn.count(territories[lines[one.pk]]) for turn in turns for one in turn.owed}


def turns_of(owed: Iterable[Obligation], on: date) -> Iterable[Turn]:
    duties = Deliverable.objects.select_related("campaign__area").prefetch_related(*CONDITIONS)
    known = duties.in_bulk({one.deliverable_id for one in owed})
    written = Obligation.pgh_event_model.objects.filter(pgh_obj__in=[one.pk for one in owed]).order_by()
    opened = dict(written.values("pgh_obj").annotate(at=Min("pgh_created_at")).values_list("pgh_obj", "at"))
    turns: dict[tuple[int, date, date], Turn] = {}
    for one in owed:
        first, last = span(one)
        duty = known[one.deliverable_id]
        turn = turns.setdefault((duty.pk, first, last), Turn(duty, first, last, min(last, on)))
        turn.owed.append(one)
        turn.opened.append(opened[one.pk])
    return turns.values()


def read_firms(turns: Sequence[Turn]) -> None:
    """One statement for all turns; a register's `id` is the firm's, today's and any earlier one's."""
    each = [turn.to_visit().order_by().annotate(turn=Value(number)) for number, turn in enumerate(turns)]
    for number, firm, area, sector in together(rows.values_list("turn", "id", "area_id", "sector_id") for rows in each):
        turns[number].firms[area, sector].append(firm)


def read_records(turns: Sequence[Turn]) -> None:
    """One statement for all turns: on which day each house first reached each firm."""
    each = [turn.records().order_by().annotate(turn=Value(number)) for number, turn in enumerate(turns)]
    firsts = (rows.values("turn", "house", "enterprise").annotate(first=Min("day")) for rows in each)
    found = together(rows.values_list("turn", "house", "enterprise", "first") for rows in firsts)
    for number, house, firm, first in found:
        turns[number].reached[house][firm] = first


def together(parts: Iterable[QuerySet[Any]]) -> Iterator[tuple[Any, ...]]:
    first, *rest = parts
    yield from (first.union(*rest, all=True) if rest else first).iterator()


def line_of(duty: Deliverable) -> str:
    return duty.line or duty.campaign.line


def territories_of(owed: Sequence[Obligation]) -> dict[tuple[int, str], Territory]:
    """By unit and line: a unit whose area has a row covers what counts in it (综保区's firms are 经区's for 应急)."""
    units = Unit.objects.select_related("area").in_bulk({one.unit_id for one in owed if one.unit_id})
    reaches = jurisdiction.reaches(units.values())
    areas, rules = list(Area.objects.only("pk", "code", "path")), ReportingArea.objects.as_rules()
    found: dict[tuple[int, str], Territory] = {}
    for unit_id, line in {(one.unit_id or 0, line_of(one.deliverable)) for one in owed}:
        unit, reach = units[unit_id], reaches[unit_id]
        if nearest_row(rules, line, unit.area) == unit.area:
            here = frozenset(area.pk for area in areas if nearest_row(rules, line, area) == unit.area)
        else:
            here = frozenset(reach.areas)
        sectors = None if reach.sectors is None else frozenset(reach.sectors)
        found[unit_id, line] = Territory(unit.part_of_id or unit.pk, here, sectors)
    return found


def unreached(owed: Obligation, on: date) -> QuerySet[Enterprise]:
    """The firms behind what is still wanting as of that day, as they stand in the register now; whoever shows them
    passes them through the reader's gate."""
    [turn] = turns_of([owed], on)
    territory = territories_of([owed])[owed.unit_id or 0, line_of(owed.deliverable)]
    asked = turn.to_visit().filter(area__in=territory.areas)
    if territory.sectors is not None:
        asked = asked.filter(sector__in=territory.sectors)
    house = territory.house if turn.duty.counts == VISITS else ANYBODY
    reached = turn.records().filter(house=house).order_by().values("enterprise")
    return Enterprise.objects.filter(pk__in=asked.order_by().values("id")).exclude(pk__in=reached)


def with_last_visit(firms: QuerySet[Enterprise], unit: Unit) -> QuerySet[Enterprise]:
    """`visited_on`: when the unit's house was there last, in a way that counts; None if never."""
    visits = Visit.objects.counted().with_house().filter(house=unit.part_of_id or unit.pk, enterprise=OuterRef("pk"))
    return firms.annotate(visited_on=Subquery(visits.order_by("-date").values("date")[:1]))


def owed_by(units: Iterable[Unit]) -> QuerySet[Obligation]:
    """What these units, or others of their houses, owe that counts visits: asked anew when visits come in."""
    houses = {unit.part_of_id or unit.pk for unit in units}
    own = Q(unit__in=houses) | Q(unit__part_of__in=houses)
    return Obligation.objects.filter(own, deliverable__counts=VISITS)


def follow_roster(units: Sequence[int], *, by: Actor) -> None:
    """Somebody was named to watch a firm, or has left: what counts watchers is counted anew."""
    recount(Obligation.objects.filter(deliverable__counts=WATCHERS), timezone.localdate(), by=by)
