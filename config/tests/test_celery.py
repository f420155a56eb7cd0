"""The timetable: every entry names a task that exists, and the four days of the notices are there."""

from copy import copy
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab

from config.celery import app

WEIHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def schedule():
    app.loader.import_default_modules()
    return app.conf.beat_schedule


def next_run(entry, after):
    """When the entry runs next after that moment, as beat reckons it."""
    schedule = copy(entry["schedule"])
    schedule.nowfun = lambda: after
    return after + schedule.remaining_estimate(after)


def test_entries_name_tasks_that_exist(schedule):
    assert [name for name, entry in schedule.items() if entry["task"] not in app.tasks] == []


def test_unknown_task_would_be_noticed():
    assert "campaigns.tasks.nothing" not in app.tasks


@pytest.mark.parametrize("day", [18, 20, 25, 28])
def test_reminders_have_their_four_days(schedule, day):
    entry = schedule[f"remind-day-{day}"]

    assert entry["schedule"] == crontab(minute=30, hour=8, day_of_month=day)
    assert next_run(entry, datetime(2023, 6, 1, tzinfo=WEIHAI)) == datetime(2023, 6, day, 8, 30, tzinfo=WEIHAI)


def test_sweep_comes_every_ten_minutes(schedule):
    entry = schedule["remind-sweep"]

    assert next_run(entry, datetime(2023, 6, 1, 8, 30, tzinfo=WEIHAI)) == datetime(2023, 6, 1, 8, 40, tzinfo=WEIHAI)


def test_obligations_are_opened_every_night(schedule):
    entry = schedule["open-obligations"]

    assert next_run(entry, datetime(2023, 6, 1, 12, tzinfo=WEIHAI)) == datetime(2023, 6, 2, 0, 10, tzinfo=WEIHAI)


def test_clock_is_weihais():
    assert str(app.timezone) == "Asia/Shanghai"
    assert app.now().utcoffset() == timedelta(hours=8)


def test_tasks_take_ids_and_texts_only(schedule):
    """What beat sends needs no arguments; a task works out for itself what is to be done now."""
    assert [name for name, entry in schedule.items() if entry.get("args") or entry.get("kwargs")] == []
