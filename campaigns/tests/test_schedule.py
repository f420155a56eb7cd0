"""Turns counted by hand on the calendars of 2022 and 2023."""

from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from campaigns.actions.schedule import Plans, digest_day, moments, plan

SHANGHAI = ZoneInfo("Asia/Shanghai")
RULES = ["before-3", "before-1", "day", "after-1", "after-3", "after-6"]


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("due", "days"),
    [
        # 周六
        ("2022-06-18", "06-15 06-17 06-18 06-20 06-22 06-27"),
        # 周日
        ("2022-09-18", "09-14 09-16 09-18 09-19 09-21 09-26"),
        ("2022-12-18", "12-14 12-16 12-18 12-19 12-21 12-26"),
        ("2023-05-28", "05-24 05-26 05-28 05-29 05-31 06-05"),
        # a worked Sunday after 端午节 (06-22 to 06-24)
        ("2023-06-25", "06-19 06-21 06-25 06-26 06-28 07-03"),
        # three work days before: 06-27, 06-26 and the worked Sunday
        ("2023-06-28", "06-25 06-27 06-28 06-29 07-03 07-06"),
        ("2023-10-28", "10-25 10-27 10-28 10-30 11-01 11-06"),
    ],
)
def test_turns_of_a_due_day(due, days):
    turns = list(islice(moments(date.fromisoformat(due)), 6))
    assert [turn.rule for turn in turns] == RULES
    assert [turn.at for turn in turns] == [at(f"{due[:4]}-{day}T08:30") for day in days.split()]


def test_turns_after_go_on_every_third_work_day():
    later = list(islice(moments(date(2023, 6, 28)), 6, 9))
    assert [(turn.rule, turn.at.date().isoformat()) for turn in later] == [
        ("after-9", "2023-07-11"),
        ("after-12", "2023-07-14"),
        ("after-15", "2023-07-19"),
    ]


@pytest.mark.parametrize(
    ("now", "recent", "older"),
    [
        ("2023-06-25T08:29", [], None),
        ("2023-06-25T08:30", ["before-3"], None),
        ("2023-06-27T08:30", ["before-3", "before-1"], None),
        ("2023-06-27T08:31", ["before-1"], "before-3"),
        ("2023-06-28T08:30", ["before-1", "day"], "before-3"),
        ("2023-07-02T09:00", [], "after-1"),
    ],
)
def test_turns_of_the_last_48_hours_start_a_digest_and_older_ones_go_along(now, recent, older):
    found = plan(date(2023, 6, 28), at(now))
    assert [turn.rule for turn in found.recent] == recent
    assert (found.older.rule if found.older else None) == older


def test_of_turns_missed_long_ago_only_the_last_is_recorded():
    missed = plan(date(2023, 6, 28), at("2023-07-12T09:00"))
    assert [turn.rule for turn in missed.undone(None)] == ["after-6", "after-9"]
    found = plan(date(2023, 6, 28), at("2023-06-29T08:30"))
    assert [turn.rule for turn in found.undone(None)] == ["before-3", "before-1", "day", "after-1"]
    assert [turn.rule for turn in found.undone(at("2023-06-28T08:30"))] == ["after-1"]


def test_night_before_half_past_eight_belongs_to_the_day_before():
    assert digest_day(at("2023-06-25T08:29")) == date(2023, 6, 24)
    assert digest_day(at("2023-06-25T08:30")) == date(2023, 6, 25)


def test_local_holiday_moves_the_turns():
    overrides = {date(2023, 6, 27): False}
    turns = Plans(at("2023-06-26T08:30"), overrides)[date(2023, 6, 28)]
    # 06-27 is off: before-1 falls on 06-26, before-3 on 06-21
    assert ([turn.rule for turn in turns.recent], turns.older.rule) == (["before-1"], "before-3")
