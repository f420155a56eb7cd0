"""Visits in: one row per enterprise and visit; rows of one date, unit and team are one trip."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from campaigns.scope import Scope
from documents.actions.batches import Asked
from inspections.models import Flag, Trip, Visit
from lib import cells
from lib.excel import Column, Row, Table
from organizations.imports.names import Firms, Units, chunks, code_column
from organizations.models import Unit

DATE, UNIT, TEAM, MODE = "检查日期", "检查单位", "检查组编号", "检查方式"
HEADS = {"officers": "执法人员（人）", "experts": "专家（人）"}
DEFAULT_MODE = "执法检查"
MOST_HEADS = 9999  # of one trip

Key = tuple[date, int, str]


def columns() -> list[Column]:
    """The nine spot-check columns are named as the 工贸 form words them; the mines' form lacks the 的 at their end."""
    flags = [Column(label, False, (label.removesuffix("的"),), cells.yes_no, False) for label in Flag.labels]
    return [
        Column(DATE, True, ("日期", "检查时间"), cells.day, None),
        Column(UNIT, True, ("执法单位",), cells.text, None),
        Column(TEAM, True, ("检查组", "组别", "检查组号"), cells.text_up_to(40, cells.half_width), None),
        Column(HEADS["officers"], False, ("执法人员数", "出动执法人员"), cells.whole_up_to(MOST_HEADS), None),
        Column(HEADS["experts"], False, ("专家数", "组织专家"), cells.whole_up_to(MOST_HEADS), None),
        Column(MODE, False, ("方式",), cells.text_up_to(20, cells.half_width), None),
        Column("企业全称", False, ("企业名称", "单位名称"), cells.text, ""),
        code_column(),
        *flags,
    ]


@dataclass
class Outing:
    """A trip as the rows have it: a new one, or one that is stored and gets further visits."""

    trip: Trip
    first_row: int
    visits: list[Visit] = field(default_factory=list)
    told: dict[str, tuple[Any, int]] = field(default_factory=dict)
    is_filled_in: bool = False  # a stored one that learns who went

    @property
    def is_stored(self) -> bool:
        return self.trip.pk is not None


def check(table: Table, asked: Asked) -> list[Outing]:
    """Ask everything of every row; problems are noted on the table. Returns the trips with their visits."""
    questions = Questions(table, asked)
    for row in table.rows:
        questions.take(row)
    return list(questions.outings.values())


class Questions:
    """One workbook's rows, and what they are compared with, read once."""

    def __init__(self, table: Table, asked: Asked) -> None:
        self.table = table
        self.today = timezone.localdate()
        self.firms = Firms(table.rows, asked.by, "企业全称")
        self.units = Units(asked.by)
        self.scope = Scope(asked.campaign) if asked.campaign else None
        self.stored = stored_trips(table.rows)
        self.outings: dict[Key, Outing] = {}

    def take(self, row: Row) -> None:
        firm = self.firms.find(self.table, row)
        unit = self.units.find_own(self.table, row, UNIT)
        day = row[DATE]
        if day and day > self.today:
            self.table.refuse(row, DATE, f"（{day:%Y.%m.%d}）晚于今天，请核对", day)
        if not (firm and unit and day and row[TEAM]):
            return
        self.firms.compare_name(self.table, row, firm)
        outing = self._outing(row, unit)
        for name, column in {**HEADS, "mode": MODE}.items():
            self._agree(row, outing, name, column)
        flags = [flag.value for flag in Flag if row[flag.label]]
        visit = Visit(trip=outing.trip, date=day, enterprise=firm, flags=flags, **self.firms.stamps(firm))
        outing.visits.append(visit)
        if self.scope:
            objection = self.scope.objection(day, visit.area_id, visit.sector_id, visit.feature_names)
            if objection:
                self.table.warn(row, "", f"{objection}，照常导入，但不计入该行动")

    def _outing(self, row: Row, unit: Unit) -> Outing:
        key = (row[DATE], unit.pk, row[TEAM])
        if key not in self.outings:
            trip = self.stored.get(key) or Trip(date=row[DATE], unit=unit, team=row[TEAM], mode=DEFAULT_MODE)
            self.outings[key] = Outing(trip, row.number)
            if trip.pk:
                self.table.warn(row, TEAM, f"{trip}已登记过，本次在其下补充检查的企业")
        return self.outings[key]

    def _agree(self, row: Row, outing: Outing, name: str, column: str) -> None:
        """Head counts are counted once per trip, so its rows must say the same; a blank cell says nothing."""
        value = row[column]
        if value is None:
            return
        if name not in outing.told and outing.is_stored:
            self._recall(row, outing, name, column)
        known, number = outing.told.setdefault(name, (value, row.number))
        if known != value:
            where = f"第{number}行的" if number else "平台已登记的"
            self.table.refuse(row, column, f"为{value}，与同一检查组{where}{known}不一致，请改为一致", value)
        setattr(outing.trip, name, known)

    def _recall(self, row: Row, outing: Outing, name: str, column: str) -> None:
        """What is stored of the trip. Nobody at all (0) is what a blank cell left behind, so it may be filled in."""
        stored = getattr(outing.trip, name)
        if stored != 0:
            outing.told[name] = (stored, 0)
        elif row[column]:
            self.table.warn(row, column, f"平台登记该检查组时未填，本次补为{row[column]}", row[column])
            outing.is_filled_in = True


def stored_trips(rows: Iterable[Row]) -> dict[Key, Trip]:
    """Trips of the days in question that are stored already, locked until the transaction ends."""
    found: dict[Key, Trip] = {}
    for days in chunks({row[DATE] for row in rows if row[DATE]}):
        trips = Trip.objects.filter(Q(date__in=days)).select_related("unit").select_for_update(of=("self",))
        found.update(((trip.date, trip.unit_id, trip.team), trip) for trip in trips.order_by("pk"))
    return found
