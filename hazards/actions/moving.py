"""移交: who handles a hazard follows its firm; where it happened and where it counts stay (design §4.1)."""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from hazards.actions.notices import tell_of_arrivals, tell_supervisors
from hazards.actions.records import OPEN_STATES, hold, note, refuse_if, write
from hazards.models import Hazard, HazardEntry
from hazards.models.hazards import author
from lib.actor import Actor
from lib.locks import counting_shared
from organizations import audit
from organizations.imports.names import chunks
from organizations.models import Area, Enterprise

SOME = 1000  # rows of one statement
Kind = HazardEntry.Kind


@transaction.atomic
def hand_over(hazard: Hazard, *, by: Actor, area: Area, reason: str) -> Hazard:
    """移交 of one hazard, decided by an officer; a firm that moves takes all of its own along (`follow`)."""
    hold(hazard, *OPEN_STATES)
    refuse_if(area == hazard.handled_in, f"该隐患已在{area}办理")
    before = hazard.handled_in
    write(hazard, handled_in=area)
    note(hazard, Kind.HANDED_OVER, _words(before, area, reason), by=by)
    tell_supervisors(hazard, f"{before}移交隐患，请接续办理", by=by, body=reason)
    return hazard


@transaction.atomic
def follow(enterprises: Sequence[int], *, by: Actor, reason: str) -> int:
    """Hand the open hazards of these firms over to where the firms stand now; those already there stay as they are.

    Four statements per thousand hazards, and one message to each unit that takes over. Returns how many.
    """
    counting_shared()
    arrived = Counter[tuple[int, int]]()
    for some in chunks(enterprises):
        while rows := list(_left_behind(some)[:SOME]):
            _hand_over_all(rows, by, reason)
            arrived.update((row.enterprise.area_id, row.sector_id) for row in rows)
    tell_of_arrivals(arrived, by=by, reason=reason)
    return arrived.total()


def _left_behind(enterprises: Sequence[int]) -> QuerySet[Hazard]:
    found = Hazard.objects.left_behind().filter(enterprise__in=enterprises)
    found = found.select_related("enterprise__area", "handled_in").defer("grams", "enterprise__grams")
    return found.select_for_update(of=("self",), no_key=True).order_by("pk")


def _hand_over_all(rows: list[Hazard], by: Actor, reason: str) -> None:
    now = Enterprise.objects.filter(pk=OuterRef("enterprise")).values("area")
    Hazard.objects.filter(pk__in=[row.pk for row in rows]).update(handled_in=Subquery(now))
    told = {"kind": Kind.HANDED_OVER, **author(by)}
    entries = [
        HazardEntry(hazard=row, comment=_words(row.handled_in, row.enterprise.area, reason), **told) for row in rows
    ]
    HazardEntry.objects.bulk_create(entries)
    audit.record(by, "hazard.handed_over", None, reason=reason[:200], ids=[row.pk for row in rows])


def _words(before: Area, after: Area, reason: str) -> str:
    return f"由{before}移交{after}：{reason}"


def catch_up(hazard: Hazard, *, by: Actor) -> None:
    """Opened again: its firm may have moved while it was settled. The caller holds the hazard's row."""
    # A move under way holds the firm's row: whoever waits here reads where it went.
    firm = Enterprise.objects.select_for_update(no_key=True).get(pk=hazard.enterprise_id)
    if firm.area_id != hazard.handled_in_id:
        follow([firm.pk], by=by, reason="企业已迁址，重新办理")
        hazard.refresh_from_db(fields=["handled_in"])
