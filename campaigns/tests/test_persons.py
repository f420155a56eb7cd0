"""逐人报送: 班子成员每月至少带队检查1次 (S000 D3) is owed by each of them by the roster; worked out by hand."""

from datetime import date, datetime

import pytest

from campaigns.actions import submissions
from campaigns.models import Obligation
from campaigns.tests.by_name import EACH, NAME, SHANGHAI, SYSTEM, join, leader_duty, leave, owed, run
from organizations.actions import roster
from organizations.models import Unit
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    make.city_bureau()
    return make.unit()


@pytest.fixture
def duty(unit):
    """Of June and July alone, so that each test reads two months."""
    return leader_duty(starts_on=date(2023, 6, 1), ends_on=date(2023, 7, 31))


@pytest.fixture
def three(unit):
    return [make.responsible(unit, name) for name in ("张三", "李四", "王五")]


# One for each


def test_three_leaders_owe_three_in_june(duty, unit, three):
    assert run("2023-06-01") == [f"{NAME} 班子成员带队检查 2023年6月：新开3个"]  # July 31 is 60 days off
    assert owed() == ["2023-06 张三 open", "2023-06 李四 open", "2023-06 王五 open"]
    assert {row.title for row in Obligation.objects.all()} == {
        "2023年6月 张三 班子成员带队检查",
        "2023年6月 李四 班子成员带队检查",
        "2023年6月 王五 班子成员带队检查",
    }


def test_second_run_of_a_day_changes_nothing(duty, unit, three):
    run("2023-06-16")
    assert run("2023-06-16") == []
    assert Obligation.objects.count() == 6


def test_each_leaders_row_has_the_dates_and_place_of_the_units(duty, unit, three):
    run("2023-06-01")
    for row in Obligation.objects.all():
        assert (row.unit, row.area, row.nominal_on) == (unit, unit.area, date(2023, 6, 30))
        assert row.due_at == datetime(2023, 6, 30, 23, 59, 59, 999999, tzinfo=SHANGHAI)


def test_one_leaves_on_the_tenth_and_one_joins_in_july(duty, unit, three):
    """2023-06-10 张三 stands down: June ends on the 30th without him. 赵六 joins on 07-05: he owes July, not June."""
    run("2023-06-01")
    leave(three[0], "2023-06-10")
    assert run("2023-06-10") == [
        f"{NAME} 班子成员带队检查 2023年6月 荣成市应急管理局 张三：不再应报（已不再任职）",
    ]
    run("2023-06-20")
    join(unit, "赵六", "2023-07-05")
    run("2023-07-05")
    assert owed() == [
        "2023-06 张三 ended",
        "2023-06 李四 open",
        "2023-06 王五 open",
        "2023-07 李四 open",
        "2023-07 王五 open",
        "2023-07 赵六 open",
    ]


def test_past_month_of_who_left_afterwards_remains(duty, unit, three):
    run("2023-06-20")
    leave(three[0], "2023-07-10")
    run("2023-07-10")
    assert owed(subject="张三") == ["2023-06 张三 open", "2023-07 张三 ended"]


@pytest.mark.parametrize(
    ("left", "state"),
    [("2023-06-29", "ended"), ("2023-06-30", "ended"), ("2023-07-01", "open")],
)
def test_in_office_on_the_day_it_falls_due_is_what_counts(duty, unit, three, left, state):
    """Entered only on 07-03: who was gone by the 30th was asked for nothing that month, who left on 07-01 was."""
    run("2023-06-01")
    leave(three[0], left)
    run("2023-07-03")
    assert owed(subject="张三", period="2023-06") == [f"2023-06 张三 {state}"]


def test_day_of_leaving_known_ahead_ends_only_what_comes_after_it(duty, unit, three):
    leave(three[0], "2023-07-15")
    run("2023-06-20")
    assert owed(subject="张三") == ["2023-06 张三 open"]


def test_who_joins_later_in_the_month_owes_that_month(duty, unit, three):
    run("2023-06-01")
    join(unit, "赵六", "2023-06-20")
    run("2023-06-21")
    assert "2023-06 赵六 open" in owed()


def test_who_is_entered_late_owes_from_then_on(duty, unit, three):
    """In office since June but entered in July: June fell due before anybody knew."""
    run("2023-06-20")
    join(unit, "赵六", "2023-06-01")
    run("2023-07-03")
    assert owed(subject="赵六") == ["2023-07 赵六 open"]


def test_night_without_a_run_is_not_the_leaders(duty, unit, three):
    """Joined on 06-29 while nothing ran from the 20th to 07-03: June was his."""
    run("2023-06-20")
    join(unit, "赵六", "2023-06-29")
    run("2023-07-03")
    assert owed(subject="赵六") == ["2023-06 赵六 open", "2023-07 赵六 open"]


def test_answer_of_who_left_stays(duty, unit, three):
    run("2023-06-01")
    row = Obligation.objects.get(subject="张三")
    submissions.hand_in(row, by=make.actor(unit), text="6月2日带队检查2家")
    leave(three[0], "2023-06-10")
    run("2023-06-11")
    assert owed(subject="张三") == ["2023-06 张三 fulfilled"]  # kept in the unit: the hand-in is all


def test_who_comes_back_owes_his_own_row_again(duty, unit, three):
    run("2023-06-01")
    leave(three[0], "2023-06-10")
    run("2023-06-11")
    join(unit, "张三", "2023-06-20")
    assert run("2023-06-20")[-1] == f"{NAME} 班子成员带队检查 2023年6月 荣成市应急管理局 张三：重新应报"
    assert owed(subject="张三") == ["2023-06 张三 open", "2023-07 张三 open"]
    assert run("2023-06-20") == []


def test_what_fell_due_between_two_terms_of_office_is_not_owed(duty, unit, three):
    run("2023-06-01")
    leave(three[0], "2023-06-10")
    join(unit, "张三", "2023-07-03")
    run("2023-07-03")
    assert owed(subject="张三") == ["2023-06 张三 ended", "2023-07 张三 open"]


def test_successor_owes_instead(duty, unit, three):
    run("2023-06-01")
    roster.replace(three[0], on=date(2023, 6, 10), name="赵六", by=SYSTEM)
    run("2023-06-10")
    assert owed() == ["2023-06 张三 ended", "2023-06 李四 open", "2023-06 王五 open", "2023-06 赵六 open"]


def test_same_name_in_two_units_is_two_people(duty, unit):
    wendeng = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    first = make.responsible(unit, "王伟")
    make.responsible(wendeng, "王伟")
    run("2023-06-01")
    leave(first, "2023-06-10")
    run("2023-06-11")
    assert owed(unit, subject="王伟") == ["2023-06 王伟 ended"]
    assert owed(wendeng, subject="王伟") == ["2023-06 王伟 open"]
    assert owed(unit, subject=EACH) == [f"2023-06 {EACH} open"]  # nobody is left there


def test_name_typed_with_spaces_is_one_subject(duty, unit):
    join(unit, "张　三", "2023-01-01")
    run("2023-06-01")
    assert owed() == ["2023-06 张三 open"]


# While there is no roster


def test_unit_without_a_roster_owes_one_as_a_whole(duty, unit):
    run("2023-06-01")
    assert owed() == [f"2023-06 {EACH} open"]


def test_roster_filled_ends_the_whole_ones_ahead(duty, unit):
    run("2023-06-20")
    for name in ("张三", "李四"):
        join(unit, name, "2022-01-01")
    assert run("2023-06-21") == [
        f"{NAME} 班子成员带队检查 2023年6月：新开2个",
        f"{NAME} 班子成员带队检查 2023年7月：新开2个",
        f"{NAME} 班子成员带队检查 2023年6月 荣成市应急管理局：不再应报（已按名册逐人报送）",
        f"{NAME} 班子成员带队检查 2023年7月 荣成市应急管理局：不再应报（已按名册逐人报送）",
    ]
    assert run("2023-06-21") == []
    assert len(owed(state="open")) == 4


def test_what_the_unit_answered_as_a_whole_is_not_asked_again(duty, unit):
    run("2023-06-20")
    june = Obligation.objects.get(period="2023-06")
    submissions.hand_in(june, by=make.actor(unit), text="局长6月5日带队检查")
    join(unit, "张三", "2022-01-01")
    run("2023-06-21")
    assert owed() == [f"2023-06 {EACH} fulfilled", "2023-07 张三 open", f"2023-07 {EACH} ended"]
    assert run("2023-06-21") == []


def test_what_the_unit_let_pass_as_a_whole_stays_its_own(duty, unit):
    run("2023-06-20")
    join(unit, "张三", "2022-01-01")
    run("2023-07-03")
    assert owed(period="2023-06") == [f"2023-06 {EACH} open"]
    assert owed(period="2023-07") == ["2023-07 张三 open", f"2023-07 {EACH} ended"]


def test_waived_for_the_unit_is_waived_for_its_people(duty, unit):
    run("2023-06-01")
    Obligation.objects.update(state="waived")
    join(unit, "张三", "2022-01-01")
    run("2023-06-02")
    assert owed(period="2023-06") == [f"2023-06 {EACH} waived"]


def test_last_one_gone_the_unit_owes_as_a_whole_again(duty, unit):
    only = make.responsible(unit, "张三")
    run("2023-06-20")
    leave(only, "2023-07-10")
    run("2023-07-10")
    assert owed() == ["2023-06 张三 open", "2023-07 张三 ended", f"2023-07 {EACH} open"]
    join(unit, "李四", "2023-07-12")
    run("2023-07-12")
    assert owed(period="2023-07") == ["2023-07 张三 ended", "2023-07 李四 open", f"2023-07 {EACH} ended"]
    assert run("2023-07-12") == []


def test_what_the_last_one_answered_before_leaving_is_not_asked_of_the_unit(duty, unit):
    only = make.responsible(unit, "张三")
    run("2023-06-01")
    submissions.hand_in(Obligation.objects.get(), by=make.actor(unit), text="带队检查")
    leave(only, "2023-06-10")
    run("2023-06-11")
    assert owed() == ["2023-06 张三 fulfilled"]


def test_person_called_like_the_duty_says_is_nobody(duty, unit):
    """Otherwise the row of the whole and that of the person would be one, ended and opened every night."""
    make.responsible(unit, EACH)
    run("2023-06-01")
    assert run("2023-06-01") == []
    assert owed() == [f"2023-06 {EACH} open"]


def test_first_run_takes_the_past_months_by_the_roster_of_their_days(unit):
    """In office since 06-15: May was nobody's by name, so the unit's; June and July are his."""
    leader_duty(ends_on=date(2023, 7, 31))
    join(unit, "张三", "2023-06-15")
    run("2023-07-03")
    assert owed() == [f"2023-05 {EACH} open", "2023-06 张三 open", "2023-07 张三 open"]


# Units that come and go


def test_unit_merged_away_leaves_its_peoples_rows_as_it_leaves_its_own(duty, unit, three):
    run("2023-06-20")
    new = make.unit("荣成市应急和消防局")
    make.responsible(new, "张三")
    Unit.objects.filter(pk=unit.pk).update(active=False, merged_into=new)
    run("2023-07-03")
    assert set(owed(unit, period="2023-06")) == {f"2023-06 {name} missing" for name in ("张三", "李四", "王五")}
    assert set(owed(unit, period="2023-07")) == {f"2023-07 {name} ended" for name in ("张三", "李四", "王五")}
    assert owed(new) == ["2023-07 张三 open"]
    assert run("2023-07-03") == []


def test_office_s_head_is_no_leader_of_the_bureau(duty, unit):
    office = make.unit("荣成市应急管理局基础科", kind="office", part_of=unit)
    make.responsible(office, "周科长")
    run("2023-06-01")
    assert owed() == [f"2023-06 {EACH} open"]


# Who is stationed


def stationed_duty(**fields):
    """每周工作报告: June 2023, Sundays 4, 11, 18, 25."""
    said = {"name": "驻点人员每周工作报告", "person": "驻点人员", "each_of": "station", "recurrence": "weekly"}
    days = {"starts_on": date(2023, 5, 29), "ends_on": date(2023, 6, 25)}
    return leader_duty("stationed-weekly", **said | days | fields)


def test_who_is_stationed_at_two_firms_reports_once_a_week(unit):
    stationed_duty()
    firms = [make.enterprise(name) for name in ("一厂", "二厂", "三厂")]
    for name, firm in (("张三", firms[0]), ("张三", firms[1]), ("李四", firms[2])):
        make.responsible(unit, name, kind="station", enterprise=firm)
    make.responsible(unit, "王包保", kind="contract", enterprise=firms[0])
    make.responsible(unit, "赵局长")
    run("2023-05-29")
    assert owed(period="2023-W23") == ["2023-W23 张三 open", "2023-W23 李四 open"]
    assert len(owed()) == 8
    assert Obligation.objects.get(period="2023-W23", subject="张三").title == (
        "2023年第23周（6月5日至6月11日） 张三 驻点人员每周工作报告"
    )


def test_who_leaves_one_of_two_firms_still_reports(unit):
    stationed_duty()
    first, second = (
        make.responsible(unit, "张三", kind="station", enterprise=make.enterprise(name)) for name in ("一厂", "二厂")
    )
    run("2023-05-29")
    leave(first, "2023-06-07")
    run("2023-06-07")
    assert {row.state for row in Obligation.objects.filter(subject="张三")} == {"open"}
    leave(second, "2023-06-14")
    run("2023-06-14")
    assert owed(subject="张三") == [
        "2023-W22 张三 open",
        "2023-W23 张三 open",
        "2023-W24 张三 ended",
        "2023-W25 张三 ended",
    ]


def test_whom_an_office_stations_reports_for_the_bureau(unit):
    stationed_duty()
    office = make.unit("荣成市应急管理局基础科", kind="office", part_of=unit)
    make.responsible(office, "孙驻点", kind="station", enterprise=make.enterprise())
    run("2023-05-29")
    assert {row.subject for row in Obligation.objects.filter(unit=unit)} == {"孙驻点"}
    assert not Obligation.objects.filter(unit=office).exists()
