"""The campaigns: list, page, and what their lead officers do with them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions import copying, editing, previewing
from campaigns.forms import AssignmentFormSet, CampaignForm, CampaignSearch, CopyForm, DeliverableForm, PhaseFormSet
from campaigns.models import Campaign, Deliverable
from campaigns.permissions import may_edit
from campaigns.views.campaign_page import overview
from lib import pages
from lib.transitions import MoveRefused
from organizations.permissions import Permission, allowed, require, requires


@require_GET
@requires()
def campaigns(request: HttpRequest) -> HttpResponse:
    """Newest first; drafts only for their lead unit."""
    search = CampaignSearch(request.GET)
    rows = Campaign.objects.visible_to(request.actor).select_related("lead_unit")
    if search.is_valid() and search.cleaned_data["state"]:
        rows = rows.filter(state=search.cleaned_data["state"])
    context = {
        "search": search,
        "found": pages.count_in_words(rows, "个"),
        "page": pages.by_key(rows, request.GET, order=("-starts_on", "-id")),
        "may_create": bool(request.actor.unit) and allowed(request.actor, Permission.CAMPAIGN_EDIT),
    }
    return render(request, "campaigns/campaigns.html", context)


@require_GET
@requires()
def campaign(request: HttpRequest, code: str) -> HttpResponse:
    """The notice as a page: phases, duties, tasks, who takes part."""
    rows = Campaign.objects.visible_to(request.actor).select_related("lead_unit__part_of", "area")
    found = get_object_or_404(rows, code=code)
    return render(request, "campaigns/campaign.html", overview(found, request.actor))


@require_http_methods(["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def campaign_create(request: HttpRequest) -> HttpResponse:
    unit = request.actor.unit
    line = next(iter(unit.bureau.lines), "")  # a committee stands in no line
    return _edit(request, Campaign(lead_unit=unit, area=unit.area, line=line))


@require_http_methods(["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def campaign_edit(request: HttpRequest, code: str) -> HttpResponse:
    return _edit(request, _led(request, code))


def _edit(request: HttpRequest, edited: Campaign) -> HttpResponse:
    form = CampaignForm(request.POST or None, instance=edited, by=request.actor)
    phases = PhaseFormSet(request.POST or None, instance=edited)
    if request.method == "POST" and all([form.is_valid(), phases.is_valid()]):
        rows = phases.save(commit=False)
        removed = phases.deleted_objects
        saved = editing.save_campaign(form.instance, scope=form.scope(), phases=rows, removed=removed, by=request.actor)
        messages.success(request, "已保存。")
        return redirect(saved)
    return render(request, "campaigns/campaign_edit.html", {"campaign": edited, "form": form, "phases": phases})


@require_http_methods(["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def assignments_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The numbered tasks, all on one page."""
    edited = _led(request, code)
    tasks = AssignmentFormSet(request.POST or None, instance=edited)
    if request.method == "POST" and tasks.is_valid():
        tasks.save(commit=False)
        rows = [
            (form.instance, form.scope())
            for form in tasks.forms
            if form.has_changed() and not tasks._should_delete_form(form)
        ]
        editing.save_assignments(edited, rows=rows, removed=tasks.deleted_objects, by=request.actor)
        messages.success(request, "任务分工已保存。")
        return redirect(edited)
    return render(request, "campaigns/assignments_edit.html", {"campaign": edited, "tasks": tasks})


@require_http_methods(["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def deliverable_edit(request: HttpRequest, code: str, pk: int | None = None) -> HttpResponse:
    """A duty of the campaign; without a key a new one."""
    edited = _led(request, code)
    duty = get_object_or_404(edited.deliverables.exclude(form="receipt"), pk=pk) if pk else Deliverable(campaign=edited)
    form = DeliverableForm(request.POST or None, instance=duty, campaign=edited)
    effects: list[str] = []
    if request.method == "POST" and form.is_valid():
        if "confirmed" not in request.POST:
            effects = previewing.effects(form.instance, scope=form.scope(), by=request.actor)
        if not effects:
            editing.save_deliverable(form.instance, scope=form.scope(), by=request.actor)
            messages.success(request, f"“{form.instance.name}”已保存，未到期的任务随即按新规则核对。")
            return redirect(edited)
    context = {"campaign": edited, "duty": duty, "form": form, "effects": effects}
    return render(request, "campaigns/deliverable_edit.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.CAMPAIGN_EDIT)
def campaign_copy(request: HttpRequest, code: str) -> HttpResponse:
    """沿用: a new draft from this one, every date shifted; shown before it is made."""
    earlier = _led(request, code)
    form = CopyForm(request.POST or None, initial={"name": earlier.name})
    dates: list[Any] = []
    if form.is_valid():
        starts_on = form.cleaned_data["starts_on"]
        if "confirmed" in request.POST:
            data = {"name": form.cleaned_data["name"], "starts_on": starts_on}
            new = copying.copy(earlier, code=editing.new_code_of(earlier.line, starts_on), by=request.actor, **data)
            messages.success(request, "已生成草稿，请核对日期、文号和任务，再点“开始”。")
            return redirect(new)
        dates = copying.shifted(earlier, starts_on)
    return render(request, "campaigns/campaign_copy.html", {"campaign": earlier, "form": form, "dates": dates})


@require_POST
@requires(Permission.CAMPAIGN_EDIT)
def campaign_start(request: HttpRequest, code: str) -> HttpResponse:
    """开始, or again after the close; closing is on the page of what is left (reports)."""
    started = _led(request, code)
    try:
        editing.start(started, by=request.actor)
        messages.success(request, "专项行动已开始，正在生成应报任务。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(started)


def _led(request: HttpRequest, code: str) -> Campaign:
    """A campaign of the actor's own house, else 404 or 403 with the reason."""
    found = get_object_or_404(Campaign.objects.visible_to(request.actor).select_related("lead_unit"), code=code)
    require(may_edit(request.actor, found))
    return found
