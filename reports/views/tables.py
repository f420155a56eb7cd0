"""The tables: which there are, the city's consolidated one, its workbook, its own figures, standing in for a row."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lib.transitions import MoveRefused
from organizations import audit
from organizations.permissions import Permission, require, requires
from reports import actions, exports
from reports.dispatch.cells import existing_or, filling, own_return, stand_in_return
from reports.dispatch.consolidated import Consolidated, RowState, consolidated
from reports.dispatch.overview import lines_of
from reports.dispatch.sheets import Sheet, live
from reports.dispatch.tables import TableError
from reports.forms import PrintForm, ReasonForm, ReturnForm
from reports.permissions import judgeable, may_fill_own, may_stand_in, units_only
from reports.views.returns import checks, figure_url
from reports.views.scopes import Request, Subject, subject

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires()
@units_only
def dispatch_tables(request: Request) -> HttpResponse:
    """Every table and month the unit has to do with, newest first."""
    return render(request, "reports/dispatch_tables.html", {"lines": lines_of(request.actor)})


@requires()
@units_only
def table(request: Request, campaign: str, table: str, period: str) -> HttpResponse:
    about = subject(request.actor, campaign, table, period)
    found = consolidated(about.table, about.campaign, period, scope=about.scope, rows=about.rows)
    return render(request, "reports/table.html", page(request, about, found))


def page(request: Request, about: Subject, found: Consolidated) -> dict[str, Any]:
    waiting = [state.obligation for state in found.states if state.obligation and state.waits]
    return {
        "about": about,
        "found": found,
        "sheet": found.sheet,
        "groups": groups(found),
        "may_judge": judgeable(request.actor, waiting),
        "may_stand_in": bool(may_stand_in(request.actor, about.campaign)),
        "may_fill_own": has_typed(about) and bool(may_fill_own(request.actor, about.campaign)),
        "reason_form": ReasonForm(),
        "print_form": PrintForm(about.areas(), initial={"window": about.table.window, "cut_off": "due-day"}),
    }


def has_typed(about: Subject) -> bool:
    return any(each.is_typed for each in about.table.indicators)


def groups(found: Consolidated) -> list[dict[str, Any]]:
    """For each part of the table its headings and, by row, the figures in their order."""
    made = []
    for group in found.sheet.table.groups:
        lines = [{"state": state, "cells": [cell(state, code) for code in group.codes]} for state in found.states]
        total = [(code, found.sheet.total.values[code]) for code in group.codes]
        made.append({"group": group, "lines": lines, "total": total})
    return made


def cell(state: RowState, code: str) -> dict[str, Any]:
    return {"code": code, "value": state.values[code], "drift": state.drift.get(code)}


@requires(Permission.EXPORT)
@units_only
def download(request: Request, campaign: str, table: str, period: str) -> HttpResponse:
    """The form as a workbook: ?content=reported as handed in, with 期后补记与调整 on a second sheet, else live from the
    records; ?area, and of the live one ?window and ?cut_off."""
    about = subject(request.actor, campaign, table, period)
    stream = BytesIO()
    sheet = asked(request, about)
    exports.write(stream, sheet, extended="extended" in request.GET, actor=request.actor)
    audit.record(request.actor, "table.download", about.campaign, table=table, period=period, area=sheet.area)
    name = f"{about.campaign.area.name if sheet.is_whole else sheet.area}{period}{about.table.name}.xlsx"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(stream.getvalue(), content_type=EXCEL, headers=headers)


def asked(request: Request, about: Subject) -> Sheet:
    """The sheet a download asks for; 404 for a row the reader may not see."""
    area = request.GET.get("area") or about.areas()[0]
    if area not in about.areas():
        raise Http404("没有这一行。")
    if request.GET.get("content") == "reported" and about.table.is_printed_from_returns:
        return reported(about, area)
    choice = {name: request.GET.get(name, "") for name in ("window", "cut_off")}
    try:
        return live(about.table, about.campaign, period=about.period, area=area, **choice)
    except (TableError, ValueError) as error:
        raise Http404(str(error)) from error


def reported(about: Subject, area: str) -> Sheet:
    """What was handed in: of the whole, or of one row."""
    only = None if area == about.campaign.area.name else about.row_named(area)
    return consolidated(about.table, about.campaign, about.period, scope=about.scope, rows=about.rows, only=only).sheet


@requires(Permission.RETURN_FILL)
@units_only
def own_figures(request: Request, campaign: str, table: str, period: str) -> HttpResponse:
    """市本级: the figures that only the city can type; they count as soon as they are saved."""
    about = subject(request.actor, campaign, table, period)
    require(may_fill_own(request.actor, about.campaign))
    returned = existing_or(own_return(about.campaign, about.table, period))
    form = ReturnForm(filling(returned), request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.keep_own(returned, by=request.actor, entries=form.entries())
        messages.success(request, "市本级数值已保存。")
        return redirect("reports:table", campaign, table, period)
    urls = {"figure_url": figure_url(returned)}
    context = {"about": about, "form": form, "filled": form.filled, "checks": checks(form.filled), **urls}
    return render(request, "reports/own_figures.html", context)


@require_POST
@requires(Permission.RETURN_REVIEW)
@units_only
def stand_in(request: Request, campaign: str, table: str, period: str) -> HttpResponse:
    """以系统数代报 for a missing row, with a reason; or take it back."""
    about = subject(request.actor, campaign, table, period)
    require(may_stand_in(request.actor, about.campaign))
    row = about.row_named(request.POST.get("row", ""))
    returned = existing_or(stand_in_return(about.campaign, about.table, period, row, about.scope))
    form = ReasonForm(request.POST)
    try:
        if "withdraw" in request.POST:
            actions.withdraw_by_system(returned, by=request.actor)
        elif form.is_valid():
            actions.report_by_system(returned, by=request.actor, reason=form.cleaned_data["reason"])
        else:
            messages.error(request, "请写明以系统数代报的理由。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("reports:table", campaign, table, period)
