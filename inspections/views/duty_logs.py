"""履职记录: entering what was done for an activity duty, reading it, and turning findings into hazards."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.models import Obligation
from campaigns.permissions import may_hand_in
from documents.models import StoredFile
from inspections.actions import duty_logs as actions
from inspections.forms import DutyLogForm, FindingForm
from inspections.models import DutyLog
from lib.transitions import MoveRefused
from organizations.permissions import Permission, allowed, require, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.HAND_IN)
def record_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The records of a duty, and the form for the next one."""
    rows = Obligation.objects.owed_by(request.actor).for_list().filter(deliverable__form__startswith="record")
    owed = get_object_or_404(rows, pk=pk)
    require(may_hand_in(request.actor, owed))
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DutyLogForm(*given, initial={"entry_key": uuid4(), "led_by": owed.person})
    if request.method == "POST" and form.is_valid() and (log := _recorded(request, owed, form)):
        messages.success(request, "已登记，任务已完成。发现的问题可在本页登记为隐患。")
        return redirect(log)
    first, last = actions.span(owed)
    context = {"owed": owed, "form": form, "first": first, "last": last, "logs": owed.duty_logs.all()}
    return render(request, "inspections/record_of.html", context, status=422 if form.errors else 200)


def _recorded(request: HttpRequest, owed: Obligation, form: DutyLogForm) -> DutyLog | None:
    try:
        return actions.record(owed, by=request.actor, **form.values())
    except actions.AnotherPerson as refused:
        form.add_error("led_by", str(refused))
    except MoveRefused as refused:
        form.add_error("held_on", str(refused))
    except ValidationError as error:
        form.add_error("photos", error)
    return None


@require_GET
@requires()
def duty_log(request: HttpRequest, pk: int) -> HttpResponse:
    """One record with its photos and what became of the findings."""
    return _page(request, _seen(request, pk))


@require_POST
@requires(Permission.HAZARD_REGISTER)
def duty_log_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """A finding becomes a hazard of the firm."""
    log = _seen(request, pk)
    if request.actor.enterprise is None or request.actor.enterprise.pk != log.obligation.enterprise_id:
        return redirect("hazards:register")
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _page(request, log, form)
    try:
        hazard = actions.register_finding(log, by=request.actor, **form.cleaned_data)
        messages.success(request, f"已登记隐患{hazard.number}。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(log)


def _seen(request: HttpRequest, pk: int) -> DutyLog:
    return get_object_or_404(DutyLog.objects.visible_to(request.actor).with_places(), pk=pk)


def _page(request: HttpRequest, log: DutyLog, form: FindingForm | None = None) -> HttpResponse:
    own = request.actor.enterprise and request.actor.enterprise.pk == log.obligation.enterprise_id
    registers = own and allowed(request.actor, Permission.HAZARD_REGISTER)
    context = {
        "log": log,
        "photos": StoredFile.objects.of(log),
        "hazards": log.hazards.visible_to(request.actor),
        "form": (form or FindingForm(initial={"description": log.found})) if registers else None,
    }
    return render(request, "inspections/duty_log.html", context, status=422 if form else 200)
