"""Rules and calendars at their edges: each has a clear outcome, from the day of the notice to the reminder."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from campaigns.actions import reminders
from campaigns.actions.opening import open_obligations
from campaigns.models import Deliverable, Letter, Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from notifications.models import Message
from organizations.models import WorkDay
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()


@pytest.fixture
def unit():
    make.city_bureau()
    return make.unit()


def long_campaign(first, last):
    return campaigns.campaign(starts_on=date.fromisoformat(first), ends_on=date.fromisoformat(last))


def run(on):
    return open_obligations(date.fromisoformat(on), by=SYSTEM).words()


def remind(text):
    """The turns recorded by a run at that moment."""
    turns = []
    moment = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    reminders.remind(
        moment, by=SYSTEM, tell=lambda one: turns.extend(turn.rule for item in one.items for turn in item.turns)
    )
    return turns


def due():
    """{period: the day that counts}."""
    rows = Obligation.objects.order_by("due_at")
    return {row.period: f"{row.due_at.astimezone(SHANGHAI):%Y-%m-%d}" for row in rows}


# The 31st of a short month, 29 February


@pytest.mark.parametrize(
    ("policy", "april", "june"),
    [
        # 04-30 of 2022 is the first day of 劳动节 (to 05-04), after a worked Sunday; 06-30 a Thursday
        ("as_is", "2022-04-30", "2022-06-30"),
        ("earlier", "2022-04-29", "2022-06-30"),
        ("later", "2022-05-05", "2022-06-30"),
    ],
)
def test_thirty_first_of_a_month_of_thirty_is_its_last_day_before_the_policy(unit, policy, april, june):
    campaigns.deliverable(of=long_campaign("2022-04-01", "2022-06-30"), due_day=31, policy=policy)
    run("2022-05-20")
    assert due() == {"2022-04": april, "2022-05": "2022-05-31", "2022-06": june}
    nominal = Obligation.objects.order_by("period").values_list("nominal_on", flat=True)
    assert list(nominal) == [date(2022, 4, 30), date(2022, 5, 31), date(2022, 6, 30)]


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        # 02-28 of 2021 is a Sunday, of 2022 a Monday, of 2023 a Tuesday; 02-29 of 2020 a Saturday
        ("as_is", ["2020-02-29", "2021-02-28", "2022-02-28", "2023-02-28"]),
        ("earlier", ["2020-02-28", "2021-02-26", "2022-02-28", "2023-02-28"]),
        ("later", ["2020-03-02", "2021-03-01", "2022-02-28", "2023-02-28"]),
    ],
)
def test_twenty_ninth_of_february_is_owed_every_year(unit, policy, days):
    running = long_campaign("2020-01-01", "2023-12-31")
    campaigns.deliverable(of=running, recurrence="yearly", due_month=2, due_day=29, policy=policy)
    run("2023-02-01")
    assert due() == dict(zip(["2020", "2021", "2022", "2023"], days, strict=True))


def test_day_moved_past_the_end_of_the_campaign_is_owed_and_chased_there(unit):
    """2022-12-31 is 元旦, off until 2023-01-02: the last month falls due on 01-03, when the campaign is over."""
    campaigns.deliverable(of=long_campaign("2022-11-01", "2022-12-31"), due_day=31, policy="later")
    run("2022-12-01")
    assert due() == {"2022-11": "2022-11-30", "2022-12": "2023-01-03"}
    Obligation.objects.filter(period="2022-11").delete()
    mornings = ["2022-12-28", "2022-12-29", "2022-12-30", "2022-12-31", "2023-01-02", "2023-01-03", "2023-01-04"]
    told = {day: remind(f"{day}T08:30") for day in mornings}
    # three work days before: 12-30, 12-29, 12-28
    assert {day: rules for day, rules in told.items() if rules} == {
        "2022-12-28": ["before-3"],
        "2022-12-30": ["before-1"],
        "2023-01-03": ["day"],
        "2023-01-04": ["after-1"],
    }


# Dates before the campaign, rules that never fall due


def test_day_before_the_campaign_is_owed_unchased_until_confirmed(unit):
    """A one-off of 04-20 in a campaign from 05-01: opened as 待确认期限, told to nobody, no letter."""
    campaigns.deliverable(recurrence="once", due_on=date(2023, 4, 20), due_day=None)
    run("2023-05-01")
    row = Obligation.objects.get()
    assert (row.nominal_on, row.late_to_open, row.state) == (date(2023, 4, 20), True, "open")
    assert [remind(f"2023-05-{day:02}T08:30") for day in range(1, 20)] == [[]] * 19
    assert not Message.objects.exists()
    assert not Letter.objects.exists()


def test_window_before_the_campaign_owes_its_days_as_the_rule_says(unit):
    """April's day lay before the campaign began: the duty's own window counts, unchased."""
    campaigns.deliverable(starts_on=date(2023, 4, 1), ends_on=date(2023, 6, 30))
    run("2023-05-10")
    assert due() == {"2023-04": "2023-04-28", "2023-05": "2023-05-28"}
    assert list(Obligation.objects.filter(late_to_open=True).values_list("period", flat=True)) == ["2023-04"]


@pytest.mark.parametrize(
    "rule",
    [
        {"starts_on": date(2023, 6, 1), "ends_on": date(2023, 6, 27)},
        {"starts_on": date(2023, 8, 1), "ends_on": date(2023, 7, 31)},
        {"recurrence": "yearly", "due_day": 31, "due_month": 1},
        {"recurrence": "event", "due_day": None},
        {"recurrence": "once", "due_day": None, "origin": "undated"},
    ],
)
def test_rule_that_never_falls_due_opens_nothing_beside_the_others(unit, rule):
    """As stored by an import: the night goes on, and the other duties of the campaign are opened."""
    campaigns.deliverable("never", **rule)
    campaigns.deliverable("dispatch")
    run("2023-06-10")
    assert set(Obligation.objects.values_list("deliverable__code", flat=True)) == {"dispatch"}
    assert run("2023-06-10") == []


def test_rule_changed_so_that_it_never_falls_due_ends_what_lies_ahead(unit):
    duty = campaigns.deliverable()
    run("2023-06-10")
    Deliverable.objects.filter(pk=duty.pk).update(starts_on=date(2023, 8, 1), ends_on=date(2023, 8, 27))
    assert run("2023-06-11") == [f"{duty.campaign.name} 调度表 2023年6月 荣成市应急管理局：不再应报（报送事项已调整）"]
    states = dict(Obligation.objects.values_list("period", "state"))
    assert states == {"2023-05": "open", "2023-06": "ended"}
    assert run("2023-06-11") == []


# A holiday table without the year


def test_table_entered_later_moves_what_was_guessed(unit):
    """2031-10-06 is a Monday, guessed to be worked; the table says that 国庆 lasts to the 7th."""
    campaigns.deliverable(of=long_campaign("2031-09-07", "2031-12-31"), due_day=6, policy="later")
    run("2031-09-08")
    october = Obligation.objects.get(period="2031-10")
    assert (due()["2031-10"], october.rule) == ("2031-10-06", "每月6日前；2031年放假安排尚未录入，按周末推算")
    WorkDay.objects.bulk_create(WorkDay(day=date(2031, 10, day), is_workday=False) for day in (1, 2, 3, 6, 7))
    run("2031-09-09")
    october.refresh_from_db()
    assert due()["2031-10"] == "2031-10-08"
    assert october.rule == "每月6日前；10月6日为周一（本局设定为休息日），顺延到10月8日（周三）报送"
    assert october.nominal_on == date(2031, 10, 6)
    # three work days before the 8th: 09-30, 09-29, 09-26 (a Friday)
    assert remind("2031-09-26T08:30") == ["before-3"]


# A unit without any contact


def test_unit_without_any_contact_is_told_in_its_inbox_and_gets_its_letter(unit):
    """Nobody to ring and no account: it is not forgotten, and a clerk of tomorrow finds what was said."""
    end = datetime.combine(date(2023, 6, 28), time.max, SHANGHAI)
    campaigns.obligation(unit, due_at=end, original_due_at=end)
    digests = []
    moment = datetime(2023, 6, 28, 8, 30, tzinfo=SHANGHAI)
    assert reminders.remind(moment, by=SYSTEM, tell=digests.append) == 1
    assert [(one.respondent, one.has_account, one.has_contact) for one in digests] == [(unit, False, False)]
    assert Message.objects.get().unit == unit
    # 06-28 is a Wednesday: the second work day late is Friday 06-30
    remind("2023-06-30T08:30")
    assert Letter.objects.get().unit == unit


def test_firm_without_any_contact_is_told_too(unit):
    firm = make.enterprise(head_mobile="", director_mobile="")
    duty = campaigns.deliverable(respondent="enterprise", recipient_rule="area_unit")
    campaigns.obligation(firm, of=duty)
    digests = []
    reminders.remind(datetime(2023, 6, 28, 8, 30, tzinfo=SHANGHAI), by=SYSTEM, tell=digests.append)
    assert [(one.respondent, one.has_contact) for one in digests] == [(firm, False)]
    assert Message.objects.get().enterprise == firm
