"""函件: what goes to the leader of a respondent when reminders did not help."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from campaigns.models.campaigns import Campaign
from campaigns.models.obligations import Obligation
from organizations import jurisdiction
from organizations.models import Enterprise, Unit


def overdue_at(moment):
    """`ObligationQuerySet.overdue_at` of a letter's link, as a join: a nested IN is looked through anew for each letter
    where the database has not measured its tables yet, as on the morning of a hundred thousand letters.
    """
    still = {"state": Obligation.State.OPEN, "handed_in_at__isnull": True, "due_at__lt": moment}
    return Q(**{f"obligation__{name}": value for name, value in still.items()})


class LetterQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The sending house's own; once released also the addressee's and of who supervises it."""
        if jurisdiction.sees_everything(actor):
            return self
        if not actor.membership:
            return self.none()
        released = Q(state=Letter.State.RELEASED)
        if actor.membership.enterprise_id:
            return self.filter(released, enterprise=actor.membership.enterprise_id)
        below = Q(unit__isnull=False) & jurisdiction.of_units(actor)
        firms = Q(enterprise__isnull=False) & jurisdiction.of_enterprises(actor, "enterprise__")
        return self.filter(Q(from_unit__in=jurisdiction.reach(actor).units) | released & (below | firms))

    def sent_by(self, actor):
        if not actor.unit:
            return self.none()
        return self.filter(from_unit__in=jurisdiction.reach(actor).units)

    def received_by(self, actor):
        """Released to the current post's unit or enterprise."""
        if not actor.membership:
            return self.none()
        mine = {"unit": actor.membership.unit_id, "enterprise": actor.membership.enterprise_id}
        return self.filter(state=Letter.State.RELEASED, **mine)

    def drafts(self):
        return self.filter(state=Letter.State.DRAFT)

    def with_cause(self, moment):
        """催办函 in draft whose matter is still open, or that speak of none; and all drafts a clerk had made."""
        through = Letter.obligations.through.objects.filter(letter=OuterRef("pk"))
        owed = through.filter(overdue_at(moment))
        return self.filter(Exists(owed) | ~Exists(through) | ~Q(kind=Letter.Kind.URGING))

    def settled_at(self, moment):
        """催办函 in draft that speak of obligations, none of which is overdue any more."""
        through = Letter.obligations.through.objects.filter(letter=OuterRef("pk"))
        owed = through.filter(overdue_at(moment))
        return self.drafts().filter(Exists(through), kind=Letter.Kind.URGING).exclude(Exists(owed))

    def for_list(self):
        return self.select_related("campaign", "unit", "enterprise", "from_unit").annotate(
            items=models.Count("obligations", distinct=True)
        )


class Letter(models.Model):
    """One letter of a house to one respondent in one campaign.

    `body` is what the clerk may change; the overdue items stand after its first paragraph: live while it is a draft,
    in `lines` as they were once it is released. `key` and one draft per respondent keep reruns from making a second.
    `settled`: withdrawn by itself, so the same obligation may cause another letter later.
    """

    class Kind(models.TextChoices):
        URGING = "urging", "催办函"
        SUPERVISION = "supervision", "督办函"
        TALK = "talk", "约谈通知"

    class State(models.TextChoices):
        DRAFT = "draft", "待签发"
        RELEASED = "released", "已发出"
        WITHDRAWN = "withdrawn", "已撤回"

        @property
        def tone(self):
            return {"draft": "soon", "released": "done"}.get(self.value, "closed")

    MOVES = {State.DRAFT: (State.RELEASED, State.WITHDRAWN)}

    kind = models.CharField("类型", max_length=12, choices=Kind, default=Kind.URGING)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="letters", verbose_name="专项行动")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="企业"
    )
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="sent_letters", verbose_name="发函单位")
    obligations = models.ManyToManyField(Obligation, blank=True, related_name="letters", verbose_name="所涉任务")
    key = models.CharField("唯一键", max_length=120, unique=True)
    number = models.CharField("发文字号", max_length=60, blank=True)
    title = models.CharField("标题", max_length=160)
    body = models.TextField("正文")
    lines = models.JSONField("所涉事项", default=list, blank=True, help_text="发出时的逐项文字")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    prepared_at = models.DateTimeField("拟定时间")
    released_at = models.DateTimeField("发出时间", null=True, blank=True)
    released_by = models.CharField("签发人", max_length=120, blank=True)
    reason = models.CharField("撤回原因", max_length=200, blank=True)
    settled = models.BooleanField("已报送自动撤回", default=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "函件"
        ordering = ["-id"]
        indexes = [models.Index(fields=["from_unit", "state", "-id"], name="letter_of_house")]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) ^ Q(enterprise__isnull=False), name="letter_one_respondent"
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False), name="letter_released_when"
            ),
            models.UniqueConstraint(
                fields=["campaign", "unit", "enterprise"],
                condition=Q(state="draft", kind="urging"),
                name="letter_one_draft",
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}（{self.respondent}）"

    def get_absolute_url(self):
        return reverse("campaigns:letter", args=[self.pk])

    def log_move(self, frm, to, by, comment):
        from organizations import audit

        audit.record(by, f"letter.{to}", self, comment=comment)

    @classmethod
    def log_moves(cls, moves, to, by, comment):
        """One audit row for the batch, with the keys."""
        from organizations import audit

        audit.record(by, f"letter.{to}", None, comment=comment, ids=[row.pk for row, frm in moves])

    @property
    def respondent(self):
        return self.unit or self.enterprise

    @property
    def tone(self):
        return Letter.State(self.state).tone

    @property
    def is_draft(self):
        return self.state == Letter.State.DRAFT

    def owed_at(self, moment):
        """Its obligations that are still overdue, soonest first; 督办 and 约谈 also speak of what came late."""
        rows = self.obligations
        found = rows.overdue_at(moment) if self.kind == Letter.Kind.URGING else rows.slow_at(moment)
        return found.select_related("deliverable").order_by("due_at", "pk")
