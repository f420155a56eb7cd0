"""Role × act, and other people's rows, over every address of the app."""

import pytest
from django.urls import reverse

from campaigns.models import Submission
from checklists import actions
from checklists.models import SelfInspection
from checklists.tests import factories as lists
from organizations.models.people import ENTERPRISE_ROLES, Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

UNIT_ROLES = [role for role in Role if role not in ENTERPRISE_ROLES]
READ = [("self_inspection", "get"), ("result_workbook", "get")]
FILL = [("fill", "get"), ("fill", "post"), ("check", "get")]
DECIDE = [("accept", "post"), ("return_self_inspection", "get")]


@pytest.fixture
def firm():
    return make.enterprise()


@pytest.fixture
def inspection(firm):
    return lists.inspection(firm)


@pytest.fixture
def handed_in(inspection, firm):
    head = make.actor(firm, Role.DIRECTOR)
    actions.submit(lists.answered(inspection, by=head), by=head)
    return inspection


def status(client, holder, role, act, pk):
    client.force_login(make.member(holder, role).user)
    name, method = act
    return getattr(client, method)(reverse(f"checklists:{name}", args=[pk])).status_code


@pytest.mark.parametrize("role", ENTERPRISE_ROLES)
@pytest.mark.parametrize("act", FILL)
def test_every_post_of_the_firm_fills_in(client, firm, inspection, role, act):
    assert status(client, firm, role, act, inspection.pk) in (200, 302)


@pytest.mark.parametrize(
    ("role", "expected"), [(Role.HEAD, "submitted"), (Role.DIRECTOR, "submitted"), (Role.SAFETY, "draft")]
)
def test_those_who_answer_for_the_firm_hand_in(client, firm, inspection, role, expected):
    lists.answered(inspection, by=make.actor(firm, Role.SAFETY))
    code = status(client, firm, role, ("submit", "post"), inspection.pk)
    assert code == (302 if expected == "submitted" else 403)
    assert Submission.objects.get().state == expected


@pytest.mark.parametrize("role", UNIT_ROLES)
@pytest.mark.parametrize("act", READ)
def test_every_post_of_the_recipient_reads(client, handed_in, role, act):
    assert status(client, make.unit(), role, act, handed_in.pk) == 200


@pytest.mark.parametrize("role", UNIT_ROLES)
@pytest.mark.parametrize("act", DECIDE)
def test_those_who_review_decide(client, handed_in, role, act):
    may = role in (Role.CLERK, Role.REVIEWER, Role.DEPUTY, Role.CHIEF)
    assert status(client, make.unit(), role, act, handed_in.pk) in ((200, 302) if may else (403,))


@pytest.mark.parametrize("role", ENTERPRISE_ROLES)
@pytest.mark.parametrize("act", DECIDE)
def test_the_firm_does_not_decide_on_itself(client, firm, handed_in, role, act):
    assert status(client, firm, role, act, handed_in.pk) == 403


@pytest.mark.parametrize("act", DECIDE)
def test_who_sees_but_does_not_receive_does_not_decide(client, handed_in, act):
    assert status(client, make.city_bureau(), Role.REVIEWER, act, handed_in.pk) == 403


@pytest.mark.parametrize("act", [*FILL, ("submit", "post")])
def test_the_recipient_does_not_fill_in(client, handed_in, act):
    assert status(client, make.unit(), Role.CLERK, act, handed_in.pk) == 403


STRANGERS = {
    "邻家企业": lambda: (make.enterprise("邻家"), Role.HEAD),
    "别区同条线": lambda: (make.unit("文登区应急管理局", in_area=make.county("文登区")), Role.CLERK),
    "同区别条线": lambda: (make.unit("荣成市工业和信息化局", lines=("miit",), sectors=("船舶工业",)), Role.CLERK),
}


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("act", [*READ, *FILL, *DECIDE, ("submit", "post"), ("start", "get"), ("start", "post")])
def test_strangers_find_nothing(client, handed_in, who, act):
    holder, role = STRANGERS[who]()
    pk = handed_in.obligation_id if act[0] == "start" else handed_in.pk
    expected = (404,) if act[0] not in ("accept", "return_self_inspection") or role != Role.HEAD else (403, 404)
    assert status(client, holder, role, act, pk) in expected


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_see_nothing_in_lists(who, handed_in):
    holder, role = STRANGERS[who]()
    actor = make.actor(holder, role)
    assert not SelfInspection.objects.visible_to(actor).exists()
    assert not handed_in.answers.model.objects.visible_to(actor).exists()


def test_an_office_fills_in_for_its_bureau(client):
    bureau = make.unit()
    office = make.unit("综合科", kind="office", part_of=bureau, sectors=())
    inspection = lists.inspection(bureau)
    assert status(client, office, Role.CLERK, ("fill", "get"), inspection.pk) == 200


def test_a_sister_office_does_not_fill_in_for_another(client):
    bureau = make.unit()
    first = make.unit("综合科", kind="office", part_of=bureau, sectors=())
    second = make.unit("危化科", kind="office", part_of=bureau, sectors=())
    inspection = lists.inspection(first)
    assert status(client, second, Role.CLERK, ("fill", "get"), inspection.pk) == 404
