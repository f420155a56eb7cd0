"""Making a campaign: its facts, phases, tasks and duties; starting and closing it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from campaigns import tasks
from campaigns.models import Campaign, Deliverable, Obligation
from lib.actor import Actor
from lib.transitions import move, move_all
from organizations import audit

State = Campaign.State
BATCH = 1000


@transaction.atomic
def save_campaign(
    campaign: Campaign,
    *,
    scope: Mapping[str, Iterable[Model]],
    phases: Iterable[Model] = (),
    removed: Iterable[Model] = (),
    by: Actor,
) -> Campaign:
    """Store a campaign with its scope (sectors, areas, features) and phases; a new one begins as a draft."""
    is_new = campaign.pk is None
    if is_new:
        campaign.code = new_code(campaign)
        campaign.state = State.DRAFT
    _save(campaign, scope)
    _save_rows(campaign, phases, removed)
    audit.record(by, "campaign.create" if is_new else "campaign.edit", campaign)
    return campaign


@transaction.atomic
def save_assignments(campaign: Campaign, *, rows: Iterable[Any], removed: Iterable[Model], by: Actor) -> None:
    """Store the tasks; `rows` are pairs of a task and its lead and cooperating units by field name."""
    _delete(removed)
    for assignment, units in rows:
        assignment.campaign = campaign
        _save(assignment, units)
    audit.record(by, "campaign.assignments", campaign)


@transaction.atomic
def save_deliverable(deliverable: Deliverable, *, scope: Mapping[str, Iterable[Model]], by: Actor) -> Deliverable:
    """Store a duty. What is open already follows the new rule when it is reconciled, past days stay."""
    is_new = deliverable.pk is None
    if is_new:
        count = deliverable.campaign.deliverables.count()
        deliverable.code = deliverable.code or f"d{count + 1}"
        deliverable.position = count + 1
    _save(deliverable, scope)
    audit.record(by, "deliverable.create" if is_new else "deliverable.edit", deliverable)
    transaction.on_commit(tasks.open_obligations.delay, robust=True)
    return deliverable


@transaction.atomic
def start(campaign: Campaign, *, by: Actor) -> Campaign:
    """进行: what is owed is opened at once, not only the next night."""
    move(campaign, State.RUNNING, by=by)
    transaction.on_commit(tasks.open_obligations.delay, robust=True)
    return campaign


@transaction.atomic
def close(campaign: Campaign, *, by: Actor) -> int:
    """结束: whoever is past the day stays behind as missing; their number. What is not due yet just ends."""
    move(campaign, State.CLOSED, by=by)
    owing = Obligation.objects.unanswered().filter(deliverable__campaign=campaign)
    pressing = Q(deliverable__optional=False, due_at__lt=timezone.now())
    _end(owing.exclude(pressing), Obligation.State.ENDED, "不再报送", by)
    return _end(owing.filter(pressing), Obligation.State.MISSING, "未报", by)


def _end(owing: QuerySet[Obligation], to: str, words: str, by: Actor) -> int:
    """In batches by key; how many."""
    reason = f"专项行动于{timezone.localdate():%Y-%m-%d}结束，{words}"
    ended = 0
    while keys := list(owing.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        batch = Obligation.objects.filter(pk__in=keys)
        ended += len(move_all(batch, to, by=by, comment=reason, ended_reason=reason))
    return ended


def new_code(campaign: Campaign) -> str:
    return new_code_of(campaign.line, campaign.starts_on)


def new_code_of(line: str, starts_on: date) -> str:
    """emergency-202305, with a number behind it where that is taken."""
    stem = f"{line.replace('_', '-')}-{starts_on:%Y%m}"
    taken = set(Campaign.objects.filter(code__startswith=stem).values_list("code", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in [stem, *numbered] if code not in taken)


def _save(row: Any, related: Mapping[str, Iterable[Model]]) -> None:
    row.save()
    for name, values in related.items():
        getattr(row, name).set(values)


def _save_rows(campaign: Campaign, rows: Iterable[Any], removed: Iterable[Model]) -> None:
    _delete(removed)
    for row in rows:
        row.campaign = campaign
        row.save()


def _delete(rows: Iterable[Model]) -> None:
    for row in rows:
        row.delete()
