"""Opening and reminding: one monthly duty of N enterprises, in a database of its own.

    python -m benchmarks.obligations [enterprises]

Bound (design §8): 5 statements per 1,000 for opening and for reminding, whatever N; BEGIN, COMMIT and the handful that
a run takes in any case are not counted. Letters to the leaders are made in a run that reminds too. Beside the times
stands the floor: the same rows by hand-written SQL. Delivery to the inbox is measured too: 6 per 1,000, asking what is
still wanted and finding the way out included. Memory is the process's peak: N rows are never held at once.

Counted by the batch, per 1,000: opening 4, reminding 4 (what is owed, open hazards, messages, turns), the letters 0.8
more (4 for 5,000), delivering 6; `campaigns/tests/test_many_letters.py` holds reminding and letters together to 5.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime

import django

FIXED = 30  # statements of a run that do not depend on the number of respondents
DAY = date(2023, 6, 1)
MOMENT = datetime(2023, 6, 28, 0, 30, tzinfo=UTC)
SECOND_LATE = datetime(2023, 7, 3, 0, 30, tzinfo=UTC)  # a Monday: reminders again, and the letters


class Counter:
    """Statements but for those of transactions."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            self.count += 1
        return execute(sql, params, many, context)


def counted(what: str, work: Callable[[], object], count: int, bound: int = 5) -> bool:
    """Time and count; print both per thousand; whether the bound holds."""
    from django.db import connection

    counter = Counter()
    started = time.perf_counter()
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(counter))
        work()
    seconds = time.perf_counter() - started
    per_thousand = max(counter.count - FIXED, 0) / count * 1000
    verdict = "ok" if per_thousand <= bound else "TOO MANY"
    print(
        f"{what}: {seconds:.1f} s, {counter.count} statements, {per_thousand:.2f} per 1,000 (bound {bound}) {verdict}"
    )
    return per_thousand <= bound


def prepare(count: int) -> None:
    """A county with its bureau, N firms, a campaign with one monthly duty of theirs."""
    from campaigns.tests import factories as campaigns
    from organizations.models import Enterprise
    from organizations.tests import factories as make

    bureau, sector = make.unit(), make.sector()
    rows = (
        Enterprise(
            name=f"企业{n}", uscc=f"91371082MA{n:08}", area=bureau.area, sector=sector, head_mobile="13800000000"
        )
        for n in range(count)
    )
    Enterprise.objects.bulk_create(rows, batch_size=5000)
    campaigns.campaign(starts_on=DAY, ends_on=date(2023, 6, 30))
    campaigns.deliverable(respondent="enterprise", recipient_rule="area_unit", line="", unit_kinds=[], area_levels=[])


def floor(count: int) -> float:
    """Seconds for the same obligations and recipients by hand-written SQL, two statements per 1,000, then undone."""
    from django.db import connection, transaction

    from campaigns.models import Obligation

    row = Obligation.objects.order_by("pk").first()
    bureau = row.recipients.get().pk
    columns = ", ".join(f.column for f in Obligation._meta.concrete_fields if f.column not in ("id", "period"))
    obligations = (
        f"INSERT INTO campaigns_obligation (period, {columns}) "
        f"SELECT '2099-01', {columns} FROM campaigns_obligation WHERE id >= %s AND id < %s"
    )
    recipients = (
        "INSERT INTO campaigns_obligation_recipients (obligation_id, unit_id) "
        f"SELECT id, {bureau} FROM campaigns_obligation WHERE id > %s"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        started = time.perf_counter()
        for first in range(row.pk, row.pk + count, 1000):
            cursor.execute("SELECT max(id) FROM campaigns_obligation")
            (last,) = cursor.fetchone()
            cursor.execute(obligations, [first, first + 1000])
            cursor.execute(recipients, [last])
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    print(f"floor, the same {count} obligations by hand: {seconds:.1f} s")
    return seconds


def measure(count: int) -> bool:
    from campaigns.actions.opening import open_obligations
    from campaigns.actions.reminders import remind
    from lib.actor import Actor
    from notifications.actions.deliveries import deliver_waiting

    by = Actor.system("测量")
    prepare(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    fine = [
        counted(f"opening {count}", lambda: open_obligations(DAY, by=by), count),
        counted("opening again, nothing to do", lambda: open_obligations(DAY, by=by), count),
        counted(f"reminding {count}", lambda: remind(MOMENT, by=by), count),
        counted("reminding again, nothing to do", lambda: remind(MOMENT, by=by), count),
        counted(f"delivering {count} to the inbox", lambda: deliver_waiting(at=MOMENT), count, bound=6),
        counted(f"a letter to the leader of each of {count}", lambda: remind(SECOND_LATE, by=by), count),
        counted("letters again, nothing to do", lambda: remind(SECOND_LATE, by=by), count),
    ]
    floor(count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: {before:.0f} MB before, {peak:.0f} MB at the peak")
    return all(fine)


def main(count: int = 100_000) -> bool:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection

    from config import local
    from config.celery import app

    local.join(*settings.LOCAL_SERVICES)
    app.conf.update(broker_url="memory://localhost")
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "benchmark_obligations"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return measure(count)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(not main(*map(int, sys.argv[1:])))
