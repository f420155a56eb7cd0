"""附件2: 工贸行业重大事故隐患台账 of the majors found in the window; the columns are those of `hazards.exports`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO

from django.db.models import QuerySet

from hazards.exports import ledger_headings, ledger_rows
from hazards.models import Hazard
from lib.excel import Heading, write_table
from lib.text import full_date
from reports.dispatch.sheets import Sheet
from reports.indicators import INDICATORS, Row, Scope

SIGNATURES = ("　" * 16).join(("制表：", "审核：", "负责人："))
# Narrow enough to be read when 17 columns are printed on A4: the long texts wrap.
WIDTHS = (4.5, 7, 8, 14, 11, 6, 8, 20, 16, 11, 8, 9, 9, 11, 8, 11, 14)


def write(target: Path | IO[bytes], sheet: Sheet, rows: QuerySet[Hazard], *, extended: bool = False) -> int:
    """Stream the ledger into a workbook; returns its number of rows."""
    return write_table(
        target,
        ledger_headings(extended=True) if extended else printed_headings(),
        ledger_rows(rows, extended=extended),
        name="台账",
        annex=sheet.table.attachment,
        title=sheet.table.title,
        left=f"填报地市：{sheet.campaign.area.name}",
        right=f"填报时间：{full_date(sheet.on)}",
        notes=() if extended else (SIGNATURES,),
        paper="A3" if extended else "A4",
    )


def printed_headings() -> list[Heading]:
    return [replace(heading, width=width) for heading, width in zip(ledger_headings(), WIDTHS, strict=True)]


def majors(scope: Scope, sheet: Sheet, row: Row | None, seen: QuerySet[Hazard]) -> QuerySet[Hazard]:
    """The rows behind 2.1, oldest first: the ledger and the table cannot disagree."""
    return INDICATORS["2.1"].rows(scope, sheet.days, row, seen).order_by("found_on", "pk")
