"""The page on which a unit says who checks and who signs."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from organizations.actions import house as actions
from organizations.forms.house import HouseForm
from organizations.permissions import Permission, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.HOUSE_STEPS)
def house(request: HttpRequest) -> HttpResponse:
    """本单位审签; a firm has none."""
    unit = request.actor.unit
    if unit is None:
        raise PermissionDenied("本单位审签由各部门设置。")
    form = HouseForm(request.POST if request.method == "POST" else None, unit=unit)
    if request.method == "POST" and form.is_valid():
        actions.set_steps(unit, people=form.people(), by=request.actor)
        messages.success(request, "已保存，以后的报送按此审签。")
        return redirect("organizations:house")
    return render(request, "organizations/house.html", {"form": form, "unit": unit})
