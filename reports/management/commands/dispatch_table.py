"""`manage.py dispatch_table TABLE --campaign CODE --period YYYY-MM --area NAME -o OUT.xlsx`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lib.periods import CutOff, WindowKind
from reports import exports
from reports.dispatch.tables import TABLES, TableError


class Command(BaseCommand):
    help = "从当前台账生成调度表或隐患台账（附件1、附件2、附件）的Excel。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", help="、".join(f"{each.code}：{each.name}" for each in TABLES.values()))
        parser.add_argument("--campaign", required=True, help="专项行动代码，如 trade-2023")
        parser.add_argument("--period", required=True, help="月份，如 2023-06")
        parser.add_argument("--area", required=True, help="威海市（全部各行）、市本级或某个区市")
        parser.add_argument("--window", choices=WindowKind.values, default="", help="当月或累计；不写按该表惯例")
        parser.add_argument("--cut-off", choices=CutOff.values, default=CutOff.DUE_DAY.value, help="截至报送日或月末")
        parser.add_argument("-o", "--output", required=True, type=Path, help="写到哪个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["output"]
        if not target.parent.is_dir():
            raise CommandError(f"没有文件夹“{target.parent}”，请先建好或改写到别处。")
        asked = {name: options[name] for name in ("campaign", "period", "area", "window", "cut_off")}
        try:
            rows = exports.write_live(options["table"], target, **asked)
        except TableError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已生成 {target}（{rows} 行）")
