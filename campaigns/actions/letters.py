"""催办函: from the second work day late a letter to the respondent's leader lies ready, one for each campaign.

`sweep` runs after the reminders, under their lock. It takes obligations by thousands; what was written stays written if
a run is killed, and the next one goes on behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from campaigns import letters as words
from campaigns import messages
from campaigns.actions.schedule import digest_day
from campaigns.models import Campaign, Deliverable, Letter, Obligation
from lib import workdays
from lib.actor import Actor
from lib.transitions import MoveRefused, move, move_all
from organizations import audit
from organizations.models import WorkDay

# Two rows and one link for each respondent: many at once, so that letters hardly count beside the reminders.
BATCH = 5000
WORK_DAYS_LATE = 2
S, URGING = Letter.State, Letter.Kind.URGING
SETTLED = "所涉事项已报送或不再逾期，自动撤回"
Holder = tuple[int, int | None, int | None]  # campaign, unit, enterprise
Link = Letter.obligations.through


def sweep(at: datetime, *, by: Actor) -> int:
    """Withdraw drafts that have become void, prepare what is due; the number of new letters."""
    withdraw_settled(at, by=by)
    duties = Deliverable.objects.select_related("campaign").in_bulk()
    made: dict[int, int] = defaultdict(int)
    for batch in _batches(at):
        for owed in batch:
            owed.deliverable = duties[owed.deliverable_id]
        for key, count in _prepare(batch, at, by).items():
            made[key] += count
    for campaign in Campaign.objects.filter(pk__in=made, letters_by_themselves=False).select_related("lead_unit"):
        messages.letters_wait(campaign, made[campaign.pk], digest_day(at), by=by)
    return sum(made.values())


def withdraw_settled(at: datetime, *, by: Actor) -> int:
    """Drafts none of whose obligations is overdue any more: handed in, waived, ended or given more time."""
    count = 0
    while keys := list(Letter.objects.settled_at(at).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        drafts = Letter.objects.drafts().filter(pk__in=keys)
        count += len(move_all(drafts, S.WITHDRAWN, by=by, reason=SETTLED, settled=True))
    return count


def late_until(at: datetime, overrides: Mapping[date, bool] = workdays.NONE) -> date:
    """The last due day whose second work day late has come by 08:30 of the moment's day."""
    today = digest_day(at)
    due = today
    while workdays.workdays_between(due, today, overrides) < WORK_DAYS_LATE:
        due -= timedelta(days=1)
    return due


def _batches(at: datetime) -> Iterator[list[Obligation]]:
    """Chased and late long enough, in no letter yet; one that was withdrawn by itself does not count."""
    day = late_until(at, dict(WorkDay.objects.values_list("day", "is_workday")))
    before = datetime.combine(day + timedelta(days=1), time.min, timezone.get_current_timezone())
    written = Link.objects.filter(obligation=OuterRef("pk"), letter__kind=URGING, letter__settled=False)
    rows = Obligation.objects.chased_at(at).filter(due_at__lt=before, late_to_open=False).exclude(Exists(written))
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield batch


@transaction.atomic
def _prepare(batch: Sequence[Obligation], at: datetime, by: Actor) -> dict[int, int]:
    """Three statements: what is there, the new letters, their links. New letters by campaign."""
    owed: dict[Holder, list[Obligation]] = defaultdict(list)
    for one in batch:
        owed[_holder(one)].append(one)
    keys = {holder: _key(holder, at) for holder in owed}
    found = {_holder_of(letter): letter for letter in _standing(owed, keys.values())}
    new = [_draft(rows, keys[holder], at) for holder, rows in owed.items() if holder not in found]
    Letter.objects.bulk_create(new)
    letters = {_holder_of(letter): letter for letter in new} | {h: each for h, each in found.items() if each.is_draft}
    links = [Link(letter=letter, obligation=one) for holder, letter in letters.items() for one in owed[holder]]
    Link.objects.bulk_create(links, ignore_conflicts=True)
    release_by_itself([letter for letter in new if letter.lines], at, by=by)
    made: dict[int, int] = defaultdict(int)
    for letter in new:
        made[letter.campaign_id] += 1
    return made


def _standing(owed: Iterable[Holder], keys: Iterable[str]) -> QuerySet[Letter]:
    """Drafts that the obligations join, and letters of the same day, beside which none is made."""
    campaigns, units, firms = map(set, zip(*owed, strict=True))
    respondents = Q(unit__in=units - {None}) | Q(enterprise__in=firms - {None})
    drafts = Q(respondents, state=S.DRAFT, kind=URGING, campaign__in=campaigns)
    # The draft is read last and stays, where there is both.
    return Letter.objects.filter(drafts | Q(key__in=list(keys))).order_by("-state")


def _holder(owed: Obligation) -> Holder:
    return owed.deliverable.campaign_id, owed.unit_id, owed.enterprise_id


def _holder_of(letter: Letter) -> Holder:
    return letter.campaign_id, letter.unit_id, letter.enterprise_id


def _key(holder: Holder, at: datetime) -> str:
    campaign, unit, firm = holder
    return f"urging:{campaign}:{f'unit:{unit}' if unit else f'enterprise:{firm}'}:{digest_day(at):%Y-%m-%d}"


def _draft(owed: Sequence[Obligation], key: str, at: datetime) -> Letter:
    """With its lines already where no clerk will look at it."""
    campaign, first = owed[0].deliverable.campaign, owed[0]
    return Letter(
        campaign=campaign,
        unit_id=first.unit_id,
        enterprise_id=first.enterprise_id,
        from_unit_id=campaign.lead_unit_id,
        key=key,
        title=words.TITLE,
        body=words.body(campaign),
        lines=words.lines(owed) if campaign.letters_by_themselves else [],
        prepared_at=at,
    )


def release_by_itself(letters: Sequence[Letter], at: datetime, *, by: Actor) -> None:
    """Of campaigns that say so, as soon as they are written."""
    if not letters:
        return
    rows = Letter.objects.filter(pk__in=[letter.pk for letter in letters])
    related = rows.select_related("from_unit", "unit", "enterprise")
    moved = move_all(related, S.RELEASED, by=by, released_at=at, released_by=by.label[:120])
    messages.letters_released(moved, by=by)


@transaction.atomic
def release(letter: Letter, *, by: Actor) -> Letter:
    """签发: its items are fixed as they are now, the leaders and the respondent are told."""
    now = timezone.now()
    items = words.items_of(letter, now)
    if letter.is_draft:
        _refuse_unfit(letter, items)
    move(letter, S.RELEASED, by=by, released_at=now, released_by=by.label[:120], lines=items)
    messages.letters_released([letter], by=by)
    return letter


def _refuse_unfit(letter: Letter, items: Sequence[str]) -> None:
    if letter.kind == URGING and not items:
        raise MoveRefused("所涉事项均已报送或不再逾期，本函不再需要，将自动撤回。")
    if letter.kind != URGING and not items and letter.obligations.exists():
        raise MoveRefused("所涉事项均已免报或不再计缺报、迟报，本函不再需要，请撤回。")
    if words.BLANK in letter.body:
        raise MoveRefused(f"正文中还有“{words.BLANK}”，请先修改函件，填写约谈对象、时间和地点。")


def withdraw(letter: Letter, *, reason: str, by: Actor) -> Letter:
    """不发: the same items cause no other letter."""
    return move(letter, S.WITHDRAWN, by=by, comment=reason, reason=reason[:200])


@transaction.atomic
def edit(letter: Letter, *, number: str, title: str, body: str, by: Actor) -> Letter:
    """While it is a draft; of two at once the row under the lock decides."""
    letter.refresh_from_db(from_queryset=Letter.objects.select_for_update(of=("self",), no_key=True))
    if not letter.is_draft:
        raise MoveRefused(f"这份函件{letter.get_state_display()}，不能再修改。")
    letter.number, letter.title, letter.body = number, title, body
    letter.save(update_fields=["number", "title", "body"])
    audit.record(by, "letter.edit", letter)
    return letter
