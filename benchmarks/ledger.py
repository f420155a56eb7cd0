"""The ledger: Excel of N hazards, and the pages of the list, on a database of its own.

    python -m benchmarks.ledger [hazards] [runs]

Bounds (design §8): the 17 official columns in 0.5 of the time openpyxl's write-only mode takes to write the same
strings unstyled; no page of the list over 50 ms of database time, counts of long lists and text search apart; the
same number of queries whatever is stored.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import django
from openpyxl import Workbook

from benchmarks.compare import compare

FIRMS = 100_000
SLOWEST = 0.05
PAGES = {
    "open": "",
    "everything": "?state=all",
    "far down": "?state=all&after=%5B%222023-02-01%22%2C+5%5D",
    "major": "?level=major",
    "listed": "?listed=on",
    "overdue": "?overdue=on",
    "reported by somebody": "?state=all&found_by=reported",
    "search": "?q=%E5%BF%AB%E9%80%9F%E5%86%BB%E7%BB%93",
}
FILL = [
    """INSERT INTO organizations_enterprise (name, uscc, area_id, town, sector_id, feature_names, grade, status, head,
        head_mobile, director, director_mobile, address, grams, created_at, updated_at)
    SELECT '海源水产食品有限公司' || n, '91371082MA' || lpad(n::text, 8, '0'), areas[1 + n % cardinality(areas)], '',
        sectors[1 + n / 9 % cardinality(sectors)], '{}', '', 'producing', '', '', '', '', '', '{}', now(), now()
    FROM generate_series(1, %(firms)s) n,
        (SELECT array_agg(id) areas FROM organizations_area WHERE level IN ('county', 'zone')) a,
        (SELECT array_agg(id) sectors FROM organizations_sector WHERE "group" = 'trade') s""",
    """INSERT INTO hazards_hazard (number, enterprise_id, area_id, reporting_area_id, handled_in_id, sector_id,
        feature_names, level, state, description, place, found_on, found_by, finder, basis, clause, judged_by,
        on_site_measure, administrative_measure, stopped, fixed_at_once, responsible, measures, deadline_text,
        deadline_on, emergency_plan, rechecked_by, checked_by, signed_head, signed_director, closed_on, listed,
        listing_unit_name, imported, grams, recorded_at, recorded_by, overruled_reason)
    SELECT '某市-2023-' || n, e.id, area_id, area_id, area_id, sector_id,
        '{涉氨制冷}', CASE WHEN n % 20 = 0 THEN 'major' ELSE 'general' END,
        CASE WHEN is_open THEN 'rectifying' ELSE 'closed' END,
        '快速冻结装置未设置在单独的作业间内，第' || n || '处。', '', found,
        (ARRAY['self', 'department', 'stationed'])[1 + n % 3], '',
        '《工贸企业重大事故隐患判定标准》第十二条第（二）项', '第十二条第（二）项', '',
        '立即停产', '责令限期整改', false, false, '李四', '在单独的作业间内设置快速冻结装置', '',
        found + 30, '', '', '', '', '', CASE WHEN is_open THEN NULL ELSE found + 20 END, false,
        '', true, ARRAY['快速', '速冻', '冻结'], now(), '', ''
    FROM (SELECT n, date '2023-01-01' + (n * 700 / %(hazards)s)::int AS found, hashint8(n) % 10 = 0 AS is_open,
            1 + (hashint8(n + 7)::bigint + 2147483648) % %(firms)s AS firm
        FROM generate_series(1::bigint, %(hazards)s) n) h
    JOIN organizations_enterprise e ON uscc = '91371082MA' || lpad(firm::text, 8, '0')""",
]


def fill(hazards: int) -> None:
    """Straight into the tables, without versions: what is measured is reading."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in FILL:
            cursor.execute(statement.replace(" % ", " %% "), {"firms": FIRMS, "hazards": hazards})
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


# The workbook


def exporting(path: Path) -> Callable[[], object]:
    from hazards.exports import ledger_headings, ledger_rows
    from hazards.models import Hazard
    from lib.excel import write_table

    return lambda: write_table(path, ledger_headings(), ledger_rows(Hazard.objects.all()))


def plainly(path: Path, rows: list[list[object]]) -> Callable[[], None]:
    def floor() -> None:
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        book.save(path)

    return floor


def measure_export(runs: int) -> bool:
    from hazards.exports import ledger_rows
    from hazards.models import Hazard

    rows = list(ledger_rows(Hazard.objects.all()))
    with tempfile.TemporaryDirectory() as folder:
        ours, floor = exporting(Path(folder, "ours.xlsx")), plainly(Path(folder, "floor.xlsx"), rows)
        return compare(f"ledger of {len(rows)} hazards", ours, floor, bound=0.5, runs=runs)


# The pages


@contextmanager
def queries() -> Iterator[list[float]]:
    """Seconds of each statement."""
    import time

    from django.db import connection

    taken: list[float] = []

    def clock(execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            taken.append(time.perf_counter() - started)

    with connection.execute_wrapper(clock):
        yield taken


def measure_pages() -> bool:
    from organizations.models import Enterprise, Unit

    holders = [Unit.objects.get(name=name) for name in ("威海市应急管理局", "荣成市应急管理局")]
    holders.append(Enterprise.objects.first())
    verdicts = [measured(holder, what, query) for holder in holders for what, query in PAGES.items()]
    return all(verdicts)


def measured(holder: object, what: str, query: str) -> bool:
    client = signed_in(holder)
    client.get(f"/hazards/{query}")
    with queries() as taken:
        client.get(f"/hazards/{query}")
    slowest = max(taken)
    verdict = "ok" if slowest <= SLOWEST else "TOO SLOW"
    taken_in_all = f"{len(taken)} queries, {sum(taken) * 1000:.0f} ms, slowest {slowest * 1000:.0f} ms"
    print(f"{holder}, {what}: {taken_in_all} {verdict}")
    return slowest <= SLOWEST


def signed_in(holder: object):
    from django.test import Client

    from organizations.models import Enterprise, Membership, User

    is_firm = isinstance(holder, Enterprise)
    user, _ = User.objects.get_or_create(username=f"reader{holder.pk}{is_firm}", defaults={"name": "读者"})
    role, key = ("head", "enterprise") if is_firm else ("clerk", "unit")
    Membership.objects.get_or_create(user=user, role=role, **{key: holder})
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def main(hazards: int = 100_000, runs: int = 3) -> bool:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from config import local

    local.join(*settings.LOCAL_SERVICES)
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "benchmark_ledger"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_official", stdout=StringIO())
        fill(hazards)
        return all([measure_export(runs), measure_pages()])
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    if not main(*map(int, sys.argv[1:])):
        sys.exit(1)
