"""A portal with N hazards in a database of its own, made by the database itself.

N hazards of N/10 enterprises over the eight areas, six in ten closed, one in twenty listed; N/10 visits on N/30 trips;
N/20 actions, N/100 of them in cases. Versions are not written: they are no part of what is measured.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import django

DAYS = "(date '2023-05-01' + (n::bigint * 7919 % 245)::int)"


@contextmanager
def database(name: str) -> Iterator[None]:
    """A database of its own with the official data, dropped at the end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from config import local

    local.join(*settings.LOCAL_SERVICES)
    portal = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        call_command("load_official", stdout=StringIO())
        yield
    finally:
        connection.creation.destroy_test_db(portal, verbosity=0)


def fill(count: int) -> None:
    """Empty what is counted and make it anew in this size."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no triggers
        for table in FILLED:
            cursor.execute(f"TRUNCATE {table} RESTART IDENTITY CASCADE")
        lookups(cursor)
        for make in (enterprises, hazards, closings, listings, trips, visits, cases, actions):
            make(cursor, count)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("DROP TABLE place, bureau, trade")
        cursor.execute("ANALYZE")


FILLED = (
    "organizations_enterprise",
    "hazards_hazard",
    "hazards_closing",
    "hazards_supervisionlisting",
    "inspections_trip",
    "inspections_visit",
    "inspections_penaltycase",
    "inspections_enforcementaction",
)


def lookups(cursor: Any) -> None:
    """Areas with the row they count in, their bureaus, and sectors, numbered from 0."""
    cursor.execute("DROP TABLE IF EXISTS place, bureau, trade")
    cursor.execute(
        "CREATE TEMP TABLE place AS SELECT row_number() OVER (ORDER BY position) - 1 AS k, area_id, counted_in_id "
        "FROM organizations_reportingarea WHERE line = 'emergency'"
    )
    cursor.execute(
        "CREATE TEMP TABLE bureau AS SELECT row_number() OVER (ORDER BY position, id) - 1 AS k, id "
        "FROM organizations_unit WHERE 'emergency' = ANY(lines) AND kind = 'bureau'"
    )
    cursor.execute(
        "CREATE TEMP TABLE trade AS SELECT row_number() OVER (ORDER BY position) - 1 AS k, id "
        "FROM organizations_sector WHERE \"group\" IN ('trade', 'mines')"
    )


def insert(cursor: Any, model: Any, count: int, source: str = "", **values: str) -> None:
    """Rows numbered n from 1; fields not named are empty, false, now or null, as their kind allows."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    columns = ", ".join(field.column for field in fields)
    given = ", ".join(values.get(field.column) or empty(field) for field in fields)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {given} FROM generate_series(1, {count}) n {source}"
    )


def empty(field: Any) -> str:
    if field.null:
        return "NULL"
    kinds = {"BooleanField": "false", "DateTimeField": "now()", "ArrayField": "'{}'", "PositiveSmallIntegerField": "0"}
    return kinds.get(field.get_internal_type(), "''")


STAMPS = {name: f"e.{name}" for name in ("area_id", "sector_id", "feature_names")} | {
    "enterprise_id": "e.id",
    "handled_in_id": "e.area_id",
    "reporting_area_id": "p.counted_in_id",
}


def of_firms(count: int) -> str:
    """Joins a row to one of the enterprises and to where it counts."""
    return f"JOIN organizations_enterprise e ON e.id = 1 + n % {max(count // 10, 1)} JOIN place p USING (area_id)"


def enterprises(cursor: Any, count: int) -> None:
    from organizations.models import Enterprise

    place = "JOIN place p ON p.k = n % (SELECT count(*) FROM place)"
    source = f"{place} JOIN trade t ON t.k = n / 3 % (SELECT count(*) FROM trade)"
    fields = {"name": "'威海海源食品有限公司' || n || '号'", "uscc": "'91371082MA' || lpad(n::text, 8, '0')"}
    more = {"area_id": "p.area_id", "sector_id": "t.id", "status": "'producing'"}
    insert(cursor, Enterprise, max(count // 10, 1), source, **fields, **more)


def hazards(cursor: Any, count: int) -> None:
    from hazards.models import Hazard

    ways = "(ARRAY['self', 'department', 'reported', 'superior', 'stationed'])[1 + n % 5]"
    finder = (
        "CASE WHEN n % 5 > 0 AND n % 3 > 0 THEN (SELECT id FROM bureau WHERE k = n % (SELECT count(*) FROM bureau)) END"
    )
    texts = {
        "description": "'快速冻结装置未设置在单独的作业间内。'",
        "basis": "'《工贸企业重大事故隐患判定标准》第十二条第（二）项'",
        "on_site_measure": "'立即停产'",
        "responsible": "'王五'",
        "measures": "'增设作业间'",
    }
    insert(
        cursor,
        Hazard,
        count,
        of_firms(count),
        **STAMPS,
        **texts,
        number="'隐' || lpad(n::text, 9, '0')",
        level="CASE WHEN n % 3 = 0 THEN 'general' ELSE 'major' END",
        state="CASE WHEN n % 50 = 0 THEN 'dismissed' WHEN n % 10 < 6 THEN 'closed' ELSE 'rectifying' END",
        found_on=DAYS,
        found_by=ways,
        found_by_unit_id=finder,
        deadline_on=f"{DAYS} + 30",
        closed_on=f"CASE WHEN n % 10 < 6 THEN {DAYS} + n % 60 END",
        imported="true",
    )


def closings(cursor: Any, count: int) -> None:
    cursor.execute(
        "INSERT INTO hazards_closing (hazard_id, closed_on, by, reason) "
        "SELECT id, closed_on, '', '' FROM hazards_hazard WHERE state = 'closed'"
    )


def listings(cursor: Any, count: int) -> None:
    cursor.execute(
        "INSERT INTO hazards_supervisionlisting (hazard_id, level, unit_name, order_number, listed_on, by) "
        "SELECT id, CASE WHEN id % 40 = 0 THEN 'government' ELSE 'department' END, '威海市应急管理局', '', "
        "found_on + 5, '' FROM hazards_hazard WHERE id % 20 = 0"
    )


def trips(cursor: Any, count: int) -> None:
    from inspections.models import Trip

    unit = "(SELECT id FROM bureau WHERE k = n % (SELECT count(*) FROM bureau))"
    heads = {"officers": "2 + n % 4", "experts": "n % 2", "mode": "'执法检查'"}
    insert(cursor, Trip, max(count // 30, 1), date=DAYS, unit_id=unit, team="n || '组'", **heads)


def visits(cursor: Any, count: int) -> None:
    from inspections.models import Visit

    source = f"{of_firms(count)} JOIN inspections_trip t ON t.id = 1 + n % {max(count // 30, 1)}"
    flags = "CASE WHEN n % 4 = 0 THEN ARRAY['no_drill', 'head_not_leading'] ELSE '{}' END"
    insert(cursor, Visit, max(count // 10, 1), source, **STAMPS, trip_id="t.id", date="t.date", flags=flags)


def cases(cursor: Any, count: int) -> None:
    from inspections.models import PenaltyCase

    unit = "(SELECT id FROM bureau WHERE k = n % (SELECT count(*) FROM bureau))"
    both = f"CASE WHEN n % 2 = 0 THEN {DAYS} END"
    more = {"unit_id": unit, "number": "'案' || n", "both_on": both}
    insert(cursor, PenaltyCase, max(count // 100, 1), of_firms(count), **STAMPS, **more)


def actions(cursor: Any, count: int) -> None:
    from inspections.models import EnforcementAction

    known = "ARRAY['penalty', 'suspension', 'transfer', 'exposure', 'interview', 'published_case', 'firm_support']"
    unit = "(SELECT id FROM bureau WHERE k = n % (SELECT count(*) FROM bureau))"
    sums = {"fine": "(n % 300) / 100.0", "persons": "n % 3"}
    insert(
        cursor,
        EnforcementAction,
        max(count // 20, 1),
        of_firms(count),
        **STAMPS,
        date=DAYS,
        unit_id=unit,
        kind=f"({known})[1 + n % 7]",
        **sums,
    )


class Counter:
    """Counts statements: `with connection.execute_wrapper(counter)`."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
        self.count += 1
        return execute(sql, params, many, context)
