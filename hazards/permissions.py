"""What one may do with a hazard now: post, jurisdiction, state, answered with the reason where not.

Each `may_…` is a list of questions asked in turn; the first refusal is the answer. Views ask before they act, pages ask
to show a button or why it is dead; the actions ask the state again under the row's lock.
"""

from collections.abc import Callable

from hazards.actions.records import BEFORE_RECHECK, OPEN_STATES
from hazards.models import Hazard, Measure, Problem, Reconsideration
from lib.actor import Actor
from organizations import jurisdiction
from organizations.permissions import Denied, Permission, allowed

Verdict = bool | Denied
Question = Callable[[Actor, Hazard], Verdict]


class NotNow(Denied):
    """The post may, the hazard's state does not let it: a page a moment old is answered so, not by a 403."""


P = Permission
S = Hazard.State


def rule(*questions: Question) -> Question:
    """All of them, in this order; nothing later is asked once one has refused."""

    def ask(actor: Actor, hazard: Hazard) -> Verdict:
        for question in questions:
            verdict = question(actor, hazard)
            if not verdict:
                return verdict
        return True

    return ask


def either(first: Question, second: Question) -> Question:
    return lambda actor, hazard: bool(first(actor, hazard)) or second(actor, hazard)


# Who


def post(permission: Permission) -> Question:
    return lambda actor, hazard: allowed(actor, permission)


def own_firm(actor: Actor, hazard: Hazard) -> Verdict:
    mine = actor.is_system or bool(actor.enterprise and actor.enterprise.pk == hazard.enterprise_id)
    return mine or Denied("由该企业自己办理。")


def in_charge(actor: Actor, hazard: Hazard) -> Verdict:
    """Handled in the unit's area and of its sectors, or found by the unit itself; who merely sees it may not act."""
    if jurisdiction.sees_everything(actor):
        return True
    if not actor.unit:
        return Denied("由监管部门办理。")
    mine = jurisdiction.reach(actor)
    if mine.holds(hazard.handled_in_id, hazard.sector_id) or hazard.found_by_unit_id in mine.units:
        return True
    return Denied(f"该隐患由{hazard.handled_in}办理，不在贵单位管辖范围内。")


def handler(actor: Actor, hazard: Hazard) -> Verdict:
    """Of those in charge the units that handle it: who merely found it does not speak for the firm."""
    if jurisdiction.sees_everything(actor):
        return True
    if actor.unit and jurisdiction.reach(actor).holds(hazard.handled_in_id, hazard.sector_id):
        return True
    return Denied(f"由{hazard.handled_in}的监管部门代录。")


def recorder(actor: Actor, hazard: Hazard) -> Verdict:
    """The side that registered it: the firm what it found itself, a unit what it found."""
    return own_firm(actor, hazard) if hazard.is_self_found and actor.enterprise else in_charge(actor, hazard)


def lister(actor: Actor, hazard: Hazard) -> Verdict:
    """谁挂牌谁摘牌; a listing by a unit that is not in the portal is taken off by those in charge."""
    listing = hazard.listings.filter(delisted_on__isnull=True).first()
    if listing is None:
        return NotNow("该隐患没有在挂牌督办。")
    if listing.unit_id is None or jurisdiction.sees_everything(actor):
        return in_charge(actor, hazard)
    mine = actor.unit is not None and listing.unit_id in jurisdiction.reach(actor).units
    return mine or Denied(f"由{listing.unit_name}摘牌。")


# What it is


def state(*states: str) -> Question:
    wanted = "、".join(S(one).label for one in states)

    def ask(actor: Actor, hazard: Hazard) -> Verdict:
        return hazard.state in states or NotNow(f"隐患现为“{hazard.get_state_display()}”，“{wanted}”时办理。")

    return ask


def that(test: Callable[[Hazard], object], reason: str) -> Question:
    """A fact of the row itself, with the reason given where it does not hold."""
    return lambda actor, hazard: bool(test(hazard)) or NotNow(reason)


major = that(lambda h: h.is_major, "一般隐患无需此步骤。")
judged_or_general = that(lambda h: not h.is_major or h.state != S.REGISTERED, "拟定为重大的隐患须先由监管部门判定。")
not_judged = that(lambda h: not (h.is_major and h.judged_on), "已判定为重大事故隐患。")
under_treatment = that(
    lambda h: not h.is_major or h.state == S.RECTIFYING, "重大事故隐患须先判定，并落实整改“五到位”。"
)
planned = that(lambda h: not h.is_major or not h.missing_of_plan, "请先填写整改“五到位”。")
rectified = that(lambda h: h.rectified_on, "请先填报整改完成时间。")
not_rectified = that(lambda h: not h.rectified_on, "已填报整改完成。")
signed = that(lambda h: h.is_fully_signed, "须主要负责人和安全总监（分管负责人）先签字。")
not_signed = that(lambda h: not h.is_fully_signed, "两人均已签字。")
needs_recheck = that(lambda h: h.is_major and h.needs_recheck, "该隐患无需部门复查。")
no_recheck = that(lambda h: not (h.is_major and h.needs_recheck), "须经监管部门复查后销号。")
not_checked = that(lambda h: not h.checked_on, "销号后已经核查。")
not_listed = that(lambda h: not h.listed, "该隐患正在挂牌督办。")


def signing_post(actor: Actor, hazard: Hazard) -> Verdict:
    return bool(allowed(actor, P.HAZARD_SIGN_HEAD)) or allowed(actor, P.HAZARD_SIGN_DIRECTOR)


def not_yet_signed_by(actor: Actor, hazard: Hazard) -> Verdict:
    head = bool(allowed(actor, P.HAZARD_SIGN_HEAD))
    name = hazard.signed_head if head else hazard.signed_director
    return not name or NotNow(f"{name}已签字。")


def nothing_pending(actor: Actor, hazard: Hazard) -> Verdict:
    if hazard.reconsiderations.pending().exists():
        return NotNow("有一项异议或更改认定等待处理。")
    return True


def not_proposed(actor: Actor, hazard: Hazard) -> Verdict:
    """An objection may be taken up; what an officer has proposed waits for the second one."""
    waiting = hazard.reconsiderations.filter(state=Reconsideration.State.PROPOSED)
    return not waiting.exists() or NotNow("已提请更改认定，等待第二人复核。")


def proposed_by_another(actor: Actor, hazard: Hazard) -> Verdict:
    asked = hazard.reconsiderations.filter(state=Reconsideration.State.PROPOSED).first()
    if asked is None:
        return NotNow("没有等待复核的更改认定。")
    own = actor.user is not None and asked.proposed_by_id == actor.user.pk
    return Denied("须由提出人以外的人员复核。") if own else True


def something_pending(actor: Actor, hazard: Hazard) -> Verdict:
    """An objection to answer, or another's proposal; one's own proposal somebody else refuses."""
    asked = hazard.reconsiderations.pending().first()
    if asked is None:
        return NotNow("没有等待处理的异议或更改认定。")
    own = asked.proposed_by_id is not None and actor.user is not None and asked.proposed_by_id == actor.user.pk
    return Denied("须由提出人以外的人员复核。") if own else True


# Acts of the firm

may_correct = rule(post(P.HAZARD_REGISTER), state(S.REGISTERED), recorder)
may_object = rule(post(P.HAZARD_RECTIFY), own_firm, state(*BEFORE_RECHECK), nothing_pending)
may_plan = rule(post(P.HAZARD_RECTIFY), own_firm, state(*BEFORE_RECHECK), major)
may_start = rule(post(P.HAZARD_RECTIFY), own_firm, state(S.REGISTERED, S.CONFIRMED), judged_or_general, planned)
may_fix_at_once = rule(post(P.HAZARD_RECTIFY), own_firm, state(S.REGISTERED, S.CONFIRMED), judged_or_general)
may_log_progress = rule(post(P.HAZARD_RECTIFY), own_firm, state(*OPEN_STATES))
may_take_measures = rule(post(P.HAZARD_RECTIFY), own_firm, state(*OPEN_STATES))
may_report_rectified = rule(post(P.HAZARD_RECTIFY), own_firm, state(S.RECTIFYING), not_rectified)
may_sign = rule(signing_post, own_firm, state(S.RECTIFYING), major, rectified, not_yet_signed_by)
may_sign_on_paper = rule(post(P.HAZARD_RECTIFY), own_firm, state(S.RECTIFYING), major, rectified, not_signed)
may_close = rule(
    post(P.HAZARD_RECTIFY),
    own_firm,
    state(S.RECTIFYING),
    rectified,
    that(lambda h: not h.is_major or h.is_fully_signed, "须主要负责人和安全总监（分管负责人）先签字。"),
    no_recheck,
)
may_request_recheck = rule(post(P.HAZARD_RECTIFY), own_firm, state(S.RECTIFYING), needs_recheck, rectified, signed)

# Acts of the department

may_judge = rule(post(P.HAZARD_JUDGE), in_charge, state(S.REGISTERED, S.RECTIFYING), not_judged, nothing_pending)
may_correct_basis = rule(
    post(P.HAZARD_JUDGE), in_charge, state(S.CONFIRMED, S.RECTIFYING, S.RECHECK_REQUESTED, S.CLOSED), major
)
may_propose = rule(
    either(post(P.HAZARD_DISMISS), post(P.HAZARD_JUDGE)), in_charge, state(*BEFORE_RECHECK), not_proposed, not_listed
)
may_confirm = rule(post(P.HAZARD_DISMISS), in_charge, state(*BEFORE_RECHECK), proposed_by_another, not_listed)
may_refuse = rule(post(P.HAZARD_DISMISS), in_charge, state(*OPEN_STATES, S.CLOSED), something_pending)
may_restore = rule(post(P.HAZARD_DISMISS), in_charge, state(S.DISMISSED))
may_record_measures = rule(post(P.HAZARD_PENALISE), in_charge, state(*OPEN_STATES))
may_extend = rule(post(P.HAZARD_JUDGE), in_charge, state(*OPEN_STATES))
may_recheck = rule(post(P.HAZARD_RECHECK), in_charge, state(S.RECHECK_REQUESTED))
may_check = rule(post(P.HAZARD_RECHECK), in_charge, state(S.CLOSED), not_checked)
may_reopen = rule(post(P.HAZARD_RECHECK), in_charge, state(S.CLOSED))
may_list = rule(
    post(P.HAZARD_LIST), in_charge, state(S.CONFIRMED, S.RECTIFYING, S.RECHECK_REQUESTED), major, not_listed
)
may_delist = rule(post(P.HAZARD_LIST), lister)
may_plan_for_firm = rule(post(P.HAZARD_STAND_IN), handler, state(*BEFORE_RECHECK), major)
may_close_for_firm = rule(
    post(P.HAZARD_STAND_IN), handler, state(S.REGISTERED, S.CONFIRMED, S.RECTIFYING), under_treatment
)
may_hand_over = rule(post(P.HAZARD_JUDGE), in_charge, state(*OPEN_STATES))


def may_register(actor: Actor) -> Verdict:
    return allowed(actor, P.HAZARD_REGISTER)


def may_order_stop(actor: Actor, hazard: Hazard) -> Verdict:
    """责令停产停业 is for a unit with 直接监管 of the sector (S000, S001 四(二))."""
    verdict = allowed(actor, P.HAZARD_PENALISE)
    if not verdict or actor.unit is None:
        return verdict or Denied("由监管部门办理。")
    return actor.unit.supervises_directly(hazard.sector) or Denied("贵单位对该行业没有直接监管职责。")


may_penalise = rule(in_charge, may_order_stop, state(*OPEN_STATES, S.CLOSED))


# The two lists


def may_edit_list(actor: Actor, row: Problem | Measure) -> Verdict:
    """A unit writes its own list; those above it read."""
    verdict = may_add_to_list(actor)
    if not verdict or actor.is_system:
        return verdict
    mine = jurisdiction.reach(actor).units
    return row.unit_id in mine or Denied(f"由{row.unit}维护。")


def may_add_to_list(actor: Actor) -> Verdict:
    verdict = allowed(actor, P.HAND_IN)
    if not verdict or actor.is_system or actor.unit:
        return verdict
    return Denied("两个清单由监管部门填写。")
