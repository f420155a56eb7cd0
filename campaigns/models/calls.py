"""催报台: whom to ring, what they said, and whether the number still holds."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from campaigns.models.campaigns import Campaign
from campaigns.models.obligations import Obligation
from organizations import jurisdiction
from organizations.models import Enterprise, Unit

ONE_HOLDER = Q(unit__isnull=False) ^ Q(enterprise__isnull=False)


class ContactQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """One's own, those of units below in one's line, and of firms within reach."""
        units = Q(unit__isnull=False) & jurisdiction.of_units(actor)
        return self.filter(units | Q(enterprise__isnull=False) & jurisdiction.of_enterprises(actor, "enterprise__"))

    def silent_since(self, moment):
        """Nothing heard from them since then: neither a hand-in, nor a word on the telephone, nor a confirmation."""
        handed_in = Obligation.objects.filter(handed_in_at__gte=moment)
        by_unit = handed_in.filter(unit=OuterRef("unit"))
        by_firm = handed_in.filter(enterprise=OuterRef("enterprise"))
        return self.filter(heard_at__lt=moment).exclude(Exists(by_unit)).exclude(Exists(by_firm))


class Contact(models.Model):
    """联络员: for a campaign, or in general, the leader in charge, the contact and the deputy (B角) of a respondent."""

    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="contacts", verbose_name="单位")
    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, null=True, blank=True, related_name="contacts", verbose_name="企业"
    )
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="contacts", verbose_name="专项行动")
    leader = models.CharField("分管负责人", max_length=40, blank=True)
    leader_phone = models.CharField("分管负责人电话", max_length=20, blank=True)
    name = models.CharField("联络员", max_length=40)
    phone = models.CharField("联络员电话", max_length=20)
    deputy = models.CharField("副联络员", max_length=40, blank=True)
    deputy_phone = models.CharField("副联络员电话", max_length=20, blank=True)
    confirmed_at = models.DateTimeField("确认时间")
    heard_at = models.DateTimeField("最近有回应")
    asked_at = models.DateTimeField("最近请其确认", null=True, blank=True)
    wrong = models.BooleanField("号码有误", default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联络员"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=ONE_HOLDER, name="contact_one_holder"),
            models.UniqueConstraint(
                fields=["campaign", "unit", "enterprise"], name="contact_once", nulls_distinct=False
            ),
        ]

    def __str__(self):
        return f"{self.holder} {self.name}"

    @property
    def holder(self):
        return self.unit or self.enterprise


class CallQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """What one's own house noted down; the respondent does not read it."""
        if jurisdiction.sees_everything(actor):
            return self
        return self.filter(by_unit__in=jurisdiction.reach(actor).units) if actor.unit else self.none()


class Call(models.Model):
    """One telephone call about what a respondent owes. A promise mutes its reminders until broken."""

    class Outcome(models.TextChoices):
        TOLD = "told", "已告知"
        PROMISED = "promised", "承诺报送"
        NO_ANSWER = "no_answer", "无人接听"
        WRONG_NUMBER = "wrong_number", "号码有误"

        @property
        def tone(self):
            return {"told": "info", "promised": "done"}.get(self.value, "soon")

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name="单位")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name="企业"
    )
    obligations = models.ManyToManyField(Obligation, related_name="calls", verbose_name="所涉任务")
    outcome = models.CharField("结果", max_length=12, choices=Outcome)
    promised_at = models.DateTimeField("承诺报送", null=True, blank=True)
    spoke_with = models.CharField("接听人", max_length=40, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by = models.CharField("记录人", max_length=80)
    by_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="催报单位")

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催报记录"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=ONE_HOLDER, name="call_one_holder"),
            models.CheckConstraint(
                condition=Q(outcome="promised", promised_at__isnull=False)
                | (~Q(outcome="promised") & Q(promised_at__isnull=True)),
                name="promise_has_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.unit or self.enterprise} {self.get_outcome_display()}"

    @property
    def tone(self):
        return Call.Outcome(self.outcome).tone
