"""Outbox, inbox, deliveries. A message is written in the transaction that causes it and delivered afterwards."""

from django.db import models
from django.db.models import Q

from organizations import jurisdiction
from organizations.models import Enterprise, Unit, User


class MessageQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """A message is for the current post's unit or enterprise, or for the person alone."""
        if actor.is_system:
            return self
        if actor.user is None:
            return self.none()
        mine = Q(user=actor.user)
        if actor.membership and actor.membership.unit_id:
            mine |= Q(unit=actor.membership.unit_id)
        elif actor.membership:
            mine |= Q(enterprise=actor.membership.enterprise_id)
        return self.filter(mine, delivered_at__isnull=False)

    def unread_by(self, user):
        return self.exclude(reads__user=user)

    def undelivered(self):
        return self.filter(delivered_at__isnull=True, dropped_at__isnull=True)

    def claimable_at(self, moment):
        """Undelivered, not kept for later, and nobody is at it: no lease, or one that ran out."""
        ready = Q(not_before__isnull=True) | Q(not_before__lte=moment)
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
        return self.undelivered().filter(ready, free)


class Message(models.Model):
    """One message to one respondent; `key` makes it unique, so a rerun or a second worker writes it once.

    Delivery to the inbox is `delivered_at`; it is asked again (`still_wanted`) then, and dropped if nobody owes.
    `lines` are {"text", "url", "subject"}: what a digest lists; the line of a settled subject goes at delivery.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", "催报"
        RECEIPT = "receipt", "办理结果"
        TASK = "task", "待办"
        NOTICE = "notice", "通知"

    key = models.CharField("唯一键", max_length=200, unique=True)
    kind = models.CharField("类型", max_length=10, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="企业"
    )
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="个人")
    title = models.CharField("标题", max_length=160)
    body = models.TextField("正文", blank=True)
    url = models.CharField("链接", max_length=200, blank=True)
    sender = models.CharField("发送人", max_length=120, blank=True)
    lines = models.JSONField("逐项", default=list, blank=True)
    subject_ids = models.JSONField("所涉任务", default=list, blank=True, help_text="发出前据此再问一次是否仍需")
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    not_before = models.DateTimeField("最早发送", null=True, blank=True)
    delivered_at = models.DateTimeField("送达收件箱", null=True, blank=True)
    dropped_at = models.DateTimeField("不再需要", null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="message_unit"),
            models.Index(fields=["enterprise", "-id"], name="message_enterprise"),
            models.Index(
                fields=["id"], name="message_waiting", condition=Q(delivered_at__isnull=True, dropped_at__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, enterprise__isnull=True, user__isnull=True)
                | Q(unit__isnull=True, enterprise__isnull=False, user__isnull=True)
                | Q(unit__isnull=True, enterprise__isnull=True, user__isnull=False),
                name="message_one_addressee",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def respondent(self):
        return self.unit or self.enterprise

    @property
    def addressee(self):
        return self.unit or self.enterprise or self.user

    def keep_subjects(self, wanted):
        """Only these subjects are still owed; lines that hang on none stay."""
        self.subject_ids = [subject for subject in self.subject_ids if subject in wanted]
        self.lines = [line for line in self.lines if line.get("subject") is None or line["subject"] in wanted]


class MessageRead(models.Model):
    """Who has read it; marking read is a POST."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reads")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="read_once")]


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Mails to units below the actor's and to firms within its reach."""
        units = Q(message__unit__isnull=False) & jurisdiction.of_units(actor, "message__unit__")
        firms = Q(message__enterprise__isnull=False) & jurisdiction.of_enterprises(actor, "message__enterprise__")
        return self.filter(units | firms)

    def unresolved(self):
        return self.filter(state__in=(Delivery.State.FAILED, Delivery.State.UNKNOWN))


class Delivery(models.Model):
    """One message on one outside channel. The attempt is logged before sending; without a result it is 结果不明."""

    class Channel(models.TextChoices):
        EMAIL = "email", "电子邮件"

    class State(models.TextChoices):
        PENDING = "pending", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "未成功"
        UNKNOWN = "unknown", "结果不明"

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    address = models.CharField("地址", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField("Message-ID", max_length=120, blank=True)
    error = models.CharField("原因", max_length=200, blank=True)
    attempted_at = models.DateTimeField("最近尝试", null=True, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "送达记录"
        constraints = [models.UniqueConstraint(fields=["message", "channel", "address"], name="delivery_once")]
        indexes = [models.Index(fields=["state", "lease_until"], name="delivery_claimable")]

    def __str__(self):
        return f"{self.message} → {self.address}"
