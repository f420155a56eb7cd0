"""Reminders: decided from the stored obligations, once per obligation, rule and moment; one digest a day to each.

`remind` may run at any time, late, twice or at once: what was decided is a row. Respondents are taken a thousand at
a time, each batch in one transaction, so that a killed run has sent whole batches or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from campaigns import messages
from campaigns.actions import letters, schedule
from campaigns.actions.counting import recount
from campaigns.actions.schedule import Moment, Plan, Plans
from campaigns.models import Deliverable, Obligation, Reminder
from campaigns.models.obligations import PROMISE_GRACE
from lib import locks, registry
from lib.actor import Actor
from notifications.actions import write
from notifications.models import Message
from organizations.models import Enterprise, Membership, Unit, WorkDay

BATCH = 1000


@dataclass
class Item:
    """One obligation in a digest; `turns` are recorded now, none for what is only listed along."""

    obligation: Obligation
    turns: list[Moment]


@dataclass
class Digest:
    """What one respondent is told on one day; whether an account or at least a contact is known."""

    respondent: Unit | Enterprise
    has_account: bool
    items: list[Item] = field(default_factory=list)

    @property
    def has_contact(self) -> bool:
        one = self.respondent
        if isinstance(one, Unit):
            return self.has_account or bool(one.contact or one.phone or one.email)
        return self.has_account or bool(one.head_mobile or one.director_mobile)


def remind(at: datetime, *, by: Actor, tell: Callable[[Digest], object] = lambda digest: None) -> int:
    """Queue what is to be sent at that moment; the number of digests queued by this run, each handed to `tell`.

    Of two runs at once the second does nothing: the first does it all.
    """
    count = 0
    with locks.single_flight("remind") as mine:
        if mine:
            # Firms join and leave while the days run; after them only records count, and those as they come in.
            running = Obligation.objects.filter(due_at__gte=at, due_at__lt=at + schedule.HORIZON)
            recount(running, timezone.localdate(at), by=by)
        for digests in due_digests(at) if mine else []:
            _queue(digests, at, by)
            count += len(digests)
            for digest in digests:
                tell(digest)
        if mine:
            letters.sweep(at, by=by)
    return count


def due_digests(at: datetime) -> Iterator[list[Digest]]:
    """What is to be sent at a moment, in batches: reads the obligations and what was recorded, decides, writes nothing.

    A digest starts from a turn within the last 48 hours that is not recorded yet, and goes to nobody twice a day. It
    lists everything the respondent owes that has had its first turn, so that turns missed longer ago go along.
    """
    plans = Plans(at, dict(WorkDay.objects.values_list("day", "is_workday")))
    # The duties are few: shared by all rows instead of being read with each.
    duties = Deliverable.objects.select_related("campaign").in_bulk()
    pairs = _started(plans).values_list("unit", "enterprise").distinct().order_by("unit", "enterprise")
    for is_firm, keys in groupby(list(pairs), key=lambda pair: pair[0] is None):
        ids = [firm if is_firm else unit for unit, firm in keys]
        for start in range(0, len(ids), BATCH):
            digests = _digests(Enterprise if is_firm else Unit, ids[start : start + BATCH], plans)
            for item in (item for digest in digests for item in digest.items):
                item.obligation.deliverable = duties[item.obligation.deliverable_id]
            yield digests


def still_wanted(waiting: Sequence[Message]) -> Mapping[int, list[int]]:
    """Asked at delivery: of a reminder's obligations those still owed; other messages stay as they are."""
    reminders = [message for message in waiting if message.kind == Message.Kind.REMINDER]
    asked = {subject for message in reminders for subject in message.subject_ids}
    rows = Obligation.objects.unanswered().exclude(promised_at__gt=timezone.now() - PROMISE_GRACE)
    owed = set(rows.filter(pk__in=asked).values_list("pk", flat=True))
    return {message.pk: [subject for subject in message.subject_ids if subject in owed] for message in reminders}


def _reachable(at: datetime) -> QuerySet[Obligation]:
    return Obligation.objects.chased_at(at).filter(due_at__lt=at + schedule.HORIZON)


def _started(plans: Plans) -> QuerySet[Obligation]:
    """Obligations whose latest turn lies within the catch-up and is not recorded; none of who had today's digest."""
    rows = _reachable(plans.at).filter(late_to_open=False).annotate(day=TruncDate("due_at"))
    days = rows.order_by("day").values_list("day", flat=True).distinct()
    latest = [When(day=day, then=Value(plans[day].recent[-1].at)) for day in days if plans[day].recent]
    asked = ExpressionWrapper(F("promised_at") + PROMISE_GRACE, output_field=DateTimeField())
    broken = When(asked_at__range=(plans.at - schedule.CATCH_UP, plans.at), then=F("asked_at"))
    prefix = f"{messages.digest_key(plans.at)}:"
    told_unit = Message.objects.filter(unit=OuterRef("unit"), key__startswith=prefix)
    told_firm = Message.objects.filter(enterprise=OuterRef("enterprise"), key__startswith=prefix)
    recorded = Reminder.objects.filter(obligation=OuterRef("pk"), scheduled_at__gte=OuterRef("latest"))
    found = (
        rows.annotate(asked_at=asked)
        .annotate(latest=Greatest(Case(broken), Case(*latest, output_field=DateTimeField())))
        .filter(latest__isnull=False)
    )
    return found.exclude(Exists(recorded)).exclude(Exists(told_unit)).exclude(Exists(told_firm))


def _digests(model: type[Unit] | type[Enterprise], ids: list[int], plans: Plans) -> list[Digest]:
    """One statement for a batch: what they owe with the last turn recorded, and who they are."""
    key = "unit" if model is Unit else "enterprise"
    accounts = Membership.objects.active().filter(**{key: OuterRef(key)})
    recorded = Reminder.objects.filter(obligation=OuterRef("pk")).order_by().values("obligation")
    last_done = Subquery(recorded.values(last=Max("scheduled_at")))
    rows = _reachable(plans.at).filter(**{f"{key}__in": ids}).select_related(key)
    digests: dict[int, Digest] = {}
    for row in rows.annotate(last_done=last_done, has_account=Exists(accounts)).order_by("due_at", "pk"):
        one = getattr(row, key)
        _list(row, digests.setdefault(one.pk, Digest(one, row.has_account)), plans)
    return [digests[pk] for pk in sorted(digests)]


def _list(row: Any, digest: Digest, plans: Plans) -> None:
    plan = plans[timezone.localdate(row.due_at)]
    if row.late_to_open:
        digest.items.append(Item(row, []))
    elif plan.latest or row.promised_at:
        digest.items.append(Item(row, _turns(row, plan, plans.at)))


def _turns(row: Any, plan: Plan, at: datetime) -> list[Moment]:
    """What has come by the calendar, and a promise that was broken since the last turn."""
    turns = plan.undone(row.last_done)
    asked = row.promised_at and row.promised_at + PROMISE_GRACE
    if asked and asked <= at and (row.last_done is None or asked > row.last_done):
        turns.append(Moment("promise", asked))
    return turns


@transaction.atomic
def _queue(digests: list[Digest], at: datetime, by: Actor) -> None:
    """Two statements: the messages, the turns they stand for."""
    extra = registry.digest_lines([digest.respondent for digest in digests], at)
    drafts = [
        messages.digest(one.respondent, [item.obligation for item in one.items], extra.get(one.respondent, []), at)
        for one in digests
    ]
    written = write(drafts, by=by)
    Reminder.objects.bulk_create(
        Reminder(obligation=item.obligation, rule=turn.rule, scheduled_at=turn.at, decided_at=at, message=message)
        for digest, message in zip(digests, written, strict=True)
        for item in digest.items
        for turn in item.turns
    )
