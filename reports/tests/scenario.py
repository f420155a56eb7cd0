"""The acceptance month read straight into the tables, without the import command: what figures are checked against."""

import json
from collections import defaultdict
from datetime import date, datetime
from functools import cache
from pathlib import Path

from openpyxl import load_workbook

from campaigns.models import Campaign, Deliverable
from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction, Flag, PenaltyCase, Trip, Visit
from organizations.models import Area, Enterprise, ReportingArea, Sector, Unit
from organizations.models.areas import Line
from organizations.tests import factories

DATA = Path(__file__).parent / "data"
AREAS = ("环翠区", "文登区", "荣成市", "乳山市", "高区", "经区", "临港区", "综保区", "南海新区")
TRADES = ("冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸")
UNITS = {
    "威海市应急管理局": "威海市",
    **{f"{name}应急管理局": name for name in AREAS[:4]},
    **{f"{name}经济发展局": name for name in ("高区", "经区", "临港区")},
    "南海新区住建交通与应急管理局": "南海新区",
}


@cache
def rows(kind):
    """The rows of a workbook as dicts by header."""
    lines = load_workbook(DATA / f"{kind}.xlsx").active.iter_rows(values_only=True)
    header = next(lines)
    return [dict(zip(header, line, strict=True)) for line in lines]


def expected():
    return json.loads((DATA / "expected.json").read_text(encoding="utf-8"))


def day(cell):
    if not cell:
        return None
    return cell.date() if isinstance(cell, datetime) else date(*map(int, cell.split(".")))


def places():
    """The areas in the order of the tables; 综保区 counts in 经区 for 应急."""
    city = factories.city()
    for position, name in enumerate(AREAS):
        area = factories.area(name, parent=city, row=False)
        home = Area.objects.get(name="经区") if name == "综保区" else area
        ReportingArea.objects.create(line=Line.EMERGENCY, area=area, counted_in=home, position=position)
    for name, place in UNITS.items():
        factories.unit(name, in_area=Area.objects.get(name=place), sectors=(*TRADES, "非煤矿山"))
    Sector.objects.filter(name="非煤矿山").update(group=Sector.Group.MINES)


def campaigns():
    for code, table, due_day in (("trade-2023", "trade", 28), ("mines-2023", "mines", 25)):
        campaign = Campaign.objects.create(
            code=code,
            name=code,
            line=Line.EMERGENCY,
            lead_unit=Unit.objects.get(name="威海市应急管理局"),
            area=factories.city(),
            starts_on=date(2023, 5, 1),
            ends_on=date(2023, 12, 31),
        )
        campaign.sectors.set(Sector.objects.filter(name__in=TRADES if table == "trade" else ["非煤矿山"]))
        Deliverable.objects.create(
            campaign=campaign,
            code=f"{table}-table",
            name="调度表",
            form=f"return:{table}",
            respondent=Deliverable.Respondent.UNIT,
            recurrence=Deliverable.Recurrence.MONTHLY,
            due_day=due_day,
        )


def enterprises():
    for row in rows("enterprises"):
        factories.enterprise(
            row["企业全称"],
            in_area=Area.objects.get(name=row["区市"]),
            in_sector=row["行业"],
            uscc=row["统一社会信用代码"],
            feature_names=(row["领域"] or "").split("、") if row["领域"] else [],
        )


class Known:
    """Looked up once: firms with what their rows are stamped with, and units."""

    def __init__(self):
        firms = Enterprise.objects.select_related("area", "sector")
        self.firms = {firm.uscc: {"enterprise": firm} | firm.stamps() for firm in firms}
        self.units = {unit.name: unit for unit in Unit.objects.all()}

    def firm(self, uscc):
        return self.firms[uscc] if uscc else {}

    def unit(self, name):
        return self.units[name] if name else None


def hazards(known):
    for number, row in enumerate(rows("hazards"), start=1):
        closed_on = day(row["销号时间"])
        hazard = Hazard.objects.create(
            number=f"TEST-{number}",
            **known.firm(row["统一社会信用代码"]),
            level=dict(zip(Hazard.Level.labels, Hazard.Level.values, strict=True))[row["隐患级别"]],
            found_by=dict(zip(Hazard.FoundBy.labels, Hazard.FoundBy.values, strict=True))[row["发现方式"]],
            found_on=day(row["发现时间"]),
            found_by_unit=known.unit(row["发现单位"]),
            state=Hazard.State.CLOSED if closed_on else Hazard.State.RECTIFYING,
            closed_on=closed_on,
            description=row["重大事故隐患描述"],
            imported=True,
        )
        if closed_on:
            Closing.objects.create(hazard=hazard, closed_on=closed_on)
        if row["挂牌督办单位"]:
            level = {"政府": SupervisionListing.Level.GOVERNMENT, "部门": SupervisionListing.Level.DEPARTMENT}
            SupervisionListing.objects.create(
                hazard=hazard,
                level=level[row["挂牌级别"]],
                unit_name=row["挂牌督办单位"],
                listed_on=day(row["挂牌时间"]),
            )


def visits(known):
    for row in rows("visits"):
        trip = Trip.objects.get_or_create(
            date=day(row["检查日期"]),
            unit=known.unit(row["检查单位"]),
            team=row["检查组编号"],
            defaults={"officers": row["执法人员（人）"], "experts": row["专家（人）"], "mode": row["检查方式"]},
        )[0]
        flags = [flag.value for flag in Flag if row[flag.label] == "是"]
        Visit.objects.create(trip=trip, date=trip.date, flags=flags, **known.firm(row["统一社会信用代码"]))


def actions(known, campaign):
    kinds = dict(zip(EnforcementAction.Kind.labels, EnforcementAction.Kind.values, strict=True))
    targets = dict(zip(EnforcementAction.Target.labels, EnforcementAction.Target.values, strict=True))
    by_case = defaultdict(list)
    for row in rows("actions"):
        firm = known.firm(row["统一社会信用代码"])
        by_case[row["案号"]].append(
            EnforcementAction.objects.create(
                date=day(row["日期"]),
                unit=known.unit(row["实施单位"]),
                kind=kinds[row["类型"]],
                target=targets.get(row["对象"], ""),
                fine=row["罚款（万元）"],
                persons=row["人数"],
                dangerous_operation=row["是否危险作业罪案例"] == "是",
                campaign=None if firm else campaign,
                **firm,
            )
        )
    for number, decisions in by_case.items():
        if number:
            case(number, decisions)


def case(number, decisions):
    """both_on: the later of the two first decisions, against the firm and against its head."""
    firsts = [
        min((one.date for one in decisions if one.target == target), default=None)
        for target in EnforcementAction.Target.values
    ]
    one = decisions[0]
    made = PenaltyCase.objects.create(
        number=number,
        unit=one.unit,
        enterprise=one.enterprise,
        area=one.area,
        sector=one.sector,
        feature_names=one.feature_names,
        both_on=max(firsts) if all(firsts) else None,
    )
    EnforcementAction.objects.filter(pk__in=[each.pk for each in decisions]).update(case=made)


def load():
    """The whole scenario into an empty database."""
    places()
    campaigns()
    enterprises()
    known = Known()
    hazards(known)
    visits(known)
    actions(known, Campaign.objects.get(code="trade-2023"))
