"""What respondents and recipients are told; one function per message."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from campaigns import rehearsal
from campaigns.actions.schedule import digest_day
from campaigns.models import Campaign, Contact, Extension, Letter, NoticeIssue, Objection, Obligation, Submission
from lib import text
from lib.actor import Actor
from lib.registry import DigestLine
from notifications.actions import Draft, notify, notify_all
from notifications.models import Message
from organizations.models import Enterprise, HouseStep, Membership, Unit, User, WorkDay
from organizations.models.people import Role


def handed_in(submission: Submission, obligation: Obligation, recipients: Sequence[int], *, by: Actor) -> None:
    """To every recipient: something waits for review."""
    what = "零报告" if submission.nil else f"第{submission.number}稿"
    title = f"{obligation.respondent}报送“{obligation.title}”{what}，请审核"
    drafts = [
        Draft(
            Unit(pk=unit),
            key=f"submission:{submission.pk}:submitted:{unit}",
            kind=Message.Kind.TASK,
            title=title,
            url=obligation.get_absolute_url(),
        )
        for unit in recipients
    ]
    notify_all(drafts, by=by)


def in_house(draft: Submission, owed: Obligation, step: HouseStep, *, by: Actor) -> None:
    """To the person and the stand-in whose turn it is within the house."""
    moves = draft.moves.count()
    drafts = [
        Draft(
            person,
            key=f"submission:{draft.pk}:{step.step}:{moves}:{person.pk}",
            kind=Message.Kind.TASK,
            title=f"“{owed.title}”请{step.get_step_display()}（{by.label}提交）",
            url=owed.get_absolute_url(),
        )
        for person in (step.person, step.stand_in)
        if person
    ]
    notify_all(drafts, by=by)


def sent_back(draft: Submission, reason: str, *, by: Actor) -> None:
    """To who wrote it."""
    if draft.created_by is None:
        return
    notify(
        draft.created_by,
        key=f"submission:{draft.pk}:back:{draft.moves.count()}",
        kind=Message.Kind.TASK,
        title=f"“{draft.obligation.title}”由{by.label}退回修改",
        body=f"退回理由：{reason}",
        url=draft.obligation.get_absolute_url(),
        by=by,
    )


def audited(submission: Submission, *, by: Actor) -> None:
    """To the lead unit: the office has checked it."""
    owed = submission.obligation
    title = f"{owed.respondent}“{owed.title}”第{submission.number}稿{by.label}已审核，请接收"
    lead = owed.deliverable.campaign.lead_unit
    url = owed.get_absolute_url()
    notify(lead, key=f"submission:{submission.pk}:audited", kind=Message.Kind.TASK, title=title, url=url, by=by)


def accepted(submission: Submission, *, by: Actor) -> None:
    _tell(submission, f"“{submission.obligation.title}”第{submission.number}稿已接收", "", by)


def returned(submission: Submission, *, by: Actor) -> None:
    title = f"“{submission.obligation.title}”第{submission.number}稿被退回，请修改后重新报送"
    _tell(submission, title, f"退回理由：{submission.reason}", by, kind=Message.Kind.TASK)


def voided(submission: Submission, *, by: Actor) -> None:
    title = f"“{submission.obligation.title}”第{submission.number}稿视为未报，请重新报送"
    _tell(submission, title, f"理由：{submission.reason}", by, kind=Message.Kind.TASK)


def _tell(submission: Submission, title: str, body: str, by: Actor, kind: Message.Kind = Message.Kind.RECEIPT) -> None:
    """To the respondent, once per submission and result."""
    notify(
        submission.obligation.respondent,
        key=f"submission:{submission.pk}:{submission.state}",
        kind=kind,
        title=title,
        body=body,
        url=submission.obligation.get_absolute_url(),
        by=by,
    )


def extension_asked(asked: Extension, *, by: Actor) -> None:
    owed = asked.obligation
    until = text.page_date(timezone.localdate(asked.until))
    title = f"{owed.respondent}申请“{owed.title}”延至{until}，请答复"
    _tell_recipients(owed, f"extension:{asked.pk}:asked", title, f"理由：{asked.reason}", by)


def extension_decided(asked: Extension, *, by: Actor) -> None:
    owed = asked.obligation
    until = text.page_date(timezone.localdate(asked.until))
    granted = asked.state == Extension.State.GRANTED
    title = f"“{owed.title}”同意延至{until}" if granted else f"“{owed.title}”不同意延期，请按原时限报送"
    _tell_respondent(owed, f"extension:{asked.pk}:decided", title, asked.answer, by)


def objection_filed(filed: Objection, *, by: Actor) -> None:
    owed = filed.obligation
    title = f"{owed.respondent}对“{owed.title}”记为迟报有异议，请答复"
    _tell_recipients(owed, f"objection:{filed.pk}:filed", title, filed.text, by)


def objection_answered(filed: Objection, *, by: Actor) -> None:
    title = f"“{filed.obligation.title}”的异议{filed.get_state_display()}"
    _tell_respondent(filed.obligation, f"objection:{filed.pk}:answered", title, f"答复：{filed.answer}", by)


def confirm_contacts(silent: Sequence[Contact], at: datetime, *, by: Actor) -> None:
    """To those not heard of for 30 days: are these still the people to ring."""
    drafts = [
        Draft(
            one.holder,
            key=f"contact:{one.pk}:{timezone.localdate(at):%Y-%m-%d}",
            kind=Message.Kind.TASK,
            title=f"请确认“{one.campaign}”联络员是否仍为{one.name}",
            url=reverse("campaigns:contact", args=[one.pk]),
        )
        for one in silent
    ]
    notify_all(drafts, by=by)


def rehearse(today: date, *, by: Actor) -> int:
    """To each lead unit: how much of what falls due in three work days is missing or would fail; the number told."""
    foreseen = rehearsal.due_in_three_days(today, dict(WorkDay.objects.values_list("day", "is_workday")))
    drafts = [
        Draft(
            campaign.lead_unit,
            key=f"rehearsal:{campaign.pk}:{today:%Y-%m-%d}",
            kind=Message.Kind.TASK,
            title=f"“{campaign}”三个工作日后到期，{_still(dues)}，请预先核对",
            body="\n".join(f"{due.failing_words}。" for due in dues if due.failing),
            url=reverse("campaigns:rehearsal", args=[campaign.code]),
        )
        for campaign, dues in foreseen.items()
        if any(due.missing or due.failing for due in dues)
    ]
    notify_all(drafts, by=by)
    return len(drafts)


def _still(dues: Sequence[rehearsal.Due]) -> str:
    """还有2项未报; or, where everything is there, 1项须重新报送."""
    missing = sum(due.missing for due in dues)
    return f"还有{missing}项未报" if missing else f"{sum(due.failing for due in dues)}项须重新报送"


def ask_for_tailoring(waiting: Any, units: Iterable[Unit], today: date, *, by: Actor) -> int:
    """To the bureaus of districts that have not published: how many of their firms wait, and until when."""
    duty, due = waiting.deliverable, timezone.localdate(waiting.term.due_at)
    firms = {area.pk: count for area, count in waiting.districts}
    drafts = [
        Draft(
            unit,
            key=f"tailoring:{duty.pk}:{waiting.term.period}:{today:%Y-%m-%d}:{unit.pk}",
            kind=Message.Kind.TASK,
            title=f"请公布“{duty}”本地细化或确定不调整：{firms[unit.area_id]}家企业尚未开始填报",
            body=f"企业应于{text.page_date(due)}前完成，公布后才开始填报；到期后公布的，须另行设定时限。",
            url=reverse("campaigns:tailoring", args=[duty.pk]),
        )
        for unit in units
    ]
    notify_all(drafts, by=by)
    return len(drafts)


def tell_of_silence(waiting: Any, today: date, *, by: Actor) -> int:
    """To the lead unit: which districts keep their firms waiting."""
    duty, due = waiting.deliverable, timezone.localdate(waiting.term.due_at)
    notify(
        duty.campaign.lead_unit,
        key=f"tailoring:{duty.pk}:{waiting.term.period}:{today:%Y-%m-%d}:lead",
        kind=Message.Kind.TASK,
        title=f"{len(waiting.districts)}个区市未公布“{duty}”本地细化，企业应于{text.month_day(due)}前完成",
        body=f"尚未公布：{waiting.words}。",
        url=reverse("campaigns:tailoring", args=[duty.pk]),
        by=by,
    )
    return 1


def _tell_recipients(owed: Obligation, key: str, title: str, body: str, by: Actor) -> None:
    drafts = [
        Draft(unit, f"{key}:{unit.pk}", Message.Kind.TASK, title, body, owed.get_absolute_url())
        for unit in owed.recipients.all()
    ]
    notify_all(drafts, by=by)


def _tell_respondent(owed: Obligation, key: str, title: str, body: str, by: Actor) -> None:
    url = owed.get_absolute_url()
    notify(owed.respondent, key=key, kind=Message.Kind.RECEIPT, title=title, body=body, url=url, by=by)


def notice_issued(notice: NoticeIssue, owed: Sequence[Obligation], *, by: Actor) -> None:
    """To everybody addressed, once."""
    due = text.page_date(notice.sign_by)
    title = f"请签收《{notice.title}》（{notice.issuer}下发，{due}前）"
    _about_notice(notice, owed, "issued", title, "", by)


def notice_withdrawn(notice: NoticeIssue, owed: Sequence[Obligation], *, by: Actor) -> None:
    title = f"《{notice.title}》已由{notice.issuer}撤回，不需签收"
    _about_notice(notice, owed, "withdrawn", title, f"撤回理由：{notice.reason}", by)


def _about_notice(notice: NoticeIssue, owed: Sequence[Obligation], what: str, title: str, body: str, by: Actor) -> None:
    drafts = [
        Draft(
            one.respondent,
            key=f"notice:{notice.pk}:{what}:{one.pk}",
            kind=Message.Kind.NOTICE,
            title=title,
            body=body,
            url=notice.get_absolute_url(),
        )
        for one in owed
    ]
    notify_all(drafts, by=by)


def letters_wait(campaign: Campaign, count: int, day: date, *, by: Actor) -> None:
    """To the lead unit, once a day and campaign: new drafts lie ready."""
    notify(
        campaign.lead_unit,
        key=f"letters:{campaign.pk}:{day:%Y-%m-%d}",
        kind=Message.Kind.TASK,
        title=f"新拟{count}份催办函，请签发或撤回",
        body=campaign.name,
        url="/letters/",
        by=by,
    )


def letters_released(letters: Sequence[Letter], *, by: Actor) -> None:
    """To the respondent, by its channel, and to each of its leaders; two statements for a thousand."""
    leaders = _leaders(letters)
    drafts = [
        Draft(
            addressee,
            key=f"letter:{letter.pk}:{addressee._meta.model_name}:{addressee.pk}",
            kind=Message.Kind.NOTICE,
            title=f"{letter.from_unit}发来{letter.get_kind_display()}，请及时办理",
            body=letter.title,
            url=letter.get_absolute_url(),
        )
        for letter in letters
        for addressee in [letter.respondent, *leaders[letter.unit_id, letter.enterprise_id]]
    ]
    notify_all(drafts, by=by)


def _leaders(letters: Sequence[Letter]) -> Mapping[tuple[int | None, int | None], list[User]]:
    """分管负责人 and 主要负责人 of units, 主要负责人 of firms, each once."""
    units = [letter.unit_id for letter in letters if letter.unit_id]
    firms = [letter.enterprise_id for letter in letters if letter.enterprise_id]
    posts = Membership.objects.active().filter(
        Q(unit__in=units, role__in=(Role.DEPUTY, Role.CHIEF)) | Q(enterprise__in=firms, role=Role.HEAD)
    )
    found: dict[tuple[int | None, int | None], list[User]] = defaultdict(list)
    for post in posts.select_related("user").order_by("pk"):
        if post.user not in found[post.unit_id, post.enterprise_id]:
            found[post.unit_id, post.enterprise_id].append(post.user)
    return found


def digest_key(at: datetime) -> str:
    """One digest per respondent and day: the respondent is the rest of the key."""
    return f"digest:{digest_day(at):%Y-%m-%d}"


def digest(
    respondent: Unit | Enterprise, owed: Sequence[Obligation], extra: Sequence[DigestLine], at: datetime
) -> Draft:
    """Everything due, each line with its link; `extra` are lines of other apps."""
    today = timezone.localdate(at)
    lines = [_line(one, today) for one in sorted(owed, key=lambda one: one.deliverable.campaign.name)]
    return Draft(
        respondent,
        key=f"{digest_key(at)}:{respondent._meta.model_name}:{respondent.pk}",
        kind=Message.Kind.REMINDER,
        title=f"报送提醒（{text.month_day(today)}）",
        url="/obligations/",
        subjects=[one.pk for one in owed],
        lines=[*lines, *({"text": line.text, "url": line.url} for line in extra)],
    )


def _line(obligation: Obligation, today: date) -> dict[str, Any]:
    """Several campaigns ask for things of the same name: lines are grouped by campaign.

    `due` is the day told outside the portal; none where the day is still to be confirmed.
    """
    return {
        "subject": obligation.pk,
        "due": "" if obligation.late_to_open else timezone.localdate(obligation.due_at).isoformat(),
        "url": obligation.get_absolute_url(),
        "group": obligation.deliverable.campaign.name,
        "text": digest_line(obligation, today),
    }


def digest_line(obligation: Obligation, today: date) -> str:
    """2023年6月 调度表：请于6月28日（周三）前报送，还剩3天 · 已逾期3天（应于6月25日报送）."""
    due = timezone.localdate(obligation.due_at)
    original = timezone.localdate(obligation.original_due_at)
    moved = f"，原定{text.month_day(original)}" if original != due else ""
    if obligation.is_counted:
        return f"{obligation.title}：{obligation.count_words}，{_counted_when(obligation, due, today, moved)}"
    if obligation.late_to_open:
        return f"{obligation.title}：原定{text.month_day(due)}，生成任务时已过期，待确认期限"
    if due > today:
        when = f"请于{text.month_day(due)}（{text.weekday(due)}）前报送，还剩{(due - today).days}天{moved}"
    elif due == today:
        when = f"今天（{text.month_day(due)}）截止{moved}，请及时报送"
    else:
        when = f"已逾期{(today - due).days}天（应于{text.month_day(due)}报送{moved}），请尽快报送"
    return f"{obligation.title}：{when}"


def _counted_when(obligation: Obligation, due: date, today: date, moved: str) -> str:
    """Records are made, not handed in."""
    if due < today:
        behind = obligation.deliverable.count_words.behind
        return f"已逾期{(today - due).days}天（应于{text.month_day(due)}前完成{moved}），{behind}"
    left = f"还剩{(due - today).days}天" if due > today else "今天截止"
    return f"请于{text.month_day(due)}（{text.weekday(due)}）前完成，{left}{moved}"
