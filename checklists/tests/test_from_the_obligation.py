"""From an obligation, or the list, to its checklist: a way for whoever may write, a reason for whoever may not."""

import pytest
from django.urls import reverse

from checklists import actions
from checklists.tests import factories as lists
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
def inspection(firm, head):
    return lists.inspection(firm, by=head)


def url(name, *args):
    return reverse(f"checklists:{name}", args=args)


def obligation_page(client, inspection):
    return client.get(inspection.obligation.get_absolute_url()).text


def test_safety_officer_gets_from_the_obligation_to_the_questions(client, firm, inspection):
    """Home leads to the obligation; he may not hand in, but it is he who answers."""
    client.force_login(make.member(firm, Role.SAFETY).user)

    shown = obligation_page(client, inspection)

    assert f'href="{url("start", inspection.obligation_id)}"' in shown
    assert "请由本企业主要负责人或安全总监（分管负责人）办理" in shown
    assert client.get(url("start", inspection.obligation_id), follow=True).status_code == 200


def test_who_may_not_answer_gets_no_button_but_the_reason(client):
    bureau = make.unit("荣成市工业和信息化局", lines=("miit",))
    inspection = lists.inspection(bureau, of=lists.checklist("unit"))
    client.force_login(make.member(bureau, Role.OFFICER).user)

    shown = obligation_page(client, inspection)

    assert url("start", inspection.obligation_id) not in shown
    assert "“执法人员”岗位不能报送。请由本单位经办人办理。" in shown


def test_who_may_not_answer_finds_no_button_in_the_list_either(client):
    bureau = make.unit("荣成市工业和信息化局", lines=("miit",))
    inspection = lists.inspection(bureau, of=lists.checklist("unit"))
    client.force_login(make.member(bureau, Role.OFFICER).user)

    shown = client.get(url("self_inspections")).text

    assert inspection.obligation.title in shown
    assert url("fill", inspection.pk) not in shown
    assert inspection.obligation.get_absolute_url() in shown


@pytest.mark.parametrize("who", ["firm", "recipient"])
def test_what_was_accepted_is_read_from_the_obligation(client, firm, head, inspection, who):
    actions.submit(lists.answered(inspection, by=head), by=head)
    reviewer = make.actor(make.unit(), Role.REVIEWER)
    actions.accept(inspection, by=reviewer)
    client.force_login(reviewer.user if who == "recipient" else make.member(firm, Role.SAFETY).user)

    assert f'href="{url("start", inspection.obligation_id)}"' in obligation_page(client, inspection)
    landed = client.get(url("start", inspection.obligation_id), follow=True)
    assert landed.request["PATH_INFO"] == url("self_inspection", inspection.pk)
