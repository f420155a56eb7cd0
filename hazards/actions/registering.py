"""发现登记: a hazard enters the ledger with its number and the stamps of its firm; what was mistyped is corrected."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hazards.actions.notices import tell_firm, tell_supervisors
from hazards.actions.numbers import allocate
from hazards.actions.records import check_order, hold, note, write
from hazards.models import Hazard, HazardEntry
from lib.actor import Actor
from lib.locks import counting_shared
from lib.text import bigrams
from organizations import audit
from organizations.models import Enterprise

SELF = Hazard.FoundBy.SELF


@transaction.atomic
def register(
    enterprise: Enterprise,
    *,
    by: Actor,
    description: str,
    found_on: date,
    found_by: str,
    level: str = Hazard.Level.GENERAL,
    entry_key: UUID | None = None,
    **details: Any,
) -> Hazard:
    """Enter a hazard found at the firm; `level` is proposed until it is judged.

    `details` are further fields of the row: place, finder, on_site_measure, administrative_measure, stopped,
    deadline_on. `entry_key` is made by the form: the same form sent twice registers once.
    """
    counting_shared()
    # A move under way holds the firm's row: the hazard is stamped with where it stands afterwards. Without a join: its
    # other tables would be read as they were before the wait. Of a form sent twice at once the second waits here too.
    enterprise.refresh_from_db(from_queryset=Enterprise.objects.select_for_update(no_key=True))
    if known := _known(enterprise, entry_key, description):
        return known
    check_order(("发现时间", found_on))
    values = {"description": description, "found_on": found_on, "found_by": found_by, "level": level, **details}
    hazard = Hazard(**enterprise.stamps(), enterprise=enterprise, recorded_by=by.label[:80], **values)
    hazard.entry_key = None if _is_taken(entry_key) else entry_key
    return _entered(hazard, by)


def _known(enterprise: Enterprise, entry_key: UUID | None, description: str) -> Hazard | None:
    if entry_key is None:
        return None
    return Hazard.objects.filter(enterprise=enterprise, entry_key=entry_key, description=description).first()


def _is_taken(entry_key: UUID | None) -> bool:
    """The browser's "back" brings the old form with its old key: another hazard all the same."""
    return entry_key is not None and Hazard.objects.filter(entry_key=entry_key).exists()


def _entered(hazard: Hazard, by: Actor) -> Hazard:
    hazard.found_by_unit = None if hazard.is_self_found else by.unit
    if hazard.is_self_found and hazard.is_major:
        # Entering it in the portal is the firm's report to the department (安全生产法 §41), also if a clerk types it.
        hazard.reported_on = timezone.localdate()
    hazard.number = allocate(hazard.area, hazard.found_on.year)[0]
    hazard.grams = grams_of(hazard)
    hazard.save(force_insert=True)
    hazard.log_move("", hazard.state, by, hazard.get_found_by_display())
    audit.record(by, "hazard.register", hazard)
    _tell(hazard, by)
    return hazard


def grams_of(hazard: Hazard) -> list[str]:
    """What the list's search finds the hazard by."""
    return bigrams(hazard.number, hazard.enterprise.name, hazard.place, hazard.description)


def _tell(hazard: Hazard, by: Actor) -> None:
    if by.unit:
        tell_firm(hazard, "发现事故隐患，请整改", by=by)
    if hazard.is_major:
        tell_supervisors(hazard, f"{hazard.enterprise}登记了拟定重大事故隐患，请判定", by=by)


@transaction.atomic
def correct(hazard: Hazard, *, by: Actor, description: str, place: str) -> Hazard:
    """更正: what was mistyped, before anybody has judged it."""
    hold(hazard, Hazard.State.REGISTERED)
    before = hazard.description
    hazard.description, hazard.place = description, place
    write(hazard, description=description, place=place, grams=grams_of(hazard))
    note(hazard, HazardEntry.Kind.CORRECTED, f"原描述：{before}", by=by)
    return hazard
