"""销号: two signatures, the department's recheck where it is needed, the check afterwards, and coming back."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from hazards.actions.moving import catch_up
from hazards.actions.notices import tell_firm, tell_supervisors
from hazards.actions.records import check_order, hold, note, refuse_if, write
from hazards.models import Closing, Hazard, HazardEntry, Signature
from lib.actor import Actor
from lib.text import full_date
from lib.transitions import move
from organizations import audit
from organizations.models.people import Role

S = Hazard.State
Kind = HazardEntry.Kind
SIGNS_AS: dict[str, Signature.Role] = {Role.HEAD: Signature.Role.HEAD, Role.DIRECTOR: Signature.Role.DIRECTOR}
# What a hazard loses when its treatment starts again; the time line keeps it.
UNDONE: dict[str, Any] = {
    "rectified_on": None,
    "recheck_requested_on": None,
    "rechecked_on": None,
    "rechecked_by": "",
    "checked_on": None,
    "checked_by": "",
    "signed_head": "",
    "signed_director": "",
    "closed_on": None,
}


@transaction.atomic
def sign(hazard: Hazard, *, by: Actor) -> Signature:
    """签字 with the signer's own password, which the form has just asked for; as head or director, by the post."""
    role = SIGNS_AS.get(by.role)
    refuse_if(role is None, "只有企业主要负责人和安全总监（分管负责人）可以签字")
    return _signed(hazard, by, role=role, user=by.user, name=str(by.user), method=Signature.Method.PASSWORD)


@transaction.atomic
def sign_on_paper(hazard: Hazard, *, by: Actor, role: str, signer: str) -> Signature:
    """签字 on a photographed sheet, entered by the firm's people or a clerk (代录) for a signer registered with it."""
    known = hazard.registered_signers(role)
    named = f"，本企业登记的是{'、'.join(sorted(known))}" if known else "，请先在企业信息中登记"
    refuse_if(signer not in known, f"“{signer}”不是登记的{Signature.Role(role).label}{named}")
    return _signed(hazard, by, role=role, user=known[signer], name=signer, method=Signature.Method.SHEET)


def _signed(hazard: Hazard, by: Actor, **signature: Any) -> Signature:
    hold(hazard, S.RECTIFYING)
    refuse_if(not hazard.is_major, "一般隐患无需签字，整改完成后即可销号")
    refuse_if(not hazard.rectified_on, "请先填报整改完成时间，再签字")
    _refuse_same_signer(hazard, signature)
    recorded = {"recorded_by": by.label[:80], "on_behalf_of": by.on_behalf_of[:120]}
    made = Signature.objects.create(hazard=hazard, **recorded, **signature)
    write(hazard, **{f"signed_{made.role}": made.name})
    note(hazard, Kind.SIGNED, f"{made.get_role_display()}{made.name}（{made.get_method_display()}）", by=by)
    if hazard.is_fully_signed:
        _after_two_signatures(hazard, by)
    return made


def _refuse_same_signer(hazard: Hazard, new: dict[str, Any]) -> None:
    for one in hazard.signatures.valid():
        refuse_if(one.role == new["role"], f"{one.get_role_display()}已由{one.name}签字，无需重复")
        same = one.name == new["name"] or (one.user_id and new["user"] and one.user_id == new["user"].pk)
        refuse_if(same, f"{one.name}已以{one.get_role_display()}身份签字，两个签字须为两人")


def _after_two_signatures(hazard: Hazard, by: Actor) -> None:
    if hazard.needs_recheck:
        if not by.on_behalf_of:
            tell_firm(hazard, "两人签字完成，请向监管部门申请复查", by=by)
        return
    _close(hazard, by, closed_on=timezone.localdate(), comment="主要负责人、安全总监（分管负责人）签字销号")
    tell_supervisors(hazard, f"{hazard.enterprise}自查的重大事故隐患已签字销号，请核查", by=by)


def _close(hazard: Hazard, by: Actor, *, closed_on: date, comment: str, **stamps: Any) -> None:
    move(hazard, S.CLOSED, by=by, comment=comment, closed_on=closed_on, **stamps)
    Closing.objects.create(hazard=hazard, closed_on=closed_on, by=by.label[:80])
    audit.record(by, "hazard.close", hazard)


@transaction.atomic
def close(hazard: Hazard, *, by: Actor) -> Hazard:
    """销号 by the firm: a general hazard once rectified; a major one only signed by two and without need of recheck."""
    hold(hazard, S.RECTIFYING)
    refuse_if(not hazard.rectified_on, "请先填报整改完成时间，再销号")
    if hazard.is_major:
        refuse_if(not hazard.is_fully_signed, "重大事故隐患须主要负责人和安全总监（分管负责人）签字后销号")
        refuse_if(hazard.needs_recheck, "该隐患须经监管部门复查后销号，请申请复查")
    _close(hazard, by, closed_on=timezone.localdate(), comment="整改完成，企业销号")
    if not hazard.is_self_found:
        tell_supervisors(hazard, f"{hazard.enterprise}已将隐患整改销号", by=by)
    return hazard


@transaction.atomic
def request_recheck(hazard: Hazard, *, by: Actor) -> Hazard:
    """申请复查, after the firm's own acceptance and both signatures."""
    hold(hazard, S.RECTIFYING)
    refuse_if(not (hazard.is_major and hazard.needs_recheck), "该隐患无需部门复查，可直接销号")
    refuse_if(not hazard.is_fully_signed, "请先由主要负责人和安全总监（分管负责人）签字，再申请复查")
    move(hazard, S.RECHECK_REQUESTED, by=by, recheck_requested_on=timezone.localdate())
    audit.record(by, "hazard.request_recheck", hazard)
    tell_supervisors(hazard, f"{hazard.enterprise}申请复查，请派两名执法人员复查", by=by)
    return hazard


@transaction.atomic
def recheck(
    hazard: Hazard,
    *,
    by: Actor,
    passed: bool,
    rechecked_on: date,
    inspectors: tuple[str, str],
    opinion: str = "",
    deadline_on: date | None = None,
) -> Hazard:
    """复查 by two officers (山东省安全生产条例 §42): passed, it is closed that day; failed, treatment starts again."""
    hold(hazard, S.RECHECK_REQUESTED)
    check_order(("申请复查时间", hazard.recheck_requested_on), ("复查时间", rechecked_on))
    names = _two(inspectors)
    if not passed:
        _restart(hazard, by, comment=f"复查未通过（{names}）：{opinion}", deadline_on=deadline_on)
        tell_firm(hazard, "复查未通过，请继续整改", by=by, body=opinion)
        return hazard
    stamps = {"rechecked_on": rechecked_on, "rechecked_by": names}
    _close(hazard, by, closed_on=rechecked_on, comment=f"复查通过（{names}）。{opinion}", **stamps)
    tell_firm(hazard, "复查通过，隐患已销号", by=by, body=opinion)
    return hazard


def _two(inspectors: tuple[str, str]) -> str:
    names = [name.strip() for name in inspectors]
    refuse_if(not all(names) or len(set(names)) != 2, "请填写两名不同的检查人员姓名")
    return "、".join(names)


@transaction.atomic
def check(
    hazard: Hazard,
    *,
    by: Actor,
    passed: bool,
    checked_on: date,
    inspectors: tuple[str, str],
    opinion: str = "",
    deadline_on: date | None = None,
) -> Hazard:
    """部门核查 after closing, with its own date; what it finds not done is reopened."""
    hold(hazard, S.CLOSED)
    refuse_if(hazard.checked_on, "该隐患销号后已经核查，回头看发现问题的请用“重新整改”")
    check_order(("销号时间", hazard.closed_on), ("核查时间", checked_on))
    names = _two(inspectors)
    result = "属实" if passed else "未整改到位"
    note(hazard, Kind.CHECKED, f"{full_date(checked_on)}核查{result}（{names}）。{opinion}", by=by)
    if passed:
        write(hazard, checked_on=checked_on, checked_by=names[:80])
        return hazard
    return reopen(hazard, by=by, reopened_on=checked_on, reason=f"部门核查未通过：{opinion}", deadline_on=deadline_on)


@transaction.atomic
def reopen(hazard: Hazard, *, by: Actor, reopened_on: date, reason: str, deadline_on: date | None = None) -> Hazard:
    """重新整改: 回头看 found it unfinished, or it came back (复发). Its closing stays, marked as reopened."""
    hold(hazard, S.CLOSED)
    check_order(("销号时间", hazard.closed_on), ("重新整改日期", reopened_on))
    standing = hazard.closings.filter(reopened_on__isnull=True)
    standing.update(reopened_on=reopened_on, reason=reason[:200])
    _restart(hazard, by, comment=reason, deadline_on=deadline_on)
    catch_up(hazard, by=by)
    tell_firm(hazard, "隐患须重新整改", by=by, body=reason)
    return hazard


def _restart(hazard: Hazard, by: Actor, *, comment: str, deadline_on: date | None) -> None:
    """Back to 整改中; signatures given for what did not hold are withdrawn."""
    deadline = {"deadline_on": deadline_on, "deadline_text": ""} if deadline_on else {}
    hazard.signatures.valid().update(withdrawn_at=timezone.now())
    move(hazard, S.RECTIFYING, by=by, comment=comment, **UNDONE, **deadline)
    audit.record(by, "hazard.restart", hazard)
