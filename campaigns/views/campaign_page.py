"""What the page of a campaign shows, put together."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from campaigns import wording
from campaigns.models import Assignment, Campaign, Deliverable, Obligation, Phase, Standing
from campaigns.permissions import may_edit
from lib.actor import Actor

WIDTH = 1000  # of the time line's drawing, whatever it is stretched to
DUTY_RELATIONS = ["named_respondents", "recipients", "areas", "sectors", "features", "except_features"]


@dataclass
class Bar:
    """A phase on the time line: where it begins and how long it is, in thousandths of the whole."""

    phase: Phase
    x: int
    width: int
    is_now: bool


@dataclass
class Duty:
    """A deliverable in words, with what was asked and what has come in."""

    deliverable: Deliverable
    respondents: str
    frequency: str
    form: str
    recipients: str
    expected: int
    handed_in: int
    missing: int


def overview(campaign: Campaign, actor: Actor) -> dict[str, Any]:
    """The template's context; the number of queries does not depend on how much there is."""
    today = timezone.localdate()
    bars, marker = time_line(campaign, today)
    return {
        "campaign": campaign,
        "scope": wording.scope_of(campaign),
        "bars": bars,
        "marker": marker,
        "today": today,
        "duties": duties(campaign, actor),
        "assignments": campaign.assignments.prefetch_related("lead_units", "cooperating_units"),
        "follows": Assignment.objects.visible_to(actor).filter(campaign=campaign).exists(),
        "participants": participants(campaign, actor),
        "may_edit": may_edit(actor, campaign),
    }


def time_line(campaign: Campaign, today: date) -> tuple[list[Bar], int | None]:
    """The phases, overlapping or not, and where today is (None outside)."""
    phases = list(campaign.phases.all())
    first = min([campaign.starts_on, *(phase.starts_on for phase in phases)])
    last = max([campaign.ends_on, *(phase.ends_on for phase in phases)])
    days = (last - first).days + 1

    def at(day: date) -> int:
        return round((day - first).days * WIDTH / days)

    bars = [
        Bar(
            phase,
            at(phase.starts_on),
            max(at(phase.ends_on) - at(phase.starts_on), WIDTH // days, 4),
            phase.starts_on <= today <= phase.ends_on,
        )
        for phase in phases
    ]
    return bars, at(today) if first <= today <= last else None


def duties(campaign: Campaign, actor: Actor) -> list[Duty]:
    """Each deliverable with its figures, as far as the actor may see the rows."""
    figures = counts(campaign, actor)
    nothing = {"expected": 0, "handed_in": 0, "missing": 0}
    found = campaign.deliverables.prefetch_related(*DUTY_RELATIONS)
    return [
        Duty(
            one,
            wording.respondents_of(one),
            wording.frequency(one),
            wording.form_of(one),
            wording.recipients_of(one),
            **figures.get(one.pk, nothing),
        )
        for one in found
    ]


def counts(campaign: Campaign, actor: Actor) -> dict[int, dict[str, int]]:
    """Expected, handed in and missing by deliverable, in one query."""
    rows = Obligation.objects.visible_to(actor).filter(deliverable__campaign=campaign).asked()
    grouped = rows.with_standing(timezone.now()).order_by().values("deliverable")
    counted = grouped.annotate(
        expected=Count("pk"),
        handed_in=Count("pk", filter=Q(handed_in_at__isnull=False)),
        missing=Count("pk", filter=Q(standing=Standing.MISSING)),
    )
    return {row.pop("deliverable"): row for row in counted}


def participants(campaign: Campaign, actor: Actor) -> dict[str, Any]:
    """Units by name with what they owe, and the number of firms."""
    rows = Obligation.objects.visible_to(actor).filter(deliverable__campaign=campaign).asked().order_by()
    units = rows.filter(unit__isnull=False).values("unit__name", "unit__position").annotate(count=Count("pk"))
    firms = rows.aggregate(count=Count("enterprise", distinct=True))["count"]
    return {"units": units.order_by("unit__position", "unit__name"), "firms": firms}
