"""两个清单: two lists on two tabs, their Excel, and handing them in."""

import tempfile
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions.submissions import CURRENT
from campaigns.models import Campaign, Obligation, Submission
from campaigns.permissions import may_hand_in
from hazards import actions, exports
from hazards.forms.lists import ListForm, MeasureForm, ProblemForm
from hazards.models import Measure, Problem
from hazards.permissions import may_add_to_list, may_edit_list
from hazards.summary import FORM
from hazards.views.ledger import XLSX
from lib.actor import Actor
from lib.excel import write_tables
from lib.pages import by_key
from lib.transitions import MoveRefused
from organizations import audit
from organizations.permissions import Permission, require, requires


@require_GET
@requires()
def two_lists(request: HttpRequest) -> HttpResponse:
    """The unit's own problems or measures and those of its line below, newest first."""
    owed = Obligation.objects.owed_by(request.actor).to_do().filter(deliverable__form=FORM)
    return lists_page(request, list(owed.select_related("deliverable").order_by("due_at")[:3]))


@require_GET
@requires()
def lists_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for one obligation, whose page leads here to fill in and hand in; nothing is left to do: back to it."""
    rows = Obligation.objects.visible_to(request.actor).select_related("deliverable__campaign")
    obligation = get_object_or_404(rows, pk=pk, deliverable__form=FORM)
    require(may_hand_in(request.actor, obligation))
    if obligation.submissions.filter(state__in=CURRENT).exclude(state=Submission.State.DRAFT).exists():
        return redirect(obligation)
    return lists_page(request, [obligation], obligation.deliverable.campaign)


def lists_page(request: HttpRequest, owed: list[Obligation], campaign: Campaign | None = None) -> HttpResponse:
    problems, measures = actions.lists_of(request.actor, campaign)
    tab = "measures" if request.GET.get("list") == "measures" else "problems"
    page = {
        "tab": tab,
        "page": by_key(measures if tab == "measures" else problems, request.GET),
        "may_add": may_add_to_list(request.actor),
        "owed": owed,
        "summed": _summed_up(request.actor),
    }
    return render(request, "hazards/two_lists.html", page)


def _summed_up(actor: Actor) -> list[Campaign]:
    """Running campaigns that ask for the lists: their sum is a page of each; a firm has none."""
    if actor.unit is None:
        return []
    running = Campaign.objects.visible_to(actor).running()
    return list(running.filter(deliverables__form=FORM).distinct()[:3])


@require_GET
@requires(Permission.EXPORT)
def export_lists(request: HttpRequest) -> FileResponse:
    """Form 5: two sheets, linked by the problems' numbers."""
    book = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    written = write_tables(book, exports.two_lists(*actions.lists_of(request.actor)))
    audit.record(request.actor, "two_lists.export", rows=sum(written))
    book.seek(0)
    name = f"两个清单{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)


@require_POST
@requires(Permission.HAND_IN)
def hand_in_lists(request: HttpRequest, pk: int) -> HttpResponse:
    """报送 the lists as they stand."""
    obligation = get_object_or_404(Obligation.objects.visible_to(request.actor), pk=pk, deliverable__form=FORM)
    require(may_hand_in(request.actor, obligation))
    try:
        actions.hand_in_lists(obligation, by=request.actor)
        messages.success(request, "已报送，等待接收单位审核。")
    except MoveRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect(obligation)


@requires()
def problem(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A problem, new or to be kept up."""
    row = get_object_or_404(Problem.objects.visible_to(request.actor), pk=pk) if pk is not None else None
    verdict = may_edit_list(request.actor, row) if row else may_add_to_list(request.actor)
    if request.method == "POST" or row is None:
        require(verdict)
    form = ProblemForm(*posted(request), actor=request.actor, row=row)
    if request.method == "POST" and form.is_valid():
        save(form, actions.add_problem, actions.update_problem)
        messages.success(request, "已保存。")
        return redirect("hazards:two_lists")
    page = {"form": form, "row": row, "what": "问题", "verdict": verdict}
    return render(request, "hazards/list_row.html", page, status=422 if form.errors else 200)


@requires()
def measure(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A measure, new or to be kept up."""
    row = get_object_or_404(Measure.objects.visible_to(request.actor), pk=pk) if pk is not None else None
    verdict = may_edit_list(request.actor, row) if row else may_add_to_list(request.actor)
    if request.method == "POST" or row is None:
        require(verdict)
    form = MeasureForm(*posted(request), actor=request.actor, row=row)
    if request.method == "POST" and form.is_valid():
        save(form, actions.add_measure, actions.update_measure)
        messages.success(request, "已保存。")
        return redirect("/hazards/two-lists/?list=measures")
    page = {"form": form, "row": row, "what": "制度措施", "verdict": verdict}
    return render(request, "hazards/list_row.html", page, status=422 if form.errors else 200)


@require_POST
@requires()
def move_problem(request: HttpRequest, pk: int) -> HttpResponse:
    """完成, or open again."""
    row = get_object_or_404(Problem.objects.visible_to(request.actor), pk=pk)
    require(may_edit_list(request.actor, row))
    finished = request.POST.get("to") == Problem.State.DONE
    try:
        (actions.finish_problem if finished else actions.reopen_problem)(row, by=request.actor)
    except MoveRefused as refusal:
        messages.warning(request, str(refusal))
    return redirect("hazards:two_lists")


def posted(request: HttpRequest) -> tuple[Any, ...]:
    return (request.POST,) if request.method == "POST" else ()


def save(form: ListForm, add: Any, update: Any) -> Model:
    if form.row is None:
        return add(form.actor.unit, by=form.actor, **form.values())
    return update(form.row, by=form.actor, **form.values())
