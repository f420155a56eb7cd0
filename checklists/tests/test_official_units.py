"""Where and who, literally as the notices name them (design §4.1)."""

import pytest

from checklists.tests.official_texts import NOTICES, notice
from hazards.models import Standard
from organizations.models import Area, ReportingArea, RiskFeature, Sector, Unit
from organizations.models.areas import Line

pytestmark = [pytest.mark.usefixtures("official_data"), pytest.mark.django_db]

TRADES = {"冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸"}
MIIT_OWN = {"民爆", "船舶工业", "软件和信息技术服务业", "废弃资源综合利用业"}
MIIT_INDUSTRY = {"冶金", "有色", "建材", "机械", "轻工", "纺织", "化工", "电子"}
ROWS = ["环翠区", "文登区", "荣成市", "乳山市", "高区", "经区", "临港区", "综保区", "南海新区"]


def powers(unit, power):
    return set(Unit.objects.get(name=unit).unitsector_set.filter(power=power).values_list("sector__name", flat=True))


def test_areas_are_a_tree_with_official_codes():
    codes = dict(Area.objects.values_list("name", "code"))

    assert codes == {
        "山东省": "370000",
        "威海市": "371000",
        "环翠区": "371002",
        "文登区": "371003",
        "荣成市": "371082",
        "乳山市": "371083",
        "高区": "371071",
        "经区": "371072",
        "临港区": "371073",
        "综保区": "371000-ZB",
        "南海新区": "371000-NH",
        "淄博市": "370300",
        "高青县": "370322",
    }
    for area in Area.objects.select_related("parent"):
        assert area.path == f"{area.parent.path if area.parent else ''}{area.code}/"


def test_weihais_areas_stand_in_the_order_of_the_tables():
    weihai = Area.objects.get(name="威海市")
    assert list(weihai.children.values_list("name", flat=True)) == ROWS


def test_miit_has_nine_rows_and_emergency_eight():
    miit = ReportingArea.objects.filter(line=Line.MIIT).values_list("area__name", "counted_in__name")
    emergency = ReportingArea.objects.filter(line=Line.EMERGENCY).values_list("area__name", "counted_in__name")

    assert list(miit) == [(name, name) for name in ROWS]
    assert list(emergency) == [(name, "经区" if name == "综保区" else name) for name in ROWS]
    assert len({row for _, row in emergency}) == 8


def test_sectors_by_group():
    groups = {group: set(Sector.objects.filter(group=group).values_list("name", flat=True)) for group in Sector.Group}

    assert groups == {"trade": TRADES, "mines": {"非煤矿山"}, "miit": MIIT_OWN | {"化工", "电子"}, "other": set()}
    assert set(Sector.objects.filter(line=Line.EMERGENCY).values_list("name", flat=True)) == TRADES | {"非煤矿山"}


def test_high_risk_sectors_are_those_of_the_provinces_article_19():
    # 山东省安全生产条例 §19: 矿山、金属冶炼 …和危险物品; dust and ammonia are features, not sectors.
    assert set(Sector.objects.filter(high_risk=True).values_list("name", flat=True)) == {
        "非煤矿山",
        "冶金",
        "有色",
        "民爆",
    }


def test_features_that_rules_name_are_known():
    assert set(RiskFeature.objects.values_list("name", flat=True)) >= {
        "金属冶炼", "粉尘涉爆", "涉氨制冷", "有限空间", "钢铁", "深井铸造", "地下矿山", "尾矿库",
    }  # fmt: skip
    assert "液氨制冷" in RiskFeature.objects.get(name="涉氨制冷").aliases.split("、")


def test_emergency_units_are_nine_with_direct_supervision_of_trades_and_mines():
    units = Unit.objects.of_line(Line.EMERGENCY).order_by("position")

    assert [unit.name for unit in units] == [
        "威海市应急管理局",
        "环翠区应急管理局",
        "文登区应急管理局",
        "荣成市应急管理局",
        "乳山市应急管理局",
        "高区经济发展局",
        "经区经济发展局",
        "临港区经济发展局",
        "南海新区住建交通与应急管理局",
    ]
    for unit in units:
        assert powers(unit.name, "direct") >= TRADES | {"非煤矿山"}


def test_miit_units_of_the_areas_are_nine():
    units = Unit.objects.of_line(Line.MIIT).filter(kind=Unit.Kind.BUREAU, area__path__startswith="370000/371000/3710")

    assert list(units.order_by("position").values_list("name", flat=True)) == [
        "环翠区工业和信息化局",
        "文登区工业和信息化局",
        "荣成市工业和信息化局",
        "乳山市工业和信息化局",
        "高区经济发展局",
        "经区经济发展局",
        "临港区经济发展局",
        "综保区经济发展局",
        "南海新区科技金融局",
    ]


@pytest.mark.parametrize(
    ("unit", "direct", "industry"),
    [
        ("威海市应急管理局", TRADES | {"非煤矿山"}, set()),
        ("荣成市应急管理局", TRADES | {"非煤矿山"}, set()),
        ("南海新区住建交通与应急管理局", TRADES | {"非煤矿山"}, set()),
        ("威海市工业和信息化局", MIIT_OWN, MIIT_INDUSTRY),
        ("文登区工业和信息化局", MIIT_OWN, MIIT_INDUSTRY),
        ("综保区经济发展局", MIIT_OWN, MIIT_INDUSTRY),
        ("南海新区科技金融局", MIIT_OWN, MIIT_INDUSTRY),
        # One bureau in both lines: what it supervises directly it does not merely lead.
        ("高区经济发展局", TRADES | {"非煤矿山"} | MIIT_OWN, {"化工", "电子"}),
    ],
)
def test_powers_are_literal(unit, direct, industry):
    assert (powers(unit, "direct"), powers(unit, "industry")) == (direct, industry)


def test_zone_bureaus_stand_in_both_lines_but_bonded_zone_in_one():
    lines = dict(Unit.objects.filter(name__endswith="经济发展局").values_list("name", "lines"))

    assert lines == {
        "高区经济发展局": ["miit", "emergency"],
        "经区经济发展局": ["miit", "emergency"],
        "临港区经济发展局": ["miit", "emergency"],
        "综保区经济发展局": ["miit"],
    }


@pytest.mark.parametrize("bureau", ["威海市工业和信息化局", "文登区工业和信息化局", "高青县工业和信息化局"])
def test_each_miit_sector_of_its_own_has_one_office(bureau):
    offices = Unit.objects.filter(part_of__name=bureau, kind=Unit.Kind.OFFICE)

    for sector in MIIT_OWN:
        assert offices.filter(sectors__name=sector).count() == 1
    assert all(office.name == bureau + office.short_name for office in offices)


@pytest.mark.parametrize(
    ("office", "campaign"),
    [
        ("威海市工业和信息化局绿色发展推进科", "weihai-miit-2022"),
        ("高青县工业和信息化局技术改造科", "gaoqing-miit-2022"),
        ("文登区工业和信息化局安全生产科", "wendeng-2024-2026"),
    ],
)
def test_office_that_gathers_is_named_by_its_notice_and_works_for_all_sectors(office, campaign):
    unit = Unit.objects.get(name=office)

    assert unit.short_name in notice(NOTICES[campaign])
    assert set(unit.sector_ids()) == set(unit.part_of.sector_ids())


def test_city_units_of_the_22_opinions_carry_the_names_the_notice_uses():
    text = notice(NOTICES["weihai-safety-2022"])
    city = Unit.objects.filter(area__name="威海市", position__range=(3, 40)).exclude(short_name="市工信局")

    assert [unit.short_name for unit in city if unit.short_name not in text] == []
    assert city.count() == 16


def test_committees_of_the_areas_look_after_every_sector():
    committees = Unit.objects.of_line(Line.SAFETY_COMMITTEE).filter(area__level__in=["county", "zone"])

    assert list(committees.order_by("position").values_list("name", flat=True)) == [
        "环翠区人民政府安委会",
        "文登区人民政府安委会",
        "荣成市人民政府安委会",
        "乳山市人民政府安委会",
        "高区安委会",
        "经区安委会",
        "临港区安委会",
        "南海新区安委会",
    ]
    assert all(unit.all_sectors for unit in committees)


@pytest.mark.parametrize(
    ("sector", "day", "standard"),
    [
        ("轻工", "2023-06-06", "应急管理部令第10号"),
        ("轻工", "2023-05-15", "应急管理部令第10号"),
        ("轻工", "2023-05-14", "安监总管四〔2017〕129号"),
        ("非煤矿山", "2022-09-01", "矿安〔2022〕88号"),
        ("非煤矿山", "2022-08-31", "安监总管一〔2017〕98号"),
        ("民爆", "2024-12-02", "工信厅安全函〔2023〕337号"),
        ("民爆", "2024-12-03", "工信部安全〔2024〕234号"),
    ],
)
def test_one_standard_is_in_force_per_sector_and_day(sector, day, standard):
    found = Standard.objects.in_force(day).get(sectors__name=sector)
    assert found.number == standard


def test_trade_standard_knows_its_64_clauses_and_the_one_the_ledger_cites():
    standard = Standard.objects.get(number="应急管理部令第10号")

    assert standard.clauses.count() == 64
    assert standard.clauses.filter(number="第十二条第（二）项").exists()
    assert not standard.clauses.filter(number="第十二条第（三）项").exists()
