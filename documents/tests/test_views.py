"""A file is handed out by its view only, to those who see its row."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from documents import actions
from documents.tests import samples
from organizations.models import AuditEntry
from organizations.tests.factories import actor, county, enterprise, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return actor(unit())


def asked_by(client, who, stored):
    client.force_login(who.user)
    response = client.get(reverse("documents:file", args=[stored.pk]))
    response.body = b"".join(response.streaming_content) if response.streaming else b""
    return response


def test_file_comes_as_an_attachment_with_its_chinese_name(client, clerk):
    stored = actions.store(samples.upload("整改 方案（一）.pdf"), owner=enterprise(), by=clerk)

    response = asked_by(client, clerk, stored)

    assert response.body == samples.PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E6%95%B4%E6%94%B9%20%E6%96%B9%E6%A1%88%EF%BC%88%E4%B8%80%EF%BC%89.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"


def test_file_shows_an_image_in_the_page(client, clerk):
    stored = actions.store(samples.upload("现场.jpg", samples.photo()), owner=enterprise(), by=clerk)

    response = asked_by(client, clerk, stored)

    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline")


def test_file_is_not_found_by_another_area_or_firm(client, clerk):
    stored = actions.store(samples.upload(), owner=enterprise(), by=clerk)
    rushan = unit("乳山市应急管理局", in_area=county("乳山市"))
    other_firm = enterprise("荣成别家食品有限公司")

    assert asked_by(client, actor(rushan), stored).status_code == 404
    assert asked_by(client, actor(other_firm, "head"), stored).status_code == 404


def test_file_asks_a_stranger_to_log_in(client, clerk):
    stored = actions.store(samples.upload(), owner=enterprise(), by=clerk)

    response = client.get(reverse("documents:file", args=[stored.pk]))

    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_file_leaves_an_audit_row_for_documents_only(client, clerk):
    firm = enterprise()
    document = actions.store(samples.upload(), owner=firm, by=clerk)
    picture = actions.store(samples.upload("现场.jpg", samples.photo()), owner=firm, by=clerk)

    asked_by(client, clerk, document)
    asked_by(client, clerk, picture)

    assert AuditEntry.objects.filter(verb="file.read").values_list("target_id", flat=True).get() == str(document.pk)


def test_file_cannot_be_posted_to(client, clerk):
    stored = actions.store(samples.upload(), owner=enterprise(), by=clerk)
    client.force_login(clerk.user)

    assert client.post(reverse("documents:file", args=[stored.pk])).status_code == 405


def test_file_whose_content_is_lost_is_not_found_and_the_log_says_which(client, clerk, caplog):
    stored = actions.store(samples.upload(), owner=enterprise(), by=clerk)
    default_storage.delete(stored.file.name)

    assert asked_by(client, clerk, stored).status_code == 404
    assert f"file {stored.pk} is not where it was kept: {stored.file.name}" in caplog.messages
    assert not AuditEntry.objects.filter(verb="file.read").exists()


@pytest.mark.parametrize("pk", [0, 999_999, 10**30])
def test_file_that_is_none_is_not_found(client, clerk, pk):
    client.force_login(clerk.user)

    assert client.get(reverse("documents:file", args=[pk])).status_code == 404


def test_loose_file_is_handed_to_its_uploader_only(client, clerk):
    stored = actions.store(samples.upload(), owner=None, by=clerk)

    assert asked_by(client, clerk, stored).status_code == 200
    assert asked_by(client, actor(unit()), stored).status_code == 404
