"""Questions of enterprises: 重点企业 as a question and as a filter, searching, stamps, constraints."""

from datetime import date
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from organizations.actions.enterprises import grams_of
from organizations.models import Enterprise, EnterpriseChange, Membership, ReportingArea, Unit, UnitSector, WorkDay
from organizations.models.areas import Line, nearest_row
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def firm(name, **fields):
    return make.enterprise(name, grams=grams_of(name), **fields)


# 重点企业 (S004-贸 三(三)1): C and D, 钢铁 and 深井铸造, ten tonnes of ammonia, ten people in dust


def test_key_enterprises_are_the_same_as_question_and_as_filter():
    """Every combination of grade, features and amounts around ten."""
    features = [[], ["涉氨制冷"], ["粉尘涉爆"], ["钢铁"], ["深井铸造"], ["涉氨制冷", "粉尘涉爆"]]
    amounts = [None, 9, 10]
    area, sector = make.county(), make.sector()
    Enterprise.objects.bulk_create(
        Enterprise(
            name=f"{grade}{names}{tonnes}{people}", uscc=make.uscc(), area=area, sector=sector,
            grade=grade, feature_names=names, ammonia_tonnes=tonnes, dust_workers=people,
        )
        for grade, names, tonnes, people in product(["", "A", "B", "C", "D"], features, amounts, amounts)
    )  # fmt: skip
    every = list(Enterprise.objects.all())
    assert len(every) == 5 * 6 * 3 * 3
    expected = {one.pk for one in every if one.is_key}
    assert set(Enterprise.objects.key().values_list("pk", flat=True)) == expected
    # by hand: C and D are 108; of the other three grades steel and well are 54, ammonia 9, dust 9, both features 15
    assert len(expected) == 108 + 54 + 9 + 9 + 15


@pytest.mark.parametrize(
    ("fields", "large"),
    [
        ({"feature_names": ["涉氨制冷"], "ammonia_tonnes": 10}, True),
        ({"feature_names": ["涉氨制冷"], "ammonia_tonnes": "9.99"}, False),
        ({"feature_names": ["涉氨制冷"], "ammonia_tonnes": None}, False),
        ({"feature_names": [], "ammonia_tonnes": 100}, False),
    ],
)
def test_large_ammonia_is_ten_tonnes_and_the_feature(fields, large):
    made = firm("制冷厂", **fields)
    made.refresh_from_db()
    assert made.is_large_ammonia is large


# Searching


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("海源", ["荣成海源食品有限公司"]),
        ("荣成海源食品有限公司", ["荣成海源食品有限公司"]),
        ("海 源", ["荣成海源食品有限公司"]),
        ("源海", []),
        ("食", ["荣成海源食品有限公司", "乳山食品厂"]),
        ("食品", ["荣成海源食品有限公司", "乳山食品厂"]),
        ("食品有限", ["荣成海源食品有限公司"]),
        ("ABC", ["ＡＢＣ重工"]),
        ("abc重", ["ＡＢＣ重工"]),
        ("91371082", ["荣成海源食品有限公司"]),
        ("９１３７１０８２", ["荣成海源食品有限公司"]),
        ("91371082ma", ["荣成海源食品有限公司"]),
        ("371082", []),
        ("（）", None),
        ("", None),
    ],
)
def test_firm_is_found_by_any_part_of_its_name_and_the_beginning_of_its_code(words, found):
    firm("荣成海源食品有限公司", uscc="91371082MA00000001")
    firm("乳山食品厂", uscc="92371083MA00000002")
    firm("ＡＢＣ重工", uscc="93371000MA00000003")
    names = list(Enterprise.objects.matching(words).order_by("uscc").values_list("name", flat=True))
    assert names == (["荣成海源食品有限公司", "乳山食品厂", "ＡＢＣ重工"] if found is None else found)


def test_operating_are_all_but_the_deregistered():
    for status in Enterprise.Status.values:
        firm(status, status=status)
    names = set(Enterprise.objects.operating().values_list("name", flat=True))
    assert names == set(Enterprise.Status.values) - {"deregistered"}


# In whose row it counts


@pytest.fixture
def rules():
    """综保区 counts in 经区 for 应急 and in its own row for 工信."""
    harbour = make.area("经区", parent=make.city(), level="zone")
    bonded = make.area("综保区", parent=make.city(), level="zone", row=False)
    ReportingArea.objects.create(line=Line.EMERGENCY, area=bonded, counted_in=harbour)
    ReportingArea.objects.create(line=Line.MIIT, area=bonded, counted_in=bonded)
    return harbour, bonded


def test_same_area_counts_in_another_row_for_each_line(rules):
    harbour, bonded = rules
    town = make.area("凤林街道", parent=bonded, level="town")
    for area in (bonded, town):
        assert ReportingArea.objects.row_of(Line.EMERGENCY, area) == harbour
        assert ReportingArea.objects.row_of(Line.MIIT, area) == bonded
        assert ReportingArea.objects.row_of(Line.SAFETY_COMMITTEE, area) is None


def test_rule_of_the_nearest_area_wins(rules):
    harbour, bonded = rules
    town = make.area("凤林街道", parent=bonded, level="town")
    ReportingArea.objects.create(line=Line.EMERGENCY, area=town, counted_in=town)
    every = ReportingArea.objects.as_rules()
    assert nearest_row(every, Line.EMERGENCY, town) == town
    assert nearest_row(every, Line.EMERGENCY, bonded) == harbour


def test_stamps_ask_the_line_of_the_firms_sector(rules):
    harbour, bonded = rules
    yard = make.sector("船舶工业", line=Line.MIIT, group="miit")
    shipyard = make.enterprise("船厂", in_area=bonded)
    assert shipyard.stamps()["reporting_area"] == harbour
    shipyard.sector = yard
    assert shipyard.stamps()["reporting_area"] == bonded
    assert shipyard.stamps(ReportingArea.objects.as_rules())["reporting_area"] == bonded


def test_stamps_are_a_copy_of_the_features():
    made = firm("制冷厂", feature_names=["涉氨制冷"])
    made.stamps()["feature_names"].append("粉尘涉爆")
    assert made.feature_names == ["涉氨制冷"]


# Direct supervision


@pytest.mark.parametrize(("power", "may"), [("direct", True), ("industry", False)])
def test_office_penalises_by_its_bureaus_power(power, may):
    bureau = make.unit()
    UnitSector.objects.filter(unit=bureau).update(power=power)
    office = make.unit("执法大队", kind=Unit.Kind.OFFICE, part_of=bureau, sectors=())
    assert office.supervises_directly(make.sector()) is may
    assert not office.supervises_directly(make.sector("非煤矿山"))


# What the database refuses


def refused(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize(("joined", "left", "wrong"), [(2, 1, True), (1, 1, False), (1, 2, False), (None, 1, False)])
def test_firm_leaves_no_earlier_than_it_joined(joined, left, wrong):
    made = firm("制冷厂")
    days = {"joined_on": date(2023, 6, joined) if joined else None, "left_on": date(2023, 6, left)}
    if wrong:
        with refused("enterprise_leaves_after_joining"), transaction.atomic():
            Enterprise.objects.filter(pk=made.pk).update(**days)
    else:
        Enterprise.objects.filter(pk=made.pk).update(**days)


def test_code_is_of_one_firm():
    made = firm("制冷厂")
    with refused("uscc"), transaction.atomic():
        firm("另一家", uscc=made.uscc)


def test_firm_has_one_pending_correction():
    made = firm("制冷厂")
    EnterpriseChange.objects.create(enterprise=made, values={}, proposed_by="甲", state="approved")
    EnterpriseChange.objects.create(enterprise=made, values={}, proposed_by="甲")
    with refused("one_pending_change"), transaction.atomic():
        EnterpriseChange.objects.create(enterprise=made, values={}, proposed_by="乙")


@pytest.mark.parametrize(("role", "fits"), [("clerk", False), ("admin", False), ("head", True), ("safety", True)])
def test_role_fits_the_holder(role, fits):
    fields = {"user": make.user(), "enterprise": firm("制冷厂"), "role": role}
    if fits:
        assert Membership.objects.create(**fields).holder == fields["enterprise"]
    else:
        with refused("membership_role_fits_holder"), transaction.atomic():
            Membership.objects.create(**fields)


def test_post_is_held_once():
    post = make.member(make.unit())
    with refused("membership_unit_once"), transaction.atomic():
        Membership.objects.create(user=post.user, unit=post.unit, role=post.role)
    Membership.objects.create(user=post.user, unit=post.unit, role="reviewer")


def test_pair_of_unit_and_sector_has_one_power():
    bureau = make.unit()
    with refused("unit_sector_once"), transaction.atomic():
        UnitSector.objects.create(unit=bureau, sector=make.sector(), power="industry")


def test_rest_day_says_itself():
    assert str(WorkDay(day=date(2023, 6, 22), is_workday=False)) == "2023-06-22 休息日"
    assert str(WorkDay(day=date(2023, 6, 25), is_workday=True)) == "2023-06-25 工作日"


@pytest.mark.parametrize(
    ("active", "user", "label"),
    [
        (True, {}, "在岗"),
        (True, {"must_change_password": True}, "待首次登录"),
        (False, {}, "已停用"),
        (False, {"must_change_password": True}, "已停用"),
        (True, {"is_active": False}, "已停用"),
    ],
)
def test_state_of_a_post_in_words(active, user, label):
    post = make.member(make.unit(), who=make.user(**user))
    post.active = active
    assert post.state["label"] == label
