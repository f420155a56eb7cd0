"""What lies between tests: of one nothing reaches the next, of one process nothing reaches another."""

from threading import Event, Thread
from types import SimpleNamespace

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

import conftest
from config.tests import databases
from lib.actor import Actor
from organizations import audit
from organizations.models import Area, AuditEntry, Unit
from organizations.tests import factories as make


def filled():
    """The tables that have rows."""
    with connection.cursor() as cursor:
        for name in [*databases.tables(), *databases.KEPT]:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {name})")  # noqa: S608
            if cursor.fetchone()[0]:
                yield name.strip('"')


@pytest.mark.django_db(transaction=True)
def test_emptying_deletes_all_but_what_came_with_the_tables():
    make.actor(make.unit())
    make.enterprise()
    audit.record(Actor.system("测试"), "test.entry")
    permissions = Permission.objects.count()
    assert {"organizations_auditentry", "organizations_membership", "organizations_enterpriseevent"} <= set(filled())

    databases.empty()

    assert set(filled()) == databases.KEPT
    assert Permission.objects.count() == permissions > 100


@pytest.mark.django_db(transaction=True)
def test_emptying_leaves_triggers_and_keys_at_work():
    databases.empty()

    entry = audit.record(Actor.system("测试"), "test.entry")
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()
    with pytest.raises(DatabaseError, match="foreign key"), transaction.atomic():
        Unit.objects.create(name="单位", kind="bureau", area_id=1)


@pytest.mark.django_db(transaction=True)
def test_emptying_waits_for_who_is_still_writing():
    """A request of a page that has been closed, say: its rows would otherwise turn up in the next test."""
    wrote, go_on = Event(), Event()

    def write():
        with transaction.atomic():
            make.city()
            wrote.set()
            go_on.wait(20)
        connection.close()

    writer = Thread(target=write)
    writer.start()
    wrote.wait(20)
    emptying = Thread(target=lambda: (databases.empty(), connection.close()))
    emptying.start()
    emptying.join(0.3)
    assert emptying.is_alive()
    go_on.set()
    writer.join()
    emptying.join()

    assert not Area.objects.exists()


# One test commits, the next must find nothing: whichever of the two runs first.


@pytest.mark.parametrize("turn", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_gone_in_the_next_test(turn):
    assert not Area.objects.exists()
    assert cache.get("word") is None
    make.unit()
    cache.set("word", "a")


# Several processes


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("unix:///var/run/redis.sock?db=1", "unix:///var/run/redis.sock?db=4"),
        ("redis://:secret@host:6379/0", "redis://:secret@host:6379/0?db=4"),
        ("rediss://host/1?ssl_cert_reqs=none&db=1", "rediss://host/1?ssl_cert_reqs=none&db=4"),
    ],
)
def test_another_database_of_the_same_redis(url, other):
    assert databases.redis_database(url, 4) == other
    assert redis.ConnectionPool.from_url(other).connection_kwargs["db"] == 4


def test_processes_share_no_redis_database():
    workers = ["", *(f"gw{number}" for number in range(databases.MOST_PROCESSES))]
    places = [databases.place(worker) for worker in workers]
    caches = {databases.FIRST_CACHE + place for place in places}
    brokers = {databases.FIRST_BROKER + place for place in places}

    assert len(caches) == len(brokers) == len(workers)
    assert caches | brokers | {0, 1} == set(range(len(workers) * 2 + 2)) == set(range(16))


def test_cache_of_tests_is_not_the_portals():
    assert "db=1" not in settings.CACHES["default"]["LOCATION"].split("?")[1].split("&")
    assert f"db={databases.FIRST_CACHE + databases.place(conftest.WORKER)}" in settings.CACHES["default"]["LOCATION"]


@pytest.mark.django_db
def test_database_of_this_process_bears_its_name():
    name = connection.settings_dict["NAME"]
    assert name.startswith("test_")
    assert name.partition("_gw")[2] == conftest.WORKER.removeprefix("gw")
    assert conftest.stamp().exists()


@pytest.mark.parametrize(
    ("arguments", "capture", "alone"),
    [
        (["lib/tests/test_workdays.py"], "fd", True),
        (["lib/tests/test_workdays.py::test_one", "lib/tests/test_workdays.py::test_two"], "fd", True),
        (["lib/tests/test_workdays.py", "lib/tests/test_locks.py"], "fd", False),
        (["lib"], "fd", False),
        (["config", "lib"], "no", True),
    ],
)
def test_one_file_pays_for_no_further_processes(monkeypatch, arguments, capture, alone):
    config = SimpleNamespace(args=arguments, option=SimpleNamespace(capture=capture))
    monkeypatch.setattr(conftest, "processors", lambda: 2)

    assert conftest.pytest_xdist_auto_num_workers(config) == (0 if alone else 2)


@pytest.mark.parametrize(("processors", "workers"), [(1, 0), (2, 2), (6, 6), (64, 6)])
def test_processes_are_as_many_as_processors_and_redis_databases_allow(monkeypatch, processors, workers):
    config = SimpleNamespace(args=["lib"], option=SimpleNamespace(capture="fd"))
    monkeypatch.setattr(conftest, "processors", lambda: processors)

    assert conftest.pytest_xdist_auto_num_workers(config) == workers
