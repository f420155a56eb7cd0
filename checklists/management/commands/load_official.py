"""Bring in the official data: where, who, standards, checklists and campaigns (design §4.7)."""

from pathlib import Path
from time import monotonic

from django.conf import settings
from django.core.management.base import BaseCommand

from lib.actor import Actor
from organizations import official

# In the order of what they point at; the command lives in the rightmost app whose rows it loads.
FIXTURES = (
    "areas",
    "sectors",
    "units",
    "offices",
    "standards",
    "checklists/department-62",
    "checklists/enterprise-56",
    "checklists/gaoqing-department-5",
    "checklists/gaoqing-enterprise-6",
    "checklists/mines-2023-enterprise",
    "checklists/mines-2023-department",
    "checklists/mines-2023-government",
    "checklists/trade-2023-enterprise",
    "campaigns/weihai-miit-2022",
    "campaigns/gaoqing-miit-2022",
    "campaigns/weihai-safety-2022",
    "campaigns/wendeng-2024-2026",
    "campaigns/mines-2023",
    "campaigns/trade-2023",
)
# A published checklist never changes: a correction is a new version, added beside it.
PUBLISHED = ("checklists.checklist", "checklists.item", "checklists.clause")


def paths() -> list[Path]:
    (folder,) = settings.FIXTURE_DIRS
    return [Path(folder) / f"{name}.json" for name in FIXTURES]


class Command(BaseCommand):
    """Adds what is missing and follows corrections; what the bureau has edited, renamed or removed stays so."""

    help = "载入官方数据：区划、行业、单位、判定标准、对照检查表、专项行动。可重复运行，不覆盖本局修改。"

    def handle(self, *args, verbosity, **options):
        started = monotonic()
        report = official.load(paths(), by=Actor.system("load_official"), published=PUBLISHED)
        if verbosity:
            self.tell(report)
            self.stdout.write(f"官方数据已载入，用时 {monotonic() - started:.1f} 秒")

    def tell(self, report):
        for title, counts in (("新增", report.added), ("更新", report.updated), ("未变", report.unchanged)):
            if counts:
                self.stdout.write(f"{title}：" + "，".join(f"{name} {count}" for name, count in counts.items()))
        for line in (*report.kept, *report.skipped):
            self.stdout.write(self.style.WARNING(line))
