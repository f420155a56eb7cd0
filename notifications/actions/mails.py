"""E-mail, never by itself twice: the attempt is logged before sending, one without a result becomes 结果不明."""

import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q

from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications import tasks
from notifications.emails import message_id, message_mail
from notifications.models import Delivery
from organizations import audit

LEASE = timedelta(minutes=5)
# The server could not be reached at all: nothing was sent, so it is tried again, ever more rarely.
PAUSES = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
REFUSALS = smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError
# Mails of one task: all workers take part in a batch, and a server that hangs over every mail (EMAIL_TIMEOUT) does not
# keep a task beyond its time limit.
SHARE = 50
MOST = 5000


def send_later(ids: Sequence[int]) -> None:
    """Have these mails sent once the transaction commits, in shares."""
    for start in range(0, len(ids), SHARE):
        send_share = partial(tasks.send_mails.delay, list(ids[start : start + SHARE]))
        transaction.on_commit(send_share, robust=True)


def still_waiting(ids: Sequence[int]) -> list[int]:
    """Those that nobody has taken, in their order; a sweep may have queued them a second time."""
    waiting = Delivery.objects.filter(pk__in=ids, state=Delivery.State.PENDING)
    return list(waiting.order_by("id").values_list("pk", flat=True))


def send(delivery_id: int, *, at: datetime) -> str:
    """Send one mail if it still waits; the state it is in afterwards, "" if somebody else has it."""
    if not claim(delivery_id, at=at):
        return ""
    delivery = Delivery.objects.select_related("message").get(pk=delivery_id)
    state, error = _attempt(delivery)
    pause = PAUSES[delivery.attempts - 1] if state == Delivery.State.PENDING else None
    sent_at = at if state == Delivery.State.SENT else None
    mine = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.SENDING)
    mine.update(state=state, error=error[:200], sent_at=sent_at, lease_until=at + pause if pause else None)
    return state


def claim(delivery_id: int, *, at: datetime) -> bool:
    """Log the attempt by a conditional update: of two workers one changes the row."""
    ready = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    waiting = Delivery.objects.filter(ready, pk=delivery_id, state=Delivery.State.PENDING)
    known = message_id(Delivery.objects.only("pk", "message_id").get(pk=delivery_id))
    claimed = waiting.update(
        state=Delivery.State.SENDING,
        attempts=F("attempts") + 1,
        attempted_at=at,
        lease_until=at + LEASE,
        external_id=known,
        error="",
    )
    return claimed == 1


def _attempt(delivery: Delivery) -> tuple[str, str]:
    connection = get_connection()
    try:
        connection.open()
    except OSError as problem:  # every error of smtplib is one
        return _unreachable(delivery, problem)
    try:
        connection.send_messages([message_mail(delivery)])
    except OSError as problem:
        return _after_start(problem)
    finally:
        _close(connection)
    return Delivery.State.SENT, ""


def _unreachable(delivery: Delivery, problem: OSError) -> tuple[str, str]:
    if delivery.attempts > len(PAUSES):
        return Delivery.State.FAILED, f"邮件服务器连不上，已试{delivery.attempts}次：{problem}"
    return Delivery.State.PENDING, f"邮件服务器暂时连不上，将自动再试：{problem}"


def _after_start(problem: OSError) -> tuple[str, str]:
    """A refusal is an answer; a silence is not: the mail may or may not be on its way."""
    if isinstance(problem, REFUSALS):
        return Delivery.State.FAILED, f"邮件服务器拒收：{problem}"
    return Delivery.State.UNKNOWN, f"发送中断，不知是否送达：{problem}"


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        return  # the answer to the mail itself is known already


def give_up_lost(*, at: datetime) -> int:
    """Attempts whose worker never came back become 结果不明: they may have gone out."""
    lost = Delivery.objects.filter(state=Delivery.State.SENDING, lease_until__lt=at)
    return lost.update(state=Delivery.State.UNKNOWN, error="发送程序中断，不知是否送达", lease_until=None)


def send_waiting(*, at: datetime) -> None:
    """Queue mails in line whose turn has come; one that is queued already is sent by whoever comes to it first."""
    ready = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    waiting = Delivery.objects.filter(ready, state=Delivery.State.PENDING).order_by("id")
    send_later(list(waiting.values_list("pk", flat=True)[:MOST]))


@transaction.atomic
def retry(delivery: Delivery, *, by: Actor) -> None:
    """Put a failed or unclear mail in line again, on an officer's word; the Message-ID stays the same."""
    unresolved = Delivery.objects.unresolved().filter(pk=delivery.pk)
    if not unresolved.update(state=Delivery.State.PENDING, lease_until=None, attempts=0):
        raise MoveRefused("这封邮件已在处理或已发出，请刷新页面查看。")
    audit.record(by, "delivery.retry", delivery)
    send_later([delivery.pk])
