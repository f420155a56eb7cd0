"""The migrations, applied to an empty database, make what the models say: tables, constraints, indexes, triggers."""

import os
import subprocess
import sys

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

# Tables of other packages are their own business.
OURS = tuple(f"{app}_" for app in settings.INSTALLED_APPS[:8])
# Normalised where Django names things by the order of creation.
SCHEMA = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
        WHERE table_schema = 'public' ORDER BY 1, 2
    """,
    "constraints": """
        SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2, 3
    """,
    "indexes": """
        SELECT tablename, regexp_replace(indexdef, '^CREATE (UNIQUE )?INDEX [^ ]+ ', '\\1') FROM pg_indexes
        WHERE schemaname = 'public' ORDER BY 1, 2
    """,
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, regexp_replace(pg_get_triggerdef(oid), '^.* ON ', '') FROM pg_trigger
        WHERE NOT tgisinternal ORDER BY 1, 2
    """,
}


@pytest.fixture
def migrated():
    """A scratch database beside the test database, migrated by the real command; its name."""
    name = f"{connection.settings_dict['NAME']}_migrated"
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    parameters.pop("cursor_factory", None)
    server = psycopg2.connect(**parameters)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield parameters | {"dbname": name}
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.close()


def schema(cursor):
    found = {}
    for part, query in SCHEMA.items():
        cursor.execute(query)
        found[part] = [row for row in cursor.fetchall() if row[0].startswith(OURS)]
    return found


@pytest.mark.long
@pytest.mark.django_db
def test_migrating_an_empty_database_makes_what_the_models_say(migrated):
    url = f"postgresql://{migrated.get('user', '')}@/{migrated['dbname']}?host={migrated['host']}"
    environment = os.environ | {"DATABASE_URL": url, "LOCAL": "yes"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    scratch = psycopg2.connect(**migrated)
    with scratch.cursor() as cursor, connection.cursor() as ours:
        migrated_schema, model_schema = schema(cursor), schema(ours)
    scratch.close()
    assert migrated_schema == model_schema
    assert len(model_schema["triggers"]) > 30
