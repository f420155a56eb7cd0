"""Closing a campaign with its 遗留清单: what is still open is written down and handed to the next one."""

from __future__ import annotations

from django.db import transaction

from campaigns.actions import editing
from campaigns.models import Campaign, Obligation
from lib.actor import Actor
from organizations import audit
from reports.closing import open_hazards
from reports.models import CarryOver

BATCH = 1000


@transaction.atomic
def close(campaign: Campaign, *, by: Actor) -> int:
    """结束: the missing stay behind as missing; these and the open hazards become the list. How many stand on it."""
    hazards = list(open_hazards(campaign).order_by("pk").values_list("pk", flat=True))
    editing.close(campaign, by=by)
    missing = _missing(campaign)
    rows = [CarryOver(campaign=campaign, hazard_id=pk) for pk in hazards]
    rows += [CarryOver(campaign=campaign, obligation_id=pk) for pk in missing]
    # Closed again after it was reopened: what stood on the list stays.
    CarryOver.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    audit.record(by, "campaign.carry_over", campaign, hazards=len(hazards), obligations=len(missing))
    return len(rows)


def _missing(campaign: Campaign) -> list[int]:
    rows = Obligation.objects.filter(deliverable__campaign=campaign, state=Obligation.State.MISSING)
    return list(rows.order_by("pk").values_list("pk", flat=True))
