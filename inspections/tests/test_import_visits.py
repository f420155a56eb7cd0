"""Visits by workbook: rows of one date, unit and team are one trip, and agree on who went."""

from datetime import date

import pytest

from inspections.models import Trip, Visit
from inspections.tests import sheets
from inspections.tests.sheets import CODE, OTHER_CODE
from lib.excel import ERROR, WARNING
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bureau():
    make.enterprise(uscc=CODE, feature_names=["涉氨制冷"])
    make.enterprise("荣成别家食品有限公司", uscc=OTHER_CODE)
    return make.unit("荣成市应急管理局")


def row(**cells):
    return {
        "检查日期": date(2023, 6, 6),
        "检查单位": "荣成市应急管理局",
        "检查组编号": "1组",
        "检查方式": "执法检查",
        "统一社会信用代码": CODE,
    } | cells


def heads(officers, experts):
    return {"执法人员（人）": officers, "专家（人）": experts}


def problems(*rows, **asked):
    return sheets.problems("visits", *rows, **asked)


def imported(*rows, **asked):
    return sheets.imported("visits", *rows, **asked)


def test_rows_of_one_team_and_day_are_one_trip(bureau):
    assert imported(row() | heads(4, 1), row(统一社会信用代码=OTHER_CODE) | heads(4, 1)) == (2, 0)

    trip = Trip.objects.get()
    assert (trip.date, trip.unit, trip.team) == (date(2023, 6, 6), bureau, "1组")
    assert (trip.officers, trip.experts, trip.mode) == (4, 1, "执法检查")
    assert set(trip.visits.values_list("enterprise__uscc", flat=True)) == {CODE, OTHER_CODE}


def test_another_day_unit_or_team_is_another_trip():
    make.unit("石岛管理区应急管理局")

    imported(row(), row(检查日期="2023.06.07"), row(检查组编号="2组"), row(检查单位="石岛管理区应急管理局"))

    assert Trip.objects.count() == 4


def test_several_visits_of_one_enterprise_on_one_trip_are_all_kept():
    assert imported(row(), row(), row()) == (3, 0)
    assert (Trip.objects.count(), Visit.objects.count()) == (1, 3)


def test_visit_carries_stamps_and_flags():
    imported(row(企业主要负责人未带队检查的="是", 安全教育培训走过场="√", 制度措施不落实的="否"))

    visit = Visit.objects.get()
    assert visit.flags == ["head_not_leading", "training_formality"]
    assert (visit.date, visit.area.name, visit.reporting_area.name) == (date(2023, 6, 6), "荣成市", "荣成市")
    assert (visit.sector.name, visit.feature_names) == ("轻工", ["涉氨制冷"])


def test_heads_of_one_trip_must_agree():
    assert problems(row() | heads(4, 1), row() | heads(5, 1), row() | heads(None, 2)) == [
        (ERROR, "第3行“执法人员（人）”为5，与同一检查组第2行的4不一致，请改为一致"),
        (ERROR, "第4行“专家（人）”为2，与同一检查组第2行的1不一致，请改为一致"),
    ]


def test_way_of_checking_of_one_trip_must_agree():
    assert problems(row(), row(检查方式="驻点")) == [
        (ERROR, "第3行“检查方式”为驻点，与同一检查组第2行的执法检查不一致，请改为一致")
    ]


def test_blank_heads_say_nothing():
    imported(row() | heads(None, None), row() | heads(4, 1))

    trip = Trip.objects.get()
    assert (trip.officers, trip.experts) == (4, 1)


def test_trip_without_any_word_has_none_and_counts_as_a_check():
    imported({name: value for name, value in row().items() if name != "检查方式"})

    trip = Trip.objects.get()
    assert (trip.officers, trip.experts, trip.mode) == (0, 0, "执法检查")


def test_further_visits_join_a_stored_trip():
    imported(row() | heads(4, 1))

    assert problems(row(统一社会信用代码=OTHER_CODE) | heads(4, 1)) == [
        (WARNING, "第2行“检查组编号”2023-06-06 荣成市应急管理局 1组已登记过，本次在其下补充检查的企业")
    ]
    imported(row(统一社会信用代码=OTHER_CODE))

    trip = Trip.objects.get()
    assert (trip.visits.count(), trip.officers) == (2, 4)


def test_heads_left_blank_at_first_are_filled_in_by_a_later_file():
    """Else the trip would count nobody for ever, and the later file would be refused for telling who went."""
    imported(row() | heads(None, 2))
    later = row(统一社会信用代码=OTHER_CODE) | heads(4, 2)

    assert (WARNING, "第2行“执法人员（人）”平台登记该检查组时未填，本次补为4") in problems(later, later)
    assert len(problems(later, later)) == 2
    imported(later, later)

    trip = Trip.objects.get()
    assert (trip.officers, trip.experts, trip.visits.count()) == (4, 2, 3)
    versions = Trip.pgh_event_model.objects.order_by("pgh_id").values_list("officers", flat=True)
    assert list(versions) == [0, 4]


def test_heads_filled_in_must_agree_among_themselves():
    imported(row() | heads(None, None))

    errors = [message for severity, message in problems(row() | heads(4, 0), row() | heads(5, 0)) if severity == ERROR]

    assert errors == ["第3行“执法人员（人）”为5，与同一检查组第2行的4不一致，请改为一致"]


@pytest.mark.parametrize("value", [None, 0])
def test_nobody_said_again_changes_nothing_of_a_stored_trip(value):
    imported(row() | heads(None, 2))

    imported(row(统一社会信用代码=OTHER_CODE) | heads(value, 2))

    assert Trip.objects.values_list("officers", "experts").get() == (0, 2)
    assert Trip.pgh_event_model.objects.count() == 1


def test_heads_must_agree_with_a_stored_trip():
    imported(row() | heads(4, 1))

    errors = [message for severity, message in problems(row() | heads(3, 1)) if severity == ERROR]

    assert errors == ["第2行“执法人员（人）”为3，与同一检查组平台已登记的4不一致，请改为一致"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"检查单位": "荣成应急局"},
            "第2行“检查单位”没有“荣成应急局”这一单位，是否为“荣成市应急管理局”，请填写单位全称",
        ),
        ({"检查组编号": None}, "第2行“检查组编号”必填，现为空"),
        ({"检查日期": "6月6日"}, "第2行“检查日期”应为日期，如2023.06.06，现为“6月6日”"),
        ({"检查日期": "2099.01.01"}, "第2行“检查日期”（2099.01.01）晚于今天，请核对"),
        ({"执法人员（人）": -1}, "第2行“执法人员（人）”应为不小于0的整数，现为“-1”"),
        ({"制度措施不落实的": "有点"}, "第2行“制度措施不落实的”应填“是”或“否”，空着表示否，现为“有点”"),
        (
            {"统一社会信用代码": "91371082MA3MWA2002"},
            "第2行“统一社会信用代码”没有这家企业，或不在管辖范围，请核对代码或先导入企业",
        ),
    ],
)
def test_wrong_cell_is_an_error_with_its_place(cells, message):
    assert problems(row(**cells)) == [(ERROR, message)]


def test_clerk_enters_the_work_of_his_own_unit_and_those_below(bureau):
    make.unit("乳山市应急管理局", in_area=make.county("乳山市"))

    assert problems(row(), by=make.actor(bureau)) == []
    assert problems(row(), by=make.actor(make.city_bureau())) == []
    assert problems(row(检查单位="乳山市应急管理局"), by=make.actor(bureau)) == [
        (ERROR, "第2行“检查单位”“乳山市应急管理局”不在本单位管辖范围，不能代为导入")
    ]


def test_statements_do_not_grow_with_the_rows(django_assert_max_num_queries):
    rows = [row(检查组编号=f"{number}组") for number in range(50)]

    with django_assert_max_num_queries(16):
        imported(*rows)

    assert Trip.objects.count() == 50
