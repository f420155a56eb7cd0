"""The outbox: a message is a row of the transaction that causes it; a unique key lets it be written once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from lib.actor import Actor
from notifications import tasks
from notifications.models import Message

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be written; `addressee` is a Unit, an Enterprise or a User.

    `subjects` are ids that `registry.still_wanted` is asked about at delivery; `lines` as in `Message.lines`.
    """

    addressee: Any
    key: str
    kind: str
    title: str
    body: str = ""
    url: str = ""
    subjects: Sequence[int] = ()
    lines: Sequence[dict[str, Any]] = ()
    not_before: datetime | None = None

    def row(self, by: Actor) -> Message:
        return Message(
            **{self.addressee._meta.model_name: self.addressee},
            key=self.key,
            kind=self.kind,
            title=self.title[:160],
            body=self.body,
            url=self.url,
            sender=by.label[:120],
            subject_ids=list(self.subjects),
            lines=list(self.lines),
            not_before=self.not_before,
        )


def notify(
    addressee: Any,
    *,
    key: str,
    kind: str,
    title: str,
    body: str = "",
    url: str = "",
    subjects: Sequence[int] = (),
    by: Actor,
) -> None:
    """Write one message; a second one with the same key is not written. Delivered once the transaction commits."""
    notify_all([Draft(addressee, key, kind, title, body, url, subjects)], by=by)


def write(drafts: Iterable[Draft], *, by: Actor) -> list[Message]:
    """Write messages whose keys the caller knows to be new, and return them; a known key fails the transaction."""
    rows = Message.objects.bulk_create([draft.row(by) for draft in drafts], batch_size=BATCH)
    _deliver_after_commit(rows)
    return rows


def notify_all(drafts: Iterable[Draft], *, by: Actor) -> None:
    """Write many: one statement per thousand. A lost broker loses nothing: the sweep delivers what waits."""
    rows = [draft.row(by) for draft in drafts]
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    _deliver_after_commit(rows)


def _deliver_after_commit(rows: list[Message]) -> None:
    keys = [row.key for row in rows]
    if keys:
        transaction.on_commit(lambda: tasks.deliver.delay(keys), robust=True)
