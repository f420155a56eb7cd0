"""Pages and endpoints under /self-inspections/."""

from checklists.views.endpoints import add_photo, register_finding, save_answer
from checklists.views.filling import ask_to_submit, check, fill, start, submit
from checklists.views.reading import self_inspection, self_inspections
from checklists.views.reviewing import accept, return_self_inspection
from checklists.views.workbooks import blank_workbook, result_workbook

__all__ = [
    "accept",
    "add_photo",
    "ask_to_submit",
    "blank_workbook",
    "check",
    "fill",
    "register_finding",
    "result_workbook",
    "return_self_inspection",
    "save_answer",
    "self_inspection",
    "self_inspections",
    "start",
    "submit",
]
