"""Returns and records at once, on connections of their own: one hand-in, and no record between figure and digest."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from hazards.actions import registering
from hazards.models import Hazard
from lib.transitions import MoveRefused
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import existing_or, filling, new_return
from reports.models import DispatchReturn
from reports.tests.factories import JUNE, campaign, hazard, obligation
from reports.tests.filling import entries, filled_in

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """The results of the calls, run in threads of their own; a refusal is its sentence."""

    def run(call):
        try:
            return call()
        except MoveRefused as refused:
            return str(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def ready():
    """荣成市's return for June, filled in, and its clerk."""
    clerk = factories.actor(factories.unit())
    owed = obligation(campaign())
    hazard(factories.enterprise())
    returned = actions.open_return(owed, by=clerk)
    return owed, clerk, filled_in(returned, clerk).seen


def fresh(owed):
    return existing_or(new_return(owed))


def test_of_two_clerks_handing_in_at_once_one_does(ready):
    owed, clerk, seen = ready
    calls = [lambda: actions.hand_in(fresh(owed), by=clerk, seen=seen).pk] * 2

    results = at_once(*calls)
    assert sorted(map(type, results), key=str) == [int, str]
    assert owed.submissions.count() == 1
    assert DispatchReturn.objects.get().is_sealed()


def test_of_two_opening_at_once_both_get_the_one_return():
    clerk = factories.actor(factories.unit())
    owed = obligation(campaign())
    actions.open_return(owed, by=clerk)

    keys = at_once(*[lambda: actions.open_return(owed, by=clerk).pk] * 3)
    assert len(set(keys)) == DispatchReturn.objects.count() == 1


def test_filling_in_waits_for_handing_in_and_is_then_refused(ready):
    owed, clerk, seen = ready
    begun = threading.Event()

    def hand_in():
        with transaction.atomic():
            done = actions.hand_in(fresh(owed), by=clerk, seen=seen)
            begun.set()
            threading.Event().wait(0.3)  # the other one is at the lock by now
            return done.pk

    def fill():
        begun.wait(10)
        returned = DispatchReturn.objects.get()
        actions.fill(returned, by=clerk, entries=entries(filling(returned), x1_1=9))

    results = at_once(hand_in, fill)
    assert "本期已报送" in results[1]
    assert DispatchReturn.objects.get().figures.get(code="1.1").reported == 0


def test_record_is_counted_and_frozen_or_comes_after_the_freeze(ready):
    """A hazard registered while a return is handed in is in all of figure, versions and digest, or in none."""
    owed, clerk, seen = ready
    firm, frozen = factories.enterprise("荣成乙公司"), threading.Event()
    officer = factories.actor(factories.unit(), "officer", name="周执法")

    def hand_in():
        with transaction.atomic():
            done = actions.hand_in(fresh(owed), by=clerk, seen=seen)
            frozen.set()
            threading.Event().wait(0.3)
            return done.pk

    def register():
        frozen.wait(10)
        told = {"description": "漏氨", "found_on": JUNE.last, "found_by": "department", "level": "major"}
        return registering.register(firm, by=officer, **told).pk

    at_once(hand_in, register)
    returned = DispatchReturn.objects.select_related("campaign").get()
    figure = returned.figures.get(code="2.1")
    late = Hazard.objects.get(description="漏氨")
    first = late.events.order_by("pgh_id").values_list("pgh_id", flat=True)[0]

    assert (figure.system, figure.rows) == (1, 1)
    assert first > returned.frozen["versions"]["hazards_hazard"]
    assert late.recorded_at > returned.frozen_at


def test_handing_in_waits_for_a_record_that_is_being_entered(ready):
    """Counted before it is committed, the record would be in neither the figure nor 期后补记."""
    owed, clerk, seen = ready
    firm, entered = factories.enterprise("荣成乙公司"), threading.Event()
    officer = factories.actor(factories.unit(), "officer", name="周执法")

    def register():
        with transaction.atomic():
            told = {"description": "漏氨", "found_on": JUNE.last, "found_by": "department", "level": "major"}
            registering.register(firm, by=officer, **told)
            entered.set()
            threading.Event().wait(0.4)  # handing in is at the lock by now

    def hand_in():
        entered.wait(10)
        return actions.hand_in(fresh(owed), by=clerk, seen=seen).pk

    results = at_once(register, hand_in)
    assert "台账刚有变动，系统数已更新" in str(results[1])
    assert not owed.submissions.exists()
