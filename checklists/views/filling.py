"""The respondent's pages: start, fill in, look through what is missing, hand in."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from checklists import actions
from checklists.forms import SheetForm
from checklists.models import Checklist, Line, SelfInspection, gaps, last_event, reading, sheet
from checklists.permissions import may_answer, may_open, may_submit
from checklists.views.refusals import ID_TAKEN
from checklists.views.rows import own, photos_of
from lib.text import joined
from lib.transitions import MoveRefused
from organizations.permissions import Permission, require, requires


@require_http_methods(["GET", "POST"])
@requires()
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """What the obligation asks for, with a button to start; a started one leads on, whoever only reads to its answers.

    The obligation's page links here for respondent and recipient alike.
    """
    rows = Obligation.objects.visible_to(request.actor).select_related("deliverable", "unit", "enterprise")
    obligation = get_object_or_404(rows, pk=pk)
    verdict = may_open(request.actor, obligation)
    started = SelfInspection.objects.visible_to(request.actor).filter(obligation=obligation).first()
    if started:
        return redirect("checklists:fill" if verdict else "checklists:self_inspection", started.pk)
    require(verdict)
    if request.method == "POST":
        return _started(request, obligation)
    checklist = Checklist.objects.latest_of(obligation.deliverable.form_argument)
    return render(request, "checklists/start.html", {"obligation": obligation, "checklist": checklist})


def _started(request: HttpRequest, obligation: Obligation) -> HttpResponse:
    try:
        return redirect("checklists:fill", actions.open_inspection(obligation, by=request.actor).pk)
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect("checklists:start", obligation.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.CHECKLIST_ANSWER)
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet. A script saves each answer through `save_answer`; a posted form saves all that was changed."""
    inspection = own(request.actor, pk)
    if inspection.held:
        return redirect("checklists:self_inspection", pk)
    require(may_answer(request.actor, inspection))
    sent_back = reading(inspection, inside=True).sent_back
    lines = sheet(inspection, base=last_event(sent_back))
    form = SheetForm(request.POST or None, inspection=inspection, lines=lines, photos=photos_of(inspection))
    if request.method == "POST":
        _save_changed(request, inspection, form)
        return redirect("checklists:check", pk)
    context = {"inspection": inspection, "form": form, **_returned(sent_back, lines)}
    return render(request, "checklists/fill.html", context)


def _returned(sent_back: Submission | None, lines: list[Line]) -> dict[str, Any]:
    """The version that was sent back, what was said of the whole, and the items with a word of their own."""
    asked = _asked(lines)
    reasons = {line.item.number: line.answer.returned_reason for line in asked if line.answer}
    overall = actions.overall(sent_back, reasons) if sent_back else ""
    return {"sent_back": sent_back, "overall": overall, "asked": asked}


def _asked(lines: list[Line]) -> list[Line]:
    """The items that were sent back with a word of their own."""
    return [line for line in lines if line.answer and line.answer.returned_reason]


def _save_changed(request: HttpRequest, inspection: SelfInspection, form: SheetForm) -> None:
    """Each answer by itself: one that cannot be saved does not take the others with it."""
    for number, answer in form.changed():
        try:
            if not answer.is_valid():
                raise MoveRefused(" ".join(text for texts in answer.errors.values() for text in texts))
            actions.answer(inspection, item=number, saving=answer.saving(), by=request.actor)
        except (MoveRefused, actions.Conflict) as refused:
            messages.error(request, f"第{number}项没有保存：{refused}")
        except IntegrityError:
            messages.error(request, f"第{number}项没有保存：{ID_TAKEN}")


@require_GET
@requires(Permission.CHECKLIST_ANSWER)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What is missing, each with a link to it; what was sent back and not touched; and the button that hands in."""
    inspection = own(request.actor, pk)
    if inspection.held:
        return redirect("checklists:self_inspection", pk)
    context = {
        "inspection": inspection,
        "gaps": gaps(inspection),
        "untouched": _untouched(inspection),
        "counts": inspection.counts(),
        "may_submit": may_submit(request.actor, inspection),
        "recipients": joined(map(str, inspection.obligation.recipients.all()), most=2),
    }
    return render(request, "checklists/check.html", context)


def _untouched(inspection: SelfInspection) -> list[Line]:
    """Items that were sent back and stand as they were handed in."""
    base = last_event(reading(inspection, inside=True).sent_back)
    return [line for line in _asked(sheet(inspection, base=base)) if not line.changed] if base is not None else []


@require_POST
@requires(Permission.CHECKLIST_ANSWER)
def ask_to_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever fills in and may not hand in lets those know who may."""
    inspection = own(request.actor, pk)
    require(may_answer(request.actor, inspection))
    try:
        people = actions.ask_to_submit(inspection, by=request.actor)
        messages.success(request, f"已通知{people}检查并提交。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("checklists:check", pk)


@require_POST
@requires(Permission.CHECKLIST_SUBMIT)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    inspection = own(request.actor, pk)
    try:
        handed_in = actions.submit(inspection, by=request.actor)
    except actions.NotReady as missing:
        messages.error(request, str(missing))
        return redirect("checklists:check", pk)
    except MoveRefused as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, submissions.where_to(handed_in))
    return redirect("checklists:self_inspection", pk)
