"""Column tables in: every row parsed, every mistake with its place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from lib import cells
from lib.cells import BadCell
from lib.excel.columns import Column, Row, Table
from lib.excel.guard import LIMITS, Limits, Source, WorkbookError, checked
from lib.excel.header import WITHIN, find_header
from lib.excel.read import Cells, Sheet, sheets

MOST_ROWS = 200_000
MOST_ERRORS = 50_000

SAMPLES = {"示例", "示例行", "填写示例", "样例", "例", "例子"}
TOTALS = {"合计", "总计", "小计", "共计", "累计"}
_FOOTER = re.compile(r"(填报说明|填表说明|说明|备注|注|填报人|填表人|制表人?|审核人?|负责人|联系人|联系电话)[:：]")

# Parsed values by what is written, for each column: most columns repeat a few.
REMEMBERED = 1000
Known = dict[str, Any]
Plan = list[tuple[int, Column, Known]]  # with the place in the sheet's row, from 0 on


def read_table(file: Source, columns: Sequence[Column], limits: Limits = LIMITS) -> Table:
    """Read every row of the first visible sheet that has the columns.

    Headers are found by name or alias among the first ten rows, in any order.
    Rows of 示例, 合计, column numbers and footers are skipped and told; blank
    ones are skipped. A cell merged downwards counts for each of its rows.
    Raises WorkbookError where there is no table; all else is in `errors`.
    """
    found = [(table, sheet) for sheet in sheets(checked(file, limits)) if (table := find_header(sheet, columns))]
    if not found:
        raise WorkbookError(_no_header(columns))
    table, sheet = next((pair for pair in found if pair[0].is_valid), found[0])
    for other, _ in found:
        if other is not table and other.is_valid:
            table.warn(0, "", f"工作表“{other.sheet}”也是这样的表，未读取；本次只读取“{table.sheet}”")
    if table.is_valid:
        _Reader(table, sheet, columns).read()
    return table


def _no_header(columns: Sequence[Column]) -> str:
    names = "、".join(column.name for column in columns if column.required)
    return f"前{WITHIN}行中没有找到表头，请使用模板；表头应有：{names}"


class _Reader:
    """One pass over the rows below the header."""

    def __init__(self, table: Table, sheet: Sheet, columns: Sequence[Column]) -> None:
        self.table = table
        self.sheet = sheet
        self.plan: Plan = [(table.places[c.name] - 1, c, {}) for c in columns if c.name in table.places]
        absent = [column for column in columns if column.name not in table.places]
        self.blanks = [column.blank for column in absent]
        names = [column.name for _, column, _ in self.plan] + [column.name for column in absent]
        self.places = {name: place for place, name in enumerate(names)}
        self.needed = [index for index, column, _ in self.plan if column.required]

    def read(self) -> None:
        for number, row in self._data():
            if len(self.table.rows) == MOST_ROWS:
                raise WorkbookError(f"超过{MOST_ROWS}行，请按区市或月份拆分后分别上传")
            if len(self.table.errors) >= MOST_ERRORS:
                self.table.refuse(number, "", f"起未再检查：错误已超过{MOST_ERRORS}处，请先更正")
                break
            self.table.rows.append(Row(number, self._parsed(number, row) + self.blanks, self.places))

    def _data(self) -> Iterator[tuple[int, Cells]]:
        """The rows that hold data, cells merged downwards filled in."""
        merged, kept = self._merged(), dict[int, Any]()
        for number, row in islice(self.sheet.rows(), self.table.header_row, None):
            kept.update((index, row[index]) for index in merged.get(-number, ()))
            reason = self._no_data(number, row)
            if reason:
                self.table.skipped.append((number, reason))
            elif reason is None:
                for index in merged.get(number, ()):
                    row[index] = kept[index]
                yield number, row

    def _merged(self) -> dict[int, list[int]]:
        """Row → places to fill from above; minus the row → places where such cells begin."""
        found: dict[int, list[int]] = defaultdict(list)
        names = {index: column.name for index, column, _ in self.plan}
        for position, first, last in self.sheet.merged_downwards():
            if position - 1 in names and first > self.table.header_row:
                found[-first].append(position - 1)
                for number in range(first + 1, min(last, self.sheet.height) + 1):
                    found[number].append(position - 1)
                self.table.warn(first, names[position - 1], f"与以下各行合并（到第{last}行），已按每行相同读取")
        return found

    def _no_data(self, number: int, row: Cells) -> str | None:
        """Why the row is none: 示例, 合计 …; "" for one without a cell of ours, None if it is data."""
        first = next((cell for cell in row if cell != "" and not cells.is_blank(cell)), None)
        if first is None:
            return ""
        if not isinstance(first, str):
            told = "列号" if number == self.table.header_row + 1 and _counts(row) else None
        else:
            told = self._told(cells.half_width(first[:20]), row)
        # Rows numbered ahead and not filled in are blank ones.
        return told or (None if any(not cells.is_blank(row[index]) for index, _, _ in self.plan) else "")

    def _told(self, head: str, row: Cells) -> str | None:
        if head in SAMPLES:
            return "示例"
        if head in TOTALS:
            return "合计"
        return "表尾说明" if _FOOTER.match(head) and self._filled(row) <= 1 else None

    def _filled(self, row: Cells) -> int:
        return sum(not cells.is_blank(row[index]) for index in self.needed)

    def _parsed(self, number: int, row: Cells) -> list[Any]:
        return [
            column.blank
            if (cell := row[index]) == "" and not column.required
            else known[cell]
            if cell.__class__ is str and cell in known
            else self._value(number, column, cell, known)
            for index, column, known in self.plan
        ]

    def _value(self, number: int, column: Column, cell: Any, known: Known) -> Any:
        if cell.__class__ is str and _says_nothing(cell, column):
            if column.required:
                self.table.refuse(number, column.name, "必填，现为空")
            return column.blank
        try:
            value = column.parse(cell)
        except BadCell as bad:
            self.table.refuse(number, column.name, str(bad), cells.text(cell)[:100])
            return column.blank
        if cell.__class__ is str and len(known) < REMEMBERED:
            known[cell] = value
        return value


def _says_nothing(cell: str, column: Column) -> bool:
    return cells.is_blank(cell) or (not column.required and cells.is_dash(cell))


def _counts(row: Cells) -> bool:
    """1, 2, 3 … under the headers"""
    filled = [cell for cell in row if cell != ""]
    return len(filled) > 2 and filled == list(range(1, len(filled) + 1))
