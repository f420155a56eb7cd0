"""PostgreSQL advisory locks, named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from django.db import DEFAULT_DB_ALIAS, connections, transaction

COUNTING = "counting"


def key(name: str) -> int:
    """The signed 64-bit number PostgreSQL knows a named lock by."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def counting_shared(using: str = DEFAULT_DB_ALIAS) -> None:
    """Taken by every writer of counted rows; lasts until the transaction ends.

    Writers do not wait for each other, only for a freeze.
    """
    _until_commit("pg_advisory_xact_lock_shared", using)


def counting_exclusive(using: str = DEFAULT_DB_ALIAS) -> None:
    """Taken by a freeze: waits for the writers under way, holds up new ones.

    Take it before anything else in the transaction: going from the shared
    lock to this one can deadlock with another who does the same.
    """
    _until_commit("pg_advisory_xact_lock", using)


def exclusive(name: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Wait until nobody else has `name`; held until the transaction ends."""
    _until_commit("pg_advisory_xact_lock", using, name)


def _until_commit(function: str, using: str, name: str = COUNTING) -> None:
    connection = connections[using]
    if not connection.in_atomic_block:
        # Outside a transaction the lock would be gone before the next statement.
        raise transaction.TransactionManagementError("this lock needs a transaction")
    _call(function, name, using)


@contextmanager
def single_flight(name: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[bool]:
    """True inside if nobody else is doing `name` now, False if somebody is.

        with single_flight("remind") as mine:
            if mine: ...

    Never waits. A killed holder loses its connection and with it the lock.
    Outside a transaction the lock belongs to the session, so that a task may
    commit batch by batch (a pooler in transaction mode would break that);
    inside one it lasts until the transaction ends.
    """
    if connections[using].in_atomic_block:
        yield _call("pg_try_advisory_xact_lock", name, using)
        return
    mine = _call("pg_try_advisory_lock", name, using)
    try:
        yield mine
    finally:
        if mine:
            _call("pg_advisory_unlock", name, using)


def _call(function: str, name: str, using: str) -> bool:
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [key(name)])
        return bool(cursor.fetchone()[0])
