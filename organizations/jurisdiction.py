"""管辖 (属地 × 条线): which rows an actor may see. Permission here is filtering; the rest is a 404.

Design §4.1. A unit sees a row about an enterprise iff the row's `handled_in`, `area` or `reporting_area` lies in the
subtree of the unit's area and the sector is one of its own, or the unit itself found, visited or acted.
"""

from dataclasses import dataclass

from django.db.models import F, Q

from lib.actor import Actor

NOTHING = Q(pk__in=[])
EVERYTHING = Q()
# Rows whose three places are not one; kept by the database in their column `elsewhere`.
ELSEWHERE = ~Q(area=F("handled_in")) | ~Q(reporting_area=F("handled_in"))


@dataclass(frozen=True)
class Reach:
    """What a unit's post opens: areas, sectors (None means every one) and the units that count as itself."""

    areas: tuple[int, ...]
    sectors: tuple[int, ...] | None
    units: tuple[int, ...]

    def holds(self, area_id: int | None, sector_id: int | None) -> bool:
        return area_id in self.areas and (self.sectors is None or sector_id in self.sectors)


def sees_everything(actor: Actor) -> bool:
    """The system itself and the portal's own administrator."""
    return actor.is_system or bool(actor.user is not None and actor.user.is_superuser)


def reach(actor: Actor) -> Reach:
    """The reach of the actor's current post in a unit; remembered on the post for the length of a request."""
    membership = actor.membership
    known = getattr(membership, "_reach", None)
    if known is None:
        known = membership._reach = unit_reach(membership.unit)
    return known


def unit_reach(unit) -> Reach:
    """An office reaches its own sectors, or its bureau's where it has none; a bureau counts its offices as itself."""
    from organizations.models import Area, Unit

    areas = tuple(Area.objects.within(unit.area).values_list("pk", flat=True))
    whole = unit.all_sectors or unit.bureau.all_sectors
    family = Unit.objects.filter(Q(pk=unit.pk) | Q(pk=unit.part_of_id) | Q(part_of=unit.pk))
    sectors = None if whole else tuple(unit.sector_ids())
    return Reach(areas, sectors, tuple(family.values_list("pk", flat=True)))


def reaches(units) -> dict[int, Reach]:
    """`unit_reach` of many units, by key: four statements, however many there are."""
    from organizations.models import Area, Unit, UnitSector

    asked = list(Unit.objects.filter(pk__in=[unit.pk for unit in units]).select_related("area", "part_of"))
    paths = list(Area.objects.values_list("pk", "path"))
    houses = {unit.part_of_id or unit.pk for unit in asked}
    families: dict[int, list[int]] = {}
    sectors: dict[int, list[int]] = {}
    for pk, bureau in Unit.objects.filter(Q(pk__in=houses) | Q(part_of__in=houses)).values_list("pk", "part_of"):
        families.setdefault(bureau or pk, []).append(pk)
    for pk, sector in UnitSector.objects.filter(unit__in={*houses, *(unit.pk for unit in asked)}).values_list(
        "unit", "sector"
    ):
        sectors.setdefault(pk, []).append(sector)
    return {unit.pk: _reach_from(unit, paths, families, sectors) for unit in asked}


def _reach_from(unit, paths, families, sectors) -> Reach:
    """A bureau's family are its offices; an office's are itself and its bureau."""
    areas = tuple(pk for pk, path in paths if path.startswith(unit.area.path))
    family = (unit.pk, unit.part_of_id) if unit.part_of_id else tuple(families[unit.pk])
    whole = unit.all_sectors or unit.bureau.all_sectors
    own = sectors.get(unit.pk) or sectors.get(unit.part_of_id) or []
    return Reach(areas, None if whole else tuple(own), family)


def of_enterprises(actor: Actor, prefix: str = "") -> Q:
    """Rows that are, or hang on, an enterprise, by where it stands today; `prefix` leads to it ("enterprise__")."""
    if sees_everything(actor):
        return EVERYTHING
    if not actor.membership:
        return NOTHING
    if actor.membership.enterprise_id:
        return Q(**{f"{prefix}pk": actor.membership.enterprise_id})
    mine = reach(actor)
    return Q(**{f"{prefix}area__in": mine.areas}) & _sectors(mine, f"{prefix}sector")


def of_rows(actor: Actor, *, prefix: str = "", units: tuple[str, ...] = ()) -> Q:
    """Rows about an enterprise that carry `area`, `reporting_area`, `handled_in`, `sector`, fixed at the event.

    `units` names the fields holding the unit that found, visited or acted.
    """
    if sees_everything(actor):
        return EVERYTHING
    if not actor.membership:
        return NOTHING
    if actor.membership.enterprise_id:
        return Q(**{f"{prefix}enterprise": actor.membership.enterprise_id})
    return within(reach(actor), prefix=prefix, units=units)


def within(mine: Reach, *, prefix: str = "", units: tuple[str, ...] = ()) -> Q:
    """`of_rows` for a unit's reach, whoever asks."""
    places = Q()
    for field in ("handled_in", "area", "reporting_area"):
        places |= Q(**{f"{prefix}{field}__in": mine.areas})
    seen = places & _sectors(mine, f"{prefix}sector")
    for field in units:
        seen |= Q(**{f"{prefix}{field}__in": mine.units})
    return seen


def ways_to_rows(actor: Actor, *, units: tuple[str, ...] = ()) -> list[Q]:
    """`of_rows` taken apart: a row is seen iff one of these holds. For long lists (lib.pages), each way by its index.

    The three places of a row are nearly always one, so the second way speaks only of the rows where they differ: a
    small partial index holds those. For models with the column `elsewhere` and a `handled_in` that is never empty.
    """
    if sees_everything(actor) or not actor.membership or actor.membership.enterprise_id:
        return [of_rows(actor)]
    mine = reach(actor)
    formerly = Q(area__in=mine.areas) | Q(reporting_area__in=mine.areas)
    places = [Q(handled_in__in=mine.areas), Q(elsewhere=True) & formerly]
    return [place & _sectors(mine, "sector") for place in places] + [Q(**{f"{one}__in": mine.units}) for one in units]


def of_units(actor: Actor, prefix: str = "unit__") -> Q:
    """Rows about a unit: its own, and those of units of the same line whose area lies within its area."""
    if sees_everything(actor):
        return EVERYTHING
    if not actor.membership or actor.membership.enterprise_id:
        return NOTHING
    mine = reach(actor)
    below = Q(**{f"{prefix}area__in": mine.areas, f"{prefix}lines__overlap": actor.membership.unit.bureau.lines})
    return below | Q(**{f"{prefix}pk__in": mine.units})


def of_managed_units(actor: Actor, prefix: str = "unit__") -> Q:
    """Units whose accounts the actor looks after: those of its line below it; its own family only as 管理员.

    A clerk who could open accounts for his own office could be his own second officer.
    """
    from organizations.models.people import Role

    if sees_everything(actor):
        return EVERYTHING
    if not actor.membership or actor.membership.enterprise_id:
        return NOTHING
    below = of_units(actor, prefix) & ~Q(**{f"{prefix}area": actor.membership.unit.area_id})
    family = Q(**{f"{prefix}pk__in": reach(actor).units})
    return below | family if actor.role == Role.ADMIN else below & ~family


def _sectors(mine: Reach, field: str) -> Q:
    return Q() if mine.sectors is None else Q(**{f"{field}__in": mine.sectors})
