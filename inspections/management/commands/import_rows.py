"""manage.py import_rows: a workbook in, whole or not at all."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.models import Campaign
from documents.actions import batches
from documents.models import ImportBatch
from inspections.actions.imports import CLASH, is_clash
from inspections.imports import IMPORTERS
from inspections.imports.words import grouped
from lib.actor import Actor
from lib.excel import LIMITS, CellError, WorkbookError, error_workbook
from lib.text import joined

MOST_SHOWN = 200


class Command(BaseCommand):
    help = "Import enterprises, hazards, visits or actions: every row checked, all written or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=list(IMPORTERS), help="what the workbook holds")
        parser.add_argument("file", type=Path, help="the workbook, .xlsx")
        parser.add_argument("--campaign", help="files records that name no enterprise; warns of rows out of its scope")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--errors", type=Path, help="where to put the workbook with its wrong cells marked")
        parser.add_argument("--accept-check-digit", action="store_true", help="the codes have been compared with paper")
        parser.add_argument("--again", action="store_true", help="read in a file that has been read in before")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, path = options["kind"], options["file"]
        asked = batches.Asked(Actor.system("import_rows"), campaign_of(options["campaign"]), history=True)
        confirmed = {"accept_doubts": options["accept_check_digit"], "again": options["again"]}
        try:
            content = content_of(path)
            if options["dry_run"]:
                self._rehearse(batches.read(IMPORTERS[kind], content, name=path.name, asked=asked), options, confirmed)
                return
            batch, reading = batches.apply(IMPORTERS[kind], content, name=path.name, asked=asked, **confirmed)
        except WorkbookError as error:
            raise CommandError(f"{path.name}：{error}") from None
        except batches.ImportRefused as refused:
            self._explain(refused.reading, options, confirmed)
            raise CommandError(str(refused)) from None
        except CLASH as clash:
            if not is_clash(clash):
                raise
            raise CommandError("同时有其他导入写入了相同的记录，未写入任何数据，请待其完成后重新运行") from None
        self._explain(reading, options, confirmed)
        self.stdout.write(f"{summary(reading)}，新增{batch.created}，更新{batch.updated}")

    def _rehearse(self, reading: batches.Reading, options: dict[str, Any], confirmed: dict[str, bool]) -> None:
        self._explain(reading, options, confirmed)
        if problem := batches.hindrance(reading, **confirmed):
            raise CommandError(problem)
        self.stdout.write(f"{summary(reading)}，检查通过；试运行，未写入任何数据")

    def _explain(self, reading: batches.Reading, options: dict[str, Any], confirmed: dict[str, bool]) -> None:
        wrong = [*reading.errors, *([] if confirmed["accept_doubts"] else reading.doubts)]
        mild = [*([] if not confirmed["accept_doubts"] else reading.doubts), *reading.warnings]
        for line in [*told("错误", wrong), *told("提示", mild)]:
            self.stderr.write(line)
        if options["errors"] and (wrong or mild):
            options["errors"].write_bytes(error_workbook(reading.content, reading.table))
            self.stderr.write(f"已在{options['errors']}中标出")


def campaign_of(code: str | None) -> Campaign | None:
    if not code:
        return None
    found = Campaign.objects.filter(code=code).first()
    if found is None:
        known = joined(Campaign.objects.values_list("code", flat=True))
        raise CommandError(f"没有代码为{code}的专项行动，现有：{known or '无，请先运行load_official'}")
    return found


def content_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LIMITS.size + 1)
    except OSError as error:
        raise CommandError(f"读不到文件{path}（{error.strerror}），请核对路径") from None


def summary(reading: batches.Reading) -> str:
    skipped = joined(f"第{number}行（{reason}）" for number, reason in reading.table.skipped[:5])
    note = f"（未读取{skipped}等）" if skipped else ""
    return f"{ImportBatch.Kind(reading.importer.kind).label}：共{len(reading.table.rows)}行{note}"


def told(degree: str, problems: Iterable[CellError]) -> list[str]:
    """错误 第12行“统一社会信用代码”应为18位，现为17位"""
    lines = [f"{degree} {problem}" for problem in grouped(problems)]
    rest = [f"{degree} 其余{len(lines) - MOST_SHOWN}类未列出"] if len(lines) > MOST_SHOWN else []
    return [*lines[:MOST_SHOWN], *rest]
