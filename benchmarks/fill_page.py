"""The fill page of the 56 items: weight of the first load on a phone, statements of a save and of the hand-in.

    python -m benchmarks.fill_page

Bounds (design §8): 150 KB compressed, as nginx does by default (gzip, level 1), for the page and everything it links;
6 and 12 statements, session, BEGIN/COMMIT and their savepoints apart. The page's computing, which depends on the
machine, is measured beside a page that is hardly more than the frame: 56 questions may cost three times as much again.
"""

from __future__ import annotations

import gzip
import os
import re
import statistics
import sys
import time
from uuid import uuid4

import django
from django.test.utils import get_runner

FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
BOUNDS = {
    "first load (KB)": 150,
    "page / frame": 4,
    "saving an answer (statements)": 6,
    "handing in (statements)": 12,
}


def measure() -> bool:
    from django.core.management import call_command
    from django.test import Client

    from checklists.models import Checklist
    from checklists.tests import factories as lists
    from organizations.models.people import Role
    from organizations.tests import factories as make

    call_command("loaddata", "checklists/enterprise-56", verbosity=0)
    head = make.actor(make.enterprise(), Role.HEAD)
    inspection = lists.inspection(head.enterprise, by=head, of=Checklist.objects.latest_of("enterprise-56"))
    lists.answered(inspection, by=head, results={7: "noncompliant"})
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(head.user)
    path = f"/self-inspections/{inspection.pk}/"
    found = {
        "first load (KB)": first_load(client, f"{path}fill/"),
        "page / frame": median_ms(client, f"{path}fill/") / median_ms(client, f"{path}check/"),
        "saving an answer (statements)": statements(client, f"{path}items/1/", answer()),
        "handing in (statements)": statements(client, f"{path}submit/", {}),
    }
    for what, number in found.items():
        print(f"{what}: {number:.1f} (bound {BOUNDS[what]})")
    return all(number <= BOUNDS[what] for what, number in found.items())


def median_ms(client, path: str) -> float:
    """Milliseconds of computing for one page; waiting for the database and for other programs apart."""
    found = 1000 * statistics.median(busy(client, path) for _ in range(20))
    print(f"  {path}: {found:.0f} ms")
    return found


def busy(client, path: str) -> float:
    started = time.process_time()
    client.get(path)
    return time.process_time() - started


def answer() -> dict[str, object]:
    return {"client_id": uuid4(), "version": 1, "result": "partial", "note": "缺少记录"}


def first_load(client, path: str) -> float:
    """KB of the page and of every style sheet, script and icon it links."""
    page = client.get(path).content
    total = compressed("the page itself", page)
    for name in sorted(set(re.findall(r'(?:src|href)="/static/([^"]+)"', page.decode()))):
        total += compressed(name, static_file(name))
    return total


def compressed(name: str, content: bytes) -> float:
    size = len(gzip.compress(content, compresslevel=1)) / 1024
    print(f"  {name}: {size:.1f} KB")
    return size


def static_file(name: str) -> bytes:
    from django.contrib.staticfiles import finders

    with open(finders.find(name), "rb") as file:
        return file.read()


def statements(client, path: str, fields: dict[str, object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        reply = client.post(path, fields)
    if reply.status_code not in (200, 302):
        raise SystemExit(f"{path} answered {reply.status_code}")
    return sum(not query["sql"].startswith(FRAME) for query in queries)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    from config import local

    local.join(*settings.LOCAL_SERVICES)
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        holds = measure()
    finally:
        runner.teardown_databases(databases)
    sys.exit(not holds)


if __name__ == "__main__":
    main()
