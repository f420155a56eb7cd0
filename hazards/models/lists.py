"""两个清单: a unit's own problems and the measures that answer problems and hazards. Never in the dispatch tables."""

from django.db import models

from hazards.models.hazards import Hazard
from organizations import jurisdiction
from organizations.models import Unit


class ProblemQuerySet(models.QuerySet):
    def visible_to(self, actor):
        return self.filter(jurisdiction.of_units(actor))


class Problem(models.Model):
    """问题隐患清单: 问题, 类别, 责任单位, 责任人, 整改要求, 时限, 进展."""

    class State(models.TextChoices):
        OPEN = "open", "整改中"
        DONE = "done", "已完成"

    MOVES = {State.OPEN: (State.DONE,), State.DONE: (State.OPEN,)}

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="problems", verbose_name="责任单位")
    text = models.TextField("问题")
    category = models.CharField("类别", max_length=80, blank=True)
    responsible = models.CharField("责任人", max_length=40, blank=True)
    requirement = models.TextField("整改要求", blank=True)
    due_on = models.DateField("时限", null=True, blank=True)
    progress = models.TextField("进展", blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    found_on = models.DateField("发现时间")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问题"
        ordering = ["-id"]

    def __str__(self):
        return self.text[:30]

    @property
    def is_done(self):
        return self.state == self.State.DONE

    def log_move(self, frm, to, by, comment):
        from organizations import audit

        audit.record(by, f"problem.{to}", self, comment=comment)


class Measure(models.Model):
    """制度措施清单: a lasting measure, linked to the problems and hazards it answers."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="measures", verbose_name="制定单位")
    title = models.CharField("制度措施", max_length=200)
    content = models.TextField("主要内容", blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    done_on = models.DateField("完成时间", null=True, blank=True)
    problems = models.ManyToManyField(Problem, blank=True, related_name="measures", verbose_name="对应问题")
    hazards = models.ManyToManyField(Hazard, blank=True, related_name="lasting_measures", verbose_name="对应隐患")

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "制度措施"
        ordering = ["-id"]

    def __str__(self):
        return self.title
