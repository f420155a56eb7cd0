"""What a changed record is called and what is said of the change, field by field."""

from datetime import date
from decimal import Decimal

import pytest

from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from inspections.tests.factories import action, case, trip, visit
from organizations.tests import factories
from reports.dispatch.records import RECORDS, differences
from reports.indicators.sources import SOURCES
from reports.tests.factories import hazard, listing
from reports.views.columns import SHOWN, firm

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind
BY_NAME = {source.name: source for source in SOURCES}


@pytest.fixture
def one():
    return factories.enterprise()


def said(source, row, **to):
    """What is said of a row after these changes in it, or in what `__` leads to."""
    related = RECORDS[source].related
    rows = type(row).objects.select_related(*related)
    old, new = rows.get(pk=row.pk), rows.get(pk=row.pk)
    for path, value in to.items():
        *parents, name = path.split("__")
        holder = new
        for parent in parents:
            holder = getattr(holder, parent)
        setattr(holder, name, value)
    return differences(BY_NAME[source], old, new)


def test_every_source_has_its_words():
    assert set(RECORDS) == set(SHOWN) == set(BY_NAME)


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ({"level": "general"}, "隐患级别由“重大”改为“一般”"),
        ({"found_by": "self"}, "发现方式由“部门检查”改为“企业自查”"),
        ({"found_on": date(2023, 7, 1)}, "发现时间由2023.06.06改为2023.07.01"),
        ({"state": "dismissed"}, "状态由“已登记”改为“不属实”"),
        ({"feature_names": ["涉氨制冷", "粉尘涉爆"]}, "领域由空改为“涉氨制冷、粉尘涉爆”"),
        ({"level": "general", "found_by": "self"}, "隐患级别由“重大”改为“一般”；发现方式由“部门检查”改为“企业自查”"),
        # what does not decide whether it counts is not said
        ({"state": "rectifying"}, "相关记录有变动"),
        ({"place": "冷库", "description": "改了"}, "相关记录有变动"),
        ({}, "相关记录有变动"),
    ],
)
def test_hazard(one, to, words):
    assert said("hazards", hazard(one), **to) == words


def test_hazard_found_not_true_that_is_true_again(one):
    row = hazard(one)
    Hazard.objects.filter(pk=row.pk).update(state="dismissed")

    assert said("hazards", row, state="rectifying") == "状态由“不属实”改为“整改中”"


def test_places_are_named_by_their_names(one):
    row = hazard(one, found_by_unit=factories.unit())
    other = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))

    assert said("hazards", row, found_by_unit=other) == "发现单位由“荣成市应急管理局”改为“乳山市应急管理局”"
    assert said("hazards", row, reporting_area=other.area) == "统计口径区域由“荣成市”改为“乳山市”"
    assert said("hazards", row, area=other.area, sector=factories.sector("冶金")) == (
        "区市由“荣成市”改为“乳山市”；行业由“轻工”改为“冶金”"
    )
    assert said("hazards", row, found_by_unit=None) == "发现单位由“荣成市应急管理局”改为空"


def test_closing_and_listing_tell_of_their_hazard_too(one):
    row = hazard(one, closed=date(2023, 6, 20), listed=date(2023, 6, 10))
    closing, listed = Closing.objects.get(hazard=row), SupervisionListing.objects.get(hazard=row)

    assert said("closings", closing, closed_on=date(2023, 6, 21)) == "销号时间由2023.06.20改为2023.06.21"
    assert said("closings", closing, hazard__level="general") == "隐患级别由“重大”改为“一般”"
    assert said("closings_of_listed", closing) == "挂牌督办有变动"
    assert said("listings", listed, level="department") == "挂牌级别由“政府”改为“部门”"
    assert said("listings", listed, listed_on=None) == "挂牌时间由2023.06.10改为空"
    assert said("listings", listed, hazard__state="dismissed") == "状态由“已销号”改为“不属实”"


def test_trip_and_visit(one):
    row = visit(one, on_trip=trip(officers=3, team="1组"), flags=["no_drill"])

    assert said("trips", row.trip, officers=4, experts=1) == "执法人员（人）由“3”改为“4”；专家（人）由“0”改为“1”"
    assert said("trips", row.trip, mode="驻点监督") == "检查方式由“执法检查”改为“驻点监督”"
    assert said("trips", row.trip, team="2组") == "所检查的企业有变动"
    assert said("visits", row, flags=["no_drill", "head_not_leading"]) == (
        "抽查发现由“未按规定开展应急演练、员工不熟悉逃生出口的”改为“未按规定开展应急演练、员工不熟悉逃生出口的、"
        "企业主要负责人未带队检查的”"
    )
    assert said("visits", row, trip__mode="驻点监督") == "检查方式由“执法检查”改为“驻点监督”"


def test_action_and_case(one):
    row = action(Act.PENALTY, one, fine=Decimal("3.00"), case=case(one, number="威应急罚〔2023〕1号"))

    assert said("actions", row, fine=None) == "罚款（万元）由“3.00”改为空"
    assert said("actions", row, kind=Act.WARNING) == f"类型由“行政处罚”改为“{Act.WARNING.label}”"
    assert said("actions", row, dangerous_operation=True) == "危险作业罪案例由“否”改为“是”"
    assert said("actions", row, persons=0) == "人数由空改为“0”"
    assert said("cases", row.case, both_on=date(2023, 6, 20)) == "双罚日期由空改为2023.06.20"


def named(source, row):
    record = RECORDS[source]
    return str(record.number(row)), str(record.name(row))


def test_records_are_called_by_number_and_name(one):
    row = hazard(one, number="隐7", closed=date(2023, 6, 20))
    seen = visit(one, on_trip=trip(team="3组"))
    both = case(one, number="威应急罚〔2023〕1号")
    listed = listing(row, on=date(2023, 6, 10))

    assert named("hazards", row) == named("listings", listed) == ("隐7", one.name)
    assert named("closings", Closing.objects.get()) == ("隐7", one.name)
    assert named("trips", seen.trip) == ("3组", "荣成市应急管理局")
    assert named("visits", seen) == ("荣成市应急管理局3组", one.name)
    assert named("actions", action(Act.PENALTY, one, case=both)) == ("威应急罚〔2023〕1号", one.name)
    assert named("actions", action(Act.EXPOSURE, one)) == ("曝光", one.name)
    assert named("actions", action(Act.AREA_SUPPORT, target_name="乳山市")) == ("帮扶指导重点地区", "乳山市")
    assert named("cases", both) == ("威应急罚〔2023〕1号", one.name)


# The same records as rows behind a figure


def shown(source, row):
    return {heading: read(row) for heading, read in SHOWN[source].columns}


def test_row_behind_a_figure_shows_what_it_counts_by(one):
    row = hazard(one, number="隐7", closed=date(2023, 6, 20), found_by_unit=factories.unit())
    seen = visit(one, on_trip=trip(team="3组", officers=2, experts=1), flags=["no_drill", "no_duty_list"])

    assert shown("hazards", row) == {
        "企业": one,
        "台账编号": "隐7",
        "级别": "重大",
        "发现时间": date(2023, 6, 6),
        "发现方式": "部门检查",
        "发现单位": factories.unit(),
        "状态": "已销号",
    }
    assert shown("closings", Closing.objects.get())["销号时间"] == date(2023, 6, 20)
    assert shown("trips", seen.trip) == {
        "检查单位": factories.unit(),
        "检查日期": date(2023, 6, 6),
        "检查组": "3组",
        "执法人员（人）": 2,
        "专家（人）": 1,
        "检查方式": "执法检查",
    }
    assert shown("visits", seen)["抽查发现"] == (
        "未按规定开展应急演练、员工不熟悉逃生出口的、企业未制定分管负责人职责清单的"
    )


def test_row_behind_a_figure_leads_to_its_hazard(one):
    row = hazard(one, closed=date(2023, 6, 20))
    listed = listing(row, on=date(2023, 6, 10))

    assert SHOWN["hazards"].href(row) == f"/hazards/{row.pk}/"
    assert SHOWN["closings"].href(Closing.objects.get()) == f"/hazards/{row.pk}/"
    assert SHOWN["listings"].href(listed) == f"/hazards/{row.pk}/"
    assert SHOWN["trips"].href(trip()) == ""


def test_action_without_a_firm_shows_whom_it_was_about(one):
    assert firm(action(Act.AREA_INTERVIEW, target_name="乳山市")) == "乳山市"
    assert firm(action(Act.EXPOSURE, one, target_name="乳山市")) == one.name
    assert {Trip, Visit, PenaltyCase} <= {source.model for source in SOURCES}
