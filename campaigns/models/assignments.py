"""任务进展: how far each numbered task of a notice is, told by its units, judged by the campaign's lead unit."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.campaigns import Assignment
from organizations.models import Unit


class AssignmentProgressQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Of the tasks one's own house leads or shares, and all of a campaign it leads."""
        return self.filter(assignment__in=Assignment.objects.visible_to(actor))

    def newest(self):
        """Of each unit of each task its last report, and the last judgement."""
        keys = ("assignment_id", "is_judgement", "unit_id")
        return self.order_by(*keys, "-reported_at", "-pk").distinct(*keys)


class AssignmentProgress(models.Model):
    """One report of a unit, or one judgement (认定) of the campaign's lead unit; never changed, never deleted.

    A judgement without a light takes the earlier one back: the units' own words count again.
    """

    class Light(models.TextChoices):
        GREEN = "green", "正常推进"
        YELLOW = "yellow", "进展缓慢"
        RED = "red", "严重滞后"
        DONE = "done", "已完成"

        @property
        def tone(self):
            return {"yellow": "soon", "red": "late"}.get(self.value, "done")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="progress", verbose_name="任务分工")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    is_judgement = models.BooleanField("牵头单位认定", default=False)
    text = models.TextField("进展", help_text="做了什么、还差什么、下一步")
    percent = models.PositiveSmallIntegerField("进度（%）", null=True, blank=True, help_text="0至100，说不准的留空")
    light = models.CharField("状态", max_length=10, choices=Light, blank=True)
    reported_by = models.CharField("报告人", max_length=120)
    reported_at = models.DateTimeField("报告时间", default=timezone.now)

    objects = AssignmentProgressQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务进展"
        ordering = ["-reported_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__lte=100),
                name="progress_within_100",
                violation_error_message="进度应在0至100之间。",
            ),
            models.CheckConstraint(condition=~Q(light="") | Q(is_judgement=True), name="progress_report_has_light"),
            models.CheckConstraint(
                condition=~Q(light="done") | Q(percent__isnull=True) | Q(percent=100), name="progress_done_is_100"
            ),
        ]

    def __str__(self):
        return f"{self.assignment} {self.unit}"

    @property
    def tone(self):
        return self.Light(self.light).tone if self.light else "info"

    @property
    def title(self):
        """正常推进 60%; 牵头单位认定：严重滞后."""
        if self.is_judgement:
            return f"牵头单位认定：{self.get_light_display()}" if self.light else "牵头单位取消认定，以单位报告为准"
        return self.get_light_display() + (f" {self.percent}%" if self.percent is not None else "")

    @property
    def at(self):
        return self.reported_at

    @property
    def who(self):
        return self.reported_by

    @property
    def comment(self):
        return self.text
