import threading

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from lib.locks import counting_exclusive, counting_shared, exclusive, key, single_flight


@pytest.fixture(autouse=True)
def _database(django_db_setup, django_db_blocker):
    """The database without a transaction around the test, and nothing to clean up: locks are no rows."""
    with django_db_blocker.unblock():
        yield


def held():
    """How many advisory locks anybody holds in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return cursor.fetchone()[0]


def elsewhere(work):
    """Run on a connection of its own; its result, or the error it ended in."""
    outcome = []

    def run():
        try:
            outcome.append(work())
        except Exception as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    return outcome[0]


def try_for(lock):
    """True if the lock is free now; a wait is cut short."""

    def work():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
            lock()
        return True

    return elsewhere(work) is True


def test_keys_are_stable_signed_and_apart():
    assert key("counting") == key("counting")
    assert key("counting") != key("remind")
    assert all(-(2**63) <= key(str(n)) < 2**63 for n in range(100))


def test_writers_do_not_wait_for_each_other():
    with transaction.atomic():
        counting_shared()
        assert try_for(counting_shared)


def test_freeze_waits_for_writers():
    with transaction.atomic():
        counting_shared()
        assert not try_for(counting_exclusive)


def test_writers_and_other_freezes_wait_for_a_freeze():
    with transaction.atomic():
        counting_exclusive()
        assert not try_for(counting_shared)
        assert not try_for(counting_exclusive)


def test_counting_locks_end_with_the_transaction():
    with transaction.atomic():
        counting_exclusive()
        assert held() == 1
    assert held() == 0
    assert try_for(counting_exclusive)


def test_counting_locks_end_with_a_rollback():
    with pytest.raises(RuntimeError), transaction.atomic():
        counting_exclusive()
        raise RuntimeError
    assert held() == 0


@pytest.mark.parametrize("lock", [counting_shared, counting_exclusive])
def test_counting_locks_need_a_transaction(lock):
    """Without one they would be let go at once, and nobody would notice."""
    with pytest.raises(TransactionManagementError, match="needs a transaction"):
        lock()


def flight(name="催报"):
    with single_flight(name) as mine:
        return mine


def test_single_flight_is_one_at_a_time():
    with single_flight("催报") as mine:
        assert mine is True
        assert elsewhere(flight) is False


def test_single_flight_is_free_again_afterwards():
    assert flight() is True
    assert elsewhere(flight) is True
    assert held() == 0


def test_single_flights_of_other_names_do_not_hinder():
    with single_flight("催报"):
        assert elsewhere(lambda: flight("导出")) is True


def test_single_flight_is_let_go_after_an_error():
    with pytest.raises(RuntimeError), single_flight("催报"):
        raise RuntimeError
    assert held() == 0


def test_single_flight_lasts_over_several_transactions():
    with single_flight("催报"):
        for _ in range(2):
            with transaction.atomic():
                pass
            assert elsewhere(flight) is False


def test_single_flight_inside_a_transaction_lasts_until_its_end():
    with transaction.atomic():
        with single_flight("催报") as mine:
            assert mine is True
        assert elsewhere(flight) is False
    assert elsewhere(flight) is True


def test_single_flight_survives_a_failed_statement_inside():
    """A broken transaction inside a task must not keep the lock."""
    with single_flight("催报"), pytest.raises(Exception, match="nothing_here"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM nothing_here")
    assert held() == 0


def test_lock_of_a_killed_holder_is_free():
    """A task's connection that dies takes its lock along."""

    def die():
        with single_flight("催报"):
            connection.close()

    elsewhere(die)
    assert flight() is True


def test_freeze_goes_on_once_the_writers_are_done():
    """It waits, and neither fails nor goes ahead."""
    order = []

    def freeze():
        with transaction.atomic():
            counting_exclusive()
            order.append("frozen")
        connection.close()

    waiting = threading.Thread(target=freeze)
    with transaction.atomic():
        counting_shared()
        waiting.start()
        waiting.join(timeout=0.3)
        order.append("written")
    waiting.join(timeout=20)

    assert order == ["written", "frozen"]


def test_same_writer_may_ask_twice():
    with transaction.atomic():
        counting_shared()
        counting_shared()
        assert not try_for(counting_exclusive)
    assert held() == 0


def test_counting_lock_is_no_single_flight():
    """A task of the name of the lock's key would otherwise hold up every writer."""
    with single_flight("exports"):
        assert try_for(counting_exclusive)


def test_exclusive_holds_up_the_same_name_only():
    with transaction.atomic():
        exclusive("file one")

        assert not try_for(lambda: exclusive("file one"))
        assert try_for(lambda: exclusive("file two"))
        assert try_for(counting_shared)
    assert try_for(lambda: exclusive("file one"))


def test_exclusive_needs_a_transaction():
    with pytest.raises(TransactionManagementError):
        exclusive("file one")
