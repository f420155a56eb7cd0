"""代录: a clerk enters what a firm has planned, done or signed on paper; marked as such, and the firm is told."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from hazards.actions.closing import close, request_recheck, sign_on_paper
from hazards.actions.notices import tell_firm
from hazards.actions.records import refuse_if
from hazards.actions.rectifying import enter_rectified, plan, start
from hazards.models import Hazard, Signature
from lib.actor import Actor

S = Hazard.State


def for_firm(hazard: Hazard, by: Actor) -> Actor:
    """The clerk as the log and the time line name him: 王经办（荣成市应急管理局 经办人），代 某公司."""
    return replace(by, on_behalf_of=str(hazard.enterprise))


@transaction.atomic
def plan_for_firm(hazard: Hazard, *, by: Actor, **five: Any) -> Hazard:
    """五到位 by the firm's paper (`five` as of `plan`); a judged hazard is under treatment with it."""
    clerk = for_firm(hazard, by)
    plan(hazard, by=clerk, **five)
    if hazard.state == S.CONFIRMED:
        start(hazard, by=clerk)
    tell_firm(hazard, "监管部门代录了整改“五到位”，请核对", by=by)
    return hazard


@transaction.atomic
def close_for_firm(
    hazard: Hazard, *, by: Actor, rectified_on: date, text: str = "", head: str = "", director: str = ""
) -> Hazard:
    """整改完成 with the sheet that both have signed: closed, or on to the recheck where one is needed.

    `head` and `director` are the names on the sheet; who has signed already need not be named again. A general hazard
    needs no signatures. The sheet's photo is attached by whoever calls.
    """
    clerk = for_firm(hazard, by)
    if hazard.state == S.REGISTERED:
        start(hazard, by=clerk)
    if not hazard.rectified_on:
        enter_rectified(hazard, by=clerk, rectified_on=rectified_on, text=text)
    if hazard.is_major:
        _sign_both(hazard, clerk, {Signature.Role.HEAD: head, Signature.Role.DIRECTOR: director})
    else:
        close(hazard, by=clerk)
    tell_firm(hazard, f"监管部门代录了整改完成情况，现为“{hazard.get_state_display()}”，请核对", by=by)
    return hazard


def _sign_both(hazard: Hazard, clerk: Actor, names: dict[Signature.Role, str]) -> None:
    for role, name in names.items():
        if getattr(hazard, f"signed_{role}"):
            continue
        refuse_if(not name, f"请填写签字页上{role.label}的姓名")
        sign_on_paper(hazard, by=clerk, role=role, signer=name)
    if hazard.needs_recheck:
        request_recheck(hazard, by=clerk)
