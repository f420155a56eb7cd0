"""What a firm owes goes along when it moves: the new area handles it and receives it; where it counts stays."""

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from campaigns.actions.recipients import Directory
from campaigns.models import Deliverable, Obligation
from lib.actor import Actor
from organizations import audit
from organizations.imports.names import chunks
from organizations.models import Enterprise

SOME = 1000  # rows of one statement


@transaction.atomic
def follow(enterprises: Sequence[int], *, by: Actor, reason: str) -> int:
    """Hand the open obligations of these firms over to where the firms stand now; a fixed number of statements per
    thousand. Returns how many."""
    handed_over = 0
    for some in chunks(enterprises):
        while rows := list(_left_behind(some)[:SOME]):
            now = Enterprise.objects.filter(pk=OuterRef("enterprise")).values("area")
            Obligation.objects.filter(pk__in=[row.pk for row in rows]).update(handled_in=Subquery(now))
            _readdress([row for row in rows if row.deliverable.recipient_rule == Deliverable.RecipientRule.AREA_UNIT])
            audit.record(by, "obligation.handed_over", None, reason=reason[:200], ids=[row.pk for row in rows])
            handed_over += len(rows)
    return handed_over


def _left_behind(enterprises: Sequence[int]) -> QuerySet[Obligation]:
    found = Obligation.objects.left_behind().filter(enterprise__in=enterprises)
    found = found.select_related("deliverable__campaign__lead_unit", "enterprise__area", "enterprise__sector")
    return found.select_for_update(of=("self",), no_key=True).order_by("pk")


def _readdress(rows: list[Obligation]) -> None:
    """所在地同条线主管部门 is that of the new place."""
    by_campaign = defaultdict(list)
    for row in rows:
        by_campaign[row.deliverable.campaign].append(row)
    through = Obligation.recipients.through
    pairs = []
    for campaign, some in by_campaign.items():
        directory = Directory(campaign)
        pairs += [
            through(obligation_id=row.pk, unit_id=unit)
            for row in some
            for unit in directory.receivers(row.deliverable, cast(Enterprise, row.enterprise))
        ]
    through.objects.filter(obligation__in=[row.pk for row in rows]).delete()
    through.objects.bulk_create(pairs)
