"""What became of one attempt, in the terms of the delivery."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.models import Delivery

State = Delivery.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """`again`: nothing was taken, so it may be tried again by itself; `throttled`: the whole robot has to wait."""

    state: str
    error: str = ""
    external_id: str = ""
    again: bool = False
    throttled: bool = False


def sent(external_id: str = "") -> Outcome:
    return Outcome(State.SENT, external_id=external_id)


def failed(reason: str) -> Outcome:
    """The other side said no: nothing was delivered, and trying again as it is would change nothing."""
    return Outcome(State.FAILED, reason)


def unknown(reason: str) -> Outcome:
    """It may have been delivered: never sent again without an officer's word."""
    return Outcome(State.UNKNOWN, reason)


def later(reason: str, *, throttled: bool = False) -> Outcome:
    """Certainly not delivered, for a reason that passes."""
    return Outcome(State.PENDING, reason, again=True, throttled=throttled)
