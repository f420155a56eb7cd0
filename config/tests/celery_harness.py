"""Celery for real: workers and beat as bin/run starts them, on the test database, and a mail server that can wait.

    def test_x(celery, mail_server):      # on the committed rows of a transactional test
        celery.workers("one", "two")
        celery.send("campaigns.tasks.remind")
        until(lambda: mail_server.received)
        celery.kill("one")                # as if its machine had lost power

The broker is a Redis database of this test process; nothing of it is left, and no process outlives the test.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import psycopg2
import pytest
import redis
from aiosmtpd.controller import Controller
from celery import Celery
from django.conf import settings
from django.db import connection
from kombu import Connection

from config import run
from config.tests import databases

PATIENCE = 120
QUICK_BEAT = """
from config.celery import app

app.conf.beat_schedule = {{name: app.conf.beat_schedule[name] | {{"schedule": {every}}} for name in {names}}}
"""


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait until it holds, and return what it says then; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (said := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)
    return said


# Mail


@dataclass
class MailServer:
    """Takes every mail; those beyond the number `stop_after` are taken too, but get no answer until `go_on`."""

    received: list[Message] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    stop_after: int | None = None

    async def handle_DATA(self, server, session, envelope) -> str:
        self.received.append(message_from_bytes(envelope.content))
        if self.stopped():
            self.held.append(envelope.rcpt_tos[0])
        while self.stopped():
            await asyncio.sleep(0.02)
        return "250 OK"

    def stopped(self) -> bool:
        return self.stop_after is not None and len(self.received) > self.stop_after

    def go_on(self) -> None:
        self.stop_after = None

    @property
    def addresses(self) -> list[str]:
        return [mail["To"] for mail in self.received]


@pytest.fixture
def mail_server(monkeypatch) -> Iterator[MailServer]:
    """The server that the processes of `celery` send to."""
    receiver = MailServer()
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(receiver, hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in {"HOST": "127.0.0.1", "PORT": str(port), "USE_SSL": "no"}.items():
        monkeypatch.setenv(f"EMAIL_{name}", value)
    yield receiver
    receiver.go_on()
    controller.stop()


# Workers and beat


def another_connection() -> Any:
    """To the test database, with a transaction of its own."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    return psycopg2.connect(**parameters)


def database_url() -> str:
    """The test database, as DATABASE_URL names it."""
    given = connection.settings_dict
    where = {name: given[name.upper()] for name in ("host", "port") if given[name.upper()]}
    return f"postgresql://{quote(given['USER'])}:{quote(given['PASSWORD'])}@/{given['NAME']}?{urlencode(where)}"


def broker_url(cache: str) -> str:
    """The broker that goes with a test process's cache, of which this is the address: a Redis database of its own."""
    number = int(cache.rpartition("db=")[2]) - databases.FIRST_CACHE + databases.FIRST_BROKER
    parts = urlsplit(cache)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host={number}"
    return parts._replace(path=f"/{number}", query=parts.query.rpartition("db=")[0].rstrip("&")).geturl()


@dataclass
class Processes:
    """The processes of one test, by name; each is a group of its own."""

    folder: Path
    broker: str
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def workers(self, *names: str) -> None:
        """Start them, as bin/run does, but each with one task at a time; returns when all take tasks."""
        for name in names:
            command = [*run.commands(0)["worker"], "--concurrency", "1", "--hostname", f"{name}@test"]
            self.start(name, command)
        for name in names:
            self.await_line(name, "ready.")

    def beat(self, *entries: str, every: float = 0.5) -> None:
        """Start the timetable with these entries of it only, each due every so many seconds."""
        (self.folder / "quick_beat.py").write_text(QUICK_BEAT.format(every=every, names=entries))
        schedule = ["--schedule", str(self.folder / "schedule"), "--pidfile="]
        self.start("beat", ["celery", "--app", "quick_beat", "beat", "--loglevel", "INFO", *schedule])
        self.await_line("beat", "beat: Starting...")

    def start(self, name: str, command: list[str]) -> None:
        own = {
            "DATABASE_URL": database_url(),
            "LOCAL": "yes",
            "CELERY_BROKER_URL": self.broker,
            "CACHE_PREFIX": "celery-test",
            "PGAPPNAME": name,
            "PYTHONPATH": f"{self.folder}{os.pathsep}{settings.BASE_DIR}",
        }
        self.names.add(name)
        with open(self.log(name), "w") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=settings.BASE_DIR,
                env=os.environ | own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=run.die_with_parent(),
            )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def said(self, name: str) -> str:
        return self.log(name).read_text(errors="replace")

    def await_line(self, name: str, words: str) -> None:
        process = self.processes[name]
        until(lambda: words in self.said(name) or process.poll() is not None)
        assert words in self.said(name), f"{name} has ended:\n{self.said(name)[-2000:]}"

    def send(self, task: str, *arguments: object) -> str:
        """Put a task in the queue; its id. The portal's own application does tasks at once in tests."""
        with Celery(broker=self.broker, set_as_current=False) as sender:
            return sender.send_task(task, arguments).id

    def finished(self, *names: str, task: str) -> bool:
        """Whether one of the workers has done the task of that id."""
        return any(f"[{task}] succeeded" in self.said(name) for name in names)

    @contextlib.contextmanager
    def held_up_at(self, table: str) -> Iterator[Callable[[], str]]:
        """Inside, whoever writes to the table waits; the value asks for a worker that does, and waits for one."""
        with contextlib.closing(another_connection()) as other, other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            yield lambda: until(lambda: self.connected("AND wait_event_type = 'Lock'"))[0]

    def connected(self, more: str = "") -> list[str]:
        """The workers that the database knows of. It notices a little late that one has been killed."""
        query = "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
        with connection.cursor() as cursor:
            cursor.execute(f"{query} AND application_name = ANY(%s) {more}", [list(self.names)])
            return [name for (name,) in cursor.fetchall()]

    def kill(self, name: str) -> None:
        """The process and all it has forked are gone at once, as when the machine loses power."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Kill what still runs, and wait until the database has noticed: nobody writes after that."""
        for name in list(self.processes):
            self.kill(name)
        until(lambda: not self.connected())


@pytest.fixture
def celery(transactional_db, mail_server, tmp_path) -> Iterator[Processes]:
    """Workers and beat of this test: `celery.workers("one", "two")`, `celery.beat("remind-sweep")`."""
    processes = Processes(tmp_path, broker_url(settings.CACHES["default"]["LOCATION"]))
    empty_broker(processes.broker)
    yield processes
    processes.stop()
    empty_broker(processes.broker)


def empty_broker(url: str) -> None:
    with Connection(url) as broker:
        client: redis.Redis = broker.default_channel.client
        client.flushdb()
