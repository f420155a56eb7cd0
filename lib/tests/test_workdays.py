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
