"""Marking as read: a note per person, never a change of the message."""

from lib.actor import Actor
from notifications.models import MessageQuerySet, MessageRead

MOST = 5000


def mark_read(messages: MessageQuerySet, *, by: Actor) -> int:
    """Note that the person has read these messages; those noted already stay as they are."""
    keys = messages.unread_by(by.user).order_by("pk").values_list("pk", flat=True)[:MOST]
    rows = [MessageRead(message_id=key, user=by.user) for key in keys]
    MessageRead.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
