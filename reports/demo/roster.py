"""The demo's 责任人名册: leaders of every bureau of the line, and who answers for some firms of each area."""

from datetime import date
from itertools import count

from django.db import transaction

from lib.actor import Actor
from organizations.actions.roster import appoint
from organizations.models import Enterprise, Responsible, Unit
from organizations.models.areas import Line
from reports.demo.june import UNITS
from reports.demo.people import GIVEN, SURNAMES

SYSTEM = Actor.system("演示数据")
SINCE = date(2023, 1, 1)
POSTS = ("党组书记、局长", "党组成员、副局长", "党组成员、总工程师")
Kind = Responsible.Kind
# For the first firms of an area, in this order: who answers for it.
FIRMS = (
    ((Kind.SUPERVISE, "监管科科长"), (Kind.CONTRACT, "副局长"), (Kind.STATION, "驻点组组长")),
    ((Kind.SUPERVISE, "监管科科长"), (Kind.STATION, "驻点组组员")),
    ((Kind.SUPERVISE, "监管科科员"), (Kind.CONTRACT, "总工程师")),
)


@transaction.atomic
def make_roster() -> None:
    """Once: what a reader has changed since stays."""
    if Responsible.objects.exists():
        return
    numbers = count()
    for unit in Unit.objects.active().filter(kind="bureau", lines__contains=[Line.EMERGENCY]).order_by("pk"):
        for post in POSTS:
            _enter(unit, Kind.LEADER, post, next(numbers))
    for name in sorted(set(UNITS.values())):
        unit = Unit.objects.get(name=name)
        firms = Enterprise.objects.operating().filter(area=unit.area, sector__in=unit.sector_ids()).order_by("pk")
        for firm, people in zip(firms, FIRMS, strict=False):
            for kind, post in people:
                _enter(unit, kind, post, next(numbers), firm)


def _enter(unit: Unit, kind: str, post: str, number: int, firm: Enterprise | None = None) -> None:
    """No two of the first hundred and eighty have the same name."""
    turn, place = divmod(number, len(SURNAMES))
    name = SURNAMES[place] + GIVEN[(turn + place) % len(GIVEN)]
    mobile = f"1360000{number:04}"
    appoint(unit, kind=kind, name=name, post=post, mobile=mobile, enterprise=firm, starts_on=SINCE, by=SYSTEM)
