"""The services of a portal that runs on one machine: PostgreSQL and Redis, kept in `var/` (see servers.py).

Whoever needs them calls `join()`: manage.py, gunicorn's and Celery's processes, the tests. Each holds a shared lock
on `var/run/<service>.users` for as long as it lives; the kernel lets go of it however the process ends, `kill -9`
included. A small detached process per service, the *keeper*, starts the server and then waits for the exclusive lock:
it gets it when the last user has gone, stops the server and ends. So nothing is left running behind a plain
`manage.py` command, several processes share one server, and no list of process ids has to be believed. If the keeper
itself is killed, the next user starts another one, which takes over the server it finds or starts it anew.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from config.servers import DATABASE, VAR_DIR, PostgreSQL, Redis, ServiceError, home, prepare, sockets

SERVICES: dict[str, type[PostgreSQL] | type[Redis]] = {"postgresql": PostgreSQL, "redis": Redis}
START_SECONDS = 90
LOOK_AFTER_SECONDS = 5

_joined: dict[tuple[str, Path], IO] = {}
_keepers: dict[tuple[str, Path], subprocess.Popen] = {}


# What settings.py asks


def database() -> dict:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": "postgres",
        "HOST": str(sockets(home())),
    }


def redis_urls() -> tuple[str, str]:
    """For the cache, and for Celery."""
    path = sockets(home()) / "redis.sock"
    return f"unix://{path}?db=1", f"redis+socket://{path}?virtual_host=0"


# Users and keepers


def lock_file(root: Path, name: str) -> IO:
    """An open file to lock. Not inherited by programs we start, but shared with processes we fork."""
    return open(os.open(root / "run" / name, os.O_RDONLY | os.O_CREAT, 0o644))


def join(*names: str, root: Path | None = None) -> None:
    """Start or join the named services; they stay up at least until this process has ended."""
    root = root or home()
    if names:
        prepare(root)
    for name in names:
        if (name, root) not in _joined:
            users = lock_file(root, f"{name}.users")
            fcntl.flock(users, fcntl.LOCK_SH)
            _joined[name, root] = users
        ensure_keeper(root, name)
    for name in names:
        await_service(root, name)


def leave(root: Path | None = None, patience: float = 5) -> bool:
    """Let go of the services before the process ends. True if nobody else uses them, so that they have stopped."""
    root, deadline = root or home(), time.monotonic() + patience
    names = [name for name, place in _joined if place == root]
    for name in names:
        _joined.pop((name, root)).close()
    while any(has_keeper(root, name) for name in names) and time.monotonic() < deadline:
        time.sleep(0.05)
    stopped = [name for name in names if not has_keeper(root, name)]
    for name in stopped:
        if keeper := _keepers.pop((name, root), None):
            keeper.wait()
    return stopped == names


def await_service(root: Path, name: str) -> None:
    service, deadline = SERVICES[name](root), time.monotonic() + START_SECONDS
    while not (has_keeper(root, name) and service.answers()):
        keeper = _keepers.get((name, root))
        if keeper and keeper.poll() or time.monotonic() > deadline:
            log = root / "run" / f"{name}.keeper.log"
            raise ServiceError(f"{name} does not start. {log} ends: {log.read_text()[-1000:]}")
        ensure_keeper(root, name)
        time.sleep(0.02)


def ensure_keeper(root: Path, name: str) -> None:
    """Start a keeper unless there is one, or ours is still on its way."""
    keeper = _keepers.get((name, root))
    if not has_keeper(root, name) and (keeper is None or keeper.poll() == 0):
        _keepers[name, root] = start_keeper(root, name)


def has_keeper(root: Path, name: str) -> bool:
    with lock_file(root, f"{name}.keeper") as file:
        return not locked(file, fcntl.LOCK_SH)


def locked(file: IO, kind: int) -> bool:
    """Lock the file if that is possible at once."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def start_keeper(root: Path, name: str) -> subprocess.Popen:
    path = root / "run" / f"{name}.keeper.log"
    path.unlink(missing_ok=True)  # it may be another user's
    with open(path, "w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "config.local", name, str(root)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=VAR_DIR.parent,
            start_new_session=True,
        )


def keep(root: Path, name: str) -> None:
    """The keeper: start the service, wait until nobody uses it, stop it. A second keeper leaves at once."""
    keeper, users, service = lock_file(root, f"{name}.keeper"), lock_file(root, f"{name}.users"), SERVICES[name](root)
    if not locked(keeper, fcntl.LOCK_EX):
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        service.start()
        looked_at = time.monotonic()
        while not locked(users, fcntl.LOCK_EX):
            time.sleep(0.1)
            if time.monotonic() - looked_at > LOOK_AFTER_SECONDS:
                looked_at = time.monotonic()
                service.answers() or service.start()
    finally:
        service.stop()
        # Who comes now waits for the users' lock; by the time he has it, he must see that there is no keeper.
        keeper.close()


if __name__ == "__main__":
    keep(Path(sys.argv[2]), sys.argv[1])
