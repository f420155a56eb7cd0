"""对照检查: published checklists that never change, and a respondent's answers to them, saved one by one."""

import uuid

from django.db import models
from django.db.models import Q

from campaigns.models import Obligation
from hazards.models import Hazard, Problem
from organizations import jurisdiction
from organizations.models import Area, Enterprise, Sector, Unit, User


class Polarity(models.TextChoices):
    """How a question is put: a yes is good, a yes is bad, or its clauses differ."""

    POSITIVE = "positive", "正向"
    NEGATIVE = "negative", "反向"
    MIXED = "mixed", "正反兼有"


class ChecklistQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, version):
        return self.get(code=code, version=version)

    def published(self):
        return self.filter(published_on__isnull=False)


class Checklist(models.Model):
    """对照检查表. A published version never changes; a change is a new version."""

    class Audience(models.TextChoices):
        UNIT = "unit", "部门"
        ENTERPRISE = "enterprise", "企业"
        GOVERNMENT = "government", "党委政府"

    code = models.SlugField("代码", max_length=40)
    version = models.PositiveSmallIntegerField("版本", default=1)
    name = models.CharField("名称", max_length=120)
    audience = models.CharField("填报主体", max_length=12, choices=Audience)
    source = models.CharField("出处", max_length=200, blank=True)
    published_on = models.DateField("发布日期", null=True, blank=True)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对照检查表"
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once")]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.code, self.version)


class ItemQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, version, number):
        return self.get(checklist__code=code, checklist__version=version, number=number)


class Item(models.Model):
    """条目. The category's text, not its number, tells categories apart: the 56-item list has two headings 八."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items", verbose_name="对照检查表")
    number = models.PositiveSmallIntegerField("序号")
    category_no = models.CharField("类别序号", max_length=8, blank=True)
    category = models.CharField("对照检查内容", max_length=120)
    text = models.TextField("对照检查标准和要求")
    polarity = models.CharField("问法", max_length=10, choices=Polarity, default=Polarity.POSITIVE)
    applies_to = models.CharField("适用对象", max_length=120, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "条目"
        ordering = ["checklist", "number"]
        constraints = [models.UniqueConstraint(fields=["checklist", "number"], name="item_number_once")]

    def __str__(self):
        return f"{self.number}. {self.text[:30]}"

    def natural_key(self):
        return (*self.checklist.natural_key(), self.number)

    natural_key.dependencies = ["checklists.checklist"]


class ClauseQuerySet(models.QuerySet):
    def get_by_natural_key(self, code, version, item, number):
        return self.get(item__checklist__code=code, item__checklist__version=version, item__number=item, number=number)


class Clause(models.Model):
    """分项: one assertion of a compound item, answered on its own where the list is kept by clause."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="clauses", verbose_name="条目")
    number = models.PositiveSmallIntegerField("序号")
    text = models.TextField("内容")
    polarity = models.CharField("问法", max_length=10, choices=Polarity, default=Polarity.POSITIVE)
    applies_to = models.CharField("适用对象", max_length=120, blank=True)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分项"
        ordering = ["item", "number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="clause_number_once")]

    def __str__(self):
        return self.text[:30]

    def natural_key(self):
        return (*self.item.natural_key(), self.number)

    natural_key.dependencies = ["checklists.item"]


class SelfInspectionQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """By the enterprise's stamps, or by the unit (design §4.1)."""
        firms = Q(enterprise__isnull=False) & jurisdiction.of_rows(actor)
        return self.filter(firms | Q(unit__isnull=False) & jurisdiction.of_units(actor))


class SelfInspection(models.Model):
    """自查: one respondent's pass through one checklist. Hand-in, return and acceptance live on the Submission."""

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="inspections", verbose_name="对照检查表")
    obligation = models.OneToOneField(
        Obligation, models.PROTECT, null=True, blank=True, related_name="self_inspection", verbose_name="应报任务"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="self_inspections", verbose_name="单位"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="self_inspections", verbose_name="企业"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    reporting_area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    handled_in = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, related_name="+")
    locked = models.BooleanField("已提交", default=False, help_text="提交后不能改，退回后解锁")
    started_at = models.DateTimeField("开始时间", auto_now_add=True)

    objects = SelfInspectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自查"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) ^ Q(enterprise__isnull=False), name="self_inspection_one_respondent"
            )
        ]

    def __str__(self):
        return f"{self.checklist}（{self.respondent}）"

    @property
    def respondent(self):
        return self.unit or self.enterprise


class AnswerQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(inspection__in=SelfInspection.objects.visible_to(actor))


class Answer(models.Model):
    """对照结果 to one item or clause. `version` grows by one per save; a save names the version it was made from.

    `client_id` is made by the device, so that a resend after a lost reply is the same answer, not a second one.
    """

    class Result(models.TextChoices):
        COMPLIANT = "compliant", "符合"
        PARTIAL = "partial", "部分符合"
        NONCOMPLIANT = "noncompliant", "不符合"
        NOT_APPLICABLE = "not_applicable", "不涉及"

    inspection = models.ForeignKey(SelfInspection, models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+")
    client_id = models.UUIDField(default=uuid.uuid4, unique=True)
    version = models.PositiveIntegerField(default=1)
    result = models.CharField("对照结果", max_length=16, choices=Result)
    note = models.TextField("情况说明", blank=True)
    fixed_at_once = models.BooleanField("已立查立改", default=False)
    returned_reason = models.CharField("退回意见", max_length=200, blank=True)
    hazard = models.ForeignKey(
        Hazard, models.PROTECT, null=True, blank=True, related_name="answers", verbose_name="转为隐患"
    )
    problem = models.ForeignKey(
        Problem, models.PROTECT, null=True, blank=True, related_name="answers", verbose_name="转为问题"
    )
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="填报人")
    answered_at = models.DateTimeField("时间", auto_now=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对照结果"
        ordering = ["item__number", "clause__number"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item", "clause"], name="answer_once", nulls_distinct=False),
        ]
