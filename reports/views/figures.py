"""A figure opened: what it means, the rows behind it, and what has changed since it was handed in."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render

from lib.pages import Page, by_key
from lib.periods import CutOff, Window, WindowKind
from organizations.permissions import requires
from reports.dispatch.bridges import Bridge, bridge, days_of
from reports.dispatch.tables import TableError
from reports.indicators import INDICATORS, Indicator, Row
from reports.indicators.passports import passport
from reports.indicators.past import as_of
from reports.models import DispatchReturn
from reports.permissions import units_only
from reports.views.columns import SHOWN
from reports.views.scopes import Request, Subject, subject


@requires()
@units_only
def figure(request: Request, campaign: str, table: str, period: str, code: str) -> HttpResponse:
    """?row= one row, else all; ?window=, ?cut_off=; ?content=handed-in reads the rows of the moment of handing in."""
    about = subject(request.actor, campaign, table, period)
    indicator = indicator_of(about, code)
    row = row_of(about, request.GET.get("row", ""))
    returned = handed_in(about, row) if request.GET.get("content") == "handed-in" else None
    days = days_of(returned) if returned else days_asked(request, about)
    shown = rows_of(request, indicator, about, days, row, returned) if indicator.source else None
    context = {
        "about": about,
        "indicator": indicator,
        "row": row,
        "days": days,
        "returned": returned,
        "passport": passport(indicator, period),
        "bridge": bridge_of(indicator, returned, about, row),
        "columns": SHOWN[indicator.source.name] if indicator.source else None,
        **(shown or {"page": Page([]), "number": None, "lines": []}),
    }
    return render(request, "reports/figure.html", context)


def indicator_of(about: Subject, code: str) -> Indicator:
    if code not in about.table.codes:
        raise Http404("这张表没有这个指标。")
    return INDICATORS[code]


def row_of(about: Subject, name: str) -> Row | None:
    """The row asked for; all of them only for a reader who may see all."""
    if name:
        return about.row_named(name)
    return None if about.sees_all else about.rows[0]


def days_asked(request: Request, about: Subject) -> Window:
    kind, cut_off = request.GET.get("window", ""), request.GET.get("cut_off", "")
    if kind not in ("", *WindowKind.values) or cut_off not in ("", *CutOff.values):
        raise Http404("没有这种口径。")
    try:
        return about.table.days(about.campaign, about.period, kind, cut_off)
    except TableError as error:
        raise Http404(str(error)) from error


def handed_in(about: Subject, row: Row | None) -> DispatchReturn:
    """The return of the row that the city holds; 404 if nothing is handed in."""
    returns = DispatchReturn.objects.of_table(about.campaign, about.table, about.period).held()
    area = None if row is None or row.is_city else row.key
    found = returns.select_related("campaign").filter(row=area).first() if row else None
    if found is None:
        raise Http404("该行尚未报送。")
    return found


def rows_of(
    request: Request, indicator: Indicator, about: Subject, days: Window, row: Row | None, returned: Any
) -> dict[str, Any]:
    """A page of the rows that the reader may see, and what they count to; of then, where a return is given."""
    rows = visible(request, indicator, about, days, row)
    if returned is None:
        return presented(request, indicator, rows)
    with as_of(returned.frozen["versions"]):
        return presented(request, indicator, rows)


def visible(request: Request, indicator: Indicator, about: Subject, days: Window, row: Row | None) -> QuerySet[Any]:
    assert indicator.source is not None
    columns = SHOWN[indicator.source.name]
    model: Any = indicator.source.model
    seen = model.objects.visible_to(request.actor)
    return indicator.rows(about.scope, days, row, seen).select_related(*columns.related)


def presented(request: Request, indicator: Indicator, rows: QuerySet[Any]) -> dict[str, Any]:
    assert indicator.source is not None
    columns = SHOWN[indicator.source.name]
    page = by_key(rows, request.GET)
    lines = [(columns.href(each), [read(each) for _, read in columns.columns]) for each in page]
    number = rows.order_by().aggregate(number=indicator.value.over(Q()))["number"] or 0
    return {"page": page, "lines": lines, "number": number}


def bridge_of(indicator: Indicator, returned: DispatchReturn | None, about: Subject, row: Row | None) -> Bridge | None:
    if returned is None or row is None or indicator.source is None:
        return None
    return bridge(indicator, returned, about.scope, row)
