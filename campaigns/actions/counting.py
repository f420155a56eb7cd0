"""Duties that counted records fulfil (每月全覆盖检查): how far they are, done when all is done, owed again when not.

`recount` may run at any time and as often as one likes. The figures stand on the row, so that boards, lists and
reminders read them like any other column. Nobody hands such a duty in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.actions.terms import span
from campaigns.models import Deliverable, Obligation
from lib import registry
from lib.actor import Actor
from lib.registry import Count
from lib.transitions import move_all

BATCH = 1000
State = Obligation.State


def recount(rows: Any, on: date, *, by: Actor) -> list[Obligation]:
    """Count those of `rows` that records still move, as of that day; the ones whose state changed.

    Asks the app that keeps the records once per thousand.
    """
    changed: list[Obligation] = []
    last = 0
    while keys := list(rows.counted_on(on).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            changed += _recount(keys, on, by)
        last = keys[-1]
    return changed


def _recount(keys: list[int], on: date, by: Actor) -> list[Obligation]:
    """Locked before they are counted, so that of two counts at once the later one stands."""
    batch = list(_rows(keys).order_by("pk").select_for_update(of=("self",), no_key=True))
    counts = registry.counted(batch, on)
    _keep(batch, counts)
    counted = [row for row in batch if row.pk in counts]
    return [*_finish(counted, counts, by), *_reopen(counted, by), *_end_empty(counted, on, by)]


def _rows(keys: list[int]) -> QuerySet[Obligation]:
    return Obligation.objects.filter(pk__in=keys).select_related("deliverable__campaign", "unit")


def _keep(batch: list[Obligation], counts: Mapping[int, Count]) -> None:
    differing = []
    for row in batch:
        count = counts.get(row.pk)
        if count and (row.counted_done, row.counted_total) != (count.done, count.total):
            row.counted_done, row.counted_total = count.done, count.total
            differing.append(row)
    Obligation.objects.bulk_update(differing, ["counted_done", "counted_total"])


def _finish(counted: list[Obligation], counts: Mapping[int, Count], by: Actor) -> list[Obligation]:
    """Done on the day of the record that completed the count, whenever it was entered."""
    days: dict[datetime, list[int]] = defaultdict(list)
    for row in counted:
        day = counts[row.pk].completed_on
        if row.state == State.OPEN and day:
            days[_moment(row, day)].append(row.pk)
    done: list[Obligation] = []
    for moment, keys in days.items():
        done += move_all(_rows(keys), State.FULFILLED, by=by, comment="按记录计数已全部完成", handed_in_at=moment)
    return done


def _moment(row: Obligation, day: date) -> datetime:
    """Of a record only its day is known: the end of it, but no later than now, nor than the hour due on that day."""
    end = datetime.combine(day, time.max, timezone.get_current_timezone())
    if row.due_at and day == timezone.localdate(row.due_at):
        end = min(end, row.due_at)
    return min(end, timezone.now())


def _reopen(counted: list[Obligation], by: Actor) -> list[Obligation]:
    """A firm has joined, or a record was corrected, before the day has passed."""
    short = [row.pk for row in counted if row.state == State.FULFILLED and row.counted_done != row.counted_total]
    return move_all(_rows(short), State.OPEN, by=by, comment="按记录计数尚未全部完成", handed_in_at=None)


def _end_empty(counted: list[Obligation], on: date, by: Actor) -> list[Obligation]:
    """Its days are over and there was nothing to do: it leaves the denominator."""
    empty = [row.pk for row in counted if row.state == State.OPEN and row.counted_total == 0 and span(row)[1] < on]
    ended: list[Obligation] = []
    for counts, words in Deliverable.COUNT_WORDS.items():
        rows = _rows(empty).filter(deliverable__counts=counts)
        ended += move_all(rows, State.ENDED, by=by, comment=words.nothing, ended_reason=words.nothing)
    return ended
