"""The page of an enterprise with what every app knows of it, and the long lists behind it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from lib.pages import by_key, count_in_words
from organizations.models import Enterprise
from organizations.permissions import requires
from organizations.views.enterprises import about
from reports.enterprise import LISTED_HERE, panels
from reports.views.scopes import Request


@require_GET
@requires()
def enterprise(request: Request, pk: int) -> HttpResponse:
    """The full picture; each panel shows the rows its reader may see."""
    rows = Enterprise.objects.visible_to(request.actor).select_related("area", "sector")
    firm = get_object_or_404(rows, pk=pk)
    context = about(request, firm) | {"panels": panels(firm, request.actor)}
    return render(request, "reports/enterprise.html", context)


@require_GET
@requires()
def enterprise_records(request: Request, pk: int, kind: str) -> HttpResponse:
    """All rows of one kind that no other list holds, newest first."""
    firm = get_object_or_404(Enterprise.objects.visible_to(request.actor), pk=pk)
    if kind not in LISTED_HERE:
        raise Http404("没有这一类记录。")
    shown = LISTED_HERE[kind]
    rows = shown.rows(request.actor, firm)
    page = by_key(rows, request.GET, order=shown.order)
    context = {
        "enterprise": firm,
        "kind": shown,
        "found": count_in_words(rows, shown.unit),
        "page": page,
        "entries": (entries := [shown.entry(row) for row in page]),
        "has_states": any(entry.badges for entry in entries),
    }
    return render(request, "reports/enterprise_records.html", context)
