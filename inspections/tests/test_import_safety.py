"""All or nothing, once and not twice: when writing fails midway, when two ask at once, when a worker is late."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from documents.actions import batches
from documents.models import ImportBatch
from inspections import tasks
from inspections.actions import imports as actions
from inspections.imports import IMPORTERS
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from inspections.tests.sheets import CODE, SYSTEM, sheet
from lib.excel import Table
from lib.transitions import MoveRefused
from organizations.models import AuditEntry, Enterprise, Membership
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
FIRM = {"企业全称": "荣成海源食品有限公司", "统一社会信用代码": CODE, "区市": "荣成市", "行业": "轻工"}
VISIT = {"检查日期": "2023.06.06", "检查单位": "荣成市应急管理局", "检查组编号": "1组", "统一社会信用代码": CODE}


@pytest.fixture
def clerk():
    return make.actor(make.unit())


def apply(kind, content, **confirmed):
    asked = batches.Asked(SYSTEM, history=True)
    return batches.apply(IMPORTERS[kind], content, name="表.xlsx", asked=asked, **confirmed)


def submitted(clerk, *rows, kind="enterprises"):
    return actions.submit(SimpleUploadedFile("表.xlsx", sheet(*rows)), kind=kind, by=clerk)


def test_write_that_fails_midway_leaves_nothing(clerk):
    """The database refuses a row that every check let pass: trips already written go back with it."""
    make.enterprise(uscc=CODE)
    importer = IMPORTERS["visits"]

    def failing(outings, asked, batch):
        importer.write(outings, asked, batch)
        raise IntegrityError

    broken = batches.Importer(importer.kind, importer.columns, importer.check, failing)
    with pytest.raises(IntegrityError):
        batches.apply(broken, sheet(VISIT), name="表.xlsx", asked=batches.Asked(SYSTEM))

    left = [model.objects.count() for model in (Trip, Visit, ImportBatch, AuditEntry)]
    assert left == [0, 0, 0, 0]


def test_refused_import_keeps_the_reading_for_the_sender():
    with pytest.raises(batches.ImportRefused) as refused:
        apply("enterprises", sheet(FIRM))

    assert len(refused.value.reading.errors) == 2  # neither its area nor its sector is known


def test_wrong_row_among_actions_leaves_no_case(clerk):
    make.enterprise(uscc=CODE)
    good = {
        "日期": "2023.06.06", "实施单位": "荣成市应急管理局", "统一社会信用代码": CODE, "类型": "行政处罚",
        "对象": "企业", "案号": "1号",
    }  # fmt: skip

    with pytest.raises(batches.ImportRefused):
        apply("actions", sheet(good, good | {"类型": "谈心"}))

    assert (EnforcementAction.objects.count(), PenaltyCase.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_same_file_sent_by_two_at_once_is_written_once(clerk):
    content, told = sheet(FIRM), []

    def other():
        try:
            apply("enterprises", content)
        except batches.ImportRefused as refused:
            told.append(str(refused))
        finally:
            connection.close()

    with transaction.atomic():
        apply("enterprises", content)
        rival = threading.Thread(target=other)
        rival.start()
        rival.join(10)

    assert told == ["同一文件正在导入，请稍候再看结果"]
    assert (Enterprise.objects.count(), ImportBatch.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_one_batch_at_once_write_it_once(clerk):
    batch, told = submitted(clerk, FIRM), []

    def other():
        try:
            actions.confirm(ImportBatch.objects.get(pk=batch.pk), by=clerk)
        except MoveRefused as refused:
            told.append(str(refused))
        finally:
            connection.close()

    with transaction.atomic():
        actions.confirm(batch, by=clerk)
        rival = threading.Thread(target=other)
        rival.start()
        rival.join(0.5)
        waited = rival.is_alive()
    rival.join(10)

    assert waited
    assert told == ["该导入批次现为“已导入”，请刷新页面查看"]
    assert AuditEntry.objects.filter(verb="import.apply").count() == 1


def test_worker_acts_in_the_post_that_asked(clerk):
    acting = tasks.acting(clerk.membership.pk)

    assert (acting.user, acting.membership, acting.label) == (clerk.user, clerk.membership, clerk.label)


def test_worker_does_nothing_for_somebody_who_has_left_his_post(clerk):
    batch = submitted(clerk, FIRM)
    ImportBatch.objects.filter(pk=batch.pk).update(state="applying")
    Membership.objects.filter(pk=clerk.membership.pk).update(active=False)

    with pytest.raises(Membership.DoesNotExist):
        tasks.write_import(batch.pk, clerk.membership.pk, accept_doubts=False, again=False)

    batch.refresh_from_db()
    assert (batch.state, Enterprise.objects.count()) == ("previewed", 0)


def test_worker_that_breaks_off_leaves_the_batch_to_be_confirmed_again(clerk, monkeypatch, client):
    """Else it would say 正在导入 for ever: a batch being written can neither be checked nor confirmed."""
    make.county(), make.sector()
    batch = submitted(clerk, FIRM)
    ImportBatch.objects.filter(pk=batch.pk).update(state="applying")
    broken = batches.Importer("enterprises", IMPORTERS["enterprises"].columns, lambda table, asked: 1 / 0, None)
    monkeypatch.setitem(actions.IMPORTERS, "enterprises", broken)

    with pytest.raises(ZeroDivisionError):
        tasks.write_import(batch.pk, clerk.membership.pk, accept_doubts=False, again=False)
    monkeypatch.undo()

    client.force_login(clerk.user)
    page = client.get(batch.get_absolute_url())
    assert [problem.message for problem in page.context["warnings"]] == [actions.BROKEN_OFF]
    assert page.context["form"] is not None
    batch.refresh_from_db()
    assert actions.confirm(batch, by=clerk) == ""
    assert Enterprise.objects.get().uscc == CODE


def test_batch_that_was_written_is_not_put_back(clerk):
    make.county(), make.sector()
    batch = submitted(clerk, FIRM)
    actions.confirm(batch, by=clerk)

    actions.put_back(batch, by=SYSTEM)

    batch.refresh_from_db()
    assert batch.state == "applied"


@pytest.mark.django_db(transaction=True)
def test_two_files_of_one_trip_at_once_are_told_and_the_second_is_confirmed_again(clerk):
    """Neither found the trip stored; the one that comes a moment later must not fail with an error page."""
    make.enterprise(uscc=CODE)
    second, told = submitted(clerk, VISIT, VISIT, kind="visits"), []

    def other():
        try:
            told.append(actions.confirm(ImportBatch.objects.get(pk=second.pk), by=clerk))
        finally:
            connection.close()

    with transaction.atomic():
        apply("visits", sheet(VISIT))
        rival = threading.Thread(target=other)
        rival.start()
        rival.join(0.7)
        waited = rival.is_alive()
    rival.join(10)

    second.refresh_from_db()
    assert waited
    assert (told, second.state) == ([actions.CLASHED], "previewed")
    assert (Trip.objects.count(), Visit.objects.count()) == (1, 1)

    assert actions.confirm(second, by=clerk) == ""
    assert (Trip.objects.count(), Visit.objects.count()) == (1, 3)


def test_check_delivered_late_finds_the_batch_moved_on(clerk):
    batch = submitted(clerk, FIRM)
    actions.confirm(batch, by=clerk)

    tasks.preview_import(batch.pk, clerk.membership.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.created) == ("applied", 1)


def test_check_lost_with_its_worker_is_asked_for_again(clerk):
    batch = submitted(clerk, FIRM)
    ImportBatch.objects.filter(pk=batch.pk).update(state="reading")
    batch.refresh_from_db()

    actions.check_again(batch, by=clerk)

    assert batch.state == "previewed"


@pytest.mark.parametrize("state", ["applying", "applied"])
def test_batch_being_written_is_not_checked_again(clerk, state):
    batch = submitted(clerk, FIRM)
    ImportBatch.objects.filter(pk=batch.pk).update(state=state)
    batch.refresh_from_db()

    with pytest.raises(MoveRefused):
        actions.check_again(batch, by=clerk)


def test_check_writes_none_of_the_rows(clerk):
    make.enterprise(uscc=CODE)

    batch = submitted(clerk, VISIT, kind="visits")

    assert (batch.state, Trip.objects.count(), Visit.objects.count()) == ("previewed", 0, 0)


def test_problems_beyond_what_a_batch_keeps_are_dropped():
    table = Table("Sheet1", header_row=1)
    for number in range(batches.MOST_KEPT + 5):
        table.refuse(number + 2, "", "错")
    batch = ImportBatch(kind="visits")

    batches.describe(
        batch, batches.Reading(IMPORTERS["visits"], batches.Asked(SYSTEM), "表.xlsx", b"", "0" * 64, table, [])
    )

    assert [one["row"] for one in batch.errors] == list(range(2, batches.MOST_KEPT + 2))


def test_file_kept_with_a_batch_is_what_was_sent(clerk):
    content = sheet(FIRM)

    batch = actions.submit(SimpleUploadedFile("../表.xlsx", content), kind="enterprises", by=clerk)

    assert (batch.source.content(), batch.source.owner) == (content, batch)
    assert batch.source.name == "表.xlsx"
