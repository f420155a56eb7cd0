"""The navigation: at most seven entries, and only what the post can use."""

import pytest
from django.utils import timezone

from config import context
from notifications.models import Message
from organizations.tests import factories


@pytest.fixture
def request_of(rf):
    def made(actor, path="/"):
        request = rf.get(path)
        request.actor, request.memberships = actor, [actor.membership]
        return request

    return made


def labels(page):
    return [entry["label"] for entry in page["navigation"]]


def test_unit_has_seven_entries(request_of, db):
    page = context.page(request_of(factories.actor(factories.unit())))

    assert labels(page) == ["首页", "专项行动", "应报任务", "自查", "隐患", "调度报表", "企业"]


def test_enterprise_has_what_concerns_it(request_of, db):
    page = context.page(request_of(factories.actor(factories.enterprise(), role="safety")))

    assert labels(page) == ["首页", "应报任务", "自查", "隐患", "企业"]


@pytest.mark.parametrize(
    ("holder", "role", "expected"),
    [("unit", "clerk", ["首页", "应报任务", "隐患"]), ("enterprise", "safety", ["首页", "自查", "隐患"])],
)
def test_bottom_bar_has_the_three_entries_of_the_days_work(request_of, db, holder, role, expected):
    """A bureau's day is who has handed in; a firm's is its own checklist."""
    page = context.page(request_of(factories.actor(getattr(factories, holder)(), role)))

    assert [entry["label"] for entry in page["navigation"] if entry["in_bar"]] == expected


@pytest.mark.parametrize(("path", "current"), [("/", "首页"), ("/hazards/3/", "隐患"), ("/inbox/", None)])
def test_current_entry_is_marked(request_of, db, path, current):
    page = context.page(request_of(factories.actor(factories.unit()), path))

    assert next((entry["label"] for entry in page["navigation"] if entry["current"]), None) == current


def test_stranger_has_no_navigation(rf):
    assert context.page(rf.get("/"))["navigation"] == []


def test_unread_messages_are_counted_once_and_only_when_shown(request_of, db, django_assert_num_queries):
    actor = factories.actor(factories.unit())
    for number in range(3):
        Message.objects.create(
            key=f"test:{number}", kind=Message.Kind.NOTICE, unit=actor.unit, title="通知", delivered_at=timezone.now()
        )
    with django_assert_num_queries(0):
        page = context.page(request_of(actor))
    with django_assert_num_queries(1):
        assert page["unread"] == 3
        assert str(page["unread"]) == "3"


@pytest.mark.parametrize(("stored", "shown"), [(99, "99"), (100, "99+"), (101, "99+")])
def test_many_unread_messages_are_not_counted_to_the_last(client, db, stored, shown):
    actor = factories.actor(factories.unit())
    Message.objects.bulk_create(
        Message(key=f"test:{n}", kind=Message.Kind.NOTICE, unit=actor.unit, title="通知", delivered_at=timezone.now())
        for n in range(stored)
    )
    client.force_login(actor.user)

    page = client.get("/gallery/").text  # a 404, with the frame of every page

    assert f'<span class="count">{shown}</span>' in page
    assert f"消息（{shown}条未读）" in page
    assert f'aria-label="消息，{shown}条未读"' in page


@pytest.mark.parametrize(
    ("path", "current"), [("/hazardsx/", None), ("/hazards", None), ("/obligations/?a=/hazards/", "应报任务")]
)
def test_entry_is_current_below_its_own_address_only(request_of, db, path, current):
    page = context.page(request_of(factories.actor(factories.unit()), path))

    assert next((entry["label"] for entry in page["navigation"] if entry["current"]), None) == current
