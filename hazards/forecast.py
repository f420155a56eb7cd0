"""Which units would hand in empty lists (两个清单)."""

from collections.abc import Iterable

from django.db.models import QuerySet

from campaigns.models import Deliverable, Obligation
from hazards.models import Measure, Problem
from lib.actor import Actor
from lib.registry import Forecast
from organizations import jurisdiction
from organizations.models import Unit

EMPTY = "问题隐患清单和制度措施清单都没有内容。"


def would_fail(duty: Deliverable, owed: QuerySet[Obligation], *, named: int, by: Actor) -> Forecast:
    """Neither a problem nor a measure, of the unit's own or of its line below: nothing to hand in.

    Firms that owe lists hand them in as files.
    """
    rows = list(owed.filter(unit__isnull=False).select_related("unit__part_of").order_by("area__position", "pk"))
    filled = with_content([row.unit for row in rows])
    empty = [row.pk for row in rows if row.unit_id not in filled]
    return Forecast(len(empty), dict.fromkeys(empty[:named], [EMPTY]))


def with_content(units: Iterable[Unit]) -> set[int]:
    """Those whose clerks see something in their lists (`ProblemQuerySet.visible_to`), by key."""
    asked = list(units)
    kept = Problem.objects.order_by().values("unit").union(Measure.objects.order_by().values("unit"))
    writers = list(Unit.objects.filter(pk__in=[row["unit"] for row in kept]))
    reaches = jurisdiction.reaches(asked)
    return {unit.pk for unit in asked if any(lists_of(unit, reaches[unit.pk], one) for one in writers)}


def lists_of(unit: Unit, reach: jurisdiction.Reach, writer: Unit) -> bool:
    """Whether what the writer enters stands in the unit's lists."""
    below = writer.area_id in reach.areas and bool(set(writer.lines) & set(unit.bureau.lines))
    return below or writer.pk in reach.units
