"""A self-inspection still open goes along when its firm moves."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import OuterRef, Subquery

from checklists.models import SelfInspection
from lib.actor import Actor
from organizations import audit
from organizations.imports.names import chunks
from organizations.models import Enterprise


@transaction.atomic
def follow(enterprises: Sequence[int], *, by: Actor, reason: str) -> int:
    """Hand over what these firms have not settled yet to where they stand now; one statement per ten thousand firms.

    Returns how many.
    """
    now = Enterprise.objects.filter(pk=OuterRef("enterprise")).values("area")
    behind = SelfInspection.objects.left_behind()
    found = sum(behind.filter(enterprise__in=some).update(handled_in=Subquery(now)) for some in chunks(enterprises))
    if found:
        audit.record(by, "self_inspection.handed_over", None, reason=reason[:200], rows=found)
    return found
