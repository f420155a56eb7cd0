"""What follows from an answer that falls short: a hazard of the firm, a problem of the unit, a photo."""

from typing import cast

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from checklists.models import Answer
from documents import actions as documents
from documents import filetypes
from documents.models import StoredFile
from hazards import actions as hazards
from hazards.models import Hazard, Problem
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations import audit
from organizations.models import Enterprise, Unit

PHOTO = "自查照片"


@transaction.atomic
def register_hazard(answer: Answer, *, level: str, by: Actor) -> Hazard:
    """Enter what a firm's answer found into the ledger, once; a second tap gets the hazard that stands."""
    _lock(answer)
    if answer.hazard_id:
        return cast(Hazard, answer.hazard)
    _require_finding(answer)
    today = timezone.localdate()
    hazard = hazards.register(
        cast(Enterprise, answer.inspection.enterprise),
        by=by,
        level=level,
        description=_wording(answer),
        found_on=today,
        found_by=Hazard.FoundBy.SELF,
    )
    if answer.fixed_at_once and level == Hazard.Level.GENERAL:
        # A major one is judged by the department before anybody may say that it is done with.
        hazards.fix_at_once(hazard, by=by, measures=answer.note.strip(), rectified_on=today)
    _link(answer, "hazard", hazard, by)
    return hazard


@transaction.atomic
def register_problem(answer: Answer, *, by: Actor) -> Problem:
    """Enter what a unit's answer found into its 问题隐患清单, once."""
    _lock(answer)
    if answer.problem_id:
        return cast(Problem, answer.problem)
    _require_finding(answer)
    problem = hazards.add_problem(
        cast(Unit, answer.inspection.unit),
        by=by,
        text=_wording(answer),
        category=answer.item.category[:80],
        progress="已立查立改。" if answer.fixed_at_once else "",
    )
    if answer.fixed_at_once:
        hazards.finish_problem(problem, by=by)
    _link(answer, "problem", problem, by)
    return problem


def add_photo(answer: Answer, *, upload: File, by: Actor) -> StoredFile:
    """A picture beside an answer; readable by whoever may see the self-inspection."""
    return documents.store(upload, owner=answer, by=by, role=PHOTO, allowed=filetypes.IMAGES)


def _lock(answer: Answer) -> None:
    """Whoever waited for the lock reads what the other has linked by a statement of its own: a join would miss it."""
    parts = ("item", "clause", "inspection__enterprise", "inspection__unit")
    rows = Answer.objects.select_for_update(of=("self",), no_key=True).select_related(*parts)
    answer.refresh_from_db(from_queryset=rows)


def _link(answer: Answer, name: str, finding: Hazard | Problem, by: Actor) -> None:
    setattr(answer, name, finding)
    answer.save(update_fields=[name])
    audit.record(by, f"answer.{name}", answer, finding=finding.pk)


def _require_finding(answer: Answer) -> None:
    if not answer.falls_short:
        raise MoveRefused(f"第{answer.item.number}项选的是“{answer.label}”，没有需要登记的问题。")
    if not answer.note.strip():
        raise MoveRefused(f"请先填写第{answer.item.number}项的情况说明，再登记。")


def _wording(answer: Answer) -> str:
    """The firm's own words first; where they come from in brackets, so that the ledger reads by itself."""
    return f"{answer.note.strip()}（对照检查第{answer.item.number}项：{answer.item.text}）"
