"""遗留清单: what a campaign leaves behind, and what has become of it since."""

from __future__ import annotations

from django.db.models import QuerySet

from campaigns.models import Campaign, Obligation
from hazards.models import Hazard
from lib.actor import Actor
from reports.indicators import scope_of


def open_hazards(campaign: Campaign) -> QuerySet[Hazard]:
    """Of the campaign's scope, found within its dates and not written off."""
    found = Hazard.objects.open().filter(scope_of(campaign).holds())
    return found.filter(found_on__range=(campaign.starts_on, campaign.ends_on))


def unanswered(campaign: Campaign) -> QuerySet[Obligation]:
    """What would be left missing, or was."""
    left = ("open", "missing")
    rows = Obligation.objects.filter(deliverable__campaign=campaign, state__in=left, handed_in_at__isnull=True)
    return rows.exclude(deliverable__optional=True)


def carried(campaign: Campaign, actor: Actor) -> dict[str, int]:
    """Of what was carried over and the actor may see: how much there was and how much is settled since."""
    hazards = Hazard.objects.visible_to(actor).filter(carried__campaign=campaign)
    owed = Obligation.objects.visible_to(actor).filter(carried__campaign=campaign)
    return {
        "hazards": hazards.count(),
        "hazards_closed": hazards.count() - hazards.open().count(),
        "owed": owed.count(),
        "owed_settled": owed.exclude(state="missing").count(),
    }
