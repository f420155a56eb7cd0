"""What departments do on the spot: trips and visits, actions and cases. All are counted, so all are versioned."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from campaigns.models import Campaign, Obligation
from documents.models import ImportBatch
from hazards.models import Hazard
from organizations import jurisdiction
from organizations.models import Area, Enterprise, Sector, Unit


def counted_mode(field):
    """驻点, 帮扶 and 督导 are not inspections: a setting says which ways of checking do not count."""
    words = settings.UNCOUNTED_VISIT_MODES
    return ~Q(**{f"{field}__regex": "|".join(words)}) if words else Q()


class TripQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(pk__in=Visit.objects.visible_to(actor).values("trip"))


@pghistory.track()
class Trip(models.Model):
    """检查组（次）: one team of one unit out for one day; officers and experts are counted once per trip."""

    date = models.DateField("检查日期")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="trips", verbose_name="检查单位")
    team = models.CharField("检查组编号", max_length=40)
    officers = models.PositiveSmallIntegerField("执法人员（人）", default=0)
    experts = models.PositiveSmallIntegerField("专家（人）", default=0)
    mode = models.CharField("检查方式", max_length=20, default="执法检查")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TripQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查组"
        ordering = ["-date", "-id"]
        indexes = [models.Index(fields=["date"], name="trip_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "unit", "team"],
                name="trip_once",
                violation_error_message="该检查组当日已登记，请在原记录上补充企业。",
            )
        ]

    def __str__(self):
        return f"{self.date:%Y-%m-%d} {self.unit} {self.team}"


class Flag(models.TextChoices):
    """The nine spot-check findings of both forms, 抽查-2…10 and 1.7…1.15 (S004); wording as the 工贸 form prints it."""

    HEAD_NOT_STUDYING = "head_not_studying", "企业主要负责人未按要求亲自研究排查整治工作的"
    HEAD_NOT_LEADING = "head_not_leading", "企业主要负责人未带队检查的"
    NO_DUTY_LIST = "no_duty_list", "企业未制定分管负责人职责清单的"
    NO_SAFETY_STAFF = "no_safety_staff", "企业未依法建立安全管理机构和配足安全管理人员的"
    UNLICENSED_WORK = "unlicensed_work", "电焊等特种作业岗位人员无证上岗作业的"
    CONTRACTING_CHAOS = "contracting_chaos", "外包外租安全管理混乱的"
    NO_DRILL = "no_drill", "未按规定开展应急演练、员工不熟悉逃生出口的"
    TRAINING_FORMALITY = "training_formality", "安全教育培训走过场的"
    MEASURES_NOT_APPLIED = "measures_not_applied", "制度措施不落实的"


class VisitQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(jurisdiction.of_rows(actor, units=("trip__unit",)))

    def counted(self):
        """Without those made in a way that is no inspection."""
        return self.filter(counted_mode("trip__mode"))

    def with_house(self):
        """`house`: the bureau that made the visit, itself or through an office."""
        return self.annotate(house=Coalesce("trip__unit__part_of", "trip__unit"))


@pghistory.track()
class Visit(models.Model):
    """检查（一企一次）: one enterprise on a trip. Several visits of one enterprise on one trip are legal rows."""

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="visits", verbose_name="检查组")
    date = models.DateField("检查日期", help_text="同检查组日期，随行存放以便统计")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="visits", verbose_name="企业")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    reporting_area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    handled_in = models.ForeignKey(Area, models.PROTECT, related_name="+")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+")
    feature_names = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    flags = ArrayField(models.CharField(max_length=24, choices=Flag), verbose_name="抽查发现", default=list, blank=True)
    note = models.TextField("情况", blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查"
        ordering = ["-date", "-id"]
        indexes = [
            models.Index(fields=["date"], name="visit_date"),
            models.Index(fields=["enterprise", "-date"], name="visit_enterprise"),
        ]

    def __str__(self):
        return f"{self.trip}：{self.enterprise}"


class PenaltyCaseQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(pk__in=EnforcementAction.objects.visible_to(actor).values("case"))


@pghistory.track()
class PenaltyCase(models.Model):
    """案件: decisions under one number. `both_on` is the later of the two first decisions (一案双罚), else empty."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="penalty_cases", verbose_name="实施单位")
    number = models.CharField("案号", max_length=60)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="penalty_cases", verbose_name="企业"
    )
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, related_name="+")
    feature_names = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    both_on = models.DateField("双罚日期", null=True, blank=True)

    objects = PenaltyCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "案件"
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="case_once")]
        indexes = [models.Index(fields=["both_on"], name="case_both_on")]

    def __str__(self):
        return self.number


class EnforcementActionQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """By the enterprise's stamps; those that name no enterprise by the unit that acted."""
        firms = Q(enterprise__isnull=False) & jurisdiction.of_rows(actor, units=("unit",))
        return self.filter(firms | Q(enterprise__isnull=True) & jurisdiction.of_units(actor))


@pghistory.track()
class EnforcementAction(models.Model):
    """行政处置 and 帮扶. A row that names no enterprise points at its campaign (design §4.5)."""

    class Kind(models.TextChoices):
        PENALTY = "penalty", "行政处罚"
        SUSPENSION = "suspension", "责令停产整顿"
        TRANSFER = "transfer", "移送司法机关"
        EXPOSURE = "exposure", "曝光"
        INTERVIEW = "interview", "约谈"
        JOINT_PUNISHMENT = "joint_punishment", "联合惩戒"
        PUBLISHED_CASE = "published_case", "公布典型案例"
        ACCOUNTABILITY = "accountability", "追责问责"
        AREA_INTERVIEW = "area_interview", "约谈通报地区部门"
        AREA_SUPPORT = "area_support", "帮扶指导重点地区"
        FIRM_SUPPORT = "firm_support", "帮扶指导重点企业"
        WARNING = "warning", "警示建议"
        SUPERVISION_LETTER = "supervision_letter", "督办函"
        CLOSURE_REQUEST = "closure_request", "提请关闭"
        SECTOR_BAN = "sector_ban", "行业禁入"
        INSPECTION_TOUR = "inspection_tour", "考核巡查督导"
        REPORT_REWARD = "report_reward", "举报奖励"

    class Target(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        HEAD = "head", "主要负责人"

    date = models.DateField("日期")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="actions", verbose_name="实施单位")
    kind = models.CharField("类型", max_length=20, choices=Kind)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name="企业"
    )
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    reporting_area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    handled_in = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, related_name="+")
    feature_names = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    target = models.CharField("对象", max_length=12, choices=Target, blank=True)
    case = models.ForeignKey(
        PenaltyCase, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name="案件"
    )
    fine = models.DecimalField("罚款（万元）", max_digits=12, decimal_places=2, null=True, blank=True)
    persons = models.PositiveIntegerField("人数", null=True, blank=True)
    dangerous_operation = models.BooleanField("危险作业罪案例", default=False)
    target_name = models.CharField("对象地区/部门", max_length=120, blank=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="专项行动"
    )
    hazard = models.ForeignKey(
        Hazard, models.PROTECT, null=True, blank=True, related_name="penalties", verbose_name="所涉隐患"
    )
    spared_reason = models.CharField(
        "仍予处罚的理由", max_length=200, blank=True, help_text="所涉隐患依法不予处罚时填写"
    )
    note = models.TextField("说明", blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EnforcementActionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政处置"
        ordering = ["-date", "-id"]
        indexes = [
            models.Index(fields=["date"], name="action_date"),
            models.Index(fields=["enterprise", "-date"], name="action_enterprise"),
        ]

    def __str__(self):
        return f"{self.date:%Y-%m-%d} {self.unit} {self.get_kind_display()}"


class DutyLogQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Whoever sees the duty sees how it was done."""
        return self.filter(obligation__in=Obligation.objects.visible_to(actor))

    def with_places(self):
        return self.select_related("obligation__deliverable", "obligation__unit", "obligation__enterprise")


@pghistory.track()
class DutyLog(models.Model):
    """履职记录: what answers an activity duty (带队检查, 演练, 培训, 会议 …); what was found may become hazards."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="duty_logs", verbose_name="应报任务")
    held_on = models.DateField("日期")
    led_by = models.CharField("带队/主持人", max_length=60)
    took_part = models.CharField("参加人员", max_length=300, blank=True)
    place = models.CharField("地点/对象", max_length=200, blank=True)
    content = models.TextField("开展情况")
    found = models.TextField("发现的问题", blank=True)
    hazards = models.ManyToManyField(Hazard, blank=True, related_name="duty_logs", verbose_name="登记的隐患")
    entry_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    recorded_by = models.CharField("登记人", max_length=80)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = DutyLogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职记录"
        ordering = ["-held_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(led_by=""), name="duty_log_names_who_led")]

    def __str__(self):
        return f"{self.held_on:%Y-%m-%d} {self.obligation.deliverable}"

    def get_absolute_url(self):
        return reverse("inspections:duty_log", args=[self.pk])
