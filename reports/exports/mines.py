"""附件: 重大事故隐患专项排查整治2023行动进展情况调度表, seven columns and four sections as the notice prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lib.excel import forms
from lib.excel.forms import ANNEX, CELL, HEAD, LINE_RIGHT, TITLE
from lib.text import full_date
from reports.dispatch.sheets import Line, Sheet, Shown
from reports.exports import paper
from reports.exports.paper import PrintOptions, at
from reports.indicators import INDICATORS

COLUMNS = 7
WIDTHS = (10, 4.5, 41, 12, 4.5, 41, 12)
FIRST = 4


@dataclass(frozen=True)
class Item:
    """A numbered cell: the printed words and the figures it shows, two of them as "3 / 12.50"."""

    words: str
    codes: tuple[str, ...]


def item(words: str, *codes: str) -> Item:
    return Item(words, codes)


SECTIONS: tuple[tuple[str, Sequence[Item]], ...] = (
    (
        "总体情况",
        (
            item("企业自查发现的重大事故隐患（个）", "2.3"),
            item("企业自查发现重大事故隐患中已完成整改的（个）", "2.4"),
            item("部门检查发现的重大事故隐患（个）", "2.5"),
            item("部门检查发现重大事故隐患中已完成整改的（个）", "2.6"),
            item("政府挂牌督办的重大事故隐患（个）", "2.7"),
            item("挂牌督办重大事故隐患中已完成整改的（个）", "2.8"),
        ),
    ),
    (
        "对企业自查自改进行抽查检查情况",
        (
            item("部门抽查检查的企业总数（家）", "1.6"),
            item("企业主要负责人未按要求亲自研究排查整治工作（家）", "1.7"),
            item("企业主要负责人未带队检查（家）", "1.8"),
            item("企业未制定分管负责人职责清单（家）", "1.9"),
            item("企业未依法建立安全管理机构和配足安全管理人员（家）", "1.10"),
            item("电焊等特种作业岗位人员无证上岗作业（家）", "1.11"),
            item("外包外租安全管理混乱（家）", "1.12"),
            item("未按规定开展应急演练、员工不熟悉逃生出口（家）", "1.13"),
            item("安全教育培训走过场（家）", "1.14"),
            item("制度措施不落实（家）", "1.15"),
        ),
    ),
    (
        "部门精准严格执法情况",
        (
            item("帮扶指导重点市、县（个次）", "3.1"),
            item("帮扶指导重点企业（家次）", "3.2"),
            item("行政处罚（次，万元）", "3.3", "3.4"),
            item("企业和企业主要负责人“一案双罚”（次）", "3.5"),
            item("移送司法机关（人）", "3.6"),
            item("责令停产整顿（家）", "3.7"),
            item("曝光、约谈、联合惩戒企业（家）", "3.8"),
            item("公布典型执法案例（个），其中危险作业罪案例（个）", "3.9", "3.10"),
            item("责任倒查追责问责（人）", "3.11"),
            item("约谈通报有关地区及部门（次）", "3.12"),
        ),
    ),
    (
        "党委政府组织领导情况",
        (
            item("市、县党委政府分别组织专题学习安全生产十五条硬措施和“八抓20条”创新措施（次）", "党政-1"),
            item("市、县党委政府主要负责同志分别专题研究（次）", "党政-2"),
            item("市、县政府负责同志分别现场督导检查（次）", "党政-3"),
            item("市、县安委会成员单位负责同志分别到企业宣讲（次）", "党政-4"),
            item("举报奖励（万元），其中匿名举报查实奖励（万元）", "党政-5a", "党政-5b"),
            item("是否在主流媒体播放安全生产专题栏目", "党政-6"),
            item("市县两级配备专兼职技术检查员数量（人）", "党政-7"),
            item("组织开展考核巡查督导检查（次）", "党政-8"),
        ),
    ),
)


def workbook(sheet: Sheet, options: PrintOptions = paper.ALL) -> Workbook:
    """One workbook per row; the whole area's is the sum of all rows."""
    book, ws = forms.new_book(sheet.area)
    opening(ws, sheet)
    last = sections(ws, sheet.total if sheet.is_whole else sheet.lines[0])
    if options.signatures:
        places = {(1, 3): f"填报单位：{sheet.area}", (4, 2): "制表：", (6, 1): "审核：", (7, 1): "负责人："}
        paper.signed(ws, last + 1, places)
    forms.set_widths(ws, WIDTHS)
    paper.page(ws, size="A4", repeat="1:3", caption=sheet.caption)
    return book


def opening(ws: Worksheet, sheet: Sheet) -> None:
    forms.put(ws, "A1", sheet.table.attachment, ANNEX)
    forms.put(ws, at(2, 1, columns=COLUMNS), sheet.table.title, TITLE)
    when = "　　".join(filter(None, [sheet.warning, f"时间：{full_date(sheet.on)}"]))
    forms.put(ws, at(3, 1, columns=COLUMNS), when, LINE_RIGHT)
    forms.set_heights(ws, {1: 20, 2: 34, 3: 20})


def sections(ws: Worksheet, line: Line) -> int:
    """Two items a row, the section's name merged down; returns the last row."""
    row = FIRST
    for name, items in SECTIONS:
        rows = len(items) // 2
        forms.put(ws, at(row, 1, rows=rows), name, HEAD)
        for number, each in enumerate(items):
            place(ws, row + number // 2, 2 + 3 * (number % 2), number + 1, each, line)
        longest = [max(len(each.words) for each in items[2 * n : 2 * n + 2]) for n in range(rows)]
        forms.set_heights(ws, {row + n: paper.height(length, per_line=20) for n, length in enumerate(longest)})
        row += rows
    return row - 1


def place(ws: Worksheet, row: int, column: int, number: int, each: Item, line: Line) -> None:
    forms.put(ws, at(row, column), number, CELL)
    forms.put(ws, at(row, column + 1), each.words, CELL)
    forms.put(ws, at(row, column + 2), shown(each, line), paper.figure(INDICATORS[each.codes[0]].is_money))


def shown(each: Item, line: Line) -> Shown:
    """A number as a number; two values as text "3 / 12.50", their common word once, nothing for two empty ones."""
    values = [line.values.get(code) for code in each.codes]
    if len(values) == 1 or all(value is None for value in values):
        return values[0]
    words = [written(value, INDICATORS[code].is_money) for value, code in zip(values, each.codes, strict=True)]
    return words[0] if words[0] == words[1] and isinstance(values[0], str) else " / ".join(words)


def written(value: Shown, money: bool) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:.2f}" if money else f"{value:.0f}"
