"""A row with a 台账编号 meets the hazard of that number."""

from collections.abc import Iterable
from typing import Any

from hazards.imports.columns import FOUND_BY, FOUND_ON, NUMBER, STATE_DATES
from hazards.imports.entries import Entry, state_of
from hazards.models import Hazard, SupervisionListing
from lib.actor import Actor
from lib.excel import Row, Table
from organizations.imports.names import CODE, chunks
from organizations.models import Enterprise

By = Hazard.FoundBy
# What signatures, judgement and rechecks settle for a hazard handled in the portal: no workbook changes it behind them.
SETTLED = {"found_on": FOUND_ON, "found_by": FOUND_BY, "level": "隐患级别"} | {
    field: column for column, field in STATE_DATES.items()
}


def stored_by_number(rows: Iterable[Row], by: Actor) -> dict[str, Hazard]:
    """The hazards named by the rows, locked until the transaction ends: what they are compared with stays so."""
    found: dict[str, Hazard] = {}
    visible = Hazard.objects.visible_to(by).select_related("enterprise", "standard")
    for numbers in chunks(row[NUMBER] for row in rows if row[NUMBER]):
        named = visible.filter(number__in=numbers).select_for_update(of=("self",), no_key=True)
        found.update((hazard.number, hazard) for hazard in named.order_by("pk"))
    return found


def standing_listings(hazards: Iterable[Hazard]) -> dict[int, SupervisionListing]:
    rows = SupervisionListing.objects.filter(hazard__in=list(hazards), delisted_on__isnull=True)
    return {listing.hazard_id: listing for listing in rows}


def is_handled_here(hazard: Hazard) -> bool:
    """Registered in the portal, or brought in and since then signed, rechecked or checked here."""
    return not hazard.imported or any(
        (hazard.signed_head, hazard.signed_director, hazard.rechecked_by, hazard.checked_by, hazard.judged_by)
    )


def changed(table: Table, row: Row, hazard: Hazard, firm: Enterprise, values: dict[str, Any]) -> Entry | None:
    """The stored hazard with what the row changes; None if the row may not change it, which is noted."""
    if hazard.enterprise_id != firm.pk:
        table.refuse(row, CODE, f"台账编号{hazard.number}是“{hazard.enterprise}”的隐患，请核对编号", row[CODE])
        return None
    values = {field: value for field, value in values.items() if _differs(hazard, field, value)}
    if is_handled_here(hazard) and not _leaves_settled(table, row, hazard, values):
        return None
    before = hazard.state
    for field, value in values.items():
        setattr(hazard, field, value)
    entry = Entry(row.number, hazard, stored=True, changed=set(values), before=before)
    if not is_handled_here(hazard) and values.keys() & set(STATE_DATES.values()):
        hazard.state = state_of(hazard)
        entry.changed.add("state")
    return entry


def _differs(hazard: Hazard, field: str, value: Any) -> bool:
    now = getattr(hazard, field)
    if field == "found_by" and value == By.DEPARTMENT:
        # The official form prints 部门检查 for every way but 自查; coming back it does not undo the true one.
        return now == By.SELF
    return bool(now != value)


def _leaves_settled(table: Table, row: Row, hazard: Hazard, values: dict[str, Any]) -> bool:
    for field in values.keys() & SETTLED.keys():
        shown = getattr(hazard, f"get_{field}_display", lambda field=field: getattr(hazard, field) or "空")()
        message = f"{hazard.number}是在平台办理的隐患，此项现为“{shown}”，不能用导入更改，请在平台上办理"
        table.refuse(row, SETTLED[field], message, row[SETTLED[field]])
    return not values.keys() & SETTLED.keys()
