"""应报任务: who owes what by when, as stored rows; and the reminders already decided."""

from datetime import datetime, time, timedelta

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from campaigns.models.campaigns import Campaign
from campaigns.models.deliverables import Deliverable
from campaigns.models.standing import NOT_ASKED, WITH_RECIPIENT, Standing, standing_at
from lib import periods
from notifications.models import Message
from organizations import jurisdiction
from organizations.models import Area, Enterprise, HouseStep, Sector, Unit

CHASED_AFTER_END = timedelta(days=60)
# Promised by the end of a day: a broken promise is taken up the next morning at 08:30.
PROMISE_GRACE = timedelta(hours=8, minutes=30)
LAST_WORDS = {
    "submitted": ("info", "待审核"),
    "audited": ("info", "科室已审"),
    "returned": ("soon", "已退回"),
    "void": ("late", "视为未报"),
}


class ObligationQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """The respondent's own; its recipients' (and their bureau's); units of the same line above it (design §4.1)."""
        if jurisdiction.sees_everything(actor):
            return self
        if not actor.membership:
            return self.none()
        if actor.membership.enterprise_id:
            return self.filter(enterprise=actor.membership.enterprise_id)
        mine = jurisdiction.reach(actor)
        received = Q(pk__in=Obligation.recipients.through.objects.filter(unit__in=mine.units).values("obligation"))
        firms = Q(enterprise__isnull=False) & jurisdiction.of_rows(actor)
        return self.filter(received | Q(unit__isnull=False) & jurisdiction.of_units(actor) | firms)

    def of_firms_seen_by(self, actor):
        """`visible_to` of what firms owe, by place and sector alone: boards of many firms do not ask who receives."""
        return self.filter(jurisdiction.of_rows(actor), enterprise__isnull=False)

    def owed_by(self, actor):
        """What the current post's unit or enterprise owes itself."""
        if not actor.membership:
            return self.none()
        return self.filter(unit=actor.membership.unit_id, enterprise=actor.membership.enterprise_id)

    def signed_by_house_of(self, actor):
        """What the actor may have to check or sign: his unit's; for the people of its steps, also that of its offices
        which have none of their own and follow these."""
        if not actor.membership or not actor.membership.unit_id:
            return self.none()
        unit = actor.membership.unit_id
        theirs = HouseStep.objects.filter(unit=unit).held_by(actor.user)
        follow = Q(Exists(theirs), unit__part_of=unit, unit__house_steps__isnull=True)
        return self.filter(Q(unit=unit) | follow)

    def owed_by_house(self, actor):
        """What its people may hand in: the firm's own; of a unit also what its bureau or its offices owe."""
        if not actor.membership or actor.membership.enterprise_id:
            return self.owed_by(actor)
        return self.filter(unit__in=jurisdiction.reach(actor).units)

    def received_by(self, actor):
        if not actor.membership or not actor.membership.unit_id:
            return self.none()
        received = Obligation.recipients.through.objects.filter(unit__in=jurisdiction.reach(actor).units)
        return self.filter(pk__in=received.values("obligation"))

    def open(self):
        return self.filter(state=Obligation.State.OPEN)

    def left_behind(self):
        """Open, of a firm that stands elsewhere today: handing over follows a move at once."""
        return self.open().filter(enterprise__isnull=False).exclude(handled_in=F("enterprise__area"))

    def unanswered(self):
        """Still chased: open and nothing valid handed in."""
        return self.open().filter(handed_in_at__isnull=True)

    def chased_at(self, moment):
        """What reminders go out for: pursued, and no promise pending."""
        return self.pursued_at(moment).filter(Q(promised_at__isnull=True) | Q(promised_at__lte=moment - PROMISE_GRACE))

    def muted_at(self, moment):
        """Pursued but for a promise that may still be kept."""
        return self.pursued_at(moment).filter(promised_at__gt=moment - PROMISE_GRACE)

    def pursued_at(self, moment):
        """Unanswered, not optional, campaign running, a count not complete.

        A campaign that ended long ago and was never closed chases nobody any more.
        """
        running = Q(
            deliverable__campaign__state=Campaign.State.RUNNING,
            deliverable__campaign__ends_on__gte=timezone.localdate(moment) - CHASED_AFTER_END,
        )
        asked = Q(deliverable__optional=False, due_at__isnull=False)
        short = Q(deliverable__counts="") | Q(counted_done__lt=F("counted_total"))
        return self.unanswered().filter(running, asked, short)

    def counted_on(self, day):
        """What records still fulfil, or fall short of again: open ones, and those done whose day has not passed."""
        begins = datetime.combine(day, time.min, timezone.get_current_timezone())
        moving = Q(state=Obligation.State.OPEN) | Q(state=Obligation.State.FULFILLED, due_at__gte=begins)
        return self.filter(moving, deliverable__campaign__state=Campaign.State.RUNNING).exclude(deliverable__counts="")

    def unconfirmed(self):
        """待确认期限: due before it was opened, and nobody has set a day yet; what records count has none to be set."""
        return self.unanswered().filter(late_to_open=True, deliverable__counts="")

    def overdue_at(self, moment):
        return self.unanswered().filter(due_at__lt=moment)

    def slow_at(self, moment):
        """Missing, or handed in late without excuse: what 督办 and 约谈 are about."""
        return self.with_standing(moment).filter(standing__in=(Standing.MISSING, Standing.LATE))

    def to_do(self):
        """The respondent's turn: open, and neither under review nor accepted (returned ones come again).

        What need not be answered leaves the list with its day; a count of nothing is no task, nor one of days that were
        over before it was opened: only records that turn up can fulfil it.
        """
        past = Q(deliverable__optional=True, due_at__lt=timezone.now())
        idle = Q(counted_total=0) | Q(counted_total__isnull=False, late_to_open=True)
        current = (*WITH_RECIPIENT, "accepted")
        return self.open().exclude(past).exclude(idle).exclude(submissions__state__in=current)

    def to_sign(self, actor):
        """The actor's turn within his house: 审核 or 签发, as the person or the stand-in.

        Nobody checks what he has written himself; from a step the house has given up meanwhile he takes it on.
        """
        from campaigns.models.submissions import Submission

        mine = Submission.objects.in_step_of(actor).values("obligation")
        return self.filter(state__in=(Obligation.State.OPEN, Obligation.State.MISSING), pk__in=mine)

    def to_review(self):
        """The recipients' turn."""
        return self.filter(submissions__state__in=WITH_RECIPIENT)

    def in_row_of(self, area):
        """Counted in the row of this area."""
        return self.filter(Q(reporting_area=area) | Q(reporting_area__isnull=True, area=area))

    def due_in_month(self, month):
        """`month` as 2023-06, by the day that counts now."""
        period = periods.parse(month)
        first, after = (
            datetime.combine(day, time.min, timezone.get_current_timezone())
            for day in (period.first, period.next().first)
        )
        return self.filter(due_at__gte=first, due_at__lt=after)

    def asked(self):
        """What counts in a denominator: neither waived nor superseded nor ended, nor optional and not answered."""
        return self.exclude(state__in=NOT_ASKED).exclude(deliverable__optional=True, handed_in_at__isnull=True)

    def with_standing(self, moment):
        """`standing` at that moment, for counting and lists; see Standing."""
        return self.annotate(standing=standing_at(moment))

    def with_last_state(self):
        """`last_state`, of the newest version handed in; empty if there is none."""
        from campaigns.models.submissions import Submission

        newest = Submission.objects.handed_in().filter(obligation=OuterRef("pk")).order_by("-number")
        return self.annotate(last_state=Subquery(newest.values("state")[:1]))

    def for_list(self):
        return self.select_related("deliverable__campaign", "unit", "enterprise", "area").with_last_state()


@pghistory.track()
class Obligation(models.Model):
    """deliverable × respondent × period × subject, with three dates: the notice's, after policy, after extension.

    Late is after `due_at`.
    """

    class State(models.TextChoices):
        OPEN = "open", "应报"
        FULFILLED = "fulfilled", "已完成"
        MISSING = "missing", "缺报"
        WAIVED = "waived", "免报"
        SUPERSEDED = "superseded", "已由更严规定替代"
        ENDED = "ended", "不再应报"

    MOVES = {
        State.OPEN: (State.FULFILLED, State.MISSING, State.WAIVED, State.SUPERSEDED, State.ENDED),
        State.FULFILLED: (State.OPEN,),
        State.WAIVED: (State.OPEN,),
        State.ENDED: (State.OPEN,),
        State.SUPERSEDED: (State.OPEN,),
        State.MISSING: (State.FULFILLED,),
    }

    deliverable = models.ForeignKey(Deliverable, models.PROTECT, related_name="obligations", verbose_name="报送事项")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name="单位"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name="企业"
    )
    period = models.CharField("期次", max_length=12, help_text="once, 2023-06, 2023-Q2, 2023-H1, 2023, 2023-W26")
    subject = models.CharField("对象", max_length=80, blank=True)
    recipients = models.ManyToManyField(Unit, related_name="received_obligations", verbose_name="接收单位")

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区域")
    reporting_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="统计口径区域"
    )
    handled_in = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理区域"
    )
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="行业")

    nominal_on = models.DateField("原定日期", null=True, blank=True)
    original_due_at = models.DateTimeField("应报时限", null=True, blank=True)
    due_at = models.DateTimeField("现行时限", null=True, blank=True)
    rule = models.CharField("规则", max_length=200, blank=True)
    opened_on = models.DateField("生成日期")
    late_to_open = models.BooleanField("待确认期限", default=False, help_text="生成时已过期：不升级催报")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    ended_reason = models.CharField("结束原因", max_length=200, blank=True)
    handed_in_at = models.DateTimeField("报送时间", null=True, blank=True, help_text="首个有效报送件")
    accepted_at = models.DateTimeField("接收时间", null=True, blank=True)
    counted_done = models.PositiveIntegerField("已完成数", null=True, blank=True, help_text="以台账计的事项")
    counted_total = models.PositiveIntegerField("应完成数", null=True, blank=True)
    promised_at = models.DateTimeField("承诺报送", null=True, blank=True)
    late_excused = models.BooleanField("不计迟报", default=False, help_text="对迟报的异议成立")

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应报任务"
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["unit", "state", "due_at"], name="obligation_unit"),
            models.Index(fields=["enterprise", "state", "due_at"], name="obligation_enterprise"),
            models.Index(fields=["due_at", "id"], name="obligation_due"),
            models.Index(
                fields=["due_at", "id"], name="obligation_chased", condition=Q(state="open", handed_in_at__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) ^ Q(enterprise__isnull=False), name="obligation_one_respondent"
            ),
            models.UniqueConstraint(
                fields=["deliverable", "unit", "enterprise", "period", "subject"],
                name="obligation_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(state="fulfilled") | Q(handed_in_at__isnull=False) | Q(accepted_at__isnull=False),
                name="fulfilled_was_handed_in",
            ),
            models.CheckConstraint(
                condition=Q(counted_done__isnull=True, counted_total__isnull=True)
                | Q(counted_done__isnull=False, counted_done__lte=F("counted_total")),
                name="counted_of_a_total",
            ),
        ]

    def __str__(self):
        return f"{self.deliverable}（{self.who}）"

    def get_absolute_url(self):
        return reverse("campaigns:obligation", args=[self.pk])

    def log_move(self, frm, to, by, comment):
        from organizations import audit

        audit.record(by, f"obligation.{to}", self, comment=comment)

    @classmethod
    def log_moves(cls, moves, to, by, comment):
        """One audit row for the batch, with the keys."""
        from organizations import audit

        audit.record(by, f"obligation.{to}", None, comment=comment, ids=[row.pk for row, frm in moves])

    @property
    def respondent(self):
        return self.unit or self.enterprise

    @property
    def person(self):
        """The name of whoever owes it by name; empty for what the respondent owes as a whole."""
        return self.subject if self.deliverable.each_of and self.subject != self.deliverable.person else ""

    @property
    def who(self):
        """荣成市应急管理局 张三"""
        return f"{self.respondent} {self.person}".rstrip()

    @property
    def period_label(self):
        """2023年6月; empty for what is owed once."""
        return "" if self.period == periods.ONCE_KEY else periods.label(self.period)

    @property
    def title(self):
        """2023年6月 调度表; the person only where the name does not say it."""
        person = "" if self.subject in self.deliverable.name else self.subject
        return " ".join(filter(None, [self.period_label, person, self.deliverable.name]))

    def is_late(self, moment=None):
        """Handed in, or not yet, after `due_at`; never stored. Not where an objection was upheld."""
        if self.late_excused and self.handed_in_at:
            return False
        return self.due_at is not None and (self.handed_in_at or moment or timezone.now()) > self.due_at

    @property
    def is_settled(self):
        """The day does not press: handed in, or nothing is owed, or it need not be answered, or is to be confirmed."""
        done = self.state != Obligation.State.OPEN or self.handed_in_at is not None
        return done or self.deliverable.optional or self.late_to_open

    @property
    def is_counted(self):
        return bool(self.deliverable.counts)

    @property
    def count_words(self):
        """已检查3/5家; empty for what is handed in, or not counted yet."""
        if self.counted_total is None:
            return ""
        words = self.deliverable.count_words
        return f"{words.done}{self.counted_done}/{self.counted_total}家" if self.counted_total else words.nothing

    @property
    def moved_from(self):
        """The original day of an extended one, else None."""
        return self.original_due_at if self.due_at != self.original_due_at else None

    @property
    def status(self):
        """(tone, word) of the badge, for rows of `for_list`: whose turn it is before how late it is."""
        if self.state != Obligation.State.OPEN:
            tones = {"fulfilled": "done", "missing": "late"}
            received = self.state == "fulfilled" and not self.is_counted
            return tones.get(self.state, "closed"), "已接收" if received else self.get_state_display()
        if self.last_state in LAST_WORDS:
            return LAST_WORDS[self.last_state]
        if self.deliverable.optional:
            return "info", "可不报"
        if self.late_to_open:
            return "info", "待确认期限"
        late, waiting = ("逾期未完成", "未完成") if self.is_counted else ("逾期未报", "待报送")
        return ("late", late) if self.is_late() else ("open", waiting)


class Reminder(models.Model):
    """Obligation × rule × scheduled moment, once: the decision to remind, whoever ran it and however often."""

    obligation = models.ForeignKey(Obligation, models.CASCADE, related_name="reminders")
    rule = models.CharField("规则", max_length=20, help_text="before-3, before-1, day, after-1, after-3, after-6 …")
    scheduled_at = models.DateTimeField("应提醒时刻")
    decided_at = models.DateTimeField("决定时刻")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="reminders")

    class Meta:
        verbose_name = verbose_name_plural = "催报"
        constraints = [models.UniqueConstraint(fields=["obligation", "rule", "scheduled_at"], name="reminder_once")]

    def __str__(self):
        return f"{self.obligation} {self.rule}"
