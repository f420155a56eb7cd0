"""逐人报送: duties that each leader or each stationed person of a unit owes by name, as the roster says.

One rule in both directions: whoever is in office on the day a duty falls due owes it. Where a unit has nobody of that
kind in office on the day, it owes the duty once, under the duty's own words (每位班子成员); so too where it answered
under those words, or let the day pass, before its people were entered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction

from campaigns import tasks
from campaigns.actions.terms import Term
from campaigns.models import Deliverable, Obligation
from organizations.models import Responsible, Unit

if TYPE_CHECKING:
    from campaigns.actions.opening import Round, Stored

State = Obligation.State
BY_NAME = "已按名册逐人报送"
LEFT = "已不再任职"
CHANGED = "报送事项已调整"
Span = tuple[date, date | None]
Standing = Mapping[str, Mapping[str, "Stored"]]


@dataclass(frozen=True)
class People:
    """By unit and name the spans in office, the end not included."""

    spans: Mapping[int, Mapping[str, list[Span]]]

    def on(self, unit: int, day: date) -> list[str]:
        found = self.spans.get(unit, {})
        return [name for name, spans in found.items() if any(in_office(span, day) for span in spans)]

    def knows(self, unit: int, name: str) -> bool:
        return name in self.spans.get(unit, {})

    def joined(self, unit: int, name: str) -> date | None:
        """The day of coming, of the last one; nothing for who is none of the people."""
        return max((first for first, _ in self.spans.get(unit, {}).get(name, [])), default=None)


class Share(NamedTuple):
    """What one subject of a respondent owes, and since when the subject is there."""

    subject: str
    joined: date | None
    terms: list[Term]


def in_office(span: Span, day: date) -> bool:
    first, end = span
    return first <= day and (end is None or day < end)


def in_roster(deliverable: Deliverable, unit: Unit | None) -> Any:
    """Those the duty asks of the unit, of all times.

    An office's head is no leader of the bureau, but whom an office stations is stationed by the bureau.
    """
    rows = Responsible.objects.filter(kind=deliverable.each_of)
    return rows.of_house(unit) if deliverable.each_of == Deliverable.EachOf.STATION else rows.filter(unit=unit)


def people_of(deliverable: Deliverable) -> People | None:
    """`in_roster` for all units in one statement; None for what is not owed by name."""
    if not deliverable.each_of:
        return None
    rows = Responsible.objects.filter(kind=deliverable.each_of).exclude(name=deliverable.person).order_by("pk")
    found: dict[int, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    stationed = deliverable.each_of == Deliverable.EachOf.STATION
    for unit, bureau, name, first, end in rows.values_list("unit", "unit__part_of", "name", "starts_on", "ended_on"):
        for house in filter(None, (unit, bureau if stationed else None)):
            found[house][name].append((first, end))
    return People(found)


def shares(turn: Round, respondent: Any, standing: Standing) -> list[Share]:
    """Who of the respondent owes which terms; a duty not by name is one share."""
    if turn.people is None:
        return [Share(turn.deliverable.person, getattr(respondent, "joined_on", None), turn.terms)]
    found: dict[str, list[Term]] = defaultdict(list)
    for term in turn.terms:
        for subject in _subjects(turn, turn.people.on(respondent.pk, term.nominal_on), term, standing):
            found[subject].append(term)
    return [Share(subject, turn.people.joined(respondent.pk, subject), terms) for subject, terms in found.items()]


def _subjects(turn: Round, names: list[str], term: Term, standing: Standing) -> list[str]:
    whole = turn.deliverable.person
    stored = standing.get(whole, {}).get(term.period)
    if names:
        return [whole] if stored and _stands(stored, turn.on) else names
    answered = any(rows[term.period].handed_in_at for rows in standing.values() if term.period in rows)
    return [] if answered and stored is None else [whole]


def _stands(stored: Stored, on: date) -> bool:
    """The unit's own row for the period was answered, decided, or its day is past: nobody is asked again by name."""
    if stored.state in (State.ENDED, State.SUPERSEDED):
        return False
    past = stored.nominal_on is not None and stored.nominal_on < on
    return stored.state != State.OPEN or stored.handed_in_at is not None or past


def no_longer_owing(turn: Round, people: People) -> dict[str, list[int]]:
    """Reason → unanswered rows that end: those of who was not in office on the day, though it may be past; of those
    ahead the unit's own one where its people owe it by name, and whose subject the roster never knew."""
    found: dict[str, list[int]] = {BY_NAME: [], LEFT: [], CHANGED: []}
    for pk, unit, subject, day in _unanswered(turn):
        names, whole = people.on(unit, day), subject == turn.deliverable.person
        if not whole and subject not in names and people.knows(unit, subject):
            found[LEFT].append(pk)
        elif day >= turn.on and names and whole:
            found[BY_NAME].append(pk)
        elif day >= turn.on and not whole and subject not in names:
            found[CHANGED].append(pk)
    return found


def _unanswered(turn: Round) -> Iterator[tuple[int, int, str, date]]:
    """The day is the rule's as it is now."""
    days = {term.period: term.nominal_on for term in turn.terms}
    rows = Obligation.objects.unanswered().filter(deliverable=turn.deliverable, nominal_on__isnull=False)
    for pk, unit, subject, period, day in rows.values_list("pk", "unit", "subject", "period", "nominal_on"):
        yield pk, unit, subject, days.get(period, day)


def follow_roster(units: Any, *, by: Any) -> None:
    """Somebody came or went: duties by name are reconciled once that is written, and every night anyway."""
    transaction.on_commit(tasks.follow_roster.delay, robust=True)
