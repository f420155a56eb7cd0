"""Import: N enterprises × 20 guarded, read and parsed, against openpyxl read-only merely reading the file.

    python -m benchmarks.excel_read [rows] [runs]

Bound (design §8): 0.6 of the time for the whole import, what the database takes included; so far less here.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import load_workbook

from benchmarks.compare import compare
from lib import cells
from lib.excel import Column, Heading, read_rows, read_table, write_table

AREAS = ["环翠区", "文登区", "荣成市", "乳山市"]
COLUMNS = [
    Column("企业全称", required=True, parse=cells.text_up_to(200)),
    Column("统一社会信用代码", required=True, parse=cells.credit_code),
    Column("区市", required=True, parse=cells.one_of(AREAS)),
    Column("镇街"),
    Column("行业", required=True, parse=cells.one_of(["轻工", "机械"])),
    Column("领域", parse=cells.several_of({"涉氨制冷": 1, "粉尘涉爆": 2}), blank=()),
    Column("分级"),
    Column("从业人员数", parse=cells.whole, blank=None),
    Column("经营状态"),
    Column("主要负责人"),
    Column("主要负责人手机", parse=cells.mobile),
    Column("安全总监"),
    Column("安全总监手机", parse=cells.mobile),
    Column("地址"),
    Column("液氨储量（吨）", parse=cells.amount(2, "吨"), blank=None),
    Column("涉粉作业人数", parse=cells.whole, blank=None),
    *(Column(name, parse=cells.yes_no, blank=False) for name in ("国有企业", "重大危险源", "劳务派遣", "特种作业")),
]


def rows(count: int) -> Iterator[list[object]]:
    for n in range(count):
        features = ["涉氨制冷、粉尘涉爆", "涉氨制冷", ""][n % 3]
        phones = [f"138{n:08}", "李四", f"139{n:08}"]
        numbers = [n % 97 / 4, n % 31]
        yield [
            *[
                f"某某水产食品有限公司{n}号",
                f"91371082{n:09}X",
                AREAS[n % 4],
                "某某街道",
                "轻工",
                features,
                "ABCD"[n % 4],
            ],
            *[n % 900, "正常生产", f"张{n % 50}", *phones, f"某某路{n}号", *numbers, "是", "", "否", "是"],
        ]


def main(count: int = 100_000, runs: int = 3) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "enterprises.xlsx")
        write_table(path, [Heading(column.name, kind="money") for column in COLUMNS], rows(count))

        def parsed() -> None:
            table = read_table(path, COLUMNS)
            if len(table.rows) != count or table.errors:
                sys.exit(f"{len(table.rows)} rows, {table.errors[:3]}")

        def floor() -> None:
            sheet = load_workbook(path, read_only=True).active
            if sum(1 for _ in sheet.iter_rows(values_only=True)) < count:
                sys.exit("the floor lost rows")

        print(f"file: {path.stat().st_size / 1e6:.1f} MB")
        read = compare(f"{count} × 20 read", lambda: list(read_rows(path)), floor, bound=0.6, runs=runs)
        return compare(f"{count} × 20 read and parsed", parsed, floor, bound=0.6, runs=runs) and read


if __name__ == "__main__":
    if not main(*map(int, sys.argv[1:])):
        sys.exit(1)
