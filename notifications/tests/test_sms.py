"""短信 by the gateway's format against a real local server that checks signature and parameters."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from notifications import channels
from notifications.actions import sending
from notifications.channels import aliyun, sms
from notifications.models import Channel
from notifications.tests import factories as made
from notifications.tests.receivers import Robot, closed_port, listening
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)  # Wednesday 08:30 in Shanghai
TAKEN = {"Code": "OK", "Message": "OK", "BizId": "700000000000000000^0", "RequestId": "A"}
KEY_ID, KEY_SECRET = "LTAItestkeyid", "testkeysecret"


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.CHANNEL_ANSWER_SECONDS = 0.3
    settings.SMS_GATEWAY, settings.SMS_SIGN_NAME = "aliyun", "威海应急"
    settings.SMS_TEMPLATE_REMINDER, settings.SMS_TEMPLATE_NOTICE = "SMS_1", "SMS_2"
    settings.ALIYUN_ACCESS_KEY_ID, settings.ALIYUN_ACCESS_KEY_SECRET = KEY_ID, KEY_SECRET
    with listening(Robot(data=dict(TAKEN))) as running:
        settings.ALIYUN_SMS_URL = running.base
        yield running


def reminder(phones="13800138000,13900139000", lines=None, **fields):
    made.sms(phones=phones)
    return made.delivery(at=NOW, kind="reminder", lines=lines or [made.line(1), made.line(2)], **fields)


def sent(delivery, at=NOW):
    sending.send(delivery.pk, at=at)
    delivery.refresh_from_db()
    return delivery.state, delivery.error


def test_signature_is_that_of_the_documented_example(settings):
    """help.aliyun.com, V3版本请求体和签名机制, 固定参数示例."""
    settings.ALIYUN_ACCESS_KEY_ID, settings.ALIYUN_ACCESS_KEY_SECRET = "YourAccessKeyId", "YourAccessKeySecret"
    query = aliyun.canonical(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = aliyun.stamped("ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26")
    headers |= {"x-acs-date": "2023-10-26T10:22:32Z", "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d"}
    assert aliyun.authorization(query, headers) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def checked(request):
    """The gateway's side: the signature of what came over the line, by the documentation."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    names = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    listed = "".join(f"{name}:{headers[name]}\n" for name in names.split(";"))
    digest = hashlib.sha256(request.body).hexdigest()
    canonical = f"POST\n/\n{request.raw_query}\n{listed}\n{names}\n{digest}"
    string = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(KEY_SECRET.encode(), string.encode(), hashlib.sha256).hexdigest(), headers


def test_gateway_gets_signed_parameters_and_gives_a_receipt(gateway):
    delivery = reminder()
    assert sent(delivery) == ("sent", "")
    (request,) = gateway.requests
    signature, headers = checked(request)
    assert headers["authorization"].endswith(f"Signature={signature}")
    assert (headers["x-acs-action"], headers["x-acs-version"]) == ("SendSms", "2017-05-25")
    parameters = dict(parse_qsl(request.raw_query))
    assert json.loads(parameters.pop("TemplateParam")) == {"count": "2", "due": "6月28日"}
    phones = "13800138000,13900139000"
    assert parameters == {"PhoneNumbers": phones, "SignName": "威海应急", "TemplateCode": "SMS_1"}
    assert delivery.external_id == TAKEN["BizId"]


def test_notice_goes_by_its_own_template_without_variables(gateway):
    made.sms()
    sent(made.delivery(at=NOW))
    parameters = gateway.requests[0].query
    assert (parameters["TemplateCode"], parameters["TemplateParam"]) == ("SMS_2", "{}")


def test_every_call_has_its_own_number(gateway):
    for key in "ab":
        sent(reminder(key=key))
    nonces = {request.headers["x-acs-signature-nonce"] for request in gateway.requests}
    assert len(nonces) == 2


@pytest.mark.parametrize(
    ("status", "data", "state", "words"),
    [
        (200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发分钟级流控"}, "failed", "人工重发"),
        (200, {"Code": "isv.AMOUNT_NOT_ENOUGH"}, "failed", "短信账户余额不足"),
        (400, {"Code": "SignatureDoesNotMatch"}, "failed", "访问密钥不符"),
        (400, {"Code": "isv.SOMETHING_NEW"}, "failed", "短信网关拒收（isv.SOMETHING_NEW）"),
        (400, {"Code": "Throttling.User"}, "failed", "Throttling.User"),
        (503, {"Code": "ServiceUnavailable"}, "unknown", "请查发送回执"),
        (200, {"Code": "isp.SYSTEM_ERROR"}, "unknown", "请查发送回执"),
        (502, b"bad gateway", "unknown", "HTTP 502"),
        (200, b"", "unknown", "请查发送回执"),
    ],
)
def test_answers_of_the_gateway(gateway, status, data, state, words):
    """It is not idempotent: whatever it answered, nothing is sent again by itself."""
    gateway.status, gateway.data = status, data
    delivery = reminder()
    found = sent(delivery)
    assert found[0] == state
    assert words in found[1]
    made.sweep(at=NOW + timedelta(hours=2))
    assert len(gateway.requests) == 1


def test_silent_gateway_is_unclear_and_not_asked_twice(gateway):
    gateway.silent = True
    delivery = reminder()
    assert sent(delivery)[0] == "unknown"
    made.sweep(at=NOW + timedelta(hours=2))
    assert len(gateway.requests) == 1


def test_gateway_that_was_not_reached_is_tried_again(gateway, settings):
    reached = settings.ALIYUN_SMS_URL
    settings.ALIYUN_SMS_URL = f"http://127.0.0.1:{closed_port()}"
    delivery = reminder()
    assert sent(delivery)[0] == "pending"
    settings.ALIYUN_SMS_URL = reached
    made.sweep(at=NOW + timedelta(minutes=10))
    delivery.refresh_from_db()
    assert (delivery.state, len(gateway.requests)) == ("sent", 1)


def test_numbers_are_shown_masked_only(gateway):
    gateway.data = {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "13800138000"}
    delivery = reminder()
    sent(delivery)
    assert delivery.address == "短信 138****8000等2个"
    assert str(delivery.route) == "荣成市应急管理局 短信 138****8000等2个"
    assert "13800138000" not in f"{delivery.error}{delivery}"


# Off without a gateway


def test_without_a_gateway_sms_is_not_offered_and_fails_with_the_reason(gateway, settings):
    delivery = reminder()
    settings.SMS_GATEWAY = ""
    assert Channel.SMS not in channels.available()
    assert sent(delivery) == ("failed", sms.OFF)
    assert gateway.requests == []


# Numbers


def test_numbers_are_read_in_any_order_of_separators():
    assert sms.phones("13800138000，13900139000\n+8613700137000 13800138000") == [
        "13800138000",
        "13900139000",
        "13700137000",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [("1380013800", "“1380013800”不是手机号码"), ("0631-5201067", "不是手机号码"), ("", "请填写1至1000个")],
)
def test_what_is_no_mobile_number_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        sms.phones(text)


def test_thousand_numbers_are_the_most():
    numbers = [f"138{number:08}" for number in range(1001)]
    assert len(sms.phones(" ".join(numbers[:1000]))) == 1000
    with pytest.raises(ValueError, match="1至1000"):
        sms.phones(" ".join(numbers))


def test_leader_with_a_route_of_his_unit_still_has_his_own_mail():
    """The channel is the unit's; what is for a person goes to the person."""
    made.sms(make.unit(email="ajj@rc.example.cn"))
    chief = make.user("丁局长", email="ding@rc.example.cn")
    assert made.delivery(chief, at=NOW).address == "ding@rc.example.cn"
