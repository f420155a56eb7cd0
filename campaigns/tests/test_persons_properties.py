"""Whatever the rule and whoever comes and goes: duties by name held against the roster, day by day, the slow way."""

from datetime import date, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from pytest import mark

from campaigns.actions.opening import open_obligations
from campaigns.models import Obligation
from campaigns.tests import factories as campaigns
from campaigns.tests.test_properties import END, MONTHLY, ONE, REACH, START, SYSTEM, clean, gaps, owed_days, rules, sane
from organizations.actions import roster
from organizations.models import Responsible
from organizations.tests import factories as make

pytestmark = mark.django_db
EACH = "每位班子成员"
NAMES = ("张三", "李四", "王五")
QUIET = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

# A day of coming, and after how many days one goes, if ever.
terms_of_office = some.tuples(some.dates(START - 60 * ONE, date(2023, 11, 30)), some.none() | some.integers(1, 150))


def prepared(rule):
    clean()
    Responsible.objects.all().delete()
    unit = make.unit()
    campaigns.deliverable(person=EACH, each_of="leader", recipient_rule="file", **rule)
    return unit


def asked_on(day, spans):
    """Who owes what falls due on that day."""
    there = {name for name, first, end in spans if first <= day and (end is None or day < end)}
    return there or {EACH}


def standing(**conditions):
    return set(Obligation.objects.filter(**conditions).values_list("period", "subject"))


@QUIET
@given(rule=rules.map(sane), people=some.lists(terms_of_office, max_size=3), gaps=gaps)
@example(rule=MONTHLY, people=[(date(2023, 6, 29), 29)], gaps=[40, 20])
# comes on a due day, goes on the next
@example(rule=MONTHLY, people=[(date(2023, 6, 28), 30), (date(2023, 5, 28), None)], gaps=[0, 70])
def test_known_from_the_start_each_owes_what_falls_due_in_his_time_and_nothing_else(rule, people, gaps):
    """Nobody is ever asked in vain: no row ends."""
    unit = prepared(rule)
    spans = [
        (name, first, first + stay * ONE if stay else None) for name, (first, stay) in zip(NAMES, people, strict=False)
    ]
    for name, first, end in spans:
        make.responsible(unit, name, starts_on=first, ended_on=end)
    on = START
    for gap in gaps:
        on = min(on + gap * ONE, END)
        open_obligations(on, by=SYSTEM)
        assert open_obligations(on, by=SYSTEM).words() == []
    days = {period: day for period, day in owed_days(rule).items() if day <= on + REACH}
    assert standing() == {(period, name) for period, day in days.items() for name in asked_on(day, spans)}
    assert standing() == standing(state="open")


# One step: how many days pass, and whose turn it is to come, or to go where he is there.
steps = some.lists(some.tuples(some.integers(0, 40), some.sampled_from(NAMES)), min_size=2, max_size=7)


@QUIET
@given(rule=rules.map(sane), steps=steps)
@example(rule=MONTHLY, steps=[(10, "张三"), (5, "张三"), (5, "张三"), (0, "张三")])
def test_entered_as_they_come_and_go_what_lies_ahead_is_owed_by_who_is_there(rule, steps):
    """Nothing is answered here; what is past is nobody's matter but that it stays."""
    unit = prepared(rule)
    on = START
    open_obligations(on, by=SYSTEM)
    for gap, name in steps:
        on = min(on + gap * ONE, END)
        past = standing(nominal_on__lt=on, state="open")
        there = Responsible.objects.filter(name=name, ended_on=None).first()
        if there:
            roster.release(there, on=on, by=SYSTEM)
        else:
            roster.appoint(unit, kind="leader", name=name, starts_on=on, by=SYSTEM)
        open_obligations(on, by=SYSTEM)
        assert open_obligations(on, by=SYSTEM).words() == []
        spans = list(Responsible.objects.values_list("name", "starts_on", "ended_on"))
        ahead = {period: day for period, day in owed_days(rule).items() if on <= day <= on + REACH}
        expected = {(period, who) for period, day in ahead.items() for who in asked_on(day, spans)}
        assert standing(nominal_on__gte=on, state="open") == expected
        assert past <= standing(state="open")


def test_the_slow_way_knows_who_is_there():
    spans = [("张三", date(2023, 6, 1), date(2023, 6, 10)), ("李四", date(2023, 6, 10), None)]
    assert asked_on(date(2023, 5, 31), spans) == {EACH}
    assert asked_on(date(2023, 6, 9), spans) == {"张三"}
    assert asked_on(date(2023, 6, 10), spans) == {"李四"}
    assert timedelta(days=45) == REACH
