"""Routes and deliveries for tests, built by plain functions."""

from lib.actor import Actor
from notifications.actions import Draft, deliveries, notify_all, routes, sending
from notifications.models import Delivery, Message
from organizations.tests import factories as make

KEY = "73febdcb-1b38-4d1b-a994-790f21fc8d30"
TOKEN = "8e0f1c5d6b7a4938271605f4e3d2c1b0a9f8e7d6c5b4a3928170f6e5d4c3b2a1"
SECRET = "SECthis-is-a-test-secret"


def wecom(owner=None, *, base, key=KEY, **fields):
    """The unit's 企业微信 robot at the base address, which the settings must know."""
    return route(owner, channel="wecom", address=f"{base}?key={key}", **fields)


def dingtalk(owner=None, *, base, token=TOKEN, secret=SECRET, **fields):
    return route(owner, channel="dingtalk", address=f"{base}?access_token={token}", secret=secret, **fields)


def sms(owner=None, *, phones="13800138000", **fields):
    return route(owner, channel="sms", address=phones, **fields)


def route(owner=None, *, channel, address, secret="", hours="daily", active=True):
    found = routes.route_of(owner or make.unit())
    return routes.save_route(
        found, channel=channel, address=address, secret=secret, hours=hours, active=active, by=Actor.system()
    )


def line(number=1, due="2099-06-28"):
    return {"subject": number, "due": due, "url": f"/obligations/{number}/", "text": "液氨罐区泄漏 张三 13900001111"}


def delivery(owner=None, *, at, key="k", kind="notice", lines=(), subjects=(), **fields):
    """A message put in line for the outside channel of the unit; its title tells what must not leave the portal."""
    defaults = {"title": "海源食品液氨罐区重大隐患，联系张三", "url": "/obligations/7/"}
    draft = Draft(owner or make.unit(), key, kind, lines=lines, subjects=subjects, **defaults | fields)
    notify_all([draft], by=Actor.system())
    deliveries.deliver([key], at=at)
    return Delivery.objects.filter(message__key=key).first()


def in_line(route, *, key="k", at):
    """A delivery by the route as a worker finds it; nothing is sent on commit."""
    message = Message.objects.create(key=key, kind="notice", unit=route.unit, title="通知", delivered_at=at)
    return Delivery.objects.create(message=message, channel=route.channel, route=route, address=route.label)


def sweep(at):
    """What the sweep of that moment sends: everything in line whose turn has come."""
    for pk in list(Delivery.objects.ready_at(at).order_by("pk").values_list("pk", flat=True)):
        sending.send(pk, at=at)
