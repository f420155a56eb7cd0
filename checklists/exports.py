"""Form 6, checklist-result: the list as the notices print it, with the results, or blank to be filled in by hand."""

from collections.abc import Sequence
from itertools import groupby

from django.utils import timezone
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from checklists.models import Answer, Checklist, Line, Polarity, Reading, Result, SelfInspection, reading, sheet
from lib.excel import forms as excel
from lib.text import full_date, joined

HEADINGS = ("序号", "对照检查内容", "对照检查标准和要求", "对照结果", "情况说明")
WIDTHS = (6, 18, 62, 16, 34)
LOOKS = (excel.NUMBER, excel.CELL, excel.LEFT, excel.CELL, excel.LEFT)
FIRST = 4  # the row of the first item
SIGNED = (" " * 10).join(("填报人：", "审核人：", "主要负责人（签字）：", "联系电话："))
LINE_POINTS, TALLEST = 15, 409  # Excel ends a row at 409 points


def result_workbook(inspection: SelfInspection, version: Reading | None = None) -> bytes:
    """The list of one respondent in this version, by default its own newest; dated by its hand-in, if there was one."""
    version = version or reading(inspection, inside=True)
    moment = version.submission.submitted_at if version.submission else None
    when = full_date(timezone.localdate(moment)) if moment else "（未提交）"
    return _workbook(inspection.checklist, sheet(inspection, upto=version.upto), str(inspection.respondent), when)


def blank_workbook(checklist: Checklist) -> bytes:
    """The same form to be filled in by hand or in Excel; the results are chosen from a list."""
    items = checklist.items.order_by("number").prefetch_related("clauses")
    lines = [Line(item, None, []) for item in items]
    return _workbook(checklist, lines, "", "", is_blank=True)


def _workbook(checklist: Checklist, lines: Sequence[Line], who: str, when: str, *, is_blank: bool = False) -> bytes:
    book, page = excel.new_book("对照检查")
    excel.put(page, "A1:E1", checklist.name, excel.TITLE)
    excel.put(page, "A2:C2", f"填报单位（盖章）：{who}", excel.LINE)
    excel.put(page, "D2:E2", f"填报时间：{when}", excel.LINE_RIGHT)
    excel.put_row(page, 3, HEADINGS, excel.HEAD)
    excel.set_heights(page, {1: 36, 2: 22, 3: 24})
    for row, line in enumerate(lines, FIRST):
        _put_line(page, row, line)
    _merge_categories(page, lines)
    if is_blank:
        _offer_results(page, len(lines))
    _put_foot(page, FIRST + len(lines), lines)
    excel.set_widths(page, WIDTHS)
    excel.set_page(page, paper="A4", landscape=True, repeat="3:3", freeze="A4")
    return excel.saved(book)


def _put_line(page: Worksheet, row: int, line: Line) -> None:
    result = line.answer.label if line.answer else None
    values = (line.item.number, None, line.item.text, result, _explained(line))
    for column, value, look in zip("ABCDE", values, LOOKS, strict=True):
        excel.put(page, f"{column}{row}", value, look)
    tallest = max(excel.lines(str(value or ""), width) for value, width in zip(values, WIDTHS, strict=True))
    excel.set_heights(page, {row: min(TALLEST, tallest * LINE_POINTS + 6)})


def _explained(line: Line) -> str:
    """情况说明: the note, what became of it, and the clauses that fall short."""
    parts = [
        f"第{clause.number}分项：{answer.label}" for clause, answer in line.clauses if answer and answer.falls_short
    ]
    return "\n".join([*(_after(line.answer) if line.answer else []), *parts])


def _after(answer: Answer) -> list[str]:
    words = [answer.note]
    if answer.fixed_at_once:
        words.append("已立查立改。")
    if answer.hazard:
        words.append(f"隐患台账编号：{answer.hazard.number}")
    if answer.problem:
        words.append("已列入问题隐患清单。")
    return [word for word in words if word]


def _merge_categories(page: Worksheet, lines: Sequence[Line]) -> None:
    """By the heading's text: two headings 八 that follow each other stay two."""
    row = FIRST
    for heading, group in groupby(lines, key=lambda line: line.item.heading):
        last = row + len(list(group)) - 1
        excel.put(page, f"B{row}:B{last}" if last > row else f"B{row}", heading, excel.CELL)
        row = last + 1


def _offer_results(page: Worksheet, count: int) -> None:
    choice = DataValidation(type="list", formula1=f'"{",".join(Result.labels)}"', allow_blank=True)
    choice.error, choice.errorTitle = "请从列表中选择对照结果。", "对照结果"
    choice.add(f"D{FIRST}:D{FIRST + count - 1}")
    page.add_data_validation(choice)


def _put_foot(page: Worksheet, row: int, lines: Sequence[Line]) -> None:
    words = joined(f"“{label}”" for label in Result.labels)
    notes = [f"填报说明：对照结果填{words}；选“部分符合”“不符合”的须写明情况。"]
    turned = [str(line.item.number) for line in lines if line.item.polarity == Polarity.NEGATIVE]
    if turned:
        notes.append(f"第{joined(turned)}项为反向提问，“符合”指未发现所问的情形。")
    mixed = [f"第{line.item.number}项选“符合”指：{line.item.compliant_means}" for line in lines if _is_mixed(line)]
    for note in [*notes, *mixed]:
        excel.put(page, f"A{row}:E{row}", note, excel.NOTE)
        excel.set_heights(page, {row: excel.lines(note, sum(WIDTHS)) * LINE_POINTS + 4})
        row += 1
    excel.put(page, f"A{row}:E{row}", SIGNED, excel.LINE)
    excel.set_heights(page, {row: 30})


def _is_mixed(line: Line) -> bool:
    return line.item.polarity == Polarity.MIXED
