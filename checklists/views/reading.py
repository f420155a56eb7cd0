"""Pages to read: the list of what one owes and receives, and one self-inspection with its answers."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns.models import Obligation, Submission
from checklists.models import FALLS_SHORT, Item, Result, SelfInspection, sheet
from checklists.permissions import may_answer, may_decide
from checklists.views.rows import photos_of, read_by, seen
from lib.actor import Actor
from lib.pages import Page, by_key
from organizations.permissions import Permission, allowed, requires

PAGE = 30
TABS = {"submitted": "待审核", "accepted": "已接收", "returned": "已退回", "": "全部"}
SHORT, CHANGED = "short", "changed"


@require_GET
@requires()
def self_inspections(request: HttpRequest) -> HttpResponse:
    """What the post's own house owes, and what was handed in within its reach."""
    tab = request.GET.get("state", "submitted")
    context = {
        "owed": _owed(request.actor),
        "may_answer": allowed(request.actor, Permission.CHECKLIST_ANSWER),
        "received": _received(request, tab) if request.actor.unit else None,
        "tab": tab if tab in TABS else "",
        "tabs": TABS,
    }
    return render(request, "checklists/self_inspections.html", context)


def _owed(actor: Actor) -> list[Any]:
    """Open ones first to fall due, then those done; each with how far it is."""
    whole = Q(self_inspection__answers__clause__isnull=True) & Q(self_inspection__answers__isnull=False)
    items = Item.objects.filter(checklist=OuterRef("self_inspection__checklist")).order_by()
    rows = (
        Obligation.objects.owed_by(actor)
        .filter(deliverable__form__startswith="checklist:", state__in=("open", "missing", "fulfilled"))
        .select_related("deliverable", "self_inspection__checklist")
        .annotate(
            standing=_standing("pk", Submission.objects.all()),
            answered=Count("self_inspection__answers", filter=whole),
            total=Subquery(items.values("checklist").annotate(n=Count("pk")).values("n")),
        )
        .order_by(F("accepted_at").desc(nulls_first=True), "due_at", "pk")[:PAGE]
    )
    return list(rows)


def _standing(obligation: str, versions: Any) -> Subquery:
    """The state of the latest of these versions."""
    rows = versions.filter(obligation=OuterRef(obligation)).order_by("-number")
    return Subquery(rows.values("state")[:1])


def _received(request: HttpRequest, tab: str) -> Page:
    """Others' inspections, newest first."""
    mine = SelfInspection.objects.owned_by(request.actor).values("pk")
    rows = SelfInspection.objects.visible_to(request.actor).exclude(pk__in=mine)
    rows = rows.annotate(standing=_standing("obligation", Submission.objects.handed_in()))
    rows = rows.with_mending().with_progress().for_list()
    if tab and tab in TABS:
        rows = rows.filter(standing=tab)
    return by_key(rows, request.GET, size=PAGE)


@require_GET
@requires()
def self_inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """Every answer, or those of one result; for the recipient the buttons to decide."""
    inspection = seen(request.actor, pk)
    version = read_by(request.actor, inspection)
    lines, wanted = sheet(inspection, upto=version.upto, base=version.base), request.GET.get("result", "")
    photos = photos_of(inspection, version)
    context = {
        "inspection": inspection,
        "lines": [
            (line, photos.get(line.answer.pk, ()) if line.answer else ()) for line in lines if _shown(line, wanted)
        ],
        "filters": _filters(lines, wanted, compared=version.base is not None),
        "version": version,
        "submission": version.submission,
        "may_decide": version.upto is None and may_decide(request.actor, version.submission),
        "may_answer": may_answer(request.actor, inspection),
    }
    return render(request, "checklists/self_inspection.html", context)


def _shown(line: Any, wanted: str) -> bool:
    result = line.answer.result if line.answer else ""
    if wanted == CHANGED:
        return line.changed
    return not wanted or result == wanted or (wanted == SHORT and result in FALLS_SHORT)


def _filters(lines: list[Any], wanted: str, *, compared: bool) -> list[dict[str, Any]]:
    """The chips above the list: word, number, whether chosen."""
    words = {"": "全部", SHORT: "不符合和部分符合", **dict(Result.choices)} | ({CHANGED: "有改动"} if compared else {})
    return [
        {
            "value": value,
            "word": word,
            "count": sum(_shown(line, value) for line in lines),
            "chosen": value == wanted,
        }
        for value, word in words.items()
    ]
