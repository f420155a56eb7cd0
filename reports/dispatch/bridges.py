"""From the figure handed in to the figure of today: what was recorded later, and what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, OuterRef, Subquery

from lib.periods import Window
from reports.dispatch.tables import table_named
from reports.indicators import Indicator, Row, Scope
from reports.indicators.past import as_of, version_of
from reports.models import DispatchReturn

NOT_COUNTED = object()


@dataclass(frozen=True)
class Bridge:
    """Row key → what the row brought to the figure when the return was handed in, and what it brings now; of the rows
    of now those recorded since (期后补记), and those changed since, be it only in what does not count."""

    then: Mapping[int, Any]
    now: Mapping[int, Any]
    late: frozenset[int]
    touched: frozenset[int]

    @property
    def adjusted(self) -> frozenset[int]:
        """以前月份调整: those whose change moved them in, out, or to another value."""
        known = (self.then.keys() | self.now.keys()) - self.late
        return frozenset(pk for pk in known if self.then.get(pk, NOT_COUNTED) != self.now.get(pk, NOT_COUNTED))

    @property
    def corrected(self) -> frozenset[int]:
        """Changed, but counted as before."""
        return self.touched - self.late - self.adjusted

    @property
    def is_level(self) -> bool:
        return not (self.late or self.adjusted)


def bridge(indicator: Indicator, returned: DispatchReturn, scope: Scope, row: Row) -> Bridge:
    """Two queries, whatever the rows: those of then, and those of now with their first and newest versions."""
    days = days_of(returned)
    assert indicator.source is not None
    last = returned.frozen["versions"].get(indicator.source.model._meta.db_table, 0)
    then = frozen_rows(indicator, returned, scope, row)
    now = list(versions(indicator, scope, days, row))
    return Bridge(
        then,
        {pk: brought for pk, brought, _, _ in now},
        frozenset(pk for pk, _, first, _ in now if first > last),
        frozenset(pk for pk, _, _, newest in now if newest > last),
    )


def days_of(returned: DispatchReturn) -> Window:
    table = table_named(returned.table)
    return table.days(returned.campaign, returned.period, returned.window, returned.cut_off)


def frozen_rows(indicator: Indicator, returned: DispatchReturn, scope: Scope, row: Row) -> dict[int, Any]:
    """The rows behind the figure at the moment it was handed in, with what each brought to it."""
    with as_of(returned.frozen["versions"]):
        rows = indicator.rows(scope, days_of(returned), row).annotate(brought=indicator.value.of_row())
        return dict(rows.values_list("pk", "brought"))


def versions(indicator: Indicator, scope: Scope, days: Window, row: Row) -> Any:
    """(key, what it brings, number of the first version, of the newest) of the rows counted now."""
    model: Any = indicator.rows(scope, days, row).model
    first = model.pgh_event_model.objects.filter(pgh_obj=OuterRef("pk")).order_by("pgh_id").values("pgh_id")[:1]
    told = {"first": Subquery(first, output_field=BigIntegerField()), "newest": version_of(model)}
    rows = indicator.rows(scope, days, row).annotate(brought=indicator.value.of_row(), **told)
    return rows.values_list("pk", "brought", "first", "newest")
