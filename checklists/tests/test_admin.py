"""A list is edited until it is published, then only looked at."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from checklists.models import Checklist, Clause, Item
from organizations.models import AuditEntry
from organizations.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = factories.user("系统管理员", is_staff=True, is_superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def draft():
    made = Checklist.objects.create(code="local", version=1, name="本局细化检查表", audience="enterprise")
    Item.objects.create(checklist=made, number=1, category="制度", text="是否建立制度。")
    return made


def page(name, *args):
    return reverse(f"admin:checklists_{name}", args=args)


def values(checklist, **changes):
    """What the form of a list with one item sends."""
    item = checklist.items.get()
    row = {"code": checklist.code, "version": 1, "name": checklist.name, "audience": checklist.audience}
    items = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": item.pk, "0-checklist": checklist.pk}
    items |= {"0-number": 1, "0-category": item.category, "0-text": item.text, "0-polarity": item.polarity}
    return row | {f"items-{name}": value for name, value in items.items()} | changes


def test_fixture_loaded_by_an_administrator_is_seen_in_the_back_office(administrator):
    call_command("loaddata", "checklists/enterprise-56", verbosity=0)

    shown = administrator.get(page("checklist_changelist")).content.decode()
    assert "生产经营单位安全生产对照检查内容" in shown

    html = administrator.get(page("checklist_change", Checklist.objects.get().pk)).content.decode()
    assert "是否设立有奖举报专项资金，鼓励员工发现举报身边隐患，对有功人员给予表彰。" in html
    assert "<textarea" not in html


def test_draft_is_edited_and_the_change_audited(administrator, draft):
    response = administrator.post(
        page("checklist_change", draft.pk), values(draft, **{"items-0-text": "是否建立健全制度。"})
    )

    assert response.status_code == 302
    assert draft.items.get().text == "是否建立健全制度。"
    assert AuditEntry.objects.get().verb == "checklist.change"


def test_clauses_of_a_draft_are_edited_beside_their_item(administrator, draft):
    item = draft.items.get()
    row = {"number": 1, "category": "制度", "text": item.text, "polarity": "mixed"}
    clauses = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "0-number": 1, "0-text": "是否“挂名”。", "0-polarity": "negative"}

    response = administrator.post(
        page("item_change", item.pk), row | {f"clauses-{name}": value for name, value in clauses.items()}
    )

    assert response.status_code == 302
    assert Clause.objects.get().text == "是否“挂名”。"


def test_publishing_closes_the_list(administrator, draft):
    administrator.post(page("checklist_change", draft.pk), values(draft, published_on="2023-06-01"))

    response = administrator.post(page("checklist_change", draft.pk), values(draft, name="改名"))

    assert response.status_code == 403
    draft.refresh_from_db()
    assert (draft.name, str(draft.published_on)) == ("本局细化检查表", "2023-06-01")


@pytest.mark.parametrize("name", ["checklist", "item"])
def test_published_list_is_neither_changed_nor_deleted(administrator, draft, name):
    Checklist.objects.update(published_on="2023-06-01")
    pk = draft.pk if name == "checklist" else draft.items.get().pk

    assert administrator.get(page(f"{name}_change", pk)).status_code == 200
    assert administrator.post(page(f"{name}_change", pk), {"text": "改"}).status_code == 403
    assert administrator.post(page(f"{name}_delete", pk), {"post": "yes"}).status_code == 403
    assert Item.objects.get().text == "是否建立制度。"


def test_draft_may_be_thrown_away(administrator, draft):
    administrator.post(page("checklist_delete", draft.pk), {"post": "yes"})

    assert not Checklist.objects.exists()
