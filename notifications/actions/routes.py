"""The channel a unit or a firm has chosen: set, and tried out. Audit rows name the masked label, nothing else."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from lib.actor import Actor
from notifications import channels
from notifications.actions import sending
from notifications.actions.deliveries import put_in_line
from notifications.channels import robots
from notifications.models import Channel, Delivery, Message, Route
from organizations import audit
from organizations.models import Enterprise, Unit

FIELDS = ["channel", "address", "secret", "label", "robot", "hours", "active", "paused_until"]


def route_of(owner: Unit | Enterprise) -> Route:
    """The owner's route; a new one, not stored, where nothing was ever chosen."""
    key = {str(owner._meta.model_name): owner}
    return Route.objects.filter(**key).first() or Route(**key)


@transaction.atomic
def save_route(route: Route, *, channel: str, address: str, secret: str, hours: str, active: bool, by: Actor) -> Route:
    """Store the choice. `address` is as `channels.ADDRESSES` gives it, empty for e-mail.

    What is still in line by the former way goes by the new one.
    """
    if route.pk is None:
        # Of two colleagues who choose for the first time one waits for the other here.
        route = Route.objects.get_or_create(unit=route.unit, enterprise=route.enterprise)[0]
    if channel == Channel.EMAIL:
        address = secret = ""
    if address != route.address:
        route.paused_until = None
    robot = robots.fingerprint(address) if Channel(channel).is_robot else ""
    values = {"channel": channel, "address": address, "secret": secret, "hours": hours, "active": active}
    for name, value in (values | {"robot": robot, "label": channels.label(channel, address)}).items():
        setattr(route, name, value)
    route.save(update_fields=FIELDS)
    _lead_elsewhere(route)
    audit.record(by, "route.save", route, channel=channel, active=active)
    return route


def _lead_elsewhere(route: Route) -> None:
    waiting = Delivery.objects.filter(route=route, state=Delivery.State.PENDING)
    if route.is_outside:
        waiting.update(channel=route.channel, address=route.label, lease_until=None)
        return
    messages = [delivery.message for delivery in waiting.exclude(message__kind=Message.Kind.TEST)]
    waiting.update(state=Delivery.State.DROPPED, lease_until=None, error="接收单位已改用电子邮件")
    put_in_line(messages)


@transaction.atomic
def try_out(route: Route, *, by: Actor) -> Delivery:
    """Send a test message by the route, at any hour, whether it is active or not; its result stands on the page."""
    owner = route.owner
    message = Message.objects.create(
        **{str(owner._meta.model_name): owner},
        key=f"route-test:{uuid4()}",
        kind=Message.Kind.TEST,
        title=f"测试消息（{route.get_channel_display()}）",
        body="收到这条消息，表示接收渠道设置正确。",
        sender=by.label[:120],
        delivered_at=timezone.now(),
    )
    delivery = Delivery.objects.create(message=message, channel=route.channel, route=route, address=route.label)
    audit.record(by, "route.test", route)
    sending.send_later([delivery.pk])
    return delivery
