"""The home page of every role, and the city's overview."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from lib.actor import Actor
from organizations.models import Area
from organizations.permissions import requires
from reports import overview as figures
from reports import todo
from reports.views.scopes import Request


@require_GET
@requires()
def home(request: Request) -> HttpResponse:
    """What do I owe next, what waits for me; one button each."""
    context = {
        "sections": todo.sections(request.actor),
        "today": timezone.localdate(),
        "holder": request.actor.holder_label,
        "has_overview": sees_overview(request.actor),
    }
    return render(request, "reports/home.html", context)


@require_GET
@requires()
def overview(request: Request) -> HttpResponse:
    """What has come in and how hazards stand, by area; for the city's units."""
    if not sees_overview(request.actor):
        raise PermissionDenied("全市概况供市级单位查看。")
    now = timezone.now()
    charts = [
        {"key": "came-in", "stacked": True} | figures.came_in(request.actor, now),
        {"key": "hazards", "stacked": False} | figures.hazards_stand(request.actor, timezone.localdate(now)),
    ]
    return render(request, "reports/overview.html", {"charts": [_named(chart) for chart in charts]})


def _named(chart: dict[str, Any]) -> dict[str, Any]:
    return chart | {"data_id": f"{chart['key']}-data"}


def sees_overview(actor: Actor) -> bool:
    return bool(actor.unit) and actor.unit.area.level == Area.Level.CITY
