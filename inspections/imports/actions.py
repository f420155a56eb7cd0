"""Actions in: penalties and the other measures of a department, one row per decision."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from campaigns.scope import Scope
from documents.actions.batches import Asked
from hazards.models import Hazard
from inspections.actions.cases import case_number
from inspections.models import EnforcementAction, PenaltyCase
from lib import cells
from lib.excel import ERROR, Column, Row, Table
from lib.text import joined
from organizations.imports.names import CODE, Firms, Units, chunks, code_column
from organizations.models import Enterprise, Unit, UnitSector

Kind, Target = EnforcementAction.Kind, EnforcementAction.Target

DATE, UNIT, KIND, TARGET, CASE = "日期", "实施单位", "类型", "对象", "案号"
FINE, PERSONS, CRIME, WHOM = "罚款（万元）", "人数", "是否危险作业罪案例", "对象地区/部门"

# Counted by distinct enterprises, so that a row without one would count nowhere.
OF_A_FIRM = {
    Kind.PENALTY, Kind.SUSPENSION, Kind.EXPOSURE, Kind.INTERVIEW, Kind.JOINT_PUNISHMENT, Kind.FIRM_SUPPORT,
}  # fmt: skip
COUNTED_BY_PERSONS = {Kind.TRANSFER, Kind.ACCOUNTABILITY}
# Only a unit with 直接监管 has the power to decide these.
BY_SUPERVISORS = {Kind.PENALTY, Kind.SUSPENSION}


def columns() -> list[Column]:
    kinds = {str(label): value for value, label in Kind.choices}
    targets = {str(label): value for value, label in Target.choices}
    aliases = {"处罚": "行政处罚", "停产整顿": "责令停产整顿", "典型案例": "公布典型案例", "移送司法": "移送司法机关"}
    heads = {"企业主要负责人": "主要负责人", "个人": "主要负责人", "单位": "企业"}
    return [
        Column(DATE, True, ("实施日期", "处罚日期", "决定日期"), cells.day, None),
        Column(UNIT, True, ("处罚单位", "执法单位"), cells.text, None),
        Column("企业全称", False, ("企业名称", "单位名称"), cells.text, ""),
        code_column(required=False),
        Column(KIND, True, ("处置类型",), cells.choice(kinds, aliases), None),
        Column(TARGET, False, ("处罚对象",), cells.choice(targets, heads), None),
        Column(CASE, False, ("文号", "决定书文号"), cells.text_up_to(60, case_number), None),
        Column(FINE, False, ("罚款", "罚款金额（万元）"), cells.money, None),
        Column(PERSONS, False, ("人数（人）",), cells.whole, None),
        Column(CRIME, False, ("危险作业罪案例", "危险作业罪"), cells.yes_no, None),
        Column(WHOM, False, ("对象地区或部门", "约谈对象"), cells.text_up_to(120), None),
    ]


def check(table: Table, asked: Asked) -> list[EnforcementAction]:
    """Ask everything of every row; problems are noted on the table. Returns actions, each with its case, unsaved."""
    questions = Questions(table, asked)
    return [action for row in table.rows if (action := questions.action(row))]


class Questions:
    """One workbook's rows, and what they are compared with, read once."""

    def __init__(self, table: Table, asked: Asked) -> None:
        self.table, self.campaign = table, asked.campaign
        self.today = timezone.localdate()
        self.firms = Firms(table.rows, asked.by, "企业全称")
        self.units = Units(asked.by)
        self.scope = Scope(asked.campaign) if asked.campaign else None
        powers = UnitSector.objects.filter(power=UnitSector.Power.DIRECT)
        self.direct = set(powers.values_list("unit_id", "sector_id"))
        self.cases = stored_cases(table.rows)
        self.reported = reported_hazards(self.firms.by_code.values())
        self.unread = {(one.row, one.name) for one in table.errors if one.severity == ERROR}

    def action(self, row: Row) -> EnforcementAction | None:
        firm = self.firms.find(self.table, row)
        unit = self.units.find_own(self.table, row, UNIT)
        if row[DATE] and row[DATE] > self.today:
            self.table.refuse(row, DATE, f"（{row[DATE]:%Y.%m.%d}）晚于今天，请核对", row[DATE])
        self._firm(row)
        self._figures(row)
        if not (unit and row[DATE] and row[KIND]) or (row[CODE] and not firm):
            return None
        if firm:
            self.firms.compare_name(self.table, row, firm)
            self._power(row, unit, firm)
            self._spared(row, firm)
        self._scope(row, firm)
        return self._built(row, unit, firm)

    def _built(self, row: Row, unit: Unit, firm: Enterprise | None) -> EnforcementAction:
        about: dict[str, Any] = self.firms.stamps(firm) if firm else {"campaign": self.campaign}
        return EnforcementAction(
            date=row[DATE],
            unit=unit,
            kind=row[KIND],
            enterprise=firm,
            target=row[TARGET] or (Target.ENTERPRISE if row[KIND] == Kind.PENALTY else ""),
            case=self._case(row, unit, firm) if firm and row[KIND] == Kind.PENALTY else None,
            fine=row[FINE],
            persons=row[PERSONS],
            dangerous_operation=bool(row[CRIME]),
            target_name=row[WHOM] or "",
            note=f"文号：{row[CASE]}" if row[CASE] and row[KIND] != Kind.PENALTY else "",
            **about,
        )

    def _case(self, row: Row, unit: Unit, firm: Enterprise) -> PenaltyCase | None:
        """The case of the unit and number, made once; one number is one enterprise's."""
        number = row[CASE]
        if not number:
            if self._is_blank(row, CASE):
                self.table.warn(row, CASE, "为空，不能计入“一案双罚”，请补填")
            return None
        key = (unit.pk, number)
        if key not in self.cases:
            stamps = self.firms.stamps(firm)
            kept = {name: stamps[name] for name in ("area", "sector", "feature_names")}
            self.cases[key] = PenaltyCase(unit=unit, number=number, enterprise=firm, **kept)
        case = self.cases[key]
        if case.enterprise_id != firm.pk:
            self.table.refuse(row, CASE, f"该案号已用于“{case.enterprise}”，请核对案号", number)
        return case

    def _is_blank(self, row: Row, name: str) -> bool:
        """Nothing was written there; what could not be read has been refused already."""
        return row[name] is None and (row.number, name) not in self.unread

    def _firm(self, row: Row) -> None:
        if not self._is_blank(row, CODE) or not row[KIND]:
            return
        if row[KIND] in OF_A_FIRM:
            self.table.refuse(row, CODE, f"为空，“{Kind(row[KIND]).label}”须填写企业的统一社会信用代码")
        elif self.campaign is None:
            self.table.refuse(row, CODE, "为空，未写企业的行须先指定所属的专项行动，再导入")

    def _figures(self, row: Row) -> None:
        kind = row[KIND]
        if kind == Kind.PENALTY and self._is_blank(row, TARGET):
            self.table.warn(row, TARGET, "为空，按处罚企业计，请核对")
        if kind in COUNTED_BY_PERSONS and self._is_blank(row, PERSONS):
            self.table.warn(row, PERSONS, f"为空，“{Kind(kind).label}”按人数统计，将计为0人，请补填")
        if kind != Kind.PENALTY and row[FINE]:
            self.table.warn(row, FINE, "仅行政处罚计罚款，此处不计入", row[FINE])
        if kind != Kind.PUBLISHED_CASE and row[CRIME]:
            self.table.warn(row, CRIME, "仅公布典型案例计此项，此处不计入")

    def _power(self, row: Row, unit: Unit, firm: Enterprise) -> None:
        powers = {(unit.pk, firm.sector_id), (unit.bureau.pk, firm.sector_id)}
        if row[KIND] in BY_SUPERVISORS and not powers & self.direct:
            self.table.warn(row, UNIT, f"“{unit}”对{firm.sector}行业没有直接监管职责，请核对处罚权限", unit)

    def _spared(self, row: Row, firm: Enterprise) -> None:
        """The workbook does not say what the penalty is for, so it can only be asked about."""
        day = row[DATE]
        if row[KIND] != Kind.PENALTY:
            return
        found = [one.number for one in self.reported[firm.pk] if was_open(one, day) and one.is_spared_penalty_on(day)]
        if found:
            words = f"该企业有自查发现、已报告并正在整改的重大事故隐患（{joined(found, 3)}），依法不予行政处罚"
            self.table.warn(row, KIND, f"{words}，请核对处罚是否另有事由", Kind.PENALTY.label)

    def _scope(self, row: Row, firm: Enterprise | None) -> None:
        if self.scope is None:
            return
        if firm:
            objection = self.scope.objection(row[DATE], firm.area_id, firm.sector_id, firm.feature_names)
        else:
            objection = self.scope.day_objection(row[DATE])
        if objection:
            self.table.warn(row, "", f"{objection}，照常导入，但不计入该行动")


def reported_hazards(firms: Iterable[Enterprise]) -> dict[int, list[Hazard]]:
    """By enterprise: the majors that it has found and told of itself."""
    found: dict[int, list[Hazard]] = defaultdict(list)
    for keys in chunks([firm.pk for firm in firms]):
        for hazard in Hazard.objects.reported_by_firm().filter(enterprise__in=keys).order_by("pk"):
            found[hazard.enterprise_id].append(hazard)
    return found


def was_open(hazard: Hazard, day: date) -> bool:
    """Found by then and not yet written off."""
    return hazard.found_on <= day and (hazard.closed_on is None or hazard.closed_on >= day)


def stored_cases(rows: Iterable[Row]) -> dict[tuple[int, str], PenaltyCase]:
    """Cases with these numbers that are stored already, locked until the transaction ends."""
    found: dict[tuple[int, str], PenaltyCase] = {}
    for numbers in chunks({row[CASE] for row in rows if row[CASE]}):
        cases = PenaltyCase.objects.filter(number__in=numbers).select_related("enterprise")
        for case in cases.select_for_update(of=("self",)).order_by("pk"):
            found[case.unit_id, case.number] = case
    return found
