"""What is owed: the to-do list, one obligation, and everything done to it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions import adjusting, house, submissions
from campaigns.forms import DecisionForm, DueForm, HouseForm, ObligationSearch, RegisterForm, WaiveForm
from campaigns.models import Obligation
from campaigns.models.standing import IN_HOUSE
from campaigns.permissions import may_audit, may_register, may_review, may_waive
from campaigns.views.obligation_page import overview
from documents import actions as documents
from lib import pages
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations.permissions import Permission, allowed, require, requires

MOST_COUNTED = 100
WAITING = (ObligationSearch.MINE, ObligationSearch.HOUSE, ObligationSearch.REVIEW)


@require_GET
@requires()
def obligations(request: HttpRequest) -> HttpResponse:
    """What the post has to do, soonest first; the other views are one tap away."""
    search = ObligationSearch(request.GET, by=request.actor)
    view = request.GET.get("view") or search.MINE
    rows = search.found(_rows(request.actor, view).with_standing(timezone.now()).filter(due_at__isnull=False))
    order = ("due_at", "id") if view in WAITING else ("-due_at", "-id")
    context = {
        "search": search,
        "may_chase": bool(request.actor.unit) and allowed(request.actor, Permission.CHASE),
        "view": view,
        "views": _tabs(request.actor, view),
        "found": pages.count_in_words(rows, "项"),
        "page": pages.by_key(rows.for_list(), request.GET, order=order),
    }
    return render(request, "campaigns/obligations.html", context)


def _tabs(actor: Actor, view: str) -> list[tuple[str, str, str]]:
    """The views with the number of what waits; that of the house only while something waits there for the actor."""
    tabs = ObligationSearch.views_of(actor)
    found = [(key, label, _number(_rows(actor, key)) if key in WAITING else "") for key, label in tabs]
    return [tab for tab in found if tab[0] != ObligationSearch.HOUSE or tab[2] or view == ObligationSearch.HOUSE]


def _number(rows: QuerySet[Obligation]) -> str:
    """Empty for none; a long list is not counted to its end."""
    count = rows.order_by()[:MOST_COUNTED].count()
    return f"{MOST_COUNTED - 1}+" if count == MOST_COUNTED else str(count or "")


def _rows(actor: Actor, view: str) -> QuerySet[Obligation]:
    rows = Obligation.objects.all()
    if view == ObligationSearch.REVIEW:
        return rows.received_by(actor).to_review()
    if view == ObligationSearch.HOUSE:
        return rows.to_sign(actor)
    if view == ObligationSearch.OWED:
        return rows.owed_by(actor)
    if view == ObligationSearch.ALL:
        return rows.visible_to(actor)
    return rows.owed_by(actor).to_do()


@require_GET
@requires()
def obligation(request: HttpRequest, pk: int) -> HttpResponse:
    """One duty: its rule and dates, what to do now, every version."""
    return page_with(request, seen(request, pk))


@require_POST
@requires()
def sign_off(request: HttpRequest, pk: int) -> HttpResponse:
    """审核 or 签发 within the house, by the person whose turn it is."""
    owed = seen(request, pk)
    form = HouseForm(request.POST)
    return acted(request, owed, form, _sign_off, "", house_form=form)


@require_POST
@requires()
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """代登记 of what came by mail or on paper."""
    owed = seen(request, pk)
    require(may_register(request.actor, owed))
    form = RegisterForm(request.POST, request.FILES)
    return acted(request, owed, form, _register, "已代登记，不再催报。", register_form=form)


@require_POST
@requires()
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, return with a reason, or 视为未报."""
    owed = seen(request, pk)
    require(may_review(request.actor, owed))
    form = DecisionForm(request.POST, forward=list(DecisionForm.FORWARD))
    return acted(request, owed, form, _decide, "审核结果已通知填报单位。", decision_form=form)


@require_POST
@requires()
def set_due(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or move the day; the original one stays visible."""
    owed = seen(request, pk)
    require(may_review(request.actor, owed))
    form = DueForm(request.POST)
    return acted(request, owed, form, _set_due, "期限已调整。", due_form=form)


@require_POST
@requires()
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """免报, or 记为缺报 once its day has passed."""
    owed = seen(request, pk)
    require(may_waive(request.actor, owed))
    form = WaiveForm(request.POST)
    missing = request.POST.get("how") == WaiveForm.MISSING
    done = "已记为缺报，不再催报。" if missing else "已免报，不计入应报数。"
    return acted(request, owed, form, _waive, done, waive_form=form)


def seen(request: HttpRequest, pk: int) -> Obligation:
    return get_object_or_404(Obligation.objects.visible_to(request.actor).for_list(), pk=pk)


def page_with(request: HttpRequest, owed: Obligation, status: int = 200, **shown: Any) -> HttpResponse:
    context = overview(owed, request.actor) | shown
    return render(request, "campaigns/obligation.html", context, status=status)


Act = Callable[[Obligation, dict[str, Any], Actor], object]


def acted(request: HttpRequest, owed: Obligation, form: forms.Form, act: Act, done: str, **shown: Any) -> HttpResponse:
    """Do it and go back to the page; a refusal is said on top of the page, and what was typed stays."""
    if form.is_valid():
        try:
            act(owed, form.cleaned_data | {"form": form}, request.actor)
            messages.success(request, done or submissions.said(owed))
            return redirect(owed)
        except (MoveRefused, ValidationError) as refused:
            words = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
            messages.error(request, "；".join(words))
            shown |= {"theirs": getattr(refused, "text", "")}
    return page_with(request, owed, status=422, **shown)


def _sign_off(owed: Obligation, data: dict[str, Any], by: Actor) -> None:
    passed = Obligation.objects.signed_by_house_of(by)
    draft = owed.submissions.filter(state__in=IN_HOUSE, obligation__in=passed).first()
    if draft is None:
        raise MoveRefused("没有待审签的报送件，可能已由他人办理，请刷新页面。")
    if data["verdict"] == HouseForm.BACK:
        house.send_back(draft, reason=data["reason"], by=by)
    else:
        submissions.sign_off(owed, by=by)


def _register(owed: Obligation, data: dict[str, Any], by: Actor) -> None:
    received = {name: data[name] for name in ("channel", "received_at", "text")}
    submissions.register_received(owed, by=by, files=_stored(data, by), **received)


def _decide(owed: Obligation, data: dict[str, Any], by: Actor) -> None:
    submission = owed.submissions.awaiting_review().first()
    if submission is None:
        raise MoveRefused("没有待审核的报送件，可能已由他人处理，请刷新页面。")
    if data["decision"] == DecisionForm.AUDIT:
        require(may_audit(by, owed))
        submissions.audit_by_office(submission, by=by)
    elif data["decision"] == DecisionForm.ACCEPT:
        submissions.accept(submission, by=by)
    elif data["decision"] == DecisionForm.RETURN:
        submissions.return_submission(submission, by=by, reason=data["reason"])
    else:
        submissions.void(submission, by=by, reason=data["reason"])


def _set_due(owed: Obligation, data: dict[str, Any], by: Actor) -> None:
    adjusting.set_due(owed, due_at=data["form"].due_at(), reason=data["reason"], by=by)


def _waive(owed: Obligation, data: dict[str, Any], by: Actor) -> None:
    end = adjusting.end_as_missing if data.get("how") == WaiveForm.MISSING else adjusting.waive
    end(owed, reason=data["reason"], by=by)


def _stored(data: dict[str, Any], by: Actor) -> list[Any]:
    return [documents.store(upload, owner=None, by=by) for upload in data["files"]]
