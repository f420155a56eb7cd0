"""Records that hang on a hazard: signatures, closings, supervision listings. All are counted, so all are versioned."""

import pghistory
from django.db import models
from django.db.models import F, Q

from hazards.models.hazards import Hazard
from organizations.models import Unit, User


class HazardPartQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(hazard__in=Hazard.objects.visible_to(actor))


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
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=40)
    method = models.CharField("方式", max_length=10, choices=Method)
    at = models.DateTimeField("时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True, help_text="复查未通过或重新整改后须重新签字")

    objects = HazardPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard", "role"], condition=Q(withdrawn_at__isnull=True), name="one_valid_signature_per_role"
            ),
            models.UniqueConstraint(
                fields=["hazard", "user"], condition=Q(withdrawn_at__isnull=True), name="two_different_signers"
            ),
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
