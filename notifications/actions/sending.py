"""Outside channels, never by themselves twice: the attempt is logged before sending, one without a result becomes
结果不明. When a delivery may go out (hours, limits of a robot) is decided as it is claimed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F

from lib import locks, registry
from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications import channels, hours, tasks
from notifications.channels.outcome import Outcome, failed
from notifications.emails import message_id
from notifications.models import Channel, Delivery, Message, Route
from organizations import audit

LEASE = timedelta(minutes=5)
# Nothing was taken: tried again, ever more rarely. A robot that was throttled rests for the first of these.
PAUSES = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
# Messages a robot takes in a minute, by the documentation of 企业微信 and 钉钉.
ROBOT_MOST, ROBOT_MINUTE = 20, timedelta(minutes=1)
# Deliveries of one task: all workers take part in a batch, and a server that hangs over every one of them does not keep
# a task beyond its time limit.
SHARE = 50
MOST = 5000
S = Delivery.State


def send_later(ids: Sequence[int]) -> None:
    """Have these sent once the transaction commits, in shares."""
    for start in range(0, len(ids), SHARE):
        send_share = partial(tasks.send_mails.delay, list(ids[start : start + SHARE]))
        transaction.on_commit(send_share, robust=True)


def still_waiting(ids: Sequence[int]) -> list[int]:
    """Those that nobody has taken, in their order; a sweep may have queued them a second time."""
    waiting = Delivery.objects.filter(pk__in=ids, state=S.PENDING)
    return list(waiting.order_by("id").values_list("pk", flat=True))


def send(delivery_id: int, *, at: datetime) -> str:
    """Send one if it still waits; the state it is in afterwards, "" if somebody else has it or its time is not yet."""
    rows = Delivery.objects.select_related("message__unit", "message__enterprise", "message__user", "route")
    delivery = rows.get(pk=delivery_id)
    if not _still_wanted(delivery.message):
        dropped = Delivery.objects.ready_at(at).filter(pk=delivery_id).update(state=S.DROPPED)
        return S.DROPPED if dropped else ""
    if not claim(delivery_id, at=at):
        return ""
    delivery.refresh_from_db(fields=["attempts"])
    outcome = _attempt(delivery)
    _note(delivery, outcome, at)
    return outcome.state if not _given_up(delivery, outcome) else S.FAILED


def _still_wanted(message: Message) -> bool:
    """Asked again for a reminder that has waited: what was handed in meanwhile is no longer counted."""
    if not message.subject_ids:
        return True
    left = registry.still_wanted([message]).get(message.pk, message.subject_ids)
    message.keep_subjects(set(left))
    return bool(left)


@transaction.atomic
def claim(delivery_id: int, *, at: datetime) -> bool:
    """Log the attempt by a conditional update: of two workers one changes the row. Too early: put off, not claimed."""
    delivery = Delivery.objects.select_related("message", "route").get(pk=delivery_id)
    waiting = Delivery.objects.ready_at(at).filter(pk=delivery_id)
    if until := hours.opening(delivery, at) or _robot_rests_until(delivery.route, at):
        waiting.update(lease_until=until)
        return False
    known = message_id(delivery) if delivery.channel == Channel.EMAIL else ""
    logged = {"state": S.SENDING, "attempted_at": at, "lease_until": at + LEASE, "external_id": known, "error": ""}
    return waiting.update(attempts=F("attempts") + 1, **logged) == 1


def _robot_rests_until(route: Route | None, at: datetime) -> datetime | None:
    """When the robot takes the next message; None: now. One worker at a time counts, whoever else uses the robot."""
    if route is None or not route.robot:
        return None
    locks.exclusive(f"robot:{route.robot}")
    resting = Route.objects.filter(robot=route.robot, paused_until__gt=at).order_by("-paused_until")
    if until := resting.values_list("paused_until", flat=True).first():
        return until
    recent = Delivery.objects.filter(route__robot=route.robot, attempted_at__gt=at - ROBOT_MINUTE)
    moments = recent.order_by("-attempted_at").values_list("attempted_at", flat=True)
    twentieth = moments[ROBOT_MOST - 1 : ROBOT_MOST].first()
    return twentieth + ROBOT_MINUTE if twentieth else None


def _attempt(delivery: Delivery) -> Outcome:
    route = delivery.route
    if route and route.channel != delivery.channel:
        return failed("接收单位已改用其他渠道，不再从这里发送")
    try:
        return channels.SENDERS[delivery.channel](delivery)
    except ValueError as problem:
        # The address no longer passes the settings, which may have changed since it was stored.
        return failed(str(problem))


def _given_up(delivery: Delivery, outcome: Outcome) -> bool:
    return outcome.again and delivery.attempts > len(PAUSES)


def _note(delivery: Delivery, outcome: Outcome, at: datetime) -> None:
    state, reason, until = outcome.state, outcome.error, None
    if _given_up(delivery, outcome):
        state, reason = S.FAILED, f"已试{delivery.attempts}次。{reason}"
    elif outcome.again:
        until = at + PAUSES[delivery.attempts - 1]
    if outcome.throttled and delivery.route:
        Route.objects.filter(robot=delivery.route.robot).update(paused_until=at + PAUSES[0])
    values = {"state": state, "lease_until": until, "sent_at": at if state == S.SENT else None}
    if outcome.external_id:
        values["external_id"] = outcome.external_id[:120]
    told = channels.without_secrets(reason, delivery.route)[:200]
    Delivery.objects.filter(pk=delivery.pk, state=S.SENDING).update(error=told, **values)


def give_up_lost(*, at: datetime) -> int:
    """Attempts whose worker never came back become 结果不明: they may have gone out."""
    lost = Delivery.objects.filter(state=S.SENDING, lease_until__lt=at)
    return lost.update(state=S.UNKNOWN, error="发送程序中断，不知是否送达", lease_until=None)


def send_waiting(*, at: datetime) -> None:
    """Queue those in line whose turn has come; one that is queued already is sent by whoever comes to it first."""
    ready = Delivery.objects.ready_at(at).order_by("id")
    send_later(list(ready.values_list("pk", flat=True)[:MOST]))


def send_postponed(*, at: datetime) -> None:
    """Those only that were put off to a moment and have reached it: asked every minute."""
    ready = Delivery.objects.ready_at(at).filter(lease_until__isnull=False).order_by("id")
    send_later(list(ready.values_list("pk", flat=True)[:MOST]))


@transaction.atomic
def retry(delivery: Delivery, *, by: Actor) -> None:
    """Put a failed or unclear one in line again, on an officer's word; a mail keeps its Message-ID."""
    unresolved = Delivery.objects.unresolved().filter(pk=delivery.pk)
    if not unresolved.update(state=S.PENDING, lease_until=None, attempts=0):
        raise MoveRefused("这条消息已在处理或已发出，请刷新页面查看。")
    audit.record(by, "delivery.retry", delivery)
    send_later([delivery.pk])
