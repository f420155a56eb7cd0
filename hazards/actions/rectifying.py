"""整改: measures on the spot, 五到位, progress, deadlines, and the firm's word that it is done."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from hazards.actions.notices import tell_firm
from hazards.actions.records import BEFORE_RECHECK, OPEN_STATES, check_order, hold, note, refuse_if, write
from hazards.models import Hazard, HazardEntry
from lib.actor import Actor
from lib.text import full_date
from lib.transitions import MoveRefused, move
from organizations import audit

S = Hazard.State
Kind = HazardEntry.Kind


@transaction.atomic
def record_measures(
    hazard: Hazard, *, by: Actor, on_site_measure: str, administrative_measure: str = "", stopped: bool = False
) -> Hazard:
    """现场处置和行政处置措施. A stop of production once ordered stays: it makes the recheck necessary."""
    hold(hazard, *OPEN_STATES)
    stopped = hazard.stopped or stopped
    write(hazard, on_site_measure=on_site_measure, administrative_measure=administrative_measure, stopped=stopped)
    said = [on_site_measure, administrative_measure, "责令停产停业" if stopped else ""]
    note(hazard, Kind.MEASURES, "；".join(filter(None, said)), by=by)
    return hazard


@transaction.atomic
def plan(
    hazard: Hazard,
    *,
    by: Actor,
    responsible: str,
    measures: str,
    funds: Decimal,
    deadline_on: date,
    emergency_plan: str,
) -> Hazard:
    """五到位: 责任人、措施、资金、期限、应急预案 (S004). The firm may shorten a deadline, never put it off."""
    hold(hazard, *BEFORE_RECHECK)
    fixed = hazard.deadline_on
    if fixed and deadline_on > fixed:
        raise MoveRefused(f"整改期限不能晚于原定的{full_date(fixed)}，延期请向监管部门提出")
    refuse_if(deadline_on < hazard.found_on, "整改期限不能早于发现时间")
    write(
        hazard,
        responsible=responsible,
        measures=measures,
        funds=funds,
        deadline_on=deadline_on,
        emergency_plan=emergency_plan,
        planned_on=hazard.planned_on or timezone.localdate(),
    )
    note(hazard, Kind.PLAN, f"责任人{responsible}，资金{funds}万元，期限{full_date(deadline_on)}", by=by)
    return hazard


@transaction.atomic
def start(hazard: Hazard, *, by: Actor) -> Hazard:
    """开始整改. A major one must have been judged, and its five must be complete."""
    hold(hazard, S.REGISTERED, S.CONFIRMED)
    _refuse_unjudged(hazard)
    missing = "、".join(hazard.missing_of_plan) if hazard.is_major else ""
    refuse_if(missing, f"整改“五到位”尚缺：{missing}，请先补齐")
    move(hazard, S.RECTIFYING, by=by)
    audit.record(by, "hazard.start", hazard)
    return hazard


def _refuse_unjudged(hazard: Hazard) -> None:
    unjudged = hazard.is_major and hazard.state == S.REGISTERED
    refuse_if(unjudged, "拟定为重大的隐患须先由监管部门判定，判定前可先落实“五到位”并采取措施")


@transaction.atomic
def fix_at_once(hazard: Hazard, *, by: Actor, measures: str, rectified_on: date) -> Hazard:
    """立查立改: fixed on the spot, so no plan is needed (S004-贸); a general one is closed with it."""
    hold(hazard, S.REGISTERED, S.CONFIRMED)
    _refuse_unjudged(hazard)
    check_order(("发现时间", hazard.found_on), ("整改完成时间", rectified_on))
    stamps = {"fixed_at_once": True, "measures": measures, "rectified_on": rectified_on}
    move(hazard, S.RECTIFYING, by=by, comment=f"立查立改：{measures}", **stamps)
    audit.record(by, "hazard.fix_at_once", hazard)
    _ask_for_signatures(hazard, by)
    return hazard


def _ask_for_signatures(hazard: Hazard, by: Actor) -> None:
    if hazard.is_major:
        tell_firm(hazard, "重大事故隐患整改完成，请主要负责人和安全总监签字", by=by)


@transaction.atomic
def log_progress(hazard: Hazard, *, by: Actor, text: str) -> HazardEntry:
    """整改进展: what was done, spent, watched."""
    hold(hazard, *OPEN_STATES)
    return note(hazard, Kind.PROGRESS, text, by=by)


@transaction.atomic
def report_rectified(hazard: Hazard, *, by: Actor, rectified_on: date, text: str = "") -> Hazard:
    """整改完成: the firm's own acceptance; signatures, recheck and closing come after."""
    enter_rectified(hazard, by=by, rectified_on=rectified_on, text=text)
    _ask_for_signatures(hazard, by)
    return hazard


def enter_rectified(hazard: Hazard, *, by: Actor, rectified_on: date, text: str = "") -> None:
    """The same without asking anybody to sign. The caller holds a transaction."""
    hold(hazard, S.RECTIFYING)
    refuse_if(hazard.rectified_on, "已经报过整改完成，无需重复填报")
    check_order(("发现时间", hazard.found_on), ("整改完成时间", rectified_on))
    write(hazard, rectified_on=rectified_on)
    note(hazard, Kind.RECTIFIED, f"{full_date(rectified_on)}整改完成。{text}", by=by)


@transaction.atomic
def extend(hazard: Hazard, *, by: Actor, deadline_on: date, reason: str) -> Hazard:
    """调整期限 by the department, with its reason; a deadline already passed leaves its trace on the time line."""
    hold(hazard, *OPEN_STATES)
    refuse_if(deadline_on < timezone.localdate(), "新的整改期限不能早于今天")
    before = full_date(hazard.deadline_on) if hazard.deadline_on else "未定"
    write(hazard, deadline_on=deadline_on, deadline_text="")
    note(hazard, Kind.EXTENDED, f"由{before}改为{full_date(deadline_on)}：{reason}", by=by)
    tell_firm(hazard, f"整改期限调整为{full_date(deadline_on)}", by=by, body=reason)
    return hazard
