"""Outbox, inbox, deliveries. A message is written in the transaction that causes it and delivered afterwards."""

from django.db import models
from django.db.models import Q

from organizations import jurisdiction
from organizations.models import Enterprise, Membership, Unit, User


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
    `lines` are {"text", "url", "subject", "due"}: what a digest lists; the line of a settled subject goes at delivery.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", "催报"
        RECEIPT = "receipt", "办理结果"
        TASK = "task", "待办"
        NOTICE = "notice", "通知"
        TEST = "test", "测试"

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

    @property
    def verb(self):
        """On the button that opens what it is about: only what waits for the reader is to be dealt with."""
        return "去办理" if self.kind in (Message.Kind.TASK, Message.Kind.REMINDER) else "查看"

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


class Channel(models.TextChoices):
    """What a unit or a firm may choose besides the inbox: one of these."""

    EMAIL = "email", "电子邮件"
    WECOM = "wecom", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人"
    SMS = "sms", "短信"

    @property
    def is_robot(self):
        return self in (Channel.WECOM, Channel.DINGTALK)


class Route(models.Model):
    """接收渠道: the one outside channel a unit or a firm has chosen; without a row, or not active, it is e-mail.

    `address` (webhook, phone numbers) and `secret` leave this row only towards the channel itself: pages, deliveries,
    logs and audit rows show `label`. `robot` is a digest of the webhook: two units may share one robot and its limits.
    """

    class Hours(models.TextChoices):
        DAILY = "daily", "每天"
        WORKDAYS = "workdays", "仅工作日"

    unit = models.OneToOneField(Unit, models.PROTECT, null=True, blank=True, related_name="route", verbose_name="单位")
    enterprise = models.OneToOneField(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="route", verbose_name="企业"
    )
    channel = models.CharField("渠道", max_length=10, choices=Channel, default=Channel.EMAIL)
    address = models.TextField("地址", blank=True)
    secret = models.CharField("加签密钥", max_length=200, blank=True)
    label = models.CharField("显示为", max_length=80, blank=True)
    robot = models.CharField(max_length=64, blank=True, db_index=True)
    hours = models.CharField("发送日", max_length=10, choices=Hours, default=Hours.DAILY)
    active = models.BooleanField("启用", default=True)
    paused_until = models.DateTimeField("限流至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接收渠道"
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) ^ Q(enterprise__isnull=False), name="route_one_owner"
            ),
            models.CheckConstraint(condition=Q(channel="email") | ~Q(address=""), name="route_has_address"),
        ]

    def __str__(self):
        return f"{self.owner} {self.label or self.get_channel_display()}"

    @property
    def owner(self):
        return self.unit or self.enterprise

    @property
    def is_outside(self):
        """Whether messages go this way instead of by e-mail."""
        return self.active and self.channel != Channel.EMAIL


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """What went to units below the actor's, to their people, and to firms within its reach."""
        units = Q(message__unit__isnull=False) & jurisdiction.of_units(actor, "message__unit__")
        firms = Q(message__enterprise__isnull=False) & jurisdiction.of_enterprises(actor, "message__enterprise__")
        posts = Membership.objects.visible_to(actor).values("user")
        return self.filter(units | firms | Q(message__user__in=posts))

    def unresolved(self):
        return self.filter(state__in=(Delivery.State.FAILED, Delivery.State.UNKNOWN))

    def ready_at(self, moment):
        """In line, and their turn has come."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=moment)
        return self.filter(free, state=Delivery.State.PENDING)


class Delivery(models.Model):
    """One message on one outside channel. The attempt is logged before sending; without a result it is 结果不明.

    `address` is an e-mail address, or the masked label of the `route`: never a webhook or a telephone number.
    """

    Channel = Channel

    class State(models.TextChoices):
        PENDING = "pending", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "未成功"
        UNKNOWN = "unknown", "结果不明"
        DROPPED = "dropped", "不再需要"

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    route = models.ForeignKey(Route, models.PROTECT, null=True, blank=True, related_name="deliveries")
    address = models.CharField("地址", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField("回执号", max_length=120, blank=True, help_text="Message-ID、短信流水号")
    error = models.CharField("原因", max_length=200, blank=True)
    attempted_at = models.DateTimeField("最近尝试", null=True, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "送达记录"
        constraints = [
            models.UniqueConstraint(fields=["message", "channel", "address"], name="delivery_once"),
            models.UniqueConstraint(fields=["message", "route"], name="delivery_once_by_route"),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="delivery_claimable"),
            models.Index(fields=["route", "-attempted_at"], name="delivery_by_route"),
        ]

    def __str__(self):
        return f"{self.message} → {self.address}"
