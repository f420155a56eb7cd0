from datetime import UTC, datetime, timedelta

import pytest

from lib import registry
from lib.actor import Actor
from notifications.actions import deliveries, notify
from notifications.models import Delivery, Message
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)
SYSTEM = Actor.system()


def written(addressee=None, key="digest:1", **fields):
    defaults = {"kind": Message.Kind.NOTICE, "title": "请签收"}
    notify(addressee or make.unit(), key=key, by=SYSTEM, **defaults | fields)
    return Message.objects.get(key=key)


def test_message_is_written_once_per_key():
    first = written(title="第一次")
    assert written(title="第二次") == first
    assert Message.objects.get().title == "第一次"


def test_message_waits_in_the_outbox_until_delivered():
    written()
    clerk = make.actor(make.unit())
    assert not Message.objects.visible_to(clerk).exists()
    assert deliveries.deliver(["digest:1"], at=NOW) == 1
    assert Message.objects.visible_to(clerk).get().delivered_at == NOW


def test_delivery_is_asked_for_when_the_transaction_commits(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        written()
    assert len(callbacks) == 1


def test_second_delivery_changes_nothing():
    written()
    deliveries.deliver(["digest:1"], at=NOW)
    assert deliveries.deliver(["digest:1"], at=NOW + timedelta(hours=1)) == 0
    assert Message.objects.get().delivered_at == NOW


def test_leased_message_is_left_alone_until_the_lease_runs_out():
    """A worker killed between claim and delivery: the sweep takes the message over after five minutes."""
    written()
    deliveries.claim(Message.objects.all(), at=NOW)
    assert deliveries.deliver_waiting(at=NOW + timedelta(minutes=5)) == 0
    assert deliveries.deliver_waiting(at=NOW + timedelta(minutes=5, seconds=1)) == 1


def test_message_kept_for_later_waits_for_its_time():
    message = written()
    Message.objects.filter(pk=message.pk).update(not_before=NOW)
    assert deliveries.deliver(["digest:1"], at=NOW - timedelta(seconds=1)) == 0
    assert deliveries.deliver(["digest:1"], at=NOW) == 1


def test_message_about_settled_matters_is_dropped():
    message = written(subjects=[7, 8])
    with registry.still_wanted.answered_by(lambda messages: {message.pk: []}):
        assert deliveries.deliver(["digest:1"], at=NOW) == 0
    message.refresh_from_db()
    assert (message.delivered_at, message.dropped_at) == (None, NOW)


def test_line_of_a_settled_subject_goes_and_the_others_stay():
    message = written(subjects=[7, 8])
    message.lines = [{"text": "调度表", "subject": 7}, {"text": "工作方案", "subject": 8}, {"text": "隐患将到期"}]
    message.save(update_fields=["lines"])
    with registry.still_wanted.answered_by(lambda messages: {message.pk: [8]}):
        deliveries.deliver(["digest:1"], at=NOW)
    message.refresh_from_db()
    assert [line["text"] for line in message.lines] == ["工作方案", "隐患将到期"]
    assert message.subject_ids == [8]


def test_thousand_messages_are_delivered_in_five_statements(django_assert_num_queries):
    """Claim: select, update; delivery: select, update, addresses. The last claim finds nothing; savepoints apart."""
    unit = make.unit()
    rows = [Message(unit=unit, key=f"k{n:04}", kind="notice", title="通知") for n in range(1000)]
    Message.objects.bulk_create(rows)
    with django_assert_num_queries(5 + 1 + 6):
        assert deliveries.deliver([row.key for row in rows], at=NOW) == 1000


@pytest.mark.parametrize(("kind", "mails"), [("reminder", 1), ("notice", 1), ("receipt", 1), ("task", 0)])
def test_kinds_that_are_mailed(kind, mails):
    written(make.unit(email="ajj@rc.example.cn"), kind=kind)
    deliveries.deliver(["digest:1"], at=NOW)
    assert Delivery.objects.filter(state="pending", address="ajj@rc.example.cn").count() == mails


def test_firm_is_mailed_through_its_people_and_once_each():
    firm = make.enterprise()
    who = make.user("李总监", email="li@firm.example.cn")
    make.member(firm, "director", who=who)
    make.member(firm, "safety", who=who)
    make.member(firm, "head", name="没有邮箱")
    written(firm)
    deliveries.deliver(["digest:1"], at=NOW)
    assert list(Delivery.objects.values_list("address", flat=True)) == ["li@firm.example.cn"]


def test_inbox_is_of_the_current_post():
    written()
    outsider = make.actor(make.unit("文登区应急管理局", in_area=make.county("文登区")))
    deliveries.deliver(["digest:1"], at=NOW)
    assert not Message.objects.visible_to(outsider).exists()
