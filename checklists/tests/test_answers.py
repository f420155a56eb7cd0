"""Saving answers: resends, two tabs, two people, after the hand-in; and what a save costs."""

from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from campaigns.actions import submissions
from campaigns.models import Submission
from checklists import actions
from checklists.models import Answer, Item, SelfInspection
from checklists.tests import factories as lists
from lib.transitions import MoveRefused
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make.enterprise()


@pytest.fixture
def head(firm):
    return make.actor(firm, Role.HEAD, name="李总")


@pytest.fixture
def safety(firm):
    return make.actor(firm, Role.SAFETY, name="赵安")


@pytest.fixture
def inspection(firm, head):
    return lists.inspection(firm, by=head)


def save(inspection, by, *, item=1, clause=None, **saving):
    return actions.answer(inspection, item=item, clause=clause, saving=lists.saving(**saving), by=by)


# Opening


def test_open_takes_the_latest_published_version(firm, head):
    lists.checklist(version=1)
    newest = lists.checklist(version=2)
    lists.checklist(version=3, published_on=None)
    made = actions.open_inspection(lists.obligation(firm), by=head)
    assert made.checklist == newest


def test_open_keeps_where_and_what_the_firm_is(firm, head):
    lists.checklist()
    owed = lists.obligation(firm)
    made = actions.open_inspection(owed, by=head)
    assert (made.enterprise, made.unit, made.obligation) == (firm, None, owed)
    assert (made.area, made.reporting_area, made.handled_in, made.sector) == (
        firm.area,
        firm.area,
        firm.area,
        firm.sector,
    )


def test_open_twice_is_one_inspection(firm, head, safety):
    lists.checklist()
    owed = lists.obligation(firm)
    assert actions.open_inspection(owed, by=head) == actions.open_inspection(owed, by=safety)
    assert SelfInspection.objects.count() == 1
    assert Submission.objects.count() == 1
    assert AuditEntry.objects.filter(verb="self_inspection.open").count() == 1


def test_open_without_a_published_list_says_whom_to_ask(firm, head):
    lists.checklist(published_on=None)
    with pytest.raises(MoveRefused, match="没有已发布的对照检查表"):
        actions.open_inspection(lists.obligation(firm), by=head)


def test_open_after_the_hand_in_is_the_same_inspection(inspection, head):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    assert actions.open_inspection(inspection.obligation, by=head) == inspection


# Saving


def test_first_save_makes_version_one(inspection, head):
    made = save(inspection, head, result="partial", note="缺记录")
    stored = Answer.objects.get()
    assert stored == made
    assert (stored.version, stored.result, stored.note, stored.answered_by) == (1, "partial", "缺记录", head.user)


def test_next_save_names_the_version_it_was_made_from(inspection, head, safety):
    save(inspection, head)
    save(inspection, safety, version=1, result="noncompliant", note="未建立", fixed_at_once=True)
    stored = Answer.objects.get()
    assert (stored.version, stored.result, stored.note) == (2, "noncompliant", "未建立")
    assert stored.fixed_at_once is True
    assert stored.answered_by == safety.user


def test_same_save_sent_again_is_the_same_answer(inspection, head):
    sent = lists.saving("partial", note="缺记录")
    first = actions.answer(inspection, item=1, saving=sent, by=head)
    again = actions.answer(inspection, item=1, saving=sent, by=head)
    assert again == first
    assert (again.version, Answer.objects.count()) == (1, 1)


def test_resend_of_a_change_is_the_same_answer(inspection, head):
    save(inspection, head)
    change = lists.saving("partial", version=1, note="缺记录")
    actions.answer(inspection, item=1, saving=change, by=head)
    assert actions.answer(inspection, item=1, saving=change, by=head).version == 2


def test_resend_after_somebody_else_answered_is_a_conflict(inspection, head, safety):
    """The lost reply's answer was seen and changed by a colleague: it does not come back by itself."""
    lost = lists.saving("compliant")
    actions.answer(inspection, item=1, saving=lost, by=head)
    save(inspection, safety, version=1, result="noncompliant", note="没有台账")
    with pytest.raises(actions.Conflict) as caught:
        actions.answer(inspection, item=1, saving=lost, by=head)
    assert caught.value.current.result == "noncompliant"
    assert caught.value.current.answered_by == safety.user


def test_two_tabs_conflict_and_nothing_is_overwritten(inspection, head):
    save(inspection, head, note="第一个窗口")
    with pytest.raises(actions.Conflict) as caught:
        save(inspection, head, result="not_applicable", note="第二个窗口")
    assert caught.value.current.note == "第一个窗口"
    assert Answer.objects.get().note == "第一个窗口"


def test_save_made_from_an_older_version_is_a_conflict(inspection, head):
    save(inspection, head)
    save(inspection, head, version=1, result="partial", note="缺")
    with pytest.raises(actions.Conflict):
        save(inspection, head, version=1, result="noncompliant", note="缺")


def test_save_made_from_a_version_that_never_was_is_a_conflict(inspection, head):
    with pytest.raises(actions.Conflict) as caught:
        save(inspection, head, version=3)
    assert caught.value.current is None


def test_one_id_for_two_different_answers_is_a_conflict(inspection, head):
    one = uuid4()
    save(inspection, head, client_id=one)
    with pytest.raises(actions.Conflict):
        save(inspection, head, client_id=one, result="noncompliant")


def test_an_id_used_elsewhere_writes_nothing(inspection, head):
    one = uuid4()
    save(inspection, head, item=1, client_id=one)
    with pytest.raises(IntegrityError), transaction.atomic():
        save(inspection, head, item=2, client_id=one)
    assert Answer.objects.count() == 1


def test_clause_is_answered_beside_its_item(inspection, head):
    lists.clause(Item.objects.get(number=1), 1)
    save(inspection, head, result="partial", note="分项1未落实")
    made = save(inspection, head, clause=1, result="noncompliant", note="未落实")
    assert made.clause.number == 1
    assert list(Answer.objects.values_list("clause__number", "result")) == [(1, "noncompliant"), (None, "partial")]


def test_item_of_another_list_does_not_exist(inspection, head):
    lists.item(lists.checklist("other-list", items=0), 40)
    with pytest.raises(ObjectDoesNotExist):
        save(inspection, head, item=40)
    with pytest.raises(ObjectDoesNotExist):
        save(inspection, head, item=1, clause=9)


def test_fixed_at_once_belongs_to_what_falls_short(inspection, head):
    assert save(inspection, head, fixed_at_once=True).fixed_at_once is False
    assert save(inspection, head, item=2, result="partial", fixed_at_once=True).fixed_at_once is True


def test_save_keeps_the_hazard_and_the_reason_it_was_returned_with(inspection, head):
    save(inspection, head, result="partial", note="缺")
    Answer.objects.update(returned_reason="请写明台账名称")
    save(inspection, head, version=1, result="partial", note="缺《隐患台账》")
    assert Answer.objects.get().returned_reason == "请写明台账名称"


def test_earlier_answers_stay_in_the_history(inspection, head):
    save(inspection, head)
    save(inspection, head, version=1, result="noncompliant", note="复核后发现缺记录")
    events = Answer.pgh_event_model.objects.order_by("pgh_id")
    assert list(events.values_list("version", "result")) == [(1, "compliant"), (2, "noncompliant")]


# After the hand-in


def test_nothing_is_saved_after_the_hand_in(inspection, head):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    with pytest.raises(MoveRefused, match="第1稿待审核，不能修改"):
        save(inspection, head, version=1, result="noncompliant")


def test_return_opens_it_again_and_the_first_save_starts_the_next_version(inspection, head):
    lists.answered(inspection, by=head)
    submission = actions.submit(inspection, by=head)
    submissions.return_submission(submission, by=make.actor(make.unit()), reason="请补充")
    save(inspection, head, version=1, result="partial", note="缺")
    assert list(Submission.objects.values_list("number", "state")) == [(1, "returned"), (2, "draft")]


# What it costs


@pytest.mark.parametrize("saved", [0, 1])
def test_save_costs_three_statements(inspection, head, saved, django_assert_num_queries):
    """The draft's lock, the question with its answer, the write."""
    if saved:
        save(inspection, head)
    inspection.obligation  # noqa: B018  # the page has it already
    with transaction.atomic(), django_assert_num_queries(3 + 2):  # + the savepoint of this test
        save(inspection, head, version=saved, result="partial")
