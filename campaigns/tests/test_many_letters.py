"""催办函 for many, by two workers at once, by two officers at once, and by a run that was killed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from campaigns.actions import letters, reminders
from campaigns.models import Campaign, Letter, Obligation, Reminder
from campaigns.tests import factories as campaigns
from campaigns.tests.test_letters import SYSTEM, another, at, sweep
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import Unit
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed():
    """Rongcheng's 调度表, due 2023-06-28."""
    return campaigns.obligation()


def many(owed, count):
    units = Unit.objects.bulk_create(Unit(name=f"单位{n}", kind="bureau", area=owed.area) for n in range(count))
    dates = {"nominal_on": date(2023, 6, 28), "original_due_at": campaigns.JUNE_28, "due_at": campaigns.JUNE_28}
    Obligation.objects.bulk_create(
        Obligation(
            deliverable=owed.deliverable, unit=unit, period="2023-06", area=owed.area, opened_on="2023-05-01", **dates
        )
        for unit in units
    )


@pytest.mark.parametrize(("by_themselves", "bound"), [(False, 5), (True, 12)])
def test_statements_do_not_grow_with_the_respondents(owed, monkeypatch, by_themselves, bound):
    """A batch: its obligations, what stands already, letters, links. By themselves also lock, move, log, leaders,
    one statement per thousand messages, and savepoints."""
    Campaign.objects.update(letters_by_themselves=by_themselves)
    sweep("06-30T08:30")
    many(owed, 1000)
    with CaptureQueriesContext(connection) as captured:
        assert sweep("07-03T08:30") == 1000
    fixed = 8  # drafts that are settled, duties, work days, the empty batch at the end, the lead unit's task
    assert len([each for each in captured if "SAVEPOINT" not in each["sql"]]) <= fixed + bound


def test_reminder_and_letter_together_cost_five_statements_for_a_thousand(owed, monkeypatch):
    """Batches at a five-hundredth of their size: 2 respondents for 1,000, 10 letters for 5,000.

    Each ten firms more cost five rounds of what they owe, hazards, messages, turns, and one of the letters': what
    is owed, what stands, letters, links. 5 x 4 + 4 = 24 for what stands for 5,000, so 4.8 for 1,000.
    """
    assert (reminders.BATCH, letters.BATCH) == (1000, 5000)
    monkeypatch.setattr(reminders, "BATCH", 2)
    monkeypatch.setattr(letters, "BATCH", 10)
    sweep("06-30T08:30")

    def run(moment, count):
        many_firms(owed, count)
        with CaptureQueriesContext(connection) as captured:
            assert reminders.remind(at(moment), by=SYSTEM) == count
        return len([each for each in captured if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    ten = run("07-03T08:30", 10)
    Reminder.objects.all().delete()
    Obligation.objects.exclude(pk=owed.pk).update(state="waived")
    thirty = run("07-03T08:40", 30)
    assert Letter.objects.filter(enterprise__isnull=False, state="draft").count() == 30
    assert (thirty - ten) / 2 <= 5 * 5


def many_firms(owed, count):
    """As many firms, reachable by phone, that owe the same table."""
    stamps = {"area": owed.area, "opened_on": "2023-05-01", "period": "2023-06"}
    dates = {"nominal_on": date(2023, 6, 28), "original_due_at": campaigns.JUNE_28, "due_at": campaigns.JUNE_28}
    firms = [make.enterprise(f"企业{n}", head_mobile="13800000000") for n in range(count)]
    Obligation.objects.filter(pk=owed.pk).update(handed_in_at=campaigns.JUNE_28)
    Obligation.objects.bulk_create(
        Obligation(deliverable=owed.deliverable, enterprise=one, **stamps, **dates) for one in firms
    )


@pytest.mark.parametrize(
    "fields",
    [{}, {"state": "waived"}, {"state": "missing"}, {"handed_in_at": campaigns.JUNE_28}, {"due_at": at("07-09T08:30")}],
)
def test_a_letters_matter_is_overdue_as_the_obligation_is(owed, fields):
    """The join of the letters says the same as `overdue_at` of the obligations."""
    campaigns.letter(owed)
    Obligation.objects.filter(pk=owed.pk).update(**fields)
    moment = at("07-03T08:30")
    overdue = Obligation.objects.overdue_at(moment).exists()
    assert Letter.objects.drafts().with_cause(moment).exists() == overdue
    assert Letter.objects.settled_at(moment).exists() != overdue


def test_batches_take_everybody_once(owed, monkeypatch):
    """Obligations of one respondent in two batches are in one letter."""
    monkeypatch.setattr(letters, "BATCH", 7)
    many(owed, 20)
    another()
    assert sweep("06-30T08:30") == 21
    assert Letter.objects.get(unit=owed.unit).obligations.count() == 2
    assert sweep("06-30T08:40") == 0


def test_run_killed_between_batches_goes_on_behind(owed, monkeypatch):
    monkeypatch.setattr(letters, "BATCH", 7)
    many(owed, 20)
    batches = letters._batches(at("06-30T08:30"))
    first = next(batches)
    letters._prepare(first, at("06-30T08:30"), SYSTEM)
    batches.close()
    assert Letter.objects.count() == 7
    assert sweep("06-30T08:40") == 14


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_letter_each(settings):
    owed = campaigns.obligation()
    many(owed, 20)

    def run():
        try:
            return reminders.remind(at("06-30T08:30"), by=SYSTEM)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(run), pool.submit(run)]:
            future.result()
    reminders.remind(at("06-30T08:40"), by=SYSTEM)
    assert Letter.objects.count() == Letter.objects.values("unit").distinct().count() == 21


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_one_releases():
    owed = campaigns.obligation()
    make.member(owed.unit, Role.CHIEF)
    sweep("06-30T08:30")
    officers = [make.actor(make.city_bureau(), name=name) for name in ("甲", "乙")]
    copies = [Letter.objects.get(), Letter.objects.get()]

    def run(pair):
        try:
            letters.release(pair[0], by=pair[1])
        except MoveRefused as refused:
            return str(refused)
        finally:
            connections.close_all()
        return "released"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(run, zip(copies, officers, strict=True)))
    assert answers[0] == "released"
    assert "已由他人改为“已发出”" in answers[1]
    assert Message.objects.filter(kind="notice").count() == 2
