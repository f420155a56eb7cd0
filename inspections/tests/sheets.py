"""Workbooks of visits and actions, read for the tests."""

from django.db import transaction

from documents.actions.batches import Asked
from documents.models import ImportBatch
from inspections.imports import IMPORTERS
from lib.actor import Actor
from lib.excel import read_table
from lib.tests.workbooks import workbook

CODE, OTHER_CODE = "91371002MA3ABCDE1L", "91371083MA30001330"
SYSTEM = Actor.system("import_rows")


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
