"""Sent back with reasons by item: what the recipient may write, what the respondent finds, and what stays."""

from uuid import uuid4

import pytest
from django.urls import reverse

from campaigns.models import Obligation, Submission
from checklists import actions
from checklists.models import Answer
from checklists.tests import factories as lists
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
def handed_in(firm, head):
    inspection = lists.inspection(firm, by=head)
    actions.submit(lists.answered(inspection, by=head, results={2: "noncompliant"}), by=head)
    return inspection


@pytest.fixture
def officer():
    return make.actor(make.unit(), Role.REVIEWER, name="周审核")


@pytest.fixture
def desk(client, officer):
    client.force_login(officer.user)
    return client


def url(name, inspection):
    return reverse(f"checklists:{name}", args=[inspection.pk])


def send_back(desk, inspection, **fields):
    return desk.post(url("return_self_inspection", inspection), fields, follow=True)


def errors(response):
    return {name: list(texts) for name, texts in response.context["form"].errors.items()}


# What the recipient writes


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"reason": "请补充"}, "请补充"),
        ({"item_1": "请写明制度名称"}, "第1项：请写明制度名称"),
        ({"reason": " 请补充 ", "item_3": " 请附照片 "}, "请补充\n第3项：请附照片"),
        ({"item_3": "三", "item_1": "一"}, "第1项：一\n第3项：三"),
    ],
)
def test_reasons_reach_the_hand_in_in_the_order_of_the_list(desk, handed_in, fields, reason):
    response = send_back(desk, handed_in, **fields)

    submission = Submission.objects.get()
    assert (submission.state, submission.reason) == ("returned", reason)
    assert [str(message) for message in response.context["messages"]] == [
        "已退回荣成海源食品有限公司修改，对方将收到通知。"
    ]


@pytest.mark.parametrize("fields", [{"reason": " "}, {"item_2": "　"}, {"item_9": "没有这一项"}, {"item_x": "x"}])
def test_return_that_gives_no_reason_is_held_back(desk, handed_in, fields):
    response = send_back(desk, handed_in, **fields)

    assert errors(response)["__all__"] == ["请写明退回理由：在“总体意见”或有问题的条目下填写，填报单位将据此修改。"]
    assert Submission.objects.get().state == "submitted"


@pytest.mark.parametrize(("name", "most"), [("reason", 500), ("item_2", 200)])
def test_reason_that_is_too_long_is_told_at_its_field_and_nothing_typed_is_lost(desk, handed_in, name, most):
    response = send_back(desk, handed_in, **{name: "长" * (most + 1), "item_1": "请写明制度名称"})

    assert list(errors(response)) == [name]
    assert "请写明制度名称" in response.text
    assert "长" * (most + 1) in response.text
    assert Submission.objects.get().state == "submitted"


@pytest.mark.parametrize(("name", "most"), [("reason", 500), ("item_2", 200)])
def test_reason_of_full_length_is_taken(desk, handed_in, name, most):
    send_back(desk, handed_in, **{name: "长" * most})

    assert Submission.objects.get().state == "returned"


def test_sixty_two_reasons_of_full_length_are_all_kept(officer):
    """Nothing between the recipient's page and the respondent's inbox cuts or refuses them."""
    bureau = make.unit("荣成市工业和信息化局", lines=("miit",))
    clerk = make.actor(bureau)
    inspection = lists.inspection(bureau, by=clerk, of=lists.checklist("long", items=62))
    actions.submit(lists.answered(inspection, by=clerk), by=clerk)

    reasons = dict.fromkeys(range(1, 63), "长" * 200)
    returned = actions.return_with_reasons(inspection, reasons=reasons, reason="总" * 500, by=officer)

    assert returned.reason.count("\n") == 62
    assert Answer.objects.filter(returned_reason="长" * 200).count() == 62
    assert returned.reason in Message.objects.order_by("-pk").first().body


def test_hostile_reason_is_shown_as_text(client, desk, handed_in, head):
    send_back(desk, handed_in, item_2="<script>alert(1)</script>")

    client.force_login(head.user)
    page = client.get(url("fill", handed_in)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


# What the respondent finds


def test_respondent_reads_each_reason_beside_its_item_and_no_other(client, desk, handed_in, head):
    send_back(desk, handed_in, item_2="请附照片")

    client.force_login(head.user)
    page = client.get(url("fill", handed_in)).text
    assert page.count("请附照片") == 1
    assert list(Answer.objects.exclude(returned_reason="").values_list("item__number", flat=True)) == [2]


def test_what_was_not_asked_about_stays_as_it_was_answered(desk, handed_in, head):
    send_back(desk, handed_in, item_2="请附照片")
    actions.answer(handed_in, item=2, saving=lists.saving("partial", version=1, note="已补照片"), by=head)
    actions.submit(handed_in, by=head)

    answers = Answer.objects.order_by("item__number").values_list("item__number", "version", "result")
    assert list(answers) == [(1, 1, "compliant"), (2, 2, "partial"), (3, 1, "compliant")]
    assert list(Submission.objects.order_by("number").values_list("number", "state")) == [
        (1, "returned"),
        (2, "submitted"),
    ]


def test_what_was_handed_in_first_stays_in_the_history(desk, handed_in, head):
    send_back(desk, handed_in, item_2="请附照片")
    actions.answer(handed_in, item=2, saving=lists.saving("partial", version=1, note="已补照片"), by=head)

    events = Answer.pgh_event_model.objects.filter(item__number=2).order_by("pgh_id")
    assert list(events.values_list("version", "result", "note")) == [
        (1, "noncompliant", "缺少记录"),
        (1, "noncompliant", "缺少记录"),  # the reason was written beside it
        (2, "partial", "已补照片"),
    ]


def test_first_hand_in_keeps_its_time_whatever_comes_after(desk, handed_in, head):
    """The first hand-in counts unless returned as 视为未报 (design §4.2)."""
    first = Obligation.objects.get().handed_in_at
    send_back(desk, handed_in, item_2="请附照片")
    actions.submit(handed_in, by=head)

    assert Obligation.objects.get().handed_in_at == first


def test_respondent_is_told_once_each_time(desk, handed_in, head, officer):
    before = Message.objects.count()
    send_back(desk, handed_in, item_2="请附照片")
    assert Message.objects.count() == before + 1

    actions.submit(handed_in, by=head)
    send_back(desk, handed_in, item_2="照片不清")
    assert Message.objects.filter(body__contains="照片不清").count() == 1


# Who decides, and when


@pytest.mark.parametrize("name", ["accept", "return_self_inspection"])
@pytest.mark.parametrize("decided", ["returned", "accepted"])
def test_what_was_decided_is_not_decided_again(desk, handed_in, officer, name, decided):
    if decided == "accepted":
        actions.accept(handed_in, by=officer)
    else:
        actions.return_with_reasons(handed_in, reasons={2: "请附照片"}, by=officer)

    response = desk.post(url(name, handed_in), {"reason": "再退"})

    assert response.status_code == 403
    assert "目前没有等待审核的报送件" in response.text
    assert Submission.objects.get().state == decided


@pytest.mark.parametrize("name", ["accept", "return_self_inspection"])
def test_what_is_being_mended_is_not_decided_on(desk, handed_in, officer, head, name):
    actions.return_with_reasons(handed_in, reasons={2: "请附照片"}, by=officer)
    actions.answer(handed_in, item=2, saving=lists.saving("partial", version=1, note="补"), by=head)

    assert desk.post(url(name, handed_in), {"reason": "再退"}).status_code == 403


def test_nothing_is_saved_while_the_second_version_waits(client, handed_in, officer, head):
    actions.return_with_reasons(handed_in, reasons={2: "请附照片"}, by=officer)
    actions.submit(handed_in, by=head)
    client.force_login(head.user)

    reply = client.post(
        reverse("checklists:save_answer", args=[handed_in.pk, 2]),
        {"client_id": str(uuid4()), "version": 1, "result": "compliant"},
    )

    assert reply.status_code == 403
    assert reply.json()["message"] == "第2稿待审核，不能修改；如需修改，请联系接收单位退回。"


def test_hazard_registered_before_the_return_stays_with_its_answer(desk, handed_in, head):
    answer = Answer.objects.get(item__number=2)
    hazard = actions.register_hazard(answer, level="general", by=head)
    send_back(desk, handed_in, item_2="请附照片")
    actions.answer(handed_in, item=2, saving=lists.saving("partial", version=1, note="补"), by=head)

    answer.refresh_from_db()
    assert (answer.hazard, answer.version) == (hazard, 2)
