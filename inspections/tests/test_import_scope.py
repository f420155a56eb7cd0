"""Rows that a campaign does not count, and decisions beyond a unit's power: told, and written all the same."""

from datetime import date

import pytest

from campaigns.models import Campaign
from documents.models import ImportBatch
from inspections.models import EnforcementAction, Visit
from inspections.tests.sheets import ACTION, BUREAU, CODE, OTHER_CODE, PENALTY, ROW, VISIT, run
from lib.tests.workbooks import workbook
from organizations.models import UnitSector
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bureau():
    make.enterprise(uscc=CODE)
    make.enterprise("荣成别家食品有限公司", uscc=OTHER_CODE)
    return make.unit(BUREAU)


@pytest.fixture
def campaign():
    return Campaign.objects.create(
        code="trade-2023", name="工贸行动", line=Line.EMERGENCY, lead_unit=make.city_bureau(), area=make.city(),
        starts_on=date(2023, 5, 1), ends_on=date(2023, 12, 31),
    )  # fmt: skip


# Scope and power


SCOPE = [
    ("2023.04.30", CODE, "日期不在“工贸行动”期间（2023.05.01至2023.12.31）"),
    ("2023.05.01", CODE, ""),
    ("2023.12.31", CODE, ""),
    ("2024.01.01", CODE, "日期不在“工贸行动”期间（2023.05.01至2023.12.31）"),
]


@pytest.mark.parametrize(("day", "code", "why"), SCOPE)
@pytest.mark.parametrize("kind", ["visits", "actions"])
def test_days_of_the_campaign_are_in_scope_to_the_last(given, campaign, kind, day, code, why):
    rows = [VISIT, [day, *ROW[1:]]] if kind == "visits" else [ACTION, [day, *PENALTY[1:]]]

    found, said = run(kind, given(workbook(rows)), campaign="trade-2023")

    assert found == 0
    assert said[:-1] == ([f"提示 第2行{why}，照常导入，但不计入该行动"] if why else [])


def other_area(campaign):
    campaign.areas.add(make.county("乳山市"))
    return "企业所在区市不在“工贸行动”范围内"


def other_sector(campaign):
    campaign.sectors.add(make.sector("冶金"), make.sector("建材"))
    return "企业行业不在“工贸行动”范围内（冶金、建材）"


def other_feature(campaign):
    campaign.features.add(make.feature("粉尘涉爆"))
    return "企业领域不在“工贸行动”范围内（粉尘涉爆）"


@pytest.mark.parametrize("narrow", [other_area, other_sector, other_feature])
@pytest.mark.parametrize(("kind", "rows"), [("visits", [VISIT, ROW]), ("actions", [ACTION, PENALTY])])
def test_firm_out_of_scope_is_told_and_written(given, campaign, kind, rows, narrow):
    why = narrow(campaign)

    assert run(kind, given(workbook(rows)), campaign="trade-2023") == (
        0,
        [f"提示 第2行{why}，照常导入，但不计入该行动", f"{ImportBatch.Kind(kind).label}：共1行，新增1，更新0"],
    )
    assert Visit.objects.count() + EnforcementAction.objects.count() == 1


NO_POWER = "提示 第2行“实施单位”“荣成市工业和信息化局”对轻工行业没有直接监管职责，请核对处罚权限"


@pytest.mark.parametrize(
    ("power", "kind", "told"),
    [
        (UnitSector.Power.DIRECT, "行政处罚", []),
        (UnitSector.Power.INDUSTRY, "行政处罚", [NO_POWER]),
        (UnitSector.Power.INDUSTRY, "责令停产整顿", [NO_POWER]),
        (UnitSector.Power.INDUSTRY, "约谈", []),
        (UnitSector.Power.INDUSTRY, "曝光", []),
        (UnitSector.Power.INDUSTRY, "帮扶指导重点企业", []),
    ],
)
def test_only_direct_supervision_decides_penalties(given, power, kind, told):
    """行业主管 guides and names, 直接监管 penalises (S001 四(二)); the row is written all the same."""
    miit = make.unit("荣成市工业和信息化局", lines=(Line.MIIT,), sectors=())
    UnitSector.objects.create(unit=miit, sector=make.sector(), power=power)
    row = PENALTY.copy()
    row[1], row[3], row[6] = miit.name, kind, 1.5 if kind == "行政处罚" else None

    code, said = run("actions", given(workbook([ACTION, row])))

    assert (code, said[:-1]) == (0, told)


def test_office_penalises_by_the_power_of_its_bureau(given, bureau):
    make.unit("荣成市应急管理局执法大队", part_of=bureau, sectors=())
    row = PENALTY.copy()
    row[1] = "荣成市应急管理局执法大队"

    assert run("actions", given(workbook([ACTION, row])))[1] == ["行政处置：共1行，新增1，更新0"]


def test_office_penalises_by_a_power_of_its_own(given):
    office = make.unit("民爆科", part_of=make.unit("荣成市工业和信息化局", sectors=()), sectors=())
    UnitSector.objects.create(unit=office, sector=make.sector(), power=UnitSector.Power.DIRECT)
    row = PENALTY.copy()
    row[1] = "民爆科"

    assert run("actions", given(workbook([ACTION, row])))[1] == ["行政处置：共1行，新增1，更新0"]


def test_power_over_another_sector_is_none_over_this(given):
    make.unit("荣成市住房和城乡建设局", sectors=("建材",))
    row = PENALTY.copy()
    row[1] = "荣成市住房和城乡建设局"

    assert "没有直接监管职责" in run("actions", given(workbook([ACTION, row])))[1][0]
