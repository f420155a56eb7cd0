"""短信: by a gateway of the bureau's own contract. Signature and templates are approved beforehand; only numbers vary.

A gateway is a function of phones, template and parameters; the one in use is named by `SMS_GATEWAY`, off when empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from django.conf import settings

from notifications.channels import aliyun
from notifications.channels.outcome import Outcome, failed
from notifications.models import Delivery, Message
from notifications.wording import sms_values

Gateway = Callable[[Sequence[str], str, Mapping[str, str]], Outcome]
GATEWAYS: Mapping[str, Gateway] = {"aliyun": aliyun.send}
MOST_PHONES = 1000
MOBILE = re.compile(r"1[3-9]\d{9}")
OFF = "本平台没有开通短信，请联系平台管理员，或在“接收渠道”中改用其他渠道"


def is_on() -> bool:
    return settings.SMS_GATEWAY in GATEWAYS


def phones(text: str) -> list[str]:
    """Mobile numbers, each once, from what was typed; ValueError names the one that is none."""
    typed = [part.removeprefix("+86") for part in re.split(r"[\s,，、;；]+", text) if part]
    wrong = [part for part in typed if not MOBILE.fullmatch(part)]
    if wrong:
        raise ValueError(f"“{wrong[0]}”不是手机号码，应为1开头的11位数字。")
    if not typed or len(typed) > MOST_PHONES:
        raise ValueError(f"请填写1至{MOST_PHONES}个手机号码，每行一个。")
    return list(dict.fromkeys(typed))


def address(text: str) -> str:
    return ",".join(phones(text))


def masked(phone: str) -> str:
    """138****5678"""
    return f"{phone[:3]}****{phone[-4:]}"


def send(delivery: Delivery) -> Outcome:
    if not is_on():
        return failed(OFF)
    is_reminder = delivery.message.kind == Message.Kind.REMINDER
    template = settings.SMS_TEMPLATE_REMINDER if is_reminder else settings.SMS_TEMPLATE_NOTICE
    return GATEWAYS[settings.SMS_GATEWAY](phones(delivery.route.address), template, sms_values(delivery.message))
