"""Campaigns and what they ask of whom by when: deliverables, obligations, submissions, reminders."""

from campaigns.models.campaigns import Assignment, Campaign, Phase
from campaigns.models.deliverables import Deliverable
from campaigns.models.notices import NoticeIssue
from campaigns.models.obligations import Obligation, Reminder
from campaigns.models.standing import Standing
from campaigns.models.submissions import Submission, SubmissionMove

__all__ = [
    "Assignment",
    "Campaign",
    "Deliverable",
    "NoticeIssue",
    "Obligation",
    "Phase",
    "Reminder",
    "Standing",
    "Submission",
    "SubmissionMove",
]
