import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lib.actor import Actor
from notifications.actions import deliveries, notify
from notifications.models import Delivery, Message
from notifications.tests import factories as made
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def delivered(addressee=None, key="k", **fields):
    defaults = {"kind": "receipt", "title": "“6月调度表”已接收", "url": "/inbox/?view=unread"}
    notify(addressee or make.unit(), key=key, by=Actor.system(), **defaults | fields)
    deliveries.deliver([key], at=timezone.now())
    return Message.objects.get(key=key)


@pytest.fixture
def clerk(client):
    post = make.member(make.unit(email="ajj@rc.example.cn"))
    client.force_login(post.user)
    return post


def inbox(client, query=""):
    response = client.get(reverse("notifications:inbox") + query)
    assert response.status_code == 200
    return response


def test_inbox_shows_the_message_and_that_it_is_unread(client, clerk):
    delivered(body="请查看")
    text = inbox(client).content.decode()
    assert "“6月调度表”已接收" in text
    assert 'aria-label="消息，1条未读"' in text


@pytest.mark.parametrize(
    ("kind", "verb"), [("task", "去办理"), ("reminder", "去办理"), ("receipt", "查看"), ("notice", "查看")]
)
def test_only_what_waits_for_the_reader_is_to_be_dealt_with(client, clerk, kind, verb):
    delivered(kind=kind)
    assert f'value="yes">{verb}</button>' in inbox(client).content.decode()


def test_looking_does_not_mark_as_read(client, clerk):
    message = delivered()
    inbox(client)
    assert message in Message.objects.unread_by(clerk.user)


def test_marking_read_is_a_post_and_personal(client, clerk):
    message = delivered()
    url = reverse("notifications:read", args=[message.pk])
    assert client.get(url).status_code == 405
    client.post(url)
    client.post(url)
    colleague = make.user("同事")
    assert list(Message.objects.unread_by(clerk.user)) == []
    assert list(Message.objects.unread_by(colleague)) == [message]


def test_opening_marks_read_and_leads_on(client, clerk):
    message = delivered()
    response = client.post(reverse("notifications:read", args=[message.pk]), {"open": "yes"})
    assert response.url == "/inbox/?view=unread"


def test_all_are_marked_read_at_once(client, clerk):
    for key in "abc":
        delivered(key=key)
    response = client.post(reverse("notifications:read_all"), follow=True)
    assert "3条消息已标为已读。" in response.content.decode()
    assert len(inbox(client, "?view=unread").context["page"]) == 0


def test_message_of_another_unit_is_not_found(client, clerk):
    message = delivered(make.unit("文登区应急管理局", in_area=make.county("文登区")))
    assert len(inbox(client).context["page"]) == 0
    assert client.post(reverse("notifications:read", args=[message.pk])).status_code == 404


def test_inbox_takes_the_same_queries_for_one_and_three_messages(client, clerk, django_assert_num_queries):
    delivered()
    inbox(client)
    with CaptureQueriesContext(connection) as one:
        inbox(client)
    delivered(key="second")
    delivered(key="third")
    with django_assert_num_queries(len(one)):
        inbox(client)


# Mails that did not get through


@pytest.fixture
def failed(clerk):
    """A mail to the district that the server refused."""
    delivered()
    Delivery.objects.update(state="failed", error="邮件服务器拒收：552", attempts=1)
    return Delivery.objects.get()


def officer(client, unit, role=Role.CLERK):
    client.force_login(make.member(unit, role).user)
    return client


def test_lead_office_sees_what_failed_below_it(client, failed):
    text = officer(client, make.city_bureau()).get(reverse("notifications:deliveries")).content.decode()
    assert "邮件服务器拒收：552" in text
    assert "荣成市应急管理局" in text


def test_other_districts_do_not(client, failed):
    other = officer(client, make.unit("文登区应急管理局", in_area=make.county("文登区")))
    assert "拒收：552" not in other.get(reverse("notifications:deliveries")).content.decode()
    assert other.post(reverse("notifications:retry", args=[failed.pk])).status_code == 404


def test_retry_puts_it_in_line_again(client, failed):
    response = officer(client, make.city_bureau()).post(reverse("notifications:retry", args=[failed.pk]), follow=True)
    failed.refresh_from_db()
    assert failed.state == "pending"
    assert "已重新排队发送" in response.content.decode()
    again = client.post(reverse("notifications:retry", args=[failed.pk]), follow=True)
    assert "已在处理或已发出" in again.content.decode()


def test_firms_have_no_such_page(client):
    firm = officer(client, make.enterprise(), Role.HEAD)
    assert firm.get(reverse("notifications:deliveries")).status_code == 403


def test_failed_robot_message_is_listed_without_its_key(client):
    made.wecom(base="https://qyapi.weixin.qq.com/cgi-bin/webhook/send")
    delivered()
    Delivery.objects.update(state="unknown", error="已发出请求，但没有得到对方答复，不知是否送达", attempts=1)
    text = officer(client, make.city_bureau()).get(reverse("notifications:deliveries")).content.decode()
    assert "企业微信群机器人 …8d30" in text
    assert "结果不明" in text
    assert made.KEY not in text


def test_mail_to_a_person_of_a_unit_below_is_listed_too(client):
    chief = make.user("丁局长", email="ding@rc.example.cn")
    make.member(make.unit(), Role.CHIEF, who=chief)
    delivered(chief)
    Delivery.objects.update(state="failed", attempts=1)
    text = officer(client, make.city_bureau()).get(reverse("notifications:deliveries")).content.decode()
    assert "丁局长" in text
    other = officer(client, make.unit("文登区应急管理局", in_area=make.county("文登区")))
    assert "丁局长" not in other.get(reverse("notifications:deliveries")).content.decode()


def test_deliveries_take_the_same_queries_for_one_and_three(client, clerk, django_assert_num_queries):
    viewer = officer(client, make.city_bureau())
    address = reverse("notifications:deliveries")
    for key in ("one", "two", "three"):
        delivered(key=key)
    assert Delivery.objects.filter(message__key="one").update(state="failed") == 1
    viewer.get(address)
    with CaptureQueriesContext(connection) as one:
        viewer.get(address)
    Delivery.objects.update(state="failed")
    with django_assert_num_queries(len(one)):
        assert len(viewer.get(address).context["page"]) == 3
