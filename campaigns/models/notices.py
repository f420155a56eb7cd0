"""下发 and 签收: a notice sent to units or to firms, and who has signed for it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models.campaigns import Campaign
from campaigns.models.deliverables import Deliverable
from campaigns.models.obligations import Obligation
from organizations import jurisdiction
from organizations.models import Area, RiskFeature, Sector, Unit


class NoticeIssueQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The issuing house's own, drafts too; what was issued also to whoever has to sign for it or sees who has."""
        if jurisdiction.sees_everything(actor):
            return self
        if not actor.membership:
            return self.none()
        asked = Obligation.objects.visible_to(actor).filter(deliverable=models.OuterRef("deliverable"))
        seen = ~Q(state=NoticeIssue.State.DRAFT) & models.Exists(asked)
        if actor.membership.unit_id:
            seen |= Q(issuer__in=jurisdiction.reach(actor).units)
        return self.filter(seen)

    def unsent(self):
        """Issued, but not opened and told for everybody yet."""
        return self.filter(state=NoticeIssue.State.ISSUED, sent_out_at__isnull=True)


class NoticeIssue(models.Model):
    """A notice with its attachments and its audience: named units, or firms by area, sector and feature (empty: all).

    Once issued, its `deliverable` (form receipt) carries the signatures: opened, chased and counted as every duty.
    """

    class Audience(models.TextChoices):
        UNITS = "units", "指定单位"
        ENTERPRISES = "enterprises", "企业"

    class State(models.TextChoices):
        DRAFT = "draft", "未下发"
        ISSUED = "issued", "已下发"
        WITHDRAWN = "withdrawn", "已撤回"

    MOVES = {State.DRAFT: (State.ISSUED,), State.ISSUED: (State.WITHDRAWN,)}
    TONES = {State.DRAFT: "soon", State.ISSUED: "done", State.WITHDRAWN: "closed"}

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="notices", verbose_name="专项行动")
    title = models.CharField("标题", max_length=120)
    number = models.CharField("文号", max_length=60, blank=True)
    body = models.TextField("正文", blank=True)
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="下发单位")
    sign_by = models.DateField("签收期限")
    audience = models.CharField("下发给", max_length=12, choices=Audience, default=Audience.UNITS)
    units = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name="单位")
    areas = models.ManyToManyField(Area, blank=True, related_name="+", verbose_name="区域")
    sectors = models.ManyToManyField(Sector, blank=True, related_name="+", verbose_name="行业")
    features = models.ManyToManyField(RiskFeature, blank=True, related_name="+", verbose_name="领域")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    deliverable = models.OneToOneField(
        Deliverable, models.PROTECT, null=True, blank=True, related_name="notice", verbose_name="签收事项"
    )
    issued_at = models.DateTimeField("下发时间", null=True, blank=True)
    issued_by = models.CharField("下发人", max_length=80, blank=True)
    sent_out_at = models.DateTimeField("送达全部对象", null=True, blank=True)
    reason = models.CharField("撤回理由", max_length=200, blank=True)

    objects = NoticeIssueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "下发通知"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | Q(issued_at__isnull=False, deliverable__isnull=False),
                name="issued_notice_is_signed_for",
            ),
            models.CheckConstraint(condition=~Q(state="withdrawn") | ~Q(reason=""), name="withdrawn_notice_has_reason"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("campaigns:notice", args=[self.pk])

    def log_move(self, frm, to, by, comment):
        from organizations import audit

        audit.record(by, f"notice.{to}", self, comment=comment)

    @property
    def tone(self):
        return self.TONES[self.state]
