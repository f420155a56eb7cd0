"""钉钉自定义机器人 with 加签: each call carries the moment and a signature over it."""

from __future__ import annotations

import base64
import hmac
import time
from hashlib import sha256
from urllib.parse import quote_plus

from django.conf import settings

from notifications.channels import robots
from notifications.channels.outcome import Outcome
from notifications.models import Delivery
from notifications.wording import PREFIX, group_text

LONGEST = 4096
# More than 20 a minute: the robot is silenced for ten minutes (130101); a hundred times as much: 410100, 90030.
THROTTLING = (130101, 410100, 90030)


def unsafe(said: str) -> str:
    """310000, the security check: which of its settings to mend, by the robot's own words."""
    if "sign" in said:
        return "安全校验未通过：加签密钥不符，请从机器人的安全设置重新复制 SEC 开头的密钥"
    if "timestamp" in said:
        return "安全校验未通过：时间戳超出1小时，请校准平台服务器的时钟"
    if "keyword" in said:
        return f"安全校验未通过：请在机器人的自定义关键词中加入“{PREFIX}”"
    if "ip" in said.lower():
        return "安全校验未通过：请把平台服务器的出口 IP 加入机器人的 IP 地址段"
    return f"安全校验未通过：请核对机器人安全设置中的加签密钥、关键词（应含“{PREFIX}”）和 IP 地址段"


WORDS: robots.Words = {
    310000: unsafe,
    300001: "Webhook 地址中的 access_token 无效，请从机器人设置页重新复制",
    400101: "Webhook 地址中的 access_token 无效，请从机器人设置页重新复制",
    400102: "机器人已停用，请在群里启用后重发",
    400013: "群已解散，请换一个群的机器人",
    400105: "机器人不支持文本消息",
}


def address(url: str) -> str:
    return robots.address(url, bases=settings.DINGTALK_URLS, parameter="access_token")


def sign(timestamp: int, secret: str) -> str:
    """HMAC-SHA256 over "timestamp\\nsecret" by the secret, in Base64, as it stands in the url; milliseconds."""
    digest = hmac.digest(secret.encode(), f"{timestamp}\n{secret}".encode(), sha256)
    return quote_plus(base64.b64encode(digest))


def send(delivery: Delivery) -> Outcome:
    route = delivery.route
    now = int(time.time() * 1000)
    url = f"{address(route.address)}&timestamp={now}&sign={sign(now, route.secret)}"
    message = {"msgtype": "text", "text": {"content": group_text(delivery.message, longest=LONGEST)}}
    return robots.post(url, message, words=WORDS, throttling=THROTTLING)
