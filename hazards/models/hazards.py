"""事故隐患: an enterprise's; general or major. Its moves, and what each state requires, are written here as data."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from documents.models import ImportBatch
from hazards.models.standards import Standard
from organizations import jurisdiction
from organizations.models import Area, Enterprise, Sector, Unit


class HazardQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(jurisdiction.of_rows(actor, units=("found_by_unit",)))

    def open(self):
        return self.exclude(state__in=(Hazard.State.CLOSED, Hazard.State.DISMISSED))

    def major(self):
        return self.filter(level=Hazard.Level.MAJOR)

    def overdue_on(self, day):
        """A question about dates, never a stored state."""
        return self.open().filter(deadline_on__lt=day)

    def for_list(self):
        return self.select_related("enterprise", "area", "sector", "found_by_unit")


@pghistory.track()
class Hazard(models.Model):
    """Place, sector and features are fixed at the event; `handled_in` follows the firm by a logged hand-over."""

    class Level(models.TextChoices):
        GENERAL = "general", "一般"
        MAJOR = "major", "重大"

    class FoundBy(models.TextChoices):
        SELF = "self", "企业自查"
        DEPARTMENT = "department", "部门检查"
        STATIONED = "stationed", "驻点监督"
        REPORTED = "reported", "举报"
        SUPERIOR = "superior", "上级督查"
        WARNING = "warning", "系统预警"

    class State(models.TextChoices):
        REGISTERED = "registered", "已登记"
        CONFIRMED = "confirmed", "已判定"
        RECTIFYING = "rectifying", "整改中"
        RECHECK_REQUESTED = "recheck_requested", "申请复查"
        CLOSED = "closed", "已销号"
        DISMISSED = "dismissed", "不属实"

    MOVES = {
        State.REGISTERED: (State.CONFIRMED, State.RECTIFYING, State.DISMISSED),
        State.CONFIRMED: (State.RECTIFYING, State.DISMISSED),
        State.RECTIFYING: (State.RECHECK_REQUESTED, State.CLOSED, State.DISMISSED),
        State.RECHECK_REQUESTED: (State.CLOSED, State.RECTIFYING),
        State.CLOSED: (State.RECTIFYING,),
        State.DISMISSED: (State.REGISTERED,),
    }

    number = models.CharField("台账编号", max_length=30, unique=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="hazards", verbose_name="企业")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区市")
    reporting_area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name="统计口径区域")
    handled_in = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="办理区域")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+", verbose_name="行业")
    feature_names = ArrayField(models.CharField(max_length=40), verbose_name="领域", default=list, blank=True)

    level = models.CharField("隐患级别", max_length=8, choices=Level, help_text="判定前为拟定级别")
    state = models.CharField("状态", max_length=20, choices=State, default=State.REGISTERED)
    description = models.TextField("隐患描述")
    place = models.CharField("部位", max_length=120, blank=True)
    found_on = models.DateField("发现时间")
    found_by = models.CharField("发现方式", max_length=12, choices=FoundBy)
    found_by_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发现单位"
    )
    finder = models.CharField("发现人", max_length=40, blank=True)

    basis = models.CharField("判定依据", max_length=200, blank=True)
    standard = models.ForeignKey(
        Standard, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="判定标准"
    )
    clause = models.CharField("条款", max_length=60, blank=True)
    judged_on = models.DateField("判定日期", null=True, blank=True)
    judged_by = models.CharField("判定人", max_length=80, blank=True)

    on_site_measure = models.CharField("现场处置措施", max_length=200, blank=True)
    administrative_measure = models.CharField("行政处置措施", max_length=200, blank=True)
    stopped = models.BooleanField("责令停产停业", default=False)
    reported_on = models.DateField("报告日期", null=True, blank=True)

    fixed_at_once = models.BooleanField("立查立改", default=False)
    responsible = models.CharField("整改责任人", max_length=40, blank=True)
    measures = models.TextField("整改措施", blank=True)
    funds = models.DecimalField("整改资金（万元）", max_digits=12, decimal_places=2, null=True, blank=True)
    deadline_on = models.DateField("整改期限", null=True, blank=True)
    deadline_text = models.CharField("整改期限（原文）", max_length=60, blank=True)
    emergency_plan = models.CharField("应急预案", max_length=200, blank=True)
    planned_on = models.DateField("五到位落实日期", null=True, blank=True)

    rectified_on = models.DateField("整改完成时间", null=True, blank=True)
    recheck_requested_on = models.DateField("申请复查时间", null=True, blank=True)
    rechecked_on = models.DateField("复查时间", null=True, blank=True)
    rechecked_by = models.CharField("复查人", max_length=80, blank=True)
    checked_on = models.DateField("部门核查时间", null=True, blank=True)
    checked_by = models.CharField("核查人", max_length=80, blank=True)
    signed_head = models.CharField("主要负责人签字", max_length=40, blank=True)
    signed_director = models.CharField("安全总监签字", max_length=40, blank=True)
    closed_on = models.DateField("销号时间", null=True, blank=True)

    listed = models.BooleanField("挂牌督办", default=False)
    listing_unit_name = models.CharField("挂牌督办单位", max_length=120, blank=True)
    imported = models.BooleanField("导入的历史台账", default=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, related_name="+")
    grams = ArrayField(models.CharField(max_length=2), default=list, blank=True, editable=False)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.CharField("登记人", max_length=80, blank=True)

    objects = HazardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事故隐患"
        ordering = ["-found_on", "-id"]
        indexes = [
            GinIndex(fields=["grams"], name="hazard_grams"),
            models.Index(fields=["area", "-found_on", "-id"], name="hazard_area_found"),
            models.Index(fields=["enterprise", "-found_on"], name="hazard_enterprise"),
            models.Index(
                fields=["-found_on", "-id"], name="hazard_open", condition=~Q(state__in=("closed", "dismissed"))
            ),
            models.Index(fields=["-found_on", "-id"], name="hazard_found"),
            models.Index(fields=["found_by_unit"], name="hazard_finder"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(imported=True)
                | ~Q(state__in=("rectifying", "recheck_requested", "closed"))
                | Q(level="general")
                | Q(fixed_at_once=True)
                | Q(planned_on__isnull=False)
                & ~Q(responsible="")
                & ~Q(measures="")
                & Q(funds__isnull=False)
                & Q(deadline_on__isnull=False)
                & ~Q(emergency_plan=""),
                name="major_rectifies_by_plan",
                violation_error_message="重大事故隐患整改须落实责任人、措施、资金、期限和应急预案“五到位”。",
            ),
            models.CheckConstraint(
                condition=Q(imported=True)
                | ~Q(state="closed")
                | Q(level="general")
                | ~Q(signed_head="") & ~Q(signed_director=""),
                name="major_closes_on_two_signatures",
                violation_error_message="重大事故隐患销号须主要负责人和安全总监（分管负责人）签字。",
            ),
            models.CheckConstraint(
                condition=Q(imported=True)
                | ~Q(state="closed")
                | Q(level="general")
                | Q(found_by="self", listed=False, stopped=False)
                | ~Q(rechecked_by=""),
                name="found_by_department_closes_on_recheck",
                violation_error_message="部门发现、挂牌督办或责令停产的重大事故隐患须经部门复查后销号。",
            ),
            models.CheckConstraint(condition=~Q(state="closed") | Q(closed_on__isnull=False), name="closed_has_date"),
            models.CheckConstraint(
                condition=Q(imported=True) | Q(closed_on__isnull=True) | Q(closed_on__gte=F("found_on")),
                name="closed_after_found",
                violation_error_message="销号时间不能早于发现时间。",
            ),
            models.CheckConstraint(
                condition=Q(imported=True) | Q(signed_head="") | ~Q(signed_head=F("signed_director")),
                name="two_signers_are_two_people",
                violation_error_message="主要负责人和安全总监须为两人分别签字。",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.description[:20]}"

    def log_move(self, frm, to, by, comment):
        HazardMove.objects.create(
            hazard=self, from_state=frm, to_state=to, by=by.label, holder=by.holder_label, comment=comment
        )

    @property
    def is_self_found(self):
        return self.found_by == self.FoundBy.SELF

    @property
    def needs_recheck(self):
        """Found by a department, listed or stopped: the department's recheck is needed before closing (design §4.4)."""
        return not self.is_self_found or self.listed or self.stopped

    @property
    def found_by_on_form(self):
        """The official forms know two ways of finding: 自查 and 部门检查 (S004 附件2)."""
        return "自查" if self.is_self_found else "部门检查"


class HazardMove(models.Model):
    """The time line of a hazard: who moved it, when, why."""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, choices=Hazard.State)
    by = models.CharField("经手人", max_length=80)
    holder = models.CharField("单位", max_length=120, blank=True)
    comment = models.TextField("说明", blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        ordering = ["id"]


class LedgerNumber(models.Model):
    """The last number given per area and year; taken under a row lock, so numbers are never given twice."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "year"], name="ledger_number_once")]
