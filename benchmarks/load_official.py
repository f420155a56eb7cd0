"""Loading the official data into an empty database, against Django's own loaddata of the same files.

    python -m benchmarks.load_official

Bounds: 3 s for the first load (design §4.7), half of loaddata's time; the second load a fifth of the first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import django
from django.db import transaction
from django.test.utils import get_runner

from benchmarks.compare import timed


def in_vain(*steps: Callable[[], object]) -> list[float]:
    """Seconds of each step, one after the other, then all of it undone."""
    with transaction.atomic():
        seconds = [timed(step) for step in steps]
        transaction.set_rollback(True)
    return seconds


def measure() -> bool:
    from django.core.management import call_command

    from checklists.management.commands.load_official import FIXTURES

    (floor,) = in_vain(lambda: call_command("loaddata", *FIXTURES, verbosity=0))
    first, second = in_vain(*[lambda: call_command("load_official", verbosity=0)] * 2)
    print(f"first load {first:.2f} s (bound 3), loaddata {floor:.2f} s, ratio {first / floor:.3f} (bound 0.5)")
    print(f"second load {second:.3f} s, ratio to the first {second / first:.3f} (bound 0.2)")
    return first <= 3 and first <= 0.5 * floor and second <= 0.2 * first


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
