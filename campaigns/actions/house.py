"""Within the respondent's house: 填报人 → 审核人 → 签发, before anything is handed in; and who stands in for whom."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from campaigns import messages
from campaigns.models import Obligation, Submission
from lib.actor import Actor
from lib.transitions import MoveRefused, move
from organizations import audit
from organizations.models import HouseStep

S = Submission.State
STATES = {HouseStep.Step.REVIEW: S.REVIEWING, HouseStep.Step.SIGN: S.SIGNING}
IN_STEP = {state: step for step, state in STATES.items()}


def steps_of(obligation: Obligation) -> list[HouseStep]:
    """The steps of the unit that owes it, in order; a firm and most units have none."""
    return HouseStep.objects.of(obligation.unit) if obligation.unit else []


def pass_on(draft: Submission, obligation: Obligation, *, by: Actor, stamps: dict[str, Any]) -> bool:
    """Let the draft take the next step, with the content as `stamps`; False where it may leave the house now.

    Whoever wrote it does not check it himself; in a step only its person or stand-in acts.
    """
    steps = steps_of(obligation)
    current = IN_STEP.get(S(draft.state))
    if current:
        _check_turn(steps, current, draft, by)
    ahead = [row for row in steps if current is None or row.position > _position(current)]
    if not ahead:
        return False
    step = ahead[0]
    move(draft, STATES[HouseStep.Step(step.step)], by=by, comment=stood_in(steps, current, by), **stamps)
    audit.record(by, f"submission.{draft.state}", draft)
    messages.in_house(draft, obligation, step, by=by)
    return True


@transaction.atomic
def send_back(draft: Submission, *, reason: str, by: Actor) -> Submission:
    """退回填报人, within the house: it is a draft again, and who wrote it is told why."""
    if not reason.strip():
        raise MoveRefused("请写明退回理由，填报人将据此修改。")
    current = IN_STEP.get(S(draft.state))
    if current is None:
        raise MoveRefused("这一稿不在本单位审签中，请刷新页面。")
    _check_turn(steps_of(draft.obligation), current, draft, by)
    move(draft, S.DRAFT, by=by, comment=reason.strip())
    messages.sent_back(draft, reason.strip(), by=by)
    return draft


def turn_of(draft: Submission, steps: list[HouseStep]) -> HouseStep | None:
    """Whose turn it is; None for a draft, or where the step was abolished meanwhile."""
    current = IN_STEP.get(S(draft.state))
    return next((row for row in steps if row.step == current), None)


def stood_in(steps: list[HouseStep], current: str | None, by: Actor) -> str:
    """B角代办, for the trail."""
    row = next((row for row in steps if row.step == current), None)
    return f"B角代{row.get_step_display()}" if row and by.user and row.stand_in_id == by.user.pk else ""


def _check_turn(steps: list[HouseStep], current: str, draft: Submission, by: Actor) -> None:
    row = next((row for row in steps if row.step == current), None)
    if row is None:
        return  # the unit has given up this step while the draft was in it
    if not row.is_for(by.user):
        people = "、".join(str(one) for one in (row.person, row.stand_in) if one)
        raise MoveRefused(f"现在由{people}{row.get_step_display()}，请其办理。")
    if by.user and draft.created_by_id == by.user.pk:
        raise MoveRefused(f"本人填报的不能由本人{row.get_step_display()}，请由另一人（A角或B角）办理。")


def _position(step: str) -> int:
    return HouseStep.Step.values.index(step)
