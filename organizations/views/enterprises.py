"""The list of enterprises, its Excel, and one enterprise."""

import tempfile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from lib.excel import write_tables
from lib.pages import by_key, count_in_words
from lib.text import full_date
from lib.transitions import MoveRefused
from organizations import audit, exports
from organizations.actions.moving import relocate
from organizations.forms.enterprises import EnterpriseFilters, MoveForm
from organizations.forms.session import posted
from organizations.models import Enterprise, EnterpriseChange, Responsible
from organizations.permissions import Permission, allowed, may_keep_roster, requires

BY_NAME = ("name", "id")
MOST_EXPORTED = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shown(request: HttpRequest) -> tuple[EnterpriseFilters, QuerySet[Enterprise]]:
    """The filters and the rows they leave of those the actor may see."""
    form = EnterpriseFilters(request.GET, actor=request.actor)
    return form, form.found(Enterprise.objects.visible_to(request.actor))


@require_GET
@requires()
def enterprises(request: HttpRequest) -> HttpResponse:
    """Those one supervises; somebody of a firm is led to it at once."""
    if request.actor.enterprise:
        return redirect("organizations:enterprise", request.actor.enterprise.pk)
    form, rows = shown(request)
    page = {
        "form": form,
        "page": by_key(rows.select_related("area", "sector").defer("grams"), request.GET, order=BY_NAME),
        "found": count_in_words(rows, "家"),
        "export": f"export/?{request.GET.urlencode()}",
        "filtered": bool(request.GET),
        "may_import": allowed(request.actor, Permission.IMPORT),
        "may_approve": allowed(request.actor, Permission.ENTERPRISE_APPROVE),
        "pending": EnterpriseChange.objects.visible_to(request.actor).pending().count(),
    }
    return render(request, "organizations/enterprises.html", page)


@require_GET
@requires(Permission.EXPORT)
def enterprise_export(request: HttpRequest) -> FileResponse:
    """Excel of what is shown, which can be read back in as an import."""
    _, rows = shown(request)
    if rows.order_by()[: MOST_EXPORTED + 1].count() > MOST_EXPORTED:
        raise PermissionDenied(f"一次最多导出{MOST_EXPORTED}行，请按区市、行业或分级缩小范围后再导出。")
    book, today = tempfile.TemporaryFile(), full_date(timezone.localdate())  # noqa: SIM115 (the response closes it)
    written = write_tables(book, [exports.enterprise_sheet(rows.order_by(*BY_NAME), right=today)])[0]
    audit.record(request.actor, "enterprise.export", rows=written, query=request.GET.urlencode()[:500])
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=f"企业名录{today}.xlsx", content_type=XLSX)


@require_GET
@requires()
def enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Enterprise.objects.visible_to(request.actor).select_related("area", "sector")
    return render(request, "organizations/enterprise.html", about(request, get_object_or_404(rows, pk=pk)))


@requires(Permission.ENTERPRISE_APPROVE)
def enterprise_move(request: HttpRequest, pk: int) -> HttpResponse:
    """迁址 by the department that has the enterprise today; afterwards it is the other area's."""
    firm = get_object_or_404(Enterprise.objects.visible_to(request.actor).select_related("area"), pk=pk)
    form = MoveForm(posted(request), enterprise=firm)
    if request.method == "POST" and form.is_valid():
        try:
            relocate(firm, by=request.actor, **form.cleaned_data)
        except MoveRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{firm}已迁至{form.cleaned_data['area']}，未办结事项已移交。")
        return redirect("organizations:enterprises")
    return render(request, "organizations/enterprise_move.html", {"form": form, "enterprise": firm})


def about(request: HttpRequest, firm: Enterprise) -> dict[str, Any]:
    """What the page of an enterprise shows. A page further right extends the template and fills its block `panels`."""
    changes = list(firm.changes.select_related("decided_by_unit")[:10])
    people = Responsible.objects.visible_to(request.actor).filter(enterprise=firm).not_over_on(timezone.localdate())
    responsibles = sorted(
        people.select_related("unit"), key=lambda row: (Responsible.Kind.values.index(row.kind), row.pk)
    )
    return {
        "responsibles": responsibles,
        "kept_units": [row.unit_id for row in responsibles if may_keep_roster(request.actor, row.unit)],
        "may_appoint": allowed(request.actor, Permission.ROSTER_KEEP),
        "unwatched": firm.must_be_watched and not any(row.kind == Responsible.Kind.WATCH for row in responsibles),
        "enterprise": firm,
        "people": firm.memberships.active().select_related("user").order_by("role", "id"),
        "changes": changes,
        "pending": next((each for each in changes if each.state == EnterpriseChange.State.PENDING), None),
        "may_confirm": allowed(request.actor, Permission.ENTERPRISE_CONFIRM),
        "may_approve": allowed(request.actor, Permission.ENTERPRISE_APPROVE),
    }
