"""细化: what a district's firms check beyond the common list, or 不调整; only then their round opens."""

from django.db import models
from django.db.models import Q

from campaigns.models.deliverables import Deliverable
from organizations import jurisdiction
from organizations.models import Area, Unit


class TailoringQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Published for the firms of an area: read by them, by its units and by those above."""
        if jurisdiction.sees_everything(actor):
            return self
        if actor.enterprise:
            above = [part for part in actor.enterprise.area.path.strip("/").split("/") if part]
            return self.filter(area__code__in=above)
        return self.filter(area__in=jurisdiction.reach(actor).areas) if actor.unit else self.none()

    def beginning_on(self, day):
        """No run has opened their rounds yet, or one of this very day."""
        return self.filter(Q(opened_on__isnull=True) | Q(opened_on=day))


class Tailoring(models.Model):
    """One district's word on one deliverable: adjusted, with what is added, or not; said once."""

    deliverable = models.ForeignKey(Deliverable, models.PROTECT, related_name="tailorings", verbose_name="报送事项")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区域")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="公布单位")
    adjusted = models.BooleanField("有调整", default=False)
    text = models.TextField("本地细化内容", blank=True)
    published_at = models.DateTimeField("公布时间", auto_now_add=True)
    published_by = models.CharField("公布人", max_length=80)
    opened_on = models.DateField("开始填报日期", null=True, blank=True, help_text="公布后首次生成任务的日期")

    objects = TailoringQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本地细化"
        constraints = [
            models.UniqueConstraint(fields=["deliverable", "area"], name="tailored_once"),
            models.CheckConstraint(condition=Q(adjusted=False) | ~Q(text=""), name="adjustment_is_written"),
        ]

    def __str__(self):
        return f"{self.area} {self.deliverable}"
