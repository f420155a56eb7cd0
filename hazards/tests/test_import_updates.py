"""A row with a 台账编号 brings that hazard up to date, and never behind the back of those who sign."""

from datetime import date

import pytest

from hazards.models import Closing, Hazard, HazardEntry, SupervisionListing
from hazards.tests import factories
from hazards.tests.ledgers import CODE, imported, problems, row
from lib.excel import ERROR
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
NUMBER = "荣成市-2023-0001"


@pytest.fixture(autouse=True)
def firm():
    factories.standard()
    return make.enterprise(uscc=CODE)


@pytest.fixture
def stored():
    imported(row(整改责任人="王五"))
    return Hazard.objects.get()


def again(**cells):
    return row(台账编号=NUMBER, **cells)


def test_update_changes_what_the_row_says_and_keeps_the_rest(stored):
    assert imported(again(整改措施="设置单独作业间", 整改责任人=None)) == (0, 1)

    stored.refresh_from_db()
    assert (stored.number, stored.measures, stored.responsible) == (NUMBER, "设置单独作业间", "王五")
    assert Hazard.objects.count() == 1


def test_update_that_says_nothing_new_writes_nothing(stored):
    versions = Hazard.pgh_event_model.objects.count()

    assert imported(again()) == (0, 0)
    assert Hazard.pgh_event_model.objects.count() == versions


def test_update_closes_history_with_its_date(stored):
    imported(again(整改完成时间="2023.06.20", 销号时间="2023.06.26"))

    stored.refresh_from_db()
    assert (stored.state, stored.closed_on) == ("closed", date(2023, 6, 26))
    assert list(stored.closings.values_list("closed_on", flat=True)) == [date(2023, 6, 26)]


def test_update_moves_a_closing_with_its_date(stored):
    imported(again(销号时间="2023.06.26"))
    imported(again(销号时间="2023.06.28"))

    assert list(Closing.objects.values_list("closed_on", flat=True)) == [date(2023, 6, 28)]


@pytest.mark.parametrize(
    ("before", "written", "after"),
    [
        ("举报", "部门检查", "reported"),
        ("驻点监督", "部门检查", "stationed"),
        ("上级督查", "部门检查", "superior"),
        ("企业自查", "部门检查", "department"),
        ("举报", "企业自查", "self"),
        ("部门检查", "举报", "reported"),
    ],
)
def test_update_by_the_printed_form_keeps_the_true_way_of_finding(before, written, after):
    """The official form prints 部门检查 for every way but 自查 (design §5)."""
    imported(row(发现方式=before))

    imported(again(发现方式=written))

    assert Hazard.objects.get().found_by == after


def test_update_lists_and_changes_the_listing(stored):
    imported(again(挂牌督办单位="荣成市应急管理局", 挂牌时间="2023.06.10"))
    imported(again(挂牌督办单位="荣成市应急管理局", 挂牌时间="2023.06.12"))

    listing = SupervisionListing.objects.get()
    assert (listing.listed_on, listing.level) == (date(2023, 6, 12), "department")


def test_update_is_on_the_time_line(stored):
    imported(again(整改措施="设置单独作业间"))

    entry = HazardEntry.objects.get()
    assert (entry.kind, entry.comment) == ("corrected", "导入台账“台账.xlsx”第2行：更新整改措施")


def test_update_refreshes_what_search_finds(stored):
    imported(again(重大事故隐患描述="除尘系统未设置泄爆装置"))

    assert "泄爆" in Hazard.objects.get().grams


def test_number_of_another_enterprise_is_refused(stored):
    make.enterprise("荣成别家食品有限公司", uscc="91371083MA30001330")

    assert problems(again(统一社会信用代码="91371083MA30001330", 企业全称="荣成别家食品有限公司")) == [
        (ERROR, f"第2行“统一社会信用代码”台账编号{NUMBER}是“荣成海源食品有限公司”的隐患，请核对编号")
    ]


def test_same_number_twice_is_refused(stored):
    assert problems(again(), again()) == [(ERROR, "第3行“台账编号”与第2行重复，同一隐患只能有一行")]


def test_hazard_handled_in_the_portal_keeps_what_is_settled_there(firm):
    live = factories.confirmed(firm, number=NUMBER)

    found = problems(again(重大事故隐患描述=live.description, 发现方式="举报", 销号时间="2023.06.26"))

    assert [one for one in found if one[0] == ERROR] == [
        (ERROR, f"第2行“发现方式”{NUMBER}是在平台办理的隐患，此项现为“企业自查”，不能用导入更改，请在平台上办理"),
        (ERROR, f"第2行“销号时间”{NUMBER}是在平台办理的隐患，此项现为“空”，不能用导入更改，请在平台上办理"),
    ]


def test_hazard_handled_in_the_portal_takes_plain_words(firm):
    live = factories.confirmed(firm, number=NUMBER)

    assert imported(again(整改措施="设置单独作业间")) == (0, 1)

    live.refresh_from_db()
    assert (live.measures, live.state, live.imported) == ("设置单独作业间", "confirmed", False)


def test_imported_hazard_signed_here_is_handled_here(stored):
    Hazard.objects.filter(pk=stored.pk).update(signed_head="张三")

    found = problems(again(销号时间="2023.06.26"))

    assert [severity for severity, _ in found].count(ERROR) == 1


def test_printed_dates_that_agree_are_no_change(firm):
    """A district prints its ledger with all dates, mends a word and sends it back."""
    factories.closed(firm, number=NUMBER)
    stored = Hazard.objects.get()
    dates = {"整改完成时间": stored.rectified_on, "复查时间": stored.rechecked_on, "销号时间": stored.closed_on}

    counts = imported(again(整改措施="改了一字", **dates), by=make.actor(make.unit()), history=False)

    assert counts == (0, 1)
