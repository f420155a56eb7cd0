"""Whom a move of a hazard concerns: those who must act next, told in the words of the page."""

from collections.abc import Iterable
from uuid import uuid4

from django.urls import reverse

from hazards.models import Hazard
from lib.actor import Actor
from notifications.models import Message
from organizations.models import Enterprise, Unit


def tell_firm(hazard: Hazard, title: str, *, by: Actor, body: str = "") -> None:
    """A task for the firm's people."""
    _write([hazard.enterprise], hazard, title, body)


def tell_supervisors(hazard: Hazard, title: str, *, by: Actor, body: str = "") -> None:
    """A task for the units that answer for the hazard; not for the one that acts."""
    acting = by.unit.bureau if by.unit else None
    _write([unit for unit in hazard.supervisors() if unit != acting], hazard, title, body)


def tell_colleagues(hazard: Hazard, title: str, *, by: Actor, body: str = "") -> None:
    """A task for the acting unit itself: somebody else there must take the next step."""
    _write([by.unit] if by.unit else [], hazard, title, body)


def _write(holders: Iterable[Unit | Enterprise], hazard: Hazard, title: str, body: str) -> None:
    rows = [
        Message(
            key=f"hazard:{hazard.pk}:{uuid4().hex}",
            kind=Message.Kind.TASK,
            title=f"{title}（{hazard.number}）"[:160],
            body=body or hazard.description,
            url=reverse("hazards:hazard", args=[hazard.pk]),
            **{str(holder._meta.model_name): holder},
        )
        for holder in holders
    ]
    Message.objects.bulk_create(rows)
