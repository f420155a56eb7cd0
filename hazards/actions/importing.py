"""History brought into the ledger: what its dates say, without anybody's signature, and marked as imported."""

from collections import defaultdict

from documents.models import ImportBatch
from hazards.actions.numbers import allocate
from hazards.actions.registering import grams_of
from hazards.imports.entries import Entry
from hazards.models import Closing, Hazard, HazardEntry, HazardMove, SupervisionListing
from hazards.models.hazards import author
from lib.actor import Actor
from lib.locks import counting_shared
from lib.text import joined
from organizations.actions.enterprises import Counts

SOME = 1000  # rows of one statement


def write(entries: list[Entry], *, by: Actor, batch: ImportBatch) -> Counts:
    """Make the new hazards and bring the stored ones up to date; a fixed number of statements per thousand.

    The caller holds a transaction and has checked the entries (hazards.imports.checks).
    """
    counting_shared()
    new = [entry for entry in entries if not entry.stored]
    changed = [entry for entry in entries if entry.stored and (entry.changed or entry.listing)]
    _create(new, by, batch)
    _update(changed)
    _close([*new, *changed], by)
    _list([*new, *changed], by)
    _tell([*new, *changed], by, batch)
    return Counts(len(new), len(changed))


def _create(new: list[Entry], by: Actor, batch: ImportBatch) -> None:
    _number(new)
    for entry in new:
        entry.hazard.batch = batch
        entry.hazard.recorded_by = by.label[:80]
        entry.hazard.grams = grams_of(entry.hazard)
    Hazard.objects.bulk_create([entry.hazard for entry in new], batch_size=SOME)


def _number(new: list[Entry]) -> None:
    """In the order of the file, area by area; the areas in the order of their keys, as `allocate` asks."""
    groups = defaultdict(list)
    for entry in new:
        groups[entry.hazard.area_id, entry.hazard.found_on.year].append(entry.hazard)
    for (_, year), hazards in sorted(groups.items()):
        numbers = allocate(hazards[0].area, year, len(hazards))
        for hazard, number in zip(hazards, numbers, strict=True):
            hazard.number = number


def _update(changed: list[Entry]) -> None:
    fields = {"grams"}.union(*(entry.changed for entry in changed))
    for entry in changed:
        entry.hazard.grams = grams_of(entry.hazard)
    if changed:
        Hazard.objects.bulk_update([entry.hazard for entry in changed], sorted(fields), batch_size=SOME)


def _close(entries: list[Entry], by: Actor) -> None:
    """A closing for each hazard whose dates close it; a stored one moves with the date."""
    closed = {entry.hazard.pk: entry.hazard.closed_on for entry in entries if entry.hazard.closed_on}
    standing = Closing.objects.filter(hazard__in=closed, reopened_on__isnull=True)
    moved = [one for one in standing if one.closed_on != closed[one.hazard_id]]
    for one in moved:
        one.closed_on = closed[one.hazard_id]
    Closing.objects.bulk_update(moved, ["closed_on"], batch_size=SOME)
    have = set(standing.values_list("hazard_id", flat=True))
    rows = [Closing(hazard_id=pk, closed_on=day, by=by.label[:80]) for pk, day in closed.items() if pk not in have]
    Closing.objects.bulk_create(rows, batch_size=SOME)


def _list(entries: list[Entry], by: Actor) -> None:
    listings = [entry.listing for entry in entries if entry.listing]
    for one in listings:
        one.by = by.label[:80]
    new, known = [one for one in listings if one.pk is None], [one for one in listings if one.pk]
    SupervisionListing.objects.bulk_create(new, batch_size=SOME)
    fields = ["level", "unit", "unit_name", "listed_on", "by"]
    SupervisionListing.objects.bulk_update(known, fields, batch_size=SOME)


def _tell(entries: list[Entry], by: Actor, batch: ImportBatch) -> None:
    """The time line says that the file brought it, and what a later file changed."""
    told = author(by)
    source = f"导入台账“{batch.name}”第"
    moved = [
        HazardMove(hazard=e.hazard, from_state=e.before, to_state=e.hazard.state, comment=f"{source}{e.row}行", **told)
        for e in entries
        if e.before != e.hazard.state
    ]
    HazardMove.objects.bulk_create(moved, batch_size=SOME)
    corrected = [
        HazardEntry(hazard=e.hazard, kind=HazardEntry.Kind.CORRECTED, comment=f"{source}{e.row}行：{_what(e)}", **told)
        for e in entries
        if e.stored
    ]
    HazardEntry.objects.bulk_create(corrected, batch_size=SOME)


def _what(entry: Entry) -> str:
    """更新整改措施、销号时间"""
    names = [str(field.verbose_name) for field in Hazard._meta.fields if field.name in entry.changed]
    return f"更新{joined([*names, '挂牌督办' if entry.listing else ''])}"
