"""What the fill page's script calls: save an answer, draw a consequence, add a photo. JSON, never a redirect."""

from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from checklists import actions
from checklists.forms import AnswerForm, PhotoForm, current
from checklists.models import Answer, SelfInspection
from checklists.permissions import may_answer
from checklists.views.refusals import ID_TAKEN, answers_json, refusal
from checklists.views.rows import own
from hazards.models import Hazard
from lib.transitions import MoveRefused
from organizations.permissions import Permission, require, requires


@answers_json
@require_POST
@requires(Permission.CHECKLIST_ANSWER)
def save_answer(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    """Save one answer. 200 with what stands now; 400 not understood; 409 with `current`, somebody else's answer."""
    inspection = own(request.actor, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return refusal(400, _first_error(form))
    clause = form.cleaned_data["clause"]
    try:
        saved = actions.answer(inspection, item=number, clause=clause, saving=form.saving(), by=request.actor)
    except actions.Conflict as conflict:
        return refusal(409, str(conflict), current=current(conflict.current))
    except (MoveRefused, IntegrityError) as refused:
        return _refused(refused)
    except ObjectDoesNotExist:
        raise Http404 from None
    return JsonResponse(current(saved))


def _refused(refused: Exception) -> JsonResponse:
    if isinstance(refused, IntegrityError):
        return refusal(400, ID_TAKEN)
    return refusal(403, str(refused))


def _first_error(form: forms.Form) -> str:
    return next(text for texts in form.errors.values() for text in texts)


@answers_json
@require_POST
@requires(Permission.HAZARD_REGISTER)
def register_finding(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    """A firm's answer becomes a hazard (`level` general or major), a unit's a problem; the same one at a second tap."""
    inspection, answer = _own_answer(request, pk, number)
    try:
        if inspection.enterprise_id is None:
            problem = actions.register_problem(answer, by=request.actor)
            return JsonResponse({"label": "已列入问题隐患清单", "url": "", "id": problem.pk})
        level = request.POST.get("level", "")
        if level not in Hazard.Level.values:
            return refusal(400, "请选择登记为一般隐患还是重大隐患。")
        hazard = actions.register_hazard(answer, level=level, by=request.actor)
    except MoveRefused as refused:
        return refusal(403, str(refused))
    url = reverse("hazards:hazard", args=[hazard.pk])
    return JsonResponse(
        {"label": f"已登记{hazard.get_level_display()}隐患 {hazard.number}", "url": url, "id": hazard.pk}
    )


@answers_json
@require_POST
@requires(Permission.CHECKLIST_ANSWER)
def add_photo(request: HttpRequest, pk: int, number: int) -> JsonResponse:
    inspection, answer = _own_answer(request, pk, number)
    require(may_answer(request.actor, inspection))
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return refusal(400, _first_error(form))
    try:
        photo = actions.add_photo(answer, upload=form.cleaned_data["photo"], by=request.actor)
    except ValidationError as error:
        return refusal(400, " ".join(error.messages))
    return JsonResponse({"url": reverse("documents:file", args=[photo.pk]), "name": photo.name})


def _own_answer(request: HttpRequest, pk: int, number: int) -> tuple[SelfInspection, Any]:
    inspection = own(request.actor, pk)
    rows = Answer.objects.filter(inspection=inspection, item__number=number, clause__isnull=True)
    return inspection, get_object_or_404(rows.select_related("item"))
