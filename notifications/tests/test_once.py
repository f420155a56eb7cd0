"""Exactly once in the inbox, never twice outside by itself: leases to the second, who reads and retries what."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from lib import registry
from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications import tasks
from notifications.actions import Draft, deliveries, notify, notify_all, reading, sending, write
from notifications.models import Delivery, Message, MessageRead
from organizations.models import AuditEntry
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SYSTEM = Actor.system()


def message(addressee=None, key="k", **fields):
    notify(addressee or make.unit(), key=key, by=SYSTEM, **{"kind": "notice", "title": "请签收", **fields})
    return Message.objects.get(key=key)


def delivered(addressee=None, key="k", **fields):
    message(addressee, key, **fields)
    deliveries.deliver([key], at=NOW)
    return Message.objects.get(key=key)


def mail(state="pending", **fields):
    made = delivered(make.unit(email="ajj@rc.example.cn"))
    found = Delivery.objects.get(message=made)
    Delivery.objects.filter(pk=found.pk).update(state=state, **fields)
    found.refresh_from_db()
    return found


# The outbox


def test_rolled_back_cause_leaves_no_message():
    with pytest.raises(RuntimeError), transaction.atomic():
        message()
        raise RuntimeError
    assert not Message.objects.exists()


def test_many_with_one_known_key_writes_the_others():
    message(key="a")
    unit = make.unit()
    notify_all([Draft(unit, key, "notice", "通知") for key in "abc"], by=SYSTEM)
    assert list(Message.objects.order_by("key").values_list("key", "title")) == [
        ("a", "请签收"),
        ("b", "通知"),
        ("c", "通知"),
    ]


def test_write_with_a_known_key_fails_the_whole_transaction():
    """A digest is recorded with its turns: one written twice must take the turns back as well."""
    message(key="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        write([Draft(make.unit(), "b", "reminder", "提醒"), Draft(make.unit(), "a", "reminder", "提醒")], by=SYSTEM)
    assert Message.objects.count() == 1


def test_nothing_to_say_asks_no_worker(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        notify_all([], by=SYSTEM)
    assert callbacks == []


def test_long_title_is_cut_and_the_sender_named():
    made = message(title="长" * 300)
    assert (len(made.title), made.sender) == (160, "系统")


@pytest.mark.parametrize("holder", ["unit", "enterprise", "user"])
def test_message_is_for_exactly_one(holder):
    addressee = {"unit": make.unit, "enterprise": make.enterprise, "user": make.user}[holder]()
    made = message(addressee)
    assert made.addressee == addressee
    other = {"user": make.user("另一人")} if holder != "user" else {"unit": make.unit()}
    with pytest.raises(IntegrityError, match="message_one_addressee"), transaction.atomic():
        Message.objects.filter(pk=made.pk).update(**other)


# Leases


@pytest.mark.parametrize(
    ("after", "count"), [(timedelta(0), 0), (timedelta(minutes=5), 0), (timedelta(minutes=5) + SECOND, 1)]
)
def test_lease_of_a_killed_worker_ends_after_five_minutes(after, count):
    message()
    assert deliveries.claim(Message.objects.all(), at=NOW)
    assert deliveries.deliver_waiting(at=NOW + after) == count


def test_worker_that_comes_back_late_delivers_nothing_a_second_time():
    """It was slow, the sweep took over; its own claim finds the row delivered."""
    made = message()
    slow = deliveries.claim(Message.objects.all(), at=NOW)
    deliveries.deliver_waiting(at=NOW + timedelta(minutes=6))
    assert deliveries.deliver_claimed(slow, at=NOW + timedelta(minutes=7)) == 0
    made.refresh_from_db()
    assert made.delivered_at == NOW + timedelta(minutes=6)


@pytest.mark.parametrize(("early", "count"), [(SECOND, 0), (timedelta(0), 1)])
def test_message_kept_for_later_comes_at_its_moment(early, count):
    made = message()
    Message.objects.filter(pk=made.pk).update(not_before=NOW)
    assert deliveries.deliver_waiting(at=NOW - early) == count


def test_dropped_message_never_comes_again():
    made = message(subjects=[7])
    with registry.still_wanted.answered_by(lambda messages: {made.pk: []}):
        deliveries.deliver_waiting(at=NOW)
    assert deliveries.deliver_waiting(at=NOW + timedelta(days=1)) == 0
    made.refresh_from_db()
    assert (made.dropped_at, made.delivered_at) == (NOW, None)


def test_message_about_nothing_in_particular_is_never_dropped():
    made = message()
    with registry.still_wanted.answered_by(lambda messages: {made.pk: []}):
        assert deliveries.deliver_waiting(at=NOW) == 1


def test_sweep_delivers_what_a_lost_broker_left(monkeypatch):
    made = message()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    tasks.sweep()
    made.refresh_from_db()
    assert made.delivered_at == NOW
    tasks.deliver([made.key])
    assert Message.objects.get().delivered_at == NOW


# Outside


@pytest.mark.parametrize(
    ("state", "lease", "ready"),
    [
        ("pending", None, True),
        ("pending", NOW, True),
        ("pending", NOW + SECOND, False),
        ("sending", NOW - SECOND, False),
        ("sent", None, False),
        ("failed", None, False),
        ("unknown", None, False),
    ],
)
def test_only_what_waits_and_whose_moment_has_come_is_taken(state, lease, ready):
    found = mail(state, lease_until=lease)
    assert list(Delivery.objects.ready_at(NOW)) == ([found] if ready else [])
    assert sending.claim(found.pk, at=NOW) is ready


def test_second_worker_finds_it_claimed():
    found = mail()
    assert sending.claim(found.pk, at=NOW)
    assert not sending.claim(found.pk, at=NOW)
    found.refresh_from_db()
    assert (found.state, found.attempts, found.lease_until) == ("sending", 1, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(("after", "lost"), [(timedelta(minutes=5), 0), (timedelta(minutes=5) + SECOND, 1)])
def test_attempt_without_a_result_becomes_unclear_after_its_lease(after, lost):
    found = mail()
    sending.claim(found.pk, at=NOW)
    assert sending.give_up_lost(at=NOW + after) == lost
    found.refresh_from_db()
    assert found.get_state_display() == ("结果不明" if lost else "发送中")


@pytest.mark.parametrize(
    ("state", "again"),
    [("failed", True), ("unknown", True), ("pending", False), ("sending", False), ("sent", False)],
)
def test_retry_is_for_what_failed_or_is_unclear(state, again):
    found = mail(state, attempts=5, error="拒收", external_id="<message-1-1@localhost>")
    officer = make.actor(make.city_bureau())
    if again:
        sending.retry(found, by=officer)
    else:
        with pytest.raises(MoveRefused, match="已在处理或已发出"):
            sending.retry(found, by=officer)
    found.refresh_from_db()
    assert found.external_id == "<message-1-1@localhost>"
    assert (found.state, found.attempts) == (("pending", 0) if again else (state, 5))
    assert AuditEntry.objects.filter(verb="delivery.retry").count() == again


def test_second_press_on_retry_is_refused():
    found = mail("unknown")
    sending.retry(found, by=SYSTEM)
    with pytest.raises(MoveRefused):
        sending.retry(found, by=SYSTEM)


# Who reads what


@pytest.fixture
def people():
    unit = make.unit()
    return {
        "clerk": make.actor(unit),
        "colleague": make.actor(unit, Role.CHIEF, name="丁局长"),
        "city": make.actor(make.city_bureau()),
        "office": make.actor(make.unit("荣成工贸科", kind="office", part_of=unit)),
        "firm": make.actor(make.enterprise(), Role.HEAD),
    }


def readers(people):
    return {name for name, actor in people.items() if Message.objects.visible_to(actor).exists()}


def test_message_to_a_unit_is_read_by_its_own_posts(people):
    delivered(people["clerk"].unit)
    assert readers(people) == {"clerk", "colleague"}


def test_message_to_a_firm_is_read_by_the_firm(people):
    delivered(people["firm"].enterprise)
    assert readers(people) == {"firm"}


def test_message_to_a_person_is_read_by_that_person_in_any_post(people):
    chief = people["colleague"].user
    delivered(chief)
    assert readers(people) == {"colleague"}
    elsewhere = make.actor(make.unit("文登区应急管理局", in_area=make.county("文登区")), who=chief)
    assert Message.objects.visible_to(elsewhere).exists()


def test_firm_and_unit_of_one_number_are_told_apart():
    unit = make.unit()
    firm = make.enterprise(pk=unit.pk)
    delivered(unit)
    assert not Message.objects.visible_to(make.actor(firm, Role.HEAD)).exists()


def test_nobody_reads_for_nobody(people):
    delivered(people["clerk"].unit)
    assert not Message.objects.visible_to(Actor()).exists()
    assert Message.objects.visible_to(Actor.system()).count() == 1


def test_reading_is_noted_once_and_for_oneself(people):
    delivered(people["clerk"].unit, "a")
    delivered(people["clerk"].unit, "b")
    rows = Message.objects.visible_to(people["clerk"])
    assert reading.mark_read(rows.filter(key="a"), by=people["clerk"]) == 1
    assert reading.mark_read(rows, by=people["clerk"]) == 1
    assert reading.mark_read(rows, by=people["clerk"]) == 0
    assert MessageRead.objects.count() == 2
    assert rows.unread_by(people["colleague"].user).count() == 2


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ("city", True),
        ("own", True),
        ("beside", False),
        ("city, other line", False),
    ],
)
def test_failed_mail_to_a_unit_is_seen_from_above_in_its_line(place, seen):
    found = mail("failed")
    holder = {
        "city": make.city_bureau,
        "own": make.unit,
        "beside": lambda: make.unit("文登区应急管理局", in_area=make.county("文登区")),
        "city, other line": lambda: make.unit("威海市工信局", in_area=make.city(), lines=[Line.MIIT], sectors=["民爆"]),
    }[place]()
    assert Delivery.objects.visible_to(make.actor(holder)).filter(pk=found.pk).exists() is seen
