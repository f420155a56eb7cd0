"""The second half of bin/run: prepare the data, then web, worker and beat until Ctrl-C."""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.conf import settings
from django.core.management import call_command

from config import local

STOP_SECONDS = 20
DEMO_MONTH = "2023-06"
DEMO_TABLES = [("trade", "trade-2023"), ("trade-ledger", "trade-2023"), ("mines", "mines-2023")]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/run", description=__doc__)
    parser.add_argument("--setup", action="store_true", help="stop once packages are installed and data migrated")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell script may have started us deaf to it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    if not options.setup:
        refuse_used_port(options.port)
    try:
        prepare(setup_only=options.setup)
        if not options.setup:
            serve(commands(options.port), options.port)
    except KeyboardInterrupt:
        say("")
    except local.ServiceError as error:
        raise SystemExit(str(error)) from None
    finally:
        leave_services()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def refuse_used_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(
                f"Port {port} is taken. Is the portal running already? Else: bin/run --port 8001"
            ) from None


def prepare(*, setup_only: bool) -> None:
    local.join(*settings.LOCAL_SERVICES)
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if setup_only:
        return
    call_command("load_official")
    call_command("load_demo")
    render_tables()


def render_tables() -> None:
    """The tables of the demo's month and of the month we are in, as the city prints them."""
    folder = settings.VAR_DIR / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    demo = [(f"{table}-{DEMO_MONTH}", table, campaign, DEMO_MONTH, "威海市") for table, campaign in DEMO_TABLES]
    for name, table, campaign, period, area in [*demo, *current_tables()]:
        output = folder / f"{name}.xlsx"
        call_command("dispatch_table", table, campaign=campaign, period=period, area=area, output=output)


def current_tables() -> list[tuple[str, str, str, str, str]]:
    """(file name, table, campaign, month, area) of what running campaigns owe this month."""
    from django.utils import timezone

    from reports.actions.monthly import tables_of

    month = f"{timezone.localdate():%Y-%m}"
    owed = [(each.form_argument, each.campaign) for each in tables_of(month)]
    return [(f"{one.code}-{table}-{month}", table, one.code, month, one.area.name) for table, one in owed]


# The three processes


def commands(port: int) -> dict[str, list[str]]:
    """Each is a module of an installed package; the last lines of its log tell when something is wrong."""
    celery = ["celery", "--app", "config"]
    web = [
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--no-control-socket",
    ]
    return {
        "web": web,
        "worker": [
            *celery,
            "worker",
            "--concurrency",
            "2",
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "INFO",
        ],
        "beat": [*celery, "beat", "--pidfile=", "--loglevel", "INFO"],
    }


def serve(wanted: dict[str, list[str]], port: int) -> None:
    """Keep the processes up until Ctrl-C, or until one of them ends; then end them all."""
    processes = {name: start(name, command, port) for name, command in wanted.items()}
    try:
        wait_for_web(port, processes)
        say(f"Running on http://127.0.0.1:{port}/ – logs in {settings.VAR_DIR / 'log'} – Ctrl-C ends everything.")
        while not ended(processes):
            time.sleep(0.5)
        name = ended(processes)[0]
        raise SystemExit(f"{name} has ended; the end of its log:\n{log_of(name).read_text(errors='replace')[-2000:]}")
    finally:
        stop(processes)


def log_of(name: str) -> Path:
    folder = settings.VAR_DIR / "log"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.log"


def start(name: str, command: list[str], port: int) -> subprocess.Popen:
    """Links in mails and on account slips lead to the port in use, unless SITE_URL is set."""
    with open(log_of(name), "w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=settings.BASE_DIR,
            env={"SITE_URL": f"http://127.0.0.1:{port}", **os.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us; we end them in order
            preexec_fn=die_with_parent(),
        )


def die_with_parent() -> Callable[[], object] | None:
    """On Linux the kernel ends the three even when this process is killed outright."""
    if sys.platform != "linux":
        return None
    prctl, set_parent_death_signal = ctypes.CDLL(None).prctl, 1
    return lambda: prctl(set_parent_death_signal, signal.SIGTERM)


def wait_for_web(port: int, processes: dict[str, subprocess.Popen]) -> None:
    while not ended(processes):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def ended(processes: dict[str, subprocess.Popen]) -> list[str]:
    return [name for name, process in processes.items() if process.poll() is not None]


def stop(processes: dict[str, subprocess.Popen]) -> None:
    for process in processes.values():
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes.values():
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def leave_services() -> None:
    if not settings.LOCAL_SERVICES:
        return
    if local.leave():
        say("Stopped. The data stay in var/.")
    else:
        say("Stopped. Another process uses the local services, so they stay up.")


if __name__ == "__main__":
    main()
