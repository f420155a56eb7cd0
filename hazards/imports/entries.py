"""A ledger row as the hazard it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hazards.imports.citations import Standards
from hazards.imports.columns import FOUND_BY, FOUND_ON, LISTED_BY, LISTED_LEVEL, LISTED_ON, STATE_DATES
from hazards.models import Hazard, SupervisionListing
from lib.excel import Row
from organizations.models import Unit

S = Hazard.State
Level = SupervisionListing.Level

# What a row says in so many words, by the field that keeps it.
PLAIN = {
    "description": "重大事故隐患描述",
    "basis": "判定依据",
    "on_site_measure": "现场处置措施",
    "administrative_measure": "行政处置措施",
    "listing_unit_name": LISTED_BY,
    "responsible": "整改责任人",
    "measures": "整改措施",
    "funds": "整改资金（万元）",
    "emergency_plan": "应急预案",
    "found_on": FOUND_ON,
    "found_by": FOUND_BY,
    "level": "隐患级别",
    **{field: column for column, field in STATE_DATES.items()},
}


@dataclass
class Entry:
    """A hazard to write: a new one, or a stored one with what the row changes on it."""

    row: int
    hazard: Hazard
    stored: bool = False
    changed: set[str] = field(default_factory=set)
    before: str = ""
    listing: SupervisionListing | None = None


def values_of(row: Row, features: Mapping[str, str], finder: Unit | None, standards: Standards) -> dict[str, Any]:
    """Field → value of all that the row says; what it leaves blank is absent."""
    values = {field: row[column] for field, column in PLAIN.items() if row[column] is not None}
    if row["领域"]:
        values["feature_names"] = list(dict.fromkeys(features.get(name, name) for name in row["领域"]))
    if row["整改期限"]:
        found = row["整改期限"].proposed(row[FOUND_ON])
        values |= {"deadline_on": found, "deadline_text": row["整改期限"].text[:60]}
    if finder:
        values["found_by_unit"] = finder
    if "basis" in values:
        values["standard"], values["clause"] = standards.cited(values["basis"], row[FOUND_ON])
    if row[LISTED_BY]:
        values["listed"] = True
    if "停产" in values.get("administrative_measure", ""):
        values["stopped"] = True
    return values


def listing_of(row: Row, hazard: Hazard, unit: Unit | None, standing: SupervisionListing | None) -> Any:
    """挂牌督办 as the row has it: a new listing, the standing one changed, or None if there is nothing to write."""
    name = row[LISTED_BY]
    if not name:
        return None
    said = {"unit_name": name, "unit": unit, "listed_on": row[LISTED_ON], "level": row[LISTED_LEVEL]}
    if standing is None:
        return SupervisionListing(hazard=hazard, **(said | {"level": row[LISTED_LEVEL] or level_of(name)}))
    changes = {key: value for key, value in said.items() if value is not None and getattr(standing, key) != value}
    for key, value in changes.items():
        setattr(standing, key, value)
    return standing if changes else None


def level_of(unit_name: str) -> str:
    """By a government or its 安委会, or by a department: the name tells."""
    by_government = "人民政府" in unit_name or "安委" in unit_name or "安全生产委员会" in unit_name
    return Level.GOVERNMENT if by_government else Level.DEPARTMENT


def state_of(hazard: Hazard) -> str:
    """The state that a historic row's dates speak of; nobody has signed, so none is guessed beyond them."""
    if hazard.closed_on:
        return S.CLOSED
    if hazard.rechecked_on or (hazard.rectified_on and hazard.is_major and hazard.needs_recheck):
        return S.RECHECK_REQUESTED
    if hazard.rectified_on or (hazard.responsible and hazard.measures):
        return S.RECTIFYING
    return S.CONFIRMED if hazard.is_major and hazard.standard and hazard.clause else S.REGISTERED
