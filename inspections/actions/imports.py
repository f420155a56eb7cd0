"""A workbook brought in by page: kept, checked, looked at, then written whole or not at all.

Small workbooks are checked and written while the page waits, large ones by a worker; both through the same verbs.
"""

from io import BytesIO
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, OperationalError, transaction

from campaigns.models import Campaign
from documents import actions as documents
from documents import filetypes
from documents.actions import batches
from documents.models import ImportBatch, StoredFile
from inspections import tasks
from inspections.imports import IMPORTERS
from lib.actor import Actor
from lib.excel import ERROR, WARNING, WorkbookError, error_workbook
from lib.transitions import MoveRefused, move
from organizations.permissions import Permission, allowed

S = ImportBatch.State
SOURCE, MARKED = "原文件", "标错"
CLASHED = "同时有其他导入写入了相同的记录，未写入任何数据，请再次确认导入"
BROKEN_OFF = "上次导入中断，未写入任何数据，请再次确认导入"
# Two files, one trip, firm or case that neither found: the other was a moment earlier, or each waits for the other.
CLASH = (IntegrityError, OperationalError)
UNIQUE_VIOLATION, DEADLOCK = "23505", "40P01"
INLINE = 512 * 1024  # bytes: about five thousand rows, a second or two


@transaction.atomic
def submit(upload: File, *, kind: str, by: Actor, campaign: Campaign | None = None) -> ImportBatch:
    """Keep the workbook and have it checked. Raises ValidationError if it is no workbook or too large."""
    batch = ImportBatch.objects.create(
        kind=kind,
        state=S.READING,
        name=(upload.name or "")[:200],
        unit=by.unit,
        by=by.label[:120],
        campaign_code=campaign.code if campaign else "",
    )
    batch.source = documents.store(upload, owner=batch, by=by, role=SOURCE, allowed=(filetypes.XLSX,))
    batch.sha256 = batch.source.sha256
    batch.save(update_fields=["source", "sha256"])
    _check_soon(batch, by)
    return batch


@transaction.atomic
def check_again(batch: ImportBatch, *, by: Actor) -> None:
    """Once more from the kept file: what it names may have been brought in meanwhile, or a worker was lost."""
    if batch.state != S.READING:
        move(batch, S.READING, by=by)
    _check_soon(batch, by)


def _check_soon(batch: ImportBatch, by: Actor) -> None:
    if _is_small(batch):
        preview(batch, by=by)
    else:
        transaction.on_commit(lambda: tasks.preview_import.delay(batch.pk, by.membership.pk))


def _is_small(batch: ImportBatch) -> bool:
    return batch.source is not None and batch.source.size <= INLINE


@transaction.atomic
def preview(batch: ImportBatch, *, by: Actor) -> None:
    """Check every row and keep what was found; writes none of the rows. Does nothing if somebody else has done it."""
    if not _held(batch, S.READING):
        return
    try:
        reading = batches.read(IMPORTERS[batch.kind], _content(batch), name=batch.name, asked=_asked(batch, by))
    except WorkbookError as error:
        _fail(batch, str(error), by=by)
        return
    _keep(batch, reading, by=by)
    move(batch, S.FAILED if reading.errors else S.PREVIEWED, by=by)


@transaction.atomic
def confirm(batch: ImportBatch, *, by: Actor, accept_doubts: bool = False, again: bool = False) -> str:
    """Write the previewed workbook. Returns why it was not written, in Chinese; "" if it was or a worker does it."""
    if not _held(batch, S.PREVIEWED):
        raise MoveRefused(f"该导入批次现为“{batch.get_state_display()}”，请刷新页面查看")
    move(batch, S.APPLYING, by=by)
    if _is_small(batch):
        return write(batch, by=by, accept_doubts=accept_doubts, again=again)
    confirmed = {"accept_doubts": accept_doubts, "again": again}
    transaction.on_commit(lambda: tasks.write_import.delay(batch.pk, by.membership.pk, **confirmed))
    return ""


@transaction.atomic
def write(batch: ImportBatch, *, by: Actor, accept_doubts: bool, again: bool) -> str:
    """Check once more and write, all in one transaction. Returns why nothing was written; "" if everything was."""
    if not _held(batch, S.APPLYING):
        return ""
    asked, confirmed = _asked(batch, by), {"accept_doubts": accept_doubts, "again": again}
    try:
        batches.apply(IMPORTERS[batch.kind], _content(batch), name=batch.name, asked=asked, batch=batch, **confirmed)
    except batches.ImportRefused as refused:
        batch.refresh_from_db()
        _keep(batch, refused.reading, by=by)
        move(batch, S.FAILED if refused.reading.errors else S.PREVIEWED, by=by)
        return str(refused)
    except CLASH as clash:
        if not is_clash(clash):
            raise
        batch.refresh_from_db()
        move(batch, S.PREVIEWED, by=by)
        return CLASHED
    return ""


def is_clash(error: Exception) -> bool:
    """Of what the database refused: because another import wrote at the same moment, and not for another reason."""
    return getattr(error.__cause__, "pgcode", "") in (UNIQUE_VIOLATION, DEADLOCK)


@transaction.atomic
def put_back(batch: ImportBatch, *, by: Actor) -> None:
    """A worker broke off and nothing was written: let it be confirmed again, and say so."""
    if _held(batch, S.APPLYING):
        batch.warnings = [_problem(BROKEN_OFF, WARNING), *batch.warnings]
        batch.save(update_fields=["warnings"])
        move(batch, S.PREVIEWED, by=by)


def _held(batch: ImportBatch, state: str) -> bool:
    """Lock the batch; whether it is still in that state. A task that runs twice finds it moved on."""
    batch.refresh_from_db(from_queryset=ImportBatch.objects.select_for_update(of=("self",)).select_related("source"))
    return bool(batch.state == state)


def _content(batch: ImportBatch) -> bytes:
    return batch.source.content() if batch.source else b""


def _asked(batch: ImportBatch, by: Actor) -> batches.Asked:
    campaign = Campaign.objects.visible_to(by).filter(code=batch.campaign_code).first()
    return batches.Asked(by, campaign, history=bool(allowed(by, Permission.HISTORY_IMPORT)))


def _keep(batch: ImportBatch, reading: batches.Reading, *, by: Actor) -> None:
    """What was found, and the sender's own workbook with its wrong cells marked, instead of an earlier one."""
    batches.describe(batch, reading)
    batch.save(update_fields=["rows", "errors", "warnings"])
    for stored in StoredFile.objects.of(batch).filter(role=MARKED):
        documents.remove(stored, by=by)
    if reading.table.errors:
        marked = File(BytesIO(error_workbook(reading.content, reading.table)), name=f"标错_{batch.name}")
        documents.store(marked, owner=batch, by=by, role=MARKED, allowed=(filetypes.XLSX,))


def _fail(batch: ImportBatch, message: str, *, by: Actor) -> None:
    batch.errors = [_problem(message, ERROR)]
    batch.save(update_fields=["errors"])
    move(batch, S.FAILED, by=by)


def _problem(message: str, severity: str) -> dict[str, Any]:
    """One of the whole workbook."""
    return {"row": 0, "column": 0, "name": "", "message": message, "severity": severity}
