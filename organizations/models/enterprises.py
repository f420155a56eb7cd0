"""Enterprises and the corrections they propose to their own data."""

from datetime import datetime, time, timedelta

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from lib.text import folded, query_bigrams
from organizations import jurisdiction
from organizations.models.areas import Area, ReportingArea, RiskFeature, Sector, nearest_row
from organizations.models.units import Unit


class EnterpriseQuerySet(models.QuerySet):
    def get_by_natural_key(self, uscc):
        return self.get(uscc=uscc)

    def visible_to(self, actor):
        """Its own people, and units whose area and sectors hold it (design §4.1)."""
        return self.filter(jurisdiction.of_enterprises(actor))

    def as_of(self, day):
        """The register as it stood at the end of that day, from the versions; a firm's `id` is what it is here.

        A firm recorded only later stands as it was first written down.
        """
        versions = Enterprise.pgh_event_model
        after = datetime.combine(day + timedelta(days=1), time.min, timezone.get_current_timezone())
        late = models.Q(pgh_created_at__gte=after)
        newest_before = models.Case(models.When(late, then="pgh_id"), default=-models.F("pgh_id"))
        mine = versions.objects.filter(pgh_obj=models.OuterRef("pgh_obj")).annotate(
            late=models.ExpressionWrapper(late, models.BooleanField())
        )
        standing = mine.order_by("late", newest_before).values("pgh_id")[:1]
        return type(self)(versions).filter(pgh_id=models.Subquery(standing))

    def operating(self):
        return self.exclude(status=Enterprise.Status.DEREGISTERED)

    def matching(self, words):
        """By what a name contains, or what a code begins with."""
        code = folded(words).upper()
        by_code = models.Q(uscc__startswith=code) if code.isascii() and code else models.Q()
        return self.filter(models.Q(grams__contains=query_bigrams(words)) | by_code) if words else self

    def with_feature(self, *names):
        return self.filter(feature_names__overlap=list(names))

    def to_be_watched(self):
        """`must_be_watched` as a filter."""
        return self.filter(status=Enterprise.Status.STOPPED_EMPTY, sector__group=Sector.Group.MINES, left_on=None)

    def key(self):
        """重点企业: `is_key` as a filter (S004-贸 三(三)1)."""
        ammonia = models.Q(feature_names__contains=["涉氨制冷"], ammonia_tonnes__gte=10)
        dust = models.Q(feature_names__contains=["粉尘涉爆"], dust_workers__gte=10)
        steel_or_well = models.Q(feature_names__overlap=["钢铁", "深井铸造"])
        return self.filter(models.Q(grade__in=["C", "D"]) | steel_or_well | ammonia | dust)


# A hundred thousand enterprises arrive at once, so new ones get their versions by one statement. Changes get theirs row
# by row: the statement trigger's join keeps the plan of the first, small change, and takes hours over a large one.
@pghistory.track(
    pghistory.InsertEvent(level=pghistory.Statement),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["grams"],
)
class Enterprise(models.Model):
    """企业. One area, one sector, features by name; keyed by 统一社会信用代码 (GB 32100-2015)."""

    class Status(models.TextChoices):
        PRODUCING = "producing", "正常生产"
        BUILDING = "building", "基建"
        RESUMING = "resuming", "复工"
        STOPPED_MANNED = "stopped_manned", "停产停建有人作业"
        STOPPED_EMPTY = "stopped_empty", "停产停建无人作业"
        DEREGISTERED = "deregistered", "注销"

    class Grade(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"
        D = "D", "D"

    name = models.CharField("企业全称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="enterprises", verbose_name="区市")
    town = models.CharField("镇街", max_length=60, blank=True)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="enterprises", verbose_name="行业")
    feature_names = ArrayField(models.CharField(max_length=40), verbose_name="领域", default=list, blank=True)
    grade = models.CharField("分级", max_length=1, choices=Grade, blank=True)
    employees = models.PositiveIntegerField("从业人员数", null=True, blank=True)
    status = models.CharField("经营状态", max_length=16, choices=Status, default=Status.PRODUCING)
    head = models.CharField("主要负责人", max_length=40, blank=True)
    head_mobile = models.CharField("主要负责人手机", max_length=20, blank=True)
    director = models.CharField("安全总监", max_length=40, blank=True)
    director_mobile = models.CharField("安全总监手机", max_length=20, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    ammonia_tonnes = models.DecimalField("液氨储量（吨）", max_digits=10, decimal_places=2, null=True, blank=True)
    dust_workers = models.PositiveIntegerField("涉粉作业人数", null=True, blank=True)
    state_owned = models.BooleanField("国有企业", null=True, blank=True)
    major_hazard_source = models.BooleanField("重大危险源", null=True, blank=True)
    dispatched_labour = models.BooleanField("劳务派遣", null=True, blank=True)
    special_operations = models.BooleanField("特种作业", null=True, blank=True)
    joined_on = models.DateField("纳入日期", null=True, blank=True)
    left_on = models.DateField("退出日期", null=True, blank=True)
    confirmed_at = models.DateTimeField("企业核对时间", null=True, blank=True)
    grams = ArrayField(models.CharField(max_length=2), default=list, blank=True, editable=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        ordering = ["name", "id"]
        indexes = [
            GinIndex(fields=["grams"], name="enterprise_grams"),
            GinIndex(fields=["feature_names"], name="enterprise_features"),
            models.Index(fields=["area", "sector"], name="enterprise_area_sector"),
            models.Index(fields=["name", "id"], name="enterprise_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True)
                | models.Q(joined_on__isnull=True)
                | models.Q(left_on__gte=models.F("joined_on")),
                name="enterprise_leaves_after_joining",
                violation_error_message="退出日期不能早于纳入日期。",
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.uscc,)

    @property
    def label(self):
        return self.name

    def stamps(self, rules=None):
        """What a row about this firm keeps from the moment it happens, so that counting never moves when the firm does.

        Keys: area, reporting_area, handled_in, sector, feature_names (design §4.1). `rules` are all reporting rules
        (`as_rules`), for callers that stamp many rows.
        """
        line = self.sector.line
        row = ReportingArea.objects.row_of(line, self.area) if rules is None else nearest_row(rules, line, self.area)
        places = {"area": self.area, "reporting_area": row, "handled_in": self.area}
        return places | {"sector": self.sector, "feature_names": list(self.feature_names)}

    @property
    def tone(self):
        """Of the badge that names its status."""
        return {"producing": "done", "building": "info", "resuming": "info"}.get(self.status, "closed")

    @property
    def features(self):
        return RiskFeature.objects.filter(name__in=self.feature_names)

    @property
    def must_be_watched(self):
        """A mine standing still with nobody at work: 驻矿盯守 or 联系盯守 instead of inspection (S004-矿 三)."""
        stopped = self.status == Enterprise.Status.STOPPED_EMPTY and self.left_on is None
        return stopped and self.sector.group == Sector.Group.MINES

    @property
    def is_large_ammonia(self):
        """液氨储量10吨以上涉氨制冷 (S004-贸 三(三)1)."""
        return "涉氨制冷" in self.feature_names and (self.ammonia_tonnes or 0) >= 10

    @property
    def is_key(self):
        """重点企业, to be checked once without exception in phase 3 (S004-贸 三(三)1)."""
        many_in_dust = "粉尘涉爆" in self.feature_names and (self.dust_workers or 0) >= 10
        steel_or_well = bool({"钢铁", "深井铸造"} & set(self.feature_names))
        return self.grade in {"C", "D"} or steel_or_well or self.is_large_ammonia or many_in_dust


class EnterpriseChangeQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(jurisdiction.of_enterprises(actor, "enterprise__"))

    def pending(self):
        return self.filter(state=EnterpriseChange.State.PENDING)

    def with_places(self):
        return self.select_related("enterprise__area", "enterprise__sector", "decided_by_unit")


class EnterpriseChange(models.Model):
    """企业信息核对: what the firm says its data should be, for the district to approve or refuse.

    `values` maps a field to [what stood there, what should], both as JSON.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待核准"
        APPROVED = "approved", "已采纳"
        REFUSED = "refused", "未采纳"

    MOVES = {State.PENDING: (State.APPROVED, State.REFUSED)}

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="changes", verbose_name="企业")
    values = models.JSONField("拟改内容", help_text="字段名到新值")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    proposed_by = models.CharField("提出人", max_length=80)
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.CharField("核准人", max_length=80, blank=True)
    decided_at = models.DateTimeField("核准时间", null=True, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)

    objects = EnterpriseChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业信息核对"
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(state="pending"),
                name="one_pending_change",
                violation_error_message="已有一份修改等待核准。",
            )
        ]

    def __str__(self):
        return f"{self.enterprise}（{self.get_state_display()}）"

    @property
    def tone(self):
        return {"pending": "soon", "approved": "done", "refused": "closed"}[self.state]

    def log_move(self, frm, to, by, comment):
        from organizations import audit

        audit.record(by, f"enterprise_change.{to}", self, comment=comment)
