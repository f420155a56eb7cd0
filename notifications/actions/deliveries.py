"""From the outbox to the inbox: claimed with a lease, asked again, stamped once; the outside channels put in line."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from lib import registry
from notifications.actions import sending
from notifications.actions.addressing import deliveries_of
from notifications.models import Delivery, Message, MessageQuerySet

LEASE = timedelta(minutes=5)
BATCH = 1000
# What also leaves the portal; tasks of colleagues stay in the inbox.
OUTSIDE = frozenset({Message.Kind.REMINDER, Message.Kind.RECEIPT, Message.Kind.NOTICE})


def deliver(keys: Sequence[str], *, at: datetime) -> int:
    """Deliver those of the messages nobody else is at; the number that reached an inbox."""
    return _deliver_all(Message.objects.filter(key__in=keys), at)


def deliver_waiting(*, at: datetime) -> int:
    """Everything undelivered whose lease ran out or never was: the sweep's part."""
    return _deliver_all(Message.objects.all(), at)


def _deliver_all(rows: MessageQuerySet, at: datetime) -> int:
    done = 0
    while claimed := claim(rows, at=at):
        done += deliver_claimed(claimed, at=at)
    return done


@transaction.atomic
def claim(rows: MessageQuerySet, *, at: datetime) -> list[int]:
    """Lease the first thousand claimable ones for five minutes; what another worker holds just now is passed over."""
    free = rows.claimable_at(at).order_by("id").select_for_update(skip_locked=True)
    ids = list(free.values_list("pk", flat=True)[:BATCH])
    Message.objects.filter(pk__in=ids).update(lease_until=at + LEASE)
    return ids


@transaction.atomic
def deliver_claimed(ids: Sequence[int], *, at: datetime) -> int:
    """Ask again, drop what nobody owes any more, stamp the rest, log what is to be sent outside.

    The stamp is set once: whoever comes second finds the row delivered, locked or not.
    """
    rows = list(Message.objects.undelivered().filter(pk__in=ids).order_by("id").select_for_update(of=("self",)))
    wanted = registry.still_wanted(rows)
    dropped = {message.pk for message in rows if message.subject_ids and not wanted.get(message.pk, True)}
    kept = [message for message in rows if message.pk not in dropped]
    _drop(dropped, at)
    _stamp(kept, wanted, at)
    put_in_line(kept)
    return len(kept)


def _drop(keys: set[int], at: datetime) -> None:
    if keys:
        Message.objects.filter(pk__in=keys).update(dropped_at=at)


def _stamp(kept: list[Message], wanted: Mapping[int, list[int]], at: datetime) -> None:
    """One statement for those that go out as they were written, one for those that have lost a line."""
    changed = [
        message for message in kept if len(wanted.get(message.pk, message.subject_ids)) < len(message.subject_ids)
    ]
    for message in changed:
        message.keep_subjects(set(wanted[message.pk]))
    if changed:
        Message.objects.bulk_update(changed, ["lines", "subject_ids"], batch_size=BATCH)
    Message.objects.filter(pk__in=[message.pk for message in kept]).update(delivered_at=at)


def put_in_line(messages: Sequence[Message]) -> None:
    """Put what leaves the portal in line: by the channel its addressee has chosen, else a mail to each address."""
    leaving = [message for message in messages if message.kind in OUTSIDE]
    rows = deliveries_of(leaving)
    if not rows:
        return
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    waiting = Delivery.objects.filter(message__in=leaving, state=Delivery.State.PENDING)
    sending.send_later(list(waiting.order_by("id").values_list("pk", flat=True)))
