"""两个清单汇总: what the units of a campaign have in their two lists, on one page and in one workbook."""

import tempfile
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.models import Campaign
from hazards import exports
from hazards import summary as sums
from hazards.forms.lists import SummarySearch
from hazards.models import Measure, Problem
from hazards.views.ledger import XLSX
from lib.actor import Actor
from lib.excel import write_tables
from lib.pages import by_key, count_in_words
from lib.text import page_moment
from organizations import audit
from organizations.permissions import Denied, Permission, require, requires


@dataclass
class Shown:
    """What the filters let through, and the sum of everything, which they do not change."""

    campaign: Campaign
    turn: sums.Turn | None
    search: SummarySearch
    summary: sums.Summary
    problems: QuerySet[Problem]
    measures: QuerySet[Measure]


@require_GET
@requires()
def lists_summary(request: HttpRequest, code: str) -> HttpResponse:
    """By unit what was handed in and what stands in the lists now; below the rows themselves."""
    shown = _shown(request, code)
    tab = "measures" if request.GET.get("tab") == "measures" else "problems"
    rows = shown.measures.prefetch_related("problems") if tab == "measures" else shown.problems
    context: dict[str, Any] = {
        "shown": shown,
        "campaign": shown.campaign,
        "search": shown.search,
        "tab": tab,
        "problems_query": _tab(request, "problems"),
        "measures_query": _tab(request, "measures"),
        "now": timezone.now(),
        "found": count_in_words(rows, "项"),
        "page": by_key(rows.select_related("unit"), request.GET),
        "filtered": any(request.GET.get(name) for name in ("unit", "category", "state", "unlinked")),
    }
    return render(request, "hazards/lists_summary.html", context)


@require_GET
@requires(Permission.EXPORT)
def lists_summary_workbook(request: HttpRequest, code: str) -> FileResponse:
    """Form 5 of all of them: the rows as filtered, with 填报单位 to the right."""
    shown = _shown(request, code)
    around = {
        "left": f"{shown.campaign.name}　{shown.turn.label if shown.turn else ''}",
        "right": f"截至{page_moment(timezone.now())}的实时清单",
        "notes": [f"报送情况：{shown.summary.words}", sums.BASIS],
    }
    book = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    sheets = exports.merged_lists(shown.problems, shown.measures, shown.summary.reporters, **around)
    written = write_tables(book, sheets)
    audit.record(request.actor, "two_lists.export", shown.campaign, rows=sum(written))
    book.seek(0)
    name = f"两个清单汇总{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)


def _shown(request: HttpRequest, code: str) -> Shown:
    actor, today = request.actor, timezone.localdate()
    require(_may_sum_up(actor))
    campaigns = Campaign.objects.visible_to(actor).select_related("area")
    campaign = get_object_or_404(campaigns, code=code)
    turns = sums.turns(campaign, actor)
    turn = sums.turn_shown(turns, request.GET.get("of", ""), today)
    summary = sums.summary(campaign, turn, actor, today)
    problems, measures = sums.lists(campaign, actor)
    search = SummarySearch(request.GET, turns=turns, turn=turn)
    search.offer(summary, problems)
    found = (search.found(rows, summary) for rows in (problems, measures))
    return Shown(campaign, turn, search, summary, *found)


def _tab(request: HttpRequest, name: str) -> str:
    """The same filters on the other list, from its first page."""
    query = request.GET.copy()
    query.pop("after", None)
    query["tab"] = name
    return f"?{query.urlencode()}"


def _may_sum_up(actor: Actor) -> bool | Denied:
    return actor.enterprise is None or Denied("两个清单由监管部门填写和汇总。")
