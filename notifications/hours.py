"""Working hours of the outside channels: who writes at night waits for the next opening."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from lib.workdays import is_workday
from notifications.models import Channel, Delivery, Message, Route
from organizations.models import WorkDay

SETTINGS = {
    Channel.EMAIL: "EMAIL_HOURS",
    Channel.WECOM: "ROBOT_HOURS",
    Channel.DINGTALK: "ROBOT_HOURS",
    Channel.SMS: "SMS_HOURS",
}


def span(channel: str) -> tuple[time, time] | None:
    """From (included) to (not included); None: at any time."""
    name = SETTINGS[Channel(channel)]
    text = getattr(settings, name)
    if not text:
        return None
    try:
        first, last = map(time.fromisoformat, text.split("-"))
    except ValueError:
        raise ImproperlyConfigured(f"{name}={text}: write 08:00-20:00. See .env.example.") from None
    if first >= last:
        raise ImproperlyConfigured(f"{name}={text}: the end must be after the beginning. See .env.example.")
    return first, last


def opening(delivery: Delivery, at: datetime) -> datetime | None:
    """When it may go out; None: now. A test goes at once, somebody waits for it."""
    hours = span(delivery.channel)
    if hours is None or delivery.message.kind == Message.Kind.TEST:
        return None
    first, last = hours
    local, worked = timezone.localtime(at), _Worked(delivery)
    if worked(local.date()) and first <= local.time() < last:
        return None
    day = local.date() + timedelta(days=local.time() >= first)
    while not worked(day):
        day += timedelta(days=1)
    return datetime.combine(day, first, timezone.get_current_timezone())


class _Worked:
    """Whether the channel is open on a day at all: SMS on work days, the others as the route says."""

    def __init__(self, delivery: Delivery) -> None:
        chosen = delivery.route is not None and delivery.route.hours == Route.Hours.WORKDAYS
        self.only_workdays = chosen or delivery.channel == Channel.SMS
        self.overrides = dict(WorkDay.objects.values_list("day", "is_workday")) if self.only_workdays else {}

    def __call__(self, day: date) -> bool:
        return not self.only_workdays or is_workday(day, self.overrides)
