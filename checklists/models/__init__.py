"""对照检查: published checklists that never change, and a respondent's answers to them, saved one by one."""

from checklists.models.answers import Answer
from checklists.models.checklists import FALLS_SHORT, Checklist, Clause, Item, Polarity, Result
from checklists.models.inspections import SelfInspection
from checklists.models.sheets import Gap, Line, gaps, sheet

__all__ = [
    "FALLS_SHORT", "Answer", "Checklist", "Clause", "Gap", "Item", "Line", "Polarity", "Result", "SelfInspection",
    "gaps", "sheet",
]  # fmt: skip
