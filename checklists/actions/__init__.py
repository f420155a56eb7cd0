"""Verbs of the checklists: open one, answer it item by item, hand it in, decide on it, draw the consequences."""

from checklists.actions.answers import Conflict, Saving, answer, open_inspection
from checklists.actions.decisions import NotReady, accept, return_with_reasons, submit

__all__ = [
    "Conflict",
    "NotReady",
    "Saving",
    "accept",
    "answer",
    "open_inspection",
    "return_with_reasons",
    "submit",
]
