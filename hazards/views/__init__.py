"""Pages of the ledger and of the two lists."""

from hazards.views.acts import act
from hazards.views.ledger import export, export_later, hazard, hazards
from hazards.views.lists import export_lists, hand_in_lists, lists_for, measure, move_problem, problem, two_lists
from hazards.views.registering import firms, register
from hazards.views.summary import lists_summary, lists_summary_workbook

__all__ = [
    "act",
    "export",
    "export_later",
    "export_lists",
    "firms",
    "hand_in_lists",
    "hazard",
    "hazards",
    "lists_for",
    "lists_summary",
    "lists_summary_workbook",
    "measure",
    "move_problem",
    "problem",
    "register",
    "two_lists",
]
