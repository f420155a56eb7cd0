"""遗留清单: looked through in the look-back, written down at the close, followed afterwards."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from campaigns.models import Campaign, Obligation
from campaigns.permissions import may_edit
from hazards.models import Hazard
from lib import pages
from lib.transitions import MoveRefused
from organizations.permissions import Permission, require, requires
from reports import closing as left
from reports.actions import closing as actions
from reports.views.scopes import Request

MATTERS = {"hazards": "未销号隐患", "owed": "未报事项"}


@require_GET
@requires()
def closing(request: Request, code: str) -> HttpResponse:
    """Before the close what is open now; afterwards what was carried over, each as it stands today."""
    campaign = _campaign(request, code)
    matter = next((key for key in MATTERS if key == request.GET.get("matter")), "hazards")
    is_closed = campaign.state == Campaign.State.CLOSED
    every = {"hazards": _hazards(request, campaign, is_closed), "owed": _owed(request, campaign, is_closed)}
    rows = every[matter]
    context = {
        "campaign": campaign,
        "is_closed": is_closed,
        "matter": matter,
        "matters": [(key, label, every[key].count()) for key, label in MATTERS.items()],
        "found": pages.count_in_words(rows, "项"),
        "page": pages.by_key(rows, request.GET, order=("-id",)),
        "carried": left.carried(campaign, request.actor) if is_closed else None,
        "may_close": campaign.state == Campaign.State.RUNNING and may_edit(request.actor, campaign),
    }
    return render(request, "reports/closing.html", context)


@require_POST
@requires(Permission.CAMPAIGN_EDIT)
def close(request: Request, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    require(may_edit(request.actor, campaign))
    try:
        count = actions.close(campaign, by=request.actor)
        messages.success(request, f"专项行动已结束，{count}项记入遗留清单，沿用本行动的新行动可在此查看存量。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("reports:closing", code)


def _campaign(request: Request, code: str) -> Campaign:
    rows = Campaign.objects.visible_to(request.actor).select_related("lead_unit", "area")
    return get_object_or_404(rows, code=code)


def _hazards(request: Request, campaign: Campaign, is_closed: bool) -> Any:
    seen = Hazard.objects.visible_to(request.actor)
    rows = seen.filter(carried__campaign=campaign) if is_closed else seen.filter(pk__in=left.open_hazards(campaign))
    return rows.for_list()


def _owed(request: Request, campaign: Campaign, is_closed: bool) -> Any:
    seen = Obligation.objects.visible_to(request.actor)
    rows = seen.filter(carried__campaign=campaign) if is_closed else seen.filter(pk__in=left.unanswered(campaign))
    return rows.for_list()
