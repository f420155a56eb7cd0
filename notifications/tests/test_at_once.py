"""Two workers at once on the real database and a real robot: threads with connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connections

from lib.transitions import MoveRefused
from notifications.actions import sending
from notifications.models import Delivery, Route
from notifications.tests import factories as made
from notifications.tests.receivers import Robot, listening
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)


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
def robot(settings):
    with listening(Robot()) as running:
        settings.WECOM_URLS = [f"{running.base}/send"]
        running.route = made.wecom(base=settings.WECOM_URLS[0])
        yield running


def send_all(ids):
    return [sending.send(pk, at=NOW) for pk in ids]


def test_workers_send_one_message_once(robot):
    delivery = made.in_line(robot.route, at=NOW)
    states = at_once(*[lambda: sending.send(delivery.pk, at=NOW)] * 4)
    assert sorted(states) == ["", "", "", "sent"]
    assert len(robot.requests) == 1
    assert Delivery.objects.get().attempts == 1


def test_workers_together_send_a_robot_no_more_than_twenty(robot):
    """Each takes the whole list, from either end."""
    ids = [made.in_line(robot.route, at=NOW, key=f"k{number:02}").pk for number in range(26)]
    at_once(lambda: send_all(ids), lambda: send_all(reversed(ids)), lambda: send_all(ids[10:] + ids[:10]))
    assert len(robot.requests) == 20
    assert Delivery.objects.filter(state="sent", attempts=1).count() == 20
    assert Delivery.objects.filter(state="pending", attempts=0).count() == 6


def test_two_sweeps_send_what_waits_once(robot):
    for number in range(5):
        made.in_line(robot.route, at=NOW, key=f"k{number}")
    at_once(*[lambda: made.sweep(at=NOW)] * 3)
    made.sweep(at=NOW)
    assert len(robot.requests) == 5


def test_of_two_officers_who_retry_one_is_told_so(robot):
    delivery = made.in_line(robot.route, at=NOW)
    Delivery.objects.update(state="unknown")
    officers = [make.actor(make.city_bureau(), name=name) for name in ("甲", "乙")]

    def retry(by):
        try:
            sending.retry(delivery, by=by)
        except MoveRefused as refused:
            return str(refused)
        return "retried"

    answers = at_once(lambda: retry(officers[0]), lambda: retry(officers[1]))
    assert sorted(answers) == ["retried", "这条消息已在处理或已发出，请刷新页面查看。"]


def test_two_colleagues_choosing_for_the_first_time_make_one_route():
    unit = make.unit()
    at_once(*[lambda: made.wecom(unit, base="https://qyapi.weixin.qq.com/cgi-bin/webhook/send")] * 3)
    assert Route.objects.get().unit == unit
