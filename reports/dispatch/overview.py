"""Which tables there are for a unit: every campaign of its line that asks for one, month by month."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from campaigns.models import Campaign, Deliverable, Obligation
from campaigns.models.standing import WITH_RECIPIENT
from lib import periods
from lib.actor import Actor
from lib.periods import Recurrence
from organizations import jurisdiction
from reports.dispatch.tables import TABLES, DispatchTable

MONTHS = 12


@dataclass(frozen=True)
class OverviewLine:
    """A table of a month: who owes it among those the reader may see, and how far it has come in."""

    campaign: Campaign
    table: DispatchTable
    period: str
    obligations: tuple[Obligation, ...]
    handed_in: int
    waiting: int
    own: Obligation | None

    @property
    def label(self) -> str:
        return periods.label(self.period)

    @property
    def expected(self) -> int:
        return len(self.obligations)

    @property
    def status(self) -> tuple[str, str]:
        """Tone and word."""
        if not self.obligations:
            return "closed", "无应报单位"
        if self.waiting:
            return "info", f"待审核{self.waiting}个"
        if self.handed_in < self.expected:
            return "open", f"已报{self.handed_in}个，应报{self.expected}个"
        return "done", "已报齐"


def lines_of(actor: Actor, today: date | None = None) -> list[OverviewLine]:
    """Newest month first; a fixed number of queries."""
    wanted = deliverables_for(actor)
    owed = owed_by_month(actor, wanted)
    found = [
        line(actor, each, period, owed.get((each.pk, period), []))
        for each in wanted
        for period in months_of(each.campaign, today or timezone.localdate())
    ]
    return sorted(found, key=lambda each: each.period, reverse=True)


def deliverables_for(actor: Actor) -> list[Deliverable]:
    forms = [table.form for table in TABLES.values()]
    seen = Deliverable.objects.filter(campaign__in=Campaign.objects.visible_to(actor), form__in=forms)
    if not jurisdiction.sees_everything(actor):
        seen = seen.filter(campaign__line__in=actor.unit.bureau.lines)
    return list(seen.select_related("campaign").order_by("campaign__code", "position"))


def months_of(campaign: Campaign, today: date) -> list[str]:
    """The months of the campaign up to this one, the last of them first."""
    last = min(today, campaign.ends_on)
    return [each.key for each in periods.between(campaign.starts_on, last, Recurrence.MONTHLY)][::-1][:MONTHS]


def owed_by_month(actor: Actor, wanted: list[Deliverable]) -> dict[tuple[int, str], list[Obligation]]:
    rows = Obligation.objects.visible_to(actor).filter(deliverable__in=wanted, unit__isnull=False)
    found: dict[tuple[int, str], list[Obligation]] = defaultdict(list)
    for owed in rows.prefetch_related("submissions").order_by("pk"):
        found[owed.deliverable_id, owed.period].append(owed)
    return found


def line(actor: Actor, each: Deliverable, period: str, owed: list[Obligation]) -> OverviewLine:
    mine = set() if actor.unit is None else set(jurisdiction.reach(actor).units)
    states = [newest_state(one) for one in owed]
    return OverviewLine(
        campaign=each.campaign,
        table=TABLES[each.form_argument],
        period=period,
        obligations=tuple(owed),
        handed_in=sum(state in (*WITH_RECIPIENT, "accepted") for state in states),
        waiting=sum(state in WITH_RECIPIENT for state in states),
        own=next((one for one in owed if one.unit_id in mine), None),
    )


def newest_state(owed: Obligation) -> str:
    newest = max(owed.submissions.all(), key=lambda each: each.number, default=None)
    return newest.state if newest else ""
