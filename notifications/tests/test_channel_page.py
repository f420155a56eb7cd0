"""接收渠道: who may set it, what it takes, and that what is secret is never shown again."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from config.tests.browser import obstacles, sideways
from notifications.actions import routes
from notifications.models import Delivery, Message, Route
from notifications.tests import factories as made
from notifications.tests.receivers import Robot, listening
from organizations.models import AuditEntry, EnterpriseChange
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
DINGTALK = "https://oapi.dingtalk.com/robot/send"


@pytest.fixture
def clerk(client):
    post = make.member(make.unit())
    client.force_login(post.user)
    return post


def save(client, status=302, **data):
    response = client.post(reverse("notifications:channel"), {"hours": "daily", "active": "on"} | data)
    assert response.status_code == status
    return response.content.decode()


def page(client):
    response = client.get(reverse("notifications:channel"))
    assert response.status_code == 200
    return response.content.decode()


def test_wecom_robot_is_chosen_and_shown_masked(client, clerk):
    save(client, channel="wecom", webhook=f"{WECOM}?key={made.KEY}")
    route = Route.objects.get()
    assert (route.unit, route.address, route.label) == (clerk.unit, f"{WECOM}?key={made.KEY}", "企业微信群机器人 …8d30")
    text = page(client)
    assert "企业微信群机器人 …8d30" in text
    assert made.KEY not in text


def test_dingtalk_robot_needs_its_secret(client, clerk):
    webhook = f"{DINGTALK}?access_token={made.TOKEN}"
    assert "须填写加签密钥" in save(client, 422, channel="dingtalk", webhook=webhook)
    assert not Route.objects.exists()
    save(client, channel="dingtalk", webhook=webhook, secret=made.SECRET)
    assert Route.objects.get().secret == made.SECRET
    assert made.SECRET not in page(client)
    assert made.TOKEN not in page(client)


def test_fields_left_empty_keep_what_is_stored(client, clerk):
    made.dingtalk(base=DINGTALK)
    save(client, channel="dingtalk", hours="workdays")
    route = Route.objects.get()
    assert (route.secret, route.hours, made.TOKEN in route.address) == (made.SECRET, "workdays", True)


def test_another_channel_needs_its_own_address(client, clerk):
    """The key of one robot is not tried at the other."""
    made.dingtalk(base=DINGTALK)
    assert f"应以 {WECOM} 开头" in save(client, 422, channel="wecom")
    save(client, channel="wecom", webhook=f"{WECOM}?key={made.KEY}")
    assert Route.objects.get().secret == ""


@pytest.mark.parametrize("webhook", ["http://127.0.0.1:5432/", f"https://evil.cn/send?key={made.KEY}", "http://[::1"])
def test_address_elsewhere_is_refused_at_the_field(client, clerk, webhook):
    text = save(client, 422, channel="wecom", webhook=webhook)
    assert "从群机器人的设置页整段复制" in text
    assert not Route.objects.exists()


def test_refused_form_says_no_secret(client, clerk):
    text = save(client, 422, channel="dingtalk", webhook="https://evil.cn", secret=made.SECRET)
    assert made.SECRET not in text


def test_going_back_to_mail_forgets_the_key(client, clerk):
    made.dingtalk(base=DINGTALK)
    save(client, channel="email")
    route = Route.objects.get()
    assert (route.address, route.secret, route.label, route.is_outside) == ("", "", "电子邮件", False)


def test_sms_is_offered_only_where_there_is_a_gateway(client, clerk, settings):
    assert 'value="sms"' not in page(client)
    assert "选择一个有效的选项" in save(client, 422, channel="sms", phones="13800138000")
    settings.SMS_GATEWAY = "aliyun"
    assert "不是手机号码" in save(client, 422, channel="sms", phones="5201067")
    save(client, channel="sms", phones="13800138000\n13900139000")
    text = page(client)
    assert "短信 138****8000等2个" in text
    assert "13800138000" not in text


def test_audit_names_the_masked_robot(client, clerk):
    save(client, channel="wecom", webhook=f"{WECOM}?key={made.KEY}")
    entry = AuditEntry.objects.get(verb="route.save")
    assert (entry.target, entry.detail) == (
        "荣成市应急管理局 企业微信群机器人 …8d30",
        {"channel": "wecom", "active": True},
    )
    assert not EnterpriseChange.objects.exists()


# Who


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.ADMIN, 200), (Role.CLERK, 200), (Role.REVIEWER, 403), (Role.DEPUTY, 403), (Role.OFFICER, 403)],
)
def test_admin_and_clerk_of_a_unit_choose(client, role, status):
    client.force_login(make.member(make.unit(), role).user)
    assert client.get(reverse("notifications:channel")).status_code == status
    assert client.post(reverse("notifications:channel_test")).status_code == (302 if status == 200 else 403)


@pytest.mark.parametrize(("role", "status"), [(Role.HEAD, 200), (Role.DIRECTOR, 200), (Role.SAFETY, 403)])
def test_who_answers_for_a_firm_chooses(client, role, status):
    client.force_login(make.member(make.enterprise(), role).user)
    assert client.get(reverse("notifications:channel")).status_code == status


def test_everybody_sets_only_his_own(client, clerk):
    theirs = made.wecom(make.unit("文登区应急管理局", in_area=make.county("文登区")), base=WECOM)
    assert "现用渠道" not in page(client)
    save(client, channel="wecom", webhook=f"{WECOM}?key=my-own-key-12")
    theirs.refresh_from_db()
    assert theirs.address == f"{WECOM}?key={made.KEY}"
    assert Route.objects.count() == 2


# The test message


@pytest.fixture
def robot(settings):
    with listening(Robot()) as running:
        settings.WECOM_URLS = [f"{running.base}/send"]
        yield running


def try_out(client, callbacks):
    with callbacks(execute=True):
        return client.post(reverse("notifications:channel_test"), follow=True).content.decode()


@pytest.mark.parametrize("active", [True, False])
def test_test_message_goes_out_at_any_hour(client, clerk, robot, settings, django_capture_on_commit_callbacks, active):
    """Whatever the hour this test runs at: the window is of one minute that is not now."""
    settings.ROBOT_HOURS = "00:00-00:01"
    made.wecom(base=settings.WECOM_URLS[0], active=active)
    assert "已排队发送" in try_out(client, django_capture_on_commit_callbacks)
    assert "这是一条测试消息，收到即表示接收渠道设置正确。" in robot.texts[0]
    assert "测试消息（企业微信群机器人） " in page(client)
    assert Delivery.objects.get().state == "sent"


def test_failed_test_says_why_on_the_page(client, clerk, robot, settings, django_capture_on_commit_callbacks):
    robot.data = {"errcode": 93000, "errmsg": "invalid webhook url"}
    made.wecom(base=settings.WECOM_URLS[0])
    try_out(client, django_capture_on_commit_callbacks)
    text = page(client)
    assert "未成功" in text
    assert "机器人已被移出群" in text


def test_test_without_a_robot_says_what_to_do(client, clerk):
    text = client.post(reverse("notifications:channel_test"), follow=True).content.decode()
    assert "请先选择并保存群机器人或短信" in text
    assert not Message.objects.exists()


# What is in line when the choice changes


def test_waiting_messages_follow_the_new_choice(clerk, settings):
    made.wecom(base=WECOM)
    made.delivery(at=NOW)
    made.dingtalk(base=DINGTALK)
    delivery = Delivery.objects.get()
    assert (delivery.channel, delivery.address) == ("dingtalk", f"钉钉群机器人 …{made.TOKEN[-4:]}")


def test_waiting_messages_go_by_mail_when_the_robot_is_given_up(clerk):
    unit = clerk.unit
    unit.email = "ajj@rc.example.cn"
    unit.save(update_fields=["email"])
    made.wecom(base=WECOM)
    made.delivery(at=NOW)
    choice = {"channel": "email", "address": "", "secret": "", "hours": "daily", "active": True}
    routes.save_route(Route.objects.get(), **choice, by=make.actor(unit, name="另一人"))
    found = set(Delivery.objects.values_list("channel", "address", "state"))
    assert found == {("wecom", "企业微信群机器人 …8d30", "dropped"), ("email", "ajj@rc.example.cn", "pending")}


@pytest.mark.browser
@pytest.mark.parametrize("phone", [False, True])
def test_page_is_fit_for_desk_and_phone(browse, phone):
    post = make.member(make.unit())
    made.wecom(post.unit, base=WECOM)
    shown = browse(post.user, "/inbox/channel/", phone=phone)
    assert sideways(shown) == []
    assert obstacles(shown) == []
