"""What recipients and respondents are told about a submission; one function per message."""

from collections.abc import Sequence

from campaigns.models import Obligation, Submission
from lib.actor import Actor
from notifications.actions import Draft, notify, notify_all
from notifications.models import Message
from organizations.models import Unit


def handed_in(submission: Submission, obligation: Obligation, recipients: Sequence[int], *, by: Actor) -> None:
    """To every recipient: something waits for review."""
    what = "零报告" if submission.nil else f"第{submission.number}稿"
    title = f"{obligation.respondent}报送“{obligation.title}”{what}，请审核"
    drafts = [
        Draft(
            Unit(pk=unit),
            key=f"submission:{submission.pk}:submitted:{unit}",
            kind=Message.Kind.TASK,
            title=title,
            url=obligation.get_absolute_url(),
        )
        for unit in recipients
    ]
    notify_all(drafts, by=by)


def accepted(submission: Submission, *, by: Actor) -> None:
    _tell(submission, f"“{submission.obligation.title}”第{submission.number}稿已接收", "", by)


def returned(submission: Submission, *, by: Actor) -> None:
    title = f"“{submission.obligation.title}”第{submission.number}稿被退回，请修改后重新报送"
    _tell(submission, title, f"退回理由：{submission.reason}", by)


def voided(submission: Submission, *, by: Actor) -> None:
    title = f"“{submission.obligation.title}”第{submission.number}稿视为未报，请重新报送"
    _tell(submission, title, f"理由：{submission.reason}", by)


def _tell(submission: Submission, title: str, body: str, by: Actor) -> None:
    """To the respondent, once per submission and result."""
    notify(
        submission.obligation.respondent,
        key=f"submission:{submission.pk}:{submission.state}",
        kind=Message.Kind.RECEIPT,
        title=title,
        body=body,
        url=submission.obligation.get_absolute_url(),
        by=by,
    )
