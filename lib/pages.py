"""Lists by key: a page begins after the last row of the one before, so it costs the same however far one reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

SIZE = 50
COUNTED = 1000


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the queries that lead on (components/pagination.html); empty where there is none."""

    rows: Sequence[Any]
    next_query: str = ""
    first_query: str = ""

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def by_key(
    rows: QuerySet,
    query: QueryDict,
    *,
    order: Sequence[str] = ("-id",),
    size: int = SIZE,
    ways: Sequence[Q] = (),
) -> Page:
    """One page of `rows`, in the order of fields that are never empty, the last of them unique.

    `query` is request.GET; its `after` holds the values of the last row shown. A spoilt one begins again. With `ways`
    a row must fulfil one of them: each is asked by its own index, which no OR of them could use.
    """
    after = _after(rows.model, query.get("after", ""), order)
    wanted = rows.filter(after, *ways[:1])
    if ways[1:]:
        wanted = rows.filter(pk__in=_first_keys(rows.filter(after), ways, order, size + 1))
    found = list(wanted.order_by(*order)[: size + 1])
    more = _query(query, json.dumps(_values(found[size - 1], order), default=str)) if len(found) > size else ""
    return Page(found[:size], next_query=more, first_query=_query(query) if after else "")


def _first_keys(rows: QuerySet, ways: Sequence[Q], order: Sequence[str], size: int) -> list[Any]:
    """Keys of the first rows, in order, of the first rows of each way."""
    fields = [name.removeprefix("-") for name in order]
    plain = rows.select_related(None).order_by(*order)
    parts = [plain.filter(way).values_list("pk", *fields)[:size] for way in ways]
    return [key for key, *_ in parts[0].union(*parts[1:]).order_by(*order)[:size]]


def count_in_words(rows: QuerySet, unit: str, *, ways: Sequence[Q] = ()) -> str:
    """共128家; a long list is not counted to its end: 超过1000家. `ways` as in `by_key`."""
    first = [rows.filter(way).select_related(None).order_by().values("pk")[: COUNTED + 1] for way in ways or [Q()]]
    counted = (first[0].union(*first[1:]) if first[1:] else first[0]).count()
    return f"超过{COUNTED}{unit}" if counted > COUNTED else f"共{counted}{unit}"


def _after(model: type[Model], text: str, order: Sequence[str]) -> Q:
    """(a, b) after (x, y) is: a beyond x, or a = x and b beyond y."""
    try:
        values = [_clean(model, name, value) for name, value in zip(order, json.loads(text), strict=True)]
    except (ValueError, TypeError, ArithmeticError, ValidationError):
        return Q()
    found, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.removeprefix("-")
        found |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    # Said once more by the first field alone: an index can begin there.
    first, value = order[0], values[0]
    return found & Q(**{f"{first.removeprefix('-')}__{'lte' if first.startswith('-') else 'gte'}": value})


def _clean(model: type[Model], name: str, value: Any) -> Any:
    if value is None:
        raise ValueError("a key is never empty")
    field: Any = model._meta.get_field(name.removeprefix("-"))
    found = field.to_python(value)
    if isinstance(found, str):
        _storable(found)
    return found


def _storable(text: str) -> None:
    """JSON can say what no text of the database holds: a null, half a surrogate pair."""
    if "\x00" in text:
        raise ValueError("a null is in no text")
    text.encode()


def _values(row: Model, order: Sequence[str]) -> list[Any]:
    return [getattr(row, name.removeprefix("-")) for name in order]


def _query(query: QueryDict, after: str = "") -> str:
    changed = query.copy()
    changed.pop("after", None)
    if after:
        changed["after"] = after
    return f"?{changed.urlencode()}"
