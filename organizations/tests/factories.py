"""A small fixed cast, built by plain functions: nothing happens that the caller did not ask for."""

from datetime import date
from itertools import count

from lib.actor import Actor
from organizations.models import (
    Area,
    Enterprise,
    Membership,
    ReportingArea,
    Responsible,
    RiskFeature,
    Sector,
    Unit,
    UnitSector,
    User,
)
from organizations.models.areas import Line
from organizations.models.people import Role

_serial = count(1)


def area(name="荣成市", *, parent=None, level=Area.Level.COUNTY, line=Line.EMERGENCY, row=True):
    """An area of this name, made once; with `row` it has its own row in the tables of the line."""
    found = Area.objects.filter(name=name, parent=parent).first()
    if found:
        return found
    code = f"T{next(_serial):05}"
    made = Area.objects.create(
        code=code, name=name, level=level, parent=parent, path=f"{parent.path if parent else ''}{code}/"
    )
    if row and level in (Area.Level.COUNTY, Area.Level.ZONE):
        ReportingArea.objects.create(line=line, area=made, counted_in=made)
    return made


def city(name="威海市"):
    return area(name, level=Area.Level.CITY, row=False)


def county(name="荣成市"):
    return area(name, parent=city())


def sector(name="轻工", *, line=Line.EMERGENCY, group=Sector.Group.TRADE):
    return Sector.objects.get_or_create(name=name, defaults={"line": line, "group": group})[0]


def feature(name="涉氨制冷"):
    return RiskFeature.objects.get_or_create(name=name)[0]


def unit(
    name="荣成市应急管理局",
    *,
    in_area=None,
    lines=(Line.EMERGENCY,),
    kind=Unit.Kind.BUREAU,
    sectors=("轻工",),
    **fields,
):
    """A unit of this name, made once, with 直接监管 of the sectors."""
    found = Unit.objects.filter(name=name).first()
    if found:
        return found
    made = Unit.objects.create(name=name, area=in_area or county(), lines=list(lines), kind=kind, **fields)
    for one in sectors:
        UnitSector.objects.create(unit=made, sector=sector(one), power=UnitSector.Power.DIRECT)
    return made


def city_bureau(name="威海市应急管理局", **fields):
    return unit(name, in_area=city(), **fields)


def uscc():
    """Another well-formed code each time; the check digit is not computed."""
    return f"91371082MA{next(_serial):08}"


def enterprise(name="荣成海源食品有限公司", *, in_area=None, in_sector="轻工", **fields):
    fields.setdefault("uscc", uscc())
    return Enterprise.objects.create(name=name, area=in_area or county(), sector=sector(in_sector), **fields)


def user(name="王经办", **fields):
    fields.setdefault("username", f"user{next(_serial)}")
    return User.objects.create_user(password="correct horse battery", name=name, **fields)


def member(holder, role=Role.CLERK, *, who=None, name="王经办"):
    """A post in a unit or an enterprise."""
    key = "enterprise" if isinstance(holder, Enterprise) else "unit"
    return Membership.objects.create(user=who or user(name), role=role, **{key: holder})


def actor(holder, role=Role.CLERK, *, who=None, name="王经办"):
    """Somebody acting from a post."""
    post = member(holder, role, who=who, name=name)
    return Actor(user=post.user, membership=post, ip="127.0.0.1")


def responsible(unit, name="张局长", *, kind="leader", **fields):
    """Somebody of the unit in office since the beginning of 2022."""
    fields.setdefault("starts_on", date(2022, 1, 1))
    return Responsible.objects.create(unit=unit, name=name, kind=kind, **fields)
