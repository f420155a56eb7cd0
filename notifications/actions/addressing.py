"""Which way a message leaves the portal: the channel that its unit or firm has chosen, else every known address."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from notifications.models import Channel, Delivery, Message
from organizations.models import Membership

ROUTE = ("id", "channel", "label", "active")


def deliveries_of(messages: Sequence[Message]) -> list[Delivery]:
    """Unsaved, one query: by route; else to a unit's 公务邮箱, the people of a firm, a person's own address."""
    if not messages:
        return []
    people = Membership.objects.active().filter(enterprise=OuterRef("enterprise")).exclude(user__email="")
    emails = people.order_by("user__email").values("user__email").distinct()
    ways = [f"{owner}__route__{name}" for owner in ("unit", "enterprise") for name in ROUTE]
    rows = Message.objects.filter(pk__in=[message.pk for message in messages]).order_by("pk")
    found = rows.annotate(people=ArraySubquery(emails)).values("pk", "unit__email", "user__email", "people", *ways)
    return [delivery for row in found for delivery in _deliveries(row)]


def _deliveries(row: dict[str, Any]) -> list[Delivery]:
    for owner in ("unit", "enterprise"):
        key, channel, label, active = (row[f"{owner}__route__{name}"] for name in ROUTE)
        if key and active and channel != Channel.EMAIL:
            return [Delivery(message_id=row["pk"], channel=channel, route_id=key, address=label)]
    addresses = [row["unit__email"], row["user__email"], *row["people"]]
    return [
        Delivery(message_id=row["pk"], channel=Channel.EMAIL, address=address) for address in filter(None, addresses)
    ]
