"""What is decided about a single duty: its day, that it need not be answered, whether a late mark stands."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from campaigns import messages
from campaigns.models import Extension, Objection, Obligation
from campaigns.models.obligations import ObligationQuerySet
from lib.actor import Actor
from lib.transitions import MoveRefused, move
from organizations import audit

State = Obligation.State
BATCH = 1000


@transaction.atomic
def set_due(obligation: Obligation, *, due_at: datetime, reason: str, by: Actor) -> Obligation:
    """Confirm the day of one that was opened late, or move it; the original days stay beside it for ever."""
    _lock_open(obligation, "请写明调整时限的理由。", reason)
    Extension.objects.create(
        obligation=obligation,
        before=obligation.due_at,
        until=due_at,
        reason=reason.strip(),
        state=Extension.State.GRANTED,
        asked_by=by.label[:80],
        decided_by=by.label[:80],
        decided_at=timezone.now(),
    )
    return _move_day(obligation, due_at, reason, by)


@transaction.atomic
def set_days(rows: ObligationQuerySet, *, due_at: datetime, reason: str, by: Actor) -> int:
    """One day for all of these that wait for one (待确认期限), a district's round for instance; how many there were.

    Five statements for a thousand; what is handed in, waived or has a day meanwhile is left alone.
    """
    if not reason.strip():
        raise MoveRefused("请写明统一设定时限的理由。")
    if due_at <= timezone.now():
        raise MoveRefused("统一设定的时限须不早于今天。")
    done = 0
    while batch := list(rows.unconfirmed().order_by("pk").select_for_update(of=("self",), no_key=True)[:BATCH]):
        _set_batch(batch, due_at, reason.strip(), by)
        done += len(batch)
    if not done:
        raise MoveRefused("没有待确认期限的任务，可能已由他人设定，请刷新页面。")
    return done


def _set_batch(batch: list[Obligation], due_at: datetime, reason: str, by: Actor) -> None:
    said = {"reason": reason, "state": Extension.State.GRANTED, "decided_at": timezone.now()}
    said |= dict.fromkeys(("asked_by", "decided_by"), by.label[:80])
    Extension.objects.bulk_create(Extension(obligation=row, before=row.due_at, until=due_at, **said) for row in batch)
    keys = [row.pk for row in batch]
    Obligation.objects.filter(pk__in=keys).update(due_at=due_at, late_to_open=False)
    audit.record(by, "obligation.set_days", batch[0].deliverable, ids=keys, reason=reason, after=str(due_at))


@transaction.atomic
def ask_extension(obligation: Obligation, *, until: datetime, reason: str, by: Actor) -> Extension:
    """The respondent asks for more time, as long as nothing valid has been handed in; one request at a time."""
    _lock_open(obligation, "请写明申请延期的理由。", reason)
    if obligation.handed_in_at:
        raise MoveRefused("已经报送，不需延期。")
    if obligation.extensions.filter(state=Extension.State.ASKED).exists():
        raise MoveRefused("已有一份延期申请等待答复。")
    if obligation.due_at is None or until <= max(obligation.due_at, timezone.now()):
        raise MoveRefused("延期后的日期须晚于今天和现行时限。")
    asked = Extension.objects.create(
        obligation=obligation, before=obligation.due_at, until=until, reason=reason.strip(), asked_by=by.label[:80]
    )
    audit.record(by, "extension.ask", obligation, until=str(until), reason=reason.strip())
    messages.extension_asked(asked, by=by)
    return asked


@transaction.atomic
def grant_extension(asked: Extension, *, until: datetime | None = None, answer: str = "", by: Actor) -> Extension:
    """同意, as asked or to another day; reminders follow the new day from then on."""
    obligation = asked.obligation
    _lock_open(obligation)
    day = until or asked.until
    stamps = {"until": day, "answer": answer.strip(), "decided_at": timezone.now(), "decided_by": by.label[:80]}
    move(asked, Extension.State.GRANTED, by=by, comment=answer, **stamps)
    _move_day(obligation, day, asked.reason, by)
    messages.extension_decided(asked, by=by)
    return asked


@transaction.atomic
def refuse_extension(asked: Extension, *, answer: str, by: Actor) -> Extension:
    """不同意, with the reason; the day stays."""
    if not answer.strip():
        raise MoveRefused("不同意延期须写明理由。")
    stamps = {"answer": answer.strip(), "decided_at": timezone.now(), "decided_by": by.label[:80]}
    move(asked, Extension.State.REFUSED, by=by, comment=answer, **stamps)
    messages.extension_decided(asked, by=by)
    return asked


@transaction.atomic
def waive(obligation: Obligation, *, reason: str, by: Actor) -> Obligation:
    """免报: it leaves every denominator."""
    if not reason.strip():
        raise MoveRefused("请写明免报的理由。")
    _lock(obligation)  # nobody may be handing in at this moment
    if obligation.submissions.awaiting_review().exists():
        raise MoveRefused("有待审核的报送件，请先审核。")
    return move(obligation, State.WAIVED, by=by, comment=reason, ended_reason=reason.strip()[:200])


@transaction.atomic
def end_as_missing(obligation: Obligation, *, reason: str, by: Actor) -> Obligation:
    """记为缺报: past its day, chased no more, and still in the denominator; what comes all the same is taken.

    For what can no longer be made good, a missed month of 全覆盖检查 for instance.
    """
    if not reason.strip():
        raise MoveRefused("请写明记为缺报的理由。")
    _lock_open(obligation)
    if obligation.handed_in_at or obligation.late_to_open or not obligation.is_late():
        raise MoveRefused("只有逾期未报的任务可以记为缺报；待确认期限的请先确认期限。")
    return move(obligation, State.MISSING, by=by, comment=reason, ended_reason=reason.strip()[:200])


@transaction.atomic
def object_to_late(obligation: Obligation, *, text: str, by: Actor) -> Objection:
    """异议 to a late mark: once, after the hand-in (design §4.2)."""
    _lock(obligation)
    if not text.strip():
        raise MoveRefused("请写明为什么不应记为迟报，如系统故障、另有要求等。")
    if obligation.handed_in_at is None or not obligation.is_late() or obligation.late_to_open:
        raise MoveRefused("这项任务没有记为迟报，不需提异议。")
    if Objection.objects.filter(obligation=obligation).exists():
        raise MoveRefused("每项任务只能提一次异议，答复见本页。")
    filed = Objection.objects.create(obligation=obligation, text=text.strip(), filed_by=by.label[:80])
    audit.record(by, "objection.file", obligation, text=text.strip())
    messages.objection_filed(filed, by=by)
    return filed


@transaction.atomic
def answer_objection(filed: Objection, *, upheld: bool, answer: str, by: Actor) -> Objection:
    """Answered with words either way; upheld, the hand-in counts as on time, and the dates stay as they were."""
    if not answer.strip():
        raise MoveRefused("请写明答复。")
    obligation = filed.obligation
    _lock(obligation)
    to = Objection.State.UPHELD if upheld else Objection.State.REJECTED
    stamps = {"answer": answer.strip(), "decided_at": timezone.now(), "decided_by": by.label[:80]}
    move(filed, to, by=by, comment=answer, **stamps)
    obligation.late_excused = upheld
    obligation.save(update_fields=["late_excused"])
    messages.objection_answered(filed, by=by)
    return filed


def _move_day(obligation: Obligation, due_at: datetime, reason: str, by: Actor) -> Obligation:
    before = obligation.due_at
    obligation.due_at = due_at
    obligation.late_to_open = False
    obligation.save(update_fields=["due_at", "late_to_open"])
    audit.record(by, "obligation.set_due", obligation, reason=reason.strip(), before=str(before), after=str(due_at))
    return obligation


def _lock(obligation: Obligation) -> None:
    obligation.refresh_from_db(from_queryset=Obligation.objects.select_for_update(of=("self",), no_key=True))


def _lock_open(obligation: Obligation, unsaid: str = "", reason: str = "-") -> None:
    _lock(obligation)
    if obligation.state != State.OPEN:
        raise MoveRefused(f"该任务{obligation.get_state_display()}，不能再调整时限。")
    if not reason.strip():
        raise MoveRefused(unsaid)
