"""The past: the same definitions evaluated on the versions of a moment, with not a line of theirs changed.

Every model that is counted keeps its versions in an event table. A moment is kept as the last version number of each
of those tables, taken while nobody writes (`lib.locks.counting_exclusive`); a clock would be wrong for transactions
that began before the moment and wrote after it. Inside `as_of` every SELECT begins with common table expressions that
bear the names of the counted tables and hold their rows as they stood: a name in WITH hides the table of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, DateTimeField, OuterRef, Subquery

from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit

# What figures are counted from.
COUNTED: tuple[Any, ...] = (Closing, EnforcementAction, Hazard, PenaltyCase, SupervisionListing, Trip, Visit)

Versions = Mapping[str, int]


def versions_now() -> dict[str, int]:
    """Table → its last version number, in one query."""
    last = ", ".join(_last_version(model) for model in COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {last}")
        numbers = cursor.fetchone()
    return dict(zip((model._meta.db_table for model in COUNTED), numbers, strict=True))


def version_of(model: Any) -> Subquery:
    """The number of a row's newest version."""
    newest = model.pgh_event_model.objects.filter(pgh_obj=OuterRef("pk")).order_by("-pgh_id")
    return Subquery(newest.values("pgh_id")[:1], output_field=BigIntegerField())


def recorded_at(model: Any) -> Subquery:
    """When a row was first recorded."""
    first = model.pgh_event_model.objects.filter(pgh_obj=OuterRef("pk")).order_by("pgh_id")
    return Subquery(first.values("pgh_created_at")[:1], output_field=DateTimeField())


def as_of(versions: Versions) -> AbstractContextManager[None]:
    """Inside, SELECTs read the counted tables as they stood; evaluate what you need before you leave.

    with as_of(frozen["versions"]):
        rows = list(indicator.rows(scope, window, row))
    """
    opening = "WITH " + ", ".join(_table_as_of(model, versions.get(model._meta.db_table, 0)) for model in COUNTED) + " "

    def read(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        return execute(opening + sql if sql.startswith("SELECT") else sql, params, many, context)

    return connection.execute_wrapper(read)


def _last_version(model: Any) -> str:
    return f"(SELECT coalesce(max(pgh_id), 0) FROM {_events(model)})"  # noqa: S608  # names of our own tables


def _table_as_of(model: Any, last: int) -> str:
    """A row's newest version up to the number, unless that one tells of its deletion."""
    # What the database derives itself is not versioned, and nothing is counted by it.
    columns = ", ".join(
        f"NULL AS {_quoted(field.column)}" if field.generated else _quoted(field.column)
        for field in model._meta.concrete_fields
    )
    return f"""{_table(model)} AS (
        SELECT {columns} FROM (
            SELECT DISTINCT ON (pgh_obj_id) * FROM {_events(model)}
            WHERE pgh_id <= {int(last)} ORDER BY pgh_obj_id, pgh_id DESC
        ) newest WHERE pgh_label <> 'delete')"""  # noqa: S608  # names of our own tables and a number


def _table(model: Any) -> str:
    return _quoted(model._meta.db_table)


def _events(model: Any) -> str:
    return _table(model.pgh_event_model)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
