"""Which self-inspections could not be handed in as they stand: a hundred thousand are counted, the first ones told."""

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from campaigns.models import Deliverable, Obligation
from checklists.models import FALLS_SHORT, Answer, Checklist, Item, SelfInspection
from lib.actor import Actor
from lib.registry import Forecast

WHOLE = Q(answers__clause__isnull=True, answers__isnull=False)
SHORT = Q(answers__result__in=FALLS_SHORT)
UNSAID = Q(answers__note__regex=r"^[\s\u3000]*$")


def would_fail(duty: Deliverable, owed: QuerySet[Obligation], *, named: int, by: Actor) -> Forecast:
    """Those not begun, and those begun with gaps: the same gaps that handing in refuses (`checklists.models.gaps`).

    Numbers only, no answers: what has not been handed in is its respondent's own business.
    """
    latest = Checklist.objects.latest_of(duty.form_argument)
    if latest is None:
        return Forecast(owed.count(), {}, ["对照检查表没有已发布的版本，无法填写，请联系系统管理员。"])
    idle = owed.filter(self_inspection__isnull=True)
    begun = with_gaps(SelfInspection.objects.filter(obligation__in=owed.order_by().values("pk")))
    points = {each.obligation_id: told(each) for each in begun.order_by("area__position", "obligation")[:named]}
    left = idle.order_by("area__position", "pk").values_list("pk", flat=True)[: named - len(points)]
    not_begun = f"尚未开始填写，共{latest.items.count()}项。"
    return Forecast(begun.count() + idle.count(), points | {pk: [not_begun] for pk in left})


def with_gaps(inspections: QuerySet[SelfInspection]) -> QuerySet[SelfInspection]:
    """Those with items not answered, falling short without a word, or contradicted by a clause of theirs."""
    items = Item.objects.filter(checklist=OuterRef("checklist")).order_by().values("checklist")
    counted = inspections.annotate(
        asked=Coalesce(Subquery(items.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        answered=Count("answers", filter=WHOLE),
        unsaid=Count("answers", filter=WHOLE & SHORT & UNSAID),
        contradicted=Exists(contradictions()),
    )
    return counted.filter(Q(answered__lt=F("asked")) | Q(unsaid__gt=0) | Q(contradicted=True))


def contradictions() -> QuerySet[Answer]:
    """Clauses that fall short under an item that does not."""
    same = Answer.objects.filter(inspection=OuterRef("inspection"), item=OuterRef("item"), clause__isnull=True)
    parts = Answer.objects.filter(inspection=OuterRef("pk"), clause__isnull=False).falling_short()
    return parts.filter(Exists(same.exclude(result__in=FALLS_SHORT)))


def told(inspection: SelfInspection) -> list[str]:
    """共56项，还有12项未填写。2项不符合或部分符合，未写情况说明。"""
    left = inspection.asked - inspection.answered
    found = [
        f"共{inspection.asked}项，还有{left}项未填写。" if left else "",
        f"{inspection.unsaid}项不符合或部分符合，未写情况说明。" if inspection.unsaid else "",
        "有分项未达到要求，而整项选了符合或不涉及。" if inspection.contradicted else "",
    ]
    return [words for words in found if words]
