"""A campaign, its phases and its numbered tasks."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property

from organizations import jurisdiction
from organizations.models import Area, RiskFeature, Sector, Unit
from organizations.models.areas import Line


class CampaignQuerySet(models.QuerySet):
    def get_by_natural_key(self, code):
        return self.get(code=code)

    def running(self):
        return self.filter(state=Campaign.State.RUNNING)

    def active_on(self, day):
        return self.running().filter(starts_on__lte=day, ends_on__gte=day)

    def visible_to(self, actor):
        """A notice that runs is read by everybody it may concern; a draft only by its lead unit."""
        if jurisdiction.sees_everything(actor):
            return self
        if not actor.membership:
            return self.none()
        published = ~Q(state=Campaign.State.DRAFT)
        if actor.membership.enterprise_id:
            return self.filter(published)
        return self.filter(published | Q(lead_unit__in=jurisdiction.reach(actor).units))


class Campaign(models.Model):
    """专项行动. Its scope (sectors, areas, features, dates) decides which records count in it; empty means all."""

    class State(models.TextChoices):
        DRAFT = "draft", "拟定中"
        RUNNING = "running", "进行中"
        CLOSED = "closed", "已结束"

        @property
        def tone(self):
            return {"draft": "info", "running": "open"}.get(self.value, "closed")

    MOVES = {State.DRAFT: (State.RUNNING,), State.RUNNING: (State.CLOSED,), State.CLOSED: (State.RUNNING,)}

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    notice_title = models.CharField("文件标题", max_length=200, blank=True)
    notice_number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    line = models.CharField("条线", max_length=20, choices=Line)
    lead_unit = models.ForeignKey(Unit, models.PROTECT, related_name="led_campaigns", verbose_name="牵头单位")
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="+", verbose_name="范围区划", help_text="统计表按其下各填报区域列行"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.RUNNING)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    sectors = models.ManyToManyField(Sector, blank=True, related_name="+", verbose_name="行业范围")
    areas = models.ManyToManyField(Area, blank=True, related_name="+", verbose_name="区域范围")
    features = models.ManyToManyField(RiskFeature, blank=True, related_name="+", verbose_name="领域范围")
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    email = models.CharField("邮箱", max_length=80, blank=True)
    goal = models.TextField("工作目标", blank=True)
    letters_by_themselves = models.BooleanField(
        "催办函自动发出", default=False, help_text="逾期第2个工作日起的催办函不经签发，直接发给单位负责人"
    )
    opened_on = models.DateField(
        "首次生成任务", null=True, blank=True, editable=False, help_text="在此之后加入的单位和企业自加入起报送"
    )
    reconciled_on = models.DateField("最近核对任务", null=True, blank=True, editable=False)
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="沿用自"
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专项行动"
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_start",
                violation_error_message="结束日期不能早于开始日期。",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("campaigns:campaign", args=[self.code])

    def natural_key(self):
        return (self.code,)

    def log_move(self, frm, to, by, comment):
        from organizations import audit

        audit.record(by, f"campaign.{to}", self, comment=comment)

    @property
    def tone(self):
        return Campaign.State(self.state).tone

    @cached_property
    def asked(self):
        """(who, in which form) of all its duties, once."""
        return set(self.deliverables.values_list("respondent", "form"))

    @property
    def has_two_lists(self):
        """Units hand in 问题隐患清单 and 制度措施清单."""
        return ("unit", "two-lists") in self.asked

    @property
    def asks_firms(self):
        return any(who == "enterprise" for who, _ in self.asked)


class PhaseQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, name):
        return self.get(campaign__code=code, name=name)


class Phase(models.Model):
    """阶段. Phases may overlap; the notice's own words for the span are kept beside the dates."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases", verbose_name="专项行动")
    name = models.CharField("名称", max_length=60)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    wording = models.CharField("原文", max_length=120, blank=True)
    position = models.PositiveIntegerField("顺序", default=0)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "阶段"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="phase_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="phase_ends_after_start",
                violation_error_message="阶段的结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (*self.campaign.natural_key(), self.name)

    natural_key.dependencies = ["campaigns.campaign"]


class AssignmentQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, number):
        return self.get(campaign__code=code, number=number)

    def visible_to(self, actor):
        """To follow how they go: one's own house's, and all of a campaign it leads (design §4.1: 404 for the rest)."""
        if jurisdiction.sees_everything(actor):
            return self
        if not actor.unit:
            return self.none()
        mine = jurisdiction.reach(actor).units
        led = Assignment.lead_units.through.objects.filter(unit__in=mine).values("assignment")
        shared = Assignment.cooperating_units.through.objects.filter(unit__in=mine).values("assignment")
        own = Q(campaign__lead_unit__in=mine) | Q(pk__in=led) | Q(pk__in=shared)
        return self.filter(own, campaign__in=Campaign.objects.visible_to(actor))


class Assignment(models.Model):
    """任务分工: a numbered task of the notice with its lead and cooperating units, as the notice names them."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="assignments", verbose_name="专项行动")
    number = models.PositiveIntegerField("序号")
    heading = models.CharField("所属部分", max_length=120, blank=True)
    text = models.TextField("任务")
    responsible = models.CharField("责任单位（原文）", max_length=300, blank=True)
    lead_units = models.ManyToManyField(Unit, blank=True, related_name="led_assignments", verbose_name="牵头单位")
    cooperating_units = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name="配合单位")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务分工"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="assignment_number_once")]

    def __str__(self):
        return f"{self.number}. {self.text[:30]}"

    def natural_key(self):
        return (*self.campaign.natural_key(), self.number)

    natural_key.dependencies = ["campaigns.campaign", "organizations.unit"]
