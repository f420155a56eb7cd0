"""Work days: the State Council's yearly calendar plus the bureau's own table.

Every function takes `overrides`, a mapping date → is it a work day, which wins
over the calendar. A year the calendar does not know falls back to weekends;
`describe` and `guessed_years` say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import chinese_calendar
from django.db.models import TextChoices

Overrides = Mapping[date, bool]

NONE: Overrides = {}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
ONE_DAY = timedelta(days=1)
KNOWN_YEARS = range(
    min(chinese_calendar.constants.holidays).year,
    max(chinese_calendar.constants.holidays).year + 1,
)


class Policy(TextChoices):
    """What becomes of a due date on a rest day; the notices never say."""

    AS_IS = "as_is", "按原定日期"
    EARLIER = "earlier", "提前到上一个工作日"
    LATER = "later", "顺延到下一个工作日"


class Day(NamedTuple):
    """One day: is it worked, why, and is that certain (not guessed from the weekday)?"""

    is_workday: bool
    reason: str
    certain: bool


def describe(day: date, overrides: Overrides = NONE) -> Day:
    """The day with its reason in words: 周六, 周四（端午假期）, 周日（端午调休上班）."""
    weekday = WEEKDAYS[day.weekday()]
    if day in overrides:
        word = "工作日" if overrides[day] else "休息日"
        return Day(overrides[day], f"{weekday}（本局设定为{word}）", True)
    if not _is_known(day.year, overrides):
        note = f"{weekday}（{day.year}年放假安排尚未录入，按周末推算）"
        return Day(day.weekday() < 5, note, False)
    return Day(is_workday(day, overrides), _official_reason(day, weekday), True)


def _official_reason(day: date, weekday: str) -> str:
    if day in chinese_calendar.constants.workdays:
        holiday = chinese_calendar.Holiday(chinese_calendar.constants.workdays[day])
        return f"{weekday}（{holiday.chinese}调休上班）"
    if day in chinese_calendar.constants.holidays:
        holiday = chinese_calendar.Holiday(chinese_calendar.constants.holidays[day])
        return f"{weekday}（{holiday.chinese}假期）"
    return weekday


def _is_known(year: int, overrides: Overrides) -> bool:
    return year in KNOWN_YEARS or any(day.year == year for day in overrides)


def guessed_years(first: date, last: date, overrides: Overrides = NONE) -> list[int]:
    """Years of the span without data, for the warning on pages and in logs."""
    years = range(first.year, last.year + 1)
    return [year for year in years if not _is_known(year, overrides)]


def is_workday(day: date, overrides: Overrides = NONE) -> bool:
    if day in overrides:
        return overrides[day]
    if day.year in KNOWN_YEARS:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5


def shift(day: date, policy: str, overrides: Overrides = NONE) -> date:
    """The day after the policy: itself, or the nearest work day before or after."""
    step = {Policy.AS_IS: 0, Policy.EARLIER: -1, Policy.LATER: 1}[Policy(policy)]
    if not step:
        return day
    while not is_workday(day, overrides):
        day += step * ONE_DAY
    return day


def shift_in_words(day: date, policy: str, overrides: Overrides = NONE) -> str:
    """The rule as a sentence: 6月18日为周六，按原定日期报送; "" on a work day."""
    found = describe(day, overrides)
    if found.is_workday:
        return ""
    opening = f"{day.month}月{day.day}日为{found.reason}，"
    if policy == Policy.AS_IS:
        return opening + "按原定日期报送"
    moved = shift(day, policy, overrides)
    verb = "提前到" if policy == Policy.EARLIER else "顺延到"
    return f"{opening}{verb}{moved.month}月{moved.day}日（{WEEKDAYS[moved.weekday()]}）报送"


def add_workdays(day: date, count: int, overrides: Overrides = NONE) -> date:
    """The count-th work day after `day` (before it if negative); 0 is the day itself.

    The first day is not counted (民事诉讼法 §85), whether worked or not.
    """
    step = ONE_DAY if count > 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day, overrides)
    return day


def days_ahead(day: date, count: int, overrides: Overrides = NONE) -> list[date]:
    """The days that lie `count` work days after `day`, in order: those that `add_workdays(…, -count)` leads back from.

    A Friday's next are Saturday, Sunday and Monday; none where `day` itself is off. Looks five weeks further than
    the count, past any holiday.
    """
    later = (day + n * ONE_DAY for n in range(1, 2 * count + 35))
    return [each for each in later if add_workdays(each, -count, overrides) == day]


def workdays_between(first: date, last: date, overrides: Overrides = NONE) -> int:
    """Work days after `first` up to and including `last`; negative if it lies before.

    Inverse of add_workdays: workdays_between(d, add_workdays(d, n)) == n.
    """
    if last < first:
        earlier = (last + i * ONE_DAY for i in range((first - last).days))
        return -sum(is_workday(day, overrides) for day in earlier)
    later = (first + i * ONE_DAY for i in range(1, (last - first).days + 1))
    return sum(is_workday(day, overrides) for day in later)
