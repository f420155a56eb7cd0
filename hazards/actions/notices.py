"""Whom a move of a hazard concerns: those who must act next, told in the words of the page."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import uuid4

from django.urls import reverse

from hazards.models import Hazard
from hazards.models.hazards import nearest_supervisors
from lib.actor import Actor
from notifications.actions import Draft, notify_all
from notifications.models import Message
from organizations.models import Area, Enterprise, Unit


def tell_firm(hazard: Hazard, title: str, *, by: Actor, body: str = "") -> None:
    """A task for the firm's people."""
    _tell([hazard.enterprise], hazard, title, body, by)


def tell_supervisors(hazard: Hazard, title: str, *, by: Actor, body: str = "") -> None:
    """A task for the units that answer for the hazard; not for the one that acts."""
    acting = by.unit.bureau if by.unit else None
    _tell([unit for unit in hazard.supervisors() if unit != acting], hazard, title, body, by)


def tell_colleagues(hazard: Hazard, title: str, *, by: Actor, body: str = "") -> None:
    """A task for the acting unit itself: somebody else there must take the next step."""
    _tell([by.unit] if by.unit else [], hazard, title, body, by)


def tell_of_arrivals(arrived: Mapping[tuple[int, int], int], *, by: Actor, reason: str) -> None:
    """One task for each unit that takes over hazards of firms that moved; `arrived` counts by (area, sector)."""
    areas = Area.objects.in_bulk({area for area, _ in arrived})
    taking_over = Counter[Unit]()
    for (area, sector), count in arrived.items():
        taking_over.update(dict.fromkeys(nearest_supervisors(areas[area], sector), count))
    acting, event = by.unit.bureau if by.unit else None, uuid4().hex
    drafts = [
        Draft(
            unit,
            key=f"hazard:{event}:{unit.pk}",
            kind=Message.Kind.TASK,
            title=f"企业迁入，{count}项未办结隐患移交贵单位，请接续办理",
            body=reason,
            url=reverse("hazards:hazards"),
        )
        for unit, count in taking_over.items()
        if unit != acting
    ]
    notify_all(drafts, by=by)


def _tell(holders: Iterable[Unit | Enterprise], hazard: Hazard, title: str, body: str, by: Actor) -> None:
    # An event happens once, in the transaction that writes the message: any new key will do.
    event = uuid4().hex
    drafts = [
        Draft(
            holder,
            key=f"hazard:{event}:{holder._meta.model_name}:{holder.pk}",
            kind=Message.Kind.TASK,
            title=f"{title}（{hazard.number}）",
            body=body or hazard.description,
            url=reverse("hazards:hazard", args=[hazard.pk]),
        )
        for holder in holders
    ]
    notify_all(drafts, by=by)
