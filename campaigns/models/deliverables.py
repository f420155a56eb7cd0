"""报送事项: what a kind of respondent owes, by which due rule, to whom."""

from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from campaigns.models.campaigns import Campaign
from lib.periods import Recurrence
from organizations.models import Area, RiskFeature, Sector, Unit
from organizations.models.areas import Line
from organizations.models.people import Role


class CountWords(NamedTuple):
    """How a count speaks: what is done, that nothing is to do, what to do about what is done and not yet counted."""

    done: str
    nothing: str
    behind: str


class DeliverableQuerySet(models.QuerySet):
    def get_by_natural_key(self, campaign, code):
        return self.get(campaign__code=campaign, code=code)


class Deliverable(models.Model):
    """A row of a notice's duties; the rule is recurrence, day, cut-off, work-day policy, window, origin.

    Respondents lie within the campaign's scope; `features` means any of them. Where a stricter rule `replaces` a
    general one, the general one says nothing of it: who falls under the stricter owes only that. A duty without a day
    ends with its period (每季度至少1次) or with the window. What units owe and `counts` records is never handed in:
    the records fulfil it (campaigns.actions.counting), and its conditions on firms say which of them are to be
    visited, or watched by somebody of the roster. `person` hands in for the respondent: what a 驻点人员 owes the unit
    that sent him stays in that unit (`file`). With `each_of` each person of that kind in the unit's roster owes it by
    name; `person` then is who owes it while the roster names nobody. Origin is 文件原文 if the day follows from the
    notice alone.
    """

    class Respondent(models.TextChoices):
        UNIT = "unit", "单位"
        ENTERPRISE = "enterprise", "企业"

    Recurrence = Recurrence

    class Policy(models.TextChoices):
        AS_IS = "as_is", "按原定日期"
        EARLIER = "earlier", "遇休息日提前"
        LATER = "later", "遇休息日顺延"

    class Origin(models.TextChoices):
        NOTICE = "notice", "文件原文"
        LOCAL = "local", "本局设定"
        UNDATED = "undated", "文件未定日期"

    class RecipientRule(models.TextChoices):
        LEAD = "lead", "牵头单位"
        SECTOR_OFFICE = "sector_office", "行业对口科室"
        LEAD_AND_OFFICE = "lead_and_office", "牵头单位和行业对口科室"
        AREA_UNIT = "area_unit", "所在地同条线主管部门"
        NAMED = "named", "指定单位"
        FILE = "file", "留存备查"

    class Counts(models.TextChoices):
        VISITS = "visits", "检查记录"
        WATCHERS = "watchers", "盯守责任人"

    COUNT_WORDS = {
        Counts.VISITS: CountWords("已检查", "没有应检查的企业", "已检查的请补录检查记录"),
        Counts.WATCHERS: CountWords("已落实盯守", "没有应盯守的企业", "已落实的请在责任人名册登记盯守责任人"),
    }

    class EachOf(models.TextChoices):
        """Kinds of organizations.Responsible, and how they are called together."""

        LEADER = "leader", "每位班子成员"
        STATION = "station", "每名驻点人员"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="deliverables", verbose_name="专项行动")
    code = models.SlugField("代码", max_length=40)
    name = models.CharField("名称", max_length=120)
    position = models.PositiveIntegerField("顺序", default=0)
    group = models.CharField("一并报送", max_length=40, blank=True, help_text="同组事项一并报送")
    form = models.CharField(
        "形式",
        max_length=60,
        default="text",
        help_text="text, files, record, two-lists, checklist:代码, return:表, receipt",
    )
    source = models.TextField("文件原文", blank=True)

    respondent = models.CharField("填报主体", max_length=12, choices=Respondent)
    person = models.CharField("具体人员", max_length=40, blank=True, help_text="驻点人员、安全总监 …")
    each_of = models.CharField(
        "逐人报送", max_length=8, choices=EachOf, blank=True, help_text="按填报单位的责任人名册，一人一项任务"
    )
    line = models.CharField("条线", max_length=20, choices=Line, blank=True)
    unit_kinds = ArrayField(
        models.CharField(max_length=12, choices=Unit.Kind), verbose_name="单位类型", default=list, blank=True
    )
    area_levels = ArrayField(
        models.CharField(max_length=12, choices=Area.Level), verbose_name="区划层级", default=list, blank=True
    )
    named_respondents = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name="指定填报单位")
    areas = models.ManyToManyField(Area, blank=True, related_name="+", verbose_name="区域")
    sectors = models.ManyToManyField(Sector, blank=True, related_name="+", verbose_name="行业")
    features = models.ManyToManyField(RiskFeature, blank=True, related_name="+", verbose_name="领域")
    except_features = models.ManyToManyField(RiskFeature, blank=True, related_name="+", verbose_name="除外领域")
    grades = ArrayField(models.CharField(max_length=1), verbose_name="分级", default=list, blank=True)
    statuses = ArrayField(models.CharField(max_length=16), verbose_name="经营状态", default=list, blank=True)
    key_only = models.BooleanField("仅重点企业", default=False)
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by", verbose_name="替代的一般规定"
    )

    recurrence = models.CharField("频次", max_length=12, choices=Recurrence)
    due_on = models.DateField("截止日期", null=True, blank=True, help_text="一次性事项")
    due_month = models.PositiveSmallIntegerField(
        "截止月", null=True, blank=True, help_text="季、半年、年内第几个月；空为末月"
    )
    due_day = models.PositiveSmallIntegerField("截止日", null=True, blank=True, help_text="每月几日；31 表示月末")
    cut_off = models.TimeField("截止时刻", null=True, blank=True, help_text="空为当日24时")
    policy = models.CharField("休息日", max_length=8, choices=Policy, default=Policy.AS_IS)
    starts_on = models.DateField("起算", null=True, blank=True)
    ends_on = models.DateField("止于", null=True, blank=True)
    origin = models.CharField("日期来源", max_length=8, choices=Origin, default=Origin.NOTICE)

    recipient_rule = models.CharField("报送给", max_length=16, choices=RecipientRule, default=RecipientRule.LEAD)
    recipients = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name="指定接收单位")
    counts = models.CharField(
        "以台账计", max_length=40, choices=Counts, blank=True, help_text="由记录自动计数的事项，不需报送"
    )
    optional = models.BooleanField("可不报", default=False, help_text="鼓励开展、视情报送的事项不催报")
    nil_allowed = models.BooleanField("可零报告", default=False)
    provincial_allowed = models.BooleanField(
        "可在省平台上报", default=False, help_text="已在省平台上报的，填编号或传截图即可"
    )
    audit_days = models.PositiveSmallIntegerField(
        "科室审核时限（工作日）", null=True, blank=True, help_text="报送后先由行业对口科室审核把关；空为不需要"
    )
    tailored = models.BooleanField(
        "区市细化后开始", default=False, help_text="区市公布本地细化内容或确定不调整后，该区市的企业才开始填报"
    )

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送事项"
        ordering = ["campaign", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="deliverable_code_once"),
            models.CheckConstraint(
                condition=~Q(recurrence="once") | Q(due_on__isnull=False) | Q(origin="undated"),
                name="deliverable_once_has_date",
                violation_error_message="一次性事项须填写截止日期；文件未定日期的请选“文件未定日期”。",
            ),
            models.CheckConstraint(
                condition=Q(counts="") | Q(respondent="unit", person=""),
                name="deliverable_counts_for_units",
                violation_error_message="以台账计的事项只能由单位承担，不指定具体人员。",
            ),
            models.CheckConstraint(
                condition=Q(each_of="") | Q(respondent="unit", counts="") & ~Q(person=""),
                name="deliverable_each_of_units",
                violation_error_message="逐人报送的事项只能由单位承担，须写明具体人员，不以台账计。",
            ),
            models.CheckConstraint(
                condition=Q(due_day__isnull=True) | Q(due_day__range=(1, 31)),
                name="deliverable_day_in_month",
                violation_error_message="截止日应为1至31。",
            ),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (*self.campaign.natural_key(), self.code)

    natural_key.dependencies = [
        "campaigns.campaign",
        "organizations.unit",
        "organizations.sector",
        "organizations.riskfeature",
    ]

    @property
    def form_kind(self):
        return self.form.partition(":")[0]

    @property
    def count_words(self):
        """Of a counted duty."""
        return self.COUNT_WORDS[self.counts]

    @property
    def form_argument(self):
        """The checklist code or the table that the form names."""
        return self.form.partition(":")[2]


HAND_IN_ROLES = {
    Deliverable.Respondent.UNIT: (Role.CLERK,),
    Deliverable.Respondent.ENTERPRISE: (Role.HEAD, Role.DIRECTOR),
}
