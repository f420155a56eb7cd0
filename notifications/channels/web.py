"""One POST to a known host: what came back, or what it means that nothing did."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from notifications.channels.outcome import Outcome, later, unknown

MOST_READ = 64 * 1024
# The connection never stood, or nothing was written to it.
BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Answer:
    """The status and the object that the body holds; empty if it holds none."""

    status: int
    data: Mapping[str, Any]


def post(url: str, *, content: bytes = b"", headers: Mapping[str, str]) -> Answer | Outcome:
    """Send once: no redirects, no proxy but the one of the settings. The url may hold a key and is never told."""
    waits = httpx.Timeout(settings.CHANNEL_ANSWER_SECONDS, connect=settings.CHANNEL_CONNECT_SECONDS)
    try:
        with (
            httpx.Client(timeout=waits, trust_env=False, proxy=settings.OUTBOUND_PROXY or None) as client,
            client.stream("POST", url, content=content, headers=dict(headers)) as response,
        ):
            return Answer(response.status_code, _object(_body(response)))
    except BEFORE:
        return later("对方服务器暂时连不上，将自动再试")
    except httpx.RequestError:
        return unknown("已发出请求，但没有得到对方答复，不知是否送达")


def _body(response: httpx.Response) -> bytes:
    """As much as a result can be long; one who answers drop by drop is cut off like one who is silent."""
    until = time.monotonic() + settings.CHANNEL_ANSWER_SECONDS
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > MOST_READ:
            break
        if time.monotonic() > until:
            raise httpx.ReadTimeout("too slow")
    return body


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
