"""Workbooks in and out."""

from lib.excel.columns import ERROR, WARNING, CellError, Column, Row, Table, letters
from lib.excel.guard import LIMITS, Limits, WorkbookError, checked
from lib.excel.mark import error_list, error_workbook
from lib.excel.read import read_rows
from lib.excel.shell import Heading, TableSheet
from lib.excel.table import read_table
from lib.excel.write import write_table, write_tables

__all__ = [
    "ERROR",
    "LIMITS",
    "WARNING",
    "CellError",
    "Column",
    "Heading",
    "Limits",
    "Row",
    "Table",
    "TableSheet",
    "WorkbookError",
    "checked",
    "error_list",
    "error_workbook",
    "letters",
    "read_rows",
    "read_table",
    "write_table",
    "write_tables",
]
