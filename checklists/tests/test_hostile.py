"""What a broken device or a hostile hand may send: always a status and a reason, never a redirect, never a 500."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from checklists import actions
from checklists.models import Answer, Item
from checklists.tests import factories as lists
from documents.models import StoredFile
from documents.tests import samples
from hazards.models import Hazard, Problem
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

NAMES = ["save_answer", "register_finding", "add_photo"]
HUGE = 10**30


@pytest.fixture
def firm():
    return make.enterprise()


@pytest.fixture
def head(firm):
    return make.actor(firm, Role.HEAD, name="李总")


@pytest.fixture
def inspection(firm, head):
    return lists.inspection(firm, by=head)


@pytest.fixture
def own(client, head):
    client.force_login(head.user)
    return client


@pytest.fixture
def theirs():
    """The neighbours' inspection with one answer."""
    other = make.enterprise("荣成邻家食品有限公司")
    by = make.actor(other, Role.HEAD)
    inspection = lists.inspection(other, by=by)
    actions.answer(inspection, item=1, saving=lists.saving("noncompliant", note="邻家的"), by=by)
    return inspection


def sent(result="compliant", **fields):
    return {"client_id": str(uuid4()), "version": 0, "result": result} | fields


def address(inspection, number=1, name="save_answer"):
    return reverse(f"checklists:{name}", args=[inspection.pk, number])


def refused(reply):
    """Its status; the reason stands in JSON and in Chinese."""
    assert reply["Content-Type"] == "application/json"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in reply.json()["message"])
    return reply.status_code


# Fields


@pytest.mark.parametrize(
    "fields",
    [
        {"client_id": "not-a-uuid"},
        {"client_id": "0"},
        {"client_id": "' OR 1=1 --"},
        {"version": ""},
        {"version": "-1"},
        {"version": "1.5"},
        {"version": "一"},
        {"version": "0x1"},
        {"version": "NaN"},
        {"result": "COMPLIANT"},
        {"result": "符合"},
        {"result": "compliant\x00"},
        {"result": "a" * 10_000},
        {"note": "长" * 501},
        {"note": "x" * 1_000_000},
        {"note": "\x00"},
        {"clause": "0"},
        {"clause": "-1"},
        {"clause": "x"},
    ],
)
def test_field_of_the_wrong_kind_is_a_400_and_saves_nothing(own, inspection, fields):
    assert refused(own.post(address(inspection), sent() | fields)) == 400
    assert not Answer.objects.exists()


@pytest.mark.parametrize("name", ["client_id", "version", "result"])
def test_field_left_out_is_a_400(own, inspection, name):
    fields = sent()
    del fields[name]

    assert refused(own.post(address(inspection), fields)) == 400
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"result": "compliant", "version": 0}', "application/json"),
        ("[]", "application/json"),
        ("{", "application/json"),
        ("null", "text/plain"),
        ("result=compliant", "text/plain"),
        ("<answer/>", "application/xml"),
        (b"\xff\xfe\x00", "application/octet-stream"),
        ("--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_body_of_another_kind_is_a_400(own, inspection, head, name, body, kind):
    actions.answer(inspection, item=1, saving=lists.saving("noncompliant"), by=head)

    reply = own.post(address(inspection, name=name), body, content_type=kind)

    assert refused(reply) == 400
    assert Answer.objects.get().result == "noncompliant"
    assert not Hazard.objects.exists()


@pytest.mark.parametrize("note", ["", " ", "\t\n", "\u3000"])
def test_note_of_spaces_is_kept_as_none(own, inspection, note):
    assert own.post(address(inspection), sent("partial", note=note)).status_code == 200
    assert Answer.objects.get().note == ""


def test_note_of_500_characters_is_kept_whole(own, inspection):
    note = "隐患" * 250

    assert own.post(address(inspection), sent("partial", note=note)).status_code == 200
    assert Answer.objects.get().note == note


@pytest.mark.parametrize("field", ["id", "inspection", "hazard", "answered_by", "returned_reason", "item"])
def test_fields_that_are_not_asked_for_change_nothing(own, inspection, theirs, head, field):
    other = theirs.answers.get()

    assert own.post(address(inspection), sent(**{field: other.pk})).status_code == 200

    mine = inspection.answers.get()
    assert (mine.item.number, mine.answered_by, mine.hazard, mine.returned_reason) == (1, head.user, None, "")
    assert theirs.answers.get().note == "邻家的"


@pytest.mark.parametrize("version", [1, 7, HUGE])
def test_version_that_never_was_is_a_409_without_an_answer(own, inspection, version):
    reply = own.post(address(inspection), sent(version=version))

    assert refused(reply) == 409
    assert reply.json()["current"] is None


# Addresses


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("number", [0, 4, 32768, HUGE])
def test_number_the_list_does_not_have_is_a_404(own, inspection, name, number):
    assert refused(own.post(address(inspection, number, name), sent())) == 404


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pk", [0, 999_999, HUGE])
def test_inspection_that_is_none_is_a_404(own, inspection, name, pk):
    assert refused(own.post(reverse(f"checklists:{name}", args=[pk, 1]), sent())) == 404


@pytest.mark.parametrize("clause", [1, 99, 32768, HUGE])
def test_clause_the_item_does_not_have_is_a_404(own, inspection, clause):
    assert refused(own.post(address(inspection), sent(clause=clause))) == 404
    assert not Answer.objects.exists()


def test_clause_of_another_item_is_a_404(own, inspection):
    lists.clause(Item.objects.get(number=2), 1)

    assert refused(own.post(address(inspection, 1), sent(clause=1))) == 404


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_only_posts_are_taken(own, inspection, name, method):
    assert getattr(own, method)(address(inspection, name=name)).status_code == 405
    assert not Answer.objects.exists()


# Whose


def test_id_of_a_neighbours_answer_is_a_400_and_leaves_it_alone(own, inspection, theirs):
    """The device's id is unique over all firms, and must tell nothing of another's answer."""
    stolen = theirs.answers.get()
    reply = own.post(address(inspection), sent(client_id=str(stolen.client_id)))

    assert refused(reply) == 400
    assert "邻家" not in reply.content.decode()
    stolen.refresh_from_db()
    assert (stolen.result, stolen.note, stolen.version) == ("noncompliant", "邻家的", 1)


@pytest.mark.parametrize("name", NAMES)
def test_neighbours_answer_is_a_404_whatever_is_sent(own, theirs, name):
    fields = sent(version=1) | {"level": "major", "photo": samples.upload("a.jpg", samples.photo())}

    assert refused(own.post(address(theirs, name=name), fields)) == 404
    assert theirs.answers.get().version == 1
    assert not Hazard.objects.exists() and not StoredFile.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_without_the_token_of_the_page_it_is_a_403_and_no_redirect(inspection, head, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(head.user)

    reply = client.post(address(inspection, name=name), sent(), headers={"Accept": "application/json"})

    assert reply.status_code == 403
    assert reply.content.decode() == "页面停留过久或已重新登录，请刷新页面后再提交。"
    assert not Answer.objects.exists()


def test_somebody_without_a_post_is_refused_and_not_led_away(client, inspection):
    client.force_login(make.user("无岗位"))

    assert client.post(address(inspection), sent()).status_code in (403, 404)


# Findings and photos


@pytest.mark.parametrize("level", ["", "minor", "MAJOR", "重大", "major\x00", "x" * 10_000])
def test_level_that_is_none_is_a_400_and_registers_nothing(own, inspection, head, level):
    """A major hazard must not go into the ledger as a general one because of a slip on the way."""
    actions.answer(inspection, item=1, saving=lists.saving("noncompliant", note="没有台账"), by=head)

    assert refused(own.post(address(inspection, name="register_finding"), {"level": level})) == 400
    assert not Hazard.objects.exists()


@pytest.mark.parametrize("result", ["compliant", "not_applicable"])
def test_what_does_not_fall_short_becomes_no_hazard(own, inspection, head, result):
    actions.answer(inspection, item=1, saving=lists.saving(result, note="都好"), by=head)

    assert refused(own.post(address(inspection, name="register_finding"), {"level": "major"})) == 403
    assert not Hazard.objects.exists()


def test_firm_makes_no_problem_of_a_unit(own, inspection, head):
    actions.answer(inspection, item=1, saving=lists.saving("noncompliant", note="没有台账"), by=head)

    own.post(address(inspection, name="register_finding"), {"level": "general", "unit": make.unit().pk})

    assert (Hazard.objects.count(), Problem.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("现场.jpg", b""),
        ("现场.jpg", b"<script>alert(1)</script>"),
        ("现场.jpg", b"GIF89a"),
        ("现场.jpg", b"\xff\xd8\xff"),
        ("现场.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("现场.jpg", samples.PDF),
    ],
)
def test_photo_that_is_none_is_a_400_and_is_not_kept(own, inspection, head, name, content):
    actions.answer(inspection, item=1, saving=lists.saving(), by=head)

    assert refused(own.post(address(inspection, name="add_photo"), {"photo": samples.upload(name, content)})) == 400
    assert not StoredFile.objects.exists()


def test_photo_beyond_the_limit_is_a_400(own, inspection, head, settings):
    settings.UPLOAD_MAX_BYTES = 100
    actions.answer(inspection, item=1, saving=lists.saving(), by=head)

    reply = own.post(address(inspection, name="add_photo"), {"photo": samples.upload("a.jpg", samples.photo())})

    assert refused(reply) == 400


def test_photo_after_the_hand_in_is_a_403(own, inspection, head):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)

    reply = own.post(address(inspection, name="add_photo"), {"photo": samples.upload("a.jpg", samples.photo())})

    assert refused(reply) == 403
    assert not StoredFile.objects.exists()


# The page without scripts


def test_one_id_for_two_items_is_told_and_the_rest_is_saved(own, inspection):
    one = str(uuid4())
    fields = {"1-client_id": one, "1-version": "0", "1-result": "compliant"}
    fields |= {"2-client_id": one, "2-version": "0", "2-result": "compliant"}
    fields |= {"3-client_id": str(uuid4()), "3-version": "0", "3-result": "compliant"}

    reply = own.post(reverse("checklists:fill", args=[inspection.pk]), fields, follow=True)

    assert reply.status_code == 200
    assert [str(message) for message in reply.context["messages"]] == [
        "第2项没有保存：本次填写的编号已用于另一项，请刷新页面后重填。"
    ]
    assert list(Answer.objects.values_list("item__number", flat=True)) == [1, 3]


@pytest.mark.parametrize(
    "wrong", [{"1-result": "x"}, {"1-version": "x"}, {"1-client_id": "x"}, {"1-note": "长" * 501}, {"1-note": "\x00"}]
)
def test_field_of_the_wrong_kind_is_told_by_its_item_and_the_rest_is_saved(own, inspection, wrong):
    fields = {"1-client_id": str(uuid4()), "1-version": "0", "1-result": "partial"} | wrong
    fields |= {"2-client_id": str(uuid4()), "2-version": "0", "2-result": "compliant"}

    reply = own.post(reverse("checklists:fill", args=[inspection.pk]), fields, follow=True)

    (message,) = map(str, reply.context["messages"])
    assert message.startswith("第1项没有保存：")
    assert list(Answer.objects.values_list("item__number", flat=True)) == [2]


@pytest.mark.parametrize("name", ["fill", "check", "submit", "self_inspection", "accept", "return_self_inspection"])
def test_pages_of_no_inspection_are_a_404(own, inspection, name):
    method = own.post if name in ("submit", "accept") else own.get

    # Whoever may not review is told so before anything is looked up.
    expected = 403 if name in ("accept", "return_self_inspection") else 404
    assert method(reverse(f"checklists:{name}", args=[HUGE])).status_code == expected
