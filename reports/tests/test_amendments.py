"""期后补记与调整: the second sheet beside what was handed in, record by record, and what never gets onto it."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.actions import submissions
from hazards.models import Closing, Hazard
from inspections.models import EnforcementAction, Visit
from inspections.tests.factories import action, trip, visit
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import existing_or, new_return
from reports.dispatch.sheets import live
from reports.dispatch.tables import TABLES
from reports.exports.amendments import NAME
from reports.tests.amended import book, hand_in, lines, reported
from reports.tests.factories import hazard, listing
from reports.tests.filling import Entry

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind


@pytest.fixture
def firm():
    return factories.enterprise()


def told(owed, indicator, **asked):
    """The lines of one figure, without their numbers, row and heading."""
    return [line[3:] for line in lines(owed, **asked) if line[2] == indicator]


def today():
    return f"{timezone.localdate():%Y.%m.%d}"


# When there is something to say


def test_nothing_changed_leaves_one_sheet(owed, clerk, firm):
    hazard(firm)
    hand_in(owed, clerk)

    assert book(reported(owed)).sheetnames == ["调度表"]


def test_what_changes_no_figure_is_not_told(owed, clerk, firm):
    one = hazard(firm)
    hand_in(owed, clerk)
    Hazard.objects.filter(pk=one.pk).update(place="冷库", state=Hazard.State.RECTIFYING)

    assert book(reported(owed)).sheetnames == ["调度表"]


def test_records_of_other_days_places_and_sectors_are_not_told(owed, clerk, firm):
    hand_in(owed, clerk)
    hazard(firm, on=date(2023, 5, 28))
    hazard(firm, on=date(2023, 6, 29))
    hazard(factories.enterprise("乳山某公司", in_area=factories.county("乳山市")))
    hazard(factories.enterprise("某药厂", in_sector="医药"))

    assert book(reported(owed)).sheetnames == ["调度表"]


def test_live_workbook_has_no_second_sheet(owed, clerk, firm):
    hand_in(owed, clerk)
    hazard(firm)

    assert book(live(TABLES["trade"], owed.deliverable.campaign, period="2023-06", area="威海市")).sheetnames == [
        "调度表"
    ]


def test_row_that_was_given_back_or_is_stood_in_for_has_nothing_to_compare(owed, clerk, city, firm):
    hand_in(owed, clerk)
    hazard(firm)
    assert book(reported(owed)).sheetnames == ["调度表", NAME]

    submissions.return_submission(owed.submissions.get(), by=city, reason="请核对")
    assert book(reported(owed)).sheetnames == ["调度表"]
    actions.report_by_system(existing_or(new_return(owed)), by=city, reason="网络中断")
    assert book(reported(owed)).sheetnames == ["调度表"]


def test_handing_in_again_starts_afresh(owed, clerk, city, firm):
    hazard(firm)
    hand_in(owed, clerk)
    hazard(firm)
    submissions.return_submission(owed.submissions.get(), by=city, reason="请补报")
    hand_in(owed, clerk)

    assert book(reported(owed)).sheetnames == ["调度表"]


# What is told


def test_late_record_stands_under_each_figure_it_would_change(owed, clerk, firm):
    hazard(firm, number="隐1")
    hand_in(owed, clerk)
    hazard(firm, number="隐2", on=date(2023, 6, 28))
    record = ["期后补记", "隐2", firm.name, "2023.06.28", f"报送后于{today()}登记"]

    assert lines(owed) == [
        [1, "荣成市", "发现问题隐患数量（项）", 1, 1, 2, 1, *record],
        [2, "荣成市", "发现重大事故隐患数量（个）", 1, 1, 2, 1, *record],
        [3, "荣成市", "部门检查发现的重大事故隐患（个）", 1, 1, 2, 1, *record],
    ]


def test_changed_record_says_what_was_changed_and_where_it_went(owed, clerk, firm):
    lowered, moved = hazard(firm, number="隐1"), hazard(firm, number="隐2", on=date(2023, 9, 1))
    hand_in(owed, clerk)
    Hazard.objects.filter(pk=lowered.pk).update(level=Hazard.Level.GENERAL)
    Hazard.objects.filter(pk=moved.pk).update(found_on=date(2023, 6, 20))

    out = ["以前月份调整", "隐1", firm.name, "2023.06.06", "隐患级别由“重大”改为“一般”，不再计入"]
    come = ["以前月份调整", "隐2", firm.name, "2023.06.20", "发现时间由2023.09.01改为2023.06.20，改为计入"]
    assert told(owed, "发现问题隐患数量（项）") == [[1, 1, 2, 1, *come]]
    assert told(owed, "发现重大事故隐患数量（个）") == [[1, 1, 1, 0, *out], [None] * 4 + come]


def test_record_found_not_true_leaves(owed, clerk, firm):
    one = hazard(firm)
    hand_in(owed, clerk)
    Hazard.objects.filter(pk=one.pk).update(state=Hazard.State.DISMISSED)

    [line] = told(owed, "发现重大事故隐患数量（个）")
    assert (line[:4], line[-1]) == ([1, 1, 0, -1], "状态由“已登记”改为“不属实”，不再计入")


def test_hazard_that_came_back_is_no_longer_closed(owed, clerk, firm):
    one = hazard(firm, closed=date(2023, 6, 20))
    hand_in(owed, clerk)
    Closing.objects.filter(hazard=one).update(reopened_on=date(2023, 7, 2))

    [line] = told(owed, "重大事故隐患完成整改（个）")
    assert line == [
        *(1, 1, 0, -1),
        *("以前月份调整", one.number, firm.name, "2023.06.20", "重新整改由空改为2023.07.02，不再计入"),
    ]


def test_closing_moves_with_its_hazard(owed, clerk, firm):
    one = hazard(firm, closed=date(2023, 6, 20), level=Hazard.Level.GENERAL)
    hand_in(owed, clerk)
    Hazard.objects.filter(pk=one.pk).update(level=Hazard.Level.MAJOR)

    [line] = told(owed, "重大事故隐患完成整改（个）")
    assert (line[:4], line[4], line[-1]) == ([0, 0, 1, 1], "以前月份调整", "隐患级别由“一般”改为“重大”，改为计入")


def test_listing_entered_later_makes_its_closing_count(owed, clerk, firm):
    one = hazard(firm, closed=date(2023, 6, 20))
    hand_in(owed, clerk)
    listing(one, on=date(2023, 6, 10))

    [line] = told(owed, "挂牌督办重大事故隐患中已完成整改的（个）")
    assert (line[4], line[-1]) == ("以前月份调整", "挂牌督办有变动，改为计入")
    assert told(owed, "政府挂牌督办的重大事故隐患（个）")[0][4] == "期后补记"


def test_sum_tells_the_old_and_the_new_amount(owed, clerk, firm):
    penalty = action(Act.PENALTY, firm, fine=3)
    action(Act.PENALTY, firm, fine=None)
    hand_in(owed, clerk)
    EnforcementAction.objects.filter(pk=penalty.pk).update(fine="5.50")

    assert lines(owed) == [
        [
            *(1, "荣成市", "行政处罚（万元）", 3, 3, 5.5, 2.5),
            *("以前月份调整", "行政处罚", firm.name, "2023.06.06", "罚款（万元）由“3.00”改为“5.50”"),
        ]
    ]


def test_fine_put_in_later_for_a_penalty_without_one(owed, clerk, firm):
    penalty = action(Act.PENALTY, firm, fine=None)
    hand_in(owed, clerk)
    EnforcementAction.objects.filter(pk=penalty.pk).update(fine=1)

    assert [line[-1] for line in lines(owed)] == ["罚款（万元）由空改为“1.00”"]


def test_enterprise_checked_again_is_told_though_the_number_stays(owed, clerk, firm):
    visit(firm, on_trip=trip(team="1组"))
    hand_in(owed, clerk)
    visit(firm, on_trip=trip(team="2组"))

    [line] = told(owed, "部门抽查检查的企业总数（家）")
    assert line[:7] == [1, 1, 1, 0, "期后补记", "荣成市应急管理局2组", firm.name]


def test_visit_of_another_enterprise_is_an_adjustment_without_difference(owed, clerk, firm):
    other = factories.enterprise("荣成另一公司")
    one = visit(firm)
    hand_in(owed, clerk)
    Visit.objects.filter(pk=one.pk).update(enterprise=other)

    [line] = told(owed, "部门抽查检查的企业总数（家）")
    assert (line[:4], line[-1]) == ([1, 1, 1, 0], f"企业由“{firm.name}”改为“荣成另一公司”")


def test_flag_ticked_later_names_the_flag(owed, clerk, firm):
    one = visit(firm)
    hand_in(owed, clerk)
    Visit.objects.filter(pk=one.pk).update(flags=["head_not_leading"])

    [line] = lines(owed)
    assert line[-1] == "抽查发现由空改为“企业主要负责人未带队检查的”，改为计入"


def test_trip_counts_from_its_first_enterprise_in_scope(owed, clerk, firm):
    out = trip(officers=4, team="3组")
    visit(factories.enterprise("某药厂", in_sector="医药"), on_trip=out)
    visit(firm, on_trip=trip(team="1组"))
    hand_in(owed, clerk)
    visit(firm, on_trip=out)

    [line] = told(owed, "出动执法人员（人次）")
    assert line == [
        *(0, 0, 4, 4),
        *("以前月份调整", "3组", "荣成市应急管理局", "2023.06.06", "所检查的企业有变动，改为计入"),
    ]


def test_deleted_record_is_told_as_it_stood(owed, clerk, firm):
    penalty = action(Act.SUSPENSION, firm, on=date(2023, 6, 9))
    action(Act.AREA_SUPPORT, None, campaign=owed.deliverable.campaign, target_name="荣成市")
    hand_in(owed, clerk)
    EnforcementAction.objects.filter(pk=penalty.pk).delete()

    assert lines(owed) == [
        [
            *(1, "荣成市", "责令停产整顿（家）", 1, 1, 0, -1),
            *("以前月份调整", "责令停产整顿", firm.name, "2023.06.09", "记录已删除，不再计入"),
        ]
    ]


def test_ledger_begun_after_handing_in_has_no_difference_to_tell(owed, clerk, firm):
    hand_in(owed, clerk, x1_1=Entry(2), x1_6=Entry(2))
    visit(firm)

    [line] = told(owed, "部门抽查检查的企业总数（家）")
    assert line[:5] == [2, "无台账数据", 1, None, "期后补记"]


def test_reported_value_stands_beside_the_system_value_of_then(owed, clerk, firm):
    reason = Entry(4, reason="3项未录入")
    hazard(firm)
    hand_in(owed, clerk, x1_4=reason)
    hazard(firm)

    assert told(owed, "发现问题隐患数量（项）")[0][:4] == [4, 1, 2, 1]


# Beside the cell, and never in the next month


def test_late_record_does_not_enter_the_next_month(owed, clerk, firm):
    hand_in(owed, clerk)
    hazard(firm, on=date(2023, 6, 28))
    one = owed.deliverable.campaign

    assert live(TABLES["trade"], one, period="2023-07", area="威海市").total.values["2.1"] == 0
    assert reported(owed).total.values["2.1"] == 0
    assert live(TABLES["trade"], one, period="2023-06", area="威海市").total.values["2.1"] == 1


def test_cell_marks_a_ledger_begun_since(owed, clerk, firm, city, signed_in):
    hand_in(owed, clerk, x1_6=Entry(2))
    visit(firm)
    page = signed_in(city).get(reverse("reports:table", args=["trade-2023", "trade", "2023-06"])).content.decode()

    assert page.count("报送时系统数无台账数据，现为1") == 2  # 1.1 and 1.6
    assert "报送时系统数无台账数据，现为0" not in page
    assert ">↑1<" in page


def test_cell_marks_a_fall(owed, clerk, firm, city, signed_in):
    one = hazard(firm)
    hazard(firm)
    hand_in(owed, clerk)
    Hazard.objects.filter(pk=one.pk).update(state=Hazard.State.DISMISSED)
    page = signed_in(city).get(reverse("reports:table", args=["trade-2023", "trade", "2023-06"])).content.decode()

    assert page.count('title="报送时系统数2，现为1">↓1<') == 3  # 1.4, 2.1, 2.5


def test_figure_page_tells_corrections_that_move_nothing_apart(owed, clerk, firm, city, signed_in):
    one = hazard(firm)
    hand_in(owed, clerk)
    Hazard.objects.filter(pk=one.pk).update(place="冷库")
    where = reverse("reports:figure", args=["trade-2023", "trade", "2023-06", "2.1"])
    page = signed_in(city).get(f"{where}?row=荣成市&content=handed-in").content.decode()

    assert "期后补记0条，以前月份调整0条，另有1条内容有更正、不影响数值" in page
