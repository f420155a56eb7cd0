"""下发, 签收, 撤回: a notice becomes a duty of form receipt, so that the unsigned are chased like everybody else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from campaigns import messages, tasks
from campaigns.actions import opening
from campaigns.actions.respondents import firms_of
from campaigns.actions.submissions import draft_for
from campaigns.models import Campaign, Deliverable, NoticeIssue, Obligation, Submission
from documents import actions as documents
from documents.models import StoredFile
from lib.actor import Actor
from lib.transitions import MoveRefused, move, move_all
from organizations import audit
from organizations.models import Unit

BATCH = 1000
NARROWED = ("areas", "sectors", "features")


@transaction.atomic
def save(
    notice: NoticeIssue, *, audience: Mapping[str, Iterable[Model]], files: Sequence[StoredFile] = (), by: Actor
) -> NoticeIssue:
    """Store a draft with its audience and attachments; what has been issued stays as it was sent."""
    is_new = notice.pk is None
    if not is_new:
        _still_draft(notice)
    notice.save()
    for name, values in audience.items():
        getattr(notice, name).set(values)
    for file in files:
        documents.give(file, owner=notice, by=by)
    audit.record(by, "notice.create" if is_new else "notice.edit", notice)
    return notice


def _still_draft(notice: NoticeIssue) -> None:
    """Somebody may have issued it while it was being edited."""
    stands = NoticeIssue.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if stands.state != NoticeIssue.State.DRAFT:
        raise MoveRefused(f"该通知{stands.get_state_display()}，不能再修改；确需更改的，请撤回后重新下发。")


def addressees(notice: NoticeIssue) -> QuerySet[Any]:
    """Whom it goes to if issued now: Units or Enterprises."""
    if notice.audience == NoticeIssue.Audience.UNITS:
        return Unit.objects.active().filter(pk__in=notice.units.values("pk"))
    narrowed = {name: getattr(notice, name).all() for name in NARROWED}
    return firms_of(notice.campaign, timezone.localdate(), **narrowed)


@transaction.atomic
def issue(notice: NoticeIssue, *, by: Actor) -> NoticeIssue:
    """下发: everybody addressed owes a signature by `sign_by`; the work of telling them begins once this is kept."""
    if problem := unready(notice):
        raise MoveRefused(problem)
    stamps: dict[str, Any] = {"deliverable": _duty(notice), "issued_at": timezone.now(), "issued_by": by.label[:80]}
    move(notice, NoticeIssue.State.ISSUED, by=by, **stamps)
    transaction.on_commit(tasks.send_out_notices.delay, robust=True)
    return notice


def unready(notice: NoticeIssue) -> str:
    """Why it cannot go out now, in Chinese; "" if it can."""
    today = timezone.localdate()
    if notice.campaign.state != Campaign.State.RUNNING:
        return f"专项行动“{notice.campaign}”{notice.campaign.get_state_display()}，开始以后才能下发通知。"
    if not today <= notice.sign_by <= today + opening.AHEAD:
        return f"签收期限须在今天至{opening.AHEAD.days}天以内，请先修改。"
    if not addressees(notice).exists():
        return "没有符合条件的单位或企业，请先检查下发范围。"
    return ""


def send_out(*, by: Actor) -> int:
    """Open the signatures of what was issued and tell everybody; the number told. Killed half-way, it starts again."""
    told = 0
    for notice in NoticeIssue.objects.unsent().select_related("deliverable"):
        opening.open_deliverable(notice.deliverable, timezone.localdate(notice.issued_at), by=by)
        told += _tell_all(notice, by)
        NoticeIssue.objects.filter(pk=notice.pk).update(sent_out_at=timezone.now())
    return told


def _duty(notice: NoticeIssue) -> Deliverable:
    is_of_units = notice.audience == NoticeIssue.Audience.UNITS
    kind = Deliverable.Respondent.UNIT if is_of_units else Deliverable.Respondent.ENTERPRISE
    duty = Deliverable.objects.create(
        campaign=notice.campaign,
        code=f"notice-{notice.pk}",
        name=f"签收《{notice.title}》"[:120],
        position=notice.campaign.deliverables.count() + 1,
        form="receipt",
        respondent=kind,
        recurrence=Deliverable.Recurrence.ONCE,
        due_on=notice.sign_by,
        origin=Deliverable.Origin.LOCAL,
        recipient_rule=Deliverable.RecipientRule.NAMED,
    )
    duty.recipients.set([notice.issuer])
    if is_of_units:
        duty.named_respondents.set(notice.units.all())
    else:
        for name in NARROWED:
            getattr(duty, name).set(getattr(notice, name).all())
    return duty


def _tell_all(notice: NoticeIssue, by: Actor) -> int:
    """A message to each, a thousand at a time."""
    rows = (
        Obligation.objects.filter(deliverable=notice.deliverable_id).select_related("unit", "enterprise").order_by("pk")
    )
    told, last = 0, 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        messages.notice_issued(notice, batch, by=by)
        told, last = told + len(batch), batch[-1].pk
    return told


@transaction.atomic
def sign(obligation: Obligation, *, by: Actor) -> Submission:
    """签收: handed in and accepted in one step; a second tap of the same respondent finds it signed already."""
    if obligation.deliverable.form_kind != "receipt":
        raise MoveRefused("该事项不是签收，请按要求报送材料。")
    draft = draft_for(obligation, by=by)
    if obligation.state not in (Obligation.State.OPEN, Obligation.State.MISSING):
        raise MoveRefused(f"该任务{obligation.get_state_display()}，不需签收。")
    now = timezone.now()
    move(draft, Submission.State.SUBMITTED, by=by, submitted_at=now, submitted_by=by.label[:80], text="已签收")
    move(draft, Submission.State.ACCEPTED, by=Actor.system("签收"), decided_at=now, decided_by="签收即完成")
    move(obligation, Obligation.State.FULFILLED, by=by, handed_in_at=now, accepted_at=now)
    audit.record(by, "notice.sign", draft)
    return draft


@transaction.atomic
def withdraw(notice: NoticeIssue, *, reason: str, by: Actor) -> int:
    """撤回: nobody needs to sign any more, signatures stay; the number still open, who are told."""
    if not reason.strip():
        raise MoveRefused("请写明撤回的理由，收到通知的单位和企业将看到。")
    move(notice, NoticeIssue.State.WITHDRAWN, by=by, comment=reason, reason=reason.strip()[:200])
    Deliverable.objects.filter(notice=notice).update(origin=Deliverable.Origin.UNDATED)
    words = f"通知已撤回：{reason.strip()}"[:200]
    unsigned = Obligation.objects.unanswered().filter(deliverable=notice.deliverable_id)
    left = 0
    while keys := list(unsigned.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows = Obligation.objects.select_related("unit", "enterprise").filter(pk__in=keys)
        ended = move_all(rows, Obligation.State.ENDED, by=by, comment=words, ended_reason=words)
        messages.notice_withdrawn(notice, ended, by=by)
        left += len(ended)
    return left
