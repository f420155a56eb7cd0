"""Firm × month of a campaign: a page at a time, and all of it as Excel."""

import tempfile
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns import firms
from campaigns.board import Cell
from campaigns.forms.searches import FirmSearch
from campaigns.grid import words
from campaigns.models import Campaign, Obligation
from campaigns.permissions import may_press
from lib import pages, periods
from lib.excel import write_table
from organizations.models import Enterprise
from organizations.permissions import Permission, requires

BY_NAME = ("name", "id")


@require_GET
@requires()
def firm_grid(request: HttpRequest, code: str) -> HttpResponse:
    """On time, late, missing, waived by month, in words and colour; by name, slow ones alone if one likes."""
    campaign, search, rows, chosen = _chosen(request, code)
    page = pages.by_key(chosen.select_related("area", "sector").defer("grams"), request.GET, order=BY_NAME)
    context = {
        "campaign": campaign,
        "search": search,
        "found": pages.count_in_words(chosen, "家"),
        "page": page,
        **_lines(rows, page),
        "filtered": bool(request.GET),
        "may_press": may_press(request.actor, campaign),
    }
    return render(request, "campaigns/firm_grid.html", context)


@require_GET
@requires(Permission.EXPORT)
def firm_grid_workbook(request: HttpRequest, code: str) -> FileResponse:
    """All that the filters leave, streamed: as many firms as there are."""
    campaign, _, rows, chosen = _chosen(request, code)
    rows, now = rows.filter(enterprise__in=chosen.order_by().values("pk")), timezone.now()
    columns, target = firms.months(rows), tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    title, moment = f"{campaign.name}各企业逐月报送情况", f"{timezone.localtime(now):%Y-%m-%d %H:%M}"
    table = firms.table(rows, columns, now)
    write_table(target, firms.headings(columns), table, name="企业逐月", title=title, right=moment, paper="A3")
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"企业逐月报送情况-{campaign.code}.xlsx")


def _chosen(request: HttpRequest, code: str) -> tuple[Campaign, FirmSearch, QuerySet[Obligation], QuerySet[Enterprise]]:
    """The campaign, its filters, the rows one may see, and the firms the filters leave of those that stand in one's
    reach today: one that has moved away is on the board of where it stands."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.actor).select_related("lead_unit"), code=code)
    rows = Obligation.objects.of_firms_seen_by(request.actor).filter(deliverable__campaign=campaign)
    search = FirmSearch(request.GET, actor=request.actor)
    slow_at = timezone.now() if search.wants_slow else None
    ours = firms.firms(rows, slow_at=slow_at).visible_to(request.actor)  # type: ignore[attr-defined]
    return campaign, search, rows, search.found(ours)


def _lines(rows: QuerySet[Obligation], page: pages.Page) -> dict[str, Any]:
    """The months of the page, and each firm with its row and (month, cell, words) for each of them."""
    found = firms.grid(rows, page, timezone.now())
    columns = [(month, periods.label(month)) for month in sorted({key for row in found.values() for key in row.cells})]
    lines = []
    for firm in page:
        row = found[firm.pk]
        cells = [(label, row.cells.get(month, Cell())) for month, label in columns]
        lines.append((firm, row, [(label, cell, words(cell)) for label, cell in cells], words(row.sum)))
    return {"labels": [label for _, label in columns], "lines": lines}
