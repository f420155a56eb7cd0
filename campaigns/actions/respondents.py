"""Who owes a deliverable: units by line, kind and area level, or firms by area, sector, features, grade, status."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from campaigns.models import Campaign, Deliverable
from organizations.models import Area, Enterprise, RiskFeature, Sector, Unit
from organizations.models.enterprises import EnterpriseQuerySet


def respondents(deliverable: Deliverable, on: date) -> QuerySet:
    """Units or enterprises that owe it on that day; a stricter rule's firms do not owe the general one."""
    if deliverable.respondent == Deliverable.Respondent.UNIT:
        return units(deliverable)
    return replaced_by(deliverable, on, enterprises(deliverable, on))


def units(deliverable: Deliverable) -> QuerySet[Unit]:
    """The named ones, or those the rule describes within the campaign's areas."""
    active = Unit.objects.active()
    if named := _keys(deliverable.named_respondents):
        return active.filter(pk__in=named)
    found = active.filter(in_areas(deliverable.campaign), within(deliverable.areas.all()))
    if deliverable.line:
        found = found.of_line(deliverable.line)
    if deliverable.unit_kinds:
        found = found.filter(kind__in=deliverable.unit_kinds)
    if deliverable.area_levels:
        found = found.filter(area__level__in=deliverable.area_levels)
    if sectors := _keys(deliverable.sectors):
        found = found.filter(pk__in=Unit.objects.filter(sectors__in=sectors).values("pk"))
    return found


def waiting_for_tailoring(deliverable: Deliverable, on: date) -> QuerySet[Enterprise]:
    """Who would owe it on that day if every district had published."""
    return replaced_by(deliverable, on, enterprises(deliverable, on, published=False))


def enterprises(
    deliverable: Deliverable, on: date, among: EnterpriseQuerySet | None = None, *, published: bool = True
) -> QuerySet[Enterprise]:
    """Firms of the campaign's scope that the deliverable's conditions hold on that day; `among` as in `firms_of`.

    Where districts tailor it, those whose district has `published`; or all the same.
    """
    narrowed = {name: getattr(deliverable, name).all() for name in ("areas", "sectors", "features")}
    found = firms_of(deliverable.campaign, on, among=among, **narrowed)
    if deliverable.tailored and published:
        spoken = Area.objects.filter(pk__in=deliverable.tailorings.values("area"))
        found = found.filter(within(spoken)) if spoken else found.none()
    if excepted := _names(deliverable.except_features):
        found = found.exclude(feature_names__overlap=excepted)
    if deliverable.grades:
        found = found.filter(grade__in=deliverable.grades)
    if deliverable.statuses:
        found = found.filter(status__in=deliverable.statuses)
    return found.key() if deliverable.key_only else found


def firms_of(
    campaign: Campaign,
    on: date,
    *,
    among: EnterpriseQuerySet | None = None,
    areas: Iterable[Area] = (),
    sectors: Iterable[Sector] = (),
    features: Iterable[RiskFeature] = (),
) -> EnterpriseQuerySet:
    """Firms of the campaign's scope on that day, narrowed to areas, sectors and features; empty means all.

    `among` is another register than today's (`Enterprise.objects.as_of`).
    """
    register = Enterprise.objects.all() if among is None else among
    found = register.filter(in_scope(campaign), within(areas)).operating()
    found = found.exclude(left_on__lte=on).exclude(joined_on__gt=on)
    if keys := [sector.pk for sector in sectors]:
        found = found.filter(sector__in=keys)
    if names := [feature.name for feature in features]:
        found = found.with_feature(*names)
    return found


def replaced_by(deliverable: Deliverable, on: date, found: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    """Less the firms of stricter rules that have a day."""
    for stricter in stricter_rules(deliverable):
        found = found.exclude(pk__in=respondents(stricter, on).values("pk"))
    return found


def stricter_rules(deliverable: Deliverable) -> list[Deliverable]:
    """Those that replace it; one still without a day replaces nothing."""
    rules = deliverable.replaced_by.all()
    return [rule for rule in rules if rule.origin != Deliverable.Origin.UNDATED and rule.pk != deliverable.pk]


def in_scope(campaign: Campaign) -> Q:
    """Enterprises of the campaign's area, areas, sectors and features; empty means all."""
    scope = in_areas(campaign)
    if sectors := _keys(campaign.sectors):
        scope &= Q(sector__in=sectors)
    if features := _names(campaign.features):
        scope &= Q(feature_names__overlap=features)
    return scope


def in_areas(campaign: Campaign) -> Q:
    return within([campaign.area]) & within(campaign.areas.all())


def within(areas: Iterable[Area]) -> Q:
    """What lies in one of the areas or below; anywhere if none is named."""
    found = Q()
    for area in areas:
        found |= Q(area__path__startswith=area.path)
    return found


def _keys(related: Any) -> list[int]:
    return [row.pk for row in related.all()]


def _names(related: Any) -> list[str]:
    return [row.name for row in related.all()]
