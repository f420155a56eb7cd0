"""What the official data said when it was last loaded, so that a later load can tell our change from the bureau's."""

from django.db import models


class OfficialRow(models.Model):
    """One row of the fixtures as last loaded. No foreign keys: it outlives a row that the bureau has removed."""

    kind = models.CharField("类型", max_length=60, help_text="app.model")
    key = models.CharField("自然键", max_length=200)
    object_id = models.BigIntegerField("编号")
    fields = models.JSONField("载入内容")

    class Meta:
        verbose_name = verbose_name_plural = "官方数据载入记录"
        ordering = ["kind", "key"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="official_row_once")]

    def __str__(self):
        return f"{self.kind} {self.key}"
