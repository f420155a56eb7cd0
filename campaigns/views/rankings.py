"""Boards of single respondents: unit × month, the ranking, one unit's page, and the rehearsal."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns import grid as boards
from campaigns import rehearsal
from campaigns.actions import rounds
from campaigns.board import Cell
from campaigns.models import Call, Campaign, Contact, Letter, Obligation
from campaigns.permissions import may_edit, may_press
from lib import pages
from lib.excel import write_table
from organizations import jurisdiction
from organizations.models import Responsible, Unit
from organizations.permissions import Permission, allowed, require, requires


@require_GET
@requires()
def grid(request: HttpRequest, code: str) -> HttpResponse:
    """Who × month: on time, late, missing, waived, in words and colour."""
    campaign, rows = _rows(request, code)
    found = boards.grid(rows, timezone.now())
    lines = [(row, _named(found.labels, row), boards.words(row.sum)) for row in found.rows]
    context = {"campaign": campaign, "grid": found, "lines": lines, "may_press": may_press(request.actor, campaign)}
    return render(request, "campaigns/grid.html", context)


def _named(labels: list[str], row: boards.GridRow) -> list[tuple[str, Cell, str]]:
    """Each cell with its month, which on the phone stands beside it instead of above."""
    return [(label, cell, boards.words(cell)) for label, cell in zip(labels, row.cells, strict=True)]


@require_GET
@requires(Permission.EXPORT)
def grid_workbook(request: HttpRequest, code: str) -> FileResponse:
    campaign, rows = _rows(request, code)
    headings, lines = boards.grid_table(boards.grid(rows, timezone.now()))
    return _workbook(headings, lines, f"{campaign.name}各单位逐月报送情况", f"逐月报送情况-{campaign.code}.xlsx")


@require_GET
@requires()
def ranking(request: HttpRequest, code: str) -> HttpResponse:
    """及时率: of what was accepted, how much came by its day."""
    campaign, rows = _rows(request, code)
    may = may_press(request.actor, campaign)
    context = {"campaign": campaign, "ranking": boards.ranking(rows), "may_press": may}
    return render(request, "campaigns/ranking.html", context)


@require_GET
@requires(Permission.EXPORT)
def ranking_workbook(request: HttpRequest, code: str) -> FileResponse:
    campaign, rows = _rows(request, code)
    lines = boards.ranking_table(boards.ranking(rows))
    return _workbook(boards.RANKING_COLUMNS, lines, f"{campaign.name}报送及时率", f"报送及时率-{campaign.code}.xlsx")


@require_GET
@requires(Permission.CAMPAIGN_EDIT)
def rehearse(request: HttpRequest, code: str) -> HttpResponse:
    """预演, for the lead unit: what falls due within three work days, who has not handed in, what would not pass."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.actor).select_related("lead_unit"), code=code)
    require(may_edit(request.actor, campaign))
    today = timezone.localdate()
    days = {today + timedelta(days=n) for n in range((rehearsal.last_day(today) - today).days + 1)}
    context = {
        "campaign": campaign,
        "dues": rehearsal.coming(campaign, today, by=request.actor),
        "silent": rounds.waiting([campaign], today, days),
    }
    return render(request, "campaigns/rehearsal.html", context)


@require_GET
@requires()
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything a unit owes and has owed, whom to ring, what was said: also what a new clerk takes over."""
    seen = Unit.objects.filter(jurisdiction.of_units(request.actor, ""))
    found = get_object_or_404(seen.select_related("area", "part_of"), pk=pk)
    rows = Obligation.objects.visible_to(request.actor).filter(unit=found)
    by_month = boards.grid(rows, timezone.now())
    context = {
        "unit": found,
        "open": rows.to_do().for_list().order_by("due_at", "pk")[:50],
        "months": list(zip(by_month.labels, map(boards.words, by_month.rows[0].cells), strict=True))
        if by_month.rows
        else [],
        "ranking": boards.ranking(rows),
        "pressing": _pressing(request, rows),
        "contacts": Contact.objects.visible_to(request.actor).filter(unit=found).select_related("campaign"),
        "calls": Call.objects.visible_to(request.actor).filter(unit=found)[:20],
        "leaders": _leaders(request, found),
        "letters": Letter.objects.visible_to(request.actor).filter(unit=found).order_by("-pk")[:20],
        "page": pages.by_key(rows.exclude(state="open").for_list(), request.GET, order=("-id",)),
    }
    return render(request, "campaigns/unit.html", context)


def _leaders(request: HttpRequest, unit: Unit) -> Any:
    """Those in office today."""
    seen = Responsible.objects.visible_to(request.actor).filter(unit=unit)
    return seen.leaders().current_on(timezone.localdate())


def _pressing(request: HttpRequest, rows: Any) -> list[Campaign]:
    """The campaigns of one's own lead in which the unit is slow."""
    if not allowed(request.actor, Permission.LETTER_PREPARE) or not request.actor.unit:
        return []
    slow = rows.slow_at(timezone.now()).order_by().values("deliverable__campaign")
    led = jurisdiction.reach(request.actor).units
    return list(Campaign.objects.filter(pk__in=slow, lead_unit__in=led))


def _rows(request: HttpRequest, code: str) -> tuple[Campaign, Any]:
    campaign = get_object_or_404(Campaign.objects.visible_to(request.actor).select_related("lead_unit"), code=code)
    return campaign, Obligation.objects.visible_to(request.actor).filter(deliverable__campaign=campaign)


def _workbook(headings: list[Any], lines: Any, title: str, name: str) -> FileResponse:
    target = BytesIO()
    write_table(target, headings, lines, title=title, right=f"{timezone.localtime():%Y-%m-%d %H:%M}")
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name)
