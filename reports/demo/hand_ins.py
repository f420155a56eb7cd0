"""What was handed in during June 2023: most in time, some late, a little not at all."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from campaigns.actions.opening import open_obligations
from campaigns.actions.submissions import accept, hand_in, register_received
from campaigns.models import Obligation, Submission
from lib.actor import Actor
from organizations.models.people import Role
from reports.demo.people import actor_of

SYSTEM = Actor.system("演示数据")
OPENED_ON = date(2023, 7, 5)
BOOKS = ("trade-2023", "mines-2023")
# One that is missing, one that came late: what the call desk and the boards are for.
MISSING, LATE = "乳山市应急管理局", "经区经济发展局"
WORDS = "本月按方案组织企业自查自改，对重点企业开展帮扶；下步抓好重大事故隐患销号。"


def play_june() -> None:
    """Open what both campaigns ask, then bring it in as it came; nothing twice."""
    if Submission.objects.filter(obligation__deliverable__campaign__code__in=BOOKS).exists():
        return
    open_obligations(OPENED_ON, by=SYSTEM)
    owed = Obligation.objects.filter(deliverable__campaign__code__in=BOOKS, nominal_on__lte=OPENED_ON)
    text_like = owed.filter(deliverable__form__in=("text", "files", "record")).select_related(
        "deliverable__campaign__lead_unit", "unit", "enterprise"
    )
    bring_in(text_like.order_by("id"), Random(28))


def bring_in(owed: Iterable[Obligation], dice: Random) -> None:
    for obligation in owed:
        if obligation.unit_id is None and dice.random() < 0.12:
            continue
        if str(obligation.unit) == MISSING and obligation.period == "2023-06":
            continue
        _receive(obligation, _moment(obligation, dice))


def _moment(obligation: Obligation, dice: Random) -> datetime:
    """Two to sixty hours before the limit; for the late one two days after."""
    limit = obligation.due_at or timezone.now()
    if str(obligation.unit) == LATE:
        return limit + timedelta(days=2)
    return limit - timedelta(hours=dice.randrange(2, 60))


def _receive(obligation: Obligation, moment: datetime) -> None:
    """By mail, as it was in 2023: noted by the recipient with the time it came; what nobody receives, by the firm."""
    receiver = obligation.recipients.first()
    if receiver is None:
        holder = obligation.respondent
        by = actor_of(holder, Role.CLERK if obligation.unit_id else Role.HEAD)
        hand_in(obligation, by=by, text=WORDS, channel=Submission.Channel.PAPER, received_at=moment)
        return
    by = actor_of(receiver, Role.CLERK)
    mail = Submission.Channel.MAIL
    accept(register_received(obligation, by=by, channel=mail, received_at=moment, text=WORDS), by=by)
