"""Verbs of the checklists: open one, answer it item by item, hand it in, decide on it, draw the consequences."""

from checklists.actions.answers import Conflict, Saving, answer, open_inspection
from checklists.actions.decisions import NotReady, accept, ask_to_submit, overall, return_with_reasons, submit
from checklists.actions.findings import add_photo, register_hazard, register_problem

__all__ = [
    "Conflict",
    "NotReady",
    "Saving",
    "accept",
    "add_photo",
    "answer",
    "ask_to_submit",
    "open_inspection",
    "overall",
    "register_hazard",
    "register_problem",
    "return_with_reasons",
    "submit",
]
