"""责任人名册: the named people of a unit: its 班子成员, and who answers for which firm."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from organizations import jurisdiction
from organizations.models.enterprises import Enterprise
from organizations.models.people import User
from organizations.models.units import Unit


class ResponsibleQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """People of one's own house and of units below; those who answer for the firms one sees; a firm's own."""
        if jurisdiction.sees_everything(actor):
            return self
        if not actor.membership:
            return self.none()
        if actor.membership.enterprise_id:
            return self.filter(enterprise=actor.membership.enterprise_id)
        firms = Q(enterprise__isnull=False) & jurisdiction.of_enterprises(actor, "enterprise__")
        own = Q(unit__in=jurisdiction.reach(actor).units)
        return self.filter(firms | own | Q(enterprise__isnull=True) & jurisdiction.of_units(actor))

    def current_on(self, day):
        """In office on that day; the day somebody leaves is his successor's."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day), starts_on__lte=day)

    def not_over_on(self, day):
        """In office, or to come."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))

    def leaders(self):
        return self.filter(kind=Responsible.Kind.LEADER)

    def of_house(self, unit):
        """The unit's people and those of its offices."""
        return self.filter(Q(unit=unit) | Q(unit__part_of=unit))

    def matching(self, words):
        """By what the person's or the firm's name contains, or how the mobile or the firm's code begins."""
        if not words:
            return self
        number = Q(mobile__startswith=words) | Q(enterprise__uscc__startswith=words.upper())
        return self.filter(Q(name__icontains=words) | Q(enterprise__name__icontains=words) | number)

    def for_list(self):
        return self.select_related("unit", "enterprise__area", "enterprise__sector")


class Responsible(models.Model):
    """责任人: a person of a unit, as one of its leaders or answering for one firm, from a day until another.

    `ended_on` is the first day out of office: a successor begins on it. Nothing is deleted: duties of the past keep
    the name of whoever had them.
    """

    class Kind(models.TextChoices):
        LEADER = "leader", "班子成员"
        SUPERVISE = "supervise", "监管"
        CONTRACT = "contract", "包保"
        STATION = "station", "驻点"
        WATCH = "watch", "盯守"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="responsibles", verbose_name="单位")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="responsibles", verbose_name="企业"
    )
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=60, blank=True)
    mobile = models.CharField("手机", max_length=20, blank=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="平台账号")
    starts_on = models.DateField("任职起")
    ended_on = models.DateField("任职止", null=True, blank=True, help_text="不再任职的第一天")

    objects = ResponsibleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "责任人"
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "unit"], name="responsible_kind_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="leader", enterprise__isnull=True) | ~Q(kind="leader") & Q(enterprise__isnull=False),
                name="responsible_for_a_firm_or_leader",
                violation_error_message="班子成员不对应企业；监管、包保、驻点、盯守须写明企业。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on")),
                name="responsible_ends_after_start",
                violation_error_message="离任日期不能早于任职日期。",
            ),
            models.UniqueConstraint(
                fields=["unit", "kind", "enterprise", "name"],
                condition=Q(ended_on__isnull=True),
                nulls_distinct=False,
                name="responsible_once",
                violation_error_message="该责任人已在名册中。",
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.get_kind_display()} {self.name}" + (
            f"：{self.enterprise}" if self.enterprise else ""
        )

    @property
    def state(self):
        """The word and the tone of its badge: 在任, 未到任, 将离任, 已离任."""
        today = timezone.localdate()
        if self.ended_on and self.ended_on <= today:
            return {"label": "已离任", "tone": "closed"}
        if self.starts_on > today:
            return {"label": "未到任", "tone": "info"}
        return {"label": "将离任", "tone": "soon"} if self.ended_on else {"label": "在任", "tone": "done"}
