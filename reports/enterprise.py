"""The enterprise's full picture: what every app knows of one firm, each kind gated by its own rows.

A kind is declared once: from it come the short list on the page of the firm and, where no other list holds it, the
long one behind 全部.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Extract
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Obligation, Standing, Submission
from checklists.models import Answer, SelfInspection
from documents.models import StoredFile
from hazards.models import Hazard
from inspections.models import EnforcementAction, Visit
from lib.actor import Actor
from lib.pages import count_in_words
from organizations.models import Enterprise, Membership

SHOWN, PRESSING, DONE = 5, 4, 3
BADGES = {"submitted": ("info", "待审核"), "accepted": ("done", "已接收"), "returned": ("soon", "已退回")}
Rows = Callable[[Actor, Enterprise], QuerySet[Any]]


@dataclass(frozen=True)
class Entry:
    """One row: what, in a few words, on which day or by when (`due`), in which state."""

    title: str
    url: str = ""
    detail: str = ""
    day: date | None = None
    due: Any = None
    settled: bool = False
    badges: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Kind:
    """`unit` counts the rows in words, `empty` is said where there is none, `when` heads the column of days."""

    title: str
    unit: str
    when: str
    empty: str
    rows: Rows
    entry: Callable[[Any], Entry]
    order: tuple[str, ...]
    summary: Callable[[QuerySet[Any]], str] | None = None
    # The list of another app that holds them, and its query for a unit's reader and for the firm's own.
    listed: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Panel:
    key: str
    kind: Kind
    summary: str
    entries: list[Entry]
    more: str

    @property
    def has_states(self) -> bool:
        return any(entry.badges for entry in self.entries)


def panels(firm: Enterprise, actor: Actor) -> list[Panel]:
    """Two or three queries for each kind, however many rows there are."""
    return [_panel(key, kind, firm, actor) for key, kind in KINDS.items()]


def _panel(key: str, kind: Kind, firm: Enterprise, actor: Actor) -> Panel:
    rows = kind.rows(actor, firm)
    summary = kind.summary(rows) if kind.summary else count_in_words(rows, kind.unit)
    entries = [kind.entry(row) for row in _first(rows.order_by(*kind.order), kind)]
    return Panel(key, kind, summary, entries, _more(key, kind, firm, actor) if entries else "")


def _first(rows: QuerySet[Any], kind: Kind) -> list[Any]:
    """The newest; where some are still open, those and the last that were done."""
    if kind.order[0] != "settled":
        return list(rows[:SHOWN])
    return [*rows.filter(settled=0)[:PRESSING], *rows.filter(settled=1)[:DONE]]


def _more(key: str, kind: Kind, firm: Enterprise, actor: Actor) -> str:
    if kind.listed is None:
        return reverse("reports:enterprise_records", args=[firm.pk, key])
    name, of_units, of_firms = kind.listed
    query = of_firms if actor.enterprise else f"{of_units}&{urlencode({'enterprise': firm.pk})}"
    return f"{reverse(name)}?{query}"


# Duties


def _duties(actor: Actor, firm: Enterprise) -> QuerySet[Obligation]:
    """Those that still press first, soonest first; then those done with, newest first."""
    owed = Obligation.objects.visible_to(actor).filter(enterprise=firm).exclude(state__in=("ended", "superseded"))
    pressing, due = Q(state="open", handed_in_at__isnull=True), Extract("due_at", "epoch")
    settled = Case(When(pressing, then=Value(0)), default=Value(1), output_field=IntegerField())
    turn = Case(When(pressing, then=due), default=-due)
    return owed.with_standing(timezone.now()).for_list().annotate(settled=settled, turn=turn)


def _duty(row: Any) -> Entry:
    late = (("soon", "迟报"),) if row.standing == Standing.LATE else ()
    return Entry(
        row.title,
        row.get_absolute_url(),
        str(row.deliverable.campaign),
        due=row.due_at,
        settled=row.is_settled,
        badges=(row.status, *late),
    )


def _duties_in_words(rows: QuerySet[Any]) -> str:
    """应报12项：按时8项，迟报1项，缺报2项，未到期1项; the last two groups of standings are not expected."""
    counts = dict(rows.order_by().values("standing").annotate(count=Count("pk")).values_list("standing", "count"))
    expected = (Standing.ON_TIME, Standing.LATE, Standing.MISSING, Standing.PENDING, Standing.UNCONFIRMED)
    parts = [f"{one.label}{counts[one]}项" for one in expected if counts.get(one)]
    return f"应报{sum(counts.get(one, 0) for one in expected)}项" + (f"：{'，'.join(parts)}" if parts else "")


# Hazards


def _hazards(actor: Actor, firm: Enterprise) -> QuerySet[Hazard]:
    """Open ones first, newest first."""
    settled = Case(When(state__in=SETTLED, then=Value(1)), default=Value(0), output_field=IntegerField())
    return Hazard.objects.visible_to(actor).filter(enterprise=firm).annotate(settled=settled)


SETTLED = (Hazard.State.CLOSED, Hazard.State.DISMISSED)


def _hazard(row: Hazard) -> Entry:
    level = ("late" if row.is_major else "info", row.get_level_display())
    return Entry(
        row.description,
        reverse("hazards:hazard", args=[row.pk]),
        f"{row.found_on:%Y-%m-%d} {row.get_found_by_display()} · {row.number}",
        due=row.deadline_on,
        settled=row.is_settled,
        badges=(level, (row.tone, row.get_state_display())),
    )


def _hazards_in_words(rows: QuerySet[Any]) -> str:
    """未销号3项（重大1项，逾期1项），已销号5项; dismissed ones count nowhere (design §4.4)."""
    waiting = ~Q(state__in=SETTLED)
    counts = rows.order_by().aggregate(
        open=Count("pk", filter=waiting),
        major=Count("pk", filter=waiting & Q(level=Hazard.Level.MAJOR)),
        overdue=Count("pk", filter=waiting & Q(deadline_on__lt=timezone.localdate())),
        closed=Count("pk", filter=Q(state=Hazard.State.CLOSED)),
    )
    parts = [f"{word}{counts[key]}项" for key, word in (("major", "重大"), ("overdue", "逾期")) if counts[key]]
    return f"未销号{counts['open']}项" + (f"（{'，'.join(parts)}）" if parts else "") + f"，已销号{counts['closed']}项"


# What departments did


def _visits(actor: Actor, firm: Enterprise) -> QuerySet[Visit]:
    return Visit.objects.visible_to(actor).filter(enterprise=firm).select_related("trip__unit")


def _visit(row: Visit) -> Entry:
    flags = f"抽查发现{len(row.flags)}项" if row.flags else ""
    return Entry(f"{row.trip.unit} {row.trip.mode}", detail=" · ".join(filter(None, [flags, row.note])), day=row.date)


def _actions(actor: Actor, firm: Enterprise) -> QuerySet[EnforcementAction]:
    return EnforcementAction.objects.visible_to(actor).filter(enterprise=firm).select_related("unit", "case")


def _action(row: EnforcementAction) -> Entry:
    fine = f"罚款{row.fine}万元" if row.fine is not None else ""
    target = row.get_target_display() if row.target else ""
    detail = " · ".join(filter(None, [row.unit.name, target, row.case.number if row.case else "", fine]))
    return Entry(row.get_kind_display(), detail=detail, day=row.date)


# What the firm gave


def _inspections(actor: Actor, firm: Enterprise) -> QuerySet[SelfInspection]:
    newest = Submission.objects.handed_in().filter(obligation=OuterRef("obligation")).order_by("-number")
    rows = SelfInspection.objects.visible_to(actor).filter(enterprise=firm).for_list()
    return rows.with_mending().with_progress().annotate(last_state=Subquery(newest.values("state")[:1]))


def _inspection(row: Any) -> Entry:
    numbers = f"已答{row.answered}项，不符合和部分符合{row.falling_short}项"
    return Entry(
        row.obligation.title,
        reverse("checklists:self_inspection", args=[row.pk]),
        f"{row.checklist}：{'正在修改' if row.mending else numbers}",
        day=timezone.localdate(row.obligation.handed_in_at or row.started_at),
        badges=(BADGES.get(row.last_state, ("open", "填写中")),),
    )


def _documents(actor: Actor, firm: Enterprise) -> QuerySet[StoredFile]:
    """Of its reports and answers, and what its own people added to its hazards."""
    people = Membership.objects.filter(enterprise=firm).values("user")
    return (
        StoredFile.objects.filter(
            _of(Submission.objects.visible_to(actor).filter(obligation__enterprise=firm))
            | _of(Answer.objects.visible_to(actor).filter(inspection__enterprise=firm))
            | _of(Hazard.objects.visible_to(actor).filter(enterprise=firm)) & Q(uploaded_by__in=people)
        )
        .select_related("owner_type")
        .order_by()
    )


def _of(owners: QuerySet[Any]) -> Q:
    kind = ContentType.objects.get_for_model(owners.model)
    return Q(owner_type=kind, owner_id__in=owners.order_by().values("pk"))


def _document(row: StoredFile) -> Entry:
    model: Any = row.owner_type.model_class() if row.owner_type else None
    detail = " · ".join(filter(None, [str(model._meta.verbose_name) if model else "", row.role]))
    return Entry(row.name, reverse("documents:file", args=[row.pk]), detail, day=timezone.localdate(row.uploaded_at))


KINDS = {
    "duties": Kind(
        "应报任务", "项", "期限", "还没有应报任务。专项行动开始后按报送事项自动生成。",
        _duties, _duty, ("settled", "turn", "id"), _duties_in_words,
        ("campaigns:obligations", "view=all", "view=owed"),
    ),
    "hazards": Kind(
        "事故隐患", "项", "整改期限", "台账中没有这家企业的隐患。",
        _hazards, _hazard, ("settled", "-found_on", "-id"), _hazards_in_words,
        ("hazards:hazards", "state=all", "state=all"),
    ),
    "inspections": Kind(
        "自查", "次", "报送时间", "还没有报送过自查结果。", _inspections, _inspection, ("-id",),
    ),
    "visits": Kind("检查", "次", "检查日期", "没有检查记录。", _visits, _visit, ("-date", "-id")),
    "actions": Kind("行政处置", "条", "日期", "没有行政处置记录。", _actions, _action, ("-date", "-id")),
    "documents": Kind("提交的材料", "份", "提交时间", "还没有提交过文件。", _documents, _document, ("-id",)),
}  # fmt: skip
# Kinds whose 全部 is the long list here.
LISTED_HERE = {key: kind for key, kind in KINDS.items() if kind.listed is None}
