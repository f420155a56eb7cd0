"""The official forms as workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from openpyxl import Workbook

from hazards.models import Hazard
from lib.actor import Actor
from lib.excel import write_tables
from reports.dispatch.sheets import Sheet, live
from reports.dispatch.tables import campaign_named, table_named
from reports.exports import amendments, ledger, mines, paper, trade
from reports.exports.paper import PrintOptions
from reports.indicators import scope_of

FORMS = {"mines": mines.workbook, "trade": trade.workbook}


def workbook(sheet: Sheet, options: PrintOptions = paper.ALL) -> Workbook:
    """Forms 1 and 2, filled."""
    return FORMS[sheet.table.code](sheet, options)


def write(target: Path | IO[bytes], sheet: Sheet, *, extended: bool = False, actor: Actor | None = None) -> int:
    """Write any of the three forms; returns the number of its rows. Records are named that `actor` may see."""
    by = actor or Actor.system()
    if sheet.table.code in FORMS:
        second = amendments.second_sheet(sheet, by)
        write_tables(target, [second] if second else [], after=workbook(sheet))
        return len(sheet.lines)
    scope = scope_of(sheet.campaign)
    row = None if sheet.is_whole else scope.row_named(sheet.area)
    seen = Hazard.objects.visible_to(by)
    return ledger.write(target, sheet, ledger.majors(scope, sheet, row, seen), extended=extended)


def write_live(
    code: str, target: Path, *, campaign: str, period: str, area: str, window: str = "", cut_off: str = ""
) -> int:
    """Write a form from the records as they stand; returns its number of rows. TableError says what is wrong."""
    table, asked = table_named(code), campaign_named(campaign)
    return write(target, live(table, asked, period=period, area=area, window=window, cut_off=cut_off))
