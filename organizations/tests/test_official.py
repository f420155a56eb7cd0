"""Loading official rows: what is missing is added, what a bureau has changed is left alone."""

import json

import pytest

from lib.actor import Actor
from organizations import official
from organizations.models import AuditEntry, OfficialRow, ReportingArea, RiskFeature, Sector, Unit, UnitSector, WorkDay
from organizations.tests import factories

pytestmark = pytest.mark.django_db


def feature(name, **fields):
    return {"model": "organizations.riskfeature", "fields": {"name": name, **fields}}


def area(code, name, parent=None, **fields):
    path = f"{parent}/{code}/" if parent else f"{code}/"
    fields = {"level": "city", "path": path, **fields}
    return {
        "model": "organizations.area",
        "fields": {"code": code, "name": name, "parent": [parent] if parent else None, **fields},
    }


def unit(name, **fields):
    fields = {"kind": "bureau", "lines": ["emergency"], "area": ["371000"], "part_of": None, **fields}
    return {"model": "organizations.unit", "fields": {"name": name, **fields}}


@pytest.fixture
def load(tmp_path):
    """Write the rows to a fixture file and load it; with published model names if given."""

    def write_and_load(*rows, published=()):
        path = tmp_path / "rows.json"
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        return official.load([path], by=Actor.system("load_official"), published=published)

    return write_and_load


def test_load_adds_what_is_missing(load):
    report = load(feature("涉氨制冷", aliases="液氨制冷", position=3))

    made = RiskFeature.objects.get()
    assert (made.name, made.aliases, made.position) == ("涉氨制冷", "液氨制冷", 3)
    assert report.added == {"领域/风险特征": 1}


def test_load_resolves_natural_keys_within_one_file(load):
    load(
        area("371000", "威海市"),
        area("371082", "荣成市", "371000", level="county"),
        {"model": "organizations.sector", "fields": {"name": "轻工", "line": "emergency", "group": "trade"}},
        unit("荣成市应急管理局", area=["371082"]),
        unit("荣成市应急管理局执法科", kind="office", part_of=["荣成市应急管理局"]),
        {
            "model": "organizations.unitsector",
            "fields": {"unit": ["荣成市应急管理局"], "sector": ["轻工"], "power": "direct"},
        },
        {
            "model": "organizations.reportingarea",
            "fields": {"line": "emergency", "area": ["371082"], "counted_in": ["371082"]},
        },
    )

    office = Unit.objects.get(name="荣成市应急管理局执法科")
    assert office.part_of.area.parent.name == "威海市"
    assert office.part_of.lines == ["emergency"]
    assert UnitSector.objects.get().sector == Sector.objects.get()
    assert ReportingArea.objects.get().counted_in == office.part_of.area


def test_load_reads_dates(load):
    load({"model": "organizations.workday", "fields": {"day": "2027-02-01", "is_workday": False, "note": "市政府通知"}})

    day = WorkDay.objects.get()
    assert (day.day.isoformat(), day.is_workday) == ("2027-02-01", False)
    assert day.natural_key() == ("2027-02-01",)


def test_second_load_only_reads(load, django_assert_num_queries):
    load(feature("涉氨制冷"), feature("粉尘涉爆"))

    # The savepoint, what was loaded before, the release of the savepoint.
    with django_assert_num_queries(3):
        report = load(feature("涉氨制冷"), feature("粉尘涉爆"))
    assert not report.changed
    assert report.unchanged == {"领域/风险特征": 2}


def test_correction_is_followed(load):
    load(feature("涉氨制冷", aliases="液氨"))

    report = load(feature("涉氨制冷", aliases="液氨、氨制冷"))

    assert RiskFeature.objects.get().aliases == "液氨、氨制冷"
    assert report.updated == {"领域/风险特征": 1}


def test_bureaus_edit_is_kept_and_named(load):
    load(feature("涉氨制冷", aliases="液氨", position=1))
    RiskFeature.objects.update(aliases="本局叫法")

    report = load(feature("涉氨制冷", aliases="液氨、氨制冷", position=2))

    kept = RiskFeature.objects.get()
    assert (kept.aliases, kept.position) == ("本局叫法", 2)
    assert report.kept == ['领域/风险特征 ["涉氨制冷"]：别名保留本局修改']


def test_edit_that_agrees_with_the_correction_is_no_conflict(load):
    load(feature("涉氨制冷", aliases="液氨"))
    RiskFeature.objects.update(aliases="氨制冷")

    report = load(feature("涉氨制冷", aliases="氨制冷"))

    assert report.kept == []


def test_removed_row_does_not_come_back(load):
    load(feature("涉氨制冷", aliases="液氨"))
    RiskFeature.objects.all().delete()

    load(feature("涉氨制冷", aliases="液氨"))
    report = load(feature("涉氨制冷", aliases="氨制冷"))

    assert not RiskFeature.objects.exists()
    assert report.kept == ['领域/风险特征 ["涉氨制冷"]：已由本局删除']


def test_renamed_row_is_not_made_again_and_is_still_found(load):
    load(area("371000", "威海市"), unit("威海市应急管理局", phone="1"))
    Unit.objects.update(name="威海市应急局")

    load(area("371000", "威海市"), unit("威海市应急管理局", phone="2"), unit("执法科", part_of=["威海市应急管理局"]))

    bureau = Unit.objects.get(name="威海市应急局")
    assert bureau.phone == "2"
    assert Unit.objects.get(name="执法科").part_of == bureau
    assert Unit.objects.count() == 2


def test_row_made_by_hand_is_followed_as_it_stands(load):
    factories.feature("涉氨制冷")

    first = load(feature("涉氨制冷", position=7))
    second = load(feature("涉氨制冷", position=8))

    assert (first.changed, second.changed) == (False, False)
    assert RiskFeature.objects.get().position == 0


def test_row_that_points_at_a_removed_one_is_skipped_and_named(load):
    load(area("371000", "威海市"), unit("威海市应急管理局"))
    Unit.objects.all().delete()

    report = load(unit("执法科", part_of=["威海市应急管理局"]))

    assert report.skipped == ['单位 ["执法科"]：所引用的单位“["威海市应急管理局"]”已被删除，未载入']
    assert not Unit.objects.exists()


def test_published_rows_are_added_but_never_rewritten(load):
    load(feature("涉氨制冷", aliases="液氨"), published=["organizations.riskfeature"])

    report = load(feature("涉氨制冷", aliases="氨制冷"), feature("粉尘涉爆"), published=["organizations.riskfeature"])

    assert RiskFeature.objects.get(name="涉氨制冷").aliases == "液氨"
    assert RiskFeature.objects.filter(name="粉尘涉爆").exists()
    assert report.kept == ['领域/风险特征 ["涉氨制冷"]：已发布，内容不改；修订请另立新版本']


def test_load_leaves_one_audit_row_and_none_when_nothing_changed(load):
    load(feature("涉氨制冷"), feature("粉尘涉爆"))
    load(feature("涉氨制冷"), feature("粉尘涉爆"))

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor) == ("reference.load", "系统（load_official）")
    assert entry.detail == {"added": 2, "updated": 0}


def test_field_the_fixture_says_for_the_first_time_is_set_unless_filled(load):
    load(feature("涉氨制冷"), feature("粉尘涉爆"))
    RiskFeature.objects.filter(name="粉尘涉爆").update(aliases="本局叫法")

    load(feature("涉氨制冷", aliases="液氨"), feature("粉尘涉爆", aliases="涉粉"))

    assert dict(RiskFeature.objects.values_list("name", "aliases")) == {"涉氨制冷": "液氨", "粉尘涉爆": "本局叫法"}


def test_lists_of_references_are_compared_in_any_order():
    assert official.same([["a"], ["b"]], [["b"], ["a"]])
    assert not official.same([["a"]], [["b"]])


def test_memory_says_what_it_remembers(load):
    load(feature("涉氨制冷"))

    assert str(OfficialRow.objects.get()) == 'organizations.riskfeature ["涉氨制冷"]'
