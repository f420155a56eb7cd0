"""What every verb of the ledger does first and last: hold the row, write on the time line, log, tell."""

from datetime import date
from itertools import pairwise
from typing import Any

from django.utils import timezone

from hazards.models import Hazard, HazardEntry
from hazards.models.hazards import author
from lib.actor import Actor
from lib.locks import counting_shared
from lib.text import full_date
from lib.transitions import MoveRefused
from organizations import audit

S = Hazard.State
BEFORE_RECHECK = (S.REGISTERED, S.CONFIRMED, S.RECTIFYING)
OPEN_STATES = (*BEFORE_RECHECK, S.RECHECK_REQUESTED)


def hold(hazard: Hazard, *states: str) -> None:
    """Lock the row and read it again: of two people acting at once the second meets what the first has done.

    MoveRefused if it is in none of the states. The counting lock comes first, as everywhere (lib.locks).
    """
    counting_shared()
    rows = Hazard._base_manager.select_for_update(of=("self",), no_key=True)
    hazard.refresh_from_db(from_queryset=rows)
    if hazard.state not in states:
        wanted = "、".join(S(state).label for state in states)
        raise MoveRefused(f"该隐患现为“{hazard.get_state_display()}”，须在“{wanted}”时办理，请刷新页面查看")


def write(hazard: Hazard, **values: Any) -> None:
    """Set and save these fields only."""
    for name, value in values.items():
        setattr(hazard, name, value)
    hazard.save(update_fields=list(values))


def note(hazard: Hazard, kind: str, comment: str, *, by: Actor) -> HazardEntry:
    """One entry of the time line and one of the audit log."""
    audit.record(by, f"hazard.{kind}", hazard)
    return HazardEntry.objects.create(hazard=hazard, kind=kind, comment=comment, **author(by))


def refuse_if(problem: object, message: str) -> None:
    """A rule of the domain that forms check too: the message is for the page."""
    if problem:
        raise MoveRefused(message)


def check_order(*days: tuple[str, date | None]) -> None:
    """(name, day) in the order in which they must follow, empty ones skipped; none may lie in the future."""
    known = [(name, day) for name, day in days if day]
    for (earlier, first), (later, second) in pairwise(known):
        refuse_if(second < first, f"{later}（{full_date(second)}）不能早于{earlier}（{full_date(first)}）")
    name, last = known[-1]
    refuse_if(last > timezone.localdate(), f"{name}（{full_date(last)}）不能晚于今天")
