"""The one hand-in of everything: draft, hand in, accept, return, 视为未报, 代登记.

Each act locks the obligation and its submission, moves the submission, and keeps the obligation's
`handed_in_at`, `accepted_at` and state in step. Refusals are `MoveRefused` with a sentence for the page.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Max, Min, OuterRef, QuerySet
from django.utils import timezone

from campaigns import messages
from campaigns.actions import house
from campaigns.models import Obligation, Submission
from campaigns.models.standing import CURRENT, IN_HOUSE, PASSING
from documents import actions as documents
from documents.models import StoredFile
from lib import registry
from lib.actor import Actor
from lib.transitions import MoveRefused, move
from organizations import audit

# What is filled in on a page of its own: the content is that app's business, not text and files.
OWN_PAGE = ("checklist", "return")
S = Submission.State


class DraftChanged(MoveRefused):
    """Somebody else, or another window, has changed the draft meanwhile; `text` is what stands now."""

    def __init__(self, text: str) -> None:
        super().__init__("草稿已由他人（或在另一窗口）修改，没有覆盖。请对照现存草稿合并后再提交。")
        self.text = text


@transaction.atomic
def draft_for(obligation: Obligation, *, by: Actor) -> Submission:
    """The draft of the next version, made if there is none; refused while a version is under review or accepted."""
    _lock(obligation)
    current = obligation.submissions.filter(state__in=CURRENT).first()
    if current and current.state == S.DRAFT:
        return current
    if current:
        stands = f"第{current.number}稿{current.get_state_display()}"
        if current.state in IN_HOUSE:
            raise MoveRefused(f"{stands}，不能修改；如需修改，请联系审签人退回。")
        raise MoveRefused(f"{stands}，不能再建新稿；如需修改，请联系接收单位退回。")
    return _new_draft(obligation, by)


@transaction.atomic
def save_draft(
    obligation: Obligation,
    *,
    by: Actor,
    text: str,
    content: dict[str, str] | None = None,
    files: Sequence[StoredFile] = (),
    seen: str | None = None,
) -> Submission:
    """Keep what has been written so far; nothing is handed in by it.

    `seen` is the mark of the draft it was written from (`Submission.mark`): if somebody else has changed it since,
    nothing is overwritten.
    """
    draft = draft_for(obligation, by=by)
    _check_seen(draft, seen)
    draft.text, draft.content = text, content or {}
    draft.save(update_fields=["text", "content"])
    for file in files:
        documents.give(file, owner=draft, by=by)
    return draft


@transaction.atomic
def hand_in(
    obligation: Obligation,
    *,
    by: Actor,
    text: str = "",
    nil: bool = False,
    nil_by: str = "",
    nil_answer: str = "",
    files: Sequence[StoredFile] = (),
    channel: str = Submission.Channel.PORTAL,
    received_at: datetime | None = None,
    content: dict[str, str] | None = None,
    external_number: str = "",
    seen: str | None = None,
) -> Submission:
    """Hand in the current draft (made if there is none) and freeze it.

    `files` are stored files of the actor's own that hang on nothing yet. `received_at` counts instead of now for what
    came by mail or on paper. `content` is what was written by section of a template, `external_number` that of the
    provincial platform. A duty nobody receives (留存备查) is accepted at once. Where the records speak against a
    nil report it needs `nil_answer`, which is kept with what was asked. Where the unit has set in-house steps the
    draft goes to the next of them instead, and is handed in by whoever takes the last. `seen` as in `save_draft`.
    """
    draft, owed, receivers = _locked_draft(obligation, by)
    _check_seen(draft, seen)
    _check(owed, draft, text=text or external_number, nil=nil, files=files)
    _check_channel(owed, channel)
    said = _nil(owed, nil_by, nil_answer) if nil else {}
    moment = received_at or timezone.now()
    for file in files:
        documents.give(file, owner=draft, by=by)
    stamps: dict[str, Any] = {"text": text or draft.text, "nil": nil, "channel": channel, **said}
    stamps |= {"content": content or draft.content, "external_number": external_number.strip()}
    if received_at is None and owed.unit_id and house.pass_on(draft, owed, by=by, stamps=stamps):
        return draft
    return _leave(draft, obligation, owed, receivers, by=by, moment=moment, stamps=stamps)


def where_to(handed_in: Submission) -> str:
    """What to tell whoever has just pressed the button: where the version went."""
    if handed_in.state in PASSING:
        return f"已送审，{handed_in.get_state_display()}；签发后才算报出，请留意期限。"
    if handed_in.state == S.ACCEPTED:
        return "已登记，留存备查。"
    return "已报送，等待接收单位审核。"


def said(obligation: Obligation) -> str:
    """`where_to` of the version that stands now."""
    return where_to(obligation.submissions.filter(state__in=CURRENT).get())


@transaction.atomic
def sign_off(obligation: Obligation, *, by: Actor) -> Submission:
    """审核 or 签发 by the person whose turn it is: to the next step, or out of the house."""
    draft, owed, receivers = _locked_draft(obligation, by)
    if draft.state == S.DRAFT:
        raise MoveRefused("这一稿还没有送审，请刷新页面。")
    _check_owed(owed)
    if house.pass_on(draft, owed, by=by, stamps={}):
        return draft
    return _leave(draft, obligation, owed, receivers, by=by, moment=timezone.now(), stamps={})


def _leave(
    draft: Submission,
    obligation: Obligation,
    owed: Obligation,
    receivers: list[int],
    *,
    by: Actor,
    moment: datetime,
    stamps: dict[str, Any],
) -> Submission:
    """Out of the house, to the recipients."""
    move(draft, S.SUBMITTED, by=by, submitted_at=moment, submitted_by=by.label[:80], **stamps)
    draft.obligation = owed
    _stamp(obligation, handed_in_at=min(filter(None, [owed.handed_in_at, moment])))
    audit.record(by, "submission.hand_in", draft, channel=draft.channel, nil=draft.nil)
    if not receivers:
        return accept(draft, by=Actor.system("留存备查"))
    messages.handed_in(draft, owed, receivers, by=by)
    return draft


def register_received(
    obligation: Obligation,
    *,
    by: Actor,
    channel: str,
    received_at: datetime,
    text: str = "",
    files: Sequence[StoredFile] = (),
) -> Submission:
    """代登记: the recipient notes what came by mail or on paper, with the time it came; it stops the reminders."""
    if received_at > timezone.now():
        raise MoveRefused("收到时间不能晚于现在，请核对日期和时刻。")
    if channel not in (Submission.Channel.MAIL, Submission.Channel.PAPER):
        raise MoveRefused("代登记须选邮件或纸质。")
    note = text or f"{Submission.Channel(channel).label}：材料由接收单位留存。"
    return hand_in(obligation, by=by, text=note, files=files, channel=channel, received_at=received_at)


@transaction.atomic
def audit_by_office(submission: Submission, *, by: Actor) -> Submission:
    """审核把关: the office in charge has checked it; now the lead unit may accept."""
    _lock(submission.obligation)
    if submission.obligation.deliverable.audit_days is None:
        raise MoveRefused("该事项不需要科室审核把关，可直接接收。")
    move(submission, S.AUDITED, by=by, audited_at=timezone.now(), audited_by=by.label[:80])
    messages.audited(submission, by=by)
    return submission


@transaction.atomic
def accept(submission: Submission, *, by: Actor) -> Submission:
    """接收: the duty is fulfilled; where the office checks first, only after that."""
    obligation = submission.obligation
    _lock(obligation)
    if submission.state == S.SUBMITTED and not by.is_system and waits_for_office(obligation):
        raise MoveRefused("请先由行业对口科室审核把关，再接收。")
    now = timezone.now()
    move(submission, S.ACCEPTED, by=by, decided_at=now, decided_by=by.label[:80], decided_by_unit=by.unit)
    _stamp(obligation, accepted_at=now)
    move(obligation, Obligation.State.FULFILLED, by=by)
    messages.accepted(submission, by=by)
    return submission


@transaction.atomic
def return_submission(submission: Submission, *, by: Actor, reason: str) -> Submission:
    """退回: a new version may follow. The first hand-in still counts; only 视为未报 takes it away."""
    obligation = submission.obligation
    _lock(obligation)
    _decide(submission, S.RETURNED, by, reason)
    if obligation.state == Obligation.State.FULFILLED:
        _stamp(obligation, accepted_at=None)
        move(obligation, Obligation.State.OPEN, by=by, comment=reason)
        if obligation.enterprise_id:
            # The firm may have moved since it was accepted.
            registry.moved([obligation.enterprise_id], by=by, reason="企业已迁址，重新办理")
    messages.returned(submission, by=by)
    return submission


@transaction.atomic
def void(submission: Submission, *, by: Actor, reason: str) -> Submission:
    """视为未报: it never counted, so the duty is chased again unless an earlier version still counts."""
    obligation = submission.obligation
    _lock(obligation)
    _decide(submission, S.VOID, by, reason)
    valid = obligation.submissions.handed_in().exclude(state=S.VOID)
    _stamp(obligation, handed_in_at=valid.aggregate(first=Min("submitted_at"))["first"])
    messages.voided(submission, by=by)
    return submission


def waits_for_office(obligation: Obligation) -> bool:
    """Whether an office has to check first: the deliverable says so, and there is one beside the lead unit."""
    duty = obligation.deliverable
    if duty.audit_days is None:
        return False
    return obligation.recipients.exclude(pk=duty.campaign.lead_unit_id).exists()


def _decide(submission: Submission, to: str, by: Actor, reason: str) -> None:
    if not reason.strip():
        raise MoveRefused("请写明理由，填报单位将据此修改。")
    stamps = {"decided_at": timezone.now(), "decided_by": by.label[:80], "decided_by_unit": by.unit}
    move(submission, to, by=by, comment=reason, reason=reason.strip(), **stamps)


def _lock(obligation: Obligation) -> None:
    """Of two officers at once one waits; everything below reads the row as it is under the lock."""
    obligation.refresh_from_db(from_queryset=Obligation.objects.select_for_update(of=("self",), no_key=True))


def _locked_draft(obligation: Obligation, by: Actor) -> tuple[Submission, Obligation, list[int]]:
    """The draft, its obligation and who receives it, in one statement where the draft stands already."""
    receivers = Obligation.recipients.through.objects.filter(obligation=OuterRef("obligation")).order_by("unit")
    rows: QuerySet[Any] = (
        Submission.objects.filter(obligation=obligation, state__in=IN_HOUSE)
        .select_related("obligation__deliverable", "obligation__unit", "obligation__enterprise")
        .annotate(receivers=ArraySubquery(receivers.values("unit")))
        .select_for_update(of=("self", "obligation"), no_key=True)
    )
    draft = rows.first()
    if draft is None:
        draft_for(obligation, by=by)
        draft = rows.get()
    return draft, draft.obligation, draft.receivers


def _new_draft(obligation: Obligation, by: Actor) -> Submission:
    last = obligation.submissions.aggregate(last=Max("number"))["last"] or 0
    return Submission.objects.create(obligation=obligation, number=last + 1, created_by=by.user)


def _check_seen(draft: Submission, seen: str | None) -> None:
    if seen is not None and seen != draft.mark:
        raise DraftChanged(draft.text)


def _check_owed(obligation: Obligation) -> None:
    """Also asked within the house: it may have been waived, or ended, while a draft was being checked."""
    if obligation.state not in (Obligation.State.OPEN, Obligation.State.MISSING):
        raise MoveRefused(f"该任务{obligation.get_state_display()}，不能报送。")


def _check(obligation: Obligation, draft: Submission, *, text: str, nil: bool, files: Sequence) -> None:
    _check_owed(obligation)
    if obligation.is_counted:
        raise MoveRefused("该事项按检查记录自动计数，不能报送。")
    if (
        not nil
        and obligation.deliverable.form_kind not in OWN_PAGE
        and not (text.strip() or files or _has_content(draft))
    ):
        raise MoveRefused("没有可报送的内容：请填写正文、上传文件，或选择零报告。")


def _check_channel(obligation: Obligation, channel: str) -> None:
    if channel == Submission.Channel.PROVINCIAL and not obligation.deliverable.provincial_allowed:
        raise MoveRefused("该事项须在本平台报送，不能以省平台上报代替。")


def _has_content(draft: Submission) -> bool:
    return bool(draft.text.strip()) or StoredFile.objects.of(draft).exists()


def _nil(obligation: Obligation, nil_by: str, answer: str) -> dict[str, str]:
    """Who says that there is nothing, what the records say against it, and what he answers."""
    if not obligation.deliverable.nil_allowed:
        raise MoveRefused("该事项不接受零报告，请填写正文或上传文件。")
    if not nil_by.strip():
        raise MoveRefused("零报告须写明确认人姓名。")
    objections = registry.nil_objections(obligation)
    if objections and not answer.strip():
        raise MoveRefused(f"{'；'.join(objections)}。仍作零报告的，请说明原因。")
    return {"nil_by": nil_by, "nil_asked": "\n".join(objections), "nil_answer": answer.strip() if objections else ""}


def _stamp(obligation: Obligation, **values: datetime | None) -> None:
    for name, value in values.items():
        setattr(obligation, name, value)
    obligation.save(update_fields=list(values))
