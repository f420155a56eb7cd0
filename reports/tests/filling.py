"""How a clerk fills in a return, for the tests of returns and their pages."""

from decimal import Decimal

from reports import actions
from reports.dispatch.cells import Entry, filling

WORDS = {"x党政-6": Entry(text="是")}


def opened(owed, clerk):
    return actions.open_return(owed, by=clerk)


def values(filled):
    return {cell.code: cell.entry.reported for cell in filled.cells if cell.entry.reported}


def entries(filled, **changed):
    """What the page shows, zeros for what is empty, with some cells typed over (x2_1=…)."""
    typed = {name.removeprefix("x").replace("_", "."): entry for name, entry in changed.items()}
    shown = {cell.code: cell.entry for cell in filled.cells}
    zeros = {code: Entry(Decimal(0)) if entry.reported is None else entry for code, entry in shown.items()}
    return zeros | {
        code: entry if isinstance(entry, Entry) else Entry(Decimal(str(entry))) for code, entry in typed.items()
    }


def filled_in(returned, clerk, **changed):
    return actions.fill(returned, by=clerk, entries=entries(filling(returned), **changed))


def handed_in(returned, clerk, **changed):
    seen = filled_in(returned, clerk, **changed).seen
    return actions.hand_in(returned, by=clerk, seen=seen)
