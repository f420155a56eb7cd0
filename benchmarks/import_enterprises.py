"""Import: `import_rows enterprises` of N × 20 cells, into a database of its own, against openpyxl merely reading.

    python -m benchmarks.import_enterprises [rows] [runs]

Ours is the whole way: guarded, read, checked, written with search grams and versions, committed. Bound (design §8):
0.6 of the time openpyxl's read-only mode takes to read the same file and do nothing with it. Beside it, what a second
file costs that changes every row, and one that changes none.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import django
from openpyxl import load_workbook

from benchmarks.compare import compare, timed

AREAS = ["环翠区", "文登区", "荣成市", "乳山市", "高区", "经区", "临港区", "南海新区"]
SECTORS = ["冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸"]
FEATURES = ["涉氨制冷、粉尘涉爆", "涉氨制冷", "", "", "有限空间"]


def rows(count: int, street: str = "黄海路") -> Iterator[list[object]]:
    from lib import uscc

    for n in range(count):
        body = f"91371082MA{n:07}"
        yield [
            *[f"{AREAS[n % 8]}海源水产食品有限公司{n}号", body + uscc.check_character(body), AREAS[n % 8], "石岛街道"],
            *[SECTORS[n % 7], FEATURES[n % 5], "ABCD"[n % 4], n % 900, "正常生产", f"张{n % 50}", f"138{n:08}"],
            *["李四", f"139{n:08}", f"{street}{n}号", n % 97 / 4, n % 31, "是", "", "否", "是"],
        ]


def write(path: Path, count: int, **words: str) -> Path:
    from lib.excel import Heading, write_table
    from organizations.imports.enterprises import FIELDS

    write_table(path, [Heading(name, kind="money") for name in FIELDS], rows(count, **words))
    return path


def emptied() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE organizations_enterprise, organizations_enterpriseevent CASCADE")


def importing(path: Path) -> Callable[[], None]:
    from django.core.management import call_command

    return lambda: call_command("import_rows", "enterprises", str(path), again=True, stdout=StringIO())


def reading(path: Path, count: int) -> Callable[[], None]:
    def floor() -> None:
        sheet = load_workbook(path, read_only=True).active
        if sum(1 for _ in sheet.iter_rows(values_only=True)) < count:
            sys.exit("the floor lost rows")

    return floor


def measure(count: int, runs: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder, "enterprises.xlsx"), count)
        moved = write(Path(folder, "moved.xlsx"), count, street="成山大道")
        print(f"file: {path.stat().st_size / 1e6:.1f} MB")

        def ours() -> None:
            emptied()
            importing(path)()

        held = compare(f"import of {count} enterprises", ours, reading(path, count), bound=0.6, runs=runs)
        print(f"the same file again, nothing to change: {timed(importing(path)):.2f} s")
        print(f"every row changed: {timed(importing(moved)):.2f} s")
        return held


def main(count: int = 100_000, runs: int = 3) -> bool:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from config import local

    local.join(*settings.LOCAL_SERVICES)
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "benchmark_import"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_official", stdout=StringIO())
        return measure(count, runs)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    if not main(*map(int, sys.argv[1:])):
        sys.exit(1)
