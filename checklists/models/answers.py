"""对照结果: one answer to one item or clause, saved as it is given."""

import uuid

import pghistory
from django.db import models

from checklists.models.checklists import FALLS_SHORT, Clause, Item, Polarity, Result
from checklists.models.inspections import SelfInspection
from hazards.models import Hazard, Problem
from organizations.models import User


class AnswerQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(inspection__in=SelfInspection.objects.visible_to(actor))

    def falling_short(self):
        return self.filter(result__in=FALLS_SHORT)


@pghistory.track()
class Answer(models.Model):
    """对照结果 to one item or clause. `version` grows by one per save; a save names the version it was made from.

    `client_id` is made by the device, so that a resend after a lost reply is the same answer, not a second one.
    Earlier answers, and so what was handed in as 第 n 稿, are in the history.
    """

    Result = Result

    inspection = models.ForeignKey(SelfInspection, models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, models.PROTECT, related_name="answers")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="answers")
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

    def __str__(self):
        return f"第{self.item.number}项 {self.label}"

    @property
    def label(self):
        """In the question's own words: 未发现（符合）."""
        return Polarity((self.clause or self.item).polarity).option(self.result).label

    @property
    def kind(self):
        return Result(self.result)

    @property
    def falls_short(self):
        return self.result in FALLS_SHORT
