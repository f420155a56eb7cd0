"""What the list of the ledger is read by, newest first: by place, firm, finder, and whole; open rows apart.

The default filter is open, so each way to a row (organizations.jurisdiction.ways_to_rows) has an index of open rows.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db.models import Index, Q

OPEN = ~Q(state__in=("closed", "dismissed"))
NEWEST_FIRST = ("-found_on", "-id")


def newest(name: str, *fields: str, condition: Q | None = None) -> Index:
    return Index(fields=[*fields, *NEWEST_FIRST], name=name, condition=condition)


INDEXES = [
    GinIndex(fields=["grams"], name="hazard_grams"),
    newest("hazard_found"),
    newest("hazard_open", condition=OPEN),
    newest("hazard_listed", condition=Q(listed=True)),
    newest("hazard_way", "found_by"),
    newest("hazard_place", "handled_in"),
    newest("hazard_place_open", "handled_in", condition=OPEN),
    newest("hazard_elsewhere", condition=Q(elsewhere=True)),
    newest("hazard_finder", "found_by_unit"),
    newest("hazard_finder_open", "found_by_unit", condition=OPEN),
    newest("hazard_area_found", "area"),
    newest("hazard_enterprise", "enterprise"),
]
