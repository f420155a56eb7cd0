"""Decide and queue the reminders of a moment; one line for each respondent queued by this run."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaigns.actions.reminders import Digest, remind
from campaigns.messages import digest_line
from lib.actor import Actor

SHOWN = 3  # of what a respondent is reminded of


class Command(BaseCommand):
    help = "生成某一时刻应发的催报；可重复执行，已催过的不再催。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="YYYY-MM-DDTHH:MM", help="哪一时刻，默认现在")

    def handle(self, *args: Any, **options: Any) -> None:
        at = parsed_moment(options["at"])
        by = Actor.system("催报")
        if not remind(at, by=by, tell=lambda digest: self.stdout.write(line(digest, at))):
            self.stdout.write(f"{at:%Y-%m-%d %H:%M} 没有新的催报")


def line(digest: Digest, at: datetime) -> str:
    """荣成市应急管理局：2023年6月 调度表：请于6月28日（周三）前报送，还剩3天；等共5项（无联系人）"""
    today = timezone.localdate(at)
    fresh = [item.obligation for item in digest.items if item.turns]
    owed = "；".join(digest_line(one, today) for one in fresh[:SHOWN])
    more = f"；等共{len(digest.items)}项" if len(digest.items) > len(fresh[:SHOWN]) else ""
    return f"{digest.respondent}：{owed}{more}" + ("" if digest.has_contact else "（无联系人）")


def parsed_moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if text else timezone.now()
    except ValueError:
        raise CommandError(f"“{text}”不是时刻，请写成 2023-06-25T08:30 的样子。") from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
