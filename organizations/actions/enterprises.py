"""Enterprises made and brought up to date."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection, transaction
from psycopg2 import sql

from lib import registry
from lib.actor import Actor
from lib.locks import counting_shared
from lib.text import bigrams
from organizations.models import Enterprise


class Counts(NamedTuple):
    created: int
    updated: int


# What a row may say of an enterprise, and what a new one has where it says nothing.
DEFAULTS: dict[str, Any] = {
    "uscc": None, "name": None, "area_id": None, "sector_id": None,
    "town": "", "feature_names": [], "grade": "", "employees": None, "status": Enterprise.Status.PRODUCING.value,
    "head": "", "head_mobile": "", "director": "", "director_mobile": "", "address": "",
    "ammonia_tonnes": None, "dust_workers": None, "state_owned": None, "major_hazard_source": None,
    "dispatched_labour": None, "special_operations": None, "grams": [],
}  # fmt: skip
COLUMNS = list(DEFAULTS)
BLANK = dict.fromkeys(COLUMNS)
_in_order = itemgetter(*COLUMNS)


def grams_of(name: str) -> list[str]:
    """What the list's search finds an enterprise by; codes are found by their beginning instead."""
    return bigrams(name)


@transaction.atomic
def upsert(rows: Iterable[Mapping[str, Any]], *, by: Actor) -> Counts:
    """Make or bring up to date enterprises by `uscc`, any number in seven statements; what is open follows who moved.

    A row maps fields (with `area_id`, `sector_id`) to values; None leaves alone what is stored. `name`, `uscc`,
    `area_id` and `sector_id` must be there. Rows that change nothing write nothing, so that the history shows only
    what happened. The caller has checked the rows and writes the audit entry.
    """
    counting_shared()
    with connection.cursor() as cursor:
        cursor.execute(_statement(_CREATE, cursor))
        cursor.copy_expert(_statement(_COPY, cursor), _csv(rows))
        cursor.execute("ANALYZE enterprises_in")
        cursor.execute(_MOVING)
        moving = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_statement(_UPDATE, cursor))
        updated = cursor.rowcount
        cursor.execute(_statement(_INSERT, cursor), [DEFAULTS[field] for field in COLUMNS])
        created = cursor.rowcount
        cursor.execute("DROP TABLE enterprises_in")
    if moving:
        registry.moved(moving, by=by, reason="企业名录更新了所在区市")
    return Counts(created, updated)


def _csv(rows: Iterable[Mapping[str, Any]]) -> StringIO:
    """As COPY reads it: an empty field is NULL, so a blank cell never arrives as text."""
    out = StringIO()
    csv.writer(out).writerows(map(_line, rows))
    out.seek(0)
    return out


def _line(row: Mapping[str, Any]) -> tuple[Any, ...]:
    # Grams are letters and figures only, so nothing in them wants quoting.
    line = {**BLANK, **row, "grams": f"{{{','.join(grams_of(row['name']))}}}"}
    if line["feature_names"] is not None:
        line["feature_names"] = _array(line["feature_names"])
    return _in_order(line)


def _array(texts: Iterable[str]) -> str:
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def _statement(template: str, cursor: Any) -> str:
    """The template with its lists of columns; names come from this module, never from a file."""
    each = [sql.Identifier(field) for field in COLUMNS]
    merged = [sql.SQL("coalesce(s.{0}, e.{0})").format(field) for field in each]
    parts = {
        "fields": sql.SQL(", ").join(each),
        "stored": sql.SQL(", ").join(sql.SQL("e.{}").format(field) for field in each),
        "merged": sql.SQL(", ").join(merged),
        "set": sql.SQL(", ").join(sql.SQL("{} = {}").format(*pair) for pair in zip(each, merged, strict=True)),
        "fresh": sql.SQL(", ").join(sql.SQL("coalesce(s.{}, %s)").format(field) for field in each),
    }
    return sql.SQL(template).format(**parts).as_string(cursor.connection)


_CREATE = """
CREATE TEMPORARY TABLE enterprises_in ON COMMIT DROP AS
SELECT {fields} FROM organizations_enterprise WITH NO DATA
"""
_COPY = "COPY enterprises_in ({fields}) FROM STDIN WITH (FORMAT csv)"
_MOVING = """
SELECT e.id FROM organizations_enterprise e JOIN enterprises_in s ON s.uscc = e.uscc WHERE s.area_id <> e.area_id
"""
_UPDATE = """
UPDATE organizations_enterprise e SET {set}, updated_at = statement_timestamp()
FROM enterprises_in s WHERE s.uscc = e.uscc AND ({merged}) IS DISTINCT FROM ({stored})
"""
_INSERT = """
INSERT INTO organizations_enterprise ({fields}, created_at, updated_at)
SELECT {fresh}, statement_timestamp(), statement_timestamp() FROM enterprises_in s
WHERE NOT EXISTS (SELECT 1 FROM organizations_enterprise e WHERE e.uscc = s.uscc)
"""
