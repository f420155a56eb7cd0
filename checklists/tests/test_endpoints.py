"""What the fill page's script calls: statuses, never a redirect; whose rows; what a call costs."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists import actions
from checklists.models import Answer, Item
from checklists.tests import factories as lists
from documents.tests import samples
from hazards.models import Hazard
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

# Between the lines: not what the budgets of design §8 count.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


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


def sent(result="compliant", *, version=0, client_id=None, **fields):
    return {"client_id": client_id or str(uuid4()), "version": version, "result": result, **fields}


def address(inspection, number=1, name="save_answer"):
    return reverse(f"checklists:{name}", args=[inspection.pk, number])


def statements(queries):
    return [q["sql"] for q in queries if not q["sql"].startswith(FRAME)]


# Saving


def test_save_answers_with_what_stands(own, inspection):
    one = str(uuid4())
    reply = own.post(address(inspection), sent("noncompliant", client_id=one, note="没有台账", fixed_at_once="on"))
    assert reply.status_code == 200
    assert reply.json() == {
        "result": "noncompliant",
        "label": "不符合",
        "note": "没有台账",
        "fixed_at_once": True,
        "version": 1,
        "client_id": one,
        "by": "李总",
    }


def test_save_sent_again_answers_the_same(own, inspection):
    fields = sent("partial", note="缺")
    assert own.post(address(inspection), fields).json() == own.post(address(inspection), fields).json()
    assert Answer.objects.count() == 1


def test_two_tabs_get_409_with_the_answer_that_stands(own, inspection):
    own.post(address(inspection), sent("noncompliant", note="第一个窗口"))
    reply = own.post(address(inspection), sent("compliant"))
    assert reply.status_code == 409
    assert reply.json()["message"] == "该项已由他人或在另一个窗口修改，请核对后再决定保留哪一个。"
    assert reply.json()["current"]["note"] == "第一个窗口"
    assert reply.json()["current"]["version"] == 1


def test_clause_is_saved_beside_its_item(own, inspection):
    lists.clause(Item.objects.get(number=1), 1)
    assert own.post(address(inspection), sent("partial", clause="1")).status_code == 200
    assert Answer.objects.get().clause.number == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"result": ""}, "请选择对照结果。"),
        ({"result": "yes"}, "没有这个选项，请刷新页面后重选。"),
        ({"note": "长" * 501}, "情况说明最多500字，请精简。"),
        ({"client_id": ""}, "缺少本次填写的编号，请刷新页面。"),
    ],
)
def test_what_cannot_be_saved_is_a_400_that_says_why(own, inspection, fields, message):
    reply = own.post(address(inspection), sent() | fields)
    assert (reply.status_code, reply.json()["message"]) == (400, message)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("fields", [{"version": "-1"}, {"version": "x"}, {"client_id": "x"}, {"note": "a\x00b"}])
def test_nonsense_is_a_400(own, inspection, fields):
    assert own.post(address(inspection), sent() | fields).status_code == 400


def test_lines_of_a_note_end_as_on_the_page(own, inspection):
    """Browsers send a line's end as two characters; kept so, the page would find its own answer changed by another."""
    reply = own.post(address(inspection), sent("partial", note="一、缺台账\r\n二、缺记录\r\n"))

    assert reply.json()["note"] == "一、缺台账\n二、缺记录"
    assert Answer.objects.get().note == "一、缺台账\n二、缺记录"


def test_line_ends_count_once(own, inspection):
    """The page lets 500 characters be typed, ends of lines among them."""
    lines = "\r\n".join(["九个字的情况说明文"] * 50)

    assert len(lines.replace("\r\n", "\n")) == 499
    assert own.post(address(inspection), sent("partial", note=lines)).status_code == 200
    longer = own.post(address(inspection, 2), sent("partial", note=f"{lines}多两"))
    assert longer.json()["message"] == "情况说明最多500字，请精简。"


def test_hostile_note_is_kept_as_it_is(own, inspection):
    """It is the pages' and workbooks' business to show it safely (see test_pages, test_exports)."""
    hostile = '<script>alert(1)</script>\n=HYPERLINK("x")&\''
    assert own.post(address(inspection), sent("partial", note=hostile)).json()["note"] == hostile


def test_id_of_another_answer_is_a_400(own, inspection):
    one = str(uuid4())
    own.post(address(inspection, 1), sent(client_id=one))
    assert own.post(address(inspection, 2), sent(client_id=one)).status_code == 400


def test_item_the_list_does_not_have_is_a_404(own, inspection):
    reply = own.post(address(inspection, 99), sent())
    assert (reply.status_code, reply["Content-Type"]) == (404, "application/json")


def test_save_after_the_hand_in_is_a_403_with_the_reason(own, inspection, head):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    reply = own.post(address(inspection), sent("partial", version=1))
    assert reply.status_code == 403
    assert reply.json()["message"] == "第1稿待审核，不能修改；如需修改，请联系接收单位退回。"


def test_save_takes_no_get(own, inspection):
    assert own.get(address(inspection)).status_code == 405


# Who


@pytest.mark.parametrize("name", ["save_answer", "register_finding", "add_photo"])
def test_without_a_login_it_is_a_401_and_no_redirect(client, inspection, name):
    reply = client.post(address(inspection, name=name), sent())
    assert reply.status_code == 401
    assert "请在新窗口重新登录" in reply.content.decode()


@pytest.mark.parametrize("name", ["save_answer", "register_finding", "add_photo"])
def test_a_neighbours_inspection_is_a_404(client, inspection, name):
    client.force_login(make.member(make.enterprise("邻家"), Role.HEAD).user)
    reply = client.post(address(inspection, name=name), sent())
    assert (reply.status_code, reply["Content-Type"]) == (404, "application/json")


def test_who_may_only_read_gets_a_403_with_the_reason(client, inspection, head):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    client.force_login(make.member(make.unit()).user)
    reply = client.post(address(inspection), sent(version=1))
    assert reply.status_code == 403
    assert reply.json()["message"] == "只有填报单位自己可以填写对照检查。"


@pytest.mark.parametrize("role", [Role.HEAD, Role.DIRECTOR, Role.SAFETY])
def test_every_post_of_the_firm_may_answer(client, inspection, firm, role):
    client.force_login(make.member(firm, role).user)
    assert client.post(address(inspection), sent()).status_code == 200


@pytest.mark.parametrize("role", [Role.ADMIN, Role.REVIEWER, Role.DEPUTY, Role.CHIEF, Role.OFFICER])
def test_posts_of_a_unit_that_do_not_answer_get_a_403(client, role):
    bureau = make.unit()
    inspection = lists.inspection(bureau)
    client.force_login(make.member(bureau, role).user)
    assert client.post(address(inspection), sent()).status_code == 403


# Consequences


def test_finding_becomes_a_hazard_once(own, inspection):
    own.post(address(inspection), sent("noncompliant", note="没有台账"))
    reply = own.post(address(inspection, name="register_finding"), {"level": "major"})
    hazard = Hazard.objects.get()
    assert reply.json() == {
        "label": f"已登记重大隐患 {hazard.number}",
        "url": f"/hazards/{hazard.pk}/",
        "id": hazard.pk,
    }
    assert own.post(address(inspection, name="register_finding"), {"level": "general"}).json()["id"] == hazard.pk


def test_finding_without_an_answer_is_a_404(own, inspection):
    assert own.post(address(inspection, name="register_finding"), {"level": "general"}).status_code == 404


def test_finding_without_a_note_says_what_to_do(own, inspection):
    own.post(address(inspection), sent("noncompliant"))
    reply = own.post(address(inspection, name="register_finding"), {"level": "general"})
    assert (reply.status_code, reply.json()["message"]) == (403, "请先填写第1项的情况说明，再登记。")


def test_departments_finding_becomes_a_problem(client):
    bureau = make.unit()
    inspection = lists.inspection(bureau)
    client.force_login(make.member(bureau).user)
    client.post(address(inspection), sent("noncompliant", note="未建立清单"))
    reply = client.post(address(inspection, name="register_finding"), {"level": "problem"})
    assert reply.json()["label"] == "已列入问题隐患清单"
    assert not Hazard.objects.exists()


def test_photo_is_kept(own, inspection):
    own.post(address(inspection), sent("noncompliant", note="没有台账"))
    upload = samples.upload("现场.jpg", samples.photo())
    reply = own.post(address(inspection, name="add_photo"), {"photo": upload})
    assert reply.status_code == 200
    shown = own.get(reply.json()["url"])
    assert shown["Content-Type"] == "image/jpeg"
    shown.close()


@pytest.mark.parametrize("fields", [{}, {"photo": "x"}])
def test_photo_that_is_none_is_a_400(own, inspection, fields):
    own.post(address(inspection), sent())
    assert own.post(address(inspection, name="add_photo"), fields).status_code == 400


def test_file_that_is_no_picture_is_a_400(own, inspection):
    own.post(address(inspection), sent())
    reply = own.post(address(inspection, name="add_photo"), {"photo": samples.upload("a.jpg", samples.PDF)})
    assert reply.status_code == 400
    assert "只能上传" in reply.json()["message"]


# What it costs (design §8)


@pytest.mark.parametrize("version", [0, 1])
def test_saving_an_answer_costs_six_statements(own, inspection, version):
    """User, post, page, the draft's lock, the question with its answer, the write."""
    if version:
        own.post(address(inspection), sent())
    with CaptureQueriesContext(connection) as queries:
        own.post(address(inspection), sent("partial", version=version))
    assert len(statements(queries)) == 6


def test_saving_costs_a_department_no_more(client):
    bureau = make.unit()
    inspection = lists.inspection(bureau)
    client.force_login(make.member(bureau).user)
    with CaptureQueriesContext(connection) as queries:
        client.post(address(inspection), sent())
    assert len(statements(queries)) == 6


@pytest.mark.parametrize("items", [3, 56])
def test_submitting_costs_twelve_statements_however_long_the_list(own, firm, head, items):
    """User, post, page; the draft, its three of a move, the stamp, the audit row, message, gaps, how far it reaches."""
    inspection = lists.inspection(firm, by=head, of=lists.checklist(f"list-{items}", items=items))
    lists.answered(inspection, by=head)
    with CaptureQueriesContext(connection) as queries:
        own.post(reverse("checklists:submit", args=[inspection.pk]))
    assert len(statements(queries)) == 12
