"""The firm confirms its data or proposes what they should be; the district adopts, field by field, or refuses."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from lib.actor import Actor
from lib.locks import counting_shared
from lib.text import joined
from lib.transitions import move
from organizations import audit
from organizations.actions.enterprises import grams_of
from organizations.actions.moving import relocate
from organizations.models import Area, Enterprise, EnterpriseChange

State = EnterpriseChange.State

# What a firm may correct. Area, sector and grade decide who supervises it: the department keeps them by its own list.
FIELDS = (
    "name", "town", "address", "status", "employees", "feature_names", "ammonia_tonnes", "dust_workers",
    "head", "head_mobile", "director", "director_mobile",
    "state_owned", "major_hazard_source", "dispatched_labour", "special_operations",
)  # fmt: skip


@transaction.atomic
def submit(enterprise: Enterprise, *, by: Actor, values: Mapping[str, Any]) -> EnterpriseChange | None:
    """What the firm says its data are, by FIELDS: nothing different is a confirmation, anything else a proposal.

    There is one pending proposal at most: a second submission takes the first one's place, a confirmation takes it
    back. Returns the pending proposal, or None when the data are confirmed.
    """
    counting_shared()
    stored = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    pending = stored.changes.pending().first()
    different = {name: [as_json(getattr(stored, name)), as_json(values[name])] for name in FIELDS if name in values}
    different = {name: pair for name, pair in different.items() if pair[0] != pair[1]}
    if different:
        return _propose(stored, pending, different, by)
    if pending:
        move(pending, State.REFUSED, by=by, comment="企业撤回", **_decided(by, "企业自行撤回，确认原信息无误"))
    _confirm(stored, by)
    return None


def _propose(
    stored: Enterprise, pending: EnterpriseChange | None, different: dict[str, list[Any]], by: Actor
) -> EnterpriseChange:
    who = by.label[:80]
    if pending is None:
        change = stored.changes.create(values=different, proposed_by=who)
        audit.record(by, "enterprise_change.proposed", change, fields=sorted(different))
        return change
    pending.values, pending.proposed_by, pending.proposed_at = different, who, timezone.now()
    pending.save(update_fields=["values", "proposed_by", "proposed_at"])
    audit.record(by, "enterprise_change.revised", pending, fields=sorted(different))
    return pending


def _confirm(stored: Enterprise, by: Actor) -> None:
    stored.confirmed_at = timezone.now()
    stored.save(update_fields=["confirmed_at"])
    audit.record(by, "enterprise.confirmed", stored)


@transaction.atomic
def adopt(
    change: EnterpriseChange, *, by: Actor, fields: Sequence[str], reason: str = "", area: Area | None = None
) -> None:
    """Bring the chosen fields into the enterprise's data; what is left out is said with the reason.

    `area` is where the officer says that the enterprise has moved to, if it has. Raises MoveRefused when somebody else
    has decided before.
    """
    counting_shared()
    stored = Enterprise.objects.select_for_update(no_key=True).get(pk=change.enterprise_id)
    left_out = [name for name in change.values if name not in fields]
    said = f"未采纳：{joined(map(label, left_out))}。{reason}" if left_out else reason
    move(change, State.APPROVED, by=by, comment=said, **_decided(by, said))
    chosen = [name for name in change.values if name in fields and name in FIELDS]
    for name in chosen:
        setattr(stored, name, column(name).to_python(change.values[name][1]))
    stored.grams, stored.confirmed_at = grams_of(stored.name), change.proposed_at
    stored.save(update_fields=[*chosen, "grams", "confirmed_at", "updated_at"])
    audit.record(by, "enterprise.corrected", stored, fields=sorted(chosen), change=change.pk)
    if area and area != stored.area:
        place = {"town": stored.town, "address": stored.address}
        relocate(stored, by=by, area=area, reason="采纳企业信息更正，企业已迁址", **place)


@transaction.atomic
def refuse(change: EnterpriseChange, *, by: Actor, reason: str) -> None:
    """The data stay as they are; the firm reads why. Raises MoveRefused when somebody else has decided before."""
    move(change, State.REFUSED, by=by, comment=reason, **_decided(by, reason))


def _decided(by: Actor, reason: str) -> dict[str, Any]:
    return {
        "decided_by_unit": by.unit,
        "decided_by": by.label[:80],
        "decided_at": timezone.now(),
        "reason": reason[:200],
    }


def as_json(value: Any) -> Any:
    """As JSON keeps it; 5, 5.0 and 5.00 tonnes are the same."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return sorted(value) if isinstance(value, list) else value


def column(name: str) -> Any:
    return Enterprise._meta.get_field(name)


def label(name: str) -> str:
    return str(column(name).verbose_name)
