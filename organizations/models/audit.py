"""The audit log: who, when, from where, on what, with what result. Rows are never changed or deleted."""

import pgtrigger
from django.db import models

from organizations import jurisdiction


class AuditEntryQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Administrators read their unit's entries; the system administrator reads all."""
        if jurisdiction.sees_everything(actor):
            return self
        return self.filter(holder=actor.holder_label) if actor.membership else self.none()


class AuditEntry(models.Model):
    """Names and ids only, no foreign keys: the log outlives what it speaks of."""

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    actor_id = models.BigIntegerField("用户编号", null=True)
    actor = models.CharField("操作人", max_length=120)
    holder = models.CharField("所在单位", max_length=120, blank=True)
    ip = models.GenericIPAddressField("来源地址", null=True)
    verb = models.CharField("操作", max_length=60)
    target_kind = models.CharField("对象类型", max_length=60, blank=True)
    target_id = models.CharField("对象编号", max_length=40, blank=True)
    target = models.CharField("对象", max_length=200, blank=True)
    ok = models.BooleanField("成功", default=True)
    detail = models.JSONField("详情", default=dict, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计日志"
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_kind", "target_id"], name="audit_target")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb}"


class AuditSeal(models.Model):
    """A digest over a range of audit rows, chained to the previous one, so that a change behind our back shows."""

    first_id = models.BigIntegerField("首条")
    last_id = models.BigIntegerField("末条", unique=True)
    rows = models.PositiveIntegerField("条数")
    digest = models.CharField("摘要", max_length=64)
    previous = models.CharField("前一封存", max_length=64, blank=True)
    key_id = models.CharField("密钥编号", max_length=20)
    sealed_at = models.DateTimeField("封存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计封存"
        ordering = ["last_id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.first_id}–{self.last_id}"
