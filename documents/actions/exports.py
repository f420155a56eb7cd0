"""Exports are asked for here and made in the background by whoever listens (`registry.export_queued`)."""

from typing import Any

from django.db import transaction

from documents.models import ExportJob
from lib import registry
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations import audit
from organizations.models import User

MOST_PENDING = 10


@transaction.atomic
def ask(kind: str, *, title: str, params: dict[str, Any], by: Actor) -> ExportJob:
    """Queue an export; the same one still under way is given back instead. MoveRefused when too many wait already."""
    mine = ExportJob.objects.visible_to(by).pending().filter(requested_by=by.user, scheduled=False)
    User.objects.select_for_update(no_key=True).get(pk=by.user.pk)  # a double click waits for the first
    if same := mine.filter(kind=kind, params=params).first():
        return same
    if mine.count() >= MOST_PENDING:
        raise MoveRefused(f"您已有{MOST_PENDING}项导出在生成，请等它们完成后再申请。")
    job = ExportJob(kind=kind, title=title[:160], params=params, requested_by=by.user)
    job.unit, job.enterprise = by.unit, by.enterprise
    job.save()
    audit.record(by, "export.ask", job, asked=params)
    registry.export_queued(job)
    return job
