"""Rounds of self-inspection that wait for their district: what opens late, and which districts keep theirs waiting."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, DateField, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from campaigns import messages
from campaigns.actions.respondents import waiting_for_tailoring, within
from campaigns.actions.terms import Term, terms_of
from campaigns.models import Campaign, Deliverable, Tailoring
from lib import periods, workdays
from lib.actor import Actor
from lib.text import joined
from organizations.models import Area, Unit, WorkDay

DISTRICTS = (Area.Level.COUNTY, Area.Level.ZONE)
# Work days before the firms' day on which a silent district is asked; on the third of them the lead unit hears of it.
ASKED_AHEAD = (10, 5, 3, 1)
TOLD_TO_LEAD = 3


def fresh(deliverable: Deliverable, on: date) -> list[Tailoring]:
    """Districts that have spoken and whose round no earlier run has opened: their firms begin as everybody began."""
    if not deliverable.tailored:
        return []
    return list(deliverable.tailorings.beginning_on(on).select_related("area"))


def opened(done: Sequence[Tailoring], on: date) -> None:
    """Their rounds stand; who joins later owes from then on."""
    Tailoring.objects.filter(pk__in=[one.pk for one in done], opened_on__isnull=True).update(opened_on=on)


def begins(found: Iterable[Tailoring], respondent: Any) -> bool:
    return any(respondent.area.path.startswith(one.area.path) for one in found)


def there_since(campaign: Campaign, on: date, firm: Any) -> date:
    """The day it joined; where that is not known, the day it was written down, if the campaign was running already."""
    if firm.joined_on:
        return firm.joined_on
    written = timezone.localdate(firm.created_at)
    return written if (campaign.opened_on or on) < written <= on else date.min


@dataclass(frozen=True)
class Late:
    """A period whose day lies behind: its firms' tasks begin as 待确认期限."""

    label: str
    due_at: datetime
    firms: int


def late_rounds(deliverable: Deliverable, area: Area, on: date) -> list[Late]:
    """What would open past its day if the district published now, by period; one count of its firms."""
    past = [term for term in terms(deliverable) if timezone.localdate(term.due_at) < on]
    firms = waiting_for_tailoring(deliverable, on).filter(within([area])).order_by()
    owing = firms.alias(since=_since(deliverable.campaign, on))
    counts = {f"n{place}": Count("pk", filter=Q(since__lte=term.nominal_on)) for place, term in enumerate(past)}
    found = owing.aggregate(**counts) if past else {}
    named = [Late(label(term), term.due_at, found[f"n{place}"]) for place, term in enumerate(past)]
    return [one for one in named if one.firms]


def _since(campaign: Campaign, on: date) -> Case:
    """`there_since` in the database."""
    written = TruncDate("created_at")
    known = When(joined_on__isnull=False, then=F("joined_on"))
    later = When(Q(created_at__date__gt=campaign.opened_on or on, created_at__date__lte=on), then=written)
    return Case(known, later, default=Value(date.min), output_field=DateField())


def terms(deliverable: Deliverable) -> list[Term]:
    return terms_of(deliverable, dict(WorkDay.objects.values_list("day", "is_workday")))


def label(term: Term) -> str:
    return "" if term.period == periods.ONCE_KEY else periods.label(term.period)


def silent(deliverable: Deliverable, on: date) -> list[tuple[Area, int]]:
    """Districts that have not spoken, with how many of their firms wait; in their order."""
    counted = waiting_for_tailoring(deliverable, on).order_by().values("area__path").annotate(count=Count("pk"))
    firms = {row["area__path"]: row["count"] for row in counted}
    spoken = tuple(deliverable.tailorings.values_list("area__path", flat=True))
    found = Area.objects.filter(level__in=DISTRICTS, path__startswith=deliverable.campaign.area.path)
    districts = [area for area in found.order_by("position", "pk") if not area.path.startswith(spoken)]
    waiting = [(area, sum(n for path, n in firms.items() if path.startswith(area.path))) for area in districts]
    return [(area, count) for area, count in waiting if count]


@dataclass(frozen=True)
class Waiting:
    """A duty whose day comes near while districts have not published: with how many firms each."""

    deliverable: Deliverable
    term: Term
    districts: list[tuple[Area, int]]

    @property
    def words(self) -> str:
        """荣成市（12家企业）、文登区（3家企业）"""
        return joined(f"{area}（{count}家企业）" for area, count in self.districts)


def waiting(campaigns: Iterable[Campaign], on: date, days: Collection[date]) -> list[Waiting]:
    """Tailored duties due on one of these days, whose districts are silent as of `on`."""
    duties = Deliverable.objects.filter(campaign__in=campaigns, tailored=True).select_related("campaign__area")
    found = []
    for duty in duties.select_related("campaign__lead_unit").order_by("campaign", "position"):
        near = [term for term in terms(duty) if timezone.localdate(term.due_at) in days]
        districts = silent(duty, on) if near else []
        found += [Waiting(duty, term, districts) for term in near if districts]
    return found


def ask_districts(today: date, *, by: Actor) -> int:
    """Ten, five, three and one work days before their firms' day, the silent districts and, at three, the lead unit.

    Once a day however often it runs; the number of messages.
    """
    overrides = dict(WorkDay.objects.values_list("day", "is_workday"))
    ahead = {day: count for count in ASKED_AHEAD for day in workdays.days_ahead(today, count, overrides)}
    running = Campaign.objects.filter(state=Campaign.State.RUNNING)
    asked = 0
    for one in waiting(running, today, ahead):
        units = publishers(one.deliverable, [area for area, _ in one.districts])
        asked += messages.ask_for_tailoring(one, units, today, by=by)
        if ahead[timezone.localdate(one.term.due_at)] == TOLD_TO_LEAD:
            asked += messages.tell_of_silence(one, today, by=by)
    return asked


def publishers(deliverable: Deliverable, areas: Sequence[Area]) -> QuerySet[Unit]:
    """Who may publish for these districts: the bureaus of the duty's line."""
    line = deliverable.line or deliverable.campaign.line
    found = Unit.objects.active().of_line(line).filter(kind=Unit.Kind.BUREAU, area__in=areas)
    return found.select_related("area").order_by("position", "pk")
