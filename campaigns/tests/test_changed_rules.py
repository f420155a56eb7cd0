"""Rules changed under what is open already: stricter ones gained and lost, days moved, windows cut (design §4.2)."""

from datetime import date, datetime, timedelta

import pytest

from campaigns.actions import submissions
from campaigns.actions.opening import open_obligations
from campaigns.models import Campaign, Deliverable, Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.models import Enterprise, Unit
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


# A stricter rule, gained and lost


@pytest.fixture
def pair(firm):
    """Led checks quarterly; monthly for firms with ammonia."""
    general = firm_duty(recurrence="quarterly", name="每季度带队检查")
    strict = firm_duty("strict", name="每月带队检查", replaces=general)
    strict.features.set([make.feature("涉氨制冷")])
    return general, strict


def test_feature_lost_again_brings_the_general_rule_back(firm, pair):
    """Between the two the firm would owe nothing at all for the quarter."""
    run("2023-06-01")
    changed(firm, feature_names=["涉氨制冷"])
    run("2023-06-10")
    changed(firm, feature_names=[])
    lines = run("2023-06-12")
    assert owed(nominal_on__gte="2023-06-12") == ["2023-06 制冷厂 ended", "2023-Q2 制冷厂 open"]
    assert f"{NAME} 每季度带队检查 2023年第二季度 制冷厂：重新应报" in lines
    assert run("2023-06-12") == []


def test_feature_lost_brings_a_general_rule_never_owed_before(firm, pair):
    changed(firm, feature_names=["涉氨制冷"])
    run("2023-06-01")
    changed(firm, feature_names=[])
    run("2023-06-12")
    assert owed(nominal_on__gte="2023-06-12") == ["2023-06 制冷厂 ended", "2023-Q2 制冷厂 open"]


def test_stricter_rule_takes_over_what_lies_ahead_only(firm, pair):
    """2023-Q2 fell due on 06-30: it stays owed after the feature of July."""
    run("2023-06-20")
    changed(firm, feature_names=["涉氨制冷"])
    run("2023-07-10")
    assert owed(deliverable=pair[0]) == ["2023-Q2 制冷厂 open"]
    assert owed(deliverable=pair[1], nominal_on__gte="2023-07-01") == ["2023-07 制冷厂 open"]


def test_on_the_due_day_the_stricter_rule_still_supersedes(firm, pair):
    run("2023-06-20")
    changed(firm, feature_names=["涉氨制冷"])
    run("2023-06-30")
    assert owed(deliverable=pair[0]) == ["2023-Q2 制冷厂 superseded"]


def test_what_was_handed_in_under_the_general_rule_is_not_superseded(firm, pair):
    run("2023-06-01")
    row = Obligation.objects.get(period="2023-Q2")
    submissions.hand_in(row, by=make.actor(firm, "head"), text="二季度带队检查1次")
    changed(firm, feature_names=["涉氨制冷"])
    run("2023-06-10")
    assert owed(deliverable=pair[0]) == ["2023-Q2 制冷厂 open"]


def test_stricter_rule_of_another_scope_frees_nobody(firm, pair):
    """The stricter rule for grade D says nothing to a firm of grade A with the same feature."""
    Deliverable.objects.filter(pk=pair[1].pk).update(grades=["D"])
    changed(firm, feature_names=["涉氨制冷"], grade="A")
    run("2023-06-01")
    assert owed(nominal_on__gte="2023-06-01") == ["2023-Q2 制冷厂 open"]


# A rule that changes


def test_duty_that_loses_its_day_is_asked_of_nobody(unit):
    """An officer takes the day back: 文件未定日期; what was open would be chased for ever."""
    duty = campaigns.deliverable()
    run("2023-06-10")
    Deliverable.objects.filter(pk=duty.pk).update(origin="undated")
    assert run("2023-06-11") == [f"{NAME} 调度表 2023年6月 荣成市应急管理局：不再应报（报送事项已调整）"]
    assert owed() == ["2023-05 荣成市应急管理局 open", "2023-06 荣成市应急管理局 ended"]


def test_duty_that_is_given_a_day_is_opened_then(unit):
    duty = campaigns.deliverable(recurrence="once", due_day=None, origin="undated")
    assert run("2023-06-10") == []
    Deliverable.objects.filter(pk=duty.pk).update(origin="local", due_on=date(2023, 7, 15))
    assert run("2023-06-11") == [f"{NAME} 调度表：新开1个"]


def test_shorter_window_drops_what_lies_beyond(unit):
    duty = campaigns.deliverable()
    run("2023-06-20")
    Deliverable.objects.filter(pk=duty.pk).update(ends_on=date(2023, 6, 30))
    run("2023-06-21")
    assert owed() == [
        "2023-05 荣成市应急管理局 open",
        "2023-06 荣成市应急管理局 open",
        "2023-07 荣成市应急管理局 ended",
    ]


def test_monthly_made_quarterly_ends_the_months_ahead(unit):
    duty = campaigns.deliverable()
    run("2023-06-20")
    Deliverable.objects.filter(pk=duty.pk).update(recurrence="quarterly", due_month=3)
    run("2023-06-21")
    assert owed(state="open") == ["2023-05 荣成市应急管理局 open", "2023-Q2 荣成市应急管理局 open"]


def test_who_comes_back_under_a_changed_rule_gets_its_day_in_one_run(unit):
    """A second run on the same day changes nothing."""
    duty = campaigns.deliverable()
    run("2023-06-10")
    Unit.objects.filter(pk=unit.pk).update(active=False)
    run("2023-06-11")
    Unit.objects.filter(pk=unit.pk).update(active=True)
    Deliverable.objects.filter(pk=duty.pk).update(due_day=20)
    lines = run("2023-06-12")
    assert f"{NAME} 调度表 2023年6月 荣成市应急管理局：重新应报" in lines
    assert Obligation.objects.get(period="2023-06").nominal_on == date(2023, 6, 20)
    assert run("2023-06-12") == []


def test_day_moved_to_one_that_has_passed_leaves_the_open_one(unit):
    """The 28th becomes the 5th on 06-10: June's stays due, with the rule's new day, and is not taken away."""
    duty = campaigns.deliverable()
    run("2023-06-10")
    Deliverable.objects.filter(pk=duty.pk).update(due_day=5)
    run("2023-06-11")
    row = Obligation.objects.get(period="2023-06")
    assert (row.nominal_on, row.state) == (date(2023, 6, 5), "open")


def test_cut_off_moves_the_moment_of_what_lies_ahead(unit):
    duty = campaigns.deliverable()
    run("2023-06-10")
    Deliverable.objects.filter(pk=duty.pk).update(cut_off="12:00")
    run("2023-06-11")
    moments = dict(Obligation.objects.values_list("period", "due_at"))
    assert moments["2023-06"] == datetime.fromisoformat("2023-06-28T12:00+08:00")
    assert moments["2023-05"] == datetime.fromisoformat("2023-05-28T23:59:59.999999+08:00")


def test_extended_one_keeps_its_day_when_the_rule_moves_and_says_the_new_original(unit):
    duty = campaigns.deliverable()
    run("2023-06-10")
    extended = campaigns.JUNE_28 + timedelta(days=5)
    Obligation.objects.filter(period="2023-06").update(due_at=extended)
    Deliverable.objects.filter(pk=duty.pk).update(due_day=25)
    run("2023-06-11")
    row = Obligation.objects.get(period="2023-06")
    assert (row.nominal_on, row.due_at, row.moved_from.day) == (date(2023, 6, 25), extended, 25)


# The campaign's runs


def test_newcomer_owes_nothing_due_before_he_came(unit):
    campaigns.deliverable()
    run("2023-05-10")
    run("2023-07-01")
    make.unit("乳山市应急管理局", in_area=make.county("乳山市"))
    run("2023-07-02")
    assert owed(unit__name="乳山市应急管理局") == ["2023-07 乳山市应急管理局 open"]


def test_duty_added_later_is_owed_from_then_on(unit):
    """The campaign has been opened before: the past of a new rule is nobody's debt."""
    campaigns.deliverable()
    run("2023-05-10")
    run("2023-06-30")
    campaigns.deliverable("ledger", name="台账")
    run("2023-07-01")
    assert owed(deliverable__code="ledger") == ["2023-07 荣成市应急管理局 open"]


def test_first_run_on_the_same_day_takes_a_duty_added_that_day(unit):
    """The bureau sets the campaign up in the morning and adds a duty at noon: the past belongs to both."""
    campaigns.deliverable()
    run("2023-07-01")
    campaigns.deliverable("ledger", name="台账")
    run("2023-07-01")
    assert [line[:7] for line in owed(deliverable__code="ledger")] == ["2023-05", "2023-06", "2023-07"]


def test_run_as_of_an_earlier_day_forgets_nothing(unit):
    """An operator reruns an old day: nothing is taken back, and the memory of the last run stays."""
    campaigns.deliverable()
    run("2023-07-01")
    run("2023-06-01")
    campaign = Campaign.objects.get()
    assert (campaign.opened_on, campaign.reconciled_on) == (date(2023, 7, 1), date(2023, 7, 1))
    assert [line[:7] for line in owed(state="open")] == ["2023-05", "2023-06", "2023-07"]
