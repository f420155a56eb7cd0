"""The ledger and one hazard of it."""

import tempfile

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from documents.actions.exports import ask
from documents.models import StoredFile
from hazards import exports
from hazards.forms.filters import HazardFilters
from hazards.models import Hazard, HazardEntry
from hazards.models.indexes import NEWEST_FIRST
from hazards.permissions import may_penalise, may_register
from hazards.views.acts import offers
from lib.excel import write_tables
from lib.pages import by_key, count_in_words
from lib.text import full_date
from lib.transitions import MoveRefused
from organizations import audit
from organizations.permissions import Permission, requires

MOST_EXPORTED = 100_000
# Of the app that keeps the decisions, by the name of its address; its argument is the hazard's key.
PENALTY_PAGE = "inspections:penalty"
# Where exports made in the background appear.
EXPORTS_PAGE = "reports:exports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires()
def hazards(request: HttpRequest) -> HttpResponse:
    """The ledger: what is open, newest first, unless the filters say otherwise."""
    form = HazardFilters(request.GET, actor=request.actor)
    rows, ways = form.found(Hazard.objects.for_list()), Hazard.objects.ways_to(request.actor)
    page = {
        "form": form,
        "page": by_key(rows, request.GET, order=NEWEST_FIRST, ways=ways),
        "found": count_in_words(rows, "项", ways=ways),
        "export": f"export/?{request.GET.urlencode()}",
        "filtered": bool(request.GET),
        "may_register": may_register(request.actor),
    }
    return render(request, "hazards/hazards.html", page)


@require_GET
@requires(Permission.EXPORT)
def export(request: HttpRequest) -> HttpResponse | FileResponse:
    """Excel of what is shown: the seventeen columns of the official ledger and the portal's own to the right.

    A ledger too long to wait for is offered as an export in the background; looking asks for nothing yet.
    """
    form = HazardFilters(request.GET, actor=request.actor)
    rows = form.found(Hazard.objects.visible_to(request.actor))
    if rows.order_by()[: MOST_EXPORTED + 1].count() > MOST_EXPORTED:
        page = {"most": MOST_EXPORTED, "words": form.in_words(), "query": request.GET.urlencode()}
        return render(request, "hazards/export_later.html", page)
    book, today = tempfile.TemporaryFile(), full_date(timezone.localdate())  # noqa: SIM115 (the response closes it)
    written = write_tables(book, [exports.ledger_sheet(rows, right=today)])[0]
    audit.record(request.actor, "hazard.export", rows=written, query=request.GET.urlencode()[:500])
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=f"事故隐患台账{today}.xlsx", content_type=XLSX)


@require_POST
@requires(Permission.EXPORT)
def export_later(request: HttpRequest) -> HttpResponse:
    """Ask for it; the page of exports shows how far it is."""
    if request.actor.unit is None:
        raise PermissionDenied("一次导出的行数过多，请按时间或级别缩小范围后再导出。")
    form = HazardFilters(request.GET, actor=request.actor)
    form.is_valid()
    title = f"事故隐患台账{full_date(timezone.localdate())}（{form.in_words()}）"
    try:
        job = ask(exports.LEDGER_JOB, title=title, params={"query": request.GET.urlencode()}, by=request.actor)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"“{job.title}”正在生成，完成后可在本页下载。")
    return redirect(EXPORTS_PAGE)


@require_GET
@requires()
def hazard(request: HttpRequest, pk: int) -> HttpResponse:
    """One hazard: what it is, where it stands, what may be done next and by whom."""
    found = get_object_or_404(Hazard.objects.visible_to(request.actor).for_page(), pk=pk)
    may, may_not = offers(request.actor, found)
    page = {
        "hazard": found,
        "may": may,
        "penalty_page": reverse(PENALTY_PAGE, args=[pk]) if may_penalise(request.actor, found) else "",
        "next": next((offer for offer in may if offer.act.step), None),
        "may_not": may_not,
        "entries": (entries := found.time_line()),
        "planned": next((one for one in entries if getattr(one, "kind", "") == HazardEntry.Kind.PLAN), None),
        "photos": list(StoredFile.objects.of(found)),
        "signatures": list(found.signatures.valid()),
        "closings": list(found.closings.all()),
        "listings": list(found.listings.all()),
        "pending": found.reconsiderations.pending().select_related("proposed_by").first(),
        "spared": found.is_open and found.is_spared_penalty_on(timezone.localdate()),
    }
    return render(request, "hazards/hazard.html", page)
