"""Which records a campaign counts and in which row: resolved once per table, by a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Case, Q, Value, When

from campaigns.models import Campaign
from organizations.models import Area, ReportingArea, Unit

CITY_KEY = 0
CITY_NAME = "市本级"


@dataclass(frozen=True)
class Row:
    """填报行: a reporting area, or 市本级 (key 0) for the city bureau's own work."""

    key: int
    name: str

    @property
    def is_city(self) -> bool:
        return self.key == CITY_KEY


CITY = Row(CITY_KEY, CITY_NAME)


@dataclass(frozen=True)
class Scope:
    """A campaign's scope with its rows; empty `sectors` or `features` mean all of them."""

    campaign: Campaign
    areas: tuple[int, ...]
    sectors: tuple[int, ...]
    features: tuple[str, ...]
    rows: tuple[Row, ...]
    units: Mapping[int, tuple[int, ...]]

    @property
    def first(self) -> date:
        return self.campaign.starts_on

    @property
    def last(self) -> date:
        return self.campaign.ends_on

    @property
    def every_row(self) -> tuple[Row, ...]:
        return (*self.rows, CITY)

    def holds(self, stamps: str = "") -> Q:
        """Rows about an enterprise in scope, by the columns fixed at the event; `stamps` leads to them ("hazard__")."""
        found = Q(**{f"{stamps}area__in": self.areas})
        if self.sectors:
            found &= Q(**{f"{stamps}sector__in": self.sectors})
        if self.features:
            found &= Q(**{f"{stamps}feature_names__overlap": list(self.features)})
        return found

    def row_of_unit(self, field: str) -> Case:
        """The key of the row that the unit's work belongs to; null for a unit above or beside the campaign."""
        whens = [When(**{f"{field}__in": ids}, then=Value(key)) for key, ids in self.units.items()]
        return Case(*whens, default=None, output_field=BigIntegerField())

    def row_named(self, name: str) -> Row | None:
        return next((row for row in self.every_row if row.name == name), None)


def scope_of(campaign: Campaign) -> Scope:
    """Read the campaign's scope, the rows of its line and whose work goes where."""
    areas = _areas(campaign)
    rules = list(ReportingArea.objects.filter(line=campaign.line).select_related("area", "counted_in"))
    rows = _rows(rule for rule in rules if rule.area_id in areas)
    return Scope(
        campaign=campaign,
        areas=areas,
        sectors=tuple(campaign.sectors.order_by("pk").values_list("pk", flat=True)),
        features=tuple(campaign.features.order_by("pk").values_list("name", flat=True)),
        rows=rows,
        units=_units(campaign, {rule.area.code: rule.counted_in_id for rule in rules}),
    )


def _areas(campaign: Campaign) -> tuple[int, ...]:
    roots = list(campaign.areas.all()) or [campaign.area]
    within = Q()
    for root in roots:
        within |= Q(path__startswith=root.path)
    return tuple(Area.objects.filter(within).order_by("pk").values_list("pk", flat=True))


def _rows(rules: Iterable[ReportingArea]) -> tuple[Row, ...]:
    """One row per area that others count in, in the order of its own rule."""
    ordered = sorted(rules, key=lambda rule: (rule.area_id != rule.counted_in_id, rule.position, rule.pk))
    return tuple(dict.fromkeys(Row(rule.counted_in_id, rule.counted_in.name) for rule in ordered))


def _units(campaign: Campaign, counted_in: Mapping[str, int]) -> dict[int, tuple[int, ...]]:
    """Row key → units; the nearest area with a rule decides, the campaign's own area without one is 市本级."""
    found: dict[int, list[int]] = {}
    for pk, area_id, path in Unit.objects.order_by("pk").values_list("pk", "area_id", "area__path"):
        codes = reversed(path.strip("/").split("/"))
        key = next((counted_in[code] for code in codes if code in counted_in), None)
        if key is None and area_id == campaign.area_id:
            key = CITY_KEY
        if key is not None:
            found.setdefault(key, []).append(pk)
    return {key: tuple(pks) for key, pks in found.items()}
