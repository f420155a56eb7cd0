"""Exports: ask for one, watch it being made, fetch it; scheduled ones lie ready for the lead unit."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.models import ExportJob
from lib import pages
from lib.transitions import MoveRefused
from organizations.permissions import Permission, requires
from reports.actions import jobs
from reports.dispatch.asked import AskRefused
from reports.forms import ExportForm
from reports.permissions import units_only
from reports.views.scopes import Request


@require_http_methods(["GET", "POST"])
@requires(Permission.EXPORT)
@units_only
def exports(request: Request) -> HttpResponse:
    """What the post has asked for and what is made for its unit, newest first; asking is POST."""
    form = ExportForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            job = jobs.ask(form.asked(), by=request.actor)
        except AskRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"“{job.title}”正在生成，完成后可在本页下载。")
            return redirect("reports:exports")
    context = {"form": form, "page": pages.by_key(visible(request), request.GET)}
    return render(request, "reports/exports.html", context)


def visible(request: Request) -> QuerySet[ExportJob]:
    return ExportJob.objects.visible_to(request.actor).filter(kind__in=jobs.KINDS).select_related("requested_by")


@require_GET
@requires(Permission.EXPORT)
@units_only
def export_progress(request: Request, pk: int) -> HttpResponse:
    """The row of one export; nothing (204) while it is as the page shows it already."""
    job = get_object_or_404(visible(request), pk=pk)
    if request.GET.get("seen") == job.seen:
        return HttpResponse(status=204)
    return render(request, "reports/_export.html", {"job": job})


@require_POST
@requires(Permission.EXPORT)
@units_only
def export_retry(request: Request, pk: int) -> HttpResponse:
    """Make again what did not succeed."""
    job = get_object_or_404(visible(request), pk=pk)
    try:
        jobs.retry(job, by=request.actor)
        messages.success(request, f"“{job.title}”已重新排队。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("reports:exports")
