from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import workdays
from lib.workdays import Day, Policy

days = st.dates(date(2004, 1, 10), date(2026, 12, 1))
counts = st.integers(-30, 30)

# domain-facts 3.3
REST_DAYS = [
    (date(2022, 4, 30), "周六（劳动节假期）"),
    (date(2022, 6, 18), "周六"),
    (date(2022, 8, 20), "周六"),
    (date(2022, 9, 18), "周日"),
    (date(2022, 11, 20), "周日"),
    (date(2022, 12, 18), "周日"),
    (date(2022, 12, 31), "周六（元旦假期）"),
    (date(2023, 5, 28), "周日"),
    (date(2023, 10, 28), "周六"),
    (date(2023, 11, 25), "周六"),
]
WORKED_SUNDAYS = [
    (date(2022, 4, 24), "周日（劳动节调休上班）"),
    (date(2023, 6, 25), "周日（端午调休上班）"),
]


@pytest.mark.parametrize(("day", "reason"), REST_DAYS)
def test_rest_days_of_the_notices(day, reason):
    assert workdays.describe(day) == Day(is_workday=False, reason=reason, certain=True)
    assert not workdays.is_workday(day)


@pytest.mark.parametrize(("day", "reason"), WORKED_SUNDAYS)
def test_worked_sundays_of_the_notices(day, reason):
    assert workdays.describe(day) == Day(is_workday=True, reason=reason, certain=True)
    assert workdays.is_workday(day)


def test_plain_wednesday_is_a_work_day():
    assert workdays.describe(date(2023, 6, 28)) == Day(True, "周三", True)


def test_override_wins_over_the_calendar():
    overrides = {date(2023, 6, 28): False, date(2023, 5, 28): True}

    assert workdays.describe(date(2023, 6, 28), overrides) == Day(False, "周三（本局设定为休息日）", True)
    assert workdays.describe(date(2023, 5, 28), overrides) == Day(True, "周日（本局设定为工作日）", True)


def test_year_without_data_falls_back_to_weekends_and_says_so():
    monday, saturday = date(2035, 10, 1), date(2035, 10, 6)

    assert workdays.describe(monday) == Day(True, "周一（2035年放假安排尚未录入，按周末推算）", False)
    assert workdays.describe(saturday) == Day(False, "周六（2035年放假安排尚未录入，按周末推算）", False)


def test_year_is_known_once_the_bureau_entered_some_of_it():
    overrides = {date(2035, 10, 1): False}

    assert workdays.describe(date(2035, 10, 1), overrides).is_workday is False
    assert workdays.describe(date(2035, 10, 8), overrides) == Day(True, "周一", True)
    assert workdays.guessed_years(date(2034, 12, 1), date(2036, 1, 5), overrides) == [2034, 2036]


def test_guessed_years_are_none_within_the_calendar():
    assert workdays.guessed_years(date(2022, 1, 1), date(2024, 12, 31)) == []


def test_calendar_reaches_the_campaigns():
    assert {2022, 2023, 2024, 2025, 2026} <= set(workdays.KNOWN_YEARS)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy.AS_IS, date(2022, 6, 18)),
        (Policy.EARLIER, date(2022, 6, 17)),
        (Policy.LATER, date(2022, 6, 20)),
    ],
)
def test_shift_of_a_saturday(policy, expected):
    assert workdays.shift(date(2022, 6, 18), policy) == expected


def test_shift_jumps_over_a_holiday_and_stops_at_a_worked_sunday():
    """2023-06-22 to 24 are the 端午 holiday, Sunday 25 is worked."""
    assert workdays.shift(date(2023, 6, 23), "later") == date(2023, 6, 25)
    assert workdays.shift(date(2023, 6, 23), "earlier") == date(2023, 6, 21)


def test_shift_leaves_a_work_day_alone():
    for policy in Policy:
        assert workdays.shift(date(2023, 6, 25), policy) == date(2023, 6, 25)


def test_shift_refuses_an_unknown_policy():
    with pytest.raises(ValueError, match="sometimes"):
        workdays.shift(date(2022, 6, 18), "sometimes")


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("as_is", "6月18日为周六，按原定日期报送"),
        ("earlier", "6月18日为周六，提前到6月17日（周五）报送"),
        ("later", "6月18日为周六，顺延到6月20日（周一）报送"),
    ],
)
def test_shift_in_words(policy, words):
    assert workdays.shift_in_words(date(2022, 6, 18), policy) == words


def test_shift_in_words_is_silent_on_a_work_day():
    assert workdays.shift_in_words(date(2023, 6, 25), "later") == ""


def test_add_workdays_around_the_dragon_boat_festival():
    """From Wednesday 06-21: next work days are Sunday 25, Monday 26, Tuesday 27."""
    assert workdays.add_workdays(date(2023, 6, 21), 1) == date(2023, 6, 25)
    assert workdays.add_workdays(date(2023, 6, 21), 3) == date(2023, 6, 27)
    assert workdays.add_workdays(date(2023, 6, 27), -3) == date(2023, 6, 21)


def test_reminder_days_before_the_trade_return_of_june():
    """3 and 1 work days before Wednesday 2023-06-28."""
    due = date(2023, 6, 28)

    assert [workdays.add_workdays(due, -n) for n in (3, 1)] == [date(2023, 6, 25), date(2023, 6, 27)]


def test_add_no_workdays_is_the_day_itself_even_a_sunday():
    assert workdays.add_workdays(date(2023, 5, 28), 0) == date(2023, 5, 28)


def test_add_workdays_uses_overrides():
    assert workdays.add_workdays(date(2023, 6, 27), 1, {date(2023, 6, 28): False}) == date(2023, 6, 29)


def test_workdays_between_counts_the_last_and_not_the_first():
    assert workdays.workdays_between(date(2023, 6, 21), date(2023, 6, 25)) == 1
    assert workdays.workdays_between(date(2023, 6, 25), date(2023, 6, 21)) == -1
    assert workdays.workdays_between(date(2023, 6, 28), date(2023, 6, 28)) == 0


def test_working_year_2023_has_249_work_days():
    """365 days, 105 weekend days, 18 of the holidays on weekdays, 7 weekend days worked."""
    assert workdays.workdays_between(date(2022, 12, 31), date(2023, 12, 31)) == 365 - 105 - 18 + 7


@given(days, counts)
def test_adding_and_counting_are_inverse(day, count):
    start = workdays.shift(day, Policy.LATER)

    assert workdays.workdays_between(start, workdays.add_workdays(start, count)) == count


@given(days, counts.filter(bool))
def test_add_workdays_lands_on_a_work_day(day, count):
    reached = workdays.add_workdays(day, count)

    assert workdays.is_workday(reached)
    assert (reached > day) == (count > 0)


@given(days, st.sampled_from([Policy.EARLIER, Policy.LATER]))
def test_shift_lands_on_the_nearest_work_day_of_its_side(day, policy):
    reached = workdays.shift(day, policy)
    between = sorted([reached, day])
    passed = [between[0] + timedelta(n) for n in range((between[1] - between[0]).days + 1)]

    assert [d for d in passed if workdays.is_workday(d)] == [reached]


# The notices' monthly duties in their campaigns: which of the due days are rest days (domain-facts 3.3)


@pytest.mark.parametrize(
    ("year", "day", "months", "rest_days"),
    [
        (2022, 18, range(5, 13), [6, 9, 12]),  # 威工信发〔2022〕10号: 阶段性工作进展情况
        (2022, 20, range(6, 13), [8, 11]),  # 高工信字〔2022〕15号: 阶段性工作情况
        (2023, 25, range(5, 13), [11]),  # 威应急发〔2023〕12号: 非煤矿山调度表; June 25 is a worked Sunday
        (2023, 28, range(5, 13), [5, 10]),  # 威应急发〔2023〕12号: 工贸调度表
    ],
)
def test_due_days_of_the_notices_that_are_rest_days(year, day, months, rest_days):
    assert [month for month in months if not workdays.is_workday(date(year, month, day))] == rest_days


@pytest.mark.parametrize(
    ("month", "count"),
    [(1, 18), (2, 20), (3, 23), (4, 20), (5, 21), (6, 21), (7, 21), (8, 23), (9, 20), (10, 19), (11, 22), (12, 21)],
)
def test_work_days_of_each_month_of_2023(month, count):
    """By the State Council's arrangement for 2023, counted on a calendar."""
    before = date(2023, month, 1) - timedelta(1)
    last = (date(2023, month, 28) + timedelta(4)).replace(day=1) - timedelta(1)

    assert workdays.workdays_between(before, last) == count


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2023, 1, 21), date(2023, 1, 27), "春节"),
        (date(2023, 4, 29), date(2023, 5, 3), "劳动节"),
        (date(2023, 6, 22), date(2023, 6, 24), "端午"),
        (date(2023, 9, 29), date(2023, 10, 6), "国庆节"),
    ],
)
def test_holidays_of_2023_are_named(first, last, name):
    span = [first + timedelta(n) for n in range((last - first).days + 1)]

    assert not any(workdays.is_workday(day) for day in span)
    assert name in {workdays.describe(day).reason.partition("（")[2].removesuffix("假期）") for day in span}


@given(days, st.booleans())
def test_override_decides_whatever_the_calendar_says(day, is_workday):
    assert workdays.is_workday(day, {day: is_workday}) is is_workday
    assert workdays.describe(day, {day: is_workday}).certain


@given(days)
def test_description_agrees_with_the_question(day):
    assert workdays.describe(day).is_workday == workdays.is_workday(day)


@given(st.dates(date(2030, 1, 1), date(2099, 12, 31)))
def test_unknown_years_go_by_weekends(day):
    assert workdays.is_workday(day) == (day.weekday() < 5)
    assert not workdays.describe(day).certain


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2023, 6, 16), 1, [date(2023, 6, 17), date(2023, 6, 18), date(2023, 6, 19)]),  # a Friday
        (date(2023, 6, 17), 1, []),  # nothing is counted from a Saturday
        (date(2023, 6, 21), 1, [date(2023, 6, 22), date(2023, 6, 23), date(2023, 6, 24), date(2023, 6, 25)]),  # 端午
        (date(2023, 6, 25), 3, [date(2023, 6, 28)]),
        (date(2023, 9, 27), 2, [date(2023, 9, 29) + timedelta(days=n) for n in range(9)]),  # 中秋 and 国庆
    ],
)
def test_days_ahead_lead_back_to_the_day(day, count, expected):
    assert workdays.days_ahead(day, count) == expected
