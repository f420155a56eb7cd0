"""A batch looked at again: what is shown is what was found last; and addresses that nobody types."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.tests import factories as campaigns
from documents.models import ImportBatch, StoredFile
from inspections.actions import imports as actions
from inspections.models import Visit
from inspections.tests.sheets import CODE, OTHER_CODE, sheet
from lib.tests.workbooks import values
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

HUGE = 10**30


@pytest.fixture
def clerk(client):
    who = make.actor(make.unit())
    client.force_login(who.user)
    return who


def visit(**cells):
    return {
        "检查日期": "2023.06.06", "检查单位": "荣成市应急管理局", "检查组编号": "1组", "统一社会信用代码": CODE,
    } | cells  # fmt: skip


def submitted(clerk, *rows, name="检查.xlsx", **asked):
    return actions.submit(SimpleUploadedFile(name, sheet(*rows)), kind="visits", by=clerk, **asked)


def page(client, batch):
    return client.get(batch.get_absolute_url())


def files(batch):
    return [stored.role for stored in StoredFile.objects.of(batch)]


def test_marked_workbook_goes_when_nothing_is_wrong_any_more(client, clerk):
    """Else the page would offer yesterday's errors beside 没有错误."""
    batch = submitted(clerk, visit())
    assert files(batch) == ["原文件", "标错"]

    make.enterprise(uscc=CODE)
    actions.check_again(batch, by=clerk)

    assert (batch.state, files(batch)) == ("previewed", ["原文件"])
    shown = page(client, batch)
    assert shown.context["marked"] is None
    assert "下载标出问题的工作簿" not in shown.text


def test_marked_workbook_is_the_one_of_the_last_check(client, clerk):
    make.enterprise(uscc=CODE)
    batch = submitted(clerk, visit(), visit(统一社会信用代码=OTHER_CODE), visit(检查单位="乳山局"))

    make.enterprise("荣成别家食品有限公司", uscc=OTHER_CODE)
    actions.check_again(batch, by=clerk)
    actions.check_again(batch, by=clerk)

    assert files(batch) == ["原文件", "标错"]
    marked = values(page(client, batch).context["marked"].content())
    assert [bool(row[-1]) for row in marked[1:]] == [False, False, True]


def test_firm_lost_between_check_and_confirmation_is_told_and_nothing_written(clerk):
    firm = make.enterprise(uscc=CODE)
    batch = submitted(clerk, visit())
    firm.area = make.county("乳山市")
    firm.save(update_fields=["area"])

    message = actions.confirm(batch, by=clerk)

    batch.refresh_from_db()
    assert message.startswith("有1处错误，未写入任何数据")
    assert (batch.state, batch.errors[0]["name"], Visit.objects.count()) == ("failed", "统一社会信用代码", 0)
    assert files(batch) == ["原文件", "标错"]


def test_what_was_brought_in_is_not_checked_again(client, clerk):
    make.enterprise(uscc=CODE)
    batch = submitted(clerk, visit())
    actions.confirm(batch, by=clerk)

    response = client.post(reverse("inspections:import_check_again", args=[batch.pk]), follow=True)

    batch.refresh_from_db()
    assert batch.state == "applied"
    assert len(response.context["messages"]) == 1
    assert Visit.objects.count() == 1


def test_warnings_are_shown_and_kept_with_what_was_written(client, clerk):
    make.enterprise(uscc=CODE)
    batch = submitted(clerk, visit(检查日期="2023.04.06"), campaign=campaigns.campaign())
    assert (batch.state, batch.campaign_code) == ("previewed", "trade-2023")

    actions.confirm(batch, by=clerk)

    (problem,) = page(client, batch).context["warnings"]
    assert problem.message.endswith("照常导入，但不计入该行动")
    assert Visit.objects.count() == 1


def test_campaign_that_the_clerk_does_not_see_is_not_offered(client, clerk):
    seen = campaigns.campaign()
    hidden = campaigns.campaign("mines-2024", state="draft")  # a draft is its lead unit's, the city bureau's
    content = SimpleUploadedFile("检查.xlsx", sheet(visit()))

    offered = client.get(reverse("inspections:import_new")).context["form"].fields["campaign"].queryset
    response = client.post(
        reverse("inspections:import_new"), {"kind": "visits", "file": content, "campaign": hidden.pk}
    )

    assert list(offered) == [seen]
    assert "campaign" in response.context["form"].errors
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"kind": "accounts"}, {"kind": ""}, {"kind": "visits\x00"}, {"campaign": "x"}, {"campaign": str(HUGE)}],
)
def test_form_filled_in_wrongly_says_so_and_keeps_nothing(client, clerk, fields):
    content = SimpleUploadedFile("检查.xlsx", sheet(visit()))

    response = client.post(reverse("inspections:import_new"), {"kind": "visits", "file": content} | fields)

    assert response.status_code == 200
    assert set(response.context["form"].errors) == set(fields)
    assert not ImportBatch.objects.exists() and not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "query", ["after=x", "after=[%22a%22]", "after=[9e99]", "after={}", "after=[null]", "after=%00"]
)
def test_list_with_a_spoilt_query_begins_at_its_beginning(client, clerk, query):
    make.enterprise(uscc=CODE)
    submitted(clerk, visit())

    response = client.get(f"/imports/?{query}")

    assert response.status_code == 200
    assert len(response.context["page"]) == 1


@pytest.mark.parametrize("pk", [0, 999_999, HUGE])
@pytest.mark.parametrize("name", ["import_batch", "import_confirm", "import_check_again"])
def test_batch_that_is_none_is_not_found(client, clerk, name, pk):
    method = client.get if name == "import_batch" else client.post

    assert method(reverse(f"inspections:{name}", args=[pk])).status_code == 404


@pytest.mark.parametrize("kind", ["x", "visits-", "Visits"])
def test_page_opened_for_a_kind_that_is_none_asks_for_one(client, clerk, kind):
    assert client.get(f"/imports/new/?kind={kind}").status_code == 200


def test_colleague_confirms_what_another_has_checked_and_stands_for_it(client, clerk):
    """A batch is the unit's; the audit log names who wrote it."""
    make.enterprise(uscc=CODE)
    batch = submitted(clerk, visit())
    colleague = make.actor(make.unit(), name="李同事")

    actions.confirm(batch, by=colleague)

    batch.refresh_from_db()
    assert batch.by == colleague.label
    assert AuditEntry.objects.get(verb="import.apply").actor_id == colleague.user.pk


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMIN])
def test_those_who_import_are_offered_the_page(client, role):
    client.force_login(make.member(make.unit(), role).user)

    assert client.get(reverse("inspections:import_new")).status_code == 200
    assert client.get(reverse("inspections:imports")).status_code == 200
