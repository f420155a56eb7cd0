"""Handing in and deciding; the hand-in itself is the Submission's (design §4.2), here only what a checklist adds."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from campaigns.actions import submissions
from campaigns.models import Submission
from campaigns.models.standing import WITH_RECIPIENT
from checklists import messages
from checklists.models import Answer, Gap, HandedIn, SelfInspection, gaps, newest_event
from lib.actor import Actor
from lib.text import joined
from lib.transitions import MoveRefused
from organizations.models import Membership
from organizations.permissions import Permission, roles_with

MOST_NAMED = 8


class NotReady(MoveRefused):
    """Items are missing or incomplete; `gaps` says which and why."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        numbers = joined((str(gap.number) for gap in gaps), most=MOST_NAMED, unit="项")
        super().__init__(f"还有{len(gaps)}项未填完（第{numbers}），请补齐后再提交。")
        self.gaps = gaps


@transaction.atomic
def submit(inspection: SelfInspection, *, by: Actor) -> Submission:
    """Hand the whole list in; from then on it cannot be changed until it is returned.

    The hand-in comes first because it locks out savers; the answers are then looked through as they will stay, and
    one gap takes the hand-in back with everything it wrote.
    """
    submission = submissions.hand_in(inspection.obligation, by=by)
    if missing := gaps(inspection):
        raise NotReady(missing)
    _keep(inspection, submission)
    return submission


def _keep(inspection: SelfInspection, submission: Submission) -> None:
    """Up to where this version reaches; anew where it was sent back within the house."""
    kept = HandedIn(submission=submission, last_event=newest_event(inspection))
    HandedIn.objects.bulk_create(
        [kept], update_conflicts=True, unique_fields=["submission"], update_fields=["last_event"]
    )


@transaction.atomic
def ask_to_submit(inspection: SelfInspection, *, by: Actor) -> str:
    """Tell those who may hand it in that it is filled in: once for each version, however often one asks.

    Their names, for the page. Raises NotReady, or MoveRefused where nobody has such a post.
    """
    if missing := gaps(inspection):
        raise NotReady(missing)
    posts = Membership.objects.filter(unit=inspection.unit_id, enterprise=inspection.enterprise_id, active=True)
    posts = posts.filter(user__is_active=True, role__in=roles_with(Permission.CHECKLIST_SUBMIT))
    people = {post.user_id: post.user for post in posts.select_related("user").order_by("pk")}
    if not people:
        raise MoveRefused("没有可以提交的人员，请联系主管部门为企业主要负责人或安全总监开通账号。")
    messages.filled_in(inspection, list(people.values()), by=by)
    return joined(map(str, people.values()), most=MOST_NAMED)


@transaction.atomic
def accept(inspection: SelfInspection, *, by: Actor) -> Submission:
    return submissions.accept(standing(inspection), by=by)


@transaction.atomic
def return_with_reasons(
    inspection: SelfInspection, *, reasons: Mapping[int, str], reason: str = "", by: Actor
) -> Submission:
    """Send it back: `reasons` by item number, each shown beside its item; `reason` for the whole, or instead of them.

    The answers can be changed again from here on.
    """
    submission = submissions.return_submission(standing(inspection), by=by, reason=_wording(reasons, reason))
    answers = list(inspection.answers.filter(clause__isnull=True).select_related("item"))
    for answer in answers:
        answer.returned_reason = reasons.get(answer.item.number, "").strip()
    Answer.objects.bulk_update(answers, ["returned_reason"])
    return submission


def _wording(reasons: Mapping[int, str], reason: str) -> str:
    lines = [_of_item(number, text.strip()) for number, text in sorted(reasons.items()) if text.strip()]
    return "\n".join(filter(None, [reason.strip(), *lines]))


def _of_item(number: int, reason: str) -> str:
    return f"第{number}项：{reason}"


def overall(submission: Submission, reasons: Mapping[int, str]) -> str:
    """What was said of the whole: the reason without the words beside single items."""
    beside = {_of_item(number, reason) for number, reason in reasons.items()}
    return "\n".join(line for line in submission.reason.splitlines() if line not in beside)


def standing(inspection: SelfInspection) -> Submission:
    """The hand-in that waits or is accepted; refused where there is none."""
    rows = Submission.objects.filter(obligation=inspection.obligation_id, state__in=(*WITH_RECIPIENT, "accepted"))
    submission = rows.select_related("obligation__deliverable", "obligation__unit", "obligation__enterprise").first()
    if submission is None:
        raise MoveRefused("目前没有等待审核的报送件，请刷新页面查看。")
    return submission
