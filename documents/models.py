"""Stored files, import batches, export jobs. A file is private: the row that owns it decides who may read it."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse

from organizations import jurisdiction
from organizations.imports.names import DOUBT
from organizations.models import Enterprise, Unit, User


def storage_path(stored, filename):
    """Content-addressed, so a name typed by a user never becomes a path."""
    return f"files/{stored.sha256[:2]}/{stored.sha256}"


class StoredFileQuerySet(models.QuerySet):
    def of(self, owner):
        kind = ContentType.objects.get_for_model(owner)
        return self.filter(owner_type=kind, owner_id=owner.pk).order_by("id")


class StoredFile(models.Model):
    """A file as received: name, real type, digest, size, and the row it belongs to."""

    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    file = models.FileField("文件", upload_to=storage_path, max_length=200)
    role = models.CharField("用途", max_length=20, blank=True, help_text="整改前、整改后、签字页 …")
    owner_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True)
    owner_id = models.BigIntegerField(null=True, blank=True)
    owner = GenericForeignKey("owner_type", "owner_id")
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        indexes = [models.Index(fields=["owner_type", "owner_id"], name="file_owner")]

    def __str__(self):
        return self.name

    @property
    def is_image(self):
        return self.content_type.startswith("image/")

    def content(self):
        with self.file.open("rb") as file:
            return file.read()

    def readable_by(self, actor):
        """Its owner row is visible to the actor; a file that hangs on nothing is its uploader's alone."""
        if self.owner_type_id is None:
            return actor.user is not None and self.uploaded_by_id == actor.user.pk
        return self.owner_type.model_class().objects.visible_to(actor).filter(pk=self.owner_id).exists()


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, actor):
        if jurisdiction.sees_everything(actor):
            return self
        if not actor.membership or not actor.membership.unit_id:
            return self.none()
        return self.filter(unit_id=actor.membership.unit_id)

    def applied(self):
        return self.filter(state=ImportBatch.State.APPLIED)

    def of_file(self, kind, sha256):
        """Batches of the very same file, read as the same kind."""
        return self.filter(kind=kind, sha256=sha256)


class ImportBatch(models.Model):
    """One workbook read in: previewed, then applied whole or not at all. The same file twice is asked about."""

    class Kind(models.TextChoices):
        ENTERPRISES = "enterprises", "企业"
        HAZARDS = "hazards", "隐患台账"
        VISITS = "visits", "检查记录"
        ACTIONS = "actions", "行政处置"

    class State(models.TextChoices):
        READING = "reading", "正在检查"
        PREVIEWED = "previewed", "待确认导入"
        APPLYING = "applying", "正在导入"
        APPLIED = "applied", "已导入"
        FAILED = "failed", "有错误"

    MOVES = {
        State.READING: (State.PREVIEWED, State.FAILED),
        State.PREVIEWED: (State.APPLYING, State.APPLIED, State.FAILED, State.READING),
        State.APPLYING: (State.APPLIED, State.FAILED, State.PREVIEWED),
        # Something outside the file may have been mended: a unit named, an enterprise brought in.
        State.FAILED: (State.READING,),
    }
    TONES = {
        State.READING: "open",
        State.PREVIEWED: "soon",
        State.APPLYING: "open",
        State.APPLIED: "done",
        State.FAILED: "late",
    }

    kind = models.CharField("内容", max_length=12, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("摘要", max_length=64, db_index=True)
    source = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原文件"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入单位")
    by = models.CharField("导入人", max_length=120)
    at = models.DateTimeField("时间", auto_now_add=True)
    campaign_code = models.CharField("专项行动", max_length=40, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    errors = models.JSONField("错误", default=list, blank=True)
    warnings = models.JSONField("提示", default=list, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.name}"

    def get_absolute_url(self):
        return reverse("inspections:import_batch", args=[self.pk])

    def log_move(self, frm, to, by, comment):
        """The batch is its own record; what it wrote has one row in the audit log (documents.actions.batches)."""

    @property
    def tone(self):
        return self.TONES[self.state]

    @property
    def is_busy(self):
        return self.state in (self.State.READING, self.State.APPLYING)

    @property
    def doubts(self):
        """Warnings that somebody must confirm before the file may be read in."""
        return [one for one in self.warnings if one["severity"] == DOUBT]


class ExportJobQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """An export belongs to the post that asked for it; scheduled ones to the whole unit."""
        if jurisdiction.sees_everything(actor):
            return self
        if not actor.membership:
            return self.none()
        mine = Q(requested_by=actor.user, unit=actor.membership.unit_id, enterprise=actor.membership.enterprise_id)
        return self.filter(mine | Q(scheduled=True, unit=actor.membership.unit_id, unit__isnull=False))

    def pending(self):
        return self.filter(state__in=ExportJob.PENDING)

    def claimable_at(self, moment):
        """Waiting, or left by a worker whose lease ran out, and not yet tried too often."""
        left = Q(state=ExportJob.State.RUNNING, lease_until__lt=moment)
        return self.filter(Q(state=ExportJob.State.QUEUED) | left, attempts__lt=ExportJob.ATTEMPTS)

    def exhausted_at(self, moment):
        """Left by a worker at the last attempt."""
        return self.filter(state=ExportJob.State.RUNNING, lease_until__lt=moment, attempts__gte=ExportJob.ATTEMPTS)

    def expired_at(self, moment):
        """Those whose file is to go."""
        return self.filter(expires_at__lte=moment, file__isnull=False)


class ExportJob(models.Model):
    """A workbook being made in the background, claimed with a lease, so a killed worker leaves nothing stuck."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "生成中"
        DONE = "done", "已完成"
        FAILED = "failed", "未成功"

    PENDING = (State.QUEUED, State.RUNNING)
    ATTEMPTS = 3

    class Label(models.TextChoices):
        LIVE = "live", "实时"
        ACCEPTED = "accepted", "已审核"

    kind = models.CharField("内容", max_length=30)
    title = models.CharField("名称", max_length=160)
    params = models.JSONField("参数", default=dict)
    label = models.CharField("数据口径", max_length=10, choices=Label, default=Label.LIVE)
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    scheduled = models.BooleanField("定期生成", default=False)
    key = models.CharField("唯一键", max_length=160, unique=True, null=True, blank=True, help_text="定期导出的去重键")
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请人"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField("进度（%）", default=0)
    error = models.CharField("原因", max_length=200, blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    expires_at = models.DateTimeField("保留至", null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出任务"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "lease_until"], name="export_claimable")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(file__isnull=False) | Q(expires_at__isnull=False),
                name="export_done_has_file",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def is_pending(self):
        return self.state in self.PENDING

    @property
    def is_expired(self):
        """Made once, the file since removed."""
        return self.state == self.State.DONE and self.file_id is None

    @property
    def seen(self):
        """How far it is, as a page that asks again says what it shows."""
        return f"{self.state}-{self.progress}"

    @property
    def status(self):
        """Tone and word of the badge."""
        if self.is_expired:
            return "closed", "已过期"
        tones = {"queued": "info", "running": "open", "done": "done", "failed": "late"}
        return tones[self.state], self.get_state_display()
