"""Two ways of doing the same thing, timed in turn in the same run."""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare(what: str, ours: Callable[[], object], floor: Callable[[], object], *, bound: float, runs: int) -> bool:
    """Alternate the two, print both medians and their ratio beside the bound; True if it holds."""
    pairs = [(timed(ours), timed(floor)) for _ in range(runs)]
    own, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    verdict = "ok" if own <= bound * other else "TOO SLOW"
    print(f"{what}: {own:.2f} s, floor {other:.2f} s, ratio {own / other:.3f} (bound {bound}) {verdict}")
    return own <= bound * other


def peak_memory(module: str, *arguments: object) -> float:
    """Peak memory in MB of `python -m module arguments…`, a process of its own."""
    code = (
        "import resource, runpy, sys; sys.argv = sys.argv[1:]; runpy.run_module(sys.argv[0], run_name='__main__');"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, module, *map(str, arguments)]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()[-1]) / 1024
