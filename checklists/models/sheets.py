"""A list with what was answered to it: read as a whole (`sheet`), or for what is still missing (`gaps`)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q

from checklists.models.answers import Answer
from checklists.models.checklists import FALLS_SHORT, Clause, Item, Result
from checklists.models.inspections import SelfInspection
from checklists.models.versions import answers_at


@dataclass(frozen=True, slots=True)
class Gap:
    """An item that is not ready to be handed in, and why."""

    number: int
    category: str
    text: str
    reason: str


def gaps(inspection: SelfInspection) -> list[Gap]:
    """What still stands in the way of handing in, in the order of the list; one statement."""
    given = FilteredRelation("answers", condition=Q(answers__inspection=inspection.pk, answers__clause__isnull=True))
    parts = Answer.objects.filter(inspection=inspection.pk, item=OuterRef("pk"), clause__isnull=False).falling_short()
    rows = (
        Item.objects.filter(checklist=inspection.checklist_id)
        .order_by("number")
        .annotate(given=given, part_falls_short=Exists(parts), result=F("given__result"), note=F("given__note"))
    )
    found = (Gap(row.number, row.category, row.text, _reason(row)) for row in rows)
    return [gap for gap in found if gap.reason]


def _reason(row) -> str:
    if not row.result:
        return "未选择对照结果"
    if row.result in FALLS_SHORT and not row.note.strip():
        return f"选了“{Result(row.result).label}”，请填写情况说明"
    if row.result not in FALLS_SHORT and row.part_falls_short:
        return f"有分项未达到要求，整项不能选“{Result(row.result).label}”"
    return ""


Answers = dict[tuple[int, int | None], Any]
SAID = ("result", "note", "fixed_at_once")


@dataclass(frozen=True, slots=True)
class Line:
    """An item, the answer to it as a whole, and its clauses with theirs.

    Where it is compared with the version handed in before: whether anything in it changed, and what was said then.
    """

    item: Item
    answer: Answer | None
    clauses: list[tuple[Clause, Answer | None]]
    changed: bool = False
    was: Answer | None = None


def sheet(inspection: SelfInspection, *, upto: int | None = None, base: int | None = None) -> list[Line]:
    """Every item in order; three statements, however long the list, and one for each of the two:

    `upto` reads the answers as they stood at that event, `base` compares them with those of that event.
    """
    given = inspection.answers.select_related("answered_by", "hazard", "problem").order_by()
    answers = {(answer.item_id, answer.clause_id): answer for answer in given}
    if upto is not None:
        answers = _as_they_stood(answers, answers_at(inspection, upto))
    earlier = None if base is None else answers_at(inspection, base)
    clauses = Prefetch("clauses", Clause.objects.order_by("number"))
    items = Item.objects.filter(checklist=inspection.checklist_id).order_by("number").prefetch_related(clauses)
    return [_line(item, answers, earlier) for item in items]


def _as_they_stood(answers: Answers, then: Answers) -> Answers:
    """With the words of that version. What became of an answer since, a hazard or a reason, is no secret."""
    kept = {key: answer for key, answer in answers.items() if key in then}
    for key, answer in kept.items():
        for name in SAID:
            setattr(answer, name, getattr(then[key], name))
    return kept


def _line(item: Item, answers: Answers, earlier: Answers | None) -> Line:
    parts = [(clause, _put(answers, item, clause)) for clause in item.clauses.all()]
    answer = _put(answers, item, None)
    if earlier is None or not _differs(item, answers, earlier):
        return Line(item, answer, parts)
    return Line(item, answer, parts, changed=True, was=_past(earlier.get((item.pk, None)), item))


def _differs(item: Item, answers: Answers, earlier: Answers) -> bool:
    keys = [(item.pk, None), *((item.pk, clause.pk) for clause in item.clauses.all())]
    return any(_said(answers.get(key)) != _said(earlier.get(key)) for key in keys)


def _said(answer: Any) -> tuple[Any, ...]:
    return tuple(getattr(answer, name) for name in SAID) if answer else ()


def _past(event: Any, item: Item) -> Answer | None:
    return Answer(item=item, **{name: getattr(event, name) for name in SAID}) if event else None


def _put(answers: Answers, item: Item, clause: Clause | None) -> Answer | None:
    """The answer to this question, knowing the question: its words depend on it."""
    answer = answers.get((item.pk, clause.pk if clause else None))
    if answer:
        answer.item, answer.clause = item, clause
    return answer
