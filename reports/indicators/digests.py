"""What a figure was counted from, without keeping the rows: how many, and a digest of (row, version)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, Count, F, Func, Q, Value
from django.db.models.functions import Cast, Concat

from lib.periods import Window
from reports.indicators.indicator import Indicator
from reports.indicators.past import version_of
from reports.indicators.scope import Row, Scope
from reports.indicators.sources import Source
from reports.indicators.tables import by_source

Digest = tuple[int, str]


def digests(scope: Scope, window: Window, row: Row, indicators: Iterable[Indicator]) -> dict[str, Digest]:
    """Code → (rows, SHA-256 of their sorted "id:version"), one pass per source."""
    found: dict[str, Digest] = {}
    for source, group in by_source(indicators).items():
        answer = one_pass(source, group, scope, window, row)
        found |= {each.code: (answer[f"{each.alias}_rows"], answer[each.alias] or "") for each in group}
    return found


def one_pass(source: Source, group: list[Indicator], scope: Scope, window: Window, row: Row) -> dict[str, Any]:
    keys = {f"row_{each.belongs.value}": source.row_key(each.belongs, scope) for each in group}
    told = Concat(Cast("pk", CharField()), Value(":"), Cast(version_of(source.model), CharField()))
    rows = source.rows(scope, window).annotate(**keys, told=told)
    figures: dict[str, Any] = {}
    for each in group:
        mine = each.condition & Q(**{f"row_{each.belongs.value}": row.key})
        figures[each.alias] = sha256(StringAgg(F("told"), delimiter=",", order_by="pk", filter=mine))
        figures[f"{each.alias}_rows"] = Count("pk", filter=mine)
    return rows.aggregate(**figures)


def sha256(text: Any) -> Func:
    """Taken by the database, so that a long list of rows never travels."""
    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    return Func(text, template=template, output_field=CharField())
