"""A list with what was answered to it: read as a whole (`sheet`), or for what is still missing (`gaps`)."""

from dataclasses import dataclass

from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q

from checklists.models.answers import Answer
from checklists.models.checklists import FALLS_SHORT, Clause, Item, Result
from checklists.models.inspections import SelfInspection


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


@dataclass(frozen=True, slots=True)
class Line:
    """An item, the answer to it as a whole, and its clauses with theirs."""

    item: Item
    answer: Answer | None
    clauses: list[tuple[Clause, Answer | None]]


def sheet(inspection: SelfInspection) -> list[Line]:
    """Every item in order; three statements, however long the list."""
    given = inspection.answers.select_related("answered_by", "hazard", "problem").order_by()
    answers = {(answer.item_id, answer.clause_id): answer for answer in given}
    clauses = Prefetch("clauses", Clause.objects.order_by("number"))
    items = Item.objects.filter(checklist=inspection.checklist_id).order_by("number").prefetch_related(clauses)
    return [_line(item, answers) for item in items]


def _line(item: Item, answers: dict[tuple[int, int | None], Answer]) -> Line:
    parts = [(clause, _put(answers, item, clause)) for clause in item.clauses.all()]
    return Line(item, _put(answers, item, None), parts)


def _put(answers: dict[tuple[int, int | None], Answer], item: Item, clause: Clause | None) -> Answer | None:
    """The answer to this question, knowing the question: its words depend on it."""
    answer = answers.get((item.pk, clause.pk if clause else None))
    if answer:
        answer.item, answer.clause = item, clause
    return answer
