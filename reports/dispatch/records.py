"""How a counted record is called in a list, and in words what has changed in it, by source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Field
from django.db.models.constants import LOOKUP_SEP

from hazards.models import Hazard
from lib.text import dotted_date, joined
from reports.indicators.passports import resolve
from reports.indicators.sources import Source

Read = Callable[[Any], Any]

# Columns that many models have and none names.
PLACES = {"area": "区市", "reporting_area": "统计口径区域", "sector": "行业", "feature_names": "领域"}
NOTHING = "空"


class Record(NamedTuple):
    """`number` and `name` of a record; `related` must be read along; `watched` are the fields by which it counts;
    `beside` is said where none of them has changed: what it hangs on has."""

    number: Read
    name: Read
    related: tuple[str, ...]
    watched: tuple[str, ...]
    beside: str = "相关记录有变动"


def prefixed(prefix: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}{LOOKUP_SEP}{name}" for name in names)


STAMPS = ("area", "reporting_area", "sector", "feature_names")
HAZARD = ("level", "found_by", "found_by_unit", "found_on", "state", *STAMPS)

HAZARDS = Record(lambda row: row.number, lambda row: row.enterprise, ("enterprise",), HAZARD)
CLOSINGS = Record(
    lambda row: row.hazard.number,
    lambda row: row.hazard.enterprise,
    ("hazard__enterprise",),
    ("closed_on", "reopened_on", *prefixed("hazard", HAZARD)),
)
RECORDS = {
    "hazards": HAZARDS,
    "closings": CLOSINGS,
    "closings_of_listed": CLOSINGS._replace(beside="挂牌督办有变动"),
    "listings": Record(
        lambda row: row.hazard.number,
        lambda row: row.hazard.enterprise,
        ("hazard__enterprise",),
        ("listed_on", "level", *prefixed("hazard", HAZARD)),
    ),
    "trips": Record(
        lambda row: row.team,
        lambda row: row.unit,
        ("unit",),
        ("date", "unit", "mode", "officers", "experts"),
        "所检查的企业有变动",
    ),
    "visits": Record(
        lambda row: f"{row.trip.unit}{row.trip.team}",
        lambda row: row.enterprise,
        ("enterprise", "trip__unit"),
        ("date", "enterprise", "flags", "trip__unit", "trip__mode", *STAMPS),
    ),
    "actions": Record(
        lambda row: row.case.number if row.case else row.get_kind_display(),
        lambda row: row.enterprise or row.target_name,
        ("enterprise", "case"),
        ("date", "kind", "unit", "enterprise", "fine", "persons", "dangerous_operation", "campaign", *STAMPS),
    ),
    "cases": Record(
        lambda row: row.number,
        lambda row: row.enterprise or "",
        ("enterprise",),
        ("both_on", "unit", "enterprise", "area", "sector", "feature_names"),
    ),
}


def differences(source: Source, old: Any, new: Any) -> str:
    """隐患级别由“重大”改为“一般”；…, of the fields by which the record counts."""
    record = RECORDS[source.name]
    return "；".join(_changed(source.model, record.watched, old, new)) or record.beside


def _changed(model: Any, watched: tuple[str, ...], old: Any, new: Any) -> Iterator[str]:
    for path in watched:
        field, _ = resolve(model, path)
        before, after = _read(old, path, field), _read(new, path, field)
        if before != after and _tells(field, before, after):
            yield f"{_label(field)}由{_shown(field, before)}改为{_shown(field, after)}"


def _read(row: Any, path: str, field: Field) -> Any:
    """The stored value: of a foreign key its key."""
    *parents, _ = path.split(LOOKUP_SEP)
    for parent in parents:
        row = getattr(row, parent)
    return getattr(row, field.attname)


def _tells(field: Field, before: Any, after: Any) -> bool:
    """Of a hazard's states only 不属实 decides whether it counts."""
    return field.name != "state" or Hazard.State.DISMISSED in (before, after)


def _label(field: Field) -> str:
    return PLACES.get(field.name, str(field.verbose_name))


def _shown(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, date):
        return dotted_date(value)
    if isinstance(value, bool):
        return "“是”" if value else "“否”"
    if field.is_relation:
        return f"“{field.related_model._base_manager.get(pk=value)}”"
    choices = dict(getattr(field, "base_field", field).flatchoices)
    values = value if isinstance(value, list) else [value]
    return f"“{joined(str(choices.get(each, each)) for each in values)}”"
