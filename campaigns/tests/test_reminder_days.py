"""The moments of reminders at their edges, day by day from the notices and under any calendar: no turn twice, and none
missed while the sweep runs within the catch-up (design §4.3)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from campaigns.actions import adjusting, reminders, schedule, submissions
from campaigns.models import Campaign, Obligation, Reminder
from campaigns.tests import factories as campaigns
from lib import workdays
from lib.actor import Actor
from notifications.actions import deliveries
from notifications.models import Message
from organizations.models import WorkDay
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def end_of(day):
    return at(f"{day}T23:59:59.999999")


def due(day, **fields):
    """An obligation due at the end of that day."""
    moment = end_of(day)
    return campaigns.obligation(period="2023-06", due_at=moment, original_due_at=moment, **fields)


def remind(text):
    """The rules recorded by a run at that moment, for the only respondent there is."""
    rules = []
    reminders.remind(
        at(text), by=SYSTEM, tell=lambda one: rules.extend(turn.rule for item in one.items for turn in item.turns)
    )
    return rules


def told_over(first, days, clock="08:30"):
    """{day: rules} of runs at that time of each day."""
    every = [date.fromisoformat(first) + timedelta(days=n) for n in range(days)]
    told = {f"{day:%m-%d}": remind(f"{day}T{clock}") for day in every}
    return {day: rules for day, rules in told.items() if rules}


@pytest.fixture
def open_campaign():
    """Long enough for the notices of both years."""
    return campaigns.campaign(starts_on=date(2022, 4, 24), ends_on=date(2023, 12, 31))


# The notices' awkward days, day by day. Work days counted on the State Council's calendars of 2022 and 2023.


@pytest.mark.parametrize(
    ("day", "first", "expected"),
    [
        # Saturday: the day itself is reminded of all the same
        ("2022-06-18", "2022-06-13", {"06-15": "before-3", "06-17": "before-1", "06-18": "day", "06-20": "after-1"}),
        # Sunday
        ("2022-09-18", "2022-09-12", {"09-14": "before-3", "09-16": "before-1", "09-18": "day", "09-19": "after-1"}),
        # a worked Sunday after 端午节
        ("2023-06-25", "2023-06-18", {"06-19": "before-3", "06-21": "before-1", "06-25": "day"}),
        # Saturday
        ("2023-10-28", "2023-10-23", {"10-25": "before-3", "10-27": "before-1", "10-28": "day", "10-30": "after-1"}),
        # 国庆: 09-29 to 10-06 off, 10-07 and 10-08 (Saturday, Sunday) worked
        ("2023-09-28", "2023-09-24", {"09-25": "before-3", "09-27": "before-1", "09-28": "day"}),
    ],
)
def test_awkward_days_of_the_notices(open_campaign, day, first, expected):
    due(day)
    assert told_over(first, 8) == {when: [rule] for when, rule in expected.items()}


def test_golden_week_passes_without_a_word(open_campaign):
    """Due 2023-09-28; the first work days after are 10-07 and 10-08 (worked weekend), then 10-09."""
    due("2023-09-28")
    remind("2023-09-28T08:30")
    assert told_over("2023-09-29", 14) == {"10-07": ["after-1"], "10-09": ["after-3"], "10-12": ["after-6"]}


def test_last_of_february_in_a_leap_year_and_not(open_campaign):
    """02-29 of 2024 is a Thursday; 02-28 of 2023 a Tuesday."""
    Campaign.objects.update(ends_on=date(2024, 12, 31))
    due("2024-02-29")
    assert told_over("2024-02-25", 7) == {
        "02-26": ["before-3"],
        "02-28": ["before-1"],
        "02-29": ["day"],
        "03-01": ["after-1"],
    }


def test_year_without_a_holiday_calendar_goes_by_weekends(open_campaign):
    """2031-10-01 is a Wednesday: without the table of 2031 it is taken for a work day."""
    Campaign.objects.update(ends_on=date(2031, 12, 31))
    due("2031-10-03")
    assert told_over("2031-09-29", 8) == {
        "09-30": ["before-3"],
        "10-02": ["before-1"],
        "10-03": ["day"],
        "10-06": ["after-1"],
    }


def test_bureaus_own_table_moves_the_moments_of_that_year(open_campaign):
    Campaign.objects.update(ends_on=date(2031, 12, 31))
    for day in (1, 2, 3, 6, 7):
        WorkDay.objects.create(day=date(2031, 10, day), is_workday=False)
    due("2031-10-03")
    assert told_over("2031-09-25", 16) == {
        "09-26": ["before-3"],
        "09-30": ["before-1"],
        "10-03": ["day"],
        "10-08": ["after-1"],
        "10-10": ["after-3"],
    }


# The clock


@pytest.mark.parametrize(
    ("now", "rules"),
    [("08:29:59", []), ("08:30:00", ["day"]), ("08:30:01", ["day"]), ("23:59:59", ["day"])],
)
def test_day_begins_at_half_past_eight(now, rules):
    due("2023-06-28")
    remind("2023-06-27T08:30")
    Reminder.objects.all().update(decided_at=at("2023-06-27T08:30"))
    assert remind(f"2023-06-28T{now}") == rules


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2023-07-08T08:29:59", True),
        ("2023-07-08T08:30:00", True),
        ("2023-07-08T08:30:01", False),
        ("2023-07-09T08:30:00", False),
    ],
)
def test_catch_up_reaches_back_exactly_two_days(now, starts):
    """after-6 of 06-28 is 07-06 08:30; the next turn is 07-11. The service was down since before."""
    due("2023-06-28")
    assert bool(remind(now)) is starts


def test_what_was_missed_for_weeks_is_told_once_with_the_next_turn():
    due("2023-06-28")
    assert remind("2023-07-11T09:00") == ["after-6", "after-9"]
    assert list(Reminder.objects.order_by("scheduled_at").values_list("rule", flat=True)) == ["after-6", "after-9"]


@pytest.mark.parametrize("clock", ["08:30", "08:31", "12:00", "23:59"])
def test_time_of_the_daily_run_changes_no_rule(clock):
    due("2023-06-28")
    assert told_over("2023-06-24", 7, clock) == {
        "06-25": ["before-3"],
        "06-27": ["before-1"],
        "06-28": ["day"],
        "06-29": ["after-1"],
    }


def test_run_at_night_belongs_to_the_day_before_and_tells_nobody_twice():
    """A sweep at 00:10 and the entry of 08:30 are two days' digests; nothing is due between them."""
    due("2023-06-28")
    assert remind("2023-06-27T08:30") == ["before-3", "before-1"]
    assert remind("2023-06-28T00:10") == []
    assert remind("2023-06-28T08:30") == ["day"]
    assert remind("2023-06-28T08:30") == remind("2023-06-29T00:10") == []
    assert set(Message.objects.values_list("key", flat=True)) == {
        f"digest:2023-06-{day}:unit:{Obligation.objects.get().unit_id}" for day in (27, 28)
    }


# What happens between


def test_extended_by_a_day_is_told_on_the_new_day_too():
    """ "day" of the 28th was told; moved to the 29th it is told again on that day, and as moved."""
    owed = due("2023-06-28")
    remind("2023-06-28T08:30")
    adjusting.set_due(owed, due_at=end_of("2023-06-29"), reason="停电", by=SYSTEM)
    assert remind("2023-06-28T10:00") == []
    assert remind("2023-06-29T08:30") == ["day"]
    assert Message.objects.latest("id").lines[0]["text"] == (
        "2023年6月 调度表：今天（6月29日）截止，原定6月28日，请及时报送"
    )


def test_extended_after_the_day_is_no_longer_late_until_the_new_one():
    owed = due("2023-06-28")
    remind("2023-06-29T08:30")
    adjusting.set_due(owed, due_at=end_of("2023-07-14"), reason="台风", by=SYSTEM)
    assert told_over("2023-06-30", 15) == {"07-11": ["before-3"], "07-13": ["before-1"], "07-14": ["day"]}


def test_returned_is_not_reminded_void_is():
    """The first hand-in counts unless 视为未报."""
    owed = due("2023-06-28")
    clerk, officer = make.actor(owed.unit), make.actor(make.city_bureau())
    submissions.return_submission(submissions.hand_in(owed, by=clerk, text="一"), by=officer, reason="缺附件")
    assert remind("2023-06-28T08:30") == []
    submissions.void(submissions.hand_in(owed, by=clerk, text="二"), by=officer, reason="空白")
    assert remind("2023-06-28T08:30") == []  # the returned one still counts
    Obligation.objects.update(handed_in_at=None)
    assert remind("2023-06-28T08:30") == ["before-3", "before-1", "day"]


def test_void_after_the_digest_of_the_day_waits_for_the_next_turn():
    owed = due("2023-06-28")
    remind("2023-06-28T08:30")
    handed = submissions.hand_in(owed, by=make.actor(owed.unit), text="空白")
    submissions.void(handed, by=make.actor(make.city_bureau()), reason="空白")
    assert remind("2023-06-28T17:00") == []
    assert remind("2023-06-29T08:30") == ["after-1"]


@pytest.mark.parametrize(
    ("promised", "rules"),
    [
        ("2023-06-29T18:00", []),
        ("2023-06-29T00:00:01", []),
        ("2023-06-29T00:00:00", ["day", "after-1", "promise"]),
        ("2023-06-28T23:59:59.999999", ["day", "after-1", "promise"]),
    ],
)
def test_promise_mutes_until_half_past_eight_after_it(promised, rules):
    """A promise for the 28th holds to the end of that day; the next morning it is asked about."""
    due("2023-06-28", promised_at=at(promised))
    assert remind("2023-06-29T08:30")[-3:] == rules


def test_promise_made_between_queue_and_delivery_mutes_the_message(monkeypatch):
    owed = due("2023-06-28")
    remind("2023-06-28T08:30")
    monkeypatch.setattr("django.utils.timezone.now", lambda: at("2023-06-28T08:31"))
    Obligation.objects.filter(pk=owed.pk).update(promised_at=at("2023-06-30T12:00"))
    assert deliveries.deliver_waiting(at=at("2023-06-28T08:31")) == 0
    assert Message.objects.get().dropped_at == at("2023-06-28T08:31")


@pytest.mark.parametrize(("days", "told"), [(59, True), (60, True), (61, False)])
def test_campaign_long_over_chases_nobody(days, told):
    """A campaign nobody closed: sixty days after its end it falls silent."""
    due("2023-06-28")
    Campaign.objects.update(ends_on=date(2023, 7, 11) - timedelta(days=days))
    assert bool(remind("2023-07-11T08:30")) is told


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_campaign_that_does_not_run_chases_nobody(state):
    due("2023-06-28")
    Campaign.objects.update(state=state)
    assert remind("2023-06-28T08:30") == []


def test_duty_without_a_day_is_nobodys_reminder():
    campaigns.obligation(due_at=None, original_due_at=None)
    assert remind("2023-06-28T08:30") == []


def test_extension_read_at_the_middle_of_the_night_counts_by_the_local_day():
    """00:30 on the 29th in Shanghai is still the 28th in UTC."""
    due("2023-06-28")
    Obligation.objects.update(due_at=at("2023-06-29T00:30"))
    remind("2023-06-28T08:30")
    assert remind("2023-06-29T08:30") == ["day"]


# Under any calendar


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    due_on=some.dates(date(2023, 1, 10), date(2023, 11, 30)),
    off=some.sets(some.integers(-10, 20), max_size=6),
    gaps=some.lists(some.integers(1, 47), min_size=8, max_size=14),
)
def test_every_turn_is_recorded_exactly_once_while_the_sweep_comes_within_two_days(open_campaign, due_on, off, gaps):
    """Runs at any hours, never two days apart: each turn that has come is recorded, none twice, a digest a day."""
    Reminder.objects.all().delete()
    Message.objects.all().delete()
    Obligation.objects.all().delete()
    WorkDay.objects.all().delete()
    overrides = {due_on + timedelta(days=n): False for n in off}
    WorkDay.objects.bulk_create(WorkDay(day=day, is_workday=False) for day in overrides)
    due(due_on.isoformat())
    now = datetime.combine(due_on - timedelta(days=8), schedule.AT, SHANGHAI)
    for gap in gaps:
        now += timedelta(hours=gap)
        reminders.remind(now, by=SYSTEM)
    come = schedule.plan(due_on, now, overrides)
    every = {turn.at for turn in (come.older, *come.recent) if turn is not None}
    recorded = list(Reminder.objects.values_list("scheduled_at", flat=True))
    assert len(recorded) == len(set(recorded))
    days = list(Message.objects.values_list("key", flat=True))
    assert len(days) == len(set(days))
    # a second digest on one day is never sent, so a turn that came after that day's digest may still wait
    waiting = {moment for moment in every - set(recorded) if schedule.digest_day(moment) == schedule.digest_day(now)}
    assert every - set(recorded) <= waiting


@settings(max_examples=60, deadline=None)
@given(due_on=some.dates(date(2022, 1, 20), date(2023, 11, 30)))
def test_turns_stand_in_order_and_on_work_days(due_on):
    turns = [next_turn for next_turn, _ in zip(schedule.moments(due_on), range(8), strict=False)]
    days = [turn.at.date() for turn in turns]
    assert days == sorted(set(days))
    assert all(workdays.is_workday(day) for day in days if day != due_on)
    assert days[2] == due_on
    assert [workdays.workdays_between(due_on, day) for day in days[3:]] == [1, 3, 6, 9, 12]
    assert {turn.at.timetz().replace(tzinfo=None) for turn in turns} == {schedule.AT}
