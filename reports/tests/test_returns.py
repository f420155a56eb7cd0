"""A return is handed in once: checks, freeze, lock, unlock, and the system standing in."""

from datetime import date
from decimal import Decimal

import pytest

from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from hazards.models import Hazard
from lib.transitions import MoveRefused
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import Entry, existing_or, filling, new_return, own_return
from reports.dispatch.tables import TABLES
from reports.indicators import INDICATORS
from reports.indicators.past import as_of
from reports.models import DispatchReturn, Figure
from reports.tests.factories import JUNE, campaign, hazard
from reports.tests.filling import filled_in, handed_in, opened

pytestmark = pytest.mark.django_db


# Handing in


def problems(returned, clerk, **changed):
    with pytest.raises(actions.ReturnRefused) as caught:
        handed_in(returned, clerk, **changed)
    return caught.value.problems


def test_a_full_return_is_handed_in_once(owed, clerk):
    returned = handed_in(opened(owed, clerk), clerk)

    assert returned.is_held()
    assert owed.submissions.get().state == Submission.State.SUBMITTED
    assert Obligation.objects.get(pk=owed.pk).handed_in_at is not None
    assert AuditEntry.objects.filter(verb="return.hand_in", target_id=str(returned.pk)).exists()


def test_an_empty_cell_is_not_handed_in(owed, clerk):
    hazard(factories.enterprise())
    returned = opened(owed, clerk)
    seen = actions.fill(returned, by=clerk, entries={"2.1": Entry(Decimal(1))}).seen

    with pytest.raises(actions.ReturnRefused) as caught:
        actions.hand_in(returned, by=clerk, seen=seen)

    assert ("1.1", "“派出检查组”未填写，没有的请填0。") in caught.value.problems
    assert not returned.is_held()
    assert not owed.submissions.exists()


def test_a_difference_needs_a_reason(owed, clerk):
    hazard(factories.enterprise())
    returned = opened(owed, clerk)

    assert problems(returned, clerk, x1_4=2) == [("1.4", "“发现问题隐患数量”与系统数不一致，请写明原因。")]
    assert handed_in(returned, clerk, x1_4=Entry(Decimal(2), reason="1项未录入")).is_held()


def test_a_figure_of_a_ledger_nobody_keeps_needs_no_reason(owed, clerk):
    assert handed_in(opened(owed, clerk), clerk, x1_1=3, x1_2=6).is_held()


def test_a_printed_sum_that_does_not_add_up_is_refused(owed, clerk):
    found = problems(opened(owed, clerk), clerk, x2_1=3, x2_3=1, x2_5=1, x1_4=3)

    assert [code for code, _ in found] == ["2.1"]
    assert "应等于" in found[0][1]


def test_more_done_than_found_in_a_month_needs_an_explanation(owed, clerk):
    typed = {"x2_1": 0, "x2_2": 1, "x2_4": 1}
    found = problems(opened(owed, clerk), clerk, **typed)

    assert [code for code, _ in found] == ["2.4", "2.2"]
    assert found[0][1].endswith("请在说明栏写明原因。")
    explained = {code: Entry(Decimal(1), reason="上月发现") for code in ("x2_2", "x2_4")}
    assert handed_in(opened(owed, clerk), clerk, x2_1=0, **explained).is_held()


def test_more_done_than_found_by_the_systems_own_count_explains_itself(owed, clerk):
    hazard(factories.enterprise(), on=date(2023, 5, 20), closed=date(2023, 6, 10))

    assert handed_in(opened(owed, clerk), clerk).is_held()


def test_a_warning_does_not_stop_a_return(owed, clerk):
    assert handed_in(opened(owed, clerk), clerk, x3_5=1).is_held()


def test_figures_that_changed_before_ones_eyes_are_shown_again(owed, clerk):
    returned = opened(owed, clerk)
    seen = filled_in(returned, clerk).seen
    hazard(factories.enterprise())

    with pytest.raises(actions.ReturnRefused, match="系统数已更新"):
        actions.hand_in(returned, by=clerk, seen=seen)


# Freezing


def test_a_return_freezes_what_it_was_counted_from(owed, clerk):
    hazard(factories.enterprise())
    returned = handed_in(opened(owed, clerk), clerk)
    figure = returned.figures.get(code="2.1")

    assert figure.rows == 1
    assert len(figure.digest) == 64
    assert returned.frozen_at is not None
    assert returned.frozen["definitions"]["2.1"] == 1
    assert set(returned.frozen["versions"]) >= {"hazards_hazard", "inspections_visit"}


def test_the_rows_of_then_can_be_read_later(owed, clerk):
    one = hazard(factories.enterprise())
    returned = handed_in(opened(owed, clerk), clerk)
    Hazard.objects.filter(pk=one.pk).update(level=Hazard.Level.GENERAL)
    hazard(factories.enterprise("乙"))
    scope = filling(returned).scope

    with as_of(DispatchReturn.objects.get().frozen["versions"]):
        then = list(INDICATORS["2.1"].rows(scope, JUNE, scope.row_named("荣成市")))

    assert then == [one]


def test_a_return_is_sealed(owed, clerk):
    handed_in(opened(owed, clerk), clerk, x1_1=3)
    returned = DispatchReturn.objects.get()
    assert returned.is_sealed()

    returned.figures.filter(code="1.1").update(reported=4)
    assert not returned.is_sealed()


def test_an_earlier_key_still_verifies(owed, clerk, settings):
    settings.SEAL_KEYS = {"1": "old key"}
    handed_in(opened(owed, clerk), clerk)
    settings.SEAL_KEYS = {"1": "old key", "2": "new key"}

    assert DispatchReturn.objects.get().is_sealed()


# Who holds it


def test_what_the_city_holds_the_district_cannot_change(owed, clerk):
    returned = handed_in(opened(owed, clerk), clerk)

    for act in (
        lambda: actions.fill(returned, by=clerk, entries={}),
        lambda: actions.hand_in(returned, by=clerk, seen=""),
    ):
        with pytest.raises(MoveRefused, match="本期已报送，审核期间不能修改"):
            act()


def test_accepted_stays_held_and_returned_is_open_again(owed, clerk, city):
    returned = handed_in(opened(owed, clerk), clerk)
    submissions.accept(owed.submissions.get(), by=city)
    assert returned.is_held()

    submissions.return_submission(owed.submissions.get(), by=city, reason="2.1与台账不符")
    assert not returned.is_held()
    assert handed_in(returned, clerk, x1_1=3).is_held()
    assert list(owed.submissions.values_list("number", "state")) == [(1, "returned"), (2, "submitted")]


def test_a_second_version_keeps_the_first_in_its_history(owed, clerk, city):
    returned = handed_in(opened(owed, clerk), clerk, x1_1=3)
    submissions.return_submission(owed.submissions.get(), by=city, reason="请核对")
    handed_in(returned, clerk, x1_1=4)
    figure = returned.figures.get(code="1.1")

    assert list(figure.events.order_by("pgh_id").values_list("reported", flat=True))[-1] == 4
    assert 3 in figure.events.values_list("reported", flat=True)


# 以系统数代报


def test_the_system_may_stand_in_for_a_missing_row_with_a_reason(owed, city):
    returned = new_return(owed)

    with pytest.raises(MoveRefused, match="请写明以系统数代报的理由"):
        actions.report_by_system(returned, by=city, reason=" ")
    actions.report_by_system(returned, by=city, reason="该区网络中断，电话核对一致")

    assert DispatchReturn.objects.get().by_system_reason == "该区网络中断，电话核对一致"
    assert not owed.submissions.exists()
    actions.withdraw_by_system(returned, by=city)
    assert DispatchReturn.objects.get().by_system_reason == ""


def test_the_system_does_not_stand_in_for_a_row_that_is_there(owed, clerk, city):
    returned = handed_in(opened(owed, clerk), clerk)

    with pytest.raises(MoveRefused, match="该行已报送"):
        actions.report_by_system(returned, by=city, reason="代报")


def test_handing_in_ends_the_systems_standing_in(owed, clerk, city):
    actions.report_by_system(new_return(owed), by=city, reason="代报")

    assert handed_in(opened(owed, clerk), clerk).by_system_reason == ""


# 市本级


def test_the_citys_own_return_is_kept_without_handing_in(city):
    one = campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)
    returned = own_return(one, TABLES["mines"], "2023-06")
    returned.save()

    actions.fill(returned, by=city, entries={"党政-6": Entry(text="是"), "党政-7": Entry(Decimal(12))})

    assert existing_or(own_return(one, TABLES["mines"], "2023-06")) == returned
    assert Figure.objects.get(code="党政-6").text == "是"
    assert not returned.is_held()


# Who may


def test_only_reviewers_and_clerks_of_the_unit_may(owed):
    from reports import permissions

    unit = factories.unit()
    assert permissions.may_fill(factories.actor(unit, Role.CLERK), owed)
    assert not permissions.may_fill(factories.actor(unit, Role.OFFICER), owed)
    assert not permissions.may_fill(factories.actor(factories.city_bureau(), Role.CLERK), owed)
    assert permissions.may_judge(factories.actor(factories.city_bureau(), Role.REVIEWER), owed)
    assert not permissions.may_judge(factories.actor(unit, Role.REVIEWER), owed)
