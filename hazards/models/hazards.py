"""事故隐患: an enterprise's; general or major. Its moves, and what each state requires, are written here as data."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models

from documents.models import ImportBatch
from hazards.models.doubts import DoubtfulQuerySet
from hazards.models.indexes import INDEXES, NEWEST_FIRST, OPEN
from hazards.models.rules import RULES
from hazards.models.standards import Standard
from lib.text import query_bigrams
from organizations import jurisdiction
from organizations.models import Area, Enterprise, Sector, Unit, UnitSector, User


class HazardQuerySet(DoubtfulQuerySet):
    def visible_to(self, actor):
        return self.filter(jurisdiction.of_rows(actor, units=("found_by_unit",)))

    def ways_to(self, actor):
        """`visible_to` taken apart, for long lists."""
        return jurisdiction.ways_to_rows(actor, units=("found_by_unit",))

    def open(self):
        return self.filter(OPEN)

    def major(self):
        return self.filter(level=Hazard.Level.MAJOR)

    def reported_by_firm(self):
        """Majors the firm has found and told of itself: what may be spared (`is_spared_penalty_on`)."""
        return self.major().filter(found_by=Hazard.FoundBy.SELF, reported_on__isnull=False)

    def overdue_on(self, day):
        """A question about dates, never a stored state."""
        return self.open().filter(deadline_on__lt=day)

    def matching(self, text):
        """Rows whose number, firm, place or description hold every word of the text."""
        grams = query_bigrams(text)
        return self.filter(grams__contains=grams) if grams else self

    def for_list(self):
        return self.select_related("enterprise", "area", "sector", "found_by_unit")

    def for_page(self):
        """With all that one page about it names."""
        return self.for_list().select_related(
            "enterprise__area", "handled_in", "standard", "overruled_by", "overruled_with", "found_by_unit__part_of"
        )


@pghistory.track(exclude=["elsewhere"])
class Hazard(models.Model):
    """Place, sector and features are fixed at the event; `handled_in` follows the firm by a logged hand-over."""

    class Level(models.TextChoices):
        GENERAL = "general", "一般"
        MAJOR = "major", "重大"

    class FoundBy(models.TextChoices):
        SELF = "self", "企业自查"
        DEPARTMENT = "department", "部门检查"
        STATIONED = "stationed", "驻点监督"
        REPORTED = "reported", "举报"
        SUPERIOR = "superior", "上级督查"
        WARNING = "warning", "系统预警"

    class State(models.TextChoices):
        REGISTERED = "registered", "已登记"
        CONFIRMED = "confirmed", "已判定"
        RECTIFYING = "rectifying", "整改中"
        RECHECK_REQUESTED = "recheck_requested", "申请复查"
        CLOSED = "closed", "已销号"
        DISMISSED = "dismissed", "不属实"

    MOVES = {
        State.REGISTERED: (State.CONFIRMED, State.RECTIFYING, State.DISMISSED),
        State.CONFIRMED: (State.RECTIFYING, State.DISMISSED),
        # Back to 已判定 when what was taken for general turns out to be major.
        State.RECTIFYING: (State.RECHECK_REQUESTED, State.CLOSED, State.DISMISSED, State.CONFIRMED),
        State.RECHECK_REQUESTED: (State.CLOSED, State.RECTIFYING),
        State.CLOSED: (State.RECTIFYING,),
        State.DISMISSED: (State.REGISTERED,),
    }

    number = models.CharField("台账编号", max_length=30, unique=True)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="hazards", db_index=False, verbose_name="企业"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False, verbose_name="区市")
    reporting_area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+", verbose_name="统计口径区域")
    handled_in = models.ForeignKey(Area, models.PROTECT, related_name="+", db_index=False, verbose_name="办理区域")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+", verbose_name="行业")
    feature_names = ArrayField(models.CharField(max_length=40), verbose_name="领域", default=list, blank=True)

    level = models.CharField("隐患级别", max_length=8, choices=Level, help_text="判定前为拟定级别")
    state = models.CharField("状态", max_length=20, choices=State, default=State.REGISTERED)
    description = models.TextField("隐患描述")
    place = models.CharField("部位", max_length=120, blank=True)
    found_on = models.DateField("发现时间")
    found_by = models.CharField("发现方式", max_length=12, choices=FoundBy)
    found_by_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name="发现单位"
    )
    finder = models.CharField("发现人", max_length=40, blank=True)

    basis = models.CharField("判定依据", max_length=200, blank=True)
    standard = models.ForeignKey(
        Standard, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="判定标准"
    )
    clause = models.CharField("条款", max_length=60, blank=True)
    judged_on = models.DateField("判定日期", null=True, blank=True)
    judged_by = models.CharField("判定人", max_length=80, blank=True)

    overruled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name="更改认定提出人"
    )
    overruled_with = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name="更改认定复核人"
    )
    overruled_reason = models.CharField("更改认定理由", max_length=200, blank=True)

    on_site_measure = models.CharField("现场处置措施", max_length=200, blank=True)
    administrative_measure = models.CharField("行政处置措施", max_length=200, blank=True)
    stopped = models.BooleanField("责令停产停业", default=False)
    reported_on = models.DateField("报告日期", null=True, blank=True)

    fixed_at_once = models.BooleanField("立查立改", default=False)
    responsible = models.CharField("整改责任人", max_length=40, blank=True)
    measures = models.TextField("整改措施", blank=True)
    funds = models.DecimalField("整改资金（万元）", max_digits=12, decimal_places=2, null=True, blank=True)
    deadline_on = models.DateField("整改期限", null=True, blank=True)
    deadline_text = models.CharField("整改期限（原文）", max_length=60, blank=True)
    emergency_plan = models.CharField("应急预案", max_length=200, blank=True)
    planned_on = models.DateField("五到位落实日期", null=True, blank=True)

    rectified_on = models.DateField("整改完成时间", null=True, blank=True)
    recheck_requested_on = models.DateField("申请复查时间", null=True, blank=True)
    rechecked_on = models.DateField("复查时间", null=True, blank=True)
    rechecked_by = models.CharField("复查人", max_length=80, blank=True)
    checked_on = models.DateField("部门核查时间", null=True, blank=True)
    checked_by = models.CharField("核查人", max_length=80, blank=True)
    signed_head = models.CharField("主要负责人签字", max_length=40, blank=True)
    signed_director = models.CharField("安全总监签字", max_length=40, blank=True)
    closed_on = models.DateField("销号时间", null=True, blank=True)

    listed = models.BooleanField("挂牌督办", default=False)
    listing_unit_name = models.CharField("挂牌督办单位", max_length=120, blank=True)
    imported = models.BooleanField("导入的历史台账", default=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, related_name="+")
    elsewhere = models.GeneratedField(
        expression=models.ExpressionWrapper(jurisdiction.ELSEWHERE, models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    entry_key = models.UUIDField(null=True, unique=True, editable=False, help_text="同一次填报只登记一条")
    grams = ArrayField(models.CharField(max_length=2), default=list, blank=True, editable=False)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    recorded_by = models.CharField("登记人", max_length=80, blank=True)

    objects = HazardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事故隐患"
        ordering = NEWEST_FIRST
        indexes = INDEXES
        constraints = RULES

    def __str__(self):
        return f"{self.number} {self.description[:20]}"

    def log_move(self, frm, to, by, comment):
        HazardMove.objects.create(hazard=self, from_state=frm, to_state=to, comment=comment, **author(by))

    @property
    def is_self_found(self):
        return self.found_by == self.FoundBy.SELF

    @property
    def needs_recheck(self):
        """Found by a department, listed or stopped: the department's recheck is needed before closing (design §4.4)."""
        return not self.is_self_found or self.listed or self.stopped

    @property
    def is_major(self):
        return self.level == self.Level.MAJOR

    @property
    def is_open(self):
        return not self.is_settled

    @property
    def is_settled(self):
        return self.state in (self.State.CLOSED, self.State.DISMISSED)

    @property
    def tone(self):
        """Of the badge that shows the state."""
        return {self.State.CLOSED: "done", self.State.DISMISSED: "closed"}.get(self.state, "open")

    @property
    def missing_of_plan(self):
        """Which of 五到位 are still wanting, by their names."""
        five = {
            "责任人": self.responsible,
            "措施": self.measures,
            "资金": self.funds is not None,
            "期限": self.deadline_on,
            "应急预案": self.emergency_plan,
        }
        return [name for name, value in five.items() if not value]

    @property
    def is_fully_signed(self):
        return bool(self.signed_head and self.signed_director)

    def is_overdue_on(self, day):
        return self.is_open and self.deadline_on is not None and self.deadline_on < day

    def is_spared_penalty_on(self, day):
        """自查发现、已按规定报告并正在采取有效措施消除的，依法不予行政处罚 (S004-矿 五(二)3, S004-贸 三(三)2)."""
        treated = self.state in (self.State.RECTIFYING, self.State.RECHECK_REQUESTED, self.State.CLOSED)
        under_way = treated or bool(self.planned_on)
        told = self.is_major and self.is_self_found and self.reported_on is not None
        return told and under_way and not self.is_overdue_on(day)

    def registered_signers(self, role):
        """Who may sign as head or director, by name, with the account where there is one (S004-贸 一)."""
        people = self.enterprise.memberships.active().filter(role=role).select_related("user")
        named = getattr(self.enterprise, role)
        return ({named: None} if named else {}) | {str(one.user): one.user for one in people}

    def time_line(self):
        """Moves and entries together, newest first."""
        return sorted([*self.moves.all(), *self.entries.all()], key=lambda one: one.at, reverse=True)

    def supervisors(self):
        """Units to be told: those that answer for it where it is handled, and who found it."""
        finder = [self.found_by_unit.bureau] if self.found_by_unit else []
        return list(dict.fromkeys([*nearest_supervisors(self.handled_in, self.sector_id), *finder]))


def nearest_supervisors(area, sector_id):
    """Units with 直接监管 (else 行业主管) of the sector, nearest upward from the area."""
    codes = area.path.strip("/").split("/")
    powers = UnitSector.objects.filter(
        sector=sector_id, unit__active=True, unit__part_of=None, unit__area__code__in=codes
    ).select_related("unit__area")
    ranked = {power.unit: (len(power.unit.area.path), power.power == UnitSector.Power.DIRECT) for power in powers}
    return [unit for unit, rank in ranked.items() if rank == max(ranked.values())]


def author(by):
    """Who did it, as the time line keeps it."""
    return {"by": by.label[:80], "holder": by.holder_label[:120], "on_behalf_of": by.on_behalf_of[:120]}


def entered_for(entry):
    return "（代录）" if entry.on_behalf_of else ""


class HazardMove(models.Model):
    """The time line of a hazard: who moved it, when, why."""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, choices=Hazard.State)
    by = models.CharField("经手人", max_length=80)
    holder = models.CharField("单位", max_length=120, blank=True)
    on_behalf_of = models.CharField("代录", max_length=120, blank=True, help_text="由监管部门代哪家企业录入")
    comment = models.TextField("说明", blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        ordering = ["id"]

    @property
    def title(self):
        return self.get_to_state_display() + entered_for(self)

    @property
    def who(self):
        return self.by

    @property
    def tone(self):
        return {Hazard.State.CLOSED: "done", Hazard.State.DISMISSED: "closed"}.get(self.to_state, "open")


class HazardEntry(models.Model):
    """The rest of the time line: what was done to a hazard without moving it to another state."""

    class Kind(models.TextChoices):
        CORRECTED = "corrected", "更正"
        MEASURES = "measures", "处置措施"
        PLAN = "plan", "五到位"
        PROGRESS = "progress", "整改进展"
        EXTENDED = "extended", "调整期限"
        RECTIFIED = "rectified", "整改完成"
        SIGNED = "signed", "签字"
        OBJECTED = "objected", "企业异议"
        PROPOSED = "proposed", "提请更改认定"
        DECIDED = "decided", "认定复核"
        LISTED = "listed", "挂牌督办"
        DELISTED = "delisted", "摘牌"
        CHECKED = "checked", "部门核查"
        HANDED_OVER = "handed_over", "移交"
        PENALISED = "penalised", "行政处罚"

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="entries")
    kind = models.CharField("事项", max_length=12, choices=Kind)
    by = models.CharField("经手人", max_length=80)
    holder = models.CharField("单位", max_length=120, blank=True)
    on_behalf_of = models.CharField("代录", max_length=120, blank=True, help_text="由监管部门代哪家企业录入")
    comment = models.TextField("说明", blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        ordering = ["id"]

    tone = "info"

    @property
    def title(self):
        return self.get_kind_display() + entered_for(self)

    @property
    def who(self):
        return self.by


class LedgerNumber(models.Model):
    """The last number given per area and year; taken under a row lock, so numbers are never given twice."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "year"], name="ledger_number_once")]
