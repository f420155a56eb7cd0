"""`manage.py check_house`"""

from typing import Any

from django.core.management.base import BaseCommand

from reports.doubts import Finding, findings


class Command(BaseCommand):
    help = "列出对不上的数据，逐条写明应更正哪条记录。"

    def handle(self, *args: Any, **options: Any) -> None:
        total = sum(self._told(finding) for finding in findings())
        self.stdout.write(f"共{total}处需要核对。" if total else "没有发现对不上的数据。")

    def _told(self, finding: Finding) -> int:
        """Write a heading before the first record; nothing for a finding without one."""
        told = 0
        for told, record in enumerate(finding.records, start=1):
            if told == 1:
                self.stdout.write(f"【{finding.title}】{finding.advice}")
            self.stdout.write(f"  {record}")
        return told
