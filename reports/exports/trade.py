"""附件1: 全市冶金等工贸行业…调度表, three stacked tables of 15, 8 and 12 figures by 区市."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lib.excel import forms
from lib.excel.forms import ANNEX, CELL, HEAD, LINE, LINE_RIGHT, NOTE, TITLE
from lib.text import full_date
from reports.dispatch.sheets import Line, Sheet
from reports.exports import paper
from reports.exports.paper import PrintOptions, at
from reports.indicators import Indicator

COLUMNS = 17
EXPLANATIONS = (
    "填报说明：1.发现重大隐患数量=企业自查发现的重大事故隐患+部门检查发现的重大事故隐患。",
    "2.重大事故隐患完成整改数量=企业自查发现的重大事故隐患中已完成整改的+部门检查发现的重大事故隐患中已完成整改的。",
)
# The three tables are printed together on one sheet of paper; one for all rows needs a bigger one.
ROWS_ON_A4 = 2
WIDTHS = {"A4": (5.5, 10, *[9.4] * 15), "A3": (6, 12, *[12] * 15)}


def workbook(sheet: Sheet, options: PrintOptions = paper.ALL) -> Workbook:
    book, ws = forms.new_book("调度表")
    row = opening(ws, sheet)
    for group in sheet.table.groups:
        row = table(ws, row, group.indicators, sheet, options) + 1
    closing(ws, row, sheet, options)
    size = size_of(sheet)
    forms.set_widths(ws, WIDTHS[size])
    paper.page(ws, size=size, repeat="1:5", caption=sheet.caption)
    return book


def size_of(sheet: Sheet) -> str:
    return "A4" if len(sheet.lines) <= ROWS_ON_A4 else "A3"


def opening(ws: Worksheet, sheet: Sheet) -> int:
    """附件1, title, 填报地市 and 填报时间; returns the next row."""
    forms.put(ws, "A1", sheet.table.attachment, ANNEX)
    forms.put(ws, at(2, 1, columns=COLUMNS), sheet.table.title, TITLE)
    place = "　　".join(filter(None, [f"填报地市：{sheet.campaign.area.name}", sheet.warning]))
    forms.put(ws, at(3, 1, columns=12), place, LINE)
    forms.put(ws, at(3, 13, columns=COLUMNS - 12), f"填报时间：{full_date(sheet.on)}", LINE_RIGHT)
    forms.set_heights(ws, {1: 20, 2: 34, 3: 22})
    return 4


def table(ws: Worksheet, row: int, indicators: list[Indicator], sheet: Sheet, options: PrintOptions) -> int:
    """Header row, unit row, a row per line, 合计; returns the row after it."""
    heading(ws, row, indicators, sheet.period)
    row += 2
    numbered: list[tuple[int | None, Line]] = list(enumerate(sheet.lines, start=1))
    for number, line in [*numbered, (None, sheet.total)] if options.total else numbered:
        filled(ws, row, number, line, indicators)
        words = [value for each in indicators if isinstance(value := line.values.get(each.code), str)]
        wraps = any(forms.lines(word, WIDTHS[size_of(sheet)][-1]) > 1 for word in words)
        forms.set_heights(ws, {row: 32 if wraps else 20})
        row += 1
    return row


def heading(ws: Worksheet, row: int, indicators: list[Indicator], period: str) -> None:
    for column, words in ((1, "序号"), (2, "区市")):
        forms.put(ws, at(row, column, rows=2), words, HEAD)
    wordings = [each.wording(period) for each in indicators]
    forms.put_row(ws, row, wordings, HEAD, start=3)
    forms.put_row(ws, row + 1, [each.unit for each in indicators], HEAD, start=3)
    forms.set_heights(ws, {row: paper.height(max(map(len, wordings)), per_line=5), row + 1: 18})


def filled(ws: Worksheet, row: int, number: int | None, line: Line, indicators: list[Indicator]) -> None:
    forms.put_row(ws, row, [number, line.name], CELL)
    for column, each in enumerate(indicators, start=3):
        forms.put(ws, at(row, column), line.values.get(each.code), paper.figure(each.is_money))


def closing(ws: Worksheet, row: int, sheet: Sheet, options: PrintOptions) -> None:
    """填报说明 and the signature line."""
    for text in EXPLANATIONS:
        forms.put(ws, at(row, 1, columns=COLUMNS), text, NOTE)
        forms.set_heights(ws, {row: 16})
        row += 1
    if options.signatures:
        paper.signed(ws, row, {(1, 5): "制表：", (6, 6): "审核：", (12, 6): "负责人："})
