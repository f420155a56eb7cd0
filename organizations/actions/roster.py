"""责任人名册: who takes office, who leaves it, who takes over."""

from datetime import date
from typing import Any

from django.db import transaction

from lib import registry
from lib.actor import Actor
from lib.text import full_date, person_name
from lib.transitions import MoveRefused
from organizations import audit, jurisdiction
from organizations.models import Enterprise, Responsible, Unit, User

Kind = Responsible.Kind


@transaction.atomic
def appoint(
    unit: Unit,
    *,
    kind: str,
    name: str,
    starts_on: date,
    by: Actor,
    enterprise: Enterprise | None = None,
    post: str = "",
    mobile: str = "",
    user: User | None = None,
) -> Responsible:
    """Enter a person. A leader has no firm, everybody else answers for one that the unit has in its jurisdiction.

    Raises MoveRefused where that is not so, or the same name stands there already.
    """
    house = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    who = person_name(name)
    _check(house, kind, enterprise)
    same = Responsible.objects.filter(unit=house, kind=kind, enterprise=enterprise, name=who)
    if same.not_over_on(starts_on).exists():
        raise MoveRefused(
            f"“{who}”已在{_place(house, kind, enterprise)}名册中，不必重复登记；同名的另一人请在姓名后注明。"
        )
    said: dict[str, Any] = {"post": post.strip(), "mobile": mobile, "user": user, "starts_on": starts_on}
    row = Responsible.objects.create(unit=house, kind=kind, enterprise=enterprise, name=who, **said)
    audit.record(by, "roster.appoint", row, kind=kind, starts_on=starts_on.isoformat())
    _tell(house, by)
    return row


@transaction.atomic
def release(row: Responsible, *, on: date, by: Actor) -> Responsible:
    """Out of office from that day on; the entry stays. Raises MoveRefused if somebody else has ended it before."""
    stored = Responsible.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if stored.ended_on:
        raise MoveRefused(f"“{stored.name}”已登记自{full_date(stored.ended_on)}起离任，请刷新页面。")
    if on < stored.starts_on:
        raise MoveRefused(f"离任日期不能早于任职日期{full_date(stored.starts_on)}。")
    stored.ended_on = on
    stored.save(update_fields=["ended_on"])
    audit.record(by, "roster.release", stored, on=on.isoformat())
    _tell(stored.unit, by)
    return stored


@transaction.atomic
def replace(row: Responsible, *, on: date, name: str, post: str = "", mobile: str = "", by: Actor) -> Responsible:
    """One stands down and another takes over on the same day, or neither; the post stays unless another is said."""
    old = release(row, on=on, by=by)
    said: dict[str, Any] = {"post": post or old.post, "mobile": mobile}
    return appoint(old.unit, kind=old.kind, enterprise=old.enterprise, name=name, starts_on=on, by=by, **said)


@transaction.atomic
def amend(row: Responsible, *, post: str, mobile: str, by: Actor) -> Responsible:
    """Another title or number; another name is another person."""
    stored = Responsible.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    stored.post, stored.mobile = post.strip(), mobile
    stored.save(update_fields=["post", "mobile"])
    audit.record(by, "roster.amend", stored)
    return stored


def _check(unit: Unit, kind: str, enterprise: Enterprise | None) -> None:
    if not unit.active:
        raise MoveRefused(f"{unit}已停用，不能再登记责任人。")
    if (kind == Kind.LEADER) != (enterprise is None):
        raise MoveRefused("班子成员不对应企业；监管、包保、驻点、盯守须写明企业。")
    if enterprise is None:
        return
    if enterprise.status == Enterprise.Status.DEREGISTERED:
        raise MoveRefused(f"{enterprise}已注销，不能再登记责任人。")
    if not jurisdiction.unit_reach(unit).holds(enterprise.area_id, enterprise.sector_id):
        raise MoveRefused(f"{enterprise}不在{unit}的管辖范围内，请核对企业或由管辖单位登记。")


def _place(unit: Unit, kind: str, enterprise: Enterprise | None) -> str:
    return f"{enterprise or unit}的{Kind(kind).label}"


def _tell(unit: Unit, by: Actor) -> None:
    """What hangs on the roster follows; told within the transaction, done after it."""
    registry.roster_changed([unit.pk], by=by)
