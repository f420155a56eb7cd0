"""Whatever the rule, the calendar, who comes and goes and when the runs come: held against plain dates.

Nothing here asks the code under test what is right: periods, days, work days and turns are worked out anew, the slow
way, day by day, on the State Council's calendar of 2023 as written below.
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from pytest import mark

from campaigns.actions import reminders, schedule
from campaigns.actions.opening import open_obligations
from campaigns.actions.terms import terms_of
from campaigns.models import Campaign, Deliverable, Letter, Obligation, Reminder
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from notifications.models import Message
from organizations.models import Enterprise, Unit, WorkDay
from organizations.tests import factories as make

SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()
ONE = timedelta(days=1)
START, END = date(2023, 5, 1), date(2023, 12, 31)
REACH = timedelta(days=45)

# 清明, 劳动节, 端午, 中秋 and 国庆, 元旦; and the weekends worked for them (国办发明电〔2022〕16号, 〔2023〕7号)
OFF = {"04-05", "05-01", "05-02", "05-03", "06-22", "06-23", "09-29", "10-02", "10-03", "10-04", "10-05", "10-06"}
WORKED = {"04-23", "05-06", "06-25", "10-07", "10-08"}
NEW_YEAR = date(2024, 1, 1)

rules = some.fixed_dictionaries(
    {
        "recurrence": some.sampled_from(["weekly", "monthly", "quarterly", "half_yearly", "yearly"]),
        "due_day": some.none() | some.integers(1, 31),
        "due_month": some.none() | some.integers(1, 3),
        "policy": some.sampled_from(["as_is", "earlier", "later"]),
        "starts_on": some.none() | some.dates(START - 40 * ONE, date(2023, 9, 30)),
        "ends_on": some.none() | some.dates(date(2023, 10, 1), END),
    }
)
# The bureau's own table: work days and days off that are not in the calendar.
tables = some.dictionaries(some.dates(date(2023, 4, 20), date(2024, 1, 12)), some.booleans(), max_size=12)

MONTHLY = dict.fromkeys(["due_month", "starts_on", "ends_on"]) | {
    "recurrence": "monthly",
    "due_day": 28,
    "policy": "as_is",
}


def works(day, table):
    if day in table:
        return table[day]
    if day == NEW_YEAR:
        return False
    written = f"{day:%m-%d}"
    return day.year != 2023 and day.weekday() < 5 or written in WORKED or day.weekday() < 5 and written not in OFF


def shifted(day, policy, table):
    step = {"as_is": 0, "earlier": -1, "later": 1}[policy]
    while step and not works(day, table):
        day += step * ONE
    return day


def period_of(day, recurrence):
    """The key of the period a day lies in, and the number of its month there."""
    size = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}.get(recurrence)
    if size is None:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}", 1
    turn, month = divmod(day.month - 1, size)
    names = {1: f"-{turn + 1:02}", 3: f"-Q{turn + 1}", 6: f"-H{turn + 1}", 12: ""}
    return f"{day.year}{names[size]}", month + 1


def is_due(day, rule):
    """Whether the rule names this very day, apart from its window."""
    recurrence, asked = rule["recurrence"], rule["due_day"]
    if asked is None:
        return period_of(day, recurrence)[0] != period_of(day + ONE, recurrence)[0]
    if recurrence == "weekly":
        return day.isoweekday() == min(asked, 7)
    last_month = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}[recurrence]
    in_month = period_of(day, recurrence)[1] == (min(rule["due_month"] or last_month, last_month))
    return in_month and day.day == min(asked, monthrange(day.year, day.month)[1])


def owed_days(rule):
    """{period: day} by walking through every day of the window."""
    first, last = rule["starts_on"] or START, rule["ends_on"] or END
    days = [first + n * ONE for n in range((last - first).days + 1)]
    found = {period_of(day, rule["recurrence"])[0]: day for day in days if is_due(day, rule)}
    if rule["due_day"] is None and days:
        # 每季度一次 without a day ends with the window
        found.setdefault(period_of(last, rule["recurrence"])[0], last)
    return found


def sane(rule):
    """As the form lets it through: no third month of a month."""
    return rule | ({"due_month": None} if rule["recurrence"] in ("weekly", "monthly") else {})


# ---- due days


@settings(max_examples=250, deadline=None, derandomize=True)
@given(rule=rules.map(sane), table=tables)
def test_terms_are_the_days_the_rule_names_and_obey_its_policy(rule, table):
    found = terms_of(Deliverable(campaign=Campaign(starts_on=START, ends_on=END), **rule), table)
    expected = owed_days(rule)
    assert {term.period: term.nominal_on for term in found} == expected
    assert len(found) == len(expected)
    for term in found:
        day = shifted(term.nominal_on, rule["policy"], table)
        assert term.due_at == datetime.combine(day, time.max, SHANGHAI)


# ---- opening

# Who comes and goes: a firm's day of joining and leaving, either unknown.
stays = some.tuples(some.none() | some.dates(START, date(2023, 11, 30)), some.none() | some.integers(1, 120))
gaps = some.lists(some.integers(0, 70), min_size=1, max_size=5)


def clean():
    for model in (Letter, Reminder, Message, Obligation, Deliverable, Campaign, Enterprise, WorkDay):
        model.objects.all().delete()


def cast(rule, table, firms):
    WorkDay.objects.bulk_create(WorkDay(day=day, is_workday=worked) for day, worked in table.items())
    campaigns.deliverable(respondent="enterprise", recipient_rule="area_unit", **rule)
    made = []
    for joined, stay in firms:
        left = (joined or START) + stay * ONE if stay else None
        made.append(make.enterprise(f"企业{len(made)}", joined_on=joined, left_on=left))
    return made


def owes(firm, days, runs):
    """The periods it must have been given by the runs: from its joining on, as long as it was there to be asked."""
    there = [on for on in runs if (firm.joined_on or START) <= on and not (firm.left_on and firm.left_on <= on)]
    if not there:
        return set()
    since = firm.joined_on or date.min
    return {period for period, day in days.items() if since <= day <= there[-1] + REACH}


@mark.django_db
@settings(max_examples=14, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules.map(sane), table=tables, firms=some.lists(stays, min_size=1, max_size=3), gaps=gaps)
# joined on 06-25, while nothing ran from 06-10 to 06-30
@example(rule=MONTHLY, table={}, firms=[(date(2023, 6, 25), None)], gaps=[40, 20])
# left and gone on the very days of runs
@example(rule=MONTHLY, table={}, firms=[(date(2023, 5, 28), 31), (None, 58)], gaps=[27, 31])
def test_opening_is_idempotent_and_complete_whoever_comes_and_goes(rule, table, firms, gaps):
    """Runs at any days, twice each: who joins owes from his joining, who leaves owes nothing ahead, nobody twice."""
    clean()
    made = cast(rule, table, firms)
    runs, on = [], START
    for gap in gaps:
        on = min(on + gap * ONE, END)
        runs.append(on)
        open_obligations(on, by=SYSTEM)
        assert open_obligations(on, by=SYSTEM).words() == []
    days = owed_days(rule)
    for firm in made:
        rows = list(Obligation.objects.filter(enterprise=firm))
        assert sorted(row.period for row in rows) == sorted(owes(firm, days, runs))
        for row in rows:
            check_row(row, rule, table, firm, runs)


def check_row(row, rule, table, firm, runs):
    assert row.original_due_at == row.due_at
    assert row.due_at == datetime.combine(shifted(row.nominal_on, rule["policy"], table), time.max, SHANGHAI)
    assert row.late_to_open == (row.due_at.astimezone(SHANGHAI).date() < row.opened_on)
    gone = [on for on in runs if firm.left_on and firm.left_on <= on]
    if not gone:
        assert row.state == "open"
    else:
        assert row.state == ("ended" if row.nominal_on >= gone[0] else "missing")


@mark.django_db
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rule=rules.map(sane),
    gaps=some.lists(some.tuples(some.integers(0, 40), some.booleans()), min_size=2, max_size=5),
)
def test_unit_in_and_out_of_use_owes_what_falls_due_while_it_is_in_use(rule, gaps):
    """Out of use and in again: what lies ahead is owed again, never a second row."""
    clean()
    unit = make.unit("荣成市应急管理局")
    Unit.objects.update(active=True)
    campaigns.deliverable(**rule)
    on, active = START, True
    open_obligations(on, by=SYSTEM)
    for gap, active in gaps:
        on = min(on + gap * ONE, END)
        Unit.objects.filter(pk=unit.pk).update(active=active)
        open_obligations(on, by=SYSTEM)
        assert open_obligations(on, by=SYSTEM).words() == []
        rows = Obligation.objects.filter(unit=unit)
        periods = list(rows.values_list("period", flat=True))
        assert len(periods) == len(set(periods))
        ahead = {row.period for row in rows if row.nominal_on >= on and row.state == "open"}
        days = owed_days(rule).items()
        assert ahead == ({period for period, day in days if on <= day <= on + REACH} if active else set())


# ---- reminders


def workdays_from(day, count, table):
    step = ONE if count > 0 else -ONE
    while count:
        day += step
        if works(day, table):
            count += -1 if step > timedelta(0) else 1
    return day


def turns_of(due, until, table):
    """{rule: moment} up to a moment: 3 and 1 work days before, the day, 1, 3 and every third after, at 08:30."""
    found = {"before-3": workdays_from(due, -3, table), "before-1": workdays_from(due, -1, table), "day": due}
    passed = 1
    while True:
        found[f"after-{passed}"] = day = workdays_from(due, passed, table)
        if day > until.date():
            break
        passed = 3 if passed == 1 else passed + 3
    moments = {rule: datetime.combine(day, time(8, 30), SHANGHAI) for rule, day in found.items()}
    return {rule: moment for rule, moment in moments.items() if moment <= until}


dues = some.dates(date(2023, 5, 12), date(2023, 12, 20))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(due=dues, table=tables, days=some.integers(1, 40))
def test_turns_are_counted_in_work_days_from_the_due_day(due, table, days):
    until = datetime.combine(due + days * ONE, time(12), SHANGHAI)
    found = {}
    for turn in schedule.moments(due, table):
        if turn.at > until:
            break
        found[turn.rule] = turn.at
    assert found == turns_of(due, until, table)


# Hours between two runs of the sweep, now and then beyond the catch-up of 48.
pauses = some.lists(some.integers(1, 47) | some.sampled_from([48, 49, 72, 100]), min_size=4, max_size=10)


@mark.django_db
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    due=dues,
    second=some.integers(0, 6),
    table=tables,
    pauses=pauses,
    minutes=some.integers(0, 1439),
    handed_in_after=some.integers(2, 12),
)
def test_each_turn_is_recorded_at_most_once_and_once_if_the_sweep_comes_in_time(
    due, second, table, pauses, minutes, handed_in_after
):
    """Two duties of one unit, one of them answered on the way; each moment of the sweep comes twice."""
    clean()
    WorkDay.objects.bulk_create(WorkDay(day=day, is_workday=worked) for day, worked in table.items())
    days = {"2023-05": due, "2023-06": due + second * ONE}
    campaigns.deliverable()
    rows = {
        period: campaigns.obligation(period=period, due_at=end, original_due_at=end)
        for period, end in ((period, datetime.combine(day, time.max, SHANGHAI)) for period, day in days.items())
    }
    answered = None
    now = datetime.combine(due - 6 * ONE, time(0), SHANGHAI) + timedelta(minutes=minutes)
    runs = []
    for number, pause in enumerate(pauses):
        now += timedelta(hours=pause)
        if number == handed_in_after:
            Obligation.objects.filter(period="2023-06").update(handed_in_at=now)
            answered = now
        runs.append(now)
        reminders.remind(now, by=SYSTEM)
        assert reminders.remind(now, by=SYSTEM) == 0
    for period, row in rows.items():
        check_turns(row, days[period], table, runs, answered if period == "2023-06" else None)
    keys = list(Message.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))


def check_turns(row, due, table, runs, answered):
    recorded = list(Reminder.objects.filter(obligation=row).values_list("rule", "scheduled_at", "decided_at"))
    turns = turns_of(due, runs[-1], table)
    names = [rule for rule, _, _ in recorded]
    assert len(names) == len(set(names))
    for rule, scheduled, decided in recorded:
        assert turns[rule] == scheduled <= decided
        assert answered is None or decided < answered
    for rule, moment in turns.items():
        asked = [run for run in runs if moment <= run <= moment + timedelta(hours=48)]
        if asked and (answered is None or asked[0] < answered):
            assert rule in names
