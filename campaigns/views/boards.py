"""The board of a campaign: who owes what, on the page and as a workbook."""

from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.board import Board, columns, month_shown, months, table
from campaigns.board import board as counted
from campaigns.forms import BoardSearch
from campaigns.models import Campaign, Obligation
from lib import periods
from lib.excel import write_table
from organizations.permissions import Permission, requires


@require_GET
@requires()
def board(request: HttpRequest, code: str) -> HttpResponse:
    """Deliverable × area for the month of a due day; every figure opens the rows behind it."""
    return render(request, "campaigns/board.html", _board(request, code))


@require_GET
@requires(Permission.EXPORT)
def board_workbook(request: HttpRequest, code: str) -> FileResponse:
    """What the board shows, as Excel."""
    shown = _board(request, code)
    campaign, target = shown["campaign"], BytesIO()
    write_table(
        target,
        columns(shown["board"]),
        table(shown["board"]),
        title=f"{campaign.name}报送情况",
        left=f"截止月份：{shown['month_label']}",
        right=f"{timezone.localtime():%Y-%m-%d %H:%M}",
    )
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"报送情况-{campaign.code}-{shown['month']}.xlsx")


def _board(request: HttpRequest, code: str) -> dict[str, Any]:
    campaign = get_object_or_404(Campaign.objects.visible_to(request.actor), code=code)
    rows = Obligation.objects.visible_to(request.actor).filter(deliverable__campaign=campaign)
    choices = months(campaign, rows)
    asked = request.GET.get("month", "")
    known = {key for key, _ in choices} | {"all"}
    month = asked if asked in known else month_shown(choices, f"{timezone.localdate():%Y-%m}")
    return {
        "campaign": campaign,
        "month": month,
        "month_label": "全部月份" if month == "all" else periods.label(month) if month else "",
        "search": BoardSearch(months=choices, month=month),
        "board": _counted(rows, month),
    }


def _counted(rows: Any, month: str) -> Board:
    narrowed = rows if month in ("", "all") else rows.due_in_month(month)
    return counted(narrowed, timezone.now())
