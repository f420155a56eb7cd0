"""台账编号: given once per area and year, in order, never again, whatever becomes of the hazard."""

from django.db import transaction
from django.db.models import F

from hazards.models import LedgerNumber
from organizations.models import Area


@transaction.atomic
def allocate(area: Area, year: int, count: int = 1) -> list[str]:
    """The next `count` numbers of the area for hazards found in `year`: 荣成市-2023-0001, 荣成市-2023-0002 …

    The counter's row stays locked until the caller's transaction ends, so whoever takes numbers of several areas
    takes them in the order of the areas' keys. A caller that fails gives its numbers back: nobody has seen them.
    """
    row, _ = LedgerNumber.objects.get_or_create(area=area, year=year)
    LedgerNumber.objects.filter(pk=row.pk).update(last=F("last") + count)
    row.refresh_from_db()
    return [written(area, year, serial) for serial in range(row.last - count + 1, row.last + 1)]


def written(area: Area, year: int, serial: int) -> str:
    return f"{area.name}-{year}-{serial:04}"
