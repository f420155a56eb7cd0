from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import periods
from lib.periods import CutOff, Recurrence, Window, WindowKind

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
calendar_kinds = st.sampled_from(["weekly", "monthly", "quarterly", "half_yearly", "yearly"])
due_days = st.one_of(st.none(), st.integers(1, 31))

# The campaigns of 2023: both run 05-01 to 12-31, trade is due on the 28th, mines on the 25th.
TRADE = {"due_day": 28, "start": date(2023, 5, 1), "end": date(2023, 12, 31)}
MINES = {"due_day": 25, "start": date(2023, 5, 1), "end": date(2023, 12, 31)}


@pytest.mark.parametrize(
    ("recurrence", "key", "first", "last"),
    [
        ("weekly", "2023-W26", date(2023, 6, 26), date(2023, 7, 2)),
        ("monthly", "2023-06", date(2023, 6, 1), date(2023, 6, 30)),
        ("quarterly", "2023-Q2", date(2023, 4, 1), date(2023, 6, 30)),
        ("half_yearly", "2023-H1", date(2023, 1, 1), date(2023, 6, 30)),
        ("yearly", "2023", date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_period_of_a_day(recurrence, key, first, last):
    found = periods.period_of(date(2023, 6, 28), recurrence)

    assert (found.key, found.first, found.last) == (key, first, last)
    assert periods.parse(key) == found


def test_iso_week_at_the_turn_of_the_year():
    assert periods.period_of(date(2021, 1, 1), "weekly").key == "2020-W53"
    assert periods.period_of(date(2018, 12, 31), "weekly").key == "2019-W01"


@pytest.mark.parametrize("recurrence", ["once", "event"])
def test_period_of_refuses_what_has_no_calendar(recurrence):
    with pytest.raises(ValueError, match="no calendar periods"):
        periods.period_of(date(2023, 6, 28), recurrence)


@pytest.mark.parametrize("text", ["", "once", "2023-13", "2023-00", "2023-Q5", "2023-H3", "2023-W54", "2023-6", "23"])
def test_parse_refuses_other_texts(text):
    with pytest.raises(ValueError, match="不是统计期|week"):
        periods.parse(text)


def test_parse_refuses_a_week_the_year_does_not_have():
    with pytest.raises(ValueError, match="week"):
        periods.parse("2023-W53")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("2023-06", "2023年6月"),
        ("2023-12", "2023年12月"),
        ("2023-Q2", "2023年第二季度"),
        ("2023-H1", "2023年上半年"),
        ("2023-H2", "2023年下半年"),
        ("2023", "2023年"),
        ("2023-W26", "2023年第26周（6月26日至7月2日）"),
        ("2024-W01", "2024年第1周（1月1日至1月7日）"),
        ("once", "一次性"),
        ("事故-17", "事故-17"),
    ],
)
def test_label_in_chinese(key, words):
    assert periods.label(key) == words


def test_next_and_previous_cross_the_year():
    assert periods.parse("2023-12").next().key == "2024-01"
    assert periods.parse("2023-Q1").previous().key == "2022-Q4"
    assert periods.parse("2023-H2").next().key == "2024-H1"


def test_between_gives_every_month_of_a_campaign():
    found = periods.between(date(2023, 5, 1), date(2023, 12, 31), "monthly")

    assert [period.key for period in found] == [f"2023-{month:02}" for month in range(5, 13)]


def test_between_counts_periods_only_touched():
    found = periods.between(date(2023, 3, 31), date(2023, 7, 1), "quarterly")

    assert [period.key for period in found] == ["2023-Q1", "2023-Q2", "2023-Q3"]


def test_between_once_is_the_span_and_event_is_nothing():
    once = periods.between(date(2022, 4, 24), date(2022, 4, 26), "once")

    assert [(period.key, period.first, period.last) for period in once] == [
        ("once", date(2022, 4, 24), date(2022, 4, 26))
    ]
    assert periods.between(date(2022, 4, 24), date(2022, 4, 26), "event") == []


def test_between_an_empty_span_is_nothing():
    assert periods.between(date(2023, 6, 2), date(2023, 6, 1), "monthly") == []


@pytest.mark.parametrize(
    ("key", "day", "month", "due"),
    [
        ("2022-06", 18, None, date(2022, 6, 18)),
        ("2023-02", 28, None, date(2023, 2, 28)),
        ("2023-02", 29, None, date(2023, 2, 28)),
        ("2024-02", 29, None, date(2024, 2, 29)),
        ("2024-02", 31, None, date(2024, 2, 29)),
        ("2023-04", 31, None, date(2023, 4, 30)),
        ("2023-Q2", 25, None, date(2023, 6, 25)),
        ("2023-Q2", 10, 1, date(2023, 4, 10)),
        ("2023-H1", None, None, date(2023, 6, 30)),
        ("2023", 31, 1, date(2023, 1, 31)),
        ("2023", 20, None, date(2023, 12, 20)),
        ("2023-W26", 5, None, date(2023, 6, 30)),
        ("2023-W26", None, None, date(2023, 7, 2)),
        ("2023-W26", 31, None, date(2023, 7, 2)),
    ],
)
def test_due_day_of_a_period(key, day, month, due):
    assert periods.due_on(periods.parse(key), day, month) == due


def test_next_and_previous_due_day_of_the_trade_return():
    assert periods.next_due(date(2023, 6, 27), "monthly", 28) == date(2023, 6, 28)
    assert periods.next_due(date(2023, 6, 28), "monthly", 28) == date(2023, 7, 28)
    assert periods.previous_due(date(2023, 6, 28), "monthly", 28) == date(2023, 5, 28)
    assert periods.previous_due(date(2023, 6, 29), "monthly", 28) == date(2023, 6, 28)


def test_next_due_day_at_the_end_of_january():
    assert periods.next_due(date(2023, 1, 31), "monthly", 31) == date(2023, 2, 28)


@given(days, calendar_kinds)
def test_period_holds_its_day_and_parses_back(day, kind):
    period = periods.period_of(day, kind)

    assert period.first <= day <= period.last
    assert periods.parse(period.key) == period


@given(days, calendar_kinds)
def test_periods_follow_without_gap_and_keys_sort_by_time(day, kind):
    period = periods.period_of(day, kind)

    assert period.next().first == period.last + timedelta(1)
    assert period.next().previous() == period
    assert period.key < period.next().key


@given(days, calendar_kinds, due_days)
def test_due_day_lies_in_its_period(day, kind, due_day):
    period = periods.period_of(day, kind)

    assert period.first <= periods.due_on(period, due_day) <= period.last


@given(days, calendar_kinds, due_days)
def test_next_and_previous_due_enclose_the_day(day, kind, due_day):
    before = periods.previous_due(day, kind, due_day)
    after = periods.next_due(day, kind, due_day)

    assert before < day < after
    between = periods.next_due(before, kind, due_day)
    assert between in {day, after}


@given(days, st.integers(0, 900), calendar_kinds)
def test_between_covers_the_span_once(first, length, kind):
    last = first + timedelta(length)
    found = periods.between(first, last, kind)

    assert found[0].first <= first <= found[0].last
    assert found[-1].first <= last <= found[-1].last
    assert all(one.next() == other for one, other in pairwise(found))


# Windows, acceptance/README: "due-day runs from the day after the previous due day to this period's"


@pytest.mark.parametrize(
    ("kind", "cut_off", "period", "first", "last"),
    [
        ("monthly", "due-day", "2023-06", date(2023, 5, 29), date(2023, 6, 28)),
        ("monthly", "month-end", "2023-06", date(2023, 6, 1), date(2023, 6, 30)),
        ("cumulative", "due-day", "2023-06", date(2023, 5, 1), date(2023, 6, 28)),
        ("cumulative", "month-end", "2023-06", date(2023, 5, 1), date(2023, 6, 30)),
        ("monthly", "due-day", "2023-05", date(2023, 5, 1), date(2023, 5, 28)),
        ("monthly", "due-day", "2023-12", date(2023, 11, 29), date(2023, 12, 28)),
        ("monthly", "month-end", "2023-12", date(2023, 12, 1), date(2023, 12, 31)),
        ("monthly", "due-day", "2024-01", date(2023, 12, 29), date(2023, 12, 31)),
        ("cumulative", "due-day", "2024-01", date(2023, 5, 1), date(2023, 12, 31)),
    ],
)
def test_window_of_the_trade_table(kind, cut_off, period, first, last):
    assert periods.window(kind, cut_off, period, **TRADE) == Window(first, last)


def test_window_of_the_mines_table_ends_on_a_worked_sunday():
    """2023-06-25 and the rest day 2023-11-25: what is counted never moves."""
    assert periods.window("monthly", "due-day", "2023-06", **MINES) == (date(2023, 5, 26), date(2023, 6, 25))
    assert periods.window("monthly", "due-day", "2023-11", **MINES) == (date(2023, 10, 26), date(2023, 11, 25))


def test_window_of_a_campaign_begun_after_the_due_day_is_empty_first():
    rule = {"due_day": 28, "start": date(2023, 5, 30), "end": date(2023, 12, 31)}

    assert periods.window("monthly", "due-day", "2023-05", **rule).is_empty
    assert periods.window("monthly", "due-day", "2023-06", **rule) == (date(2023, 5, 30), date(2023, 6, 28))


def test_window_before_and_after_the_campaign_is_empty():
    for period in ("2023-04", "2024-02"):
        assert periods.window("monthly", "due-day", period, **TRADE).is_empty


def test_window_of_a_due_day_the_month_does_not_have():
    """Due on the 31st: April's window ends on 04-30, May's begins on 05-01."""
    rule = {"due_day": 31, "start": date(2023, 1, 1), "end": date(2023, 12, 31)}

    assert periods.window("monthly", "due-day", "2023-04", **rule) == (date(2023, 4, 1), date(2023, 4, 30))
    assert periods.window("monthly", "due-day", "2023-05", **rule) == (date(2023, 5, 1), date(2023, 5, 31))


def test_window_of_a_quarter():
    first, last = periods.window("monthly", "due-day", "2023-Q3", **MINES)

    assert (first, last) == (date(2023, 6, 26), date(2023, 9, 25))


def test_window_takes_a_period_for_its_key():
    assert periods.window("monthly", "due-day", periods.parse("2023-06"), **TRADE) == (
        periods.window(WindowKind.MONTHLY, CutOff.DUE_DAY, "2023-06", **TRADE)
    )


def test_window_refuses_unknown_words():
    with pytest.raises(ValueError, match="weekly"):
        periods.window("weekly", "due-day", "2023-06", **TRADE)
    with pytest.raises(ValueError, match="due_day"):
        periods.window("monthly", "due_day", "2023-06", **TRADE)


def test_window_says_itself_in_words_and_knows_its_days():
    window = periods.window("monthly", "due-day", "2023-06", **TRADE)

    assert window.label == "2023年5月29日至2023年6月28日"
    assert date(2023, 6, 28) in window
    assert date(2023, 6, 29) not in window
    assert "2023-06-28" not in window


@given(
    st.integers(1, 31),
    st.dates(date(2023, 1, 1), date(2023, 12, 31)),
    st.integers(0, 500),
    st.sampled_from(list(CutOff)),
)
def test_monthly_windows_add_up_to_the_campaign(due_day, start, length, cut_off):
    """Every day of the campaign lies in exactly one window, up to the closing one after its end."""
    rule = {"due_day": due_day, "start": start, "end": start + timedelta(length)}
    months = periods.between(start, rule["end"], Recurrence.MONTHLY)
    windows = [periods.window("monthly", cut_off, month, **rule) for month in [*months, months[-1].next()]]
    counted = [w.first + timedelta(n) for w in windows for n in range((w.last - w.first).days + 1)]

    assert counted == [start + timedelta(n) for n in range(length + 1)]


@given(st.integers(1, 31), st.integers(0, 9), st.sampled_from(list(CutOff)))
def test_cumulative_window_is_the_monthly_ones_so_far(due_day, nth, cut_off):
    rule = {"due_day": due_day, "start": date(2023, 3, 17), "end": date(2023, 12, 31)}
    months = periods.between(rule["start"], rule["end"], "monthly")[: nth + 1]
    so_far = periods.window("cumulative", cut_off, months[-1], **rule)
    monthly = [periods.window("monthly", cut_off, month, **rule) for month in months]

    assert sum(max(0, (w.last - w.first).days + 1) for w in monthly) == max(0, (so_far.last - so_far.first).days + 1)


# Every window of the two campaigns of 2023, written out


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2023-05", date(2023, 5, 1), date(2023, 5, 28)),
        ("2023-06", date(2023, 5, 29), date(2023, 6, 28)),
        ("2023-07", date(2023, 6, 29), date(2023, 7, 28)),
        ("2023-08", date(2023, 7, 29), date(2023, 8, 28)),
        ("2023-09", date(2023, 8, 29), date(2023, 9, 28)),
        ("2023-10", date(2023, 9, 29), date(2023, 10, 28)),
        ("2023-11", date(2023, 10, 29), date(2023, 11, 28)),
        ("2023-12", date(2023, 11, 29), date(2023, 12, 28)),
        ("2024-01", date(2023, 12, 29), date(2023, 12, 31)),
    ],
)
def test_trade_windows_by_due_day(period, first, last):
    assert periods.window("monthly", "due-day", period, **TRADE) == (first, last)
    assert periods.window("cumulative", "due-day", period, **TRADE) == (date(2023, 5, 1), last)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2023-05", date(2023, 5, 1), date(2023, 5, 25)),
        ("2023-06", date(2023, 5, 26), date(2023, 6, 25)),
        ("2023-07", date(2023, 6, 26), date(2023, 7, 25)),
        ("2023-08", date(2023, 7, 26), date(2023, 8, 25)),
        ("2023-12", date(2023, 11, 26), date(2023, 12, 25)),
        ("2024-01", date(2023, 12, 26), date(2023, 12, 31)),
    ],
)
def test_mines_windows_by_due_day(period, first, last):
    assert periods.window("monthly", "due-day", period, **MINES) == (first, last)


@pytest.mark.parametrize("month", range(5, 13))
def test_month_end_windows_do_not_know_the_due_day(month):
    key = f"2023-{month:02}"

    assert periods.window("monthly", "month-end", key, **TRADE) == periods.window("monthly", "month-end", key, **MINES)
    assert periods.window("monthly", "month-end", key, **TRADE).first == date(2023, month, 1)


# Due dates as the notices state them


@pytest.mark.parametrize(
    ("recurrence", "day", "first", "last", "dues"),
    [
        (
            "monthly",  # 威工信发〔2022〕10号: 每月18日前
            18,
            date(2022, 5, 1),
            date(2022, 12, 31),
            [date(2022, month, 18) for month in range(5, 13)],
        ),
        (
            "quarterly",  # 威应急发〔2023〕12号: 每季度 with the mines return
            25,
            date(2023, 4, 1),
            date(2023, 12, 31),
            [date(2023, 6, 25), date(2023, 9, 25), date(2023, 12, 25)],
        ),
        ("half_yearly", None, date(2024, 1, 1), date(2024, 12, 31), [date(2024, 6, 30), date(2024, 12, 31)]),
        ("yearly", 20, date(2024, 3, 26), date(2026, 12, 31), [date(year, 12, 20) for year in (2024, 2025, 2026)]),
        ("weekly", 5, date(2023, 6, 1), date(2023, 6, 18), [date(2023, 6, 2), date(2023, 6, 9), date(2023, 6, 16)]),
    ],
)
def test_due_dates_of_a_campaign(recurrence, day, first, last, dues):
    found = [periods.due_on(period, day) for period in periods.between(first, last, recurrence)]

    assert found == dues


def test_labels_of_the_choices_are_chinese():
    assert [choice.label for choice in Recurrence] == [
        "一次性",
        "每周",
        "每月",
        "每季度",
        "每半年",
        "每年",
        "发生时",
    ]
    assert [choice.label for choice in (*WindowKind, *CutOff)] == ["当月", "累计", "截至报送日", "截至月末"]


@given(days, calendar_kinds)
def test_label_of_a_period_is_that_of_its_key(day, kind):
    period = periods.period_of(day, kind)

    assert periods.label(period.key) == period.label
    assert str(day.year)[:2] in period.label
