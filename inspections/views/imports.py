"""Bringing workbooks in: upload, look at what was found, confirm."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.models import ImportBatch, StoredFile
from inspections.actions import imports as actions
from inspections.forms import ConfirmForm, ImportForm
from inspections.imports import blanks, words
from lib import pages
from lib.excel import ERROR, WARNING
from lib.transitions import MoveRefused
from organizations.imports.names import DOUBT
from organizations.permissions import Permission, allowed, requires

STALE = timedelta(minutes=10)  # after that a worker may have been lost; checking again is offered
MOST_SHOWN = 100


@require_GET
@requires(Permission.IMPORT)
def imports(request: HttpRequest) -> HttpResponse:
    """The unit's batches, newest first."""
    rows = ImportBatch.objects.visible_to(request.actor)
    context = {"page": pages.by_key(rows.defer("errors", "warnings"), request.GET), "kinds": ImportBatch.Kind}
    return render(request, "inspections/imports.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT)
def import_new(request: HttpRequest) -> HttpResponse:
    initial = {"kind": request.GET.get("kind")}
    form = ImportForm(request.POST or None, request.FILES or None, by=request.actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = {"kind": form.cleaned_data["kind"], "campaign": form.cleaned_data["campaign"]}
        try:
            return redirect(actions.submit(form.cleaned_data["file"], by=request.actor, **asked))
        except ValidationError as error:
            form.add_error("file", error)
    return render(request, "inspections/import_new.html", {"form": form, "kinds": ImportBatch.Kind})


@require_GET
@requires(Permission.IMPORT)
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found; while a worker is at it, htmx asks for the middle of the page again."""
    page = "inspections/_batch.html" if request.htmx else "inspections/import_batch.html"
    return render(request, page, _found(request, _own(request, pk)))


@require_POST
@requires(Permission.IMPORT)
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the workbook, once everything doubtful about it is confirmed."""
    batch = _own(request, pk)
    form = _confirm_form(batch, request.POST)
    if not form.is_valid():
        context = _found(request, batch) | {"form": form}
        return render(request, "inspections/import_batch.html", context, status=422)
    try:
        if problem := actions.confirm(batch, by=request.actor, **form.cleaned_data):
            messages.error(request, f"{problem}。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(batch)


@require_POST
@requires(Permission.IMPORT)
def import_check_again(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _own(request, pk)
    try:
        actions.check_again(batch, by=request.actor)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(batch)


@require_GET
@requires(Permission.IMPORT)
def import_blank(request: HttpRequest, kind: str) -> FileResponse:
    """An empty workbook with the headings of this kind."""
    if kind not in ImportBatch.Kind.values:
        raise Http404
    target = BytesIO()
    blanks.write_blank(target, kind)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{ImportBatch.Kind(kind).label}导入模板.xlsx")


def _own(request: HttpRequest, pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.visible_to(request.actor), pk=pk)


def _found(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    files = {stored.role: stored for stored in StoredFile.objects.of(batch)}
    errors, warnings = words.of_batch(batch, ERROR), words.of_batch(batch, WARNING)
    return {
        "batch": batch,
        "errors": errors[:MOST_SHOWN],
        "doubts": words.of_batch(batch, DOUBT)[:MOST_SHOWN],
        "warnings": warnings[:MOST_SHOWN],
        "source": files.get(actions.SOURCE),
        "marked": files.get(actions.MARKED),
        "form": _confirm_form(batch) if batch.state == batch.State.PREVIEWED else None,
        "is_stale": batch.is_busy and timezone.now() - batch.at > STALE,
        "history": allowed(request.actor, Permission.HISTORY_IMPORT),
    }


def _confirm_form(batch: ImportBatch, data: Any = None) -> ConfirmForm:
    earlier = ImportBatch.objects.applied().of_file(batch.kind, batch.sha256).exclude(pk=batch.pk).first()
    return ConfirmForm(data, doubts=len(batch.doubts), earlier=earlier)
