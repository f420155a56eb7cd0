"""What the group robots of 企业微信 and 钉钉 have in common: an address with a key, an errcode to judge by."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode

from notifications.channels import web
from notifications.channels.outcome import Outcome, failed, later, sent, unknown

KEY = re.compile(r"[A-Za-z0-9_-]{8,200}")
JSON = {"Content-Type": "application/json; charset=utf-8"}
BUSY = -1
Words = Mapping[int, str | Callable[[str], str]]


def address(url: str, *, bases: Sequence[str], parameter: str) -> str:
    """The webhook as it is kept: one of the known addresses with its key, nothing else. ValueError says what to mend.

    Host, port, scheme and path must be those of the settings: no robot leads into the bureau's own network.
    """
    base, _, query = url.strip().partition("#")[0].partition("?")
    if base not in bases:
        raise ValueError(f"Webhook 地址应以 {bases[0]} 开头，请从群机器人的设置页整段复制。")
    found = parse_qs(query).get(parameter, [])
    if len(found) != 1 or not KEY.fullmatch(found[0]):
        raise ValueError(f"Webhook 地址中缺少 {parameter}=……，请从群机器人的设置页整段复制。")
    return f"{base}?{urlencode({parameter: found[0]})}"


def fingerprint(url: str) -> str:
    """The same for everybody who uses the robot, and of no use to find its key."""
    return sha256(url.encode()).hexdigest()


def tail(url: str) -> str:
    """The last four characters of the key: enough to tell two robots apart."""
    return f"…{url[-4:]}"


def post(url: str, message: Mapping[str, Any], *, words: Words, throttling: Sequence[int]) -> Outcome:
    content = json.dumps(message, ensure_ascii=False).encode()
    answer = web.post(url, content=content, headers=JSON)
    return answer if isinstance(answer, Outcome) else judge(answer, words=words, throttling=throttling)


def judge(answer: web.Answer, *, words: Words, throttling: Sequence[int]) -> Outcome:
    """By errcode whatever the HTTP status; without one the answer is not the robot's."""
    code, said = answer.data.get("errcode"), str(answer.data.get("errmsg") or "")
    if not isinstance(code, int):
        return _without_code(answer.status)
    if code == 0:
        return sent()
    if code in throttling:
        return later(f"发送过于频繁，被限流，将自动再试（{code}）", throttled=True)
    if code == BUSY:
        return later("对方系统繁忙，将自动再试（-1）")
    known = words.get(code)
    if known is None:
        return failed(f"机器人拒收（错误码{code}：{said}）")
    return failed(f"{known(said) if callable(known) else known}（错误码{code}）")


def _without_code(status: int) -> Outcome:
    if status == 429:
        return later("发送过于频繁，被限流，将自动再试（HTTP 429）", throttled=True)
    if 300 <= status < 500:
        return failed(f"对方服务器拒收（HTTP {status}），请核对 Webhook 地址")
    return unknown(f"对方服务器的答复看不懂（HTTP {status}），不知是否送达")
