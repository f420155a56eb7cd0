"""Workbooks in, whatever kind they are: read, asked about, written whole or not at all; an importer of our own."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from documents.actions import batches
from documents.actions.batches import Asked, Importer, ImportRefused
from documents.models import ImportBatch
from lib import cells
from lib.actor import Actor
from lib.excel import Column, WorkbookError
from lib.tests.workbooks import workbook
from organizations.actions.enterprises import Counts
from organizations.imports.names import DOUBT
from organizations.models import AuditEntry, Sector
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("import_rows")
HEADER = ["行业", "数"]


def check(table, asked):
    """A sector called 存疑 is doubted, one called 提示 warned of."""
    for row in table.rows:
        if row["行业"] == "存疑":
            table.refuse(row, "行业", "有疑问", "存疑", DOUBT)
        if row["行业"] == "提示":
            table.warn(row, "行业", "请注意")
    return [row["行业"] for row in table.rows]


def write(names, asked, batch):
    for name in names:
        Sector.objects.create(name=name, line="emergency", group="trade")
    return Counts(len(names), 0)


IMPORTER = Importer(
    ImportBatch.Kind.ENTERPRISES,
    lambda: [Column("行业", True), Column("数", False, (), cells.whole, None)],
    check,
    write,
)


def sheet(*rows):
    return workbook([HEADER, *rows])


def apply(content, *, by=SYSTEM, importer=IMPORTER, **confirmed):
    return batches.apply(importer, content, name="行业.xlsx", asked=Asked(by), **confirmed)


def read(content):
    return batches.read(IMPORTER, content, name="行业.xlsx", asked=Asked(SYSTEM))


def refusal(content, **confirmed):
    with pytest.raises(ImportRefused) as refused:
        apply(content, **confirmed)
    return str(refused.value)


def names():
    return list(Sector.objects.order_by("pk").values_list("name", flat=True))


# Reading


def test_read_writes_nothing_and_tells_everything():
    reading = read(sheet(["轻工", 1], ["存疑", 1], ["提示", 1], ["冶金", -1], [None, 2]))

    assert [str(one) for one in reading.errors] == [
        "第5行“数”应为不小于0的整数，现为“-1”",
        "第6行“行业”必填，现为空",
    ]
    assert [str(one) for one in reading.doubts] == ["第3行“行业”有疑问"]
    assert [str(one) for one in reading.warnings] == ["第4行“行业”请注意"]
    assert (names(), ImportBatch.objects.count(), AuditEntry.objects.count()) == ([], 0, 0)


def test_reading_knows_the_file_by_its_bytes():
    content = sheet(["轻工", 1])

    reading = read(content)

    assert (reading.content, reading.sha256) == (content, hashlib.sha256(content).hexdigest())
    assert reading.rows == ["轻工"]


def test_header_without_rows_is_an_error_of_the_header():
    (error,) = read(sheet()).errors

    assert str(error) == "第1行表头下没有数据行，请填写后再导入"


def test_table_without_its_columns_is_not_asked_about_its_rows():
    def never(table, asked):
        raise AssertionError

    importer = Importer(IMPORTER.kind, IMPORTER.columns, never, write)
    content = workbook([["数", "单位"], [1, 2]])
    asked = Asked(SYSTEM)

    with pytest.raises(WorkbookError, match="没有找到表头"):
        batches.read(importer, content, name="x.xlsx", asked=asked)


# Writing


def test_apply_writes_all_rows_one_batch_and_one_audit_row():
    batch, reading = apply(sheet(["轻工", 1], ["冶金", 2], ["提示", 3]))

    assert names() == ["轻工", "冶金", "提示"]
    batch.refresh_from_db()
    assert (batch.kind, batch.state, batch.name, batch.sha256) == (
        "enterprises", "applied", "行业.xlsx", reading.sha256,
    )  # fmt: skip
    assert (batch.rows, batch.created, batch.updated) == (3, 3, 0)
    assert (batch.errors, [one["message"] for one in batch.warnings]) == ([], ["请注意"])
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target_id) == ("import.apply", str(batch.pk))
    assert entry.detail["kind"] == "enterprises"
    assert entry.detail["sha256"] == reading.sha256
    assert entry.detail["written"] == {"rows": 3, "created": 3, "updated": 0}


def test_apply_names_who_and_for_whom():
    clerk = make.actor(make.unit())
    before = names()

    batch, _ = apply(sheet(["冶金", 1]), by=clerk)

    assert (batch.by, batch.unit, batch.campaign_code) == (clerk.label, clerk.unit, "")
    assert names() == [*before, "冶金"]


def test_apply_with_an_error_writes_nothing():
    message = refusal(sheet(["轻工", 1], [None, 1], ["冶金", "x"]))

    assert message == "有2处错误，未写入任何数据，请更正后重新导入"
    assert (names(), ImportBatch.objects.count(), AuditEntry.objects.count()) == ([], 0, 0)


def test_doubts_are_confirmed_and_errors_never():
    content = sheet(["存疑", 1])

    assert refusal(content).startswith("有1个统一社会信用代码校验位不符，未写入任何数据")
    assert names() == []
    apply(content, accept_doubts=True)
    assert names() == ["存疑"]
    assert refusal(sheet(["存疑", -1]), accept_doubts=True).startswith("有1处错误")


def test_confirming_one_question_does_not_answer_the_other():
    content = sheet(["存疑", 1])
    apply(content, accept_doubts=True)

    assert refusal(content, again=True).startswith("有1个统一社会信用代码校验位不符")
    assert refusal(content, accept_doubts=True).startswith("同一文件已于")


def test_same_bytes_are_asked_about_and_the_day_is_ours(settings):
    """23:30 UTC on the 5th is the 6th in Shanghai."""
    content = sheet(["轻工", 1])
    batch, _ = apply(content)
    ImportBatch.objects.filter(pk=batch.pk).update(at=datetime(2023, 6, 5, 23, 30, tzinfo=UTC))

    message = refusal(content)

    assert message == "同一文件已于2023年6月6日由系统（import_rows）导入，未写入任何数据，再次导入须确认"
    assert names() == ["轻工"]


def test_same_rows_in_another_file_are_another_file():
    apply(sheet(["轻工", 1]))
    apply(sheet(["冶金", 1]))

    assert ImportBatch.objects.applied().count() == 2


def test_same_bytes_read_as_another_kind_are_no_repetition():
    content = sheet(["轻工", 1])
    apply(content)
    other = Importer(ImportBatch.Kind.VISITS, IMPORTER.columns, check, lambda names, asked, batch: Counts(0, 0))

    batch, _ = apply(content, importer=other)

    assert batch.state == "applied"


def test_file_that_was_only_looked_at_may_be_written():
    content = sheet(["轻工", 1])
    ImportBatch.objects.create(
        kind="enterprises", state="previewed", name="行业.xlsx", by="x", sha256=hashlib.sha256(content).hexdigest()
    )

    apply(content)

    assert names() == ["轻工"]


def test_write_that_fails_leaves_no_row_no_batch_and_may_be_tried_again():
    def failing(rows, asked, batch):
        write(rows, asked, batch)
        raise IntegrityError

    content = sheet(["轻工", 1])
    with pytest.raises(IntegrityError):
        apply(content, importer=Importer(IMPORTER.kind, IMPORTER.columns, check, failing))
    assert (names(), ImportBatch.objects.count()) == ([], 0)

    apply(content)
    assert names() == ["轻工"]


def test_rows_that_are_no_data_are_not_counted():
    batch, reading = apply(sheet(["示例", 1], ["轻工", 1], ["合计", 1]))

    assert (batch.rows, names()) == (1, ["轻工"])
    assert reading.table.skipped == [(2, "示例"), (4, "合计")]


def test_problems_are_kept_worst_first_doubts_before_warnings():
    batch = ImportBatch(kind="enterprises")

    batches.describe(batch, read(sheet(["提示", 1], ["存疑", 1], [None, "x"])))

    assert [one["severity"] for one in batch.warnings] == ["doubt", "warning"]
    assert [(one["row"], one["column"], one["name"]) for one in batch.errors] == [(4, 1, "行业"), (4, 2, "数")]
    assert batch.doubts == [batch.warnings[0]]


def test_name_as_long_as_people_make_it_is_cut():
    batch, _ = batches.apply(IMPORTER, sheet(["轻工", 1]), name="长" * 300, asked=Asked(SYSTEM))

    assert batch.name == "长" * 200


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04"])
def test_what_is_no_workbook_is_said_before_anything_is_asked(content):
    with pytest.raises(WorkbookError):
        read(content)
