"""Registering: from the phone in under a minute, from the desk with who found it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from hazards import actions
from hazards.actions import photos
from hazards.forms.registering import FirmRegisterForm, RegisterForm, UnitRegisterForm
from hazards.models import Hazard
from hazards.views.acts import fix
from lib.text import query_bigrams
from lib.transitions import MoveRefused
from organizations.models import Enterprise
from organizations.permissions import Permission, requires

OFFERED = 20


@requires(Permission.HAZARD_REGISTER)
def register(request: HttpRequest) -> HttpResponse:
    """登记隐患; the firm's own form is the shorter one."""
    kind = FirmRegisterForm if request.actor.enterprise else UnitRegisterForm
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = kind(*given, actor=request.actor, initial={"enterprise": request.GET.get("enterprise", "")})
    if request.method == "POST" and form.is_valid() and (made := registered(form)):
        messages.success(request, f"已登记，编号{made.number}，现为“{made.get_state_display()}”。")
        return redirect("hazards:hazard", pk=made.pk)
    return render(request, "hazards/register.html", {"form": form}, status=422 if form.errors else 200)


def registered(form: RegisterForm) -> Hazard | None:
    """The hazard with its photos, fixed at once where the firm says so; None with the reason on the form."""
    try:
        with transaction.atomic():
            made = actions.register(form.firm, by=form.actor, **form.values())
            actions.attach(made, form.cleaned_data["photos"], by=form.actor, role=photos.BEFORE)
            if form.cleaned_data.get("fixed") and not made.is_major and made.state == Hazard.State.REGISTERED:
                fix(made, by=form.actor, measures="当场整改", rectified_on=made.found_on)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as error:
        form.add_error("photos", error)
    return None if form.errors else made


@require_GET
@requires(Permission.HAZARD_REGISTER)
def firms(request: HttpRequest) -> HttpResponse:
    """<option>s of the firms that match what has been typed so far."""
    grams = query_bigrams(request.GET.get("enterprise", ""))
    rows = Enterprise.objects.visible_to(request.actor).operating()
    found = rows.filter(grams__contains=grams).order_by("name", "id")[:OFFERED] if grams else []
    return render(request, "hazards/_firms.html", {"firms": found})
