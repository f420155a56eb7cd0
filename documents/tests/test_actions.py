"""What is kept of an upload, and what is refused."""

import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from documents import actions, filetypes
from documents.models import StoredFile
from documents.tests import samples
from lib.actor import Actor
from organizations.models import AuditEntry
from organizations.tests.factories import actor, enterprise, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return enterprise()


@pytest.fixture
def clerk():
    return actor(unit())


def test_store_keeps_content_name_type_and_digest(firm, clerk):
    stored = actions.store(samples.upload(), owner=firm, by=clerk, role="plan")

    assert (stored.name, stored.content_type, stored.size) == ("治理方案.pdf", "application/pdf", len(samples.PDF))
    assert stored.sha256 == hashlib.sha256(samples.PDF).hexdigest()
    assert (stored.owner, stored.uploaded_by, stored.role) == (firm, clerk.user, "plan")
    assert samples.content(stored) == samples.PDF


def test_store_believes_content_and_not_the_name(firm, clerk):
    stored = actions.store(samples.upload("照片.jpg", samples.PDF), owner=firm, by=clerk)

    assert (stored.name, stored.content_type) == ("照片.jpg.pdf", "application/pdf")


def test_store_keeps_the_redrawn_photo(firm, clerk):
    photo = samples.photo(make="Huawei", gps=True)

    stored = actions.store(samples.upload("现场.jpg", photo), owner=firm, by=clerk)

    content = samples.content(stored)
    assert b"Huawei" not in content
    assert stored.sha256 == hashlib.sha256(content).hexdigest()


def test_store_never_makes_a_path_of_a_name(firm, clerk):
    stored = actions.store(samples.upload("../../../x.pdf"), owner=firm, by=clerk)

    assert stored.file.name == f"files/{stored.sha256[:2]}/{stored.sha256}"


def test_store_keeps_the_same_content_once(firm, clerk):
    first = actions.store(samples.upload("一.pdf"), owner=firm, by=clerk)
    second = actions.store(samples.upload("二.pdf"), owner=firm, by=clerk)

    assert first.file.name == second.file.name
    assert first.pk != second.pk
    assert default_storage.listdir(f"files/{first.sha256[:2]}") == ([], [first.sha256])


def test_store_writes_files_only_their_owner_may_read(firm, clerk):
    stored = actions.store(samples.upload(), owner=firm, by=clerk)

    path = Path(default_storage.path(stored.file.name))
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_store_refuses_what_is_too_large(firm, clerk, settings):
    settings.UPLOAD_MAX_BYTES = 2**20

    with pytest.raises(ValidationError) as caught:
        actions.store(samples.upload(content=samples.PDF + b" " * 2**20), owner=firm, by=clerk)

    assert caught.value.messages == ["文件超过1MB，请压缩或拆分后上传。"]
    assert not StoredFile.objects.exists()


def test_store_refuses_an_empty_file(firm, clerk):
    with pytest.raises(ValidationError, match="文件是空的，请重新选择"):
        actions.store(samples.upload(content=b""), owner=firm, by=clerk)


def test_store_keeps_to_the_allowed_types(firm, clerk):
    with pytest.raises(ValidationError, match="只能上传PNG图片、JPEG图片文件"):
        actions.store(samples.upload(), owner=firm, by=clerk, allowed=filetypes.IMAGES)


def test_store_leaves_an_audit_row(firm, clerk):
    stored = actions.store(samples.upload(), owner=firm, by=clerk)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target_id, entry.detail["owner"]) == ("file.store", str(stored.pk), firm.name)


def test_keep_takes_what_the_portal_made(firm):
    stored = actions.keep(
        b"made here", name="调度表.xlsx", content_type=filetypes.XLSX.content_type, owner=firm, by=Actor.system()
    )

    assert (samples.content(stored), stored.uploaded_by) == (b"made here", None)


def test_give_hangs_a_loose_file_on_its_row(firm, clerk):
    loose = actions.store(samples.upload(), owner=None, by=clerk)

    actions.give(loose, owner=firm, by=clerk)

    assert list(StoredFile.objects.of(firm)) == [loose]


def test_give_refuses_another_ones_file_and_one_that_is_taken(firm, clerk):
    loose = actions.store(samples.upload(), owner=None, by=clerk)
    taken = actions.store(samples.upload(), owner=firm, by=clerk)

    for stored, by in ((loose, actor(unit())), (taken, clerk)):
        with pytest.raises(ValidationError, match="这个文件已有归属"):
            actions.give(stored, owner=firm, by=by)


def test_readable_by_follows_the_owner_row(firm, clerk):
    stored = actions.store(samples.upload(), owner=firm, by=clerk)
    neighbour = enterprise("荣成别家食品有限公司")

    assert stored.readable_by(clerk)
    assert stored.readable_by(actor(firm, "safety"))
    assert not stored.readable_by(actor(neighbour, "safety"))


def test_readable_by_keeps_a_loose_file_to_its_uploader(clerk):
    stored = actions.store(samples.upload(), owner=None, by=clerk)

    assert stored.readable_by(clerk)
    assert not stored.readable_by(actor(unit()))


def test_remove_takes_row_and_content_away(firm, clerk):
    stored = actions.store(samples.upload(), owner=firm, by=clerk)

    actions.remove(stored, by=clerk)

    assert not StoredFile.objects.exists()
    assert not default_storage.exists(stored.file.name)
    assert AuditEntry.objects.latest("id").verb == "file.remove"


def test_remove_leaves_content_that_another_file_holds_too(firm, clerk):
    first = actions.store(samples.upload(), owner=firm, by=clerk)
    second = actions.store(samples.upload("副本.pdf"), owner=firm, by=clerk)

    actions.remove(first, by=clerk)

    assert samples.content(second) == samples.PDF
