"""自查: one respondent's pass through one checklist, and its answers, each saved as it is given."""

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q

from campaigns.models import Obligation, Submission
from campaigns.models.standing import CURRENT, IN_HOUSE
from checklists.models.checklists import FALLS_SHORT, Checklist, Result
from organizations import jurisdiction
from organizations.models import Area, Enterprise, Sector, Unit

# Whatever has left its writer's hands, be it only to be checked within the house.
HELD_STATES = tuple(state for state in CURRENT if state != Submission.State.DRAFT)


class SelfInspectionQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Its respondent's; once handed in also theirs who may see the row or received it (design §4.1).

        What a firm has written but not handed in is nobody else's business, as a draft is with submissions.
        """
        if jurisdiction.sees_everything(actor):
            return self
        firms = Q(enterprise__isnull=False) & jurisdiction.of_rows(actor)
        received = Q(obligation__in=Obligation.objects.received_by(actor).values("pk"))
        others = firms | Q(unit__isnull=False) & jurisdiction.of_units(actor) | received
        handed_in = Exists(Submission.objects.handed_in().filter(obligation=OuterRef("obligation")))
        return self.filter(self._own(actor) | others & Q(handed_in))

    def owned_by(self, actor):
        """Those the current post's unit or enterprise answers itself."""
        return self.filter(self._own(actor))

    def _own(self, actor):
        """A bureau and its offices are one house. Written without `reach`: saving an answer must stay cheap."""
        post = actor.membership
        if not post:
            return jurisdiction.NOTHING
        if post.enterprise_id:
            return Q(enterprise=post.enterprise_id)
        return Q(unit__in=[post.unit_id, post.unit.part_of_id or post.unit_id]) | Q(unit__part_of=post.unit_id)

    def left_behind(self):
        """Of an open obligation, and a firm that stands elsewhere today: handing over follows a move at once."""
        still_open = self.filter(obligation__state=Obligation.State.OPEN, enterprise__isnull=False)
        return still_open.exclude(handled_in=F("enterprise__area"))

    def with_held(self):
        """`held`: a hand-in stands, so nothing may change until it is returned; the Submission alone decides."""
        standing = Submission.objects.filter(obligation=OuterRef("obligation"), state__in=HELD_STATES)
        return self.annotate(held=Exists(standing))

    def with_mending(self):
        """`mending`: sent back, and the next version is being written, which is nobody else's business yet."""
        being = Submission.objects.filter(obligation=OuterRef("obligation"), state__in=IN_HOUSE, number__gt=1)
        return self.annotate(mending=Exists(being))

    def with_progress(self):
        """`answered` and `falling_short`: items, not clauses."""
        whole = Q(answers__clause__isnull=True)
        return self.annotate(
            answered=Count("answers", filter=whole & Q(answers__isnull=False)),
            falling_short=Count("answers", filter=whole & Q(answers__result__in=FALLS_SHORT)),
        )

    def for_list(self):
        return self.select_related("checklist", "unit", "enterprise", "obligation__deliverable")


class SelfInspection(models.Model):
    """自查. Hand-in, return and acceptance live on the Submission of its obligation."""

    # Given by `with_held`, `with_mending` and `with_progress`.
    held: bool
    mending: bool
    answered: int
    falling_short: int

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="inspections", verbose_name="对照检查表")
    obligation = models.OneToOneField(
        Obligation, models.PROTECT, related_name="self_inspection", verbose_name="应报任务"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="self_inspections", verbose_name="单位"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="self_inspections", verbose_name="企业"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    reporting_area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    handled_in = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField("开始时间", auto_now_add=True)

    objects = SelfInspectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自查"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) ^ Q(enterprise__isnull=False), name="self_inspection_one_respondent"
            )
        ]

    def __str__(self):
        return f"{self.checklist}（{self.respondent}）"

    @property
    def respondent(self):
        return self.unit or self.enterprise

    def counts(self):
        """How many items have each result, by `Result`; unanswered ones are in none."""
        found = self.answers.filter(clause__isnull=True).order_by().values("result").annotate(count=Count("pk"))
        numbers = {row["result"]: row["count"] for row in found}
        return {result: numbers.get(result, 0) for result in Result}
