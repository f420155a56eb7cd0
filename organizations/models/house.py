"""审签: who within a unit checks and who signs off what leaves the house."""

from django.db import models
from django.db.models import F, Q

from organizations.models.people import User
from organizations.models.units import Unit


class HouseStepQuerySet(models.QuerySet):
    def of(self, unit):
        """A unit's own steps in order; an office without any follows its bureau's."""
        own = list(self.filter(unit=unit).select_related("person", "stand_in").order_by("position"))
        return own or (self.of(unit.part_of) if unit.part_of_id else [])

    def held_by(self, user):
        return self.filter(Q(person=user) | Q(stand_in=user))


class HouseStep(models.Model):
    """A step before the hand-in: 审核 or 签发, by a person, or by the stand-in (B角) while that person is away."""

    class Step(models.TextChoices):
        REVIEW = "review", "审核"
        SIGN = "sign", "签发"

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="house_steps", verbose_name="单位")
    step = models.CharField("环节", max_length=8, choices=Step)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人（A角）")
    stand_in = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代办人（B角）"
    )

    objects = HouseStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本单位审签"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "step"], name="house_step_once"),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("person")),
                name="stand_in_is_another",
                violation_error_message="代办人（B角）须是另一个人。",
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.get_step_display()}"

    def is_for(self, user):
        return user is not None and user.pk in (self.person_id, self.stand_in_id)
