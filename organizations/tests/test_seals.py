"""The audit log is sealed in chained ranges, behind the oldest running transaction; what is changed or gone shows."""

from datetime import timedelta
from threading import Event, Thread

import pgtrigger
import psycopg2
import pytest
from django.db import connection, transaction
from django.utils import timezone

from lib.actor import Actor
from organizations import audit
from organizations.actions import seals
from organizations.models import AuditEntry, AuditSeal
from organizations.models.people import Role
from organizations.tests import factories as make

SYSTEM = Actor.system("测试")
LONG_AGO = timedelta(hours=1)


def written(count=3, *, ago=LONG_AGO):
    """Rows as if they had been written some time ago."""
    keys = [audit.record(SYSTEM, f"test.{nth}").pk for nth in range(count)]
    behind_our_back(lambda: AuditEntry.objects.filter(pk__in=keys).update(at=timezone.now() - ago))
    return keys


def behind_our_back(act):
    """What somebody with the database's own password could do."""
    with pgtrigger.ignore("organizations.AuditEntry:append_only", "organizations.AuditSeal:append_only"):
        return act()


def complaints():
    return [(seal.first_id, words) for seal, words in seals.broken()]


@pytest.mark.django_db
def test_seals_are_chained_and_fit():
    first, second = written(), written(2)
    one = seals.seal()
    assert (one.first_id, one.last_id, one.rows, one.previous) == (first[0], second[-1], 5, "")
    third = written(1)
    two = seals.seal()
    assert (two.first_id, two.last_id, two.previous) == (third[0], third[0], one.digest)
    assert seals.seal() is None
    assert complaints() == []


@pytest.mark.django_db
def test_fresh_rows_wait_for_the_next_seal():
    written(1, ago=timedelta(seconds=30))
    assert seals.seal() is None


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["change", "remove"])
def test_what_was_changed_or_removed_shows(act):
    keys = written()
    seals.seal()
    row = AuditEntry.objects.filter(pk=keys[1])
    behind_our_back(lambda: row.update(actor="别人") if act == "change" else row.delete())
    assert complaints() == [(keys[0], f"审计日志第{keys[0]}至{keys[-1]}条与封存不符，可能被删改")]


@pytest.mark.django_db
def test_removed_seal_breaks_the_chain():
    written()
    seals.seal()
    later = written()
    seals.seal()
    behind_our_back(lambda: AuditSeal.objects.order_by("pk").first().delete())
    assert complaints() == [(later[0], "与前一封存不衔接，中间的封存可能被删改")]


@pytest.mark.django_db
def test_new_key_signs_and_the_old_one_still_verifies(settings):
    settings.SEAL_KEYS = {"1": "first key"}
    written()
    seals.seal()
    settings.SEAL_KEYS = {"1": "first key", "2": "second key"}
    written()
    assert seals.seal().key_id == "2"
    assert complaints() == []
    settings.SEAL_KEYS = {"2": "second key"}
    assert [words for _, words in complaints()] == ["缺少密钥1，无法核对"]


@pytest.mark.django_db(transaction=True)
def test_rows_younger_than_a_running_transaction_are_left(monkeypatch):
    """A transaction that began before them may still bring in a row with a lower key."""
    monkeypatch.setattr(seals, "MARGIN", timedelta(0))
    begun, done = Event(), Event()

    def hold():
        with transaction.atomic():
            AuditEntry.objects.count()
            begun.set()
            done.wait(20)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    begun.wait(20)
    written(ago=timedelta(0))
    assert seals.seal() is None
    done.set()
    holder.join()
    assert seals.seal().rows == 3


@pytest.fixture
def neighbour():
    """A transaction that stays open in another database of the same server."""
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    parameters.pop("cursor_factory")
    stranger = psycopg2.connect(**parameters)
    stranger.cursor().execute("SELECT 1")
    yield stranger
    stranger.close()


@pytest.mark.django_db(transaction=True)
def test_transaction_in_another_database_holds_nothing_up(monkeypatch, neighbour):
    monkeypatch.setattr(seals, "MARGIN", timedelta(0))
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(xact_start) IS NOT NULL FROM pg_stat_activity WHERE datname = 'postgres'")
        assert cursor.fetchone() == (True,)
    written(ago=timedelta(0))
    assert seals.seal().rows == 3


@pytest.mark.django_db
def test_refusal_is_written_although_the_act_failed(client):
    firm = make.actor(make.enterprise(), Role.SAFETY)
    client.force_login(firm.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/campaigns/new/").status_code == 403
    entry = AuditEntry.objects.get(verb="access.refused")
    assert (entry.ok, entry.actor_id, entry.detail["path"]) == (False, firm.user.pk, "/campaigns/new/")
    assert "安全员" in entry.detail["reason"]
