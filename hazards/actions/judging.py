"""判定: major by a clause of the standard in force that day; down again only by two officers."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from hazards.actions.moving import catch_up
from hazards.actions.notices import tell_colleagues, tell_firm, tell_supervisors
from hazards.actions.records import BEFORE_RECHECK, OPEN_STATES, check_order, hold, note, refuse_if, write
from hazards.models import Hazard, HazardEntry, Reconsideration, Standard
from lib.actor import Actor
from lib.transitions import MoveRefused, move
from organizations import audit

S = Hazard.State
Kind = HazardEntry.Kind
Asked = Reconsideration.State
NOT_OVERRULED = {"overruled_by": None, "overruled_with": None, "overruled_reason": ""}


@transaction.atomic
def judge(hazard: Hazard, *, by: Actor, standard: Standard, clause: str, judged_on: date) -> Hazard:
    """判定为重大事故隐患, by the clause of a standard in force on the day it was found (安全生产法 §118)."""
    hold(hazard, S.REGISTERED, S.RECTIFYING)
    refuse_if(hazard.judged_on and hazard.is_major, "该隐患已是判定过的重大事故隐患")
    _refuse_wrong(hazard, standard, clause)
    check_order(("发现时间", hazard.found_on), ("判定日期", judged_on))
    stamps: dict[str, Any] = {**_basis(standard, clause), **NOT_OVERRULED, "judged_on": judged_on}
    stamps |= {"judged_by": by.label[:80], "level": Hazard.Level.MAJOR, "rectified_on": None}
    if hazard.is_self_found and not hazard.reported_on:
        # Registered as general: the firm has told of it all the same.
        stamps["reported_on"] = timezone.localdate()
    move(hazard, S.CONFIRMED, by=by, comment=stamps["basis"], **stamps)
    audit.record(by, "hazard.judge", hazard)
    tell_firm(hazard, "已判定为重大事故隐患，请落实整改“五到位”", by=by)
    return hazard


def _refuse_wrong(hazard: Hazard, standard: Standard, clause: str) -> None:
    problem = standard.refusal(clause=clause, sector=hazard.sector, day=hazard.found_on)
    refuse_if(problem, problem)


def _basis(standard: Standard, clause: str) -> dict[str, Any]:
    return {"standard": standard, "clause": clause, "basis": f"{standard}{clause}"}


@transaction.atomic
def correct_basis(hazard: Hazard, *, by: Actor, standard: Standard, clause: str) -> Hazard:
    """更正判定依据 of a judged or imported major: the level stays, the citation is mended."""
    hold(hazard, S.CONFIRMED, S.RECTIFYING, S.RECHECK_REQUESTED, S.CLOSED)
    _refuse_wrong(hazard, standard, clause)
    before = hazard.basis or "（空）"
    write(hazard, **_basis(standard, clause))
    note(hazard, Kind.CORRECTED, f"判定依据由“{before}”改为“{hazard.basis}”", by=by)
    return hazard


@transaction.atomic
def object_to(hazard: Hazard, *, by: Actor, kind: str, objection: str) -> Reconsideration:
    """企业异议: the firm says that it is not so, or not major; an officer takes it up or refuses it."""
    hold(hazard, *BEFORE_RECHECK)
    refuse_if(hazard.reconsiderations.pending().exists(), "已有一项更改认定等待处理，请等待结果")
    asked = Reconsideration.objects.create(
        hazard=hazard, kind=kind, state=Asked.OBJECTED, objection=objection, objected_by=by.label[:80]
    )
    note(hazard, Kind.OBJECTED, f"{asked.get_kind_display()}：{objection}", by=by)
    tell_supervisors(hazard, f"{hazard.enterprise}对隐患认定提出异议，请核实", by=by)
    return asked


@transaction.atomic
def propose(hazard: Hazard, *, by: Actor, kind: str, reason: str) -> Reconsideration:
    """提请更改认定, the first of two officers; takes up the firm's objection where there is one."""
    hold(hazard, *BEFORE_RECHECK)
    asked = hazard.reconsiderations.pending().first()
    if asked is None:
        asked = Reconsideration.objects.create(
            hazard=hazard, kind=kind, state=Asked.PROPOSED, reason=reason, proposed_by=by.user
        )
    else:
        refuse_if(asked.state == Asked.PROPOSED, "已有人提请更改认定，请等待复核")
        move(asked, Asked.PROPOSED, by=by, kind=kind, reason=reason, proposed_by=by.user)
    note(hazard, Kind.PROPOSED, f"{asked.get_kind_display()}：{reason}", by=by)
    tell_colleagues(hazard, f"请复核：拟将隐患{asked.get_kind_display()}", by=by)
    return asked


@transaction.atomic
def confirm(hazard: Hazard, *, by: Actor, opinion: str = "") -> Hazard:
    """复核同意, the second officer: dismissed or general from now on (design §4.4)."""
    hold(hazard, *BEFORE_RECHECK)
    asked = _waiting(hazard, Asked.PROPOSED)
    refuse_if(asked.proposed_by_id == by.user.pk, "提出人不能复核自己的意见，须由另一名人员复核")
    refuse_if(hazard.listed, "该隐患正在挂牌督办，请先摘牌")
    decision = {"decided_by": by.user, "decided_at": timezone.now(), "opinion": opinion}
    move(asked, Asked.CONFIRMED, by=by, **decision)
    overruled = {"overruled_by": asked.proposed_by, "overruled_with": by.user, "overruled_reason": asked.reason}
    note(hazard, Kind.DECIDED, f"同意{asked.get_kind_display()}。{opinion}", by=by)
    if asked.kind == Reconsideration.Kind.DISMISS:
        move(hazard, S.DISMISSED, by=by, comment=asked.reason, **overruled)
    else:
        write(hazard, level=Hazard.Level.GENERAL, **overruled)
    tell_firm(hazard, f"隐患已{asked.get_kind_display()}", by=by, body=asked.reason)
    return hazard


@transaction.atomic
def refuse(hazard: Hazard, *, by: Actor, opinion: str) -> Hazard:
    """不予更改: of a proposal by another officer, or of the firm's objection; the hazard stays as it is."""
    hold(hazard, *OPEN_STATES, S.CLOSED)
    asked = _waiting(hazard, Asked.OBJECTED, Asked.PROPOSED)
    move(asked, Asked.REFUSED, by=by, decided_by=by.user, decided_at=timezone.now(), opinion=opinion)
    note(hazard, Kind.DECIDED, f"不同意{asked.get_kind_display()}：{opinion}", by=by)
    if asked.objection:
        tell_firm(hazard, "对隐患认定的异议未被采纳", by=by, body=opinion)
    return hazard


@transaction.atomic
def restore(hazard: Hazard, *, by: Actor, reason: str) -> Hazard:
    """恢复登记 of what was dismissed by mistake: it starts again from 已登记 with its old number."""
    hold(hazard, S.DISMISSED)
    blank = {"judged_on": None, "judged_by": "", "standard": None, "clause": "", "basis": ""}
    move(hazard, S.REGISTERED, by=by, comment=reason, **NOT_OVERRULED, **blank)
    audit.record(by, "hazard.restore", hazard)
    catch_up(hazard, by=by)
    tell_firm(hazard, "隐患已恢复登记，请整改", by=by, body=reason)
    return hazard


def _waiting(hazard: Hazard, *states: str) -> Reconsideration:
    asked = hazard.reconsiderations.filter(state__in=states).first()
    if asked is None:
        raise MoveRefused("没有等待处理的更改认定，请刷新页面查看")
    return asked
