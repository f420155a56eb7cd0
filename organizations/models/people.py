"""People and the posts they hold; one person may hold several and switches between them."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from organizations.models.enterprises import Enterprise
from organizations.models.units import Unit


class User(AbstractUser):
    """An account. Names are Chinese and whole, so `name` stands in for first and last name."""

    name = models.CharField("姓名", max_length=40)
    mobile = models.CharField("手机", max_length=20, blank=True)
    must_change_password = models.BooleanField("须修改初始密码", default=False)
    first_code_expires_at = models.DateTimeField("一次性密码有效期至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return self.name


class Role(models.TextChoices):
    """岗位. The first six belong to units, the last three to enterprises."""

    ADMIN = "admin", "管理员"
    CLERK = "clerk", "经办人"
    REVIEWER = "reviewer", "审核人"
    DEPUTY = "deputy", "分管负责人"
    CHIEF = "chief", "主要负责人"
    OFFICER = "officer", "执法人员"
    HEAD = "head", "企业主要负责人"
    DIRECTOR = "director", "安全总监（分管负责人）"
    SAFETY = "safety", "安全员"


ENTERPRISE_ROLES = (Role.HEAD, Role.DIRECTOR, Role.SAFETY)


class MembershipQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True, user__is_active=True)

    def with_holder(self):
        return self.select_related("user", "unit__area", "unit__part_of", "enterprise__area", "enterprise__sector")

    def visible_to(self, actor):
        """Colleagues of the same unit or firm, people of units below, and of firms within one's reach."""
        from organizations import jurisdiction

        if jurisdiction.sees_everything(actor):
            return self
        if not actor.membership:
            return self.none()
        if actor.membership.enterprise_id:
            return self.filter(enterprise_id=actor.membership.enterprise_id)
        return self.filter(
            jurisdiction.of_units(actor, "unit__")
            | Q(enterprise__isnull=False) & jurisdiction.of_enterprises(actor, "enterprise__")
        )

    def managed_by(self, actor):
        """Posts whose accounts the actor may open, reset and end."""
        from organizations import jurisdiction

        if jurisdiction.sees_everything(actor):
            return self
        if not actor.unit:
            return self.none()
        return self.filter(
            jurisdiction.of_managed_units(actor, "unit__")
            | Q(enterprise__isnull=False) & jurisdiction.of_enterprises(actor, "enterprise__")
        )

    def matching(self, words):
        """By name or mobile of the person, or by the name of the unit or firm."""
        if not words:
            return self
        person = Q(user__name__icontains=words) | Q(user__mobile__startswith=words) | Q(user__username=words)
        return self.filter(person | Q(unit__name__icontains=words) | Q(enterprise__name__icontains=words))


class Membership(models.Model):
    """岗位: user × unit or enterprise × role."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name="用户")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="单位"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name="企业"
    )
    role = models.CharField("岗位", max_length=12, choices=Role)
    active = models.BooleanField("在岗", default=True)
    since = models.DateField("任职起", null=True, blank=True)
    until = models.DateField("任职止", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) ^ Q(enterprise__isnull=False),
                name="membership_one_holder",
                violation_error_message="岗位须属于一个单位或一家企业，且只能是其中之一。",
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True, role__in=[r for r in Role.values if r not in ENTERPRISE_ROLES])
                | Q(enterprise__isnull=False, role__in=list(ENTERPRISE_ROLES)),
                name="membership_role_fits_holder",
                violation_error_message="企业岗位与单位岗位不能混用。",
            ),
            models.UniqueConstraint(fields=["user", "unit", "role"], name="membership_unit_once"),
            models.UniqueConstraint(fields=["user", "enterprise", "role"], name="membership_enterprise_once"),
        ]

    def __str__(self):
        return f"{self.holder} {self.get_role_display()} {self.user}"

    @property
    def state(self):
        """The word and the tone of its badge: 停用, 待首次登录, 在岗."""
        if not (self.active and self.user.is_active):
            return {"label": "已停用", "tone": "closed"}
        if self.user.must_change_password:
            return {"label": "待首次登录", "tone": "soon"}
        return {"label": "在岗", "tone": "done"}

    @property
    def holder(self):
        """The unit or the enterprise the post belongs to."""
        return self.unit or self.enterprise
