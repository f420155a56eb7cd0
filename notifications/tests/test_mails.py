"""Mails against real local servers: one that takes them, one that refuses, one that hangs up in the middle."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications import tasks
from notifications.actions import deliveries, mails, notify
from notifications.models import Delivery, Message
from notifications.tests.factories import sweep
from notifications.tests.receivers import mute
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)


class Receiver:
    """Keeps what it takes; `answer` is its reply to DATA, None hangs up after having read the mail."""

    def __init__(self, answer="250 OK", silent_for=0):
        self.answer, self.silent_for = answer, silent_for
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content))
        await asyncio.sleep(self.silent_for)
        if self.answer is None:
            server.transport.close()
        return self.answer or "250 OK"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def server(settings):
    """Starts a receiver and points the portal at it."""
    running = []

    def start(answer="250 OK", silent_for=0):
        receiver = Receiver(answer, silent_for)
        controller = Controller(receiver, hostname="127.0.0.1", port=free_port())
        controller.start()
        running.append(controller)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
        settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5
        return receiver

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def delivery():
    unit = make.unit(email="ajj@rc.example.cn")
    notify(unit, key="k", kind="notice", title="请于6月28日前报送", url="/obligations/7/", by=Actor.system())
    deliveries.deliver(["k"], at=NOW)
    return Delivery.objects.get()


def test_mail_is_sent_once_with_its_link(server, delivery, settings):
    settings.SITE_URL = "https://portal.example.cn"
    receiver = server()
    assert mails.send(delivery.pk, at=NOW) == "sent"
    assert mails.send(delivery.pk, at=NOW) == ""
    (mail,) = receiver.mails
    assert mail["To"] == "ajj@rc.example.cn"
    assert str(make_header(decode_header(mail["Subject"]))) == "请于6月28日前报送"
    body = mail.get_payload(decode=True).decode()
    assert "荣成市应急管理局：" in body
    assert "https://portal.example.cn/obligations/7/" in body
    delivery.refresh_from_db()
    assert (delivery.sent_at, delivery.attempts, mail["Message-ID"]) == (NOW, 1, delivery.external_id)


def test_attempt_is_logged_before_sending(delivery):
    mails.claim(delivery.pk, at=NOW)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.attempted_at) == ("sending", 1, NOW)
    assert delivery.external_id == f"<message-{delivery.message_id}-{delivery.pk}@localhost>"


def test_worker_killed_while_sending_leaves_it_unclear(server, delivery):
    receiver = server()
    mails.claim(delivery.pk, at=NOW)
    mails.give_up_lost(at=NOW + timedelta(minutes=6))
    sweep(NOW + timedelta(minutes=6))
    delivery.refresh_from_db()
    assert (delivery.get_state_display(), receiver.mails) == ("结果不明", [])


def test_server_hanging_up_leaves_it_unclear(server, delivery):
    receiver = server(answer=None)
    assert mails.send(delivery.pk, at=NOW) == "unknown"
    assert len(receiver.mails) == 1
    assert mails.send(delivery.pk, at=NOW) == ""


def test_refusal_is_a_failure_with_its_words(server, delivery):
    server(answer="552 mailbox full")
    assert mails.send(delivery.pk, at=NOW) == "failed"
    delivery.refresh_from_db()
    assert delivery.error.startswith("邮件服务器拒收：")
    assert "mailbox full" in delivery.error


@pytest.fixture
def hanging(settings):
    """A port that takes the connection and says nothing at all."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_SSL, settings.EMAIL_TIMEOUT = False, 0.3
    with mute() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield


def test_mail_server_that_never_greets_is_tried_again(hanging, delivery):
    """Nothing of the mail has left before the greeting."""
    assert mails.send(delivery.pk, at=NOW) == "pending"
    delivery.refresh_from_db()
    assert delivery.error.startswith("邮件服务器暂时连不上，将自动再试")
    assert delivery.lease_until == NOW + timedelta(minutes=10)


def test_mail_server_that_hangs_after_the_mail_leaves_it_unclear(server, delivery, settings):
    receiver = server(silent_for=1.5)
    settings.EMAIL_TIMEOUT = 0.3
    assert mails.send(delivery.pk, at=NOW) == "unknown"
    sweep(NOW + timedelta(days=1))
    assert len(receiver.mails) == 1


def test_unreachable_server_is_tried_again_later(settings, delivery):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = "127.0.0.1", 9, False
    assert mails.send(delivery.pk, at=NOW) == "pending"
    assert mails.send(delivery.pk, at=NOW + timedelta(minutes=9)) == ""
    later = [NOW + timedelta(hours=hours) for hours in (1, 3, 6, 20)]
    assert [mails.send(delivery.pk, at=at) for at in later] == ["pending", "pending", "pending", "failed"]
    delivery.refresh_from_db()
    assert "已试5次" in delivery.error


def test_officer_sends_an_unclear_mail_again_with_the_same_id(server, delivery):
    receiver = server(answer=None)
    mails.send(delivery.pk, at=NOW)
    receiver.answer = "250 OK"
    mails.retry(delivery, by=make.actor(make.city_bureau()))
    assert mails.send(delivery.pk, at=NOW) == "sent"
    assert len({mail["Message-ID"] for mail in receiver.mails}) == 1
    assert AuditEntry.objects.get().verb == "delivery.retry"


def test_sent_mail_is_not_sent_again(server, delivery):
    server()
    mails.send(delivery.pk, at=NOW)
    with pytest.raises(MoveRefused, match="已在处理或已发出"):
        mails.retry(delivery, by=Actor.system())


# Many at once


@pytest.fixture
def waiting():
    """120 mails in line."""
    unit = make.unit(email="ajj@rc.example.cn")
    rows = Message.objects.bulk_create(
        Message(unit=unit, key=f"k{number}", kind="notice", title="通知", delivered_at=NOW) for number in range(120)
    )
    Delivery.objects.bulk_create(Delivery(message=row, channel="email", address=unit.email) for row in rows)
    return list(Delivery.objects.order_by("id").values_list("pk", flat=True))


def test_batch_is_sent_in_shares_that_several_workers_can_take(waiting, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        mails.send_later(waiting)
    sent = []
    for callback in callbacks:
        callback()
        sent.append(len(mailoutbox))
    assert sent == [50, 100, 120]
    assert Delivery.objects.filter(state="sent", attempts=1).count() == 120


def test_share_queued_twice_is_sent_once(waiting, mailoutbox, django_assert_num_queries):
    tasks.send_mails(waiting[:3])
    with django_assert_num_queries(1):
        tasks.send_mails(waiting[:3])
    assert len(mailoutbox) == 3


def test_sweep_queues_what_waits_and_no_mail_whose_turn_comes_later(
    waiting, mailoutbox, django_capture_on_commit_callbacks
):
    Delivery.objects.filter(pk=waiting[0]).update(lease_until=timezone.now() + timedelta(minutes=10))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert len(mailoutbox) == 119
    assert Delivery.objects.get(state="pending").pk == waiting[0]


def test_server_that_hangs_over_every_mail_does_not_keep_a_task_beyond_its_limit(settings):
    """The limit would kill the worker in the middle of a mail, and one that never left would become 结果不明."""
    assert mails.SHARE * settings.EMAIL_TIMEOUT < settings.CELERY_TASK_TIME_LIMIT
    robot = settings.CHANNEL_CONNECT_SECONDS + settings.CHANNEL_ANSWER_SECONDS
    assert mails.SHARE * robot < settings.CELERY_TASK_TIME_LIMIT


def test_each_minute_takes_only_what_was_put_off(waiting, mailoutbox, django_capture_on_commit_callbacks):
    """What was never tried is queued already: queueing it again every minute would drown the workers."""
    past, future = timezone.now() - timedelta(seconds=1), timezone.now() + timedelta(minutes=1)
    Delivery.objects.filter(pk=waiting[0]).update(lease_until=past)
    Delivery.objects.filter(pk=waiting[1]).update(lease_until=future)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.send_postponed()
    assert list(Delivery.objects.filter(state="sent").values_list("pk", flat=True)) == [waiting[0]]
