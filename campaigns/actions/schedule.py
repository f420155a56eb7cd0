"""When reminders are due: 3 and 1 work days before, on the day, then 1, 3 and every 3 work days after; at 08:30.

Nothing here asks the database or the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, count, takewhile

from django.utils import timezone

from lib import workdays

AT = time(8, 30)
CATCH_UP = timedelta(hours=48)
BEFORE = (3, 1)
AFTER = (1, 3)
EVERY = 3
# Three work days before a due day never lie further ahead than this, whatever the holidays.
HORIZON = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Moment:
    """A rule's turn: before-3, before-1, day, after-1, after-3, after-6 …"""

    rule: str
    at: datetime


def moments(due: date, overrides: Mapping[date, bool] = workdays.NONE) -> Iterator[Moment]:
    """All turns of a due day in order, without end."""
    for days in BEFORE:
        yield _moment(f"before-{days}", workdays.add_workdays(due, -days, overrides))
    yield _moment("day", due)
    day, passed = due, 0
    for days in chain(AFTER, count(AFTER[-1] + EVERY, EVERY)):
        day, passed = workdays.add_workdays(day, days - passed, overrides), days
        yield _moment(f"after-{days}", day)


def _moment(rule: str, day: date) -> Moment:
    return Moment(rule, datetime.combine(day, AT, timezone.get_current_timezone()))


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a due day's turns has come by `at`: those within the catch-up, and the last one missed before that."""

    recent: tuple[Moment, ...]
    older: Moment | None

    @property
    def latest(self) -> Moment | None:
        return self.recent[-1] if self.recent else self.older

    def undone(self, last_done: datetime | None) -> list[Moment]:
        """The turns to be recorded now; of those missed long ago only the last."""
        come = [*([self.older] if self.older else []), *self.recent]
        return [moment for moment in come if last_done is None or moment.at > last_done]


def plan(due: date, at: datetime, overrides: Mapping[date, bool] = workdays.NONE) -> Plan:
    """Turns older than 48 hours start nothing by themselves; they go along with the next digest."""
    come = list(takewhile(lambda moment: moment.at <= at, moments(due, overrides)))
    recent = tuple(moment for moment in come if moment.at >= at - CATCH_UP)
    older = come[: len(come) - len(recent)]
    return Plan(recent, older[-1] if older else None)


def digest_day(at: datetime) -> date:
    """The day a digest of that moment belongs to; the night before 08:30 is still yesterday's."""
    local = timezone.localtime(at)
    return (local - timedelta(hours=AT.hour, minutes=AT.minute)).date()


class Plans:
    """The plans of one moment, worked out once per due day; there are few days, however many obligations."""

    def __init__(self, at: datetime, overrides: Mapping[date, bool] = workdays.NONE) -> None:
        self.at = at
        self.overrides = overrides
        self._known: dict[date, Plan] = {}

    def __getitem__(self, due: date) -> Plan:
        if due not in self._known:
            self._known[due] = plan(due, self.at, self.overrides)
        return self._known[due]
