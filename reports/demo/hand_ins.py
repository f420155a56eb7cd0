"""What was handed in during June 2023: most in time, some late, a little not at all."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.actions.opening import open_obligations
from campaigns.actions.submissions import accept, hand_in, register_received
from campaigns.models import Obligation, Submission
from lib.actor import Actor
from organizations.models.people import Role
from reports.actions import returns
from reports.demo.people import Actors
from reports.dispatch.cells import Cell, Entry, Filling, filling
from reports.models import DispatchReturn

SYSTEM = Actor.system("演示数据")
OPENED_ON = date(2023, 7, 5)
BOOKS = ("trade-2023", "mines-2023")
# One that is missing, one that came late: what the call desk and the boards are for.
MISSING, LATE = "乳山市应急管理局", "经区经济发展局"
WORDS = "本月按方案组织企业自查自改，对重点企业开展帮扶；下步抓好重大事故隐患销号。"


@transaction.atomic
def play_june() -> None:
    """Open what both campaigns ask, then bring it in as it came; all of it or nothing, and nothing twice."""
    if Submission.objects.filter(obligation__deliverable__campaign__code__in=BOOKS).exists():
        return
    open_obligations(OPENED_ON, by=SYSTEM)
    owed = Obligation.objects.filter(deliverable__campaign__code__in=BOOKS)
    text_like = owed.filter(deliverable__form__in=("text", "files", "record"), deliverable__counts="").select_related(
        "deliverable__campaign__lead_unit", "unit", "enterprise"
    )
    bring_in(text_like.order_by("id"), Random(28))
    bring_in_returns(owed.filter(deliverable__form__startswith="return:"), Random(25))


def bring_in(owed: Iterable[Obligation], dice: Random) -> None:
    actors = Actors()
    for obligation in owed:
        if obligation.unit_id is None and dice.random() < 0.12:
            continue
        if str(obligation.unit) == MISSING and obligation.period == "2023-06":
            continue
        _receive(obligation, _moment(obligation, dice), actors)


def bring_in_returns(owed: QuerySet[Obligation], dice: Random) -> None:
    """Each row-unit's table with the system's figures and its typed ones; accepted by the lead unit."""
    actors = Actors()
    for obligation in owed.select_related("deliverable__campaign__lead_unit", "unit").order_by("id"):
        if str(obligation.unit) == MISSING and obligation.period == "2023-06":
            continue
        by = actors[obligation.unit, Role.CLERK]
        filled = _filled(returns.open_return(obligation, by=by), by)
        returns.hand_in(filled.returned, by=by, seen=filled.seen, received_at=_moment(obligation, dice))
        clerk = actors[obligation.deliverable.campaign.lead_unit, Role.CLERK]
        accept(obligation.submissions.get(state=Submission.State.SUBMITTED), by=clerk)


def _filled(returned: DispatchReturn, by: Actor) -> Filling:
    """What stands there already; an empty typed cell gets its zero, or 是."""
    found = filling(returned)
    if not any(cell.is_empty for cell in found.cells):
        return found
    entries = {cell.code: cell.entry if not cell.is_empty else _typed(cell) for cell in found.cells}
    return returns.fill(returned, by=by, entries=entries)


def _typed(cell: Cell) -> Entry:
    return Entry(text="是") if cell.indicator.is_yes_no else Entry(reported=Decimal(0))


def _moment(obligation: Obligation, dice: Random) -> datetime:
    """Two to sixty hours before the limit; for the late one two days after."""
    limit = obligation.due_at or timezone.now()
    if str(obligation.unit) == LATE:
        return limit + timedelta(days=2)
    return limit - timedelta(hours=dice.randrange(2, 60))


def _receive(obligation: Obligation, moment: datetime, actors: Actors) -> None:
    """By mail, as it was in 2023: noted by the recipient with the time it came; what nobody receives, by the firm."""
    receiver = obligation.recipients.first()
    if receiver is None:
        holder = obligation.respondent
        by = actors[holder, Role.CLERK if obligation.unit_id else Role.HEAD]
        hand_in(obligation, by=by, text=WORDS, channel=Submission.Channel.PAPER, received_at=moment)
        return
    by = actors[receiver, Role.CLERK]
    mail = Submission.Channel.MAIL
    accept(register_received(obligation, by=by, channel=mail, received_at=moment, text=WORDS), by=by)
