"""The firm looks over its own data; the district decides on what it proposes."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from lib.pages import by_key, count_in_words
from lib.transitions import MoveRefused
from organizations.actions import corrections as actions
from organizations.forms.enterprises import DecisionForm, OwnDataForm, differences
from organizations.forms.session import posted
from organizations.models import Enterprise, EnterpriseChange
from organizations.permissions import Permission, allowed, requires


@requires(Permission.ENTERPRISE_CONFIRM)
def enterprise_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing changed is a confirmation; anything changed goes to the district."""
    firm = get_object_or_404(Enterprise.objects.visible_to(request.actor).select_related("area", "sector"), pk=pk)
    pending = firm.changes.pending().first()
    form = OwnDataForm(posted(request), instance=copy(firm), initial=proposed(pending))
    if request.method == "POST" and form.is_valid():
        change = actions.submit(firm, by=request.actor, values=form.values())
        messages.success(request, "已提交，等待主管部门核准。" if change else "已确认，企业信息无误。")
        return redirect("organizations:enterprise", pk)
    page = {"form": form, "enterprise": firm, "pending": pending}
    return render(request, "organizations/enterprise_confirm.html", page)


def proposed(pending: EnterpriseChange | None) -> dict[str, Any]:
    return {name: new for name, (_, new) in pending.values.items()} if pending else {}


def seen(request: HttpRequest) -> QuerySet[EnterpriseChange]:
    return EnterpriseChange.objects.visible_to(request.actor).with_places()


@require_GET
@requires(Permission.ENTERPRISE_APPROVE)
def changes(request: HttpRequest) -> HttpResponse:
    """Proposals that wait for a decision, the oldest first."""
    rows = seen(request).pending()
    page = {
        "page": by_key(rows, request.GET, order=("proposed_at", "id")),
        "found": count_in_words(rows, "份"),
    }
    return render(request, "organizations/changes.html", page)


@require_GET
@requires()
def change(request: HttpRequest, pk: int) -> HttpResponse:
    return change_page(request, get_object_or_404(seen(request), pk=pk))


def change_page(request: HttpRequest, found: EnterpriseChange, form: DecisionForm | None = None) -> HttpResponse:
    waits = found.state == EnterpriseChange.State.PENDING
    page = {
        "change": found,
        "rows": differences(found),
        "form": form or DecisionForm(change=found),
        "kept": form.data.getlist("fields_adopted") if form else list(found.values),
        "may_decide": waits and bool(allowed(request.actor, Permission.ENTERPRISE_APPROVE)),
    }
    return render(request, "organizations/change.html", page)


@require_POST
@requires(Permission.ENTERPRISE_APPROVE)
def change_decide(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(seen(request), pk=pk)
    form = DecisionForm(request.POST, change=found)
    if not form.is_valid():
        return change_page(request, found, form)
    try:
        decide(request, found, form.cleaned_data)
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect("organizations:change", pk)
    messages.success(request, f"已处理{found.enterprise}的信息核对。")
    return redirect("organizations:changes")


def decide(request: HttpRequest, found: EnterpriseChange, said: dict[str, Any]) -> None:
    if said["verdict"] == "adopt":
        actions.adopt(
            found, by=request.actor, fields=said["fields_adopted"], reason=said["reason"], area=said.get("area")
        )
    else:
        actions.refuse(found, by=request.actor, reason=said["reason"])
