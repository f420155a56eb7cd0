"""Opening what is owed, ahead and over and over: whatever is missing is opened, whatever no longer holds is ended.

`open_obligations` may run at any time and as often as one likes; a second run on the same day changes nothing. It
works through the respondents in batches, each in its own transaction, so that a killed run leaves whole batches and
the next run does the rest.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db import transaction

from campaigns.actions import counting, leaving, merging, persons, rounds
from campaigns.actions.recipients import Directory
from campaigns.actions.respondents import respondents
from campaigns.actions.terms import Term, terms_of
from campaigns.models import Campaign, Deliverable, Obligation, Tailoring
from lib import locks, periods, registry
from lib.actor import Actor
from lib.transitions import move_all
from organizations import audit
from organizations.models import Enterprise, Unit, WorkDay

AHEAD = timedelta(days=45)
BATCH = 1000
State = Obligation.State
# What ends when somebody leaves or a stricter rule takes over, and begins again when he comes back under the rule.
OWED_AGAIN = (State.ENDED, State.SUPERSEDED)


@dataclass
class Changes:
    """What one run did, for the command's output and the audit log."""

    opened: Counter = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def words(self) -> list[str]:
        """A line for each deliverable and period with newly opened ones, then each single change."""
        opened = [f"{label}：新开{count}个" for label, count in self.opened.items()]
        return opened + self.lines


class Stored(NamedTuple):
    """What stands already of an obligation, as far as reconciling asks."""

    pk: int
    period: str
    state: str
    handed_in_at: datetime | None
    nominal_on: date | None
    original_due_at: datetime | None
    due_at: datetime | None
    rule: str


@dataclass
class Round:
    """One deliverable being opened as of a day: its terms, who receives, since when newcomers owe.

    `fresh` are the districts whose firms begin with this run.
    """

    deliverable: Deliverable
    on: date
    terms: list[Term]
    directory: Directory
    changes: Changes
    by: Actor
    receivers: dict[tuple, list[int]] = field(default_factory=dict)
    fresh: list[Tailoring] = field(default_factory=list)

    @property
    def newcomers_since(self) -> date:
        """The campaign's first run takes everybody from the start of the rule; who joins later owes from then on.

        What lay beyond the reach of the last run nobody could be given: after a long pause it is owed by all.
        """
        campaign = self.deliverable.campaign
        if campaign.opened_on in (None, self.on) or campaign.reconciled_on is None:
            return date.min
        return min(self.on, campaign.reconciled_on + AHEAD + timedelta(days=1))

    @cached_property
    def people(self) -> persons.People | None:
        """Read once; None for what is not owed by name."""
        return persons.people_of(self.deliverable)

    @property
    def is_of_units(self) -> bool:
        return self.deliverable.respondent == Deliverable.Respondent.UNIT

    @property
    def key(self) -> str:
        return "unit_id" if self.is_of_units else "enterprise_id"

    def label(self, period: str) -> str:
        turn = "" if period == periods.ONCE_KEY else f" {periods.label(period)}"
        return f"{self.deliverable.campaign.name} {self.deliverable.name}{turn}"


def open_obligations(on: date, *, by: Actor) -> Changes:
    """Open what falls due within 45 days and reconcile the rest, for every campaign active on that day.

    Of two runs at once the second does nothing: the first does it all.
    """
    changes = Changes()
    with locks.single_flight("open_obligations") as mine:
        if mine:
            changes.lines += merging.follow_merges(by=by)
        for campaign in _campaigns(on) if mine else []:
            open_campaign(campaign, on, changes, by=by)
        if mine:
            _recount(on, changes, by)
    return changes


def _recount(on: date, changes: Changes, by: Actor) -> None:
    """What records fulfil: firms have joined or left since yesterday."""
    for row in counting.recount(Obligation.objects.all(), on, by=by):
        turn = "" if row.period == periods.ONCE_KEY else f" {periods.label(row.period)}"
        words = f"{State(row.state).label}（{row.count_words}）"
        changes.lines.append(f"{row.deliverable.campaign.name} {row.deliverable.name}{turn} {row.respondent}：{words}")


def _campaigns(on: date) -> Iterable[Campaign]:
    return _related().active_on(on).order_by("starts_on", "code")


def _related() -> Any:
    related = Campaign.objects.select_related("area", "lead_unit__part_of")
    return related.prefetch_related("areas", "sectors", "features")


def open_campaign(campaign: Campaign, on: date, changes: Changes, *, by: Actor) -> None:
    """Every deliverable of the campaign; afterwards the campaign counts as opened."""
    overrides = dict(WorkDay.objects.values_list("day", "is_workday"))
    directory = Directory(campaign)
    for deliverable in deliverables_of(campaign):
        terms = terms_of(deliverable, overrides)
        _open(Round(deliverable, on, terms, directory, changes, by))
    campaign.opened_on = campaign.opened_on or on
    campaign.reconciled_on = max(on, campaign.reconciled_on or on)
    campaign.save(update_fields=["opened_on", "reconciled_on"])


def open_deliverable(deliverable: Deliverable, on: date, *, by: Actor) -> Changes:
    """One duty alone, at once: what cannot wait for the night."""
    campaign = _related().get(pk=deliverable.campaign_id)
    overrides = dict(WorkDay.objects.values_list("day", "is_workday"))
    changes = Changes()
    for duty in deliverables_of(campaign, pk=deliverable.pk):
        _open(Round(duty, on, terms_of(duty, overrides), Directory(campaign), changes, by))
    return changes


def follow_roster(on: date, *, by: Actor) -> Changes:
    """What each named person owes, at once after a roster changed; a run of the night does the same."""
    changes = Changes()
    with locks.single_flight("open_obligations") as mine:
        running = Campaign.objects.active_on(on).exclude(opened_on=None)
        for duty in Deliverable.objects.filter(campaign__in=running).exclude(each_of="") if mine else []:
            changes.lines += open_deliverable(duty, on, by=by).words()
    return changes


def deliverables_of(campaign: Campaign, **only: int) -> list[Deliverable]:
    """With all that says who owes them, also those without a day: one may have had it. They share one campaign."""
    conditions = ["areas", "sectors", "features", "except_features", "named_respondents", "recipients"]
    stricter = [f"replaced_by__{name}" for name in conditions]
    found = list(campaign.deliverables.filter(**only).prefetch_related(*conditions, "replaced_by", *stricter))
    for deliverable in found:
        deliverable.campaign = campaign
        for rule in deliverable.replaced_by.all():
            rule.campaign = campaign
    return found


def _open(turn: Round) -> None:
    before = turn.changes.opened.total()
    turn.fresh = rounds.fresh(turn.deliverable, turn.on)
    leaving.end_what_no_longer_holds(turn)
    for batch in _batches(turn) if turn.terms else []:
        with transaction.atomic():
            _open_batch(turn, batch)
    rounds.opened(turn.fresh, turn.on)
    opened = turn.changes.opened.total() - before
    if opened:
        audit.record(turn.by, "obligation.open", turn.deliverable, on=turn.on.isoformat(), opened=opened)


def _batches(turn: Round) -> Iterator[list[Unit | Enterprise]]:
    """Respondents by key, a thousand at a time."""
    found = respondents(turn.deliverable, turn.on).select_related("area").order_by("pk")
    found = found.distinct() if turn.is_of_units else found.select_related("area", "sector")
    last = 0
    while batch := list(found.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _open_batch(turn: Round, batch: list[Unit | Enterprise]) -> None:
    """Four statements where nothing but opening is to do: respondents, standing rows, new rows, their recipients."""
    standing = _standing(turn, batch)
    rows: list[Obligation] = []
    receivers: list[list[int]] = []
    owed_still: list[Stored] = []
    for respondent in batch:
        for share in persons.shares(turn, respondent, standing[respondent.pk]):
            known = standing[respondent.pk].get(share.subject, {})
            for term in _owed(turn, respondent, share, known):
                rows.append(_row(turn, respondent, share.subject, term))
                receivers.append(_receivers(turn, respondent))
            owed_still += [known[term.period] for term in share.terms if term.period in known]
    _insert(rows, receivers)
    turn.changes.opened.update(turn.label(row.period) for row in rows)
    _reconcile(turn, owed_still)


def _standing(turn: Round, batch: list) -> Mapping[int, dict[str, dict[str, Stored]]]:
    """What stands already, by respondent, subject and period; years of it, so plain values and no model objects."""
    found: dict[int, dict[str, dict[str, Stored]]] = defaultdict(dict)
    rows = Obligation.objects.filter(
        deliverable=turn.deliverable, **{f"{turn.key}__in": [one.pk for one in batch]}
    ).order_by("pk")
    if turn.people is None:
        rows = rows.filter(subject=turn.deliverable.person)
    for respondent, subject, *values in rows.values_list(turn.key, "subject", *Stored._fields):
        row = Stored._make(values)
        found[respondent].setdefault(subject, {})[row.period] = row
    return found


def _owed(turn: Round, respondent: Unit | Enterprise, share: persons.Share, known: dict[str, Stored]) -> Iterator[Term]:
    """The terms within reach that do not stand yet, from the day this respondent, or this person, owes them."""
    since = _since(turn, respondent, share.joined, known)
    for term in share.terms:
        if since <= term.nominal_on <= turn.on + AHEAD and term.period not in known:
            yield term


def _since(turn: Round, respondent: Unit | Enterprise, joined: date | None, known: dict[str, Stored]) -> date:
    days = [row.nominal_on for row in known.values() if row.nominal_on]
    if days:
        return min(days)
    if rounds.begins(turn.fresh, respondent):
        return rounds.there_since(turn.deliverable.campaign, turn.on, respondent)
    came = joined or date.min
    if came > (turn.deliverable.campaign.reconciled_on or date.min):
        return came  # since the last run: a night on which nothing ran is not the firm's
    return max(turn.newcomers_since, came)


def _row(turn: Round, respondent: Unit | Enterprise, subject: str, term: Term) -> Obligation:
    line = _line(turn, respondent)
    return Obligation(
        deliverable=turn.deliverable,
        **{turn.key: respondent.pk},
        period=term.period,
        subject=subject,
        area_id=respondent.area_id,
        reporting_area_id=turn.directory.reporting_row(line, respondent.area_id),
        handled_in_id=respondent.area_id,
        sector_id=getattr(respondent, "sector_id", None),
        nominal_on=term.nominal_on,
        original_due_at=term.due_at,
        due_at=term.due_at,
        rule=term.rule,
        opened_on=turn.on,
        late_to_open=term.due_at.date() < turn.on,
    )


def _line(turn: Round, respondent: Unit | Enterprise) -> str:
    """A firm counts in the row of its sector's line, a unit in that of the duty's."""
    if isinstance(respondent, Enterprise):
        return respondent.sector.line
    return turn.deliverable.line or turn.deliverable.campaign.line


def _receivers(turn: Round, respondent: Unit | Enterprise) -> list[int]:
    """Firms of one area and sector report to the same units."""
    key = (respondent.pk,) if turn.is_of_units else (respondent.area_id, respondent.sector_id)  # type: ignore[union-attr]
    if key not in turn.receivers:
        turn.receivers[key] = turn.directory.receivers(turn.deliverable, respondent)
    return turn.receivers[key]


def _insert(rows: list[Obligation], receivers: list[list[int]]) -> None:
    if not rows:
        return
    Obligation.objects.bulk_create(rows)
    through = Obligation.recipients.through
    every = zip(rows, receivers, strict=True)
    pairs = [through(obligation_id=row.pk, unit_id=unit) for row, units in every for unit in units]
    through.objects.bulk_create(pairs)


def _reconcile(turn: Round, standing: list[Stored]) -> None:
    """Bring back who is owed again, and move days the rule has moved; what is past or handed in stays as it is."""
    terms = {term.period: term for term in turn.terms}
    ahead = [row for row in standing if row.period in terms and row.nominal_on and row.nominal_on >= turn.on]
    back = [row.pk for row in ahead if row.state in OWED_AGAIN]
    if back:
        again = Obligation.objects.filter(pk__in=back)
        for row in move_all(again, State.OPEN, by=turn.by, comment="重新纳入报送范围", ended_reason=""):
            row.deliverable = turn.deliverable  # not read with each
            turn.changes.lines.append(f"{turn.label(row.period)} {row.who}：重新应报")
        if not turn.is_of_units:
            firms = list(again.values_list("enterprise", flat=True))
            registry.moved(firms, by=turn.by, reason="企业已迁址，重新应报")
    open_still = [row for row in ahead if row.state in (State.OPEN, *OWED_AGAIN) and row.handed_in_at is None]
    _move_days(turn, [_moved(row, terms[row.period]) for row in open_still if _differs(row, terms[row.period])])


def _differs(row: Stored, term: Term) -> bool:
    return (row.nominal_on, row.original_due_at, row.rule) != (term.nominal_on, term.due_at, term.rule)


def _moved(row: Stored, term: Term) -> Obligation:
    """The row with the rule's dates; an extended day stays."""
    due_at = term.due_at if row.due_at == row.original_due_at else row.due_at
    dates = {"nominal_on": term.nominal_on, "original_due_at": term.due_at, "due_at": due_at, "rule": term.rule}
    return Obligation(pk=row.pk, period=row.period, **dates)


def _move_days(turn: Round, rows: list[Obligation]) -> None:
    if not rows:
        return
    Obligation.objects.bulk_update(rows, ["nominal_on", "original_due_at", "due_at", "rule"], batch_size=BATCH)
    days = Counter((row.period, row.nominal_on) for row in rows)
    for (period, day), count in days.items():
        turn.changes.lines.append(f"{turn.label(period)}：{count}个改为{day:%Y-%m-%d}")
