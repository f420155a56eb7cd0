"""企业微信群机器人: a text to the group behind a webhook. The key of the webhook is the whole secret."""

from __future__ import annotations

from django.conf import settings

from notifications.channels import robots
from notifications.channels.outcome import Outcome
from notifications.models import Delivery
from notifications.wording import group_text

# Bytes of UTF-8, by the robot's documentation.
LONGEST = 2048
THROTTLING = (45009,)
WORDS = {
    93000: "Webhook 地址无效或机器人已被移出群，请在群里重新添加机器人并更新渠道设置",
    93004: "机器人已被停用，请在群里启用后重发",
    93008: "机器人不在群里，请重新添加机器人并更新渠道设置",
    45002: "消息超长",
}


def address(url: str) -> str:
    return robots.address(url, bases=settings.WECOM_URLS, parameter="key")


def send(delivery: Delivery) -> Outcome:
    text = group_text(delivery.message, longest=LONGEST)
    message = {"msgtype": "text", "text": {"content": text}}
    return robots.post(address(delivery.route.address), message, words=WORDS, throttling=THROTTLING)
