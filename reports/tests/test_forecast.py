"""What of the tables would not pass, worked out by hand; and the page and message that tell it beforehand."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import messages, rehearsal
from campaigns.actions import submissions
from campaigns.actions.opening import open_deliverable
from campaigns.models import Campaign, Deliverable, Obligation
from config.tests.browser import obstacles, sideways, small_targets
from lib import registry
from lib.actor import Actor
from notifications.models import Message
from organizations.models import Unit
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import Entry, filling
from reports.tests import scenario
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import WORDS, filled_in, handed_in, opened

pytestmark = pytest.mark.django_db
SUNDAY = date(2023, 6, 25)  # a work day; three work days later is Wednesday the 28th
SYSTEM = Actor.system()
# Nothing but a hazard is entered: of the table's 35 figures 1.1-1.3 and 1.6-1.15 want visits, 3.x actions.
NO_VISITS = "检查记录无台账数据，13项须自行填写。"
NO_ACTIONS = "行政处置记录无台账数据，12项须自行填写。"


@pytest.fixture
def clock(monkeypatch):
    moment = datetime(2023, 6, 25, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: moment)


def foretold(owed, by=SYSTEM):
    duty = Deliverable.objects.select_related("campaign__area").get(pk=owed.deliverable_id)
    return registry.would_fail(duty, duty.obligations.open(), named=50, by=by)


def points(owed):
    return foretold(owed).points.get(owed.pk, [])


def keep(owed, clerk, **typed):
    """As the page keeps it: what it shows, zeros for what is empty, some cells typed over."""
    return filled_in(opened(owed, clerk), clerk, **typed)


def test_ledgers_nobody_keeps_have_to_be_typed(owed):
    hazard(factories.enterprise())
    assert foretold(owed).failing == 1
    assert points(owed) == [NO_VISITS, NO_ACTIONS]


def test_what_is_typed_and_agrees_passes(owed, clerk):
    hazard(factories.enterprise())
    keep(owed, clerk)
    assert foretold(owed) == registry.Forecast(0, {}, [])


def test_a_ledger_that_is_kept_fills_its_cells_with_nothing_typed(owed):
    """By the records: no hazard of 荣成市 but one of 乳山市, so its figures are 0, not empty."""
    hazard(factories.enterprise("乳山甲公司", in_area=factories.county("乳山市")))
    assert points(owed) == [NO_VISITS, NO_ACTIONS]


def test_a_sum_that_does_not_add_up_is_named_with_its_figures(owed, clerk):
    """2.1 has to equal 2.3 + 2.5 (填报说明): 3 is not 1 + 1."""
    keep(owed, clerk, x2_1=3, x2_3=1, x2_5=1, x1_4=1)
    words = "“发现重大事故隐患数量”3个应等于“企业自查发现的重大事故隐患”1个＋“部门检查发现的重大事故隐患”1个。"
    assert points(owed) == [words]


def test_more_done_than_found_wants_a_reason(owed, clerk):
    """中已完成整改的: 2 of 1 in a month has to be explained; with words it passes."""
    keep(owed, clerk, x2_1=1, x2_3=1, x2_2=2, x2_4=2)
    assert points(owed) == [
        "“企业自查发现重大事故隐患中已完成整改的”2个不应大于“企业自查发现的重大事故隐患”1个，未写明原因。",
        "“重大事故隐患完成整改”2个不应大于“发现重大事故隐患数量”1个，未写明原因。",
    ]
    keep(owed, clerk, x2_1=1, x2_3=1, **{f"x2_{n}": Entry(Decimal(2), reason="上月发现1个") for n in (2, 4)})
    assert points(owed) == []


def test_a_difference_wants_a_reason(owed, clerk):
    hazard(factories.enterprise())
    keep(owed, clerk, x1_4=2)
    assert points(owed) == ["“发现问题隐患数量”与系统数不一致，未写明原因。"]


def test_a_warning_is_no_failure(owed, clerk):
    """3.5 above 3.3 is only a habit of those who check."""
    keep(owed, clerk, x3_5=1)
    assert points(owed) == []


def test_emptied_cells_are_counted_the_first_three_named(owed, clerk):
    """All three ledgers are silent; the system's values are none, and 4 cells of 35 are left empty."""
    hazard(factories.enterprise())
    returned = opened(owed, clerk)
    entries = {cell.code: cell.entry for cell in filling(returned).cells}
    entries |= dict.fromkeys(("1.4", "1.5", "2.1", "2.2"), Entry())
    actions.fill(returned, by=clerk, entries=entries)
    assert points(owed)[2] == "“发现问题隐患数量”、“完成整改”、“发现重大事故隐患数量”等4项未填写。"


def test_a_unit_without_a_row_is_told_so():
    above = factories.unit("山东省应急管理厅", in_area=factories.area("山东省", level="province", row=False))
    owed = obligation(campaign(), unit=above)
    assert points(owed) == ["山东省应急管理厅在这张表中没有对应的填报行，请联系牵头单位核对统计口径区域。"]


def test_a_row_filled_by_another_unit_is_told_so(owed, clerk):
    opened(owed, clerk)
    office = factories.unit("荣成市应急管理局二科", in_area=owed.unit.area)
    second = obligation(owed.deliverable.campaign, unit=office)
    assert points(second) == ["该行本期已由荣成市应急管理局填报，请与其核对。"]


def test_firms_that_no_row_counts_are_said_once(owed):
    """One stands in the city itself, which has no row; one in 荣成市, which has."""
    factories.enterprise("市直甲公司", in_area=factories.city())
    factories.enterprise("荣成乙公司")
    factories.enterprise("市直丙公司", in_area=factories.city(), status="deregistered")
    found = foretold(owed)
    advice = "请在基础数据的统计口径区域中为其区划设置计入哪一行。"
    assert list(found.general) == [f"1家企业不计入任何填报行：市直甲公司。{advice}"]


def test_firms_are_named_only_to_who_may_see_them(owed, clerk):
    """荣成's clerk learns that there is one, not which."""
    factories.enterprise("市直甲公司", in_area=factories.city())
    [words] = foretold(owed, by=clerk).general
    assert words.startswith("1家企业不计入任何填报行。")


def test_gap_of_last_month_stands_in_the_forecast_of_a_cumulative_table():
    """May reported 3 of 2.5 with a reason where the records have 1: June carries 2 more and their reason.

    So 2.5 wants no reason of its own, only the leadership's nine cells and the silent ledgers are wanting.
    """
    mines = campaign("mines-2023", table="mines", due_day=25)
    clerk = factories.actor(factories.unit())
    hazard(factories.enterprise(), on=date(2023, 5, 10))
    may = obligation(mines, period="2023-05")
    handed_in(opened(may, clerk), clerk, x2_5=Entry(Decimal(3), reason="2项未录入"), **WORDS)
    june = obligation(mines, period="2023-06")

    found = registry.would_fail(
        mines.deliverables.get(), Obligation.objects.filter(pk=june.pk), named=50, by=SYSTEM
    ).points[june.pk]
    assert found[:2] == ["检查记录无台账数据，10项须自行填写。", NO_ACTIONS]
    assert found[2].endswith("等9项未填写。")
    assert len(found) == 3


def test_cumulative_figures_that_fell_are_told():
    """May handed in 2.3 = 1; the hazard is then found not to be one, so June would report 0."""
    mines = campaign("mines-2023", table="mines", due_day=25)
    clerk = factories.actor(factories.unit())
    one = hazard(factories.enterprise(), on=date(2023, 5, 10), found_by="self")
    hazard(factories.enterprise("乙"), on=date(2023, 5, 10), found_by="department")
    handed_in(opened(obligation(mines, period="2023-05"), clerk), clerk, **WORDS)
    type(one).objects.filter(pk=one.pk).update(state="dismissed")
    june = obligation(mines, period="2023-06")
    keep(june, clerk, **WORDS)

    words = "“企业自查发现的重大事故隐患”累计为0，比上期报送的1减少，未写明原因。"
    assert words in points(june)


# By the acceptance month


@pytest.fixture
def june_month():
    """The four workbooks, and what the eight districts owe of the tables for June 2023."""
    scenario.load()
    for duty in Deliverable.objects.filter(form__in=("return:trade", "return:mines"), campaign__code__endswith="2023"):
        open_deliverable(duty, date(2023, 6, 1), by=SYSTEM)


def june_of(table):
    duty = Deliverable.objects.select_related("campaign__area").get(
        form=f"return:{table}", campaign__area__name="威海市"
    )
    return duty, duty.obligations.filter(period="2023-06")


def typed_over(rows, district, **typed):
    owed = rows.get(unit__area__name=district)
    clerk = factories.actor(owed.unit)
    returned = opened(owed, clerk)
    entries = {cell.code: cell.entry for cell in filling(returned).cells}
    entries |= {name.removeprefix("x").replace("_", "."): entry for name, entry in typed.items()}
    actions.fill(returned, by=clerk, entries=entries)
    return owed


def test_acceptance_month_fails_where_it_was_typed_wrong(june_month):
    """expected.json, June, monthly: 荣成市 2.1 = 2, 2.3 = 2.5 = 1; 高区 2.5 = 1, 2.6 = 2, 2.4 = 0, 2.2 = 2.

    By the records alone all eight would pass, 高区 too, whose 2 done of 1 found explain themselves; with 3 done of 1
    typed without a reason they do not.
    """
    duty, rows = june_of("trade")
    assert rows.count() == 8
    assert registry.would_fail(duty, rows, named=50, by=SYSTEM).failing == 0

    rongcheng = typed_over(rows, "荣成市", x2_1=Entry(Decimal(3), reason="1项未录入"))
    high_tech = typed_over(rows, "高区", x2_6=Entry(Decimal(3)))
    found = registry.would_fail(duty, rows, named=50, by=SYSTEM)
    assert found.points == {
        rongcheng.pk: [
            "“发现重大事故隐患数量”3个应等于“企业自查发现的重大事故隐患”1个＋“部门检查发现的重大事故隐患”1个。"
        ],
        high_tech.pk: [
            "“部门检查发现重大事故隐患中已完成整改的”与系统数不一致，未写明原因。",
            "“重大事故隐患完成整改”2个应等于“企业自查发现重大事故隐患中已完成整改的”0个"
            "＋“部门检查发现重大事故隐患中已完成整改的”3个。",
            "“部门检查发现重大事故隐患中已完成整改的”3个不应大于“部门检查发现的重大事故隐患”1个，未写明原因。",
        ],
    }
    assert (found.failing, list(found.general)) == (2, [])


def test_acceptance_month_of_mines_wants_the_leaderships_nine(june_month):
    """Whatever the records hold, 党政-1 to 党政-8 (5 twice) are typed."""
    duty, rows = june_of("mines")
    found = registry.would_fail(duty, rows, named=50, by=SYSTEM)
    assert found.failing == 8
    assert {told[-1][-7:] for told in found.points.values()} == {"等9项未填写。"}
    assert {len(told) for told in found.points.values()} == {1}


def test_eight_districts_cost_as_much_as_one(june_month):
    duty, rows = june_of("trade")
    typed_over(rows, "荣成市", x2_1=Entry(Decimal(3), reason="1项未录入"))

    def statements(owed):
        with CaptureQueriesContext(connection) as caught:
            registry.would_fail(duty, owed, named=50, by=SYSTEM)
        return len(caught)

    one, all_of_them = statements(rows.filter(unit__area__name="荣成市")), statements(rows)
    assert one == all_of_them
    assert one <= 30


# The page and the message


@pytest.fixture
def may_be_told(clock):
    return troubled()


def troubled():
    """荣成市's table does not add up, 乳山市's passes, 文登区 has handed in and got it back; due on 28 June."""
    one = campaign()
    Campaign.objects.filter(pk=one.pk).update(state="running")
    found = {}
    for name in ("荣成市", "乳山市", "文登区"):
        unit = factories.unit(f"{name}应急管理局", in_area=factories.county(name))
        found[name] = obligation(one, unit=unit)
    clerks = {name: factories.actor(owed.unit) for name, owed in found.items()}
    keep(found["荣成市"], clerks["荣成市"], x2_1=3, x2_3=1, x2_5=1, x1_4=1)
    keep(found["乳山市"], clerks["乳山市"])
    handed_in(opened(found["文登区"], clerks["文登区"]), clerks["文登区"])
    city = factories.actor(factories.city_bureau(), name="李审核")
    waiting = found["文登区"].submissions.get()
    submissions.return_submission(waiting, by=city, reason="请核对1.1")
    return found


def test_given_back_counts_until_it_comes_again(may_be_told):
    [due] = rehearsal.coming(Campaign.objects.get(), SUNDAY, by=SYSTEM)
    assert (due.expected, due.missing, due.failing) == (3, 2, 2)
    told = {one.row.unit.name: one.points for one in due.doubtful}
    assert told["文登区应急管理局"] == ["第1稿6月25日已退回，尚未重新报送。理由：请核对1.1。"]
    assert told["荣成市应急管理局"][0].startswith("“发现重大事故隐患数量”3个应等于")
    assert set(told) == {"文登区应急管理局", "荣成市应急管理局"}


def test_given_back_and_wrong_meanwhile_has_both_points(may_be_told):
    owed = may_be_told["文登区"]
    keep(owed, factories.actor(owed.unit), x2_1=3, x2_3=1, x2_5=1, x1_4=1)
    [due] = rehearsal.coming(Campaign.objects.get(), SUNDAY, by=SYSTEM)
    [points] = [one.points for one in due.doubtful if one.row == owed]
    assert due.failing == 2
    assert [point[:5] for point in points] == ["第1稿6月", "“发现重大"]


def test_handed_in_again_is_out_of_the_forecast(may_be_told):
    owed = may_be_told["文登区"]
    handed_in(opened(owed, factories.actor(owed.unit)), factories.actor(owed.unit))
    [due] = rehearsal.coming(Campaign.objects.get(), SUNDAY, by=SYSTEM)
    assert [one.row.unit.name for one in due.doubtful] == ["荣成市应急管理局"]


def test_message_says_who_cannot_pass(may_be_told):
    assert messages.rehearse(SUNDAY, by=SYSTEM) == 1
    message = Message.objects.get(key__startswith="rehearsal:")
    assert message.title == "“trade-2023”三个工作日后到期，还有2项未报，请预先核对"
    assert message.body == "2个单位的调度表按现有数据不能通过：荣成市应急管理局、文登区应急管理局。"


def test_message_comes_where_everything_is_there_but_one_was_given_back(may_be_told):
    for name in ("荣成市", "乳山市"):
        Obligation.objects.filter(pk=may_be_told[name].pk).update(state="waived")
    assert messages.rehearse(SUNDAY, by=SYSTEM) == 1
    message = Message.objects.get(key__startswith="rehearsal:")
    assert message.title == "“trade-2023”三个工作日后到期，1项须重新报送，请预先核对"


def test_page_names_each_with_its_points_and_the_way_to_the_return(may_be_told, client):
    client.force_login(factories.member(factories.city_bureau()).user)
    page = client.get(reverse("campaigns:rehearsal", args=["trade-2023"])).content.decode()
    assert "按现有数据不能通过 2 个" in page
    assert "“发现重大事故隐患数量”3个应等于" in page
    assert "理由：请核对1.1。" in page
    for name, listed in (("荣成市", True), ("文登区", True), ("乳山市", False)):
        assert (reverse("reports:start", args=[may_be_told[name].pk]) in page) == listed


def test_page_shows_only_rows_the_reader_may_see(may_be_told, client):
    """A respondent of another line that hands in to somebody else is not the lead unit's to see."""
    other = Unit.objects.create(name="荣成市工业和信息化局", area=factories.county(), kind="bureau", lines=["miit"])
    hidden = obligation(Campaign.objects.get(), unit=other, recipients=[])
    lead = factories.actor(factories.city_bureau())
    assert not Obligation.objects.visible_to(lead).filter(pk=hidden.pk).exists()

    [due] = rehearsal.coming(Campaign.objects.get(), SUNDAY, by=lead)
    assert due.expected == 3
    client.force_login(lead.user)
    assert (
        "荣成市工业和信息化局" not in client.get(reverse("campaigns:rehearsal", args=["trade-2023"])).content.decode()
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [False, True])
def test_rehearsal_in_the_browser(browse, phone):
    owed = troubled()["荣成市"]
    Obligation.objects.update(due_at=timezone.localtime().replace(hour=23, minute=59))
    page = browse(factories.member(factories.city_bureau()).user, "/campaigns/trade-2023/rehearsal/", phone=phone)
    page.get_by_role("heading", name="按现有数据不能通过").wait_for()
    assert sideways(page) == []
    assert obstacles(page) == []
    if phone:
        assert small_targets(page) == []
    page.get_by_role("link", name=re.compile("查看填报.*荣成市应急管理局")).click()
    page.wait_for_url(f"**{reverse('reports:dispatch_return', args=[owed.pk])}")
    page.get_by_text("应等于").first.wait_for()
