"""Who may hand in, review and register: the post's permission and its place in the obligation."""

from campaigns.models import Assignment, Campaign, Contact, Deliverable, Letter, NoticeIssue, Obligation
from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import Unit
from organizations.permissions import Denied, Permission, allowed

ENDED = (Obligation.State.WAIVED, Obligation.State.SUPERSEDED, Obligation.State.ENDED)


COUNTED = "该事项按检查记录自动计数，不需报送；检查记录登记后自动更新。"


def may_hand_in(actor: Actor, obligation: Obligation) -> bool | Denied:
    """The respondent's own people, while it is owed."""
    return _may_act_for(actor, obligation, Permission.HAND_IN)


def may_fill(actor: Actor, obligation: Obligation) -> bool | Denied:
    """Whoever may write what another hands in: the answers to a checklist; of anything else, who hands in."""
    is_checklist = obligation.deliverable.form_kind == "checklist"
    return _may_act_for(actor, obligation, Permission.CHECKLIST_ANSWER if is_checklist else Permission.HAND_IN)


def _may_act_for(actor: Actor, obligation: Obligation, permission: Permission) -> bool | Denied:
    verdict = allowed(actor, permission)
    if actor.is_system:
        return True
    if not _is_respondent(actor, obligation):
        return verdict and Denied("只有填报单位可以报送；收到邮件或纸质材料的，请用“代登记”。")
    if isinstance(verdict, Denied):
        return Denied(f"{verdict.reason}请由{_who_hands_in(obligation)}办理。")
    if obligation.state in ENDED:
        return Denied(f"该任务{obligation.get_state_display()}，不需再报。")
    if obligation.is_counted:
        return Denied(COUNTED)
    return True


def _who_hands_in(obligation: Obligation) -> str:
    return "本企业主要负责人或安全总监（分管负责人）" if obligation.enterprise_id else "本单位经办人"


def _is_respondent(actor: Actor, obligation: Obligation) -> bool:
    """The unit itself, or a bureau for its office and an office for its bureau: the same house."""
    if actor.enterprise:
        return actor.enterprise.pk == obligation.enterprise_id
    return bool(actor.unit) and obligation.unit_id in jurisdiction.reach(actor).units


def may_review(actor: Actor, obligation: Obligation) -> bool | Denied:
    """The recipients' people."""
    if not (verdict := allowed(actor, Permission.REVIEW)) or actor.is_system:
        return verdict
    if not obligation.recipients.filter(pk__in=jurisdiction.reach(actor).units).exists():
        return Denied("只有接收单位可以审核。")
    return True


def may_waive(actor: Actor, obligation: Obligation) -> bool | Denied:
    """The recipients' people; the lead unit's where nobody receives it (留存备查) or records fulfil it."""
    if not (verdict := allowed(actor, Permission.REVIEW)) or actor.is_system:
        return verdict
    mine = jurisdiction.reach(actor).units
    receivers = set(obligation.recipients.values_list("pk", flat=True))
    if receivers & set(mine):
        return True
    if obligation.is_counted or not receivers:
        lead = obligation.deliverable.campaign.lead_unit_id in mine
        return lead or Denied("没有接收单位的和按记录计数的事项，由专项行动的牵头单位决定免报。")
    return Denied("只有接收单位可以决定免报。")


def may_audit(actor: Actor, obligation: Obligation) -> bool | Denied:
    """审核把关: the people of a recipient beside the lead unit, the office in charge."""
    if not (verdict := allowed(actor, Permission.REVIEW)) or actor.is_system:
        return verdict
    offices = obligation.recipients.exclude(pk=obligation.deliverable.campaign.lead_unit_id)
    if not offices.filter(pk__in=jurisdiction.reach(actor).units).exists():
        return Denied("只有行业对口科室可以审核把关。")
    return True


def may_register(actor: Actor, obligation: Obligation) -> bool | Denied:
    """A recipient notes what came by mail or on paper (代登记)."""
    if not (verdict := may_review(actor, obligation)):
        return verdict
    if obligation.state in ENDED:
        return Denied(f"该任务{obligation.get_state_display()}，不需登记。")
    if obligation.is_counted:
        return Denied(COUNTED)
    return True


def may_name_contacts(actor: Actor, contact: Contact) -> bool | Denied:
    """The holder's own people who may hand in, and those above who ring it."""
    if actor.enterprise or contact.unit_id in (jurisdiction.reach(actor).units if actor.unit else ()):
        return allowed(actor, Permission.HAND_IN)
    return allowed(actor, Permission.CHASE)


def may_issue(actor: Actor, notice: NoticeIssue) -> bool | Denied:
    """The issuing house's officers: edit, send out, withdraw."""
    if not (verdict := allowed(actor, Permission.NOTICE_ISSUE)) or actor.is_system:
        return verdict
    if notice.issuer_id not in jurisdiction.reach(actor).units:
        return Denied(f"只有下发单位（{notice.issuer}）可以办理。")
    return True


def may_prepare(actor: Actor, letter: Letter) -> bool | Denied:
    """The sending house's clerks change the words of a draft."""
    return _of_sender(actor, letter, Permission.LETTER_PREPARE)


def may_press(actor: Actor, campaign: Campaign) -> bool | Denied:
    """The lead unit's clerks have a 督办函 or 约谈通知 drafted."""
    if not (verdict := allowed(actor, Permission.LETTER_PREPARE)) or actor.is_system:
        return verdict
    if campaign.lead_unit_id not in jurisdiction.reach(actor).units:
        return Denied(f"只有牵头单位（{campaign.lead_unit}）可以督办和约谈。")
    return True


def may_release(actor: Actor, letter: Letter) -> bool | Denied:
    """The sending house's clerks and leaders send a draft out, or withdraw it."""
    return _of_sender(actor, letter, Permission.LETTER_RELEASE)


def _of_sender(actor: Actor, letter: Letter, permission: Permission) -> bool | Denied:
    if not (verdict := allowed(actor, permission)) or actor.is_system:
        return verdict
    if letter.from_unit_id not in jurisdiction.reach(actor).units:
        return Denied(f"只有发函单位（{letter.from_unit}）可以办理。")
    if not letter.is_draft:
        return Denied(f"这份函件{letter.get_state_display()}，不能再改动。")
    return True


def may_tailor(actor: Actor, duty: Deliverable) -> bool | Denied:
    """A clerk of a district's bureau of the line, until the district has spoken."""
    if not (verdict := allowed(actor, Permission.CAMPAIGN_EDIT)):
        return verdict
    unit = actor.unit
    line = duty.line or duty.campaign.line
    if unit is None or line not in unit.lines or unit.area_id == duty.campaign.area_id:
        return Denied("由区市同条线的主管部门公布。")
    if duty.tailorings.filter(area=unit.area_id).exists():
        return Denied(f"{unit.area}已公布。")
    return True


def may_edit(actor: Actor, campaign: Campaign) -> bool | Denied:
    """The lead unit's officers (its bureau and offices count as one house)."""
    if not (verdict := allowed(actor, Permission.CAMPAIGN_EDIT)) or actor.is_system:
        return verdict
    if campaign.lead_unit_id not in jurisdiction.reach(actor).units:
        return Denied(f"只有牵头单位（{campaign.lead_unit}）可以维护这个专项行动。")
    return True


def part_of(actor: Actor, assignment: Assignment) -> Unit | None:
    """The unit of the task for which the actor's house speaks: its lead unit before a cooperating one."""
    mine = jurisdiction.reach(actor).units if actor.unit else ()
    units = [*assignment.lead_units.all(), *assignment.cooperating_units.all()]
    return next((unit for unit in units if unit.pk in mine), None)


def may_report(actor: Actor, assignment: Assignment) -> bool | Denied:
    """People of the task's lead and cooperating units who may hand in."""
    if not (verdict := allowed(actor, Permission.HAND_IN)) or actor.is_system:
        return verdict
    if part_of(actor, assignment) is None:
        return Denied("只有这项任务的牵头单位和配合单位可以报告进展。")
    return _runs(assignment)


def may_judge(actor: Actor, assignment: Assignment) -> bool | Denied:
    """认定: those who review in the lead unit of the campaign."""
    if not (verdict := allowed(actor, Permission.REVIEW)) or actor.is_system:
        return verdict
    if assignment.campaign.lead_unit_id not in jurisdiction.reach(actor).units:
        return Denied(f"只有专项行动的牵头单位（{assignment.campaign.lead_unit}）可以认定。")
    return _runs(assignment)


def _runs(assignment: Assignment) -> bool | Denied:
    if assignment.campaign.state != Campaign.State.RUNNING:
        return Denied("专项行动未在进行，不能报告和认定进展。")
    return True
