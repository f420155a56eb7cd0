"""本单位审签: set who checks and who signs what the unit hands in."""

from collections.abc import Mapping

from django.db import transaction

from lib.actor import Actor
from organizations import audit
from organizations.models import HouseStep, Unit, User

Pair = tuple[User, User | None]


@transaction.atomic
def set_steps(unit: Unit, *, people: Mapping[str, Pair | None], by: Actor) -> list[HouseStep]:
    """Replace the unit's steps: by HouseStep.Step the person and the stand-in, or None for a step that is not taken.

    What is on its way within the house goes on with the new people.
    """
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    unit.house_steps.all().delete()
    rows = [
        HouseStep(unit=unit, step=step, position=position, person=pair[0], stand_in=pair[1])
        for position, step in enumerate(HouseStep.Step.values)
        if (pair := people.get(step))
    ]
    made = HouseStep.objects.bulk_create(rows)
    audit.record(by, "house.set_steps", unit, steps={row.step: str(row.person) for row in made})
    return made
