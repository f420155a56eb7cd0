"""预演: three work days before a day, what is still missing, what would fail, and who is usually late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, Deliverable, Obligation, Submission
from campaigns.models.standing import PASSING
from campaigns.wording import OWN_PAGES, REVIEWED_THERE
from lib import registry, text, workdays
from lib.actor import Actor
from organizations.models import WorkDay

AHEAD = 3
# Of the last so many periods, late or missing in at least so many.
PAST, OFTEN = 6, 2
NAMED = 50
# In a message.
SHOWN = 9
GIVEN_BACK = (Submission.State.RETURNED, Submission.State.VOID)


@dataclass(frozen=True)
class Doubtful:
    """An obligation that would not pass as it stands, and why; `page` is where it is filled in, if it may be read."""

    row: Obligation
    points: list[str]
    page: str


@dataclass
class Due:
    """One duty's coming day: how many owe it, who has not handed in, of these who is often late, and what would fail.

    `failing` counts all; `doubtful` are the first of them. `general` concerns no respondent alone.
    """

    deliverable: Deliverable
    due_at: datetime
    expected: int
    missing: int
    rows: list[Obligation]
    often_late: set[int]
    failing: int = 0
    doubtful: list[Doubtful] = field(default_factory=list)
    general: list[str] = field(default_factory=list)

    @property
    def handed_in(self) -> int:
        return self.expected - self.missing

    @property
    def usual(self) -> list[Obligation]:
        return [row for row in self.rows if row.unit_id in self.often_late]

    @property
    def failing_words(self) -> str:
        """3个单位的调度表按现有数据不能通过：荣成市应急管理局、…"""
        if not self.failing:
            return ""
        kind = "个单位" if self.deliverable.respondent == Deliverable.Respondent.UNIT else "家企业"
        kind = "人" if self.deliverable.each_of else kind
        names = text.joined(one.row.who for one in self.doubtful[:SHOWN])
        more = "等" if self.failing > SHOWN else ""
        return f"{self.failing}{kind}的{self.deliverable}按现有数据不能通过：{names}{more}"


def coming(campaign: Campaign, today: date, *, by: Actor) -> list[Due]:
    """Everything that falls due from today to three work days on, soonest first, as far as the reader may see it."""
    return dues(campaign, today, last_day(today), by=by)


def last_day(today: date) -> date:
    """Three work days on."""
    return workdays.add_workdays(today, AHEAD, dict(WorkDay.objects.values_list("day", "is_workday")))


def dues(campaign: Campaign, first: date, last: date, *, by: Actor) -> list[Due]:
    seen = Obligation.objects.visible_to(by).filter(deliverable__campaign=campaign, **_between(first, last)).asked()
    absent = Q(handed_in_at__isnull=True, state="open")
    found = seen.order_by().values("deliverable", "due_at")
    counted = found.annotate(expected=Count("pk"), missing=Count("pk", filter=absent))
    duties = Deliverable.objects.select_related("campaign__area").in_bulk({row["deliverable"] for row in counted})
    often = often_late(campaign)
    return [
        _due(duties[row["deliverable"]], row, seen, often, by)
        for row in counted.order_by("due_at", "deliverable__position")
    ]


def due_in_three_days(today: date, overrides: Mapping[date, bool]) -> dict[Campaign, list[Due]]:
    """Running campaigns with something still missing, or given back, whose day is exactly three work days ahead.

    A day off has its turn as the reminders count: back from it. Nobody is told on one.
    """
    days = workdays.days_ahead(today, AHEAD, overrides)
    if not days:
        return {}
    near = _between(days[0], days[-1])
    rows = Obligation.objects.filter(deliverable__campaign__state="running", **near).asked().to_do()
    campaigns = Campaign.objects.filter(pk__in=rows.order_by().values("deliverable__campaign"))
    return {
        campaign: dues(campaign, days[0], days[-1], by=Actor.system("到期预演"))
        for campaign in campaigns.select_related("lead_unit").order_by("pk")
    }


def often_late(campaign: Campaign) -> set[int]:
    """Units that were late or missing at least twice among what fell due in the last half-year of this campaign.

    Several of a unit's people late with the same duty of the same period are once.
    """
    now = timezone.now()
    past = Obligation.objects.filter(
        deliverable__campaign=campaign, unit__isnull=False, late_to_open=False, late_excused=False,
        due_at__range=(now - timedelta(days=31 * PAST), now),
    ).asked()  # fmt: skip
    late = past.filter(Q(handed_in_at__gt=F("due_at")) | Q(handed_in_at__isnull=True))
    turn = Concat(Cast("deliverable", CharField()), Value(" "), "period")
    counted = late.order_by().values("unit").annotate(count=Count(turn, distinct=True)).filter(count__gte=OFTEN)
    return set(counted.values_list("unit", flat=True))


def _between(first: date, last: date) -> dict[str, datetime]:
    zone = timezone.get_current_timezone()
    after = datetime.combine(last + timedelta(days=1), time.min, zone)
    return {"due_at__gte": datetime.combine(first, time.min, zone), "due_at__lt": after}


def _due(duty: Deliverable, row: dict, seen: QuerySet[Obligation], often: set[int], by: Actor) -> Due:
    rows = seen.filter(deliverable=duty, due_at=row["due_at"])
    absent = _named(rows.unanswered())
    due = Due(duty, row["due_at"], row["expected"], row["missing"], absent, often)
    _foresee(due, rows.to_do(), by)
    return due


def _foresee(due: Due, owed: QuerySet[Obligation], by: Actor) -> None:
    """What was given back and has not come again, then what would not pass; what the house is signing is not asked."""
    back = Exists(Submission.objects.filter(obligation=OuterRef("pk"), state__in=GIVEN_BACK))
    passing = Exists(Submission.objects.filter(obligation=OuterRef("pk"), state__in=PASSING))
    returned = _named(owed.filter(back))
    points = _reasons(returned)
    found = registry.would_fail(due.deliverable, owed.exclude(back | passing), named=NAMED, by=by)
    if returned:
        again = owed.exclude(passing).filter(pk__in=points)
        for pk, more in registry.would_fail(due.deliverable, again, named=NAMED, by=by).points.items():
            points[pk] += more
    due.failing = found.failing + (owed.filter(back).count() if len(returned) == NAMED else len(returned))
    due.general = list(found.general)
    points |= {pk: list(told) for pk, told in found.points.items()}
    due.doubtful = [Doubtful(row, points[row.pk], page_of(row)) for row in _named(owed.filter(pk__in=points))]


def _reasons(returned: list[Obligation]) -> dict[int, list[str]]:
    """第1稿6月20日已退回，尚未重新报送。理由：…"""
    newest = Submission.objects.filter(obligation__in=returned, state__in=GIVEN_BACK).order_by("number")
    found = {}
    for each in newest:
        day = text.month_day(timezone.localdate(each.decided_at)) if each.decided_at else ""
        reason = each.reason.strip().rstrip("。")
        found[each.obligation_id] = [
            f"第{each.number}稿{day}{each.get_state_display()}，尚未重新报送。理由：{reason}。"
        ]
    return found


def page_of(row: Obligation) -> str:
    """Where those who receive it read it: a table at any time, a checklist once it has been handed in."""
    kind = row.deliverable.form_kind
    readable = kind == "return" or kind in REVIEWED_THERE and row.last_state
    return reverse(OWN_PAGES[kind], args=[row.pk]) if readable else ""


def _named(rows: QuerySet[Obligation]) -> list[Obligation]:
    return list(rows.for_list().order_by("area__position", "pk")[:NAMED])
