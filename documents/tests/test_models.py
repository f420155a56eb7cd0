"""Whose batches and exports, what state may follow, which job a worker may take."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from documents import actions
from documents.models import ExportJob, ImportBatch, StoredFile
from documents.tests import samples
from lib.actor import Actor
from lib.transitions import MoveRefused, move
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

NOW = datetime(2023, 6, 29, 0, 30, tzinfo=UTC)
S, J = ImportBatch.State, ExportJob.State
SYSTEM = Actor.system("beat")


def batch(unit=None, state=S.READING, **fields):
    return ImportBatch.objects.create(kind="visits", state=state, name="表.xlsx", by="x", unit=unit, **fields)


def job(**fields):
    return ExportJob.objects.create(kind="ledger", title="台账", **fields)


# Batches


def test_batch_is_seen_by_every_post_of_its_unit_and_by_no_other():
    bureau, other = make.unit(), make.unit("乳山市应急管理局", in_area=make.county("乳山市"))
    mine = batch(bureau)
    batch(other)
    batch()

    for role in (Role.CLERK, Role.ADMIN, Role.CHIEF):
        assert list(ImportBatch.objects.visible_to(make.actor(bureau, role))) == [mine]


def test_batch_is_not_seen_from_above_nor_by_a_firm_nor_by_somebody_without_a_post():
    firm = make.enterprise()
    batch(make.unit())
    batch()

    for who in (make.actor(make.city_bureau()), make.actor(firm, Role.HEAD), Actor(user=make.user())):
        assert not ImportBatch.objects.visible_to(who).exists()


def test_system_sees_every_batch():
    batch(make.unit())
    batch()

    assert ImportBatch.objects.visible_to(SYSTEM).count() == 2


ALLOWED = {
    (S.READING, S.PREVIEWED), (S.READING, S.FAILED),
    (S.PREVIEWED, S.APPLYING), (S.PREVIEWED, S.APPLIED), (S.PREVIEWED, S.FAILED), (S.PREVIEWED, S.READING),
    (S.APPLYING, S.APPLIED), (S.APPLYING, S.FAILED), (S.APPLYING, S.PREVIEWED),
    (S.FAILED, S.READING),
}  # fmt: skip


@pytest.mark.parametrize("frm", S)
@pytest.mark.parametrize("to", S)
def test_batch_moves_only_as_it_may(frm, to):
    one = batch(state=frm)

    if (frm, to) in ALLOWED:
        move(one, to, by=SYSTEM)
    else:
        with pytest.raises(MoveRefused):
            move(one, to, by=SYSTEM)

    one.refresh_from_db()
    assert one.state == (to if (frm, to) in ALLOWED else frm)


def test_what_was_applied_stays_applied():
    assert S.APPLIED not in ImportBatch.MOVES


@pytest.mark.parametrize("state", S)
def test_every_state_of_a_batch_has_a_tone_and_says_whether_it_waits(state):
    one = ImportBatch(state=state)

    assert one.tone in {"open", "soon", "done", "late"}
    assert one.is_busy == (state in ("reading", "applying"))


def test_batches_of_a_file_are_of_the_same_kind_and_bytes():
    one = batch(sha256="a" * 64)
    batch(sha256="b" * 64)

    assert list(ImportBatch.objects.of_file("visits", "a" * 64)) == [one]
    assert not ImportBatch.objects.of_file("actions", "a" * 64).exists()
    assert not ImportBatch.objects.of_file("visits", "a" * 64).applied().exists()


# Exports


def test_export_belongs_to_the_post_that_asked():
    bureau, firm = make.unit(), make.enterprise()
    clerk = make.actor(bureau)
    second_post = make.actor(make.city_bureau(), who=clerk.user)
    mine = job(requested_by=clerk.user, unit=bureau)
    of_firm = job(requested_by=clerk.user, enterprise=firm)

    assert list(ExportJob.objects.visible_to(clerk)) == [mine]
    assert not ExportJob.objects.visible_to(second_post).exists()
    assert not ExportJob.objects.visible_to(make.actor(bureau)).exists()
    assert list(ExportJob.objects.visible_to(make.actor(firm, Role.HEAD, who=clerk.user))) == [of_firm]
    assert ExportJob.objects.visible_to(SYSTEM).count() == 2


def test_scheduled_export_belongs_to_its_whole_unit():
    bureau = make.unit()
    mine = job(scheduled=True, unit=bureau)
    job(scheduled=True, unit=make.city_bureau())
    job(scheduled=True)

    assert list(ExportJob.objects.visible_to(make.actor(bureau, Role.CHIEF))) == [mine]
    assert not ExportJob.objects.visible_to(make.actor(make.enterprise(), Role.HEAD)).exists()


def test_nobody_without_a_post_sees_an_export():
    user = make.user()
    job(requested_by=user)

    assert not ExportJob.objects.visible_to(Actor(user=user)).exists()


@pytest.mark.parametrize(
    ("state", "lease", "attempts", "claimable", "exhausted"),
    [
        ("queued", None, 0, True, False),
        ("queued", None, 2, True, False),
        ("queued", None, 3, False, False),
        ("running", -1, 1, True, False),
        ("running", 0, 1, False, False),
        ("running", 1, 1, False, False),
        ("running", -1, 3, False, True),
        ("running", 0, 3, False, False),
        ("running", 1, 3, False, False),
        ("running", None, 1, False, False),
        ("failed", -1, 1, False, False),
    ],
)
def test_which_export_a_worker_may_take(state, lease, attempts, claimable, exhausted):
    """A lease that runs out this very second still holds; the third attempt is the last."""
    until = None if lease is None else NOW + timedelta(seconds=lease)
    job(state=state, lease_until=until, attempts=attempts)

    assert ExportJob.objects.claimable_at(NOW).exists() is claimable
    assert ExportJob.objects.exhausted_at(NOW).exists() is exhausted


@pytest.mark.parametrize(("seconds", "goes"), [(-1, True), (0, True), (1, False), (None, False)])
def test_which_file_is_to_go(seconds, goes):
    file = actions.store(samples.upload(), owner=None, by=SYSTEM)
    expires = None if seconds is None else NOW + timedelta(seconds=seconds)
    job(state="done", file=file, expires_at=expires)

    assert ExportJob.objects.expired_at(NOW).exists() is goes


def test_file_that_is_gone_does_not_go_again():
    job(state="done", expires_at=NOW)

    assert not ExportJob.objects.expired_at(NOW).exists()


def test_done_without_a_file_that_ever_was_is_refused_by_the_database():
    with pytest.raises(IntegrityError, match="export_done_has_file"), transaction.atomic():
        job(state="done")


def test_scheduled_export_of_one_key_is_made_once():
    job(key="trade-2023-06")

    with pytest.raises(IntegrityError), transaction.atomic():
        job(key="trade-2023-06")
    job()
    job()  # those without a key do not disturb each other


@pytest.mark.parametrize(
    ("fields", "status", "pending", "expired"),
    [
        ({"state": J.QUEUED}, ("info", "排队中"), True, False),
        ({"state": J.RUNNING, "progress": 40}, ("open", "生成中"), True, False),
        ({"state": J.FAILED}, ("late", "未成功"), False, False),
        ({"state": J.DONE, "file": StoredFile(pk=1)}, ("done", "已完成"), False, False),
        ({"state": J.DONE}, ("closed", "已过期"), False, True),
    ],
)
def test_what_an_export_says_of_itself(fields, status, pending, expired):
    one = ExportJob(title="台账", **fields)

    assert (one.status, one.is_pending, one.is_expired) == (status, pending, expired)
    assert one.seen == f"{one.state}-{one.progress}"
    assert str(one) == "台账"


# Files


def test_files_of_a_row_come_in_the_order_they_came():
    firm, other = make.enterprise(), make.enterprise("荣成别家食品有限公司")
    first, second = (actions.store(samples.upload(f"{n}.pdf"), owner=firm, by=SYSTEM) for n in "一二")
    actions.store(samples.upload(), owner=other, by=SYSTEM)
    actions.store(samples.upload(), owner=make.unit(), by=SYSTEM)

    assert list(StoredFile.objects.of(firm)) == [first, second]


def test_file_whose_row_is_gone_is_nobodys():
    firm = make.enterprise()
    stored = actions.store(samples.upload(), owner=firm, by=SYSTEM)
    clerk = make.actor(make.unit())
    assert stored.readable_by(clerk)

    firm.delete()

    assert not stored.readable_by(clerk)
    assert not stored.readable_by(SYSTEM)


def test_loose_file_is_not_the_systems_nor_a_strangers():
    stored = actions.store(samples.upload(), owner=None, by=SYSTEM)

    assert not stored.readable_by(SYSTEM)
    assert not stored.readable_by(Actor(user=None))


@pytest.mark.parametrize(("kind", "picture"), [("image/jpeg", True), ("image/png", True), ("application/pdf", False)])
def test_picture_is_told_by_its_type(kind, picture):
    assert StoredFile(content_type=kind).is_image is picture
