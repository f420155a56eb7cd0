"""Ledger workbooks as districts send them, read for the tests."""

from django.db import transaction

from documents.actions.batches import Asked
from documents.models import ImportBatch
from hazards.actions import importing
from hazards.imports.checks import check
from hazards.imports.columns import columns
from lib.actor import Actor
from lib.excel import read_table
from lib.tests.workbooks import workbook

CODE = "91371002MA3ABCDE1L"
SYSTEM = Actor.system("import_rows")


def row(**cells):
    """A sound row of the official columns; named cells replace or add to it."""
    return {
        "企业全称": "荣成海源食品有限公司",
        "统一社会信用代码": CODE,
        "重大事故隐患描述": "快速冻结装置未设置在单独的作业间内。",
        "判定依据": "《工贸企业重大事故隐患判定标准》第十二条第（二）项",
        "发现时间": "2023.06.06",
        "发现方式": "自查",
    } | cells


@transaction.atomic
def read(*rows, by=SYSTEM, history=True, campaign=None):
    """(table, entries) of a workbook with these rows."""
    header = list(dict.fromkeys(name for one in rows for name in one))
    table = read_table(workbook([header, *([one.get(name) for name in header] for one in rows)]), columns())
    return table, check(table, Asked(by, campaign, history))


def problems(*rows, **asked):
    return [(one.severity, str(one)) for one in read(*rows, **asked)[0].worst_first()]


@transaction.atomic
def imported(*rows, by=SYSTEM, **asked):
    """The rows written; what they count."""
    table, entries = read(*rows, by=by, **asked)
    assert table.is_valid, [str(one) for one in table.errors]
    batch = ImportBatch.objects.create(kind="hazards", state="applied", name="台账.xlsx", sha256="0" * 64, by=by.label)
    return importing.write(entries, by=by, batch=batch)
