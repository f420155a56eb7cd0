"""Ledger export: a styled table of N × 17 against openpyxl write-only writing the same strings unstyled.

    python -m benchmarks.excel_write [rows] [runs]

Bound (design §8): half the time, memory flat.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

from benchmarks.compare import compare, peak_memory
from lib.excel import Heading, write_table

NAMES = [
    *["序号", "市", "县（市、区）", "企业全称", "统一社会信用代码", "行业", "领域", "重大事故隐患描述", "判定依据"],
    *["发现时间", "发现方式", "现场处置措施", "行政处置措施", "挂牌督办单位", "整改责任人", "整改期限", "整改措施"],
]
COLUMNS = [Heading(name, 14) for name in NAMES]


def rows(count: int) -> Iterator[list[str]]:
    for n in range(count):
        yield [
            str(n + 1),
            "威海市",
            ("环翠区", "文登区", "荣成市", "乳山市")[n % 4],
            f"某某水产食品有限公司{n}号",
            f"91371082MA{n:08}",
            "轻工",
            "涉氨制冷" if n % 3 else "",
            f"第{n}项：快速冻结装置未设置在单独的作业间内，且作业间内作业人员数量超过{n % 17}人。",
            "《工贸企业重大事故隐患判定标准》第十二条第（二）项",
            f"2023.{n % 8 + 5:02}.{n % 28 + 1:02}",
            "部门检查" if n % 2 else "自查",
            "立即停产",
            "责令限期整改",
            "威海市应急管理局" if n % 5 == 0 else "",
            "王五",
            f"2023.{n % 4 + 8:02}.{n % 28 + 1:02}",
            f"按方案整改，增设隔墙{n % 9}处",
        ]


def ours(count: int, path: Path) -> None:
    write_table(path, COLUMNS, rows(count), title="工贸行业重大事故隐患台账", left="填报地市：威海市", paper="A3")


def floor(count: int, path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(NAMES)
    for row in rows(count):
        sheet.append(row)
    book.save(path)


def main(count: int = 100_000, runs: int = 3) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder, "ours.xlsx"), Path(folder, "floor.xlsx")
        if not runs:
            ours(count, one)
            return True
        held = compare(
            f"{count} × {len(NAMES)} written",
            lambda: ours(count, one),
            lambda: floor(count, other),
            bound=0.5,
            runs=runs,
        )
        print(f"size: {one.stat().st_size / 1e6:.1f} MB, floor {other.stat().st_size / 1e6:.1f} MB")
    small, large = (
        peak_memory("benchmarks.excel_write", count // 10, 0),
        peak_memory("benchmarks.excel_write", count, 0),
    )
    print(f"peak memory: {small:.0f} MB for {count // 10} rows, {large:.0f} MB for {count}")
    return held and large < small * 1.2


if __name__ == "__main__":
    held = main(*map(int, sys.argv[1:]))
    if not held:
        sys.exit(1)
