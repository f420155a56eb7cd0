"""Who joins, leaves, changes trade or status, and rules that change under what is open already (design §4.2)."""

from datetime import date

import pytest

from campaigns.actions import submissions
from campaigns.actions.opening import open_obligations
from campaigns.models import Campaign, Deliverable, Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.models import Enterprise, Unit, UnitSector
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
NAME = "冶金等工贸行业重大事故隐患专项排查整治2023行动"


def run(on):
    return open_obligations(date.fromisoformat(on), by=SYSTEM).words()


def owed(**conditions):
    rows = Obligation.objects.filter(**conditions).order_by("period", "deliverable__code", "pk")
    return [f"{row.period} {row.respondent} {row.state}" for row in rows]


def firm_duty(code="led", **fields):
    """企业主要负责人每月带队检查, by the end of the month, to the area's unit."""
    defaults = {
        "name": "带队检查",
        "respondent": "enterprise",
        "recurrence": "monthly",
        "recipient_rule": "area_unit",
        "due_day": None,
    }
    return campaigns.deliverable(code, **defaults | fields)


@pytest.fixture
def unit():
    make.city_bureau()
    return make.unit()


@pytest.fixture
def firm(unit):
    return make.enterprise("制冷厂")


def changed(firm, **fields):
    Enterprise.objects.filter(pk=firm.pk).update(**fields)


# Boundary days


@pytest.mark.parametrize(
    ("left_on", "state"),
    [("2023-06-14", "ended"), ("2023-06-15", "ended"), ("2023-06-16", "open")],
)
def test_firm_owes_until_the_day_it_leaves(firm, left_on, state):
    firm_duty()
    run("2023-06-10")
    changed(firm, left_on=left_on)
    run("2023-06-15")
    assert owed(period="2023-06") == [f"2023-06 制冷厂 {state}"]


@pytest.mark.parametrize(("joined_on", "count"), [("2023-06-14", 1), ("2023-06-15", 1), ("2023-06-16", 0)])
def test_firm_owes_from_the_day_it_joins(firm, joined_on, count):
    firm_duty()
    changed(firm, joined_on=joined_on)
    run("2023-06-15")
    assert len(owed(period="2023-06")) == count


@pytest.mark.parametrize(("due", "late"), [("2023-06-14", True), ("2023-06-15", False), ("2023-06-16", False)])
def test_due_before_the_day_of_opening_waits_for_confirmation(unit, due, late):
    """待确认期限: the day of opening itself can still be met."""
    campaigns.deliverable(recurrence="once", due_day=None, due_on=date.fromisoformat(due))
    run("2023-06-15")
    assert Obligation.objects.get(unit=unit).late_to_open is late


def test_policy_may_save_one_from_being_late_to_open(unit):
    """2023-10-28 is a Saturday: put off to the 30th it can still be met on the 29th."""
    campaigns.deliverable(policy="later")
    campaigns.deliverable("earlier", policy="earlier")
    run("2023-10-29")
    late = Obligation.objects.filter(period="2023-10").values_list("deliverable__code", "late_to_open")
    assert dict(late) == {"dispatch": False, "earlier": True}


@pytest.mark.parametrize(("on", "opened"), [("2023-05-13", []), ("2023-05-14", ["2023-06"])])
def test_opened_forty_five_days_ahead(unit, on, opened):
    """05-14 + 45 days is 06-28."""
    campaigns.deliverable(starts_on=date(2023, 6, 1))
    run(on)
    assert list(Obligation.objects.values_list("period", flat=True)) == opened


@pytest.mark.parametrize(("on", "runs"), [("2023-04-30", 0), ("2023-05-01", 1), ("2023-12-31", 1), ("2024-01-01", 0)])
def test_campaign_opens_from_its_first_to_its_last_day(unit, on, runs):
    campaigns.deliverable(recurrence="once", due_day=None, due_on=date(2023, 5, 2))
    run(on)
    assert Obligation.objects.count() == runs


# Coming, going, changing


def test_deregistered_firm_leaves_what_was_due_as_missing(firm):
    firm_duty()
    run("2023-06-10")
    changed(firm, status="deregistered")
    assert run("2023-06-11") == [
        f"{NAME} 带队检查 2023年6月 制冷厂：不再应报（企业已注销）",
        f"{NAME} 带队检查 2023年5月 制冷厂：缺报（企业已注销，未报）",
    ]


def test_firm_that_changes_trade_owes_the_past_and_no_more(firm):
    """Out of scope, not gone: what was due before stays owed."""
    campaigns.campaign().sectors.set([make.sector("轻工")])
    firm_duty()
    run("2023-06-10")
    changed(firm, sector=make.sector("非煤矿山"))
    assert run("2023-06-11") == [f"{NAME} 带队检查 2023年6月 制冷厂：不再应报（已不在报送范围）"]
    assert owed() == ["2023-05 制冷厂 open", "2023-06 制冷厂 ended"]


@pytest.mark.parametrize(
    ("duty", "change"),
    [
        ({"grades": ["A", "B"]}, {"grade": "C"}),
        ({"statuses": ["producing"]}, {"status": "stopped_empty"}),
        ({"key_only": True}, {"grade": "A"}),
    ],
)
def test_firm_that_no_longer_fulfils_the_condition_owes_no_more(firm, duty, change):
    changed(firm, grade="A" if "grades" in duty else "D")
    firm_duty(**duty)
    run("2023-06-10")
    assert owed(period="2023-06") == ["2023-06 制冷厂 open"]
    changed(firm, **change)
    run("2023-06-11")
    assert owed(period="2023-06") == ["2023-06 制冷厂 ended"]


def test_pause_in_production_ends_the_duty_and_resuming_brings_it_back(firm):
    firm_duty(statuses=["producing", "resuming"])
    run("2023-06-10")
    changed(firm, status="stopped_empty")
    run("2023-06-11")
    changed(firm, status="resuming")
    assert run("2023-06-12") == [f"{NAME} 带队检查 2023年6月 制冷厂：重新应报"]
    assert Obligation.objects.get(period="2023-06").ended_reason == ""
    assert run("2023-06-12") == []


def test_what_fell_due_in_the_pause_is_not_owed_afterwards(firm):
    firm_duty(statuses=["producing"])
    run("2023-06-10")
    changed(firm, status="stopped_empty")
    run("2023-06-11")
    changed(firm, status="producing")
    run("2023-07-01")
    assert owed() == ["2023-05 制冷厂 open", "2023-06 制冷厂 ended", "2023-07 制冷厂 open"]


def test_excepted_feature_frees_of_the_duty(firm):
    duty = firm_duty()
    duty.except_features.set([make.feature("涉氨制冷")])
    make.enterprise("服装厂")
    changed(firm, feature_names=["涉氨制冷"])
    run("2023-06-10")
    assert owed(period="2023-06") == ["2023-06 服装厂 open"]


def test_any_of_the_features_is_enough(unit):
    duty = firm_duty()
    duty.features.set([make.feature("涉氨制冷"), make.feature("粉尘涉爆")])
    make.enterprise("木器厂", feature_names=["粉尘涉爆", "有限空间"])
    make.enterprise("印染厂", feature_names=["有限空间"])
    run("2023-06-10")
    assert owed(period="2023-06") == ["2023-06 木器厂 open"]


def test_campaign_for_some_areas_asks_nobody_else(unit):
    wendeng = make.county("文登区")
    make.unit("文登区应急管理局", in_area=wendeng)
    campaigns.deliverable()
    Campaign.objects.get().areas.set([wendeng])
    run("2023-06-10")
    assert owed(period="2023-06") == ["2023-06 文登区应急管理局 open"]


def test_campaign_for_some_features_asks_no_other_firm(firm):
    firm_duty()
    Campaign.objects.get().features.set([make.feature("涉氨制冷")])
    make.enterprise("服装厂")
    changed(firm, feature_names=["涉氨制冷"])
    run("2023-06-10")
    assert owed(period="2023-06") == ["2023-06 制冷厂 open"]


def test_duty_of_some_sectors_asks_units_of_those_sectors(unit):
    make.unit("乳山市应急管理局", in_area=make.county("乳山市"), sectors=["非煤矿山"])
    campaigns.deliverable().sectors.set([make.sector("非煤矿山")])
    run("2023-06-10")
    assert owed(period="2023-06") == ["2023-06 乳山市应急管理局 open"]


def test_unit_with_several_of_the_sectors_owes_once(unit):
    for name in ("建材", "冶金"):
        UnitSector.objects.create(unit=unit, sector=make.sector(name), power="direct")
    campaigns.deliverable().sectors.set([make.sector("建材"), make.sector("冶金"), make.sector("轻工")])
    run("2023-06-10")
    assert owed(period="2023-06") == ["2023-06 荣成市应急管理局 open"]


def test_unit_renamed_into_another_line_owes_no_more(unit):
    campaigns.deliverable()
    run("2023-06-10")
    Unit.objects.filter(pk=unit.pk).update(lines=[Line.MIIT])
    assert run("2023-06-11") == [f"{NAME} 调度表 2023年6月 荣成市应急管理局：不再应报（已不在报送范围）"]


def test_unit_merged_away_is_missing_what_was_due(unit):
    campaigns.deliverable()
    run("2023-06-10")
    Unit.objects.filter(pk=unit.pk).update(active=False)
    assert run("2023-06-11") == [
        f"{NAME} 调度表 2023年6月 荣成市应急管理局：不再应报（单位已停用）",
        f"{NAME} 调度表 2023年5月 荣成市应急管理局：缺报（单位已停用，未报）",
    ]
    assert run("2023-06-11") == []


def test_draft_of_a_leaver_does_not_keep_the_duty(firm):
    """Only what was handed in is an answer."""
    firm_duty()
    run("2023-06-10")
    row = Obligation.objects.get(period="2023-06")
    submissions.save_draft(row, by=make.actor(firm, "head"), text="写了一半")
    changed(firm, left_on=date(2023, 6, 11))
    run("2023-06-11")
    assert owed(period="2023-06") == ["2023-06 制冷厂 ended"]


def test_returned_one_of_a_leaver_stays_an_answer(firm):
    firm_duty()
    run("2023-06-10")
    row = Obligation.objects.get(period="2023-06")
    handed = submissions.hand_in(row, by=make.actor(firm, "head"), text="六月带队检查2次")
    submissions.return_submission(handed, by=make.actor(make.unit()), reason="请补照片")
    changed(firm, left_on=date(2023, 6, 11))
    run("2023-06-11")
    assert owed(period="2023-06") == ["2023-06 制冷厂 open"]


def test_person_named_in_the_duty_makes_rows_of_his_own(firm):
    """专项述职 by the 安全总监: the same respondent may owe under another person as well."""
    duty = firm_duty(person="安全总监")
    run("2023-06-10")
    Deliverable.objects.filter(pk=duty.pk).update(person="主要负责人")
    run("2023-06-11")
    assert set(Obligation.objects.filter(period="2023-06").values_list("subject", flat=True)) == {
        "安全总监",
        "主要负责人",
    }
