"""What is said outside the portal: how many, by when, and where to log in. No detail, no person, no title."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from lib.text import month_day
from notifications.models import Message

# Stands before every text, so that a robot with a keyword lets it pass.
PREFIX = "安全生产"
SENTENCES = {
    Message.Kind.RECEIPT: "您单位报送的材料有新的办理结果。",
    Message.Kind.TEST: "这是一条测试消息，收到即表示接收渠道设置正确。",
}
NOTICE = "您单位有1条新的通知。"


class Brief(NamedTuple):
    """Of a digest: how many are owed, how many of them late, the next day to come."""

    count: int
    late: int
    due: date | None


def brief(message: Message) -> Brief:
    today = timezone.localdate()
    owed = [line for line in message.lines if line.get("subject") is not None]
    days = [date.fromisoformat(line["due"]) for line in owed if line.get("due")]
    ahead = [day for day in days if day >= today]
    return Brief(len(owed), len(days) - len(ahead), min(ahead, default=None))


def group_text(message: Message, *, longest: int) -> str:
    """At most so many bytes of UTF-8; what is too long loses its end, never the link."""
    link = f"请登录平台办理：{settings.SITE_URL}{message.url or '/inbox/'}"
    said = f"【{PREFIX}】{message.addressee}：{sentence(message)}"
    return cut(said, longest - len(link.encode())) + link


def sentence(message: Message) -> str:
    told = brief(message)
    if message.kind != Message.Kind.REMINDER or not told.count:
        return SENTENCES.get(message.kind, NOTICE)
    late = f"，其中{told.late}项已逾期" if told.late else ""
    due = f"，最近期限{month_day(told.due)}" if told.due else ""
    return f"您单位有{told.count}项报送任务{late}{due}。"


def sms_values(message: Message) -> dict[str, str]:
    """The variables of the approved templates: ${count} and ${due}; the one for notices has none."""
    if message.kind != Message.Kind.REMINDER:
        return {}
    told = brief(message)
    return {"count": str(told.count), "due": month_day(told.due) if told.due else "已过"}


def cut(text: str, longest: int) -> str:
    """At most `longest` bytes of UTF-8, cut between characters, the cut marked."""
    if len(text.encode()) <= longest:
        return text
    mark = "…"
    return text.encode()[: max(longest - len(mark.encode()), 0)].decode(errors="ignore") + mark
