"""bin/run ends what it started, whoever is deaf, and says what stays up."""

import contextlib
import signal
import socket
import subprocess
import sys
import time

import pytest

from config import run

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PARENT = """
import subprocess, sys
from config import run
child = subprocess.Popen(
    [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"],
    stdout=subprocess.PIPE, preexec_fn=run.die_with_parent(), start_new_session=True,
)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


def started(code):
    """A process of its own session, as bin/run starts them, once it has said its word."""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True)
    process.stdout.readline()
    return process


def test_one_that_does_not_hear_is_killed(monkeypatch):
    monkeypatch.setattr(run, "STOP_SECONDS", 0.3)
    deaf, willing = started(DEAF), started("import time; print('up', flush=True); time.sleep(60)")

    run.stop({"web": deaf, "worker": willing})

    assert (deaf.returncode, willing.returncode) == (-signal.SIGKILL, -signal.SIGTERM)
    deaf.stdout.close()
    willing.stdout.close()


def test_all_are_told_before_any_is_waited_for(monkeypatch):
    """Three of twenty seconds each must not take a minute."""
    monkeypatch.setattr(run, "STOP_SECONDS", 0.5)
    deaf = {str(number): started(DEAF) for number in range(3)}

    before = time.monotonic()
    run.stop(deaf)

    assert time.monotonic() - before < 2
    for process in deaf.values():
        process.stdout.close()


def test_children_end_with_a_parent_that_was_killed():
    """Only Linux tells a process of its parent's death; elsewhere nothing is asked for."""
    if sys.platform != "linux":
        assert run.die_with_parent() is None
        return
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=run.settings.BASE_DIR,
    )
    child = int(parent.stdout.readline())

    with parent:
        parent.kill()

    deadline = time.monotonic() + 10
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(child)


def alive(pid):
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_web_that_ended_is_not_waited_for():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    run.wait_for_web(1, {"web": ended})


def test_web_that_listens_is_up():
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        started("print(1, flush=True); import time; time.sleep(60)") as other,
    ):
        run.wait_for_web(listening.getsockname()[1], {"web": other})
        other.kill()


def test_ended_names_those_that_ended():
    ended, running = (
        subprocess.Popen([sys.executable, "-c", ""]),
        started("print(1, flush=True); import time; time.sleep(60)"),
    )
    ended.wait()

    assert run.ended({"web": ended, "worker": running}) == ["web"]
    running.kill()
    running.communicate()


def test_where_the_services_are_somebody_elses_nothing_is_left_or_said(settings, capsys):
    settings.LOCAL_SERVICES = []

    run.leave_services()

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("port", ["8001", "1"])
def test_port_reaches_the_web_and_nothing_else(port):
    commands = run.commands(int(port))

    assert f"127.0.0.1:{port}" in commands["web"]
    assert sorted(commands) == ["beat", "web", "worker"]
    assert not any(port in word for name in ("worker", "beat") for word in commands[name])
