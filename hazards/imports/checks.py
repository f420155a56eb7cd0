"""What is asked of a ledger row beyond each cell.

Imported history is stored as it came: a wrong clause or dates in the wrong order are warned about, not refused.
Rows without a 台账编号 are new hazards, however alike; a row with one brings that hazard up to date.
"""

from itertools import pairwise
from typing import Any

from django.utils import timezone

from campaigns.scope import Scope
from documents.actions.batches import Asked
from hazards.imports import updates
from hazards.imports.citations import EXAMPLE, Standards
from hazards.imports.columns import (
    CLOSED_ON,
    DESCRIPTION,
    FOUND_BY,
    FOUND_BY_UNIT,
    FOUND_ON,
    LISTED_BY,
    LISTED_LEVEL,
    LISTED_ON,
    NAME,
    NUMBER,
    RECHECKED_ON,
    RECTIFIED_ON,
    STATE_DATES,
)
from hazards.imports.entries import Entry, listing_of, state_of, values_of
from hazards.models import Hazard
from lib.excel import ERROR, WARNING, Row, Table
from organizations.imports.names import Firms, Units, feature_names
from organizations.models import Enterprise

DATES = (FOUND_ON, RECTIFIED_ON, RECHECKED_ON, CLOSED_ON)


def check(table: Table, asked: Asked) -> list[Entry]:
    """Ask everything of every row; problems are noted on the table. Returns what the sound rows become."""
    questions = Questions(table, asked)
    return [entry for row in table.rows if (entry := questions.entry(row))]


class Questions:
    """One workbook's rows, and what they are compared with, read once."""

    def __init__(self, table: Table, asked: Asked) -> None:
        self.table, self.asked = table, asked
        self.today = timezone.localdate()
        self.firms = Firms(table.rows, asked.by, NAME)
        self.units = Units(asked.by)
        self.features = feature_names()
        self.standards = Standards()
        self.stored = updates.stored_by_number(table.rows, asked.by)
        self.listings = updates.standing_listings(self.stored.values())
        self.scope = Scope(asked.campaign) if asked.campaign else None
        self.seen: dict[str, int] = {}

    def entry(self, row: Row) -> Entry | None:
        firm = self.firms.find(self.table, row)
        finder = self.units.find(self.table, row, FOUND_BY_UNIT)
        self._number(row)
        self._listing(row)
        self._state_dates(row)
        if not (firm and row[FOUND_ON] and row[FOUND_BY] and row[DESCRIPTION]):
            return None
        self._firm(row, firm)
        self._dates(row)
        self._deadline(row)
        values = values_of(row, self.features, finder, self.standards)
        entry = self._built(row, firm, values)
        if entry:
            standing = self.listings.get(entry.hazard.pk)
            entry.listing = listing_of(row, entry.hazard, self.units.named(row[LISTED_BY]), standing)
            self._about(row, entry.hazard)
        return entry

    def _built(self, row: Row, firm: Enterprise, values: dict[str, Any]) -> Entry | None:
        if row[NUMBER]:
            hazard = self.stored.get(row[NUMBER])
            return updates.changed(self.table, row, hazard, firm, values) if hazard else None
        made = {"level": Hazard.Level.MAJOR, "imported": self.asked.history}
        hazard = Hazard(enterprise=firm, **(self.firms.stamps(firm) | made | values))
        if self.asked.history:
            hazard.state = state_of(hazard)
        return Entry(row.number, hazard)

    def _doubtful(self, row: Row, column: str, message: str) -> None:
        """History is kept as it was and warned about; what is registered now must be right."""
        self.table.refuse(row, column, message, severity=WARNING if self.asked.history else ERROR)

    def _number(self, row: Row) -> None:
        number = row[NUMBER]
        if not number:
            return
        if number in self.seen:
            self.table.refuse(row, NUMBER, f"与第{self.seen[number]}行重复，同一隐患只能有一行", number)
        elif number not in self.stored:
            self.table.refuse(row, NUMBER, "平台中没有这个编号，或不在管辖范围；新增隐患请留空，由平台编号", number)
        self.seen.setdefault(number, row.number)

    def _listing(self, row: Row) -> None:
        if row[LISTED_BY]:
            if not row[LISTED_ON]:
                self.table.warn(row, LISTED_ON, "为空，该挂牌不会计入调度表，请补填")
            return
        for column in (LISTED_LEVEL, LISTED_ON):
            if row[column]:
                self.table.refuse(row, LISTED_BY, f"为空，但填了“{column}”，请补填挂牌督办单位或删去{column}")

    def _state_dates(self, row: Row) -> None:
        """What signatures and rechecks bring about here; only an administrator brings it along as history."""
        for column, field in STATE_DATES.items():
            stored = self.stored.get(row[NUMBER])
            known = stored and getattr(stored, field) == row[column]
            if row[column] and not self.asked.history and not known:
                self.table.refuse(row, column, "只有管理员导入历史台账时可以填写；其他请在平台上办理", row[column])

    def _firm(self, row: Row, firm: Enterprise) -> None:
        stored = {NAME: firm.name, "县（市、区）": firm.area.name, "行业": firm.sector.name}
        for column, value in stored.items():
            if row[column] and row[column] != value:
                self.table.warn(row, column, f"与平台登记的“{value}”不同，以平台为准", row[column])
        for name in row["领域"] or ():
            if name not in self.features:
                self.table.warn(row, "领域", f"没有“{name}”这一领域，将按原文保存", name)

    def _dates(self, row: Row) -> None:
        known = [(column, row[column]) for column in DATES if row[column]]
        for (earlier, first), (later, second) in pairwise(known):
            if second < first:
                self._doubtful(row, later, f"（{second:%Y.%m.%d}）早于{earlier}（{first:%Y.%m.%d}），请核对")
        for column, day in known:
            if day > self.today:
                self._doubtful(row, column, f"（{day:%Y.%m.%d}）晚于今天，请核对")
        if row[CLOSED_ON] and not row[RECTIFIED_ON]:
            self.table.warn(row, RECTIFIED_ON, "为空，但已填销号时间，请补填")

    def _deadline(self, row: Row) -> None:
        limit = row["整改期限"]
        if not limit:
            return
        found = limit.proposed(row[FOUND_ON])
        if found is None:
            self.table.warn(row, "整改期限", f"“{limit.text}”看不出日期，原文保留，不作逾期提醒", limit.text)
        elif limit.on is None:
            self.table.warn(row, "整改期限", f"“{limit.text}”暂按{found:%Y.%m.%d}计，请核对", limit.text)
        elif found < row[FOUND_ON]:
            self._doubtful(row, "整改期限", f"（{found:%Y.%m.%d}）早于发现时间（{row[FOUND_ON]:%Y.%m.%d}），请核对")

    def _about(self, row: Row, hazard: Hazard) -> None:
        """The citation, and whether the hazard counts in the campaign."""
        if hazard.is_major and not hazard.basis:
            self.table.warn(row, "判定依据", f"为空，重大事故隐患应写明标准和条款，如“{EXAMPLE}”")
        elif hazard.is_major and (problem := self.standards.objection(hazard.basis, hazard.found_on, hazard.sector)):
            self._doubtful(row, "判定依据", f"：{problem}")
        if self.scope:
            stamps = (hazard.area_id, hazard.sector_id, hazard.feature_names)
            if objection := self.scope.objection(hazard.found_on, *stamps):
                self.table.warn(row, "", f"{objection}，照常导入，但不计入该行动")
