"""The one way a row changes its state.

A model that has states declares

    MOVES = {State.OPEN: (State.HANDED_IN, State.WAIVED), …}   # literal table
    def log_move(self, frm, to, by, comment): …                # writes the log row

and keeps the state in `state`. What a state requires beyond that is copied
into columns (passed as stamps) and guarded by CheckConstraints.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from lib.actor import Actor

M = TypeVar("M", bound=Model)


class MoveRefused(Exception):
    """The move is not allowed from here; the message is for the page, in Chinese."""


def move(obj: M, to: str, *, by: Actor, comment: str = "", **stamps: Any) -> M:
    """Bring `obj` to state `to`: lock, check, stamp, save, log, in this order.

    The row is read again under its lock; if it is no longer in the state `obj`
    had, the move is refused: of two officers deciding at once one wins. `obj`
    is refreshed either way, and what was changed on it but not saved is gone.
    Stamps are fields set together with the state. A refusal has written nothing.
    """
    using = obj._state.db or "default"
    with transaction.atomic(using=using, savepoint=False):
        problem = _locked_move(obj, to, by, comment, stamps)
    if problem:
        # Raised out here: inside, it would doom the caller's whole transaction.
        raise MoveRefused(problem)
    return obj


def _locked_move(obj: Any, to: str, by: Actor, comment: str, stamps: dict[str, Any]) -> str:
    remembered = obj.state
    rows = type(obj)._base_manager.using(obj._state.db)
    obj.refresh_from_db(from_queryset=rows.select_for_update(of=("self",), no_key=True))
    if problem := refusal(obj, to, remembered):
        return problem
    frm = obj.state
    _set(obj, {"state": to, **stamps})
    clocks = [clock.name for clock in _clocks(type(obj))]
    obj.save(update_fields=["state", *stamps, *clocks])
    obj.log_move(frm, to, by, comment)
    return ""


def move_all(rows: QuerySet[M], to: str, *, by: Actor, comment: str = "", **stamps: Any) -> list[M]:
    """Bring every row to `to`, or none: three statements, however many rows.

    The model's classmethod `log_moves(moves, to, by, comment)` is given a list
    of (row, state before). Rows are locked in the order of their keys, so that
    two of these never wait for each other in a ring.
    """
    with transaction.atomic(using=rows.db, savepoint=False):
        problem, moved = _locked_move_all(rows, to, by, comment, stamps)
    if problem:
        raise MoveRefused(problem)
    return moved


def _locked_move_all(
    rows: QuerySet[Any], to: str, by: Actor, comment: str, stamps: dict[str, Any]
) -> tuple[str, list[Any]]:
    locked = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
    problem = next(filter(None, (refusal(obj, to) for obj in locked)), "")
    if problem or not locked:
        return problem, []
    moves = [(obj, obj.state) for obj in locked]
    values = {"state": to, **stamps, **{clock.name: clock.pre_save(locked[0], False) for clock in _clocks(rows.model)}}
    for obj in locked:
        _set(obj, values)
    keys = [obj.pk for obj in locked]
    rows.model._base_manager.using(rows.db).filter(pk__in=keys).update(**values)
    rows.model.log_moves(moves, to, by, comment)
    return "", locked


def refusal(obj: Any, to: str, remembered: str | None = None) -> str:
    """Why `obj` may not go to `to`, for the page; "" if it may.

    `remembered` is the state the asker saw. A decision made on another state
    than the row's is refused even where the table would allow it.
    """
    labels = dict(obj._meta.get_field("state").flatchoices)
    if to not in labels:
        raise ValueError(f"{to!r} is no state of {type(obj).__name__}")
    name, now = obj._meta.verbose_name, labels[obj.state]
    if remembered is not None and remembered != obj.state:
        return f"该{name}已由他人改为“{now}”，请刷新页面后再处理"
    if to in moves_from(obj):
        return ""
    if obj.state == to:
        return f"该{name}已经是“{now}”，无需再次处理"
    return f"该{name}现为“{now}”，不能改为“{labels[to]}”"


def moves_from(obj: Any) -> tuple[str, ...]:
    """The states `obj` may go to, in the order of its table."""
    return tuple(type(obj).MOVES.get(obj.state, ()))


def _set(obj: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(obj, name, value)


def _clocks(model: type[Model]) -> list[Any]:
    """Fields that keep the moment of the last save (auto_now)."""
    return [field for field in model._meta.concrete_fields if getattr(field, "auto_now", False)]
