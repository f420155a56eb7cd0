"""报送件: a version handed in, frozen; hand-in, return and acceptance exist only here."""

import hashlib
import json

import pghistory
from django.db import models
from django.db.models import Q

from campaigns.models.obligations import Obligation
from campaigns.models.standing import CURRENT, IN_HOUSE, PASSING, WITH_RECIPIENT
from organizations.models import HouseStep, Unit, User

# The state of a version while it is in a step of its house.
STATES = {HouseStep.Step.REVIEW.value: "reviewing", HouseStep.Step.SIGN.value: "signing"}


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Those of obligations one may see; what has not left the house yet only for those who may hand it in."""
        seen = self.filter(obligation__in=Obligation.objects.visible_to(actor))
        return seen.exclude(~Q(obligation__in=Obligation.objects.owed_by_house(actor)), state__in=IN_HOUSE)

    def in_step_of(self, actor):
        """On their way within the house, and waiting for the actor: see Obligation's `to_sign`."""
        if not actor.membership or not actor.membership.unit_id:
            return self.none()
        steps = {STATES[row.step]: row for row in HouseStep.objects.of(actor.membership.unit)}
        mine = [state for state, row in steps.items() if row.is_for(actor.user)]
        turn = Q(state__in=mine) & ~Q(created_by=actor.user)
        given_up = Q(state__in=[state for state in PASSING if state not in steps], created_by=actor.user)
        return self.filter(turn | given_up, obligation__in=Obligation.objects.signed_by_house_of(actor))

    def handed_in(self):
        return self.exclude(state__in=IN_HOUSE)

    def awaiting_review(self):
        """With the recipients: not looked at yet, or checked by the office and not yet accepted."""
        return self.filter(state__in=WITH_RECIPIENT)


@pghistory.track()
class Submission(models.Model):
    """第 n 稿. Draft → submitted → accepted, or returned with a reason, after which a new draft may follow.

    A unit that has set in-house steps lets it be checked and signed off before it leaves; where the deliverable asks
    for it, the office in charge checks it (审核把关) before the lead unit accepts.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        REVIEWING = "reviewing", "本单位审核中"
        SIGNING = "signing", "待本单位签发"
        SUBMITTED = "submitted", "待审核"
        AUDITED = "audited", "科室已审"
        ACCEPTED = "accepted", "已接收"
        RETURNED = "returned", "已退回"
        VOID = "void", "视为未报"

    MOVES = {
        State.DRAFT: (State.REVIEWING, State.SIGNING, State.SUBMITTED),
        State.REVIEWING: (State.SIGNING, State.SUBMITTED, State.DRAFT),
        State.SIGNING: (State.SUBMITTED, State.DRAFT),
        State.SUBMITTED: (State.AUDITED, State.ACCEPTED, State.RETURNED, State.VOID),
        State.AUDITED: (State.ACCEPTED, State.RETURNED, State.VOID),
        State.ACCEPTED: (State.RETURNED,),
    }

    class Channel(models.TextChoices):
        PORTAL = "portal", "在线"
        MAIL = "mail", "邮件代登记"
        PAPER = "paper", "纸质代登记"
        PROVINCIAL = "provincial", "已在省平台上报"

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="submissions", verbose_name="应报任务")
    number = models.PositiveSmallIntegerField("第几稿")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    text = models.TextField("正文", blank=True)
    content = models.JSONField("按模板填写", default=dict, blank=True, help_text="模板各栏：栏目代码到文字")
    external_number = models.CharField("省平台编号", max_length=60, blank=True)
    nil = models.BooleanField("零报告", default=False)
    nil_by = models.CharField("零报告确认人", max_length=40, blank=True)
    nil_asked = models.TextField("零报告核对提示", blank=True, help_text="作零报告时平台据台账提出的疑问，一行一项")
    nil_answer = models.TextField("零报告说明", blank=True, help_text="台账中仍有未销号重大隐患等情况时的说明")
    channel = models.CharField("渠道", max_length=12, choices=Channel, default=Channel.PORTAL)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填报人")
    created_at = models.DateTimeField("建稿时间", auto_now_add=True)
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True)
    submitted_by = models.CharField("报送人", max_length=80, blank=True)
    audited_at = models.DateTimeField("科室审核时间", null=True, blank=True)
    audited_by = models.CharField("科室审核人", max_length=80, blank=True)
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by = models.CharField("审核人", max_length=80, blank=True)
    decided_by_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核单位"
    )
    reason = models.TextField("退回理由", blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送件"
        ordering = ["obligation", "number"]
        indexes = [
            models.Index(fields=["obligation"], name="submission_waiting", condition=Q(state__in=WITH_RECIPIENT)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["obligation", "number"], name="submission_number_once"),
            models.UniqueConstraint(
                fields=["obligation"],
                condition=Q(state__in=CURRENT),
                name="one_current_submission",
            ),
            models.CheckConstraint(
                condition=Q(state__in=IN_HOUSE) | Q(submitted_at__isnull=False), name="handed_in_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("returned", "void")) | ~Q(reason=""),
                name="return_has_reason",
                violation_error_message="退回须写明理由。",
            ),
            models.CheckConstraint(condition=Q(nil=False) | ~Q(nil_by="") | Q(state__in=IN_HOUSE), name="nil_is_named"),
            models.CheckConstraint(
                condition=Q(nil_asked="") | ~Q(nil_answer="") | Q(state__in=IN_HOUSE),
                name="nil_objections_answered",
                violation_error_message="请说明为什么仍作零报告。",
            ),
        ]

    def __str__(self):
        return f"{self.obligation} 第{self.number}稿"

    @property
    def mark(self):
        """Changes with what is written: whoever saves says what he had before him."""
        written = json.dumps([self.text, self.content], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:16]

    def log_move(self, frm, to, by, comment):
        SubmissionMove.objects.create(
            submission=self, from_state=frm, to_state=to, by=by.label, unit_name=by.holder_label, comment=comment
        )


class SubmissionMove(models.Model):
    """The trail of a submission: who moved it, from where to where, why."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="moves")
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10, choices=Submission.State)
    by = models.CharField("经手人", max_length=80)
    unit_name = models.CharField("单位", max_length=120, blank=True)
    comment = models.TextField("意见", blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        ordering = ["id"]
