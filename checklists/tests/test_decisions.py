"""Handing in, what is missing, returning with reasons by item, accepting; and what a hand-in costs."""

import pytest
from django.db import transaction

from campaigns.models import Obligation, Submission
from checklists import actions
from checklists.models import Answer, Item, SelfInspection, gaps
from checklists.tests import factories as lists
from lib.transitions import MoveRefused
from notifications.models import Message
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
def officer():
    return make.actor(make.unit(), Role.REVIEWER, name="周审核")


@pytest.fixture
def inspection(firm, head):
    return lists.inspection(firm, by=head)


def held(inspection):
    return SelfInspection.objects.with_held().get(pk=inspection.pk).held


def test_submit_hands_the_obligation_in(inspection, head):
    lists.answered(inspection, by=head)
    submission = actions.submit(inspection, by=head)
    assert (submission.number, submission.state) == (1, "submitted")
    assert Obligation.objects.get().handed_in_at == submission.submitted_at
    assert held(inspection)


def test_submit_names_every_item_that_is_missing(inspection, head):
    actions.answer(inspection, item=2, saving=lists.saving("noncompliant"), by=head)
    with pytest.raises(actions.NotReady, match="还有3项未填完（第1、2、3），请补齐后再提交。") as caught:
        actions.submit(inspection, by=head)
    assert [(gap.number, gap.reason) for gap in caught.value.gaps] == [
        (1, "未选择对照结果"),
        (2, "选了“不符合”，请填写情况说明"),
        (3, "未选择对照结果"),
    ]


def test_submit_that_is_not_ready_leaves_no_trace(inspection, head):
    with pytest.raises(actions.NotReady):
        actions.submit(inspection, by=head)
    assert Submission.objects.get().state == "draft"
    assert Obligation.objects.get().handed_in_at is None
    assert not Message.objects.exists()


@pytest.mark.parametrize("result", ["partial", "noncompliant"])
@pytest.mark.parametrize("note", ["", " \n "])
def test_what_falls_short_needs_a_note(inspection, head, result, note):
    lists.answered(inspection, by=head, results={3: result}, notes={3: note})
    assert [gap.number for gap in gaps(inspection)] == [3]


@pytest.mark.parametrize("result", ["compliant", "not_applicable"])
def test_what_does_not_fall_short_needs_no_note(inspection, head, result):
    lists.answered(inspection, by=head, results={3: result})
    assert gaps(inspection) == []


def test_item_cannot_comply_while_one_of_its_clauses_does_not(inspection, head):
    lists.clause(Item.objects.get(number=2), 1)
    lists.answered(inspection, by=head)
    actions.answer(inspection, item=2, clause=1, saving=lists.saving("noncompliant"), by=head)
    assert [(gap.number, gap.reason) for gap in gaps(inspection)] == [(2, "有分项未达到要求，整项不能选“符合”")]


@pytest.mark.parametrize("result", ["partial", "noncompliant"])
@pytest.mark.parametrize(
    ("whole", "reason"),
    [
        ("compliant", "有分项未达到要求，整项不能选“符合”"),
        ("not_applicable", "有分项未达到要求，整项不能选“不涉及”"),
        ("partial", ""),
        ("noncompliant", ""),
    ],
)
def test_clause_that_falls_short_is_not_hidden_by_its_item(inspection, head, result, whole, reason):
    """One yes or no over a compound item hides failures: whoever finds one part lacking cannot call the whole fine."""
    lists.clause(Item.objects.get(number=2), 1)
    lists.answered(inspection, by=head, results={2: whole})
    actions.answer(inspection, item=2, clause=1, saving=lists.saving(result), by=head)

    assert [gap.reason for gap in gaps(inspection)] == ([reason] if reason else [])


@pytest.mark.parametrize("result", ["compliant", "not_applicable"])
def test_clause_that_does_not_fall_short_asks_nothing_of_its_item(inspection, head, result):
    lists.clause(Item.objects.get(number=2), 1)
    lists.answered(inspection, by=head, results={2: "not_applicable"})
    actions.answer(inspection, item=2, clause=1, saving=lists.saving(result), by=head)

    assert gaps(inspection) == []


def test_clauses_left_open_do_not_stand_in_the_way(inspection, head):
    lists.clause(Item.objects.get(number=2), 1)
    lists.answered(inspection, by=head)
    assert gaps(inspection) == []


def test_answers_of_another_firm_do_not_fill_the_gaps(inspection):
    other = make.enterprise("邻家")
    theirs = lists.inspection(other)
    lists.answered(theirs, by=make.actor(other, Role.HEAD))
    assert [gap.number for gap in gaps(inspection)] == [1, 2, 3]


def test_submit_twice_is_refused_and_stays_one(inspection, head):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    with pytest.raises(MoveRefused, match="第1稿待审核"):
        actions.submit(inspection, by=head)
    assert Submission.objects.count() == 1


def test_accept_fulfils_the_obligation(inspection, head, officer):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    assert actions.accept(inspection, by=officer).state == "accepted"
    assert Obligation.objects.get().state == "fulfilled"
    assert held(inspection)


def test_return_writes_reasons_beside_the_items_and_unlocks(inspection, head, officer):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    returned = actions.return_with_reasons(
        inspection, reasons={3: " 请附照片 ", 1: "请写明制度名称", 2: ""}, reason="请补充后重报", by=officer
    )
    assert returned.reason == "请补充后重报\n第1项：请写明制度名称\n第3项：请附照片"
    reasons = Answer.objects.order_by("item__number").values_list("item__number", "returned_reason")
    assert list(reasons) == [(1, "请写明制度名称"), (2, ""), (3, "请附照片")]
    assert not held(inspection)


def test_return_by_item_needs_no_reason_for_the_whole(inspection, head, officer):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    assert actions.return_with_reasons(inspection, reasons={2: "请核实"}, by=officer).reason == "第2项：请核实"


def test_return_without_any_reason_is_refused(inspection, head, officer):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    with pytest.raises(MoveRefused, match="请写明理由"):
        actions.return_with_reasons(inspection, reasons={2: " "}, by=officer)
    assert held(inspection)


def test_second_return_replaces_the_reasons_of_the_first(inspection, head, officer):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    actions.return_with_reasons(inspection, reasons={1: "请写明制度名称"}, by=officer)
    actions.submit(inspection, by=head)
    actions.return_with_reasons(inspection, reasons={2: "请附照片"}, by=officer)
    reasons = Answer.objects.order_by("item__number").values_list("returned_reason", flat=True)
    assert list(reasons) == ["", "请附照片", ""]
    assert list(Submission.objects.values_list("number", "state")) == [(1, "returned"), (2, "returned")]


def test_nothing_to_decide_before_the_hand_in(inspection, officer):
    with pytest.raises(MoveRefused, match="目前没有等待审核的报送件"):
        actions.accept(inspection, by=officer)
    with pytest.raises(MoveRefused, match="目前没有等待审核的报送件"):
        actions.return_with_reasons(inspection, reasons={}, reason="请补充", by=officer)


@pytest.mark.parametrize("items", [3, 56])
def test_submit_costs_nine_statements_however_long_the_list(firm, head, items, django_assert_num_queries):
    """The hand-in's seven, the look through the answers and up to where they reach; with user, post and page twelve."""
    inspection = lists.inspection(firm, by=head, of=lists.checklist(f"list-{items}", items=items))
    lists.answered(inspection, by=head)
    inspection.obligation  # noqa: B018  # the page has it already
    with transaction.atomic(), django_assert_num_queries(9 + 4):  # + two savepoints of this test
        actions.submit(inspection, by=head)
