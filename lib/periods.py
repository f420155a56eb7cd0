"""Periods of recurring duties, their due days, and the windows of the tables.

A period is stored by its key, which sorts by time within one recurrence:
`2023-W26`, `2023-06`, `2023-Q2`, `2023-H1`, `2023`. One-off duties have the key
`once`; those of an event are keyed by the event and have no period here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import TextChoices

ONE_DAY = timedelta(days=1)
ONCE_KEY = "once"


class Recurrence(TextChoices):
    ONCE = "once", "一次性"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"
    YEARLY = "yearly", "每年"
    EVENT = "event", "发生时"


class WindowKind(TextChoices):
    MONTHLY = "monthly", "当月"
    CUMULATIVE = "cumulative", "累计"


class CutOff(TextChoices):
    DUE_DAY = "due-day", "截至报送日"
    MONTH_END = "month-end", "截至月末"


MONTHS = {
    Recurrence.MONTHLY: 1,
    Recurrence.QUARTERLY: 3,
    Recurrence.HALF_YEARLY: 6,
    Recurrence.YEARLY: 12,
}
_SHAPES = {
    Recurrence.WEEKLY: re.compile(r"(\d{4})-W(0[1-9]|[1-4]\d|5[0-3])"),
    Recurrence.MONTHLY: re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    Recurrence.QUARTERLY: re.compile(r"(\d{4})-Q([1-4])"),
    Recurrence.HALF_YEARLY: re.compile(r"(\d{4})-H([12])"),
    Recurrence.YEARLY: re.compile(r"(\d{4})()"),
}
_QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One turn of a recurring duty, first and last day included."""

    first: date
    last: date
    key: str
    recurrence: Recurrence

    def next(self) -> Period:
        return period_of(self.last + ONE_DAY, self.recurrence)

    def previous(self) -> Period:
        return period_of(self.first - ONE_DAY, self.recurrence)

    @property
    def label(self) -> str:
        """2023年6月 · 2023年第二季度 · 2023年上半年 · 2023年 · 2023年第26周（6月26日至7月2日）."""
        year, turn = self.key[:4], self.key[5:].lstrip("WQH")
        match self.recurrence:
            case Recurrence.MONTHLY:
                return f"{year}年{int(turn)}月"
            case Recurrence.QUARTERLY:
                return f"{year}年第{_QUARTERS[int(turn) - 1]}季度"
            case Recurrence.HALF_YEARLY:
                return f"{year}年{'上' if turn == '1' else '下'}半年"
            case Recurrence.WEEKLY:
                return f"{year}年第{int(turn)}周（{_month_day(self.first)}至{_month_day(self.last)}）"
            case _:
                return f"{year}年"


def period_of(day: date, recurrence: str) -> Period:
    """The period of a weekly to yearly recurrence that holds the day.

    Weeks are ISO weeks: 2021-01-01 lies in 2020-W53.
    """
    kind = Recurrence(recurrence)
    if kind is Recurrence.WEEKLY:
        year, week, weekday = day.isocalendar()
        first = day - (weekday - 1) * ONE_DAY
        return Period(first, first + 6 * ONE_DAY, f"{year}-W{week:02}", kind)
    months = _months(kind)
    turn = (day.month - 1) // months + 1
    last_month = turn * months
    first = date(day.year, last_month - months + 1, 1)
    return Period(first, _clipped(day.year, last_month, 31), _key(kind, day.year, turn), kind)


def parse(key: str) -> Period:
    """The period of a key; ValueError for another text (also for `once`)."""
    for kind, shape in _SHAPES.items():
        if found := shape.fullmatch(key):
            return _built(kind, int(found[1]), int(found[2] or 1))
    raise ValueError(f"“{key}”不是统计期，应如 2023-06、2023-Q2、2023-H1、2023 或 2023-W26")


def _built(kind: Recurrence, year: int, turn: int) -> Period:
    if kind is Recurrence.WEEKLY:
        return period_of(date.fromisocalendar(year, turn, 1), kind)
    return period_of(date(year, turn * MONTHS[kind], 1), kind)


def label(key: str) -> str:
    """The key in Chinese; `once` is 一次性, a key of an event stays as it is."""
    if key == ONCE_KEY:
        return Recurrence.ONCE.label
    try:
        return parse(key).label
    except ValueError:
        return key


def between(first: date, last: date, recurrence: str) -> list[Period]:
    """The periods that touch the span, in order; one for `once`, none for `event`."""
    kind = Recurrence(recurrence)
    if first > last or kind is Recurrence.EVENT:
        return []
    if kind is Recurrence.ONCE:
        return [Period(first, last, ONCE_KEY, kind)]
    found = [period_of(first, kind)]
    while found[-1].last < last:
        found.append(found[-1].next())
    return found


def due_on(period: Period, day: int | None, month: int | None = None) -> date:
    """The nominal due day of a period.

    `day`: of the month, 31 meaning its last day (so also 29 to 31 in February);
    for weeks 1 Monday to 7 Sunday; None is the period's last day. `month`: which
    month of the period, 1 the first; None the last (年度述职 by 01-31: month=1).
    """
    if day is None:
        return period.last
    if period.recurrence is Recurrence.WEEKLY:
        return period.first + (min(day, 7) - 1) * ONE_DAY
    months = _months(period.recurrence)
    nth = period.first.month + (month or months) - 1
    return _clipped(period.first.year, nth, day)


def next_due(after: date, recurrence: str, day: int | None, month: int | None = None) -> date:
    """The first due day later than `after`."""
    period = period_of(after, recurrence)
    due = due_on(period, day, month)
    return due if due > after else due_on(period.next(), day, month)


def previous_due(before: date, recurrence: str, day: int | None, month: int | None = None) -> date:
    """The last due day earlier than `before`."""
    period = period_of(before, recurrence)
    due = due_on(period, day, month)
    return due if due < before else due_on(period.previous(), day, month)


class Window(NamedTuple):
    """The days a table counts, both ends included; empty if last lies before first."""

    first: date
    last: date

    @property
    def is_empty(self) -> bool:
        return self.last < self.first

    @property
    def label(self) -> str:
        return f"{_long(self.first)}至{_long(self.last)}"

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


def window(kind: str, cut_off: str, period: Period | str, *, due_day: int | None, start: date, end: date) -> Window:
    """The days a table of `period` counts in a campaign from `start` to `end`.

    Cut-off `due-day` runs from the day after the previous nominal due day to
    this period's, `month-end` is the calendar month; `cumulative` begins at the
    campaign's start, and so does the first monthly window. Work-day policies
    and extensions move when a table is due, never what it counts.

    Windows are clipped to the campaign. With `due-day` the December table of
    trade-2023 ends on 12-28 like every other; 12-29 to 12-31 are the window
    of 2024-01, which the clipping makes just those three days: a closing
    table, if the bureau asks for one. So no day is counted twice, and the
    windows up to there add up to the whole campaign.
    """
    here = parse(period) if isinstance(period, str) else period
    first, last = _span(CutOff(cut_off), here, due_day)
    if WindowKind(kind) is WindowKind.CUMULATIVE:
        first = start
    return Window(max(first, start), min(last, end))


def _span(cut_off: CutOff, period: Period, due_day: int | None) -> tuple[date, date]:
    if cut_off is CutOff.MONTH_END:
        return period.first, period.last
    return due_on(period.previous(), due_day) + ONE_DAY, due_on(period, due_day)


def _months(kind: Recurrence) -> int:
    if kind not in MONTHS:
        raise ValueError(f"{kind.value} has no calendar periods")
    return MONTHS[kind]


def _key(kind: Recurrence, year: int, turn: int) -> str:
    match kind:
        case Recurrence.MONTHLY:
            return f"{year}-{turn:02}"
        case Recurrence.QUARTERLY:
            return f"{year}-Q{turn}"
        case Recurrence.HALF_YEARLY:
            return f"{year}-H{turn}"
        case _:
            return f"{year}"


def _clipped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _long(day: date) -> str:
    return f"{day.year}年{_month_day(day)}"
