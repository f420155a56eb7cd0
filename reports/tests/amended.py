"""What was handed in, printed, and the second sheet beside it: for the tests of 期后补记与调整."""

from io import BytesIO

from openpyxl import load_workbook

from lib.actor import Actor
from reports import exports
from reports.dispatch.consolidated import consolidated
from reports.dispatch.tables import TABLES
from reports.exports.amendments import NAME
from reports.indicators import scope_of
from reports.tests.filling import handed_in, opened

SYSTEM = Actor.system("测试")


def hand_in(owed, clerk, **changed):
    return handed_in(opened(owed, clerk), clerk, **changed)


def reported(owed, table="trade", period="2023-06"):
    one = owed.deliverable.campaign
    scope = scope_of(one)
    return consolidated(TABLES[table], one, period, scope=scope, rows=scope.every_row).sheet


def book(sheet, actor=SYSTEM):
    stream = BytesIO()
    exports.write(stream, sheet, actor=actor)
    return load_workbook(stream)


def lines(owed, actor=SYSTEM, **asked):
    """The lines of the second sheet below its title, line and headings, without the notes."""
    second = book(reported(owed, **asked), actor)[NAME]
    return [list(row) for row in second.iter_rows(min_row=4, max_row=second.max_row - 2, values_only=True)]
