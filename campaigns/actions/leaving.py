"""Who owes no more: left, out of scope, under a stricter rule, or the rule itself changed.

History stays. What was due before that day remains owed, unless the respondent is gone altogether: then it stays
behind as missing. What lies ahead ends, or is superseded by the stricter rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from campaigns.actions import persons
from campaigns.actions.respondents import respondents, stricter_rules
from campaigns.models import Obligation
from lib.transitions import move_all
from organizations.models import Enterprise

if TYPE_CHECKING:
    from campaigns.actions.opening import Round

State = Obligation.State
BATCH = 1000
STOPPED = (Enterprise.Status.STOPPED_EMPTY, Enterprise.Status.STOPPED_MANNED)


def end_what_no_longer_holds(turn: Round) -> None:
    """In this order: gone, superseded, paused, out of scope, no longer asked for, no longer asked of that person."""
    _end_gone(turn)
    _supersede(turn)
    _pause(turn)
    owing = respondents(turn.deliverable, turn.on).values("pk")
    out = _unanswered(turn).exclude(**{f"{turn.key}__in": owing})
    _end(turn, out.filter(nominal_on__gte=turn.on), State.ENDED, "已不在报送范围")
    terms = [term.period for term in turn.terms]
    dropped = _unanswered(turn).filter(nominal_on__gte=turn.on).exclude(period__in=terms)
    _end(turn, dropped, State.ENDED, persons.CHANGED)
    _follow_roster(turn)


def _unanswered(turn: Round) -> QuerySet[Obligation]:
    return Obligation.objects.unanswered().filter(deliverable=turn.deliverable)


def _end_gone(turn: Round) -> None:
    for condition, reason in _ways_to_go(turn):
        gone = _unanswered(turn).filter(condition)
        _end(turn, gone.filter(nominal_on__gte=turn.on), State.ENDED, reason)
        _end(turn, gone.filter(nominal_on__lt=turn.on), State.MISSING, f"{reason}，未报")


def _ways_to_go(turn: Round) -> list[tuple[Q, str]]:
    if turn.is_of_units:
        return [(Q(unit__active=False), "单位已停用")]
    return [
        (Q(enterprise__status=Enterprise.Status.DEREGISTERED), "企业已注销"),
        (Q(enterprise__left_on__lte=turn.on), "企业已退出"),
    ]


def _pause(turn: Round) -> None:
    """Whoever stopped production owes nothing that is not asked of stopped ones; resumed, it owes again."""
    if turn.is_of_units or not turn.deliverable.statuses:
        return
    stopped = [status for status in STOPPED if status not in turn.deliverable.statuses]
    rows = _unanswered(turn).filter(enterprise__status__in=stopped, nominal_on__gte=turn.on)
    _end(turn, rows, State.ENDED, "企业停产停建，暂停报送")


def _supersede(turn: Round) -> None:
    for rule in stricter_rules(turn.deliverable):
        now_stricter = respondents(rule, turn.on).values("pk")
        rows = _unanswered(turn).filter(**{f"{turn.key}__in": now_stricter}, nominal_on__gte=turn.on)
        _end(turn, rows, State.SUPERSEDED, f"自{turn.on:%Y-%m-%d}起适用更严规定“{rule.name}”")


def _follow_roster(turn: Round) -> None:
    """Of a unit's duty: whoever is not in office on the day; of one that is no longer owed by name, those ahead."""
    if turn.people is not None:
        for reason, keys in persons.no_longer_owing(turn, turn.people).items():
            _end(turn, _unanswered(turn).filter(pk__in=keys), State.ENDED, reason)
    elif turn.is_of_units:
        by_name = _unanswered(turn).filter(nominal_on__gte=turn.on).exclude(subject=turn.deliverable.person)
        _end(turn, by_name, State.ENDED, persons.CHANGED)


def _end(turn: Round, rows: QuerySet[Obligation], to: str, reason: str) -> None:
    """In batches by key; each line of the report names the respondent."""
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        batch = Obligation.objects.filter(pk__in=keys)
        for row in move_all(batch, to, by=turn.by, comment=reason, ended_reason=reason):
            row.deliverable = turn.deliverable  # not read with each
            turn.changes.lines.append(f"{turn.label(row.period)} {row.who}：{State(to).label}（{reason}）")
