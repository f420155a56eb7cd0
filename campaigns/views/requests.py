"""What a respondent asks and the recipient answers: extensions, and objections to a late mark."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from campaigns.actions import adjusting
from campaigns.forms import AnswerForm, DueForm, ReasonForm
from campaigns.models import Extension, Objection, Obligation
from campaigns.permissions import may_hand_in, may_review
from campaigns.views.obligations import page_with, seen
from lib.transitions import MoveRefused
from organizations.permissions import Permission, require, requires


@require_POST
@requires(Permission.HAND_IN)
def ask_extension(request: HttpRequest, pk: int) -> HttpResponse:
    owed = seen(request, pk)
    require(may_hand_in(request.actor, owed))
    form = DueForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        adjusting.ask_extension(owed, until=form.due_at(), reason=data["reason"], by=request.actor)

    return _done(request, owed, form, act, "延期申请已提交，答复前仍按原时限。", extension_form=form)


@require_POST
@requires(Permission.REVIEW)
def answer_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant, perhaps to another day, or refuse with the reason."""
    owed = seen(request, pk)
    require(may_review(request.actor, owed))
    asked = get_object_or_404(owed.extensions.select_related("obligation__deliverable"), state=Extension.State.ASKED)
    form = AnswerForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        if data["verdict"] == AnswerForm.YES:
            adjusting.grant_extension(asked, answer=data["answer"], by=request.actor)
        else:
            adjusting.refuse_extension(asked, answer=data["answer"], by=request.actor)

    return _done(request, owed, form, act, "已答复并通知填报单位。", answer_form=form)


@require_POST
@requires(Permission.HAND_IN)
def file_objection(request: HttpRequest, pk: int) -> HttpResponse:
    owed = seen(request, pk)
    require(may_hand_in(request.actor, owed))
    form = ReasonForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        adjusting.object_to_late(owed, text=data["reason"], by=request.actor)

    return _done(request, owed, form, act, "异议已提交，接收单位答复后通知你单位。", objection_form=form)


@require_POST
@requires(Permission.REVIEW)
def answer_objection(request: HttpRequest, pk: int) -> HttpResponse:
    owed = seen(request, pk)
    require(may_review(request.actor, owed))
    filed = get_object_or_404(Objection.objects.select_related("obligation__deliverable"), obligation=owed)
    form = AnswerForm(request.POST)

    def act(data: dict[str, Any]) -> None:
        upheld = data["verdict"] == AnswerForm.YES
        adjusting.answer_objection(filed, upheld=upheld, answer=data["answer"], by=request.actor)

    return _done(request, owed, form, act, "已答复并通知填报单位。", answer_form=form)


def _done(
    request: HttpRequest,
    owed: Obligation,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
    words: str,
    **forms_shown: forms.Form,
) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data)
            messages.success(request, words)
            return redirect(owed)
        except MoveRefused as refused:
            messages.error(request, str(refused))
    return page_with(request, owed, status=422, **forms_shown)
