"""Verbs of the ledger: object first, the rest by keyword, `by` always."""

from hazards.actions.closing import check, close, recheck, reopen, request_recheck, sign, sign_on_paper
from hazards.actions.judging import confirm, correct_basis, judge, object_to, propose, refuse, restore
from hazards.actions.lists import (
    add_measure,
    add_problem,
    finish_problem,
    hand_in_lists,
    lists_of,
    reopen_problem,
    update_measure,
    update_problem,
)
from hazards.actions.moving import follow, hand_over
from hazards.actions.photos import attach
from hazards.actions.rectifying import (
    extend,
    fix_at_once,
    log_progress,
    plan,
    record_measures,
    report_rectified,
    start,
)
from hazards.actions.registering import correct, register
from hazards.actions.standing_in import close_for_firm, plan_for_firm
from hazards.actions.supervising import delist, note_penalty, put_on_list

__all__ = [
    "add_measure",
    "add_problem",
    "attach",
    "check",
    "close",
    "close_for_firm",
    "confirm",
    "correct",
    "correct_basis",
    "delist",
    "extend",
    "finish_problem",
    "fix_at_once",
    "follow",
    "hand_in_lists",
    "hand_over",
    "judge",
    "lists_of",
    "log_progress",
    "note_penalty",
    "object_to",
    "plan",
    "plan_for_firm",
    "propose",
    "put_on_list",
    "recheck",
    "record_measures",
    "refuse",
    "register",
    "reopen",
    "reopen_problem",
    "report_rectified",
    "request_recheck",
    "restore",
    "sign",
    "sign_on_paper",
    "start",
    "update_measure",
    "update_problem",
]
