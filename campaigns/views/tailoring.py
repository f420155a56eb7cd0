"""细化: what a district publishes before its firms begin; and one day for all tasks that began past theirs."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.actions import adjusting, rounds
from campaigns.actions import tailoring as actions
from campaigns.forms import DaysForm, TailoringForm
from campaigns.models import Campaign, Deliverable, Obligation
from campaigns.permissions import may_tailor
from lib import periods
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations.permissions import Permission, allowed, require, requires


@require_http_methods(["GET", "POST"])
@requires()
def tailoring(request: HttpRequest, pk: int) -> HttpResponse:
    """What was published by whom; a district's clerk publishes here, once."""
    duty = seen(request.actor, pk, tailored=True)
    may = may_tailor(request.actor, duty)
    form = TailoringForm(request.POST or None) if may else None
    if request.method == "POST":
        require(may)
        if form is not None and form.is_valid() and published(request, duty, form):
            return redirect("campaigns:tailoring", pk=pk)
    return render(request, "campaigns/tailoring.html", page(request.actor, duty, form, may))


def published(request: HttpRequest, duty: Deliverable, form: TailoringForm) -> bool:
    adjusted = form.cleaned_data["adjusted"] == TailoringForm.YES
    try:
        actions.publish(duty, adjusted=adjusted, text=form.cleaned_data["text"], by=request.actor)
    except MoveRefused as refused:
        form.add_error("text", str(refused))
        return False
    messages.success(request, "已公布，本地企业的自查随即开始。")
    return True


def page(actor: Actor, duty: Deliverable, form: TailoringForm | None, may: Any) -> dict[str, Any]:
    """Before publishing: what would open past its day; afterwards: what waits for one."""
    late = rounds.late_rounds(duty, actor.unit.area, timezone.localdate()) if form and actor.unit else []
    words = duty.tailorings.visible_to(actor).select_related("area", "unit").order_by("area__position")
    return {
        "duty": duty,
        "published": words,
        "form": form,
        "late": late,
        "late_count": sum(one.firms for one in late),
        "waiting": unconfirmed(actor, duty).count() if allowed(actor, Permission.REVIEW) else 0,
        "refusal": getattr(may, "reason", ""),
    }


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW)
def set_days(request: HttpRequest, pk: int) -> HttpResponse:
    """One day for all tasks of a duty that wait for it and that the reader's house receives."""
    duty = seen(request.actor, pk)
    rows = unconfirmed(request.actor, duty)
    form = DaysForm(request.POST or None, waiting=by_period(rows))
    if request.method == "POST" and form.is_valid():
        try:
            chosen, reason = rows.filter(period=form.cleaned_data["period"]), form.cleaned_data["reason"]
            done = adjusting.set_days(chosen, due_at=form.due_at(), reason=reason, by=request.actor)
            messages.success(request, f"已为{done}个任务设定时限。")
            return redirect("campaigns:set_days", pk=pk)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
    context = {"duty": duty, "form": form, "waiting": form.waiting}
    return render(request, "campaigns/days.html", context, status=422 if form.errors else 200)


def seen(actor: Actor, pk: int, **only: bool) -> Deliverable:
    rows = Deliverable.objects.filter(campaign__in=Campaign.objects.visible_to(actor), **only)
    return get_object_or_404(rows.select_related("campaign__area"), pk=pk)


def unconfirmed(actor: Actor, duty: Deliverable) -> QuerySet[Obligation]:
    return Obligation.objects.received_by(actor).filter(deliverable=duty).unconfirmed()


def by_period(rows: QuerySet[Obligation]) -> list[tuple[str, str, int]]:
    """Period, its words, how many wait."""
    counted = rows.order_by().values("period").annotate(count=Count("pk")).order_by("period")
    named = [(row["period"], row["count"]) for row in counted]
    return [(key, "一次性" if key == periods.ONCE_KEY else periods.label(key), count) for key, count in named]
