"""When the outside channels are open, to the minute."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured

from lib import registry
from notifications import hours
from notifications.actions import sending
from notifications.models import Delivery, Message, Route
from notifications.tests import factories as made
from notifications.tests.receivers import Robot, listening
from organizations.models import WorkDay
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
# 2023-06-22 to 06-24 is 端午, Sunday 06-25 is worked.


def at(text):
    return datetime.fromisoformat(f"2023-{text}").replace(tzinfo=SHANGHAI)


def opening(channel, moment, **route):
    """When a delivery of the channel that is in line at the moment goes out, as 06-25T08:00; "" is now."""
    delivery = Delivery(channel=channel, message=Message(kind="reminder"), route=Route(channel=channel, **route))
    found = hours.opening(delivery, at(moment))
    return f"{found.astimezone(SHANGHAI):%m-%dT%H:%M}" if found else ""


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("06-28T07:59:59", "06-28T08:00"),
        ("06-28T08:00", ""),
        ("06-28T08:30", ""),
        ("06-28T19:59:59", ""),
        ("06-28T20:00", "06-29T08:00"),
        ("06-28T23:30", "06-29T08:00"),
        ("06-30T23:59:59", "07-01T08:00"),
        ("06-24T12:00", ""),
    ],
)
@pytest.mark.parametrize("channel", ["wecom", "dingtalk"])
def test_robots_are_open_every_day_from_eight_to_eight(channel, moment, opens):
    assert opening(channel, moment) == opens


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("06-28T08:29:59", "06-28T08:30"),
        ("06-28T08:30", ""),
        ("06-28T17:29:59", ""),
        ("06-28T17:30", "06-29T08:30"),
        ("06-30T18:00", "07-03T08:30"),
        ("06-21T17:30", "06-25T08:30"),
        ("06-25T08:30", ""),
        ("06-24T09:00", "06-25T08:30"),
    ],
)
def test_sms_goes_on_work_days_in_office_hours(moment, opens):
    assert opening("sms", moment) == opens


def test_robot_of_a_unit_that_wants_it_so_keeps_to_work_days():
    assert opening("wecom", "06-23T09:00", hours="workdays") == "06-25T08:00"


def test_the_bureaus_own_calendar_is_asked():
    WorkDay.objects.create(day="2023-06-28", is_workday=False)
    assert opening("sms", "06-28T09:00") == "06-29T08:30"


def test_mail_has_no_hours_unless_a_setting_says_so(settings):
    assert opening("email", "06-28T03:00") == ""
    settings.EMAIL_HOURS = "07:00-22:00"
    assert opening("email", "06-28T03:00") == "06-28T07:00"


@pytest.mark.parametrize("text", ["8-20", "20:00-08:00", "morning", "08:00"])
def test_hours_that_cannot_be_read_stop_the_start(settings, text):
    settings.SMS_HOURS = text
    with pytest.raises(ImproperlyConfigured, match="SMS_HOURS=.*env.example"):
        hours.span("sms")


# What waits


@pytest.fixture
def robot(settings):
    with listening(Robot()) as running:
        settings.WECOM_URLS = [f"{running.base}/send"]
        made.wecom(base=settings.WECOM_URLS[0])
        yield running


def test_message_of_the_night_goes_out_in_the_morning(robot):
    delivery = made.delivery(at=at("06-28T22:00"))
    assert sending.send(delivery.pk, at=at("06-28T22:00")) == ""
    made.sweep(at=at("06-29T07:59"))
    delivery.refresh_from_db()
    assert (robot.requests, delivery.attempts, delivery.lease_until) == ([], 0, at("06-29T08:00"))
    made.sweep(at=at("06-29T08:00"))
    delivery.refresh_from_db()
    assert (len(robot.requests), delivery.state) == (1, "sent")


def test_digest_of_half_past_eight_goes_at_once(robot):
    delivery = made.delivery(at=at("06-28T08:30"), kind="reminder", lines=[made.line()])
    assert sending.send(delivery.pk, at=at("06-28T08:30")) == "sent"


def waiting_reminder(*subjects):
    """Put in line at night, when all of it was owed."""
    with registry.still_wanted.answered_by(lambda messages: {}):
        lines = [made.line(subject) for subject in subjects]
        delivery = made.delivery(at=at("06-28T22:00"), kind="reminder", lines=lines, subjects=subjects)
        assert sending.send(delivery.pk, at=at("06-28T22:00")) == ""
    return delivery


def in_the_morning(*owed):
    with registry.still_wanted.answered_by(lambda messages: {message.pk: list(owed) for message in messages}):
        made.sweep(at=at("06-29T08:00"))


def test_reminder_that_waited_is_not_sent_to_who_has_handed_in(robot):
    delivery = waiting_reminder(7)
    in_the_morning()
    delivery.refresh_from_db()
    assert (delivery.get_state_display(), robot.requests) == ("不再需要", [])


def test_reminder_that_waited_counts_what_is_left(robot):
    waiting_reminder(7, 8, 9)
    in_the_morning(9)
    assert "您单位有1项报送任务" in robot.texts[0]


def test_retry_by_night_waits_for_the_morning_too(robot):
    delivery = made.delivery(at=at("06-28T09:00"))
    Delivery.objects.update(state="failed")
    sending.retry(delivery, by=make.actor(make.city_bureau()))
    assert sending.send(delivery.pk, at=at("06-28T22:00")) == ""
    assert sending.send(delivery.pk, at=at("06-29T08:00")) == "sent"
