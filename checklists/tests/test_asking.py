"""已填完，通知他们提交: whoever fills in and may not hand in lets those know who may."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from checklists import actions
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
def inspection(firm, head):
    return lists.inspection(firm, by=head)


def url(name, *args):
    return reverse(f"checklists:{name}", args=args)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_safety_officer_lets_those_know_who_hand_in(client, inspection, firm, head):
    """Once for each version, however often; neither the officer himself nor who has left his post."""
    lists.answered(inspection, by=head)
    director = make.member(firm, Role.DIRECTOR, name="王安全总监").user
    left = make.member(firm, Role.DIRECTOR, name="赵总监")
    left.active = False
    left.save(update_fields=["active"])
    make.member(make.enterprise("别家企业"), Role.HEAD, name="别家老总")
    client.force_login(make.member(firm, Role.SAFETY, name="孙安全员").user)

    for _ in range(2):
        assert said(client.post(url("ask_to_submit", inspection.pk)))[-1] == "已通知李总、王安全总监检查并提交。"

    told = Message.objects.filter(key__startswith="checklist:").order_by("pk")
    assert [message.user for message in told] == [head.user, director]
    assert told[0].url == url("check", inspection.pk)
    assert told[0].title.startswith("“企业对照检查”已填完，请检查并提交（孙安全员")
    assert "已填完，通知他们提交" in client.get(url("check", inspection.pk)).content.decode()


def test_nobody_is_told_of_a_list_with_gaps(client, inspection, firm):
    client.force_login(make.member(firm, Role.SAFETY).user)
    response = client.post(url("ask_to_submit", inspection.pk))
    assert "项未填完" in said(response)[0]
    assert not Message.objects.filter(key__startswith="checklist:").exists()


def test_list_that_was_handed_in_waits_for_nobody(client, inspection, head, firm):
    lists.answered(inspection, by=head)
    actions.submit(inspection, by=head)
    client.force_login(make.member(firm, Role.SAFETY).user)
    assert client.post(url("ask_to_submit", inspection.pk)).status_code == 403
    assert not Message.objects.filter(key__startswith="checklist:").exists()


def test_firm_with_nobody_to_hand_in_is_told_whom_to_ask(client, firm):
    safety = make.actor(firm, Role.SAFETY)
    alone = lists.inspection(firm, by=safety)
    lists.answered(alone, by=safety)
    client.force_login(safety.user)
    assert said(client.post(url("ask_to_submit", alone.pk))) == [
        "没有可以提交的人员，请联系主管部门为企业主要负责人或安全总监开通账号。"
    ]
