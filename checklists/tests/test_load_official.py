"""The command on an empty database, twice, and beside loaddata."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from checklists.management.commands import load_official
from checklists.models import Checklist, Clause, Item
from checklists.tests.official_texts import fixture
from organizations import official
from organizations.models import AuditEntry, OfficialRow, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    out = StringIO()
    call_command("load_official", stdout=out)
    return out.getvalue()


def test_every_fixture_file_is_loaded():
    """Those of fixtures/demo are load_demo's."""
    folder = load_official.paths()[0].parent
    official = [path for path in folder.rglob("*.json") if path.parent.name != "demo"]
    assert sorted(load_official.paths()) == sorted(official)


def test_command_prints_what_it_loaded(loaded):
    assert "对照检查表 8，条目 149，分项 162" in loaded


def test_every_row_of_the_fixtures_is_there_under_its_natural_key(loaded):
    for row in OfficialRow.objects.all():
        stored = apps.get_model(row.kind)._default_manager.get(pk=row.object_id)
        assert official.as_text(stored.natural_key()) == row.key


def test_every_row_is_valid(loaded):
    rows = list(OfficialRow.objects.all())
    assert len(rows) > 500
    for row in rows:
        apps.get_model(row.kind)._default_manager.get(pk=row.object_id).full_clean()


def test_running_twice_writes_nothing(loaded):
    entries = AuditEntry.objects.count()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        call_command("load_official", stdout=StringIO())

    verbs = {query["sql"].split()[0] for query in queries}
    assert verbs == {"SELECT", "SAVEPOINT", "RELEASE"}
    assert AuditEntry.objects.count() == entries


def test_renamed_office_stays_renamed(loaded):
    Unit.objects.filter(short_name="绿色发展推进科").update(name="威海市工业和信息化局绿色低碳科")

    call_command("load_official", stdout=StringIO())

    assert Unit.objects.filter(name__contains="绿色").count() == 1


def test_checklists_are_published_and_complete(loaded):
    counts = {
        code: (
            Item.objects.filter(checklist__code=code).count(),
            Clause.objects.filter(item__checklist__code=code).count(),
        )
        for code in Checklist.objects.published().values_list("code", flat=True)
    }

    assert counts == {
        "department-62": (62, 0),
        "enterprise-56": (56, 0),
        "gaoqing-department-5": (5, 18),
        "gaoqing-enterprise-6": (6, 25),
        "mines-2023-enterprise": (7, 39),
        "mines-2023-department": (5, 22),
        "mines-2023-government": (1, 10),
        "trade-2023-enterprise": (7, 48),
    }


@pytest.mark.parametrize("code", ["department-62", "enterprise-56", "trade-2023-enterprise"])
def test_checklist_fixture_loads_by_plain_loaddata(code):
    call_command("loaddata", f"checklists/{code}", verbosity=0)

    stored = Checklist.objects.get(code=code, version=1)
    texts = list(stored.items.values_list("text", flat=True))
    assert texts == [row["text"] for row in fixture(f"checklists/{code}", "checklists.item")]


def test_loaddata_and_load_official_meet_on_the_same_rows(loaded):
    before = list(Item.objects.order_by("pk").values_list("pk", "text"))

    call_command("loaddata", "checklists/enterprise-56", verbosity=0)

    assert list(Item.objects.order_by("pk").values_list("pk", "text")) == before


def test_what_loaddata_brought_in_is_not_loaded_again():
    call_command("loaddata", "areas", "sectors", "checklists/gaoqing-department-5", verbosity=0)

    out = StringIO()
    call_command("load_official", stdout=out)

    added = out.getvalue().splitlines()[0]
    assert "对照检查表 7" in added
    assert "行政区划" not in added
