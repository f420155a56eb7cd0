"""Workbooks in: read every row, ask everything, write all or nothing.

What a kind of workbook means is told by its `Importer`; the apps declare theirs beside their columns.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from documents.models import ImportBatch
from lib.actor import Actor
from lib.excel import ERROR, CellError, Column, Table, read_table
from lib.locks import counting_shared, single_flight
from lib.text import full_date
from lib.transitions import move
from organizations import audit
from organizations.actions.enterprises import Counts
from organizations.imports.names import DOUBT

UNDER_WAY = "同一文件正在导入，请稍候再看结果"
MOST_KEPT = 5000  # problems remembered with a batch; the marked workbook has no more rows than that either


@dataclass(frozen=True)
class Asked:
    """Who reads in, for which campaign, and whether dates of state may be written as history."""

    by: Actor
    campaign: Any = None
    history: bool = False


@dataclass(frozen=True)
class Importer:
    """One kind of workbook: its columns, what is asked of its rows, and how they are written.

    `check` notes problems on the table and returns what `write` takes. `write` runs inside the transaction.
    """

    kind: str
    columns: Callable[[], Sequence[Column]]
    check: Callable[[Table, Asked], Any]
    write: Callable[[Any, Asked, ImportBatch], Counts]


@dataclass
class Reading:
    """A workbook read and asked about; nothing is written yet."""

    importer: Importer
    asked: Asked
    name: str
    content: bytes
    sha256: str
    table: Table
    rows: Any

    @property
    def errors(self) -> list[CellError]:
        return [one for one in self.table.worst_first() if one.severity == ERROR]

    @property
    def doubts(self) -> list[CellError]:
        return [one for one in self.table.worst_first() if one.severity == DOUBT]

    @property
    def warnings(self) -> list[CellError]:
        return [one for one in self.table.worst_first() if one.severity not in (ERROR, DOUBT)]

    def earlier(self) -> ImportBatch | None:
        """The batch that read in the very same file, if one did."""
        return ImportBatch.objects.applied().of_file(self.importer.kind, self.sha256).first()


class ImportRefused(Exception):
    """The workbook was not read in; the message says why, in Chinese, and `reading` has every problem."""

    def __init__(self, message: str, reading: Reading) -> None:
        super().__init__(message)
        self.reading = reading


@transaction.atomic
def read(importer: Importer, content: bytes, *, name: str, asked: Asked) -> Reading:
    """Read the workbook and ask everything of every row. Raises lib.excel.WorkbookError if it holds no such table."""
    table = read_table(content, importer.columns())
    if table.is_valid and not table.rows:
        table.refuse(table.header_row, "", "表头下没有数据行，请填写后再导入")
    # A table without its columns cannot be asked about its rows.
    rows = importer.check(table, asked) if table.rows else []
    return Reading(importer, asked, name, content, hashlib.sha256(content).hexdigest(), table, rows)


@transaction.atomic
def apply(
    importer: Importer,
    content: bytes,
    *,
    name: str,
    asked: Asked,
    accept_doubts: bool = False,
    again: bool = False,
    batch: ImportBatch | None = None,
) -> tuple[ImportBatch, Reading]:
    """Read, ask and write every row in one transaction, or raise ImportRefused and write nothing.

    One audit row per file. `batch` is the previewed one, if there was a preview; without it one is made.
    """
    counting_shared()
    reading = read(importer, content, name=name, asked=asked)
    with single_flight(f"import {reading.sha256}") as mine:
        problem = hindrance(reading, accept_doubts=accept_doubts, again=again) if mine else UNDER_WAY
        if problem:
            raise ImportRefused(problem, reading)
        batch = _described(reading, batch)
        counts = importer.write(reading.rows, asked, batch)
    _finish(batch, counts, by=asked.by)
    return batch, reading


def hindrance(reading: Reading, *, accept_doubts: bool, again: bool) -> str:
    """Why the reading may not be written, for whoever sent it; "" if it may."""
    if reading.errors:
        return f"有{len(reading.errors)}处错误，未写入任何数据，请更正后重新导入"
    if reading.doubts and not accept_doubts:
        return (
            f"有{len(reading.doubts)}个统一社会信用代码校验位不符，未写入任何数据，请对照营业执照核对，无误的可确认导入"
        )
    if not again and (earlier := reading.earlier()):
        when = full_date(timezone.localdate(earlier.at))
        return f"同一文件已于{when}由{earlier.by}导入，未写入任何数据，再次导入须确认"
    return ""


def _described(reading: Reading, batch: ImportBatch | None) -> ImportBatch:
    facts = {"name": reading.name[:200], "sha256": reading.sha256, "unit": reading.asked.by.unit}
    batch = batch or ImportBatch(kind=reading.importer.kind, state=ImportBatch.State.APPLYING, **facts)
    batch.by = reading.asked.by.label[:120]
    batch.campaign_code = getattr(reading.asked.campaign, "code", "")
    describe(batch, reading)
    batch.save()
    return batch


def _finish(batch: ImportBatch, counts: Counts, *, by: Actor) -> None:
    move(batch, ImportBatch.State.APPLIED, by=by, created=counts.created, updated=counts.updated)
    written = {"rows": batch.rows, "created": batch.created, "updated": batch.updated}
    audit.record(by, "import.apply", batch, kind=batch.kind, sha256=batch.sha256, written=written)


def describe(batch: ImportBatch, reading: Reading) -> None:
    """Put what was read and found on the batch; the caller saves it."""
    batch.rows = len(reading.table.rows)
    batch.errors = [_kept(one) for one in reading.errors[:MOST_KEPT]]
    batch.warnings = [_kept(one) for one in [*reading.doubts, *reading.warnings][:MOST_KEPT]]


def _kept(one: CellError) -> dict[str, Any]:
    return {"row": one.row, "column": one.column, "name": one.name, "message": one.message, "severity": one.severity}
