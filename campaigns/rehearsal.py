"""预演: three work days before a day, what is still missing, and who is usually late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q
from django.utils import timezone

from campaigns.models import Campaign, Deliverable, Obligation
from lib import workdays
from organizations.models import WorkDay

AHEAD = 3
# Of the last so many periods, late or missing in at least so many.
PAST, OFTEN = 6, 2
NAMED = 50


@dataclass
class Due:
    """One duty's coming day: how many owe it, who has not handed in, and of these who is often late."""

    deliverable: Deliverable
    due_at: datetime
    expected: int
    missing: int
    rows: list[Obligation]
    often_late: set[int]

    @property
    def handed_in(self) -> int:
        return self.expected - self.missing

    @property
    def usual(self) -> list[Obligation]:
        return [row for row in self.rows if row.unit_id in self.often_late]


def coming(campaign: Campaign, today: date) -> list[Due]:
    """Everything that falls due from today to three work days on, soonest first."""
    overrides = dict(WorkDay.objects.values_list("day", "is_workday"))
    last = workdays.add_workdays(today, AHEAD, overrides)
    rows = Obligation.objects.filter(deliverable__campaign=campaign, **_between(today, last)).asked()
    found = rows.order_by().values("deliverable", "due_at")
    absent = Q(handed_in_at__isnull=True, state="open")
    counted = found.annotate(expected=Count("pk"), missing=Count("pk", filter=absent))
    duties = Deliverable.objects.in_bulk({row["deliverable"] for row in counted})
    often = often_late(campaign)
    return [
        Due(duties[row["deliverable"]], row["due_at"], row["expected"], row["missing"], _missing(row), often)
        for row in counted.order_by("due_at", "deliverable__position")
    ]


def due_in_three_days(today: date, overrides: Mapping[date, bool]) -> dict[Campaign, int]:
    """Running campaigns with something still missing whose day is exactly three work days ahead, and how much."""
    day = workdays.add_workdays(today, AHEAD, overrides)
    rows = Obligation.objects.unanswered().filter(deliverable__campaign__state="running", **_between(day, day)).asked()
    counted = rows.order_by().values("deliverable__campaign").annotate(count=Count("pk"))
    missing = {row["deliverable__campaign"]: row["count"] for row in counted}
    campaigns = Campaign.objects.filter(pk__in=missing).select_related("lead_unit").order_by("pk")
    return {campaign: missing[campaign.pk] for campaign in campaigns}


def often_late(campaign: Campaign) -> set[int]:
    """Units that were late or missing at least twice among what fell due in the last half-year of this campaign."""
    now = timezone.now()
    past = Obligation.objects.filter(
        deliverable__campaign=campaign, unit__isnull=False, late_to_open=False, late_excused=False,
        due_at__range=(now - timedelta(days=31 * PAST), now),
    ).asked()  # fmt: skip
    late = past.filter(Q(handed_in_at__gt=F("due_at")) | Q(handed_in_at__isnull=True))
    counted = late.order_by().values("unit").annotate(count=Count("pk")).filter(count__gte=OFTEN)
    return set(counted.values_list("unit", flat=True))


def _between(first: date, last: date) -> dict[str, datetime]:
    zone = timezone.get_current_timezone()
    after = datetime.combine(last + timedelta(days=1), time.min, zone)
    return {"due_at__gte": datetime.combine(first, time.min, zone), "due_at__lt": after}


def _missing(row: dict) -> list[Obligation]:
    rows = Obligation.objects.unanswered().filter(deliverable=row["deliverable"], due_at=row["due_at"])
    return list(rows.select_related("unit", "enterprise", "area").order_by("area__position", "pk")[:NAMED])
