"""期后补记与调整, the second sheet of forms 1 and 2: the records that no longer bear out what was handed in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.utils import timezone

from lib import periods
from lib.actor import Actor
from lib.excel import Heading, TableSheet
from lib.text import full_date
from reports.dispatch.amendments import Amendment, amendments
from reports.dispatch.sheets import Sheet
from reports.indicators import scope_of

NAME = "期后补记与调整"
COLUMNS = (
    Heading("序号", 5, kind="whole"),
    Heading("区市", 10),
    Heading("指标", 29, "left"),
    Heading("报送数", 9, kind="number"),
    Heading("报送时系统数", 9, kind="number"),
    Heading("现系统数", 9, kind="number"),
    Heading("差额", 8, kind="number"),
    Heading("类别", 13),
    Heading("记录", 18, "left"),
    Heading("企业（单位）", 24, "left"),
    Heading("日期", 11),
    Heading("说明", 34, "left"),
)
NOTES = (
    "说明：1.期后补记是日期在本期内、报送后才登记的记录；以前月份调整是报送后有变动的记录。",
    "2.差额=现系统数-报送时系统数。表一为报送数，不随之改变；差额也不计入以后各月的当月数。",
)
Cells = list[Any]


def second_sheet(sheet: Sheet, actor: Actor) -> TableSheet | None:
    """Streamed, for the records may be many; None where there is nothing to say."""
    lines = lines_of(sheet, actor)
    first = next(lines, None)
    if first is None:
        return None
    return TableSheet(
        COLUMNS,
        chain([first], lines),
        name=NAME,
        title=NAME,
        left=f"{sheet.area} {sheet.table.name}",
        right=f"{periods.label(sheet.period)}，截至{full_date(timezone.localdate())}",
        notes=NOTES,
    )


def lines_of(sheet: Sheet, actor: Actor) -> Iterator[Cells]:
    """The figures of an amendment stand on its first line only, so that a column can be added up."""
    scope = scope_of(sheet.campaign) if sheet.returns else None
    found = (each for returned in sheet.returns for each in amendments(returned, scope)) if scope else ()
    for number, each in enumerate(found, start=1):
        figures: Cells = [number, each.reported, each.then, each.now, each.difference]
        for change in each.changes(actor):
            yield [figures[0], each.row.name, heading(each, sheet.period), *figures[1:], *change]
            figures = [None] * len(figures)


def heading(each: Amendment, period: str) -> str:
    return f"{each.indicator.wording(period)}（{each.indicator.unit}）"
