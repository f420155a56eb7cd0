"""The ledger (附件2, 17 columns) out of N hazards against openpyxl writing the same strings unstyled.

    python -m benchmarks.ledger_export [hazards …]

Ours is the whole way: read from the database, put into words, styled, written to a file. The floor is openpyxl's
write-only mode, given the finished strings. Bound (design §8): half of its time, and memory that does not grow. Up to
100,000 rows are written, the most a bureau would open; how many hazards stand around them is N.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from openpyxl import Workbook

from benchmarks.bulk import Counter, database, fill
from benchmarks.compare import compare

SIZES = (10_000, 100_000, 1_000_000)
RUNS = 3
MOST = 100_000


def floor(target: Path, lines: list[list[object]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append(line)
    book.save(target)


def ours(target: Path, count: int) -> int:
    from hazards.models import Hazard
    from reports.dispatch.sheets import live
    from reports.dispatch.tables import campaign_named, table_named
    from reports.exports import ledger

    sheet = live(table_named("trade-ledger"), campaign_named("trade-2023"), period="2023-12", area="威海市")
    rows = Hazard.objects.major().order_by("found_on", "pk")[:count]
    return ledger.write(target, sheet, rows)


def peak(*, anew: bool = False) -> float:
    """The most memory this process has had, in MB, since it began or since asked `anew` (Linux)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def measure(count: int) -> bool:
    from django.db import connection

    from hazards.exports import ledger_rows
    from hazards.models import Hazard

    fill(count)
    rows = min(Hazard.objects.major().count(), MOST)
    with tempfile.TemporaryDirectory() as folder:
        target, counter, before = Path(folder, "out.xlsx"), Counter(), peak(anew=True)
        with connection.execute_wrapper(counter):
            written = ours(target, rows)
        if written != rows:
            sys.exit(f"{written} rows instead of {rows}")
        size = target.stat().st_size / 1e6
        print(f"{rows} of {count}: {counter.count} statements, {size:.1f} MB, memory grew by {peak() - before:.0f} MB")
        lines = [list(line) for line in ledger_rows(Hazard.objects.major().order_by("found_on", "pk")[:rows])]
        return compare(
            f"ledger of {rows} × 17",
            lambda: ours(target, rows),
            lambda: floor(Path(folder, "floor.xlsx"), lines),
            bound=0.5,
            runs=RUNS,
        )


def main(*sizes: int) -> bool:
    with database("benchmark_ledger_export"):
        return min([measure(size) for size in sizes or SIZES])


if __name__ == "__main__":
    sys.exit(not main(*map(int, sys.argv[1:])))
