"""Reference data about place and trade; the administrator edits it, domain rows point at it."""

from django.db import models


class Line(models.TextChoices):
    """条线: the vertical chain of command a unit, a sector or a table belongs to."""

    MIIT = "miit", "工信"
    EMERGENCY = "emergency", "应急"
    SAFETY_COMMITTEE = "safety_committee", "安委办"


class AreaQuerySet(models.QuerySet):
    def within(self, area):
        """The area itself and everything below it."""
        return self.filter(path__startswith=area.path)

    def get_by_natural_key(self, code):
        return self.get(code=code)


class Area(models.Model):
    """行政区划/功能区. `path` is the chain of codes from the province, ended by a slash, so a prefix is a subtree."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"
        ZONE = "zone", "功能区"
        TOWN = "town", "镇街"

    code = models.CharField("代码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=12, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=160, unique=True, help_text="从省级起各级代码，以“/”结尾")
    position = models.PositiveIntegerField("顺序", default=0)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="area_name_once_per_parent",
                violation_error_message="同一上级下已有这个名称。",
            )
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.code,)


def nearest_row(rules, line, area):
    """The area in whose row `area` counts, by rules as `ReportingAreaQuerySet.as_rules` gives them; None without."""
    codes = reversed(area.path.strip("/").split("/"))
    return next((rules[line, code] for code in codes if (line, code) in rules), None)


class ReportingAreaQuerySet(models.QuerySet):
    def row_of(self, line, area):
        """The area in whose row `area` counts in tables of the line: the nearest ancestor's rule, or None."""
        codes = area.path.strip("/").split("/")
        return nearest_row(self.filter(line=line, area__code__in=codes).as_rules(), line, area)

    def as_rules(self):
        """(line, code of an area) → the area it counts in: read once where many rows are stamped."""
        return {(r.line, r.area.code): r.counted_in for r in self.select_related("area", "counted_in")}

    def get_by_natural_key(self, line, code):
        return self.get(line=line, area__code=code)


class ReportingArea(models.Model):
    """统计口径: in which row of a line's tables an area counts (综保区 counts in 经区 for 应急)."""

    line = models.CharField("条线", max_length=20, choices=Line)
    area = models.ForeignKey(Area, models.PROTECT, related_name="reporting", verbose_name="区划")
    counted_in = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="计入")
    position = models.PositiveIntegerField("行序", default=0)

    objects = ReportingAreaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "统计口径区域"
        ordering = ["line", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "area"],
                name="reporting_area_once_per_line",
                violation_error_message="该条线已为此区划设过口径。",
            )
        ]

    def __str__(self):
        return f"{self.get_line_display()}：{self.area} 计入 {self.counted_in}"

    def natural_key(self):
        return (self.line, *self.area.natural_key())

    natural_key.dependencies = ["organizations.area"]


class NamedQuerySet(models.QuerySet):
    def get_by_natural_key(self, name):
        return self.get(name=name)


class Sector(models.Model):
    """行业. `line` says which line's tables count its enterprises; `group` gathers the eight 工贸 trades."""

    class Group(models.TextChoices):
        TRADE = "trade", "工贸"
        MINES = "mines", "非煤矿山"
        MIIT = "miit", "工信"
        OTHER = "other", "其他"

    name = models.CharField("名称", max_length=40, unique=True)
    line = models.CharField("条线", max_length=20, choices=Line)
    group = models.CharField("类别", max_length=12, choices=Group)
    high_risk = models.BooleanField("高危行业", default=False)
    position = models.PositiveIntegerField("顺序", default=0)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行业"
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.name,)


class RiskFeature(models.Model):
    """领域/风险特征: 涉氨制冷, 粉尘涉爆 …; names are what rows keep, so a name never changes its meaning."""

    name = models.CharField("名称", max_length=40, unique=True)
    aliases = models.CharField("别名", max_length=200, blank=True, help_text="用顿号分隔；导入时认得")
    position = models.PositiveIntegerField("顺序", default=0)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "领域/风险特征"
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.name,)


class WorkDayQuerySet(models.QuerySet):
    def get_by_natural_key(self, day):
        return self.get(day=day)


class WorkDay(models.Model):
    """An exception to the national calendar: a local holiday, or a year the calendar does not know yet."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("是工作日")
    note = models.CharField("依据", max_length=120, blank=True)

    objects = WorkDayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作日调整"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {'工作日' if self.is_workday else '休息日'}"

    def natural_key(self):
        return (str(self.day),)
