"""What the receiving officer decides about a single duty: its day, or that it need not be answered."""

from datetime import datetime

from django.db import transaction

from campaigns.models import Obligation
from lib.actor import Actor
from lib.transitions import MoveRefused, move
from organizations import audit

State = Obligation.State


@transaction.atomic
def set_due(obligation: Obligation, *, due_at: datetime, reason: str, by: Actor) -> Obligation:
    """Confirm the day of one that was opened late, or move it; the original days stay beside it for ever."""
    rows = Obligation.objects.select_for_update(of=("self",), no_key=True)
    obligation.refresh_from_db(from_queryset=rows)
    if obligation.state != State.OPEN:
        raise MoveRefused(f"该任务{obligation.get_state_display()}，不能再调整时限。")
    if not reason.strip():
        raise MoveRefused("请写明调整时限的理由。")
    before = obligation.due_at
    obligation.due_at = due_at
    obligation.late_to_open = False
    obligation.save(update_fields=["due_at", "late_to_open"])
    audit.record(by, "obligation.set_due", obligation, reason=reason.strip(), before=str(before), after=str(due_at))
    return obligation


@transaction.atomic
def waive(obligation: Obligation, *, reason: str, by: Actor) -> Obligation:
    """免报: it leaves every denominator."""
    if not reason.strip():
        raise MoveRefused("请写明免报的理由。")
    if obligation.submissions.awaiting_review().exists():
        raise MoveRefused("有待审核的报送件，请先审核。")
    return move(obligation, State.WAIVED, by=by, comment=reason, ended_reason=reason.strip()[:200])
