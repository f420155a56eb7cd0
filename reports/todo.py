"""What a post has to do next: what it owes, and what waits for it; the home page of every role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Letter, Obligation, Submission
from hazards.digest import in_own_hands
from hazards.models import Hazard
from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import Area, EnterpriseChange
from organizations.permissions import Permission, allowed

P = Permission
S = Hazard.State
MOST = 8
SOON = timedelta(days=45)
VERBS = {"checklist": "去填写", "return": "去填报", "two-lists": "去填报", "record": "去登记"}


@dataclass(frozen=True)
class Task:
    """One line with one button; `due` with its distance unless it presses no more or not yet; `original`: first day."""

    title: str
    detail: str
    url: str
    verb: str
    due: Any = None
    badge: tuple[str, str] | None = None
    is_settled: bool = False
    original: Any = None


@dataclass(frozen=True)
class Section:
    """A heading with its first tasks; `more` leads to the whole list where there are further ones."""

    title: str
    tasks: list[Task] = field(default_factory=list)
    more: str = ""


def sections(actor: Actor) -> list[Section]:
    """What I owe first, then what waits for me, each sorted by what is due soonest; empty ones are left out."""
    queues = firm_queues(actor) if actor.enterprise else unit_queues(actor)
    found = [owed(actor), *(hazard_section(*queue) for queue in queues)]
    if actor.unit:
        found += [to_sign(actor), to_review(actor), letters(actor), changes(actor)]
    return [section for section in found if section.tasks]


def owed(actor: Actor) -> Section:
    rows = Obligation.objects.owed_by(actor).to_do().filter(due_at__lt=timezone.now() + SOON)
    found = list(rows.for_list().order_by("due_at", "id")[: MOST + 1])
    tasks = [_obligation_task(row, actor) for row in found[:MOST]]
    return Section("我要报的", tasks, reverse("campaigns:obligations") if len(found) > MOST else "")


def _obligation_task(row: Obligation, actor: Actor) -> Task:
    """Answering a checklist is for more posts than handing in."""
    act = P.CHECKLIST_ANSWER if row.deliverable.form_kind == "checklist" else P.HAND_IN
    mine = allowed(actor, act) and not row.is_counted
    verb = VERBS.get(row.deliverable.form_kind, "去报送") if mine else "查看"
    detail = " · ".join(filter(None, [str(row.deliverable.campaign), row.count_words]))
    url, badge = row.get_absolute_url(), row.status
    return Task(row.title, detail, url, verb, row.due_at, badge, row.is_settled, row.moved_from)


def to_sign(actor: Actor) -> Section:
    """审核 and 签发 within one's own house, also as its B角: nothing has left it yet."""
    versions = Submission.objects.in_step_of(actor).filter(obligation=OuterRef("pk"))
    rows = (
        Obligation.objects.to_sign(actor)
        .for_list()
        .annotate(step=Subquery(versions.values("state")[:1]), writer=Subquery(versions.values("created_by__name")[:1]))
    )
    found = list(rows.order_by("due_at", "id")[: MOST + 1])
    tasks = [_step_task(row) for row in found[:MOST]]
    more = f"{reverse('campaigns:obligations')}?view=house" if len(found) > MOST else ""
    return Section("等我审签的", tasks, more)


def _step_task(row: Any) -> Task:
    words = [f"{row.respondent}", f"{row.writer}填报" if row.writer else "", str(row.deliverable.campaign)]
    verb = "去签发" if row.step == Submission.State.SIGNING else "去审核"
    return Task(row.title, " · ".join(filter(None, words)), row.get_absolute_url(), verb, row.due_at)


def to_review(actor: Actor) -> Section:
    """What the respondents have handed in and nobody has looked at."""
    if not allowed(actor, P.REVIEW):
        return Section("等我审核的")
    found = list(Obligation.objects.received_by(actor).to_review().for_list().order_by("due_at", "id")[: MOST + 1])
    tasks = [_review_task(row) for row in found[:MOST]]
    more = f"{reverse('campaigns:obligations')}?view=review" if len(found) > MOST else ""
    return Section("等我审核的", tasks, more)


def _review_task(row: Obligation) -> Task:
    """Its day does not press the reviewer: it is in, and the day says only by when it was owed."""
    title, campaign = f"{row.respondent} {row.title}", str(row.deliverable.campaign)
    return Task(title, campaign, row.get_absolute_url(), "去审核", row.due_at, None, row.is_settled, row.moved_from)


def letters(actor: Actor) -> Section:
    """Drafts to the leaders of those who are late."""
    if not allowed(actor, P.LETTER_RELEASE):
        return Section("等我签发的")
    rows = Letter.objects.sent_by(actor).drafts().with_cause(timezone.now())
    found = list(rows.select_related("campaign", "unit", "enterprise").order_by("id")[: MOST + 1])
    tasks = [Task(str(row), str(row.campaign), row.get_absolute_url(), "去签发") for row in found[:MOST]]
    return Section("等我签发的", tasks, reverse("campaigns:letters") if len(found) > MOST else "")


def changes(actor: Actor) -> Section:
    """Corrections that firms have proposed to their data."""
    if not allowed(actor, P.ENTERPRISE_APPROVE):
        return Section("等我核准的")
    rows = EnterpriseChange.objects.visible_to(actor).pending().select_related("enterprise")
    if actor.unit.area.level == Area.Level.CITY:
        rows = rows.filter(enterprise__area=actor.unit.area_id)  # the districts approve their own
    found = list(rows.order_by("proposed_at", "id")[: MOST + 1])
    tasks = [
        Task(
            f"{row.enterprise} 提出修改企业信息",
            f"{row.proposed_by}提出",
            reverse("organizations:change", args=[row.pk]),
            "去核准",
        )
        for row in found[:MOST]
    ]
    return Section("等我核准的", tasks, reverse("organizations:changes") if len(found) > MOST else "")


# Hazards: title of the queue, the rows, the button.

Queue = tuple[str, QuerySet[Hazard], str]


def firm_queues(actor: Actor) -> Iterator[Queue]:
    mine = Hazard.objects.visible_to(actor)
    unsigned = Q(signed_head="") if allowed(actor, P.HAZARD_SIGN_HEAD) else Q(signed_director="")
    if allowed(actor, P.HAZARD_SIGN_HEAD) or allowed(actor, P.HAZARD_SIGN_DIRECTOR):
        yield "等我签字的", mine.major().filter(unsigned, state=S.RECTIFYING, rectified_on__isnull=False), "去签字"
    if allowed(actor, P.HAZARD_RECTIFY):
        yield "要落实五到位的", mine.filter(state=S.CONFIRMED), "定方案"
        yield "要整改的", mine.filter(_to_rectify()), "报进展"


def _to_rectify() -> Q:
    """Under treatment, or general and not begun; a registered major waits for the department's judgement."""
    return Q(state=S.RECTIFYING, rectified_on__isnull=True) | Q(state=S.REGISTERED, level=Hazard.Level.GENERAL)


def unit_queues(actor: Actor) -> Iterator[Queue]:
    near = Hazard.objects.visible_to(actor).filter(in_own_hands(actor.unit, jurisdiction.reach(actor)))
    if allowed(actor, P.HAZARD_JUDGE):
        yield "等我判定的", near.major().filter(state=S.REGISTERED), "去判定"
    if allowed(actor, P.HAZARD_DISMISS):
        yield "等我复核的", near.filter(reconsiderations__state="proposed"), "去复核"
    if allowed(actor, P.HAZARD_RECHECK):
        yield "等我复查的", near.filter(state=S.RECHECK_REQUESTED), "去复查"
        yield (
            "等我核查的",
            near.major().filter(state=S.CLOSED, found_by="self", checked_on=None, imported=False),
            "去核查",
        )


def hazard_section(title: str, rows: QuerySet[Hazard], verb: str) -> Section:
    found = list(rows.select_related("enterprise").order_by("deadline_on", "found_on", "id")[: MOST + 1])
    tasks = [_hazard_task(row, verb) for row in found[:MOST]]
    return Section(title, tasks, reverse("hazards:hazards") if len(found) > MOST else "")


def _hazard_task(row: Hazard, verb: str) -> Task:
    detail = f"{row.enterprise} · {row.get_level_display()}隐患 · {row.number}"
    due: date | None = row.deadline_on
    return Task(row.description, detail, reverse("hazards:hazard", args=[row.pk]), verb, due)
