"""迁址: an enterprise stands in another area from now on, and what is open about it goes along (design §4.1)."""

from django.db import transaction

from lib import registry
from lib.actor import Actor
from lib.locks import counting_shared
from lib.transitions import MoveRefused
from organizations import audit
from organizations.models import Area, Enterprise


@transaction.atomic
def relocate(enterprise: Enterprise, *, by: Actor, area: Area, reason: str, town: str = "", address: str = "") -> None:
    """The enterprise has moved to `area`; where its past counts stays, open rows are handed over by `registry.moved`.

    Town and address are written as given: those of the old place are wrong. MoveRefused if it stands there already.
    """
    counting_shared()
    stored = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    before = stored.area
    if before == area:
        raise MoveRefused(f"该企业已在{area}，请核对迁入的区市")
    stored.area, stored.town, stored.address = area, town, address
    stored.save(update_fields=["area", "town", "address", "updated_at"])
    audit.record(by, "enterprise.move", stored, before=str(before), after=str(area), reason=reason[:200])
    registry.moved([stored.pk], by=by, reason=reason)
