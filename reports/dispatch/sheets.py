"""What a form is filled with: lines of values by figure, whether counted live or handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from campaigns.models import Campaign
from documents.models import ExportJob
from lib import periods
from lib.periods import CutOff, Window, WindowKind
from organizations.models import Area
from reports.dispatch.tables import DispatchTable, TableError
from reports.indicators import CITY, Counts, Indicator, RollUp, Row, Scope, count, scope_of
from reports.models import DispatchReturn, Figure

UNKEPT = "无台账数据"
TOTAL = "合计"

Shown = int | Decimal | str | None
Values = dict[str, Shown]


@dataclass(frozen=True)
class Line:
    """A printed row: its name and its value of each figure; None is an empty cell, which is not zero."""

    name: str
    values: Values


@dataclass(frozen=True)
class Sheet:
    """One printed table. `area` is 填报地市 or the row it is for; `days` what it counts; `warning` stands on top;
    `returns` are what was handed in, where it is printed from that."""

    table: DispatchTable
    campaign: Campaign
    period: str
    area: str
    days: Window
    kind: WindowKind
    on: date
    lines: tuple[Line, ...]
    total: Line
    label: str = ExportJob.Label.LIVE.label
    warning: str = ""
    returns: tuple[DispatchReturn, ...] = ()

    @property
    def is_whole(self) -> bool:
        """For the campaign's whole area, not for one row of it."""
        return self.area == self.campaign.area.name

    @property
    def caption(self) -> str:
        """For the foot of the page: which data these are."""
        return f"{periods.label(self.period)} · {self.kind.label}（{self.days.label}） · {self.label}数据"


def live(
    table: DispatchTable, campaign: Campaign, *, period: str, area: str, window: str = "", cut_off: str = ""
) -> Sheet:
    """The table from the records as they stand now; typed values as far as they have been filled in."""
    kind = WindowKind(window or table.window)
    days = table.days(campaign, period, kind, cut_off)
    scope = scope_of(campaign)
    asked = rows_asked(scope, area)
    counts = count(scope, days, table.indicators)
    typed = typed_values(table, campaign, period, kind, cut_off or CutOff.DUE_DAY)
    rows = asked or printed_rows(counts, typed)
    lines = tuple(Line(row.name, values_of(row, table.indicators, counts, typed)) for row in rows)
    return Sheet(
        table=table,
        campaign=campaign,
        period=period,
        area=area,
        days=days,
        kind=kind,
        on=min(days.last, timezone.localdate()),
        lines=lines,
        total=total_of(lines, table.indicators),
    )


def printed_rows(counts: Counts, typed: dict[tuple[int, str], Shown]) -> tuple[Row, ...]:
    """市本级 is printed when it has counted or typed anything."""
    rows = counts.printed_rows()
    wanted = any(key == CITY.key and value not in (None, "", 0) for (key, _), value in typed.items())
    return (*rows, CITY) if wanted and CITY not in rows else rows


def rows_asked(scope: Scope, area: str) -> tuple[Row, ...]:
    """The one row of that name; nothing for the campaign's whole area; TableError for another name."""
    whole = scope.campaign.area.name
    if area == whole:
        return ()
    if row := scope.row_named(area):
        return (row,)
    known = "、".join([whole, *(row.name for row in scope.every_row)])
    raise TableError(f"{why_no_row(scope, area)}可用的有：{known}。")


def why_no_row(scope: Scope, area: str) -> str:
    """综保区 has no row of its own for 应急: say where it counts."""
    rules = Area.objects.filter(name=area, reporting__line=scope.campaign.line)
    home = rules.values_list("reporting__counted_in__name", flat=True).first()
    if home and home != area:
        return f"“{area}”计入{home}，不单独列行，请改用“{home}”；"
    return f"“{scope.campaign}”的表中没有“{area}”这一行，"


def values_of(row: Row, indicators: Iterable[Indicator], counts: Counts, typed: dict[tuple[int, str], Shown]) -> Values:
    """Counted figures, 无台账数据 where nobody keeps the ledger, and what the unit typed."""
    found: Values = {}
    for each in indicators:
        if each.is_typed:
            found[each.code] = typed.get((row.key, each.code))
        else:
            found[each.code] = UNKEPT if counts.is_unkept(each) else counts.of(row, each)
    return found


def typed_values(
    table: DispatchTable, campaign: Campaign, period: str, kind: str, cut_off: str = CutOff.DUE_DAY
) -> dict[tuple[int, str], Shown]:
    """(row key, code) → what the returns of the same window say, in figures or words."""
    codes = [each.code for each in table.indicators if each.is_typed]
    if not codes:
        return {}
    figures = Figure.objects.filter(
        dispatch_return__campaign=campaign,
        dispatch_return__table=table.code,
        dispatch_return__period=period,
        dispatch_return__window=kind,
        dispatch_return__cut_off=cut_off,
        code__in=codes,
    )
    read = figures.values_list("dispatch_return__row", "code", "reported", "text")
    return {(row or 0, code): text or reported for row, code, reported, text in read}


def total_of(lines: Iterable[Line], indicators: Iterable[Indicator]) -> Line:
    return Line(TOTAL, {each.code: added(each, lines) for each in indicators})


def added(indicator: Indicator, lines: Iterable[Line]) -> Shown:
    """合计: the sum of the printed lines; a city value is the city's own; nothing printed adds to nothing."""
    if indicator.roll_up is RollUp.CITY:
        return next((line.values[indicator.code] for line in lines if line.name == CITY.name), None)
    values = [line.values.get(indicator.code) for line in lines]
    numbers = [value for value in values if isinstance(value, int | Decimal)]
    if not numbers:
        return UNKEPT if UNKEPT in values else None
    return sum(numbers)
