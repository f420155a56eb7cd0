"""The city's consolidated table, and the bridge from what was handed in to what the records say today."""

from datetime import date
from decimal import Decimal

import pytest

from campaigns.actions import submissions
from hazards.models import Hazard
from lib.periods import WindowKind
from organizations.models import ReportingArea
from organizations.tests import factories
from reports import actions, exports
from reports.dispatch.bridges import bridge
from reports.dispatch.cells import new_return
from reports.dispatch.consolidated import consolidated
from reports.dispatch.tables import TABLES
from reports.indicators import INDICATORS, scope_of
from reports.models import DispatchReturn
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import Entry, handed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rushan(owed):
    """乳山市 owes the same table."""
    unit = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))
    ReportingArea.objects.filter(area__name="乳山市").update(position=1)
    return obligation(owed.deliverable.campaign, unit=unit)


def table(owed):
    one = owed.deliverable.campaign
    scope = scope_of(one)
    return consolidated(TABLES["trade"], one, "2023-06", scope=scope, rows=scope.every_row)


def shown(owed, code="2.1"):
    found = table(owed)
    return [(state.row.name, state.values[code], state.status[1]) for state in found.states]


def test_rows_that_are_missing_print_so(owed, rushan):
    hazard(factories.enterprise())
    found = table(owed)

    assert shown(owed) == [("荣成市", "未报", "未报"), ("乳山市", "未报", "未报")]
    assert found.sheet.warning == "缺报2个：荣成市、乳山市"
    assert (found.come_in, found.owed) == (0, 2)
    assert found.sheet.total.values["2.1"] is None


def test_a_row_that_came_in_prints_what_was_reported(owed, rushan, clerk):
    hazard(factories.enterprise())
    reason = Entry(Decimal(2), reason="1项未录入")
    handed_in(actions.open_return(owed, by=clerk), clerk, x2_1=reason, x2_5=reason)
    found = table(owed)

    assert shown(owed) == [("荣成市", 2, "待审核"), ("乳山市", "未报", "未报")]
    assert found.sheet.warning == "缺报1个：乳山市"
    assert found.sheet.total.values["2.1"] == 2
    assert found.sheet.label == "已报送"


def test_what_was_handed_in_stays_when_records_change(owed, clerk):
    one = hazard(factories.enterprise())
    handed_in(actions.open_return(owed, by=clerk), clerk)
    hazard(factories.enterprise("乙"))
    [state] = table(owed).states

    assert state.values["2.1"] == 1
    assert state.drift == dict.fromkeys(("1.4", "2.1", "2.5"), (1, 2))
    Hazard.objects.exclude(pk=one.pk).update(state=Hazard.State.DISMISSED)
    assert table(owed).states[0].drift == {}


def test_an_accepted_table_is_labelled_so(owed, clerk):
    city = factories.actor(factories.city_bureau())
    handed_in(actions.open_return(owed, by=clerk), clerk)
    submissions.accept(owed.submissions.get(), by=city)

    assert (shown(owed)[0][2], table(owed).sheet.label) == ("已接收", "已审核")


def test_a_returned_row_is_missing_again(owed, clerk):
    city = factories.actor(factories.city_bureau())
    handed_in(actions.open_return(owed, by=clerk), clerk)
    submissions.return_submission(owed.submissions.get(), by=city, reason="请核对")

    assert shown(owed) == [("荣成市", "未报", "已退回")]


def test_the_system_stands_in_where_the_city_says_so(owed):
    hazard(factories.enterprise())
    actions.report_by_system(new_return(owed), by=factories.actor(factories.city_bureau()), reason="网络中断")
    found = table(owed)

    assert shown(owed) == [("荣成市", 1, "以系统数代报")]
    assert found.states[0].by_system == "网络中断"
    assert found.sheet.warning == ""


def test_the_citys_own_work_has_its_row(owed):
    hazard(factories.enterprise(), found_by_unit=factories.city_bureau())

    assert shown(owed, "1.4") == [("荣成市", "未报", "未报"), ("市本级", 1, "系统数")]


def test_only_the_rows_one_may_see_are_there(owed, rushan):
    scope = scope_of(owed.deliverable.campaign)
    found = consolidated(
        TABLES["trade"], owed.deliverable.campaign, "2023-06", scope=scope, rows=[scope.row_named("乳山市")]
    )

    assert [state.row.name for state in found.states] == ["乳山市"]
    assert found.sheet.warning == "缺报1个：乳山市"


@pytest.mark.parametrize("districts", [1, 3])
def test_the_consolidated_table_takes_a_fixed_number_of_queries(districts, clerk, django_assert_num_queries):
    one = campaign()
    for n in range(districts):
        unit = factories.unit(f"区{n}应急管理局", in_area=factories.county(f"区{n}"))
        owed = obligation(one, unit=unit)
        filler = factories.actor(unit)
        handed_in(actions.open_return(owed, by=filler), filler)
    scope = scope_of(one)

    # passes 8, ledgers 1, due day 1, returns 1, figures 1, obligations 1, submissions 1
    with django_assert_num_queries(14):
        consolidated(TABLES["trade"], one, "2023-06", scope=scope, rows=scope.every_row)


def test_the_printed_consolidated_table_names_the_missing_on_top(owed, rushan):
    sheet = exports.workbook(table(owed).sheet).active

    assert sheet["A3"].value == "填报地市：威海市　　缺报2个：荣成市、乳山市"
    assert [sheet.cell(6, column).value for column in (2, 3, 17)] == ["荣成市", "未报", "未报"]


# The bridge


def bridged(code="2.1"):
    returned = DispatchReturn.objects.get()
    scope = scope_of(returned.campaign)
    return bridge(INDICATORS[code], returned, scope, scope.row_named("荣成市"))


def test_nothing_changed_is_level(owed, clerk):
    one = hazard(factories.enterprise())
    handed_in(actions.open_return(owed, by=clerk), clerk)

    assert bridged().then == {one.pk: 1}
    assert bridged().is_level


def test_what_was_recorded_later_is_told_apart_from_what_was_changed(owed, clerk):
    firm = factories.enterprise()
    stays, lowered, moved = (hazard(firm), hazard(firm), hazard(firm, on=date(2023, 9, 1)))
    handed_in(actions.open_return(owed, by=clerk), clerk)
    late = hazard(firm)
    Hazard.objects.filter(pk=lowered.pk).update(level=Hazard.Level.GENERAL)
    Hazard.objects.filter(pk=moved.pk).update(found_on=date(2023, 6, 20))
    found = bridged()

    assert found.then == {stays.pk: 1, lowered.pk: 1}
    assert found.late == {late.pk}
    assert found.adjusted == {lowered.pk, moved.pk}


def test_a_change_that_moves_no_figure_is_told_apart(owed, clerk):
    one = hazard(factories.enterprise())
    handed_in(actions.open_return(owed, by=clerk), clerk)
    Hazard.objects.filter(pk=one.pk).update(place="冷库")

    assert (bridged().adjusted, bridged().corrected) == (set(), {one.pk})
    assert bridged().is_level


def test_the_bridge_takes_two_queries(owed, clerk, django_assert_num_queries):
    hazard(factories.enterprise())
    handed_in(actions.open_return(owed, by=clerk), clerk)
    returned = DispatchReturn.objects.select_related("campaign").get()
    scope = scope_of(returned.campaign)
    row = scope.row_named("荣成市")

    with django_assert_num_queries(2 + 2):  # and the due day, asked twice
        bridge(INDICATORS["2.1"], returned, scope, row)
    assert returned.window == WindowKind.MONTHLY


def test_what_was_handed_in_as_unkept_says_nothing_when_only_a_dismissed_record_came(owed, clerk):
    """Handed in with 无台账数据 and typed zeros; a hazard entered and dismissed since makes it 0: no difference."""
    handed_in(actions.open_return(owed, by=clerk), clerk)
    hazard(factories.enterprise(), state="dismissed")
    [state] = [each for each in table(owed).states if each.row.name == "荣成市"]

    assert state.returned.figures.get(code="2.1").system is None
    assert (state.live["2.1"], state.drift) == (0, {})
