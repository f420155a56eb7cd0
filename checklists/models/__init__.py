"""对照检查: published checklists that never change, and a respondent's answers to them, saved one by one."""

from checklists.models.answers import Answer
from checklists.models.checklists import FALLS_SHORT, Checklist, Clause, Item, Polarity, Result
from checklists.models.inspections import SelfInspection
from checklists.models.sheets import Gap, Line, gaps, sheet
from checklists.models.versions import HandedIn, Reading, last_event, newest_event, reading

__all__ = [
    "FALLS_SHORT", "Answer", "Checklist", "Clause", "Gap", "HandedIn", "Item", "Line", "Polarity", "Reading", "Result",
    "SelfInspection", "gaps", "last_event", "newest_event", "reading", "sheet",
]  # fmt: skip
