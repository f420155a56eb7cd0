"""The official duties as the portal understands them: the days they fall due, who owes them, who receives them.

Days are written out by hand from the notices and the calendar.
"""

from datetime import date

import pytest

from campaigns.actions.recipients import Directory
from campaigns.actions.respondents import respondents
from campaigns.actions.terms import terms_of
from campaigns.models import Campaign, Deliverable
from organizations.models import Area, Enterprise, Sector, Unit
from organizations.tests import factories

pytestmark = [pytest.mark.usefixtures("official_data"), pytest.mark.django_db]

MAY_TO_DECEMBER = ["05", "06", "07", "08", "09", "10", "11", "12"]
EMERGENCY_UNITS = [
    "环翠区应急管理局", "文登区应急管理局", "荣成市应急管理局", "乳山市应急管理局",
    "高区经济发展局", "经区经济发展局", "临港区经济发展局", "南海新区住建交通与应急管理局",
]  # fmt: skip
MIIT_UNITS = [
    "环翠区工业和信息化局", "文登区工业和信息化局", "荣成市工业和信息化局", "乳山市工业和信息化局",
    "高区经济发展局", "经区经济发展局", "临港区经济发展局", "综保区经济发展局", "南海新区科技金融局",
]  # fmt: skip
SECTOR_OFFICES = {"装备产业科", "材料产业科", "消费品产业科", "信息产业科", "节能与综合利用科"}


def duty(campaign, code):
    return Deliverable.objects.select_related("campaign__area", "campaign__lead_unit").get(
        campaign__code=campaign, code=code
    )


def firm(area, sector, **fields):
    return Enterprise.objects.create(
        name=f"{area}{sector}企业{fields.get('feature_names', '')}",
        uscc=factories.uscc(),
        area=Area.objects.get(name=area),
        sector=Sector.objects.get(name=sector),
        **fields,
    )


@pytest.mark.parametrize(
    ("campaign", "code", "days"),
    [
        ("weihai-miit-2022", "work-plan", ["2022-04-26"]),
        ("weihai-miit-2022", "two-lists", ["2022-04-28"]),
        ("weihai-miit-2022", "progress", [f"2022-{month}-18" for month in MAY_TO_DECEMBER]),
        ("weihai-miit-2022", "look-back", ["2022-12-30"]),
        # The first round ends with the phase of self-checks, the others repeat it.
        ("weihai-miit-2022", "enterprise-checklist", ["2022-04-30", "2022-07-31", "2022-10-31"]),
        ("weihai-miit-2022", "department-checklist", ["2022-04-30", "2022-07-31", "2022-10-31"]),
        ("weihai-miit-2022", "committee-meeting", ["2022-06-30", "2022-09-30", "2022-12-31"]),
        ("weihai-miit-2022", "crackdown-plan", []),
        ("weihai-miit-2022", "crackdown-report", []),
        ("gaoqing-miit-2022", "work-plan", ["2022-05-15"]),
        ("gaoqing-miit-2022", "progress", [f"2022-{month}-20" for month in MAY_TO_DECEMBER]),
        ("gaoqing-miit-2022", "enterprise-report", ["2022-09-30"]),
        ("gaoqing-miit-2022", "department-checklist", ["2022-09-30"]),
        ("weihai-safety-2022", "monthly-scores", ["2022-09-30", "2022-10-31", "2022-11-30", "2022-12-31"]),
        ("mines-2023", "dispatch-table", [f"2023-{month}-25" for month in MAY_TO_DECEMBER]),
        ("mines-2023", "practice", ["2023-06-30", "2023-09-30", "2023-12-31"]),
        ("mines-2023", "drill", ["2023-06-30", "2023-12-31"]),
        ("mines-2023", "hidden-factors", ["2023-12-31"]),
        ("mines-2023", "enterprise-checklist", ["2023-07-31", "2023-10-31"]),
        (
            "mines-2023",
            "watch",
            ["2023-06-30", "2023-07-31", "2023-08-31", "2023-09-30", "2023-10-31", "2023-11-30", "2023-12-31"],
        ),
        ("trade-2023", "dispatch-table", [f"2023-{month}-28" for month in MAY_TO_DECEMBER]),
        ("trade-2023", "ledger", [f"2023-{month}-28" for month in MAY_TO_DECEMBER]),
        ("trade-2023", "practice", [f"2023-{month}-28" for month in MAY_TO_DECEMBER]),
        ("trade-2023", "final-report", ["2023-12-20"]),
        ("trade-2023", "enterprise-checklist", ["2023-07-31", "2023-10-31"]),
        ("trade-2023", "lead-checks", ["2023-06-30", "2023-09-30", "2023-12-31"]),
        ("trade-2023", "drill-half-yearly", ["2023-06-30", "2023-12-31"]),
        ("trade-2023", "key-coverage", ["2023-11-30"]),
        ("wendeng-2024-2026", "evacuation-drill", ["2024-12-31", "2025-12-31", "2026-12-31"]),
    ],
)
def test_days_due(campaign, code, days):
    terms = terms_of(duty(campaign, code))
    assert [str(term.nominal_on) for term in terms] == days
    # 按原定日期: rest days move nothing.
    assert [str(term.due_at.date()) for term in terms] == days


def test_monthly_checks_of_firms_begin_with_the_first_whole_month():
    june_on = ["2023-06-30", "2023-07-31", "2023-08-31", "2023-09-30", "2023-10-31", "2023-11-30", "2023-12-31"]

    for campaign, code in (("trade-2023", "lead-checks-monthly"), ("mines-2023", "monthly-search")):
        assert [str(term.nominal_on) for term in terms_of(duty(campaign, code))] == june_on


@pytest.mark.parametrize(
    ("campaign", "code", "units"),
    [
        ("trade-2023", "dispatch-table", EMERGENCY_UNITS),
        ("mines-2023", "dispatch-table", EMERGENCY_UNITS),
        ("trade-2023", "key-coverage", EMERGENCY_UNITS),
        ("mines-2023", "watch", EMERGENCY_UNITS),
        ("weihai-miit-2022", "progress", MIIT_UNITS),
        ("weihai-miit-2022", "leader-checks", ["威海市工业和信息化局", *MIIT_UNITS]),
        ("wendeng-2024-2026", "explosives-coverage", ["文登区工业和信息化局"]),
        ("weihai-safety-2022", "monthly-scores", ["威海市人民政府安全生产委员会办公室"]),
    ],
)
def test_units_that_owe(campaign, code, units):
    owing = respondents(duty(campaign, code), date(2023, 6, 1))
    assert list(owing.order_by("position").values_list("name", flat=True)) == units


@pytest.mark.parametrize(
    ("features", "owed"),
    [
        ([], {"lead-checks", "drill", "diagnosis"}),
        (["有限空间"], {"lead-checks", "drill", "diagnosis"}),
        (["涉氨制冷"], {"lead-checks-monthly", "drill-half-yearly", "diagnosis-required"}),
        (["有限空间", "粉尘涉爆"], {"lead-checks-monthly", "drill-half-yearly", "diagnosis-required"}),
        (["金属冶炼"], {"lead-checks-monthly", "drill-half-yearly", "diagnosis-required"}),
    ],
)
def test_three_kinds_of_firms_owe_the_stricter_rule_instead(features, owed):
    one = firm("荣成市", "轻工", feature_names=features)
    pairs = {"lead-checks", "lead-checks-monthly", "drill", "drill-half-yearly", "diagnosis", "diagnosis-required"}

    found = {code for code in pairs if one in respondents(duty("trade-2023", code), date(2023, 6, 1))}
    assert found == owed


@pytest.mark.parametrize(("sector", "code"), [("民爆", "lead-checks-explosives"), ("船舶工业", "lead-checks")])
def test_explosives_of_wendeng_are_checked_monthly(sector, code):
    one = firm("文登区", sector)

    found = [
        name
        for name in ("lead-checks", "lead-checks-explosives")
        if one in respondents(duty("wendeng-2024-2026", name), date(2024, 6, 1))
    ]
    assert found == [code]


@pytest.mark.parametrize(
    ("status", "owes"),
    [("producing", True), ("building", True), ("resuming", True), ("stopped_manned", True), ("stopped_empty", False)],
)
def test_mines_with_nobody_at_work_owe_no_search(status, owes):
    mine = firm("乳山市", "非煤矿山", status=status)
    assert (mine in respondents(duty("mines-2023", "monthly-search"), date(2023, 6, 1))) is owes


def test_each_campaign_asks_its_own_trades_and_areas():
    factory, mine, yard = firm("荣成市", "轻工"), firm("荣成市", "非煤矿山"), firm("文登区", "船舶工业")
    gaoqing = firm("高青县", "民爆")

    owing = {
        code: set(respondents(duty(code, "enterprise-checklist"), date(2023, 6, 1)))
        for code in ("trade-2023", "mines-2023", "weihai-miit-2022", "gaoqing-miit-2022")
    }

    assert owing == {
        "trade-2023": {factory},
        "mines-2023": {mine},
        "weihai-miit-2022": {factory, yard},
        "gaoqing-miit-2022": {gaoqing},
    }


def receivers(campaign, code, respondent):
    found = duty(campaign, code)
    keys = Directory(Campaign.objects.select_related("lead_unit").get(code=campaign)).receivers(found, respondent)
    return {unit.label for unit in Unit.objects.filter(pk__in=keys)}


@pytest.mark.parametrize(
    ("campaign", "code", "unit", "to"),
    [
        ("trade-2023", "dispatch-table", "荣成市应急管理局", {"市应急局"}),
        ("mines-2023", "practice", "荣成市应急管理局", {"市应急局"}),
        ("trade-2023", "action-plan", "荣成市应急管理局", set()),
        ("weihai-miit-2022", "work-plan", "荣成市工业和信息化局", {"绿色发展推进科"} | SECTOR_OFFICES),
        ("weihai-miit-2022", "two-lists", "综保区经济发展局", SECTOR_OFFICES),
        ("weihai-miit-2022", "two-lists-summary", "威海市工业和信息化局装备产业科", {"绿色发展推进科"}),
        ("gaoqing-miit-2022", "progress", "高青县工业和信息化局民爆行业管理科", {"技术改造科"}),
        ("wendeng-2024-2026", "situation-analysis", "文登区工业和信息化局船舶工业科", {"安全生产科"}),
        (
            "weihai-safety-2022",
            "monthly-scores",
            "威海市人民政府安全生产委员会办公室",
            {
                f"{area}安委会"
                for area in ("环翠区", "文登区", "荣成市", "乳山市", "高区", "经区", "临港区", "南海新区")
            },
        ),
    ],
)
def test_units_that_receive(campaign, code, unit, to):
    assert receivers(campaign, code, Unit.objects.get(name=unit)) == to


@pytest.mark.parametrize(
    ("campaign", "area", "sector", "to"),
    [
        ("trade-2023", "荣成市", "轻工", {"荣成市应急局"}),
        ("trade-2023", "高区", "机械", {"高区经济发展局"}),
        # 综保区 has no 应急 unit of its own; it counts in 经区.
        ("trade-2023", "综保区", "机械", {"经区经济发展局"}),
        ("mines-2023", "南海新区", "非煤矿山", {"南海新区住建交通与应急管理局"}),
        ("weihai-miit-2022", "荣成市", "轻工", {"荣成市工信局"}),
        ("weihai-miit-2022", "综保区", "电子", {"综保区经济发展局"}),
        ("weihai-miit-2022", "南海新区", "船舶工业", {"南海新区科技金融局"}),
        ("gaoqing-miit-2022", "高青县", "民爆", {"民爆行业管理科"}),
    ],
)
def test_firms_self_check_goes_to_the_areas_unit_or_its_office(campaign, area, sector, to):
    assert receivers(campaign, "enterprise-checklist", firm(area, sector)) == to
