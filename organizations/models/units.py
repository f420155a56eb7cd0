"""Units: bureaus, their offices, towns and committees, and the sectors each answers for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from organizations import jurisdiction
from organizations.models.areas import Area, Line, NamedQuerySet, Sector


class UnitQuerySet(NamedQuerySet):
    def active(self):
        return self.filter(active=True)

    def of_line(self, line):
        return self.filter(lines__contains=[line])

    def visible_to(self, actor):
        """Units are named in every table, so whoever is logged in may see that they exist."""
        return self if actor.is_system or actor.membership else self.none()

    def managed_by(self, actor):
        """Units for which the actor may open accounts."""
        return self.filter(jurisdiction.of_managed_units(actor, ""))


class Unit(models.Model):
    """单位/科室. An office is `part_of` its bureau; `lines` says which chains of command it stands in."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", "政府"
        BUREAU = "bureau", "部门"
        OFFICE = "office", "科室"
        TOWN = "town", "镇街"
        COMMITTEE = "committee", "安委会"

    name = models.CharField("名称", max_length=80, unique=True)
    short_name = models.CharField("简称", max_length=40, blank=True)
    kind = models.CharField("类型", max_length=12, choices=Kind)
    lines = ArrayField(models.CharField(max_length=20, choices=Line), verbose_name="条线", default=list, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="units", verbose_name="所属区划")
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="offices", verbose_name="隶属"
    )
    sectors = models.ManyToManyField(Sector, through="UnitSector", related_name="units", verbose_name="行业")
    all_sectors = models.BooleanField("负责全部行业", default=False, help_text="安委办等综合单位")
    active = models.BooleanField("在用", default=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="已并入",
        help_text="机构合并后由谁接收和牵头；填写后请取消“在用”",
    )
    contact = models.CharField("联系人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    email = models.EmailField("公务邮箱", blank=True)
    position = models.PositiveIntegerField("顺序", default=0)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("pk")),
                name="unit_not_merged_into_itself",
                violation_error_message="单位不能并入自己。",
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.name,)

    natural_key.dependencies = ["organizations.area"]

    @property
    def label(self):
        return self.short_name or self.name

    @property
    def bureau(self):
        """The unit that answers to the outside: an office's bureau, else the unit itself."""
        return self.part_of or self

    def sector_ids(self):
        """Sectors this unit works for; an office without its own works for its bureau's."""
        own = list(self.unitsector_set.values_list("sector_id", flat=True))
        if not own and self.part_of_id:
            return self.part_of.sector_ids()
        return own

    def supervises_directly(self, sector):
        """Whether the unit has 直接监管, and so may penalise, in this sector (S000, S001 四(二))."""
        return self.bureau.unitsector_set.filter(sector=sector, power=UnitSector.Power.DIRECT).exists()


class UnitSectorQuerySet(models.QuerySet):
    def get_by_natural_key(self, unit, sector):
        return self.get(unit__name=unit, sector__name=sector)


class UnitSector(models.Model):
    """行业主管 or 直接监管: a property of the pair unit × sector; only the second may penalise."""

    class Power(models.TextChoices):
        INDUSTRY = "industry", "行业主管"
        DIRECT = "direct", "直接监管"

    unit = models.ForeignKey(Unit, models.CASCADE, verbose_name="单位")
    sector = models.ForeignKey(Sector, models.PROTECT, verbose_name="行业")
    power = models.CharField("职责", max_length=10, choices=Power)

    objects = UnitSectorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位行业职责"
        constraints = [models.UniqueConstraint(fields=["unit", "sector"], name="unit_sector_once")]

    def __str__(self):
        return f"{self.unit} {self.get_power_display()} {self.sector}"

    def natural_key(self):
        return (*self.unit.natural_key(), *self.sector.natural_key())

    natural_key.dependencies = ["organizations.unit", "organizations.sector"]
