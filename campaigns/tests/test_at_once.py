"""Two workers at once on the real database: threads with connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from campaigns.actions import reminders, submissions
from campaigns.models import Reminder
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications.actions import deliveries
from notifications.models import Message
from organizations.models import Unit
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2023, 6, 28, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def at_once(*calls):
    """The results of the calls, run in threads of their own."""

    def run(call):
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def thirty():
    owed = campaigns.obligation()
    for number in range(29):
        unit = Unit.objects.create(name=f"单位{number:02}", kind="bureau", area=owed.area)
        campaigns.obligation(unit, of=owed.deliverable)


def test_two_runs_of_remind_tell_everybody_once(thirty):
    queued = at_once(*[lambda: reminders.remind(NOW, by=Actor.system())] * 2)
    rest = reminders.remind(NOW, by=Actor.system())
    assert sum(queued) + rest == Message.objects.count() == Message.objects.values("unit").distinct().count() == 30
    assert Reminder.objects.filter(rule="day").count() == 30


def test_two_deliverers_deliver_each_message_once():
    unit = make.unit()
    Message.objects.bulk_create(Message(unit=unit, key=f"k{n}", kind="notice", title="通知") for n in range(30))
    delivered = at_once(*[lambda: deliveries.deliver_waiting(at=NOW)] * 2)
    assert sum(delivered) == Message.objects.filter(delivered_at=NOW).count() == 30


def test_of_two_people_handing_in_at_once_one_does():
    owed = campaigns.obligation()
    clerks = [make.actor(owed.unit, name=name) for name in ("甲", "乙")]

    def hand_in(clerk):
        try:
            return submissions.hand_in(owed._meta.model.objects.get(pk=owed.pk), by=clerk, text="六月情况").number
        except MoveRefused as refused:
            return str(refused)

    results = at_once(*[lambda clerk=clerk: hand_in(clerk) for clerk in clerks])
    assert owed.submissions.count() == 1
    assert sorted(map(type, results), key=str) == [int, str]
