"""两个清单: a unit's own problems and the measures that answer problems and hazards. Never in the dispatch tables."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from hazards.models.hazards import Hazard
from organizations import jurisdiction
from organizations.models import Unit


class ListQuerySet(models.QuerySet):
    """Of either list; the model's `DONE` says when a row of it is settled."""

    def visible_to(self, actor):
        return self.filter(jurisdiction.of_units(actor))

    def done(self):
        return self.filter(self.model.DONE)

    def open(self):
        return self.exclude(self.model.DONE)

    def overdue_on(self, day):
        return self.open().filter(due_on__lt=day)


class ProblemQuerySet(ListQuerySet):
    def in_campaign(self, campaign):
        """Found before it ends, and not settled before it began (where the day is not known: found since then)."""
        earlier = Q(done_on__lt=campaign.starts_on) | Q(done_on__isnull=True, found_on__lt=campaign.starts_on)
        return self.filter(found_on__lte=campaign.ends_on).exclude(self.model.DONE & earlier)

    def unlinked(self):
        """No measure answers it."""
        return self.filter(~Exists(Measure.problems.through.objects.filter(problem=OuterRef("pk"))))


class MeasureQuerySet(ListQuerySet):
    def in_campaign(self, campaign):
        """Not settled before it began, and not one that answers only problems of other times."""
        answers = Measure.problems.through.objects.filter(measure=OuterRef("pk"))
        ours = answers.filter(problem__in=Problem.objects.in_campaign(campaign))
        return self.exclude(done_on__lt=campaign.starts_on).filter(~Exists(answers) | Exists(ours))

    def unlinked(self):
        """Answers neither a problem nor a hazard."""
        through = (Measure.problems.through, Measure.hazards.through)
        return self.filter(*(~Exists(one.objects.filter(measure=OuterRef("pk"))) for one in through))


class Problem(models.Model):
    """问题隐患清单: 问题, 类别, 责任单位, 责任人, 整改要求, 时限, 进展."""

    class State(models.TextChoices):
        OPEN = "open", "整改中"
        DONE = "done", "已完成"

    MOVES = {State.OPEN: (State.DONE,), State.DONE: (State.OPEN,)}
    DONE = Q(state="done")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="problems", verbose_name="责任单位")
    text = models.TextField("问题")
    category = models.CharField("类别", max_length=80, blank=True)
    responsible = models.CharField("责任人", max_length=40, blank=True)
    requirement = models.TextField("整改要求", blank=True)
    due_on = models.DateField("时限", null=True, blank=True)
    progress = models.TextField("进展", blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    found_on = models.DateField("发现时间")
    done_on = models.DateField("完成时间", null=True, blank=True)
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

    DONE = Q(done_on__isnull=False)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="measures", verbose_name="制定单位")
    title = models.CharField("制度措施", max_length=200)
    content = models.TextField("主要内容", blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    done_on = models.DateField("完成时间", null=True, blank=True)
    problems = models.ManyToManyField(Problem, blank=True, related_name="measures", verbose_name="对应问题")
    hazards = models.ManyToManyField(Hazard, blank=True, related_name="lasting_measures", verbose_name="对应隐患")

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "制度措施"
        ordering = ["-id"]

    def __str__(self):
        return self.title
