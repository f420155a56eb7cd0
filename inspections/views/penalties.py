"""登记行政处罚 on a hazard."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from hazards.models import Hazard
from hazards.permissions import NotNow, may_penalise
from inspections.actions import penalties
from inspections.forms import PenaltyForm
from lib.transitions import MoveRefused
from organizations.permissions import Permission, require, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.HAZARD_PENALISE)
def penalty(request: HttpRequest, pk: int) -> HttpResponse:
    """What the law spares is warned about; it is stored only once that is confirmed with a reason."""
    hazard = get_object_or_404(Hazard.objects.visible_to(request.actor).for_list(), pk=pk)
    verdict = may_penalise(request.actor, hazard)
    if isinstance(verdict, NotNow):
        messages.warning(request, verdict.reason)
        return redirect("hazards:hazard", pk)
    require(verdict)
    given = (request.POST,) if request.method == "POST" else ()
    form = PenaltyForm(*given, hazard=hazard, actor=request.actor)
    if request.method == "POST" and form.is_valid() and penalised(hazard, form):
        messages.success(request, "已登记行政处罚。")
        return redirect("hazards:hazard", pk)
    return render(
        request, "inspections/penalty.html", {"hazard": hazard, "form": form}, status=422 if form.errors else 200
    )


def penalised(hazard: Hazard, form: PenaltyForm) -> bool:
    try:
        penalties.penalise(hazard, by=form.actor, **form.values())
    except MoveRefused as refused:
        form.add_error(None, str(refused))
    return not form.errors
