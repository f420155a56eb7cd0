"""What a respondent may ask of its recipient: more time before the day, and once to be heard about a late mark."""

from django.db import models
from django.db.models import Q

from campaigns.models.deliverables import Deliverable
from campaigns.models.obligations import Obligation
from organizations.models import Enterprise, Unit


class Extension(models.Model):
    """延期: asked for by the respondent or set by the recipient; every row stays, all dates are shown for ever."""

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"

    MOVES = {State.ASKED: (State.GRANTED, State.REFUSED)}
    TONES = {State.ASKED: "soon", State.GRANTED: "done", State.REFUSED: "closed"}

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="extensions", verbose_name="应报任务")
    before = models.DateTimeField("原时限", null=True, blank=True)
    until = models.DateTimeField("延至")
    reason = models.TextField("理由")
    state = models.CharField("状态", max_length=8, choices=State, default=State.ASKED)
    asked_by = models.CharField("提出人", max_length=80)
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.CharField("答复人", max_length=80, blank=True)
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.TextField("答复", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["obligation"], condition=Q(state="asked"), name="one_open_extension"),
            models.CheckConstraint(condition=Q(state="asked") | Q(decided_at__isnull=False), name="extension_decided"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="refused_extension_has_answer"),
        ]

    def __str__(self):
        return f"{self.obligation} 延至{self.until:%Y-%m-%d}"

    def log_move(self, frm, to, by, comment):
        from organizations import audit

        audit.record(by, f"extension.{to}", self.obligation, comment=comment)

    @property
    def tone(self):
        return self.TONES[self.state]


class StandingNilQuerySet(models.QuerySet):
    def for_obligation(self, owed):
        """The one that holds for this respondent and duty, and where it is owed by name for this person, if any."""
        holder = {"unit": owed.unit_id, "enterprise": owed.enterprise_id, "person": owed.person}
        return self.filter(deliverable=owed.deliverable_id, **holder)


class StandingNil(models.Model):
    """长期零报告: nothing to report until further notice; each period is still confirmed with one tap."""

    deliverable = models.ForeignKey(Deliverable, models.CASCADE, related_name="+", verbose_name="报送事项")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="单位")
    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="企业"
    )
    person = models.CharField("具体人员", max_length=80, blank=True, help_text="逐人报送的事项")
    named = models.CharField("确认人", max_length=40)
    since = models.DateTimeField("起始", auto_now_add=True)

    objects = StandingNilQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "长期零报告"
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) ^ Q(enterprise__isnull=False), name="standing_nil_one_respondent"
            ),
            models.UniqueConstraint(
                fields=["deliverable", "unit", "enterprise", "person"], name="standing_nil_once", nulls_distinct=False
            ),
        ]

    def __str__(self):
        return f"{self.unit or self.enterprise} {self.deliverable}"


class Objection(models.Model):
    """异议: once per obligation, against the late mark; upheld, the hand-in no longer counts as late."""

    class State(models.TextChoices):
        FILED = "filed", "待答复"
        UPHELD = "upheld", "成立，不计迟报"
        REJECTED = "rejected", "不成立"

    MOVES = {State.FILED: (State.UPHELD, State.REJECTED)}
    TONES = {State.FILED: "soon", State.UPHELD: "done", State.REJECTED: "closed"}

    obligation = models.OneToOneField(
        Obligation,
        models.PROTECT,
        related_name="objection",
        verbose_name="应报任务",
        error_messages={"unique": "每项任务只能提一次异议。"},
    )
    text = models.TextField("异议")
    state = models.CharField("状态", max_length=10, choices=State, default=State.FILED)
    filed_by = models.CharField("提出人", max_length=80)
    filed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.CharField("答复人", max_length=80, blank=True)
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.TextField("答复", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异议"
        constraints = [
            models.CheckConstraint(condition=Q(state="filed") | ~Q(answer=""), name="objection_is_answered"),
        ]

    def __str__(self):
        return f"{self.obligation} 异议"

    def log_move(self, frm, to, by, comment):
        from organizations import audit

        audit.record(by, f"objection.{to}", self.obligation, comment=comment)

    @property
    def tone(self):
        return self.TONES[self.state]
