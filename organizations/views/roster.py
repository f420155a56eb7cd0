"""责任人名册: the people of a unit, who answers for which firm, taking and leaving office."""

import tempfile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lib.excel import write_table
from lib.pages import by_key, count_in_words
from lib.text import full_date
from lib.transitions import MoveRefused
from organizations import audit, exports
from organizations.actions import roster as actions
from organizations.forms.roster import AmendForm, AppointForm, EndForm, RosterFilters
from organizations.forms.session import posted
from organizations.models import Enterprise, Responsible, Unit
from organizations.permissions import Permission, may_keep_roster, require, requires
from organizations.views.enterprises import XLSX

Kind = Responsible.Kind


@require_GET
@requires()
def roster(request: HttpRequest) -> HttpResponse:
    """One's own house, or a unit below; somebody of a firm finds those responsible for it on its page."""
    if request.actor.enterprise:
        return redirect("organizations:enterprise", request.actor.enterprise.pk)
    unit = _unit(request)
    form, rows = _shown(request, unit)
    query = request.GET.copy()
    page = {
        "unit": unit,
        "form": form,
        "kind": Kind(form.shown_kind),
        "kinds": Kind.choices,
        "page": by_key(rows.for_list(), request.GET, order=("id",)),
        "found": count_in_words(rows, "人"),
        "export": f"export/?{query.urlencode()}",
        "filtered": bool({"q", "state"} & {name for name, value in query.items() if value}),
        "may_keep": bool(may_keep_roster(request.actor, unit)),
    }
    return render(request, "organizations/roster.html", page)


@require_GET
@requires(Permission.EXPORT)
def roster_export(request: HttpRequest) -> FileResponse:
    """Excel of what is shown."""
    if request.actor.enterprise:
        raise PermissionDenied("责任人名册由各部门导出，本企业的责任人见企业页面。")
    unit = _unit(request)
    form, rows = _shown(request, unit)
    book, today = tempfile.TemporaryFile(), full_date(timezone.localdate())  # noqa: SIM115 (the response closes it)
    title = f"{unit}{Kind(form.shown_kind).label}名册"
    lines = exports.roster_rows(rows.for_list().order_by("pk"))
    write_table(book, exports.ROSTER_COLUMNS, lines, title=title, right=today)
    audit.record(request.actor, "roster.export", unit, query=request.GET.urlencode()[:500])
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=f"{title}{today}.xlsx", content_type=XLSX)


@require_http_methods(["GET", "POST"])
@requires(Permission.ROSTER_KEEP)
def roster_new(request: HttpRequest) -> HttpResponse:
    """Enter one; `enterprise` names the firm whose page one comes from."""
    firm = _firm(request)
    initial = {"kind": request.GET.get("kind", "")} if request.GET.get("kind") in Kind.values else {}
    form = AppointForm(posted(request), actor=request.actor, firm=firm, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.appoint(form.cleaned_data["unit"], by=request.actor, **form.values())
            messages.success(request, f"已登记{row.get_kind_display()}{row.name}，逐人报送的任务随即按名册核对。")
            return redirect(_back(row, firm))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
    status = 422 if form.errors else 200
    return render(request, "organizations/roster_new.html", {"form": form, "enterprise": firm}, status=status)


@require_GET
@requires(Permission.ROSTER_KEEP)
def roster_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: mend the title and number, or end it."""
    return _page(request, _kept(request, pk))


@require_POST
@requires(Permission.ROSTER_KEEP)
def roster_amend(request: HttpRequest, pk: int) -> HttpResponse:
    row = _kept(request, pk)
    form = AmendForm(request.POST)
    if not form.is_valid():
        return _page(request, row, amend_form=form)
    actions.amend(row, by=request.actor, **form.cleaned_data)
    messages.success(request, f"{row.name}的职务和手机已更正。")
    return redirect(_back(row))


@require_POST
@requires(Permission.ROSTER_KEEP)
def roster_end(request: HttpRequest, pk: int) -> HttpResponse:
    """离任, with or without somebody who takes over."""
    row = _kept(request, pk)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            messages.success(request, _ended(row, form.cleaned_data, request))
            return redirect(_back(row))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
    return _page(request, row, end_form=form)


def _ended(row: Responsible, data: dict[str, Any], request: HttpRequest) -> str:
    if data["name"]:
        new = actions.replace(row, by=request.actor, **data)
        return f"{row.name}已离任，由{new.name}接任，逐人报送的任务随即按名册核对。"
    actions.release(row, on=data["on"], by=request.actor)
    return f"{row.name}已登记离任，逐人报送的任务随即按名册核对。"


def _unit(request: HttpRequest) -> Unit:
    """One's own house unless the page asks for another; a spoilt key is nobody's."""
    asked = request.GET.get("unit", "")
    seen = Unit.objects.visible_to(request.actor).select_related("part_of")
    return get_object_or_404(seen, pk=_key(asked)) if asked else request.actor.unit.bureau


def _shown(request: HttpRequest, unit: Unit) -> tuple[RosterFilters, QuerySet[Responsible]]:
    form = RosterFilters(request.GET)
    return form, form.found(Responsible.objects.visible_to(request.actor).of_house(unit))


def _firm(request: HttpRequest) -> Enterprise | None:
    asked = request.GET.get("enterprise", "")
    return get_object_or_404(Enterprise.objects.visible_to(request.actor), pk=_key(asked)) if asked else None


def _key(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


def _kept(request: HttpRequest, pk: int) -> Responsible:
    row = get_object_or_404(Responsible.objects.visible_to(request.actor).for_list(), pk=pk)
    require(may_keep_roster(request.actor, row.unit))
    return row


def _page(request: HttpRequest, row: Responsible, **forms_shown: Any) -> HttpResponse:
    ends = row.ended_on is None
    amend = AmendForm(initial={"post": row.post, "mobile": row.mobile})
    context = {"row": row, "amend_form": amend, "end_form": EndForm() if ends else None} | forms_shown
    return render(request, "organizations/roster_entry.html", context, status=422 if forms_shown else 200)


def _back(row: Responsible, firm: Enterprise | None = None) -> str:
    """To the firm's page where one came from it, else to the list of that kind."""
    if firm:
        return reverse("organizations:enterprise", args=[firm.pk])
    return f"{reverse('organizations:roster')}?kind={row.kind}&unit={row.unit.bureau.pk}"
