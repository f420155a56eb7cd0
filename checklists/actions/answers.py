"""Opening a checklist, and saving one answer so that neither a lost reply nor a second hand ever spoils it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, FilteredRelation, Q, QuerySet

from campaigns.actions.submissions import draft_for
from campaigns.models import Obligation, Submission
from campaigns.models.standing import CURRENT
from checklists.models import FALLS_SHORT, Answer, Checklist, Clause, Item, SelfInspection
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations import audit


@dataclass(frozen=True, slots=True)
class Saving:
    """One save as the device made it. `version` is that of the answer it was made from, 0 where there was none.

    A device that does not know whether a save arrived sends the same one again, under the same `client_id`.
    """

    client_id: UUID
    version: int
    result: str
    note: str = ""
    fixed_at_once: bool = False

    def values(self) -> dict[str, Any]:
        fixed = self.fixed_at_once and self.result in FALLS_SHORT
        return {"result": self.result, "note": self.note, "fixed_at_once": fixed}


class Conflict(Exception):
    """Somebody else, or another tab, has answered meanwhile; `current` is what stands now."""

    def __init__(self, current: Answer | None) -> None:
        super().__init__("该项已由他人或在另一个窗口修改，请核对后再决定保留哪一个。")
        self.current = current


@transaction.atomic
def open_inspection(obligation: Obligation, *, by: Actor) -> SelfInspection:
    """Start what an obligation of form checklist:CODE asks for, on the latest published version, once.

    A second click, or a second person, gets the inspection that stands already.
    """
    known = SelfInspection.objects.filter(obligation=obligation)
    if found := known.first():
        return found
    draft_for(obligation, by=by)  # locks the obligation: whoever clicked second waits here
    if found := known.first():
        return found
    made = _new_inspection(obligation)
    audit.record(by, "self_inspection.open", made, checklist=made.checklist.code, version=made.checklist.version)
    return made


def _new_inspection(obligation: Obligation) -> SelfInspection:
    code = obligation.deliverable.form_argument
    checklist = Checklist.objects.latest_of(code)
    if obligation.deliverable.form_kind != "checklist" or checklist is None:
        raise MoveRefused("这项任务没有已发布的对照检查表，请联系牵头单位。")
    places = ("area", "reporting_area", "handled_in", "sector")
    return SelfInspection.objects.create(
        checklist=checklist,
        obligation=obligation,
        unit=obligation.unit,
        enterprise=obligation.enterprise,
        **{name: getattr(obligation, name) for name in places},
    )


@transaction.atomic
def answer(inspection: SelfInspection, *, item: int, clause: int | None = None, saving: Saving, by: Actor) -> Answer:
    """Save one answer, by the numbers of its item and clause.

    The same save sent again is the same answer. A save made from another version than the one that stands raises
    `Conflict`; after the hand-in every save is a `MoveRefused`. A number the list does not have: DoesNotExist.
    """
    _hold_open(inspection, by)
    question = _question(inspection, item, clause)
    if question.given_id is None and saving.version == 0:
        return _first(inspection, question, saving, by)
    if question.given_client_id == saving.client_id:
        return _again(question, saving)
    if question.given_id is None or question.given_version != saving.version:
        raise Conflict(_standing(question))
    return _next(inspection, question, saving, by)


def _hold_open(inspection: SelfInspection, by: Actor) -> None:
    """Lock the draft of the hand-in, which submitting locks too; after a return the first save opens the next one."""
    current = (
        Submission.objects.filter(obligation=inspection.obligation_id, state__in=CURRENT)
        .select_for_update(no_key=True)
        .first()
    )
    if current is None:
        draft_for(inspection.obligation, by=by)
    elif current.state != Submission.State.DRAFT:
        raise MoveRefused(
            f"第{current.number}稿{current.get_state_display()}，不能修改；如需修改，请联系接收单位退回。"
        )


def _question(inspection: SelfInspection, item: int, clause: int | None) -> Any:
    """The item or clause, with id, version and client_id of the answer that stands, in one statement."""
    mine = Q(answers__inspection=inspection.pk)
    rows: QuerySet[Any]
    if clause is None:
        rows = Item.objects.filter(checklist=inspection.checklist_id, number=item)
        mine &= Q(answers__clause__isnull=True)
    else:
        parts = Clause.objects.filter(item__checklist=inspection.checklist_id, item__number=item, number=clause)
        rows = parts.select_related("item")
    given = {f"given_{name}": F(f"given__{name}") for name in ("id", "version", "client_id")}
    return rows.annotate(given=FilteredRelation("answers", condition=mine)).annotate(**given).get()


def _parts(question: Item | Clause) -> dict[str, Any]:
    if isinstance(question, Clause):
        return {"item": question.item, "clause": question}
    return {"item": question, "clause": None}


def _first(inspection: SelfInspection, question: Any, saving: Saving, by: Actor) -> Answer:
    return Answer.objects.create(
        inspection=inspection, **_parts(question), client_id=saving.client_id, answered_by=by.user, **saving.values()
    )


def _next(inspection: SelfInspection, question: Any, saving: Saving, by: Actor) -> Answer:
    values = saving.values() | {
        "client_id": saving.client_id,
        "version": question.given_version + 1,
        "answered_by": by.user,
    }
    # Built, not fetched: the draft's lock keeps the row as `_question` read it, and a statement is saved.
    row = Answer(pk=question.given_id, inspection=inspection, **_parts(question), **values)
    row.save(update_fields=[*values, "answered_at"])
    return row


def _again(question: Any, saving: Saving) -> Answer:
    standing = _standing(question)
    if any(getattr(standing, name) != value for name, value in saving.values().items()):
        # One id for two different answers: a device out of step. Nothing is lost silently.
        raise Conflict(standing)
    return standing


def _standing(question: Any) -> Any:
    return Answer.objects.select_related("item", "clause", "answered_by").filter(pk=question.given_id).first()
