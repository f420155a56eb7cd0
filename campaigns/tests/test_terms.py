"""Due dates against the notices; every list below is written out by hand from the calendar.

威工信发〔2022〕10号: 每月18日前; 高工信字〔2022〕15号: 每月20日前;
威应急发〔2023〕12号: 每月25日前（非煤矿山）、28日前（工贸）.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from campaigns.actions.terms import base_rule, terms_of
from campaigns.models import Campaign, Deliverable

SHANGHAI = ZoneInfo("Asia/Shanghai")
TRADE = {"starts_on": date(2023, 5, 1), "ends_on": date(2023, 12, 31)}
MIIT = {"starts_on": date(2022, 4, 24), "ends_on": date(2022, 12, 31)}


def monthly(day, dates, **fields):
    return Deliverable(campaign=Campaign(**dates), recurrence="monthly", due_day=day, **fields)


def days(deliverable):
    return [term.due_at.date().isoformat() for term in terms_of(deliverable)]


def rules(deliverable):
    return {term.period: term.rule for term in terms_of(deliverable)}


EIGHTEENTH = {
    "as_is": "05-18 06-18 07-18 08-18 09-18 10-18 11-18 12-18",
    # 06-18 is a Saturday, 09-18 and 12-18 are Sundays
    "earlier": "05-18 06-17 07-18 08-18 09-16 10-18 11-18 12-16",
    "later": "05-18 06-20 07-18 08-18 09-19 10-18 11-18 12-19",
}
TWENTIETH = {
    "as_is": "05-20 06-20 07-20 08-20 09-20 10-20 11-20 12-20",
    # 08-20 is a Saturday, 11-20 a Sunday
    "earlier": "05-20 06-20 07-20 08-19 09-20 10-20 11-18 12-20",
    "later": "05-20 06-20 07-20 08-22 09-20 10-20 11-21 12-20",
}
TWENTY_FIFTH = {
    "as_is": "05-25 06-25 07-25 08-25 09-25 10-25 11-25 12-25",
    # 06-25 is a Sunday but worked (端午节调休), 11-25 is a Saturday
    "earlier": "05-25 06-25 07-25 08-25 09-25 10-25 11-24 12-25",
    "later": "05-25 06-25 07-25 08-25 09-25 10-25 11-27 12-25",
}
TWENTY_EIGHTH = {
    "as_is": "05-28 06-28 07-28 08-28 09-28 10-28 11-28 12-28",
    # 05-28 is a Sunday, 10-28 a Saturday
    "earlier": "05-26 06-28 07-28 08-28 09-28 10-27 11-28 12-28",
    "later": "05-29 06-28 07-28 08-28 09-28 10-30 11-28 12-28",
}


@pytest.mark.parametrize("policy", ["as_is", "earlier", "later"])
@pytest.mark.parametrize(
    ("day", "dates", "expected"),
    [(18, MIIT, EIGHTEENTH), (20, MIIT, TWENTIETH), (25, TRADE, TWENTY_FIFTH), (28, TRADE, TWENTY_EIGHTH)],
)
def test_monthly_due_days_of_the_notices(day, dates, expected, policy):
    year = dates["starts_on"].year
    assert days(monthly(day, dates, policy=policy)) == [f"{year}-{one}" for one in expected[policy].split()]


@pytest.mark.parametrize(
    ("day", "dates", "period", "policy", "words"),
    [
        (18, MIIT, "2022-06", "as_is", "每月18日前；6月18日为周六，按原定日期报送"),
        (18, MIIT, "2022-09", "as_is", "每月18日前；9月18日为周日，按原定日期报送"),
        (18, MIIT, "2022-12", "later", "每月18日前；12月18日为周日，顺延到12月19日（周一）报送"),
        (28, TRADE, "2023-05", "earlier", "每月28日前；5月28日为周日，提前到5月26日（周五）报送"),
        (28, TRADE, "2023-06", "as_is", "每月28日前"),
        (28, TRADE, "2023-10", "later", "每月28日前；10月28日为周六，顺延到10月30日（周一）报送"),
        (25, TRADE, "2023-06", "later", "每月25日前"),
    ],
)
def test_rule_in_words(day, dates, period, policy, words):
    assert rules(monthly(day, dates, policy=policy))[period] == words


def test_nominal_day_stays_the_notices_when_the_due_day_moves():
    (june,) = [term for term in terms_of(monthly(18, MIIT, policy="earlier")) if term.period == "2022-06"]
    assert (june.nominal_on, june.due_at.date()) == (date(2022, 6, 18), date(2022, 6, 17))


def test_due_moment_is_the_end_of_the_day_or_the_cut_off():
    whole, *_ = terms_of(monthly(25, TRADE))
    noon, *_ = terms_of(monthly(25, TRADE, cut_off=time(12)))
    assert whole.due_at == datetime(2023, 5, 25, 23, 59, 59, 999999, tzinfo=SHANGHAI)
    assert (noon.due_at, noon.rule) == (datetime(2023, 5, 25, 12, tzinfo=SHANGHAI), "每月25日12:00前")


def test_year_without_calendar_says_so():
    dates = {"starts_on": date(2031, 1, 1), "ends_on": date(2031, 6, 30)}
    words = rules(monthly(18, dates))
    assert words["2031-06"] == "每月18日前；2031年放假安排尚未录入，按周末推算"
    assert words["2031-05"] == "每月18日前；5月18日为周日（2031年放假安排尚未录入，按周末推算），按原定日期报送"


def test_local_work_day_table_wins():
    worked = terms_of(monthly(18, MIIT, policy="later"), {date(2022, 6, 18): True})
    assert worked[1].due_at.date() == date(2022, 6, 18)


def test_short_month_and_leap_year():
    dates = {"starts_on": date(2024, 2, 1), "ends_on": date(2025, 2, 28)}
    due = days(monthly(31, dates))
    assert (due[0], due[2], due[-1]) == ("2024-02-29", "2024-04-30", "2025-02-28")


def test_due_day_before_the_campaign_is_not_owed():
    """The notice of 2022-04-24 asks for the 18th of each month: April's had passed."""
    assert terms_of(monthly(18, MIIT))[0].period == "2022-05"


def test_once_keeps_its_day_whatever_the_dates_of_the_campaign():
    plan = Deliverable(campaign=Campaign(**MIIT), recurrence="once", due_on=date(2022, 4, 26))
    (term,) = terms_of(plan)
    assert (term.period, term.nominal_on, term.rule) == ("once", date(2022, 4, 26), "2022年4月26日前")


def test_undated_and_event_duties_have_no_terms():
    campaign = Campaign(**MIIT)
    assert terms_of(Deliverable(campaign=campaign, recurrence="once", origin="undated")) == []
    assert terms_of(Deliverable(campaign=campaign, recurrence="event")) == []


def test_duty_without_a_day_ends_with_the_period_or_the_window():
    rule = {"campaign": Campaign(**TRADE), "recurrence": "quarterly", "ends_on": date(2023, 11, 30)}
    assert days(Deliverable(**rule)) == ["2023-06-30", "2023-09-30", "2023-11-30"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"recurrence": "weekly", "due_day": 5}, "每周五前"),
        ({"recurrence": "monthly", "due_day": 31}, "每月底前"),
        ({"recurrence": "monthly"}, "每月底前"),
        ({"recurrence": "quarterly", "due_day": 25}, "每季度末月25日前"),
        ({"recurrence": "quarterly", "due_day": 10, "due_month": 1}, "每季度第一个月10日前"),
        ({"recurrence": "half_yearly"}, "每半年末前"),
        ({"recurrence": "yearly", "due_day": 31, "due_month": 1}, "每年1月底前"),
        ({"recurrence": "event"}, "发生时及时报送"),
    ],
)
def test_base_rule(fields, words):
    assert base_rule(Deliverable(**fields)) == words
