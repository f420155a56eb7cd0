"""What a change of rule would do, found by doing it and taking it back."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from campaigns.actions import editing, opening
from campaigns.models import Campaign, Deliverable, Obligation
from lib.actor import Actor

# A duty of more open ones is not tried out while somebody waits for the page.
MOST = 3000


def effects(deliverable: Deliverable, *, scope: Mapping[str, Iterable[Model]], by: Actor) -> list[str]:
    """In words which open obligations would be opened, moved, superseded or ended; nothing is kept.

    Empty for a campaign that does not run, and where nothing would change.
    """
    if deliverable.pk is None or deliverable.campaign.state != Campaign.State.RUNNING:
        return []
    standing = Obligation.objects.unanswered().filter(deliverable=deliverable.pk)
    if (count := standing.count()) > MOST:
        return [f"未报送的任务有{count}个，数量较多，保存后在夜间按新规则逐一核对。"]
    with transaction.atomic():
        editing.save_deliverable(deliverable, scope=scope, by=by)
        changes = opening.open_deliverable(deliverable, timezone.localdate(), by=by)
        transaction.set_rollback(True)
    return changes.words()
