"""The databases of a test process: of several at once each has its own, and what a test commits is deleted after it.

Django empties a database by truncating every table and then makes permissions and triggers anew: a second or more after
each test that commits. Here rows are deleted, and only from tables that have any.
"""

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase

# Made with the tables, from the models, and the same for every test.
KEPT = {"django_content_type", "auth_permission"}
# Redis has sixteen: 0 and 1 are the portal's, then the caches of the test processes, then the brokers of their workers.
MOST_PROCESSES = 6
FIRST_CACHE, FIRST_BROKER = 2, 9


def install(worker: str) -> None:
    """Settings of the process `worker`, "" for the only one, "gw0" and so on for one of several."""
    database = settings.DATABASES["default"]
    # Who loses power while testing loses nothing by it.
    database["OPTIONS"] = database.get("OPTIONS", {}) | {"options": "-c synchronous_commit=off"}
    cache = settings.CACHES["default"]
    cache |= {"LOCATION": redis_database(cache["LOCATION"], FIRST_CACHE + place(worker)), "KEY_PREFIX": "test"}
    TransactionTestCase._fixture_teardown = lambda self: empty()


def place(worker: str) -> int:
    """0 for the only process; one of a crashed worker's successors takes the place of somebody long gone."""
    return 1 + int(worker.removeprefix("gw")) % MOST_PROCESSES if worker else 0


def redis_database(url: str, number: int) -> str:
    """The same server's database of that number; what the query says goes before what the path says."""
    server, _, query = url.partition("?")
    rest = [part for part in query.split("&") if part and not part.startswith("db=")]
    return f"{server}?{'&'.join([*rest, f'db={number}'])}"


def empty() -> None:
    """Delete every row but those of KEPT; waits for whoever is still writing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')")
        if cursor.fetchone() != ("on",):
            call_command("flush", interactive=False, verbosity=0)
            return
        with transaction.atomic():
            delete_all(cursor, tables())


def tables() -> list[str]:
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    return [connection.ops.quote_name(name) for name in sorted(names - KEPT)]


def delete_all(cursor, names: list[str]) -> None:
    # As a replica: without the triggers that keep versions or refuse, and in any order.
    cursor.execute("SET LOCAL session_replication_role = replica")
    cursor.execute(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")
    filled = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)  # noqa: S608
    cursor.execute(" UNION ALL ".join(filled))
    for (name,) in cursor.fetchall():
        cursor.execute(f"DELETE FROM {name}")  # noqa: S608
