"""What a due rule means: its periods, and for each the day of the notice, the moment that counts, the rule in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from campaigns.models import Deliverable, Obligation
from lib import periods, text, workdays
from lib.periods import Period, Recurrence

END_OF_DAY = time.max
OPENING = {
    Recurrence.MONTHLY: "每月",
    Recurrence.QUARTERLY: "每季度",
    Recurrence.HALF_YEARLY: "每半年",
    Recurrence.YEARLY: "每年",
}
_NTH = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Term:
    """One period's dates: `nominal_on` is the notice's, `due_at` after the work-day policy."""

    period: str
    nominal_on: date
    due_at: datetime
    rule: str


def terms_of(deliverable: Deliverable, overrides: Mapping[date, bool] = workdays.NONE) -> list[Term]:
    """Every term of the rule within its window, in order; none for one without a day or bound to an event."""
    if deliverable.origin == Deliverable.Origin.UNDATED:
        return []
    return [_term(deliverable, period, day, overrides) for period, day in nominal_days(deliverable)]


def nominal_days(deliverable: Deliverable) -> list[tuple[str, date]]:
    """The periods and the notice's days. A one-off keeps its day even if the campaign's dates do not hold it."""
    if deliverable.recurrence == Recurrence.ONCE:
        return [(periods.ONCE_KEY, deliverable.due_on)] if deliverable.due_on else []
    first, last = window(deliverable)
    every = periods.between(first, last, deliverable.recurrence)
    days = [(period.key, _nominal(deliverable, period, last)) for period in every]
    return [(key, day) for key, day in days if first <= day <= last]


def window(deliverable: Deliverable) -> tuple[date, date]:
    """The days the rule is in force: its own or the campaign's."""
    campaign = deliverable.campaign
    return deliverable.starts_on or campaign.starts_on, deliverable.ends_on or campaign.ends_on


def span(obligation: Obligation) -> tuple[date, date]:
    """The days whose records count towards a duty that counts them: its period as far as the rule is in force.

    An extended day adds to them. A one-off goes on to its campaign's end: made good late it is late, not missing.
    """
    duty = obligation.deliverable
    first, last = window(duty)
    due = timezone.localdate(obligation.due_at) if obligation.due_at else first
    if obligation.period == periods.ONCE_KEY:
        return first, max(last, due, duty.campaign.ends_on)
    period = periods.parse(obligation.period)
    return max(first, period.first), max(min(last, period.last), due)


def _nominal(deliverable: Deliverable, period: Period, last: date) -> date:
    day = periods.due_on(period, deliverable.due_day, deliverable.due_month)
    # "每季度一次" without a day ends with the window where that ends first.
    return min(day, last) if deliverable.due_day is None else day


def _term(deliverable: Deliverable, period: str, day: date, overrides: Mapping[date, bool]) -> Term:
    shifted = workdays.shift(day, deliverable.policy, overrides)
    at = datetime.combine(shifted, deliverable.cut_off or END_OF_DAY, timezone.get_current_timezone())
    return Term(period, day, at, rule_in_words(deliverable, day, overrides))


def rule_in_words(deliverable: Deliverable, day: date, overrides: Mapping[date, bool] = workdays.NONE) -> str:
    """每月18日前；6月18日为周六，按原定日期报送. A year without calendar data says so."""
    found = workdays.describe(day, overrides)
    moved = workdays.shift_in_words(day, deliverable.policy, overrides)
    guessed = "" if found.certain or moved else f"{day.year}年放假安排尚未录入，按周末推算"
    return "；".join(filter(None, [base_rule(deliverable), moved, guessed]))


def base_rule(deliverable: Deliverable) -> str:
    """The rule without a date: 每月18日前, 每季度末月25日12:00前, 2022年4月26日前."""
    cut_off = f"{deliverable.cut_off:%H:%M}" if deliverable.cut_off else ""
    match deliverable.recurrence:
        case Recurrence.ONCE:
            return f"{text.full_date(deliverable.due_on)}{cut_off}前" if deliverable.due_on else "未定日期"
        case Recurrence.EVENT:
            return "发生时及时报送"
        case Recurrence.WEEKLY:
            weekday = "一二三四五六日"[min(deliverable.due_day or 7, 7) - 1]
            return f"每周{weekday}{cut_off}前"
    return f"{OPENING[Recurrence(deliverable.recurrence)]}{_day_in_words(deliverable)}{cut_off}前"


def _day_in_words(deliverable: Deliverable) -> str:
    whole = deliverable.recurrence == Recurrence.MONTHLY
    if deliverable.due_day is None:
        return "底" if whole else "末"
    day = "底" if deliverable.due_day == 31 else f"{deliverable.due_day}日"
    if whole:
        return day
    return _month_in_words(deliverable) + day


def _month_in_words(deliverable: Deliverable) -> str:
    if deliverable.due_month is None:
        return "末月"
    if deliverable.recurrence == Recurrence.YEARLY:
        return f"{deliverable.due_month}月"
    return f"第{_NTH[deliverable.due_month - 1]}个月"
