"""A district's return: filled in, checked as one types, handed in; read and judged by the city."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from campaigns.actions import submissions
from campaigns.models import Obligation
from campaigns.models.standing import WITH_RECIPIENT
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations.permissions import require, requires
from reports import actions
from reports.dispatch.cells import Filling, existing_or, filling, frozen_filling, new_return
from reports.forms import NilForm, ReasonForm, ReturnForm
from reports.models import DispatchReturn
from reports.permissions import may_fill, may_judge
from reports.views.scopes import Request

TONES = {"submitted": "info", "audited": "info", "accepted": "done", "returned": "soon", "void": "late"}


@requires()
def start(request: Request, pk: int) -> HttpResponse:
    """Where the page of an obligation leads."""
    return redirect("reports:dispatch_return", owed_return(request.actor, pk).pk)


@requires()
def dispatch_return(request: Request, pk: int) -> HttpResponse:
    """Fill in, or read what was handed in; POST keeps it and, if asked, hands it in."""
    owed = owed_return(request.actor, pk)
    returned = return_of(owed)
    form = None
    if not returned.is_closed() and may_fill(request.actor, owed):
        form = ReturnForm(filling(returned), request.POST or None)
    if request.method == "POST":
        require(may_fill(request.actor, owed))
        if form is not None and form.is_valid() and kept(request, owed, form):
            return redirect("reports:dispatch_return", owed.pk)
    return render(request, "reports/dispatch_return.html", page(request.actor, owed, returned, form))


def kept(request: Request, owed: Obligation, form: ReturnForm) -> bool:
    """Store what was typed; hand in if that button was pressed. False leaves the page open with what is wrong."""
    try:
        returned = actions.open_return(owed, by=request.actor)
        actions.fill(returned, by=request.actor, entries=form.entries())
        if "hand_in" not in request.POST:
            messages.success(request, "已保存，尚未报送。")
            return True
        actions.hand_in(returned, by=request.actor, seen=request.POST.get("seen", ""))
    except actions.ReturnRefused as refused:
        form.refuse(refused.problems)
        return False
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return True
    messages.success(request, submissions.said(owed))
    return True


@require_POST
@requires()
def check_return(request: Request, pk: int) -> HttpResponse:
    """What does not agree in the figures as typed so far; nothing is stored."""
    owed = owed_return(request.actor, pk)
    require(may_fill(request.actor, owed))
    returned = return_of(owed)
    form = ReturnForm(filling(returned), request.POST)
    entries = form.entries() if form.is_valid() else None
    filled = filling(returned, entries) if entries is not None else form.filled
    return render(request, "reports/_checks.html", {"checks": checks(filled), "form": form})


@require_POST
@requires()
def judge(request: Request, pk: int) -> HttpResponse:
    """Accept, or give back with a reason."""
    owed = owed_return(request.actor, pk)
    require(may_judge(request.actor, owed))
    waiting = get_object_or_404(owed.submissions.awaiting_review())
    form = ReasonForm(request.POST)
    try:
        if request.POST.get("verdict") == "accept":
            submissions.accept(waiting, by=request.actor)
            messages.success(request, f"已接收{owed.respondent}的报送。")
        elif form.is_valid():
            submissions.return_submission(waiting, by=request.actor, reason=form.cleaned_data["reason"])
            messages.success(request, f"已退回{owed.respondent}。")
        else:
            messages.error(request, "退回须写明理由。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    duty = owed.deliverable
    return redirect("reports:table", duty.campaign.code, duty.form_argument, owed.period)


def owed_return(actor: Actor, pk: int) -> Obligation:
    rows = Obligation.objects.visible_to(actor).filter(deliverable__form__startswith="return:")
    return get_object_or_404(rows.select_related("deliverable__campaign__area", "unit__part_of"), pk=pk)


def return_of(owed: Obligation) -> DispatchReturn:
    """The stored return or a new one; 403 with the reason where the unit has no row."""
    try:
        return existing_or(new_return(owed))
    except MoveRefused as refused:
        raise PermissionDenied(str(refused)) from refused


def page(actor: Actor, owed: Obligation, returned: DispatchReturn, form: ReturnForm | None) -> dict[str, Any]:
    newest = owed.submissions.order_by("-number").first()
    held = returned.is_closed()
    filled = form.filled if form else frozen_filling(returned) if held else filling(returned)
    return {
        "owed": owed,
        "returned": returned,
        "table": filled.table,
        "days": filled.days,
        "form": form,
        "filled": filled,
        "checks": checks(filled),
        "nil_form": NilForm(filled=filled) if form and owed.deliverable.nil_allowed else None,
        "submission": newest,
        "refusal": getattr(may_fill(actor, owed), "reason", ""),
        "judge_form": ReasonForm() if newest and newest.state in WITH_RECIPIENT and may_judge(actor, owed) else None,
        "submission_tone": TONES.get(newest.state if newest else "", "open"),
        "figure_url": figure_url(returned),
    }


def figure_url(returned: DispatchReturn) -> str:
    """The address of the figures of a return, without the code at its end."""
    where = (returned.campaign.code, returned.table, returned.period)
    return reverse("reports:table", args=where) + "figures/"


def checks(filled: Filling) -> list[dict[str, Any]]:
    """Identities that do not hold, gravest first, with the figure to go to."""
    words = {"block": ("late", "不能报送"), "explain": ("soon", "须说明"), "warn": ("info", "请核对")}
    order = list(words)
    found = sorted(filled.breaches(), key=lambda breach: order.index(breach.level))
    wanting = {breach.message for breach in filled.unexplained()}
    return [
        {
            "tone": words[each.level][0],
            "word": "已说明" if each.level == "explain" and each.message not in wanting else words[each.level][1],
            "text": each.message,
            "code": each.code,
        }
        for each in found
    ]
