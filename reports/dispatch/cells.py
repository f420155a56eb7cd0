"""一期填报 cell by cell: what the system counts, what the unit reports, and why they differ."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Campaign, Obligation
from lib import periods
from lib.periods import CutOff, Window, WindowKind, parse
from lib.transitions import MoveRefused
from reports.dispatch.identities import Breach, Level, breaches, falls
from reports.dispatch.sheets import Shown
from reports.dispatch.tables import DispatchTable, table_named
from reports.indicators import INDICATORS, Counts, Indicator, RollUp, Row, Scope, count, scope_of
from reports.models import DispatchReturn, Figure

Number = Decimal | None


@dataclass(frozen=True)
class Entry:
    """What the unit writes into a cell: a number or 是/否, and the reason where it must give one."""

    reported: Number = None
    text: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Cell:
    """`system` is None for typed figures and where nobody keeps the ledger (`unkept`)."""

    indicator: Indicator
    system: Number
    unkept: bool = False
    entry: Entry = Entry()

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def is_empty(self) -> bool:
        return not self.entry.text if self.indicator.is_yes_no else self.entry.reported is None

    @property
    def differs(self) -> bool:
        return self.system is not None and self.entry.reported != self.system

    @property
    def is_systems(self) -> bool:
        """The reported value is what the records say."""
        return self.system is not None and self.entry.reported == self.system

    @property
    def shown(self) -> Shown:
        return self.entry.text or self.entry.reported


@dataclass(frozen=True)
class Filling:
    """A return with all its cells; `before` are the figures handed in for the month before, of cumulative tables."""

    returned: DispatchReturn
    scope: Scope
    row: Row
    cells: tuple[Cell, ...]
    before: Mapping[str, Number]

    @property
    def table(self) -> DispatchTable:
        return table_named(self.returned.table)

    @property
    def label(self) -> str:
        """2023年6月"""
        return periods.label(self.returned.period)

    @property
    def kind(self) -> WindowKind:
        return WindowKind(self.returned.window)

    @property
    def days(self) -> Window:
        return self.table.days(
            self.returned.campaign, self.returned.period, self.returned.window, self.returned.cut_off
        )

    @property
    def seen(self) -> str:
        """A digest of the system values, to tell whether they changed while somebody looked at them."""
        text = ";".join(f"{cell.code}={cell.system}" for cell in self.cells)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def breaches(self) -> list[Breach]:
        values = {cell.code: cell.entry.reported for cell in self.cells if not cell.indicator.is_yes_no}
        return breaches(values, self.returned.window) + falls(values, self.before)

    def unexplained(self) -> list[Breach]:
        """Those that need a reason and have none; figures as the system counts them may explain themselves."""
        by_code = {cell.code: cell for cell in self.cells}
        return [
            breach
            for breach in self.breaches()
            if breach.level is Level.EXPLAIN
            and not by_code[breach.code].entry.reason
            and not (breach.explains_itself and all(by_code[code].is_systems for code in breach.codes))
        ]


@dataclass(frozen=True)
class Basis:
    """What the returns of one table and month are filled from, read once for all their rows.

    `earlier` are the figures handed in for the month before, by row; `since` what the records of that month say now.
    """

    scope: Scope
    counts: Counts
    earlier: Mapping[int, Mapping[str, Figure]]
    since: Counts | None

    def gaps(self, row: Row) -> dict[str, Entry]:
        """A gap reported last month stands until the records are entered: what is still missing, with its reason."""
        if self.since is None:
            return {}
        found = {}
        for code, each in gaps_among(self.earlier.get(row.key, {})).items():
            if gap := (each.reported or Decimal(0)) - (self.since.of(row, INDICATORS[code]) or 0):
                found[code] = Entry(gap, reason=each.reason)
        return found


def basis_of(returned: DispatchReturn, *, every_row: bool = False) -> Basis:
    """For this return, or for those of `every_row` of its table and month."""
    table = table_named(returned.table)
    scope = scope_of(returned.campaign)
    days = table.days(returned.campaign, returned.period, returned.window, returned.cut_off)
    earlier = earlier_figures(returned, every_row=every_row)
    codes = {code for figures in earlier.values() for code in gaps_among(figures)}
    since = recounted(returned, scope, codes) if codes else None
    return Basis(scope, count(scope, days, table.indicators), earlier, since)


def filling(
    returned: DispatchReturn, entries: Mapping[str, Entry] | None = None, basis: Basis | None = None
) -> Filling:
    """The return as it stands now: system values counted live, over them what is stored or, if given, `entries`."""
    table = table_named(returned.table)
    basis = basis or basis_of(returned)
    row = own_row(returned, basis.scope)
    systems = {each.code: basis.counts.of(row, each) for each in table.indicators}
    if entries is None:
        entries = default_entries(returned, systems, basis.gaps(row))
    cells = tuple(
        Cell(each, as_number(systems[each.code]), basis.counts.is_unkept(each), entries.get(each.code, Entry()))
        for each in table.indicators
    )
    earlier = basis.earlier.get(row.key, {})
    before = {code: each.reported for code, each in earlier.items() if INDICATORS[code].roll_up is RollUp.SUM}
    return Filling(returned, basis.scope, row, cells, before)


def default_entries(
    returned: DispatchReturn, systems: Mapping[str, int | Decimal | None], gaps: Mapping[str, Entry]
) -> dict[str, Entry]:
    """What was stored; else the system's value, with the gap of the month before."""
    stored = {figure.code: figure for figure in returned.figures.all()} if returned.pk else {}
    found = {}
    for code, counted in systems.items():
        system = as_number(counted)
        if code in stored:
            found[code] = entry_of(stored[code], system)
        elif system is not None and code in gaps:
            gap = gaps[code]
            found[code] = Entry(max(system + (gap.reported or 0), Decimal(0)), reason=gap.reason)
        else:
            found[code] = Entry(system)
    return found


def entry_of(stored: Figure, system: Number) -> Entry:
    """A value that was the system's follows the system; one that was typed stays."""
    followed = stored.reported == stored.system and stored.system is not None
    return Entry(system if followed else stored.reported, stored.text, stored.reason)


def as_number(value: int | Decimal | None) -> Number:
    return None if value is None else Decimal(value)


def own_row(returned: DispatchReturn, scope: Scope) -> Row:
    return next(each for each in scope.every_row if each.key == returned.row_key)


def frozen_filling(returned: DispatchReturn) -> Filling:
    """The return as it was handed in; nothing is counted."""
    scope = scope_of(returned.campaign)
    return Filling(returned, scope, own_row(returned, scope), frozen_cells(returned), {})


def frozen_cells(returned: DispatchReturn) -> tuple[Cell, ...]:
    stored = {figure.code: figure for figure in returned.figures.all()}
    found = []
    for each in table_named(returned.table).indicators:
        figure = stored.get(each.code)
        if figure is not None:
            entry = Entry(figure.reported, figure.text, figure.reason)
            found.append(Cell(each, figure.system, figure.system is None and not each.is_typed, entry))
    return tuple(found)


def earlier_figures(returned: DispatchReturn, *, every_row: bool = False) -> dict[int, dict[str, Figure]]:
    """By row, what was handed in for the month before and not given back; none where months do not go on."""
    if returned.window != WindowKind.CUMULATIVE:
        return {}
    held = DispatchReturn.objects.held().filter(
        campaign=returned.campaign,
        table=returned.table,
        window=returned.window,
        cut_off=returned.cut_off,
        period=parse(returned.period).previous().key,
    )
    if not every_row:
        held = held.filter(row=returned.row_id)
    found: dict[int, dict[str, Figure]] = {}
    for figure in Figure.objects.filter(dispatch_return__in=held).select_related("dispatch_return"):
        found.setdefault(figure.dispatch_return.row_key, {})[figure.code] = figure
    return found


def gaps_among(earlier: Mapping[str, Figure]) -> dict[str, Figure]:
    return {code: each for code, each in earlier.items() if each.system is not None and each.reported != each.system}


def recounted(returned: DispatchReturn, scope: Scope, codes: Collection[str]) -> Counts:
    """The month before, as its records stand now."""
    last = parse(returned.period).previous().key
    days = table_named(returned.table).days(returned.campaign, last, returned.window, returned.cut_off)
    return count(scope, days, [INDICATORS[code] for code in sorted(codes)])


def new_return(obligation: Obligation, scope: Scope | None = None) -> DispatchReturn:
    """The return an obligation asks for, not saved yet; MoveRefused if its unit has no row in the table."""
    deliverable = obligation.deliverable
    table = table_named(deliverable.form_argument)
    row = row_of(obligation, scope or scope_of(deliverable.campaign))
    return DispatchReturn(
        campaign=deliverable.campaign,
        table=table.code,
        period=obligation.period,
        unit=obligation.unit,
        row_id=None if row.is_city else row.key,
        window=table.window,
        cut_off=CutOff.DUE_DAY,
        obligation=obligation,
    )


def row_of(obligation: Obligation, scope: Scope) -> Row:
    key = row_key_of(scope, obligation.unit_id)
    row = next((each for each in scope.every_row if each.key == key), None)
    if row is None:
        raise MoveRefused(f"{obligation.unit}在这张表中没有对应的填报行，请联系牵头单位核对统计口径区域。")
    return row


def row_key_of(scope: Scope, unit_id: int | None) -> int | None:
    return next((key for key, units in scope.units.items() if unit_id in units), None)


def own_return(campaign: Campaign, table: DispatchTable, period: str) -> DispatchReturn:
    """市本级's own, which nobody hands in: its typed values count as soon as they are saved."""
    return DispatchReturn(
        campaign=campaign,
        table=table.code,
        period=period,
        unit=campaign.lead_unit,
        window=table.window,
        cut_off=CutOff.DUE_DAY,
    )


def stand_in_return(campaign: Campaign, table: DispatchTable, period: str, row: Row, scope: Scope) -> DispatchReturn:
    """For a row that nobody has filled in: of the unit that owes it, else of the lead unit."""
    owed = Obligation.objects.filter(
        deliverable__campaign=campaign,
        deliverable__form=table.form,
        period=period,
        unit__in=scope.units.get(row.key, ()),
    ).first()
    return DispatchReturn(
        campaign=campaign,
        table=table.code,
        period=period,
        unit=owed.unit if owed and owed.unit else campaign.lead_unit,
        row_id=None if row.is_city else row.key,
        window=table.window,
        cut_off=CutOff.DUE_DAY,
        obligation=owed,
    )


def existing_or(returned: DispatchReturn) -> DispatchReturn:
    """The stored return of the same table, month and row, if there is one."""
    key = {"campaign": returned.campaign, "table": returned.table, "period": returned.period, "row": returned.row_id}
    return DispatchReturn.objects.select_related("campaign__area", "unit", "row").filter(**key).first() or returned
