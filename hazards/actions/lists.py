"""两个清单: a unit's own problems, and the lasting measures that answer them."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.models import Campaign, Obligation, Submission
from documents.actions import keep
from documents.filetypes import XLSX
from hazards.exports import two_lists
from hazards.models import Hazard, Measure, Problem
from lib.actor import Actor
from lib.excel import write_tables
from lib.transitions import move
from organizations import audit
from organizations.models import Unit


@transaction.atomic
def add_problem(unit: Unit, *, by: Actor, text: str, found_on: date | None = None, **details: Any) -> Problem:
    """Enter a problem in the unit's list. `details`: category, responsible, requirement, due_on, progress."""
    made = Problem.objects.create(unit=unit, text=text, found_on=found_on or timezone.localdate(), **details)
    audit.record(by, "problem.add", made)
    return made


@transaction.atomic
def update_problem(problem: Problem, *, by: Actor, **values: Any) -> Problem:
    """Set these fields: text, category, responsible, requirement, due_on, progress."""
    _set(problem, values)
    audit.record(by, "problem.update", problem, fields=sorted(values))
    return problem


@transaction.atomic
def finish_problem(problem: Problem, *, by: Actor) -> Problem:
    """完成整改; the progress written so far stays as what was done."""
    return move(problem, Problem.State.DONE, by=by, done_on=timezone.localdate())


@transaction.atomic
def reopen_problem(problem: Problem, *, by: Actor) -> Problem:
    return move(problem, Problem.State.OPEN, by=by, done_on=None)


@transaction.atomic
def add_measure(
    unit: Unit,
    *,
    by: Actor,
    title: str,
    problems: Iterable[Problem] = (),
    hazards: Iterable[Hazard] = (),
    **details: Any,
) -> Measure:
    """Enter a lasting measure. `details`: content, due_on, done_on."""
    made = Measure.objects.create(unit=unit, title=title, **details)
    made.problems.set(problems)
    made.hazards.set(hazards)
    audit.record(by, "measure.add", made)
    return made


@transaction.atomic
def update_measure(measure: Measure, *, by: Actor, problems: Iterable[Problem] | None = None, **values: Any) -> Measure:
    """Set these fields: title, content, due_on, done_on; `problems` replaces those it answers."""
    if values:
        _set(measure, values)
    if problems is not None:
        measure.problems.set(problems)
    audit.record(by, "measure.update", measure, fields=sorted(values))
    return measure


def _set(row: Problem | Measure, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


@transaction.atomic
def hand_in_lists(obligation: Obligation, *, by: Actor) -> Submission:
    """报送“两个清单” as they stand now: the workbook is kept with the hand-in and does not change any more.

    How many rows each list had is kept beside it (`content`), for the sum of those who receive it.
    """
    problems, measures = lists_of(by, obligation.deliverable.campaign)
    stream = BytesIO()
    written = write_tables(stream, two_lists(problems, measures))
    name = f"两个清单{timezone.localdate():%Y%m%d}.xlsx"
    book = keep(stream.getvalue(), name=name, content_type=XLSX.content_type, owner=None, by=by)
    text = f"问题隐患清单{written[0]}项，制度措施清单{written[1]}项。"
    counts = {"problems": str(written[0]), "measures": str(written[1])}
    return submissions.hand_in(obligation, by=by, text=text, files=[book], content=counts)


def lists_of(by: Actor, campaign: Campaign | None = None) -> tuple[QuerySet[Problem], QuerySet[Measure]]:
    """What goes into the two sheets: the unit's own and what its line below has entered, oldest first.

    For a campaign only what falls into its time.
    """
    problems, measures = Problem.objects.visible_to(by), Measure.objects.visible_to(by)
    if campaign is not None:
        problems, measures = problems.in_campaign(campaign), measures.in_campaign(campaign)
    problems = problems.select_related("unit").order_by("id")
    return problems, measures.select_related("unit").prefetch_related("problems").order_by("id")
