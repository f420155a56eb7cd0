"""Who may see, fill in and review the tables: the row gate of aggregates, and the post's permission with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from campaigns.models import Campaign, Obligation
from campaigns.permissions import may_hand_in, may_review
from lib.actor import Actor
from organizations import jurisdiction
from organizations.permissions import Denied, Permission, allowed
from reports.indicators import CITY, Row, Scope


def units_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The tables are the authorities' business; an enterprise is told so."""

    @wraps(view)
    def gated(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.unit is None:
            raise PermissionDenied("调度报表由主管部门使用，企业请在“应报任务”和“隐患”中办理。")
        return view(request, *args, **kwargs)

    return gated


def rows_visible_to(actor: Actor, scope: Scope) -> tuple[Row, ...]:
    """The rows whose figures the actor may see; a figure is shown whole or not at all.

    A unit of the campaign's line whose sectors hold the campaign's: its own area's rows, the city's own row in the
    city. Nothing for enterprises, other lines and offices of other sectors.
    """
    if jurisdiction.sees_everything(actor):
        return scope.every_row
    if actor.unit is None or scope.campaign.line not in actor.unit.bureau.lines or not covers_sectors(actor, scope):
        return ()
    areas = jurisdiction.reach(actor).areas
    return tuple(row for row in scope.every_row if (scope.campaign.area_id if row == CITY else row.key) in areas)


def covers_sectors(actor: Actor, scope: Scope) -> bool:
    mine = jurisdiction.reach(actor).sectors
    return mine is None or bool(scope.sectors) and set(scope.sectors) <= set(mine)


def may_fill(actor: Actor, obligation: Obligation) -> bool | Denied:
    """The unit that owes the return."""
    return allowed(actor, Permission.RETURN_FILL) and may_hand_in(actor, obligation)


def may_fill_own(actor: Actor, campaign: Campaign) -> bool | Denied:
    """市本级: the lead unit's house."""
    if not (verdict := allowed(actor, Permission.RETURN_FILL)) or actor.is_system:
        return verdict
    if campaign.lead_unit_id not in jurisdiction.reach(actor).units:
        return Denied(f"市本级由牵头单位（{campaign.lead_unit}）填报。")
    return True


def may_judge(actor: Actor, obligation: Obligation) -> bool | Denied:
    """The recipients accept and give back."""
    return allowed(actor, Permission.RETURN_REVIEW) and may_review(actor, obligation)


def judgeable(actor: Actor, owed: Iterable[Obligation]) -> set[int]:
    """Keys of those that the actor may judge: one query for all of them."""
    keys = [each.pk for each in owed]
    if not keys or not allowed(actor, Permission.RETURN_REVIEW) or not allowed(actor, Permission.REVIEW):
        return set()
    if actor.is_system:
        return set(keys)
    received = Obligation.recipients.through.objects.filter(unit__in=jurisdiction.reach(actor).units)
    return set(received.filter(obligation__in=keys).values_list("obligation", flat=True))


def may_stand_in(actor: Actor, campaign: Campaign) -> bool | Denied:
    """以系统数代报: a reviewer of the lead unit's house."""
    if not (verdict := allowed(actor, Permission.RETURN_REVIEW)) or actor.is_system:
        return verdict
    if campaign.lead_unit_id not in jurisdiction.reach(actor).units:
        return Denied(f"只有牵头单位（{campaign.lead_unit}）可以代报。")
    return True
