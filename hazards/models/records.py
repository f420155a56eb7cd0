"""Records that hang on a hazard: signatures, closings, supervision listings. All are counted, so all are versioned."""

import pghistory
from django.db import models
from django.db.models import F, Q

from hazards.models.hazards import Hazard
from organizations.models import Unit, User


class HazardPartQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(hazard__in=Hazard.objects.visible_to(actor))


class SignatureQuerySet(HazardPartQuerySet):
    def valid(self):
        return self.filter(withdrawn_at__isnull=True)


class Signature(models.Model):
    """签字: one of the two confirmations a closing needs, given with the password or by a photographed signed sheet."""

    class Role(models.TextChoices):
        HEAD = "head", "主要负责人"
        DIRECTOR = "director", "安全总监（分管负责人）"

    class Method(models.TextChoices):
        PASSWORD = "password", "口令确认"
        SHEET = "sheet", "签字页照片"

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="signatures")
    role = models.CharField("签字人", max_length=10, choices=Role)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="以签字页照片确认的可无账号"
    )
    name = models.CharField("姓名", max_length=40)
    recorded_by = models.CharField("经手人", max_length=80, blank=True)
    on_behalf_of = models.CharField("代录", max_length=120, blank=True, help_text="由监管部门代哪家企业录入")
    method = models.CharField("方式", max_length=10, choices=Method)
    at = models.DateTimeField("时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True, help_text="复查未通过或重新整改后须重新签字")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard", "role"], condition=Q(withdrawn_at__isnull=True), name="one_valid_signature_per_role"
            ),
            models.UniqueConstraint(
                fields=["hazard", "user"], condition=Q(withdrawn_at__isnull=True), name="two_different_signers"
            ),
            models.UniqueConstraint(
                fields=["hazard", "name"], condition=Q(withdrawn_at__isnull=True), name="two_different_names"
            ),
            models.CheckConstraint(condition=Q(method="sheet") | Q(user__isnull=False), name="password_is_of_somebody"),
        ]


@pghistory.track()
class Closing(models.Model):
    """销号: a row, so that a hazard that came back keeps both its closings; only one not reopened counts."""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="closings")
    closed_on = models.DateField("销号时间")
    reopened_on = models.DateField("重新整改", null=True, blank=True)
    by = models.CharField("经手人", max_length=80, blank=True)
    reason = models.CharField("重开原因", max_length=200, blank=True)

    objects = HazardPartQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "销号"
        ordering = ["id"]
        indexes = [models.Index(fields=["closed_on"], name="closing_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=Q(reopened_on__isnull=True), name="one_standing_closing"
            ),
            models.CheckConstraint(
                condition=Q(reopened_on__isnull=True) | Q(reopened_on__gte=F("closed_on")),
                name="reopened_after_closing",
            ),
        ]


@pghistory.track()
class SupervisionListing(models.Model):
    """挂牌督办: by a government (安委会) or a department. 摘牌 is not 销号."""

    class Level(models.TextChoices):
        GOVERNMENT = "government", "政府"
        DEPARTMENT = "department", "部门"

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="listings")
    level = models.CharField("挂牌级别", max_length=12, choices=Level)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="挂牌单位")
    unit_name = models.CharField("挂牌督办单位", max_length=120)
    order_number = models.CharField("督办通知书文号", max_length=60, blank=True)
    listed_on = models.DateField("挂牌时间", null=True, blank=True)
    delisted_on = models.DateField("摘牌时间", null=True, blank=True)
    by = models.CharField("登记人", max_length=80, blank=True)

    objects = HazardPartQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "挂牌督办"
        ordering = ["id"]
        indexes = [models.Index(fields=["listed_on"], name="listing_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=Q(delisted_on__isnull=True), name="one_standing_listing"
            ),
            models.CheckConstraint(
                condition=Q(delisted_on__isnull=True) | Q(listed_on__isnull=True) | Q(delisted_on__gte=F("listed_on")),
                name="delisted_after_listed",
            ),
        ]


class ReconsiderationQuerySet(HazardPartQuerySet):
    def pending(self):
        return self.filter(state__in=(Reconsideration.State.OBJECTED, Reconsideration.State.PROPOSED))


class Reconsideration(models.Model):
    """更改认定: to 不属实, or down to general. One officer proposes (or the firm objects), another confirms."""

    class Kind(models.TextChoices):
        DISMISS = "dismiss", "认定不属实"
        DOWNGRADE = "downgrade", "降为一般隐患"

    class State(models.TextChoices):
        OBJECTED = "objected", "企业异议待核实"
        PROPOSED = "proposed", "待第二人复核"
        CONFIRMED = "confirmed", "已采纳"
        REFUSED = "refused", "未采纳"

    MOVES = {
        State.OBJECTED: (State.PROPOSED, State.REFUSED),
        State.PROPOSED: (State.CONFIRMED, State.REFUSED),
    }

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="reconsiderations")
    kind = models.CharField("拟改为", max_length=10, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State)
    objection = models.TextField("企业异议", blank=True)
    objected_by = models.CharField("异议人", max_length=80, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出人"
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人")
    opinion = models.CharField("复核意见", max_length=200, blank=True)
    created_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_at = models.DateTimeField("复核时间", null=True, blank=True)

    objects = ReconsiderationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "更改认定"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=Q(state__in=("objected", "proposed")), name="one_pending_reconsideration"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("proposed", "confirmed")) | Q(proposed_by__isnull=False) & ~Q(reason=""),
                name="proposed_with_reason",
                violation_error_message="请写明更改认定的理由。",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="confirmed_by_another_officer",
                violation_error_message="更改认定须由另一名人员复核。",
            ),
        ]

    def __str__(self):
        return f"{self.hazard.number} {self.get_kind_display()}（{self.get_state_display()}）"

    def log_move(self, frm, to, by, comment):
        """Kept on the hazard's time line, by the action that moves it."""
