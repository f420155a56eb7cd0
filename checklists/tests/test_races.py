"""Two people of one firm at the same moment, in two transactions."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from campaigns.models import Submission
from checklists import actions
from checklists.models import Answer, SelfInspection
from checklists.tests import factories as lists
from hazards.models import Hazard
from lib.transitions import MoveRefused
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def head():
    return make.actor(make.enterprise(), Role.HEAD, name="李总")


@pytest.fixture
def safety(head):
    return make.actor(head.enterprise, Role.SAFETY, name="赵安")


@pytest.fixture
def inspection(head):
    return lists.inspection(head.enterprise, by=head)


def at_once(*acts):
    """Run the acts in threads of their own, started together; the results, refusals included."""
    start, results = Barrier(len(acts)), [None] * len(acts)

    def run(position, act):
        start.wait()
        try:
            results[position] = act()
        except (MoveRefused, actions.Conflict) as refusal:
            results[position] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def kinds(results):
    return sorted(type(one).__name__ for one in results)


def seen(inspection):
    """The row as another request has read it."""
    return SelfInspection.objects.with_held().select_related("obligation__deliverable").get(pk=inspection.pk)


def test_a_double_click_opens_one_inspection(head, safety):
    lists.checklist()
    owed = lists.obligation(head.enterprise)
    other = type(owed).objects.select_related("deliverable").get(pk=owed.pk)
    first, second = at_once(
        lambda: actions.open_inspection(owed, by=head), lambda: actions.open_inspection(other, by=safety)
    )
    assert first == second
    assert SelfInspection.objects.count() == Submission.objects.count() == 1


def test_two_first_answers_at_once_keep_one_and_tell_the_other(inspection, head, safety):
    mine, theirs = lists.saving("compliant"), lists.saving("noncompliant", note="没有台账")
    one, other = seen(inspection), seen(inspection)
    results = at_once(
        lambda: actions.answer(one, item=1, saving=mine, by=head),
        lambda: actions.answer(other, item=1, saving=theirs, by=safety),
    )
    assert kinds(results) == ["Answer", "Conflict"]
    (conflict,) = [result for result in results if isinstance(result, actions.Conflict)]
    assert conflict.current == Answer.objects.get()


def test_the_same_save_sent_twice_at_once_is_one_answer(inspection, head):
    sent = lists.saving("compliant")
    one, other = seen(inspection), seen(inspection)
    results = at_once(
        lambda: actions.answer(one, item=1, saving=sent, by=head),
        lambda: actions.answer(other, item=1, saving=sent, by=head),
    )
    assert kinds(results) == ["Answer", "Answer"]
    assert Answer.objects.count() == 1


def test_two_hand_ins_at_once_are_one(inspection, head):
    lists.answered(inspection, by=head)
    one, other = seen(inspection), seen(inspection)
    results = at_once(lambda: actions.submit(one, by=head), lambda: actions.submit(other, by=head))
    assert kinds(results) == ["MoveRefused", "Submission"]
    assert list(Submission.objects.values_list("number", "state")) == [(1, "submitted")]


def test_no_answer_slips_in_behind_the_hand_in(inspection, head, safety):
    """Whichever comes first: what is handed in is complete, and a save that comes later is refused."""
    lists.answered(inspection, by=head)
    gap = lists.saving("noncompliant", version=1)
    one, other = seen(inspection), seen(inspection)
    handed_in, saved = at_once(
        lambda: actions.submit(one, by=head), lambda: actions.answer(other, item=1, saving=gap, by=safety)
    )
    if isinstance(handed_in, actions.NotReady):
        assert isinstance(saved, Answer)
        assert Submission.objects.get().state == "draft"
    else:
        assert isinstance(saved, MoveRefused)
        assert Answer.objects.get(item__number=1).result == "compliant"


def test_two_taps_at_once_register_one_hazard(inspection, head, safety):
    actions.answer(inspection, item=1, saving=lists.saving("noncompliant", note="没有台账"), by=head)
    one, other = Answer.objects.get(), Answer.objects.get()
    first, second = at_once(
        lambda: actions.register_hazard(one, level="general", by=head),
        lambda: actions.register_hazard(other, level="general", by=safety),
    )
    assert first == second
    assert Hazard.objects.count() == 1
