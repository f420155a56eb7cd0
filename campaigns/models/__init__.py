"""Campaigns and what they ask of whom by when: deliverables, obligations, submissions, reminders."""

from campaigns.models.assignments import AssignmentProgress
from campaigns.models.calls import Call, Contact
from campaigns.models.campaigns import Assignment, Campaign, Phase
from campaigns.models.deliverables import Deliverable
from campaigns.models.letters import Letter
from campaigns.models.notices import NoticeIssue
from campaigns.models.obligations import Obligation, Reminder
from campaigns.models.requests import Extension, Objection, StandingNil
from campaigns.models.standing import Standing
from campaigns.models.submissions import Submission, SubmissionMove
from campaigns.models.tailoring import Tailoring

__all__ = [
    "Assignment",
    "AssignmentProgress",
    "Call",
    "Campaign",
    "Contact",
    "Deliverable",
    "Extension",
    "Letter",
    "NoticeIssue",
    "Objection",
    "Obligation",
    "Phase",
    "Reminder",
    "Standing",
    "StandingNil",
    "Submission",
    "SubmissionMove",
    "Tailoring",
]
