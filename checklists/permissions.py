"""Who may answer, submit and review: the post's permission, whose inspection it is, and where its hand-in stands."""

from campaigns.models import Obligation, Submission
from campaigns.permissions import ENDED, may_review
from checklists.models import SelfInspection
from lib.actor import Actor
from organizations.permissions import Denied, Permission, allowed

HELD = "已提交，等待审核或已接收，不能修改；确需修改的，请联系本单位审签人或接收单位退回。"


def is_of_house(actor: Actor, row: SelfInspection | Obligation) -> bool:
    """The respondent's own people; a bureau and its offices are one house."""
    if actor.enterprise:
        return actor.enterprise.pk == row.enterprise_id
    if not actor.unit or not row.unit:
        return False
    mine, its = actor.unit, row.unit
    return its.pk in (mine.pk, mine.part_of_id) or its.part_of_id == mine.pk


def may_open(actor: Actor, obligation: Obligation) -> bool | Denied:
    if not (verdict := allowed(actor, Permission.CHECKLIST_ANSWER)):
        return verdict
    if not is_of_house(actor, obligation):
        return Denied("只有填报单位自己可以填写对照检查。")
    if obligation.state in ENDED:
        return Denied(f"该任务{obligation.get_state_display()}，不需再填。")
    return True


def may_answer(actor: Actor, inspection: SelfInspection) -> bool | Denied:
    """`inspection` comes with `held` (see `with_held`)."""
    if not (verdict := allowed(actor, Permission.CHECKLIST_ANSWER)):
        return verdict
    if not is_of_house(actor, inspection):
        return Denied("只有填报单位自己可以填写对照检查。")
    return Denied(HELD) if inspection.held else True


def may_submit(actor: Actor, inspection: SelfInspection) -> bool | Denied:
    if not (verdict := allowed(actor, Permission.CHECKLIST_SUBMIT)):
        return _who_submits(inspection)
    return may_answer(actor, inspection) and verdict


def _who_submits(inspection: SelfInspection) -> Denied:
    who = "企业主要负责人或安全总监（分管负责人）" if inspection.enterprise_id else "本单位经办人"
    return Denied(f"您可以填写；提交须由{who}登录后进行。")


def may_decide(actor: Actor, submission: Submission | None) -> bool | Denied:
    """Accept or return: a recipient, while the hand-in waits for it."""
    if submission is None or submission.state != Submission.State.SUBMITTED:
        return Denied("目前没有等待审核的报送件。")
    return may_review(actor, submission.obligation)
