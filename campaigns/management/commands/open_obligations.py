"""Open what is owed as of a day, and reconcile what stands; prints what changed."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaigns.actions.opening import open_obligations
from lib.actor import Actor


class Command(BaseCommand):
    help = "按规则生成应报任务（提前45天）并与现状核对；可重复执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="截至哪一天，默认今天")

    def handle(self, *args: Any, **options: Any) -> None:
        on = parsed_day(options["on"])
        changes = open_obligations(on, by=Actor.system("生成应报任务"))
        for line in changes.words() or [f"{on:%Y-%m-%d} 无变化"]:
            self.stdout.write(line)


def parsed_day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else timezone.localdate()
    except ValueError:
        raise CommandError(f"“{text}”不是日期，请写成 2023-06-25 的样子。") from None
