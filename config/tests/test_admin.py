"""The back office as a whole: what may be edited there, what only looked at, and that it speaks Chinese."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.urls import reverse

from lib.text import is_chinese
from organizations.admin import AuditedAdmin, ReadOnlyAdmin
from organizations.models import AuditEntry
from organizations.tests import factories

EDITED = {
    "checklists.checklist",
    "checklists.item",
    "hazards.standard",
    "organizations.area",
    "organizations.reportingarea",
    "organizations.riskfeature",
    "organizations.sector",
    "organizations.unit",
    "organizations.user",
    "organizations.workday",
}
LOOKED_AT = {
    "campaigns.campaign",
    "campaigns.deliverable",
    "campaigns.obligation",
    "campaigns.submission",
    "checklists.answer",
    "checklists.selfinspection",
    "hazards.hazard",
    "hazards.measure",
    "hazards.problem",
    "organizations.auditentry",
    "organizations.auditseal",
    "organizations.enterprise",
    "organizations.enterprisechange",
    "organizations.responsible",
}
LABELS = sorted(EDITED | LOOKED_AT)


def office(label):
    return admin.site._registry[apps.get_model(label)]


def page(label, name, *args):
    return reverse(f"admin:{label.replace('.', '_')}_{name}", args=args)


@pytest.fixture
def administrator(client, db):
    user = factories.user("系统管理员", is_staff=True, is_superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_reference_data_is_edited_and_audited_the_rest_only_looked_at():
    kinds = {model._meta.label_lower: type(found) for model, found in admin.site._registry.items()}

    assert {label for label, kind in kinds.items() if issubclass(kind, AuditedAdmin)} == EDITED
    assert {label for label, kind in kinds.items() if issubclass(kind, ReadOnlyAdmin)} == LOOKED_AT
    assert kinds.keys() == EDITED | LOOKED_AT


def test_index_is_chinese_and_lists_the_apps(administrator):
    html = administrator.get("/admin/").content.decode()

    assert "基础数据维护" in html
    assert all(name in html for name in ("单位与企业", "专项行动", "隐患", "对照检查"))


@pytest.mark.parametrize("label", LABELS)
def test_list_opens_for_an_administrator_and_writes_nothing(administrator, label):
    response = administrator.get(page(label, "changelist"))

    assert response.status_code == 200
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("label", sorted(EDITED - {"checklists.item"}))
def test_form_for_a_new_row_opens(administrator, label):
    assert administrator.get(page(label, "add")).status_code == 200


@pytest.mark.parametrize("label", sorted(EDITED - {"checklists.item"}))
def test_form_for_a_new_row_says_nothing_in_english(administrator, label):
    """What stands on the page, without scripts, hidden captions and the words of our own codes."""
    body = administrator.get(page(label, "add")).text.split('id="content"')[1]
    words = re.sub(r"<(script|style|svg)[^>]*>.*?</\1>|<[^>]+>", " ", body, flags=re.DOTALL)
    assert re.findall(r"[A-Za-z]{4,} [a-z]{2,} [a-z]+", words) == []
    assert "selectfilter" not in body


@pytest.mark.parametrize("label", sorted(LOOKED_AT | {"checklists.item"}))
def test_domain_rows_are_not_made_here(administrator, label):
    assert administrator.get(page(label, "add")).status_code == 403


@pytest.mark.parametrize("label", LABELS)
def test_headings_are_chinese(label):
    found = office(label)
    headings = [label_for_field(name, found.model, found) for name in found.list_display]

    assert [heading for heading in headings if not is_chinese(heading)] == []
    assert is_chinese(str(found.opts.verbose_name))


@pytest.mark.parametrize("label", LABELS)
def test_nothing_is_deleted_by_the_dozen(label):
    assert office(label).actions is None


def test_others_are_asked_to_log_in(client, db):
    post = factories.member(factories.unit())
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")

    response = client.get("/admin/organizations/unit/")
    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


def test_staff_without_rights_sees_no_rows(client, db):
    client.force_login(factories.user("普通职员", is_staff=True), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/organizations/unit/").status_code == 403


def test_enterprise_is_shown_but_not_changed(administrator):
    firm = factories.enterprise("荣成海源食品有限公司")
    url = page("organizations.enterprise", "change", firm.pk)

    assert "荣成海源食品有限公司" in administrator.get(url).content.decode()
    assert administrator.post(url, {"name": "别的公司"}).status_code == 403
    firm.refresh_from_db()
    assert firm.name == "荣成海源食品有限公司"
