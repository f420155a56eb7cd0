"""manage.py load_demo: fictional firms and people, and two months lived in."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.models import Obligation
from hazards.models import Hazard
from organizations.models import Enterprise
from reports.demo import calls, current, files, hand_ins, june, people, roster


class Command(BaseCommand):
    help = (
        "Load the demonstration: accounts, firms over the nine areas, June 2023, and the current months. Re-runnable."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing and print the accounts with the password; a second run changes nothing that stands."""
        call_command("load_official", verbosity=0)
        june.read_in()
        firm = Enterprise.objects.get(uscc=june.firms()[0]["统一社会信用代码"])
        accounts = people.make_accounts(firm)
        people.make_clerks()
        roster.make_roster()
        hand_ins.play_june()
        files.make_june()
        campaign = current.play_current(firm, timezone.localdate())
        calls.ring_round(campaign, timezone.localdate())
        self.stdout.write(
            f"演示数据已就绪：企业{Enterprise.objects.count()}家，隐患{Hazard.objects.count()}项，"
            f"应报任务{Obligation.objects.count()}项；当前行动：{campaign}"
        )
        self.stdout.write(f"演示账号（口令均为 {people.password()}）：")
        for one in accounts:
            self.stdout.write(f"  {one.username:<10} {one.name}（{one.holder} {people.Role(one.role).label}）")
