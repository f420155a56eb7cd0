"""Exports made in the background: asked for, claimed with a lease, made once, kept for a while.

The outcome of a killed worker is decided by the database alone: whoever finds the lease run out may claim the job
again, up to a number of attempts, and a worker that comes back late finds that the attempt is no longer its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils import timezone

from documents import actions as documents
from documents import filetypes
from documents.actions import exports as queueing
from documents.models import ExportJob
from hazards.exports import LEDGER_JOB as LEDGER
from hazards.exports import ledger_sheet
from hazards.forms.filters import HazardFilters
from hazards.models import Hazard
from lib.actor import Actor
from lib.excel import WorkbookError, write_tables
from lib.text import full_date
from lib.transitions import MoveRefused
from organizations import audit
from organizations.models import Membership
from organizations.permissions import Permission, allowed
from reports import exports, tasks
from reports.dispatch.asked import Asked, AskRefused
from reports.dispatch.tables import TableError

KIND = "dispatch-table"
KINDS = (KIND, LEDGER)
LEASE = timedelta(minutes=10)
KEPT = timedelta(days=30)
SOME = 10_000  # rows between two words on how far it is
GAVE_UP = f"连续{ExportJob.ATTEMPTS}次生成中断，请点“重新生成”；仍不成功请联系管理员。"
LEFT_POST = "申请人已不在原岗位，请由在岗人员重新申请。"

log = logging.getLogger(__name__)
State = ExportJob.State


class LeaseLost(Exception):
    """Another worker has the job now; this one stops without a word."""


# Asking


def ask(asked: Asked, *, by: Actor) -> ExportJob:
    """Queue a table; the same one still under way is given back instead. AskRefused says what to ask for instead."""
    checked = asked.checked(by)
    try:
        return queueing.ask(KIND, title=checked.title, params=asked.params(), by=by)
    except MoveRefused as refused:
        raise AskRefused("", str(refused)) from None


@transaction.atomic
def retry(job: ExportJob, *, by: Actor) -> ExportJob:
    """Queue again what did not succeed. Of two who ask at once one does."""
    failed = ExportJob.objects.filter(pk=job.pk, state=State.FAILED)
    if not failed.update(state=State.QUEUED, attempts=0, progress=0, error=""):
        raise MoveRefused("该导出已在生成或已完成，请刷新页面查看。")
    audit.record(by, "export.retry", job)
    enqueue(job)
    return job


def enqueue(job: ExportJob) -> None:
    """After the commit. A lost broker loses nothing: the sweep asks again."""
    transaction.on_commit(lambda: tasks.make_export.delay(job.pk), robust=True)


# Making


def make(job_id: int) -> bool:
    """Make the export unless it is made, or another worker is at it; whether this one did."""
    job = claim(job_id, at=timezone.now())
    if job is None:
        return False
    try:
        return finish(job, *rendered(job))
    except LeaseLost:
        return False
    except TableError as refused:
        fail(job, str(refused))
    except Exception:
        log.exception("export %s was not made", job.pk)
        give_back(job)
    return False


@transaction.atomic
def claim(job_id: int, *, at: datetime) -> ExportJob | None:
    """Lease the job to this worker, if nobody has it."""
    claimable = ExportJob.objects.claimable_at(at).filter(pk=job_id)
    leased = {"state": State.RUNNING, "lease_until": at + LEASE, "progress": 10}
    if not claimable.update(attempts=F("attempts") + 1, **leased):
        return None
    return ExportJob.objects.select_related("requested_by", "unit", "enterprise").get(pk=job_id)


def held(job: ExportJob) -> QuerySet[ExportJob]:
    """The job while this attempt has it."""
    return ExportJob.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)


def advance(job: ExportJob, percent: int) -> None:
    """Say how far it is, and hold the lease for longer."""
    if not held(job).update(progress=percent, lease_until=timezone.now() + LEASE):
        raise LeaseLost


def rendered(job: ExportJob) -> tuple[bytes, str]:
    """The workbook, and which data it shows. Checked again: the asker may have left the post since."""
    by = asker(job)
    return ledger(job, by) if job.kind == LEDGER else table(job, by)


def table(job: ExportJob, by: Actor) -> tuple[bytes, str]:
    asked = Asked(**job.params)
    checked = asked.checked(by)
    advance(job, 20)
    sheet = checked.sheet()
    advance(job, 60)
    stream = BytesIO()
    exports.write(stream, sheet, extended=asked.extended, actor=by)
    advance(job, 90)
    return stream.getvalue(), sheet.label


def ledger(job: ExportJob, by: Actor) -> tuple[bytes, str]:
    """The list of hazards as it was filtered, of what the asker may see by now."""
    rows = HazardFilters(QueryDict(job.params["query"]), actor=by).found(Hazard.objects.visible_to(by))
    sheet = ledger_sheet(rows, right=full_date(timezone.localdate()))
    watched = replace(sheet, rows=_watched(job, sheet.rows, rows.order_by().count()))
    with TemporaryFile() as book:
        try:
            write_tables(book, [watched])
        except WorkbookError as error:
            raise TableError(str(error)) from error
        book.seek(0)
        return book.read(), ExportJob.Label.LIVE.label


def _watched(job: ExportJob, rows: Iterable[Sequence[Any]], total: int) -> Iterator[Sequence[Any]]:
    """The rows, saying now and then how far it is; a long one keeps its lease by that."""
    for number, row in enumerate(rows):
        if number % SOME == 0:
            advance(job, 10 + min(80, 80 * number // max(total, 1)))
        yield row


def asker(job: ExportJob) -> Actor:
    """The post that asked, as it is today; the system for what is made on schedule."""
    if job.scheduled:
        return Actor.system("定期导出")
    posts = Membership.objects.active().with_holder().filter(user=job.requested_by)
    posts = posts.filter(unit=job.unit, enterprise=job.enterprise)
    actors = [Actor(user=job.requested_by, membership=post) for post in posts]
    found = next((each for each in actors if allowed(each, Permission.EXPORT)), None)
    if found is None:
        raise TableError(LEFT_POST)
    return found


@transaction.atomic
def finish(job: ExportJob, content: bytes, label: str) -> bool:
    """Store the workbook and call the job done, together or not at all."""
    if held(job).select_for_update(no_key=True).first() is None:
        raise LeaseLost
    now = timezone.now()
    by = asker(job)
    accepted = label == ExportJob.Label.ACCEPTED.label
    name, kind = f"{job.title}_{label}.xlsx" if job.scheduled else f"{job.title}.xlsx", filetypes.XLSX.content_type
    stored = documents.keep(content, name=name, content_type=kind, owner=job, by=by, role="export")
    held(job).update(
        state=State.DONE,
        label=ExportJob.Label.ACCEPTED if accepted else ExportJob.Label.LIVE,
        file=stored,
        progress=100,
        lease_until=None,
        error="",
        done_at=now,
        expires_at=now + KEPT,
    )
    audit.record(by, "export.done", job, size=stored.size)
    return True


@transaction.atomic
def fail(job: ExportJob, reason: str) -> None:
    """未成功, with a reason for the page; nothing if another worker has the job."""
    if held(job).update(state=State.FAILED, lease_until=None, error=reason[:200]):
        audit.record(Actor.system("导出"), "export.fail", job, ok=False, reason=reason[:200])


def give_back(job: ExportJob) -> None:
    """After an unforeseen error: the sweep tries again, but not for ever."""
    if job.attempts >= ExportJob.ATTEMPTS:
        fail(job, GAVE_UP)
    else:
        held(job).update(state=State.QUEUED, lease_until=None, progress=0)


# Sweeping


def sweep(*, at: datetime) -> None:
    """Take up what was left behind, give up what was tried too often, remove what is kept no longer."""
    for job in ExportJob.objects.exhausted_at(at):
        fail(job, GAVE_UP)
    for job in ExportJob.objects.claimable_at(at).order_by("pk"):
        enqueue(job)
    remove_expired(at=at)


def remove_expired(*, at: datetime) -> int:
    """Remove the files kept long enough; the rows stay and say so. Returns how many."""
    rows = ExportJob.objects.expired_at(at).values_list("pk", flat=True)
    return sum(remove_file(pk, at=at) for pk in list(rows))


@transaction.atomic
def remove_file(job_id: int, *, at: datetime) -> bool:
    job = ExportJob.objects.expired_at(at).select_for_update(of=("self",), no_key=True).filter(pk=job_id).first()
    if job is None or job.file is None:
        return False
    documents.remove(job.file, by=Actor.system("导出清理"))
    return True
