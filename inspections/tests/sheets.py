"""Workbooks of visits and actions, read for the tests."""

from io import StringIO

from django.core.management import CommandError, call_command
from django.db import transaction

from documents.actions.batches import Asked
from documents.models import ImportBatch
from inspections.imports import IMPORTERS
from lib.actor import Actor
from lib.excel import read_table
from lib.tests.workbooks import workbook

CODE, OTHER_CODE = "91371002MA3ABCDE1L", "91371083MA30001330"
SYSTEM = Actor.system("import_rows")
BUREAU = "荣成市应急管理局"
VISIT = [
    "检查日期",
    "检查单位",
    "检查组编号",
    "执法人员（人）",
    "专家（人）",
    "检查方式",
    "统一社会信用代码",
    "制度措施不落实的",
]
ROW = ["2023.06.06", BUREAU, "1组", 4, 1, "执法检查", CODE, "是"]
OTHER = ["2023.06.07", BUREAU, "2组", 2, 0, "执法检查", OTHER_CODE, None]
ACTION = ["日期", "实施单位", "统一社会信用代码", "类型", "对象", "案号", "罚款（万元）", "对象地区/部门"]
PENALTY = ["2023.06.06", BUREAU, CODE, "行政处罚", "企业", "威应急罚〔2023〕1号", 1.5, None]


def sheet(*rows):
    header = list(dict.fromkeys(name for one in rows for name in one))
    return workbook([header, *([one.get(name) for name in header] for one in rows)])


@transaction.atomic
def read(kind, *rows, by=SYSTEM, campaign=None):
    importer = IMPORTERS[kind]
    table = read_table(sheet(*rows), importer.columns())
    return table, importer.check(table, Asked(by, campaign, history=True))


def problems(kind, *rows, **asked):
    return [(one.severity, str(one)) for one in read(kind, *rows, **asked)[0].worst_first()]


@transaction.atomic
def imported(kind, *rows, by=SYSTEM, campaign=None):
    table, found = read(kind, *rows, by=by, campaign=campaign)
    assert table.is_valid, [str(one) for one in table.errors]
    batch = ImportBatch.objects.create(kind=kind, state="applied", name="表.xlsx", sha256="0" * 64, by=by.label)
    return IMPORTERS[kind].write(found, Asked(by, campaign, history=True), batch)


def run(kind, path, **options):
    """(exit code, what it said) of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_rows", kind, str(path), stdout=out, stderr=err, **options)
    except CommandError as error:
        return error.returncode, [*err.getvalue().splitlines(), str(error)]
    return 0, [*err.getvalue().splitlines(), *out.getvalue().splitlines()]
