"""The workbook a test asks for, and its rows."""

from django.core.management import call_command
from openpyxl import load_workbook


def made(folder, table="trade", **asked):
    """The sheet that `dispatch_table` writes for June."""
    asked = {"campaign": "trade-2023", "period": "2023-06", "area": "威海市"} | asked
    target = folder / "out.xlsx"
    call_command("dispatch_table", table, output=target, **asked)
    return load_workbook(target).active


def line(sheet, row, columns):
    return [sheet.cell(row, column).value for column in range(1, columns + 1)]
