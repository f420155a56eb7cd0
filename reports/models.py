"""调度表: one row-unit's return for one period. Its state is the submission's; the return only holds numbers."""

import hashlib
import hmac
import json

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from campaigns.models import Campaign, Obligation, Submission
from campaigns.models.standing import PASSING, WITH_RECIPIENT
from hazards.models import Hazard
from organizations import jurisdiction
from organizations.models import Area, Unit

# Handed in and not given back: the city holds the return, and the district cannot change it.
HELD = (*WITH_RECIPIENT, Submission.State.ACCEPTED)


class DispatchReturnQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Its own unit and the units above it in the line."""
        return self.filter(jurisdiction.of_units(actor))

    def of_table(self, campaign, table, period):
        return self.filter(campaign=campaign, table=table.code, period=period)

    def with_state(self):
        """`submission_state` of the newest submission; None before the first one."""
        newest = Submission.objects.filter(obligation=OuterRef("obligation")).order_by("-number")
        return self.annotate(submission_state=Subquery(newest.values("state")[:1]))

    def held(self):
        return self.with_state().filter(submission_state__in=HELD)


class DispatchReturn(models.Model):
    """一期填报: table × campaign × period × reporting row (row empty: 市本级)."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="returns", verbose_name="专项行动")
    table = models.CharField("调度表", max_length=20)
    period = models.CharField("期次", max_length=7, help_text="2023-06")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="returns", verbose_name="填报单位")
    row = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填报行", help_text="空为市本级"
    )
    window = models.CharField("口径", max_length=12)
    cut_off = models.CharField("截止", max_length=12)
    obligation = models.OneToOneField(
        Obligation, models.PROTECT, null=True, blank=True, related_name="dispatch_return", verbose_name="应报任务"
    )
    frozen_at = models.DateTimeField("数据时点", null=True, blank=True)
    frozen = models.JSONField("数据依据", default=dict, blank=True, help_text="台账版本号、指标定义版本、封存摘要")
    by_system_reason = models.CharField("以系统数代报理由", max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DispatchReturnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "调度表填报"
        ordering = ["-period", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "table", "period", "row"], name="return_once", nulls_distinct=False
            )
        ]

    def __str__(self):
        return f"{self.campaign} {self.period} {self.row or '市本级'}"

    @property
    def row_key(self):
        """As `reports.indicators` keys its rows: the area, 0 for 市本级."""
        return self.row_id or 0

    def newest_submission(self):
        return self.obligation.submissions.order_by("-number").first() if self.obligation else None

    def is_held(self):
        newest = self.newest_submission()
        return newest is not None and newest.state in HELD

    def is_in_house(self):
        """With those who check and sign within the unit: nobody changes it meanwhile."""
        newest = self.newest_submission()
        return newest is not None and newest.state in PASSING

    def is_closed(self):
        """Held by the city or on its way there: frozen, to be read only."""
        return self.is_held() or self.is_in_house()

    def seal(self, key_id):
        """A digest over everything that was handed in, keyed so that only the portal can make it."""
        figures = self.figures.order_by("code", "part").values_list(
            "code", "part", "system", "reported", "text", "reason", "rows", "digest"
        )
        told = [self.pk, self.table, self.period, self.row_id, self.frozen_at, self.frozen["versions"], list(figures)]
        text = json.dumps(told, default=str, ensure_ascii=False, sort_keys=True)
        return hmac.new(settings.SEAL_KEYS[key_id].encode(), text.encode(), hashlib.sha256).hexdigest()

    def is_sealed(self):
        """Whether the figures are still those that were handed in."""
        sealed = self.frozen.get("seal", "")
        return bool(sealed) and hmac.compare_digest(sealed, self.seal(self.frozen["key"]))


@pghistory.track()
class Figure(models.Model):
    """数值: what the system counts, what the unit reports (defaults to it), and why they differ. Empty is not zero."""

    dispatch_return = models.ForeignKey(DispatchReturn, models.CASCADE, related_name="figures")
    code = models.CharField("指标", max_length=12)
    part = models.CharField("分值", max_length=8, blank=True)
    system = models.DecimalField("系统数", max_digits=16, decimal_places=2, null=True, blank=True)
    reported = models.DecimalField("报送数", max_digits=16, decimal_places=2, null=True, blank=True)
    text = models.CharField("文字值", max_length=20, blank=True, help_text="是/否")
    reason = models.CharField("差异说明", max_length=200, blank=True)
    rows = models.PositiveIntegerField("记录数", null=True, blank=True)
    digest = models.CharField("记录摘要", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "数值"
        constraints = [
            models.UniqueConstraint(fields=["dispatch_return", "code", "part"], name="figure_once"),
            models.CheckConstraint(
                condition=Q(reported__isnull=True) | Q(reported__gte=0),
                name="figure_not_negative",
                violation_error_message="数值不能为负。",
            ),
        ]

    def __str__(self):
        return f"{self.code}={self.reported}"


class CarryOver(models.Model):
    """遗留: an open hazard or a missing hand-in that a campaign left behind when it closed; the next one's 存量."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="carried", verbose_name="专项行动")
    hazard = models.ForeignKey(Hazard, models.PROTECT, null=True, blank=True, related_name="carried")
    obligation = models.ForeignKey(Obligation, models.PROTECT, null=True, blank=True, related_name="carried")
    at = models.DateTimeField("记入时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "遗留清单"
        constraints = [
            models.CheckConstraint(
                condition=Q(hazard__isnull=False) ^ Q(obligation__isnull=False), name="carry_over_one_matter"
            ),
            models.UniqueConstraint(
                fields=["campaign", "hazard", "obligation"], name="carried_once", nulls_distinct=False
            ),
        ]

    def __str__(self):
        return f"{self.campaign} 遗留{self.hazard or self.obligation}"
