"""The outside channels: one module each, with `send(delivery) -> Outcome` and, but for e-mail, `address(text)`.

A channel sends once and says what became of it; when, whether and how often is decided in `notifications.actions`.
"""

from collections.abc import Callable, Mapping

from notifications.channels import dingtalk, mail, robots, sms, wecom
from notifications.channels.outcome import Outcome
from notifications.models import Channel, Delivery, Route

SENDERS: Mapping[str, Callable[[Delivery], Outcome]] = {
    Channel.EMAIL: mail.send,
    Channel.WECOM: wecom.send,
    Channel.DINGTALK: dingtalk.send,
    Channel.SMS: sms.send,
}
# What is typed → what is kept; ValueError says in Chinese what is wrong.
ADDRESSES: Mapping[str, Callable[[str], str]] = {
    Channel.WECOM: wecom.address,
    Channel.DINGTALK: dingtalk.address,
    Channel.SMS: sms.address,
}


def available() -> list[Channel]:
    """Those that may be chosen here: SMS only where the bureau has a gateway."""
    return [channel for channel in Channel if channel != Channel.SMS or sms.is_on()]


def label(channel: str, address: str) -> str:
    """How a route is shown: 企业微信群机器人 …3f9c, 短信 138****5678等2个."""
    name = Channel(channel).label
    if channel == Channel.EMAIL:
        return name
    if channel == Channel.SMS:
        first, *more = address.split(",")
        return f"{name} {sms.masked(first)}" + (f"等{len(more) + 1}个" if more else "")
    return f"{name} {robots.tail(address)}"


def without_secrets(text: str, route: Route | None) -> str:
    """What an answer or an error says, less keys, secrets and telephone numbers."""
    hidden = (route.secret, route.address, route.address.rpartition("=")[2]) if route else ()
    for secret in filter(None, hidden):
        text = text.replace(secret, "…")
    return sms.MOBILE.sub(lambda found: sms.masked(found.group()), text)
