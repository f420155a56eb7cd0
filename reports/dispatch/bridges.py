"""From the figure handed in to the figure of today: what was recorded later, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, OuterRef, Subquery

from lib.periods import Window
from reports.dispatch.tables import table_named
from reports.indicators import Indicator, Row, Scope
from reports.indicators.past import as_of, version_of
from reports.models import DispatchReturn


@dataclass(frozen=True)
class Bridge:
    """Keys of the rows counted when the return was handed in, of those recorded since (期后补记), and of those whose
    change moved them in, out, or within (以前月份调整)."""

    then: frozenset[int]
    late: frozenset[int]
    adjusted: frozenset[int]

    @property
    def is_level(self) -> bool:
        return not (self.late or self.adjusted)


def bridge(indicator: Indicator, returned: DispatchReturn, scope: Scope, row: Row) -> Bridge:
    """Two queries, whatever the rows: those of then, and those of now with their first and newest versions."""
    days = days_of(returned)
    assert indicator.source is not None
    last = returned.frozen["versions"].get(indicator.source.model._meta.db_table, 0)
    then = frozen_keys(indicator, returned, scope, row)
    now = {pk: (first, newest) for pk, first, newest in versions(indicator, scope, days, row)}
    late = {pk for pk, (first, _) in now.items() if first > last}
    changed = {pk for pk, (_, newest) in now.items() if newest > last} - late
    moved = (now.keys() - then - late) | (then - now.keys())
    return Bridge(then, frozenset(late), frozenset(moved | changed))


def days_of(returned: DispatchReturn) -> Window:
    table = table_named(returned.table)
    return table.days(returned.campaign, returned.period, returned.window, returned.cut_off)


def frozen_keys(indicator: Indicator, returned: DispatchReturn, scope: Scope, row: Row) -> frozenset[int]:
    """The rows behind the figure at the moment it was handed in."""
    with as_of(returned.frozen["versions"]):
        return frozenset(indicator.rows(scope, days_of(returned), row).values_list("pk", flat=True))


def versions(indicator: Indicator, scope: Scope, days: Window, row: Row) -> Any:
    """(key, number of the first version, of the newest) of the rows counted now."""
    model: Any = indicator.rows(scope, days, row).model
    first = model.pgh_event_model.objects.filter(pgh_obj=OuterRef("pk")).order_by("pgh_id").values("pgh_id")[:1]
    told = {"first": Subquery(first, output_field=BigIntegerField()), "newest": version_of(model)}
    return indicator.rows(scope, days, row).annotate(**told).values_list("pk", "first", "newest")
