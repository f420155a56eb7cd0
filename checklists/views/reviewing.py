"""The recipient's acts: accept, or return with reasons by item."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from checklists import actions
from checklists.forms import ReturnForm
from checklists.models import SelfInspection, sheet
from checklists.permissions import may_decide
from checklists.views.rows import seen
from lib.transitions import MoveRefused
from organizations.permissions import Permission, require, requires


def _decidable(request: HttpRequest, pk: int) -> SelfInspection:
    inspection = seen(request.actor, pk)
    latest = inspection.obligation.submissions.select_related("obligation").order_by("-number").first()
    require(may_decide(request.actor, latest))
    return inspection


@require_POST
@requires(Permission.REVIEW)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    inspection = _decidable(request, pk)
    try:
        actions.accept(inspection, by=request.actor)
        messages.success(request, f"已接收{inspection.respondent}的对照检查。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("checklists:self_inspection", pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW)
def return_self_inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """Items that fall short stand first: they are what is mostly asked about."""
    inspection = _decidable(request, pk)
    lines = sorted(sheet(inspection), key=lambda line: not (line.answer and line.answer.falls_short))
    form = ReturnForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        reasons, reason = form.reasons(), form.cleaned_data["reason"]
        try:
            actions.return_with_reasons(inspection, reasons=reasons, reason=reason, by=request.actor)
            messages.success(request, f"已退回{inspection.respondent}修改，对方将收到通知。")
        except MoveRefused as refused:
            messages.error(request, str(refused))
        return redirect("checklists:self_inspection", pk)
    return render(request, "checklists/return_self_inspection.html", {"inspection": inspection, "form": form})
