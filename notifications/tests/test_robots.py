"""Group robots against real local servers: what arrives, how it is signed, and what every kind of answer means."""

import hashlib
import hmac
import logging
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from psycopg2 import sql

from notifications.actions import sending
from notifications.channels import dingtalk, robots
from notifications.models import Delivery, Route
from notifications.tests import factories as made
from notifications.tests.receivers import Robot, closed_port, dripping, listening, mute
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.SITE_URL = "https://portal.example.cn"
    settings.CHANNEL_CONNECT_SECONDS = 2
    settings.CHANNEL_ANSWER_SECONDS = 0.3


@pytest.fixture
def robot(settings):
    with listening(Robot()) as running:
        settings.WECOM_URLS = [f"{running.base}/cgi-bin/webhook/send"]
        settings.DINGTALK_URLS = [f"{running.base}/robot/send"]
        yield running


@pytest.fixture
def wecom(robot, settings):
    """A delivery by 企业微信, in line."""
    made.wecom(base=settings.WECOM_URLS[0])
    return made.delivery(at=NOW)


def dingtalk_delivery(settings, **fields):
    made.dingtalk(base=settings.DINGTALK_URLS[0])
    return made.delivery(at=NOW, **fields)


def sent(delivery, at=NOW):
    """The state and the reason after one attempt."""
    sending.send(delivery.pk, at=at)
    delivery.refresh_from_db()
    return delivery.state, delivery.error


# What arrives


def test_wecom_gets_one_text_with_the_link(robot, wecom):
    assert sent(wecom) == ("sent", "")
    (request,) = robot.requests
    assert (request.path, request.json["msgtype"]) == (f"/cgi-bin/webhook/send?key={made.KEY}", "text")
    assert request.text == (
        "【安全生产】荣成市应急管理局：您单位有1条新的通知。请登录平台办理：https://portal.example.cn/obligations/7/"
    )
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (wecom.sent_at, wecom.attempts, wecom.channel) == (NOW, 1, "wecom")


def test_digest_tells_number_and_day_and_nothing_else(robot, settings):
    made.wecom(base=settings.WECOM_URLS[0])
    lines = [made.line(1, "2020-01-01"), made.line(2, "2099-06-28"), made.line(3, "2099-06-25"), {"text": "另2项"}]
    sent(made.delivery(at=NOW, kind="reminder", lines=lines, url="/obligations/"))
    (text,) = robot.texts
    assert text == (
        "【安全生产】荣成市应急管理局：您单位有3项报送任务，其中1项已逾期，最近期限6月25日。"
        "请登录平台办理：https://portal.example.cn/obligations/"
    )


def test_dingtalk_signature_is_that_of_the_published_vector():
    assert dingtalk.sign(1700000000000, made.SECRET) == "IRZT287QybIa2F%2FxrEkTcyuBS3Hp0ycAceupV5IhA5s%3D"


def test_dingtalk_call_is_signed_for_its_moment(robot, settings):
    """The receiver computes the signature as the robot's documentation says, from the timestamp it was given."""
    before = int(time.time() * 1000)
    assert sent(dingtalk_delivery(settings)) == ("sent", "")
    query = robot.requests[0].query
    message = f"{query['timestamp']}\n{made.SECRET}".encode()
    assert query["sign"] == b64encode(hmac.new(made.SECRET.encode(), message, hashlib.sha256).digest()).decode()
    assert query["access_token"] == made.TOKEN
    assert before <= int(query["timestamp"]) <= before + 60_000
    assert made.SECRET not in robot.requests[0].path
    assert robot.texts[0].startswith("【安全生产】")


# What the answers mean


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        (93000, "invalid webhook url", "Webhook 地址无效或机器人已被移出群"),
        (40058, "invalid Request Parameter", "机器人拒收（错误码40058：invalid Request Parameter）"),
    ],
)
def test_wecom_error_under_http_200_is_a_failure(robot, wecom, code, said, reason):
    robot.data = {"errcode": code, "errmsg": said}
    state, error = sent(wecom)
    assert state == "failed"
    assert reason in error
    assert str(code) in error


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("sign not match", "重新复制 SEC 开头的密钥"),
        ("invalid timestamp", "校准平台服务器的时钟"),
        ("keywords not in content", "自定义关键词中加入“安全生产”"),
        ("ip 1.2.3.4 not in whitelist", "出口 IP 加入"),
        ("security", "核对机器人安全设置"),
    ],
)
def test_dingtalk_security_check_tells_what_to_mend(robot, settings, said, advice):
    robot.data = {"errcode": 310000, "errmsg": said}
    state, error = sent(dingtalk_delivery(settings))
    assert state == "failed"
    assert advice in error
    assert error.startswith("安全校验未通过")


def test_success_is_judged_by_errcode_not_by_status(robot, wecom):
    robot.status = 502
    assert sent(wecom)[0] == "sent"


@pytest.mark.parametrize(
    ("status", "data", "state"),
    [
        (500, b"oops", "unknown"),
        (502, b"<html>bad gateway</html>", "unknown"),
        (504, b"", "unknown"),
        (200, b"<html>login to the network</html>", "unknown"),
        (200, b"[1]", "unknown"),
        (404, b"not found", "failed"),
        (302, b"", "failed"),
        (429, b"", "pending"),
    ],
)
def test_answer_without_errcode(robot, wecom, status, data, state):
    """A gateway that breaks in between may have passed the message on: only a clear refusal is a failure."""
    robot.status, robot.data = status, data
    assert sent(wecom)[0] == state
    assert len(robot.requests) == 1


def test_redirect_is_not_followed(robot, wecom, settings):
    """Nobody leads the portal elsewhere by an answer."""
    robot.status, robot.data = 307, b""
    assert sent(wecom)[0] == "failed"
    assert len(robot.requests) == 1


def test_busy_robot_is_tried_again(robot, wecom):
    robot.data = {"errcode": -1, "errmsg": "system busy"}
    assert sent(wecom) == ("pending", "对方系统繁忙，将自动再试（-1）")
    robot.data = {"errcode": 0}
    assert sent(wecom, NOW + timedelta(minutes=9))[0] == "pending"
    assert sent(wecom, NOW + timedelta(minutes=10))[0] == "sent"


# Silence


def test_robot_silent_after_reading_is_unclear_and_not_sent_again(robot, wecom):
    robot.silent = True
    state, error = sent(wecom)
    assert (state, wecom.get_state_display()) == ("unknown", "结果不明")
    assert "不知是否送达" in error
    made.sweep(at=NOW + timedelta(days=3))
    sending.give_up_lost(at=NOW + timedelta(days=3))
    assert len(robot.requests) == 1


def test_robot_that_never_reads_is_unclear(settings):
    """The request lies in the line: who takes the connection may take the request yet."""
    with mute() as port:
        settings.WECOM_URLS = [f"http://127.0.0.1:{port}/cgi-bin/webhook/send"]
        made.wecom(base=settings.WECOM_URLS[0])
        assert sent(made.delivery(at=NOW))[0] == "unknown"


def test_robot_hanging_up_without_an_answer_is_unclear(robot, wecom):
    robot.hangs_up = True
    assert sent(wecom)[0] == "unknown"


def test_server_silent_before_the_request_is_tried_again(settings):
    """No TLS handshake, so nothing of the message has left."""
    settings.CHANNEL_CONNECT_SECONDS = 0.3
    with mute() as port:
        settings.WECOM_URLS = [f"https://127.0.0.1:{port}/cgi-bin/webhook/send"]
        made.wecom(base=settings.WECOM_URLS[0])
        assert sent(made.delivery(at=NOW))[0] == "pending"


def test_refused_connection_is_tried_five_times_then_fails(settings):
    settings.WECOM_URLS = [f"http://127.0.0.1:{closed_port()}/cgi-bin/webhook/send"]
    made.wecom(base=settings.WECOM_URLS[0])
    delivery = made.delivery(at=NOW)
    moments = [NOW + timedelta(hours=hours) for hours in (0, 0.5, 1.5, 4, 24)]
    assert [sent(delivery, at)[0] for at in moments] == ["pending"] * 4 + ["failed"]
    assert delivery.error.startswith("已试5次。对方服务器暂时连不上")


def test_answer_that_drips_is_cut_off(settings):
    """A byte now and then would hold a worker for ever."""
    with dripping() as port:
        settings.WECOM_URLS = [f"http://127.0.0.1:{port}/cgi-bin/webhook/send"]
        made.wecom(base=settings.WECOM_URLS[0])
        started = time.monotonic()
        assert sent(made.delivery(at=NOW))[0] == "unknown"
        assert time.monotonic() - started < 3


# Killed workers and officers


def test_worker_killed_between_attempt_and_result_leaves_it_unclear(robot, wecom):
    assert sending.claim(wecom.pk, at=NOW)
    sending.give_up_lost(at=NOW + timedelta(minutes=6))
    made.sweep(at=NOW + timedelta(minutes=6))
    wecom.refresh_from_db()
    assert (wecom.state, wecom.attempts, robot.requests) == ("unknown", 1, [])


def test_officer_sends_an_unclear_one_again(robot, wecom):
    robot.silent = True
    sent(wecom)
    robot.silent = False
    sending.retry(wecom, by=make.actor(make.city_bureau()))
    assert sent(wecom, NOW + timedelta(hours=1))[0] == "sent"
    assert len(robot.requests) == 2


# Limits


def in_line(count, settings):
    made.wecom(base=settings.WECOM_URLS[0])
    return [made.delivery(at=NOW, key=f"k{number:02}") for number in range(count)]


def test_robot_gets_twenty_a_minute_and_the_rest_after_it(robot, settings):
    deliveries = in_line(23, settings)
    for delivery in deliveries:
        sent(delivery, NOW)
    assert len(robot.requests) == 20
    assert {delivery.lease_until for delivery in deliveries[20:]} == {NOW + timedelta(minutes=1)}
    assert {delivery.attempts for delivery in deliveries[20:]} == {0}
    made.sweep(at=NOW + timedelta(seconds=59))
    assert len(robot.requests) == 20
    made.sweep(at=NOW + timedelta(minutes=1))
    assert len(robot.requests) == 23


def test_units_that_share_a_robot_share_its_limit(robot, settings):
    for delivery in in_line(20, settings):
        sent(delivery)
    office = make.unit("荣成市应急管理局安全科", kind="office", part_of=make.unit())
    made.wecom(office, base=settings.WECOM_URLS[0])
    assert sent(made.delivery(office, at=NOW, key="office"))[0] == "pending"
    assert len(robot.requests) == 20


def test_another_robot_is_not_held_up(robot, settings):
    for delivery in in_line(20, settings):
        sent(delivery)
    other = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    made.wecom(other, base=settings.WECOM_URLS[0], key="another-key-0001")
    assert sent(made.delivery(other, at=NOW, key="other"))[0] == "sent"


@pytest.mark.parametrize("code", [130101, 410100])
def test_throttled_robot_rests_for_ten_minutes(robot, settings, code):
    first, second = dingtalk_delivery(settings), made.delivery(at=NOW, key="second")
    robot.data = {"errcode": code, "errmsg": "send too fast"}
    assert sent(first) == ("pending", f"发送过于频繁，被限流，将自动再试（{code}）")
    robot.data = {"errcode": 0}
    assert sent(second, NOW + timedelta(minutes=1))[0] == "pending"
    assert (len(robot.requests), second.attempts) == (1, 0)
    made.sweep(at=NOW + timedelta(minutes=10))
    assert Delivery.objects.filter(state="sent").count() == 2


def test_wecom_throttling_is_tried_again(robot, wecom):
    robot.data = {"errcode": 45009, "errmsg": "api freq out of limit"}
    assert sent(wecom)[0] == "pending"
    assert Route.objects.get().paused_until == NOW + timedelta(minutes=10)


# What must not be told


def test_keys_and_secrets_stay_in_the_route(robot, settings, caplog):
    caplog.set_level(logging.DEBUG)
    robot.data = {"errcode": 40001, "errmsg": f"bad {made.TOKEN} of {made.SECRET}, ask 13912345678"}
    delivery = dingtalk_delivery(settings)
    state, error = sent(delivery)
    assert (state, error) == ("failed", "机器人拒收（错误码40001：bad … of …, ask 139****5678）")
    sending.retry(delivery, by=make.actor(make.city_bureau()))
    told = [str(list(Delivery.objects.values())), str(list(AuditEntry.objects.values())), caplog.text, repr(delivery)]
    assert [text for text in told if made.TOKEN in text or made.SECRET in text or "oapi" in text] == []
    assert delivery.address == f"钉钉群机器人 …{made.TOKEN[-4:]}"


def test_keys_and_secrets_stand_in_one_table_only(robot, settings):
    """Whatever table the act has written to, histories and audit log too."""
    robot.data = {"errcode": 40001, "errmsg": f"bad {made.TOKEN} of {made.SECRET}"}
    delivery = dingtalk_delivery(settings)
    sent(delivery)
    sending.retry(delivery, by=make.actor(make.city_bureau()))
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        holding = [table for table in tables for secret in (made.TOKEN, made.SECRET) if holds(cursor, table, secret)]
    assert holding == ["notifications_route", "notifications_route"]


def holds(cursor, table, words):
    query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {} row WHERE row::text LIKE %s)").format(sql.Identifier(table))
    cursor.execute(query, [f"%{words}%"])
    return cursor.fetchone()[0]


def test_group_message_tells_no_detail_and_no_person(robot, settings):
    made.wecom(base=settings.WECOM_URLS[0])
    sent(made.delivery(at=NOW, body="整改责任人李四 13700002222"))
    sent(made.delivery(at=NOW, key="digest", kind="reminder", lines=[made.line()]))
    for word in ("液氨", "海源", "张三", "李四", "139", "137"):
        assert [text for text in robot.texts if word in text] == []


# Addresses

BASE = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"


def test_address_keeps_only_the_key():
    url = f"  {BASE}?key={made.KEY}&debug=1#x "
    assert robots.address(url, bases=[BASE], parameter="key") == f"{BASE}?key={made.KEY}"


@pytest.mark.parametrize(
    "url",
    [
        f"http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={made.KEY}",
        f"https://qyapi.weixin.qq.com.evil.cn/cgi-bin/webhook/send?key={made.KEY}",
        f"https://user@qyapi.weixin.qq.com/cgi-bin/webhook/send?key={made.KEY}",
        f"https://qyapi.weixin.qq.com@127.0.0.1/cgi-bin/webhook/send?key={made.KEY}",
        f"https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key={made.KEY}",
        f"https://qyapi.weixin.qq.com/cgi-bin/webhook/../gettoken?key={made.KEY}",
        f"https://127.0.0.1/cgi-bin/webhook/send?key={made.KEY}",
        "file:///etc/passwd",
        "https://[::1",
        BASE,
        f"{BASE}?key=",
        f"{BASE}?key=a&key=b",
        f"{BASE}?key=../../x%0d%0aHost:x",
        "",
    ],
)
def test_address_elsewhere_is_refused(url):
    with pytest.raises(ValueError, match="Webhook 地址.*请从群机器人的设置页整段复制"):
        robots.address(url, bases=[BASE], parameter="key")


def test_address_is_looked_at_again_before_sending(robot, wecom, settings):
    """The settings no longer know the host: nothing is sent."""
    settings.WECOM_URLS = [BASE]
    state, error = sent(wecom)
    assert (state, robot.requests) == ("failed", [])
    assert f"应以 {BASE} 开头" in error
