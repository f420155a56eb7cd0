"""附件1: what a clerk finds in the workbook."""

from decimal import Decimal

import pytest

from inspections.models import EnforcementAction
from inspections.tests.factories import action, trip, visit
from organizations.tests import factories
from reports import exports
from reports.dispatch.sheets import live
from reports.dispatch.tables import TABLES
from reports.exports.paper import PrintOptions
from reports.tests.factories import hazard
from reports.tests.sheets import line, made

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind

TITLE = "全市冶金等工贸行业重大事故隐患专项排查整治2023行动进展情况调度表"
NOTES = (
    "填报说明：1.发现重大隐患数量=企业自查发现的重大事故隐患+部门检查发现的重大事故隐患。",
    "2.重大事故隐患完成整改数量=企业自查发现的重大事故隐患中已完成整改的+部门检查发现的重大事故隐患中已完成整改的。",
)


def test_trade_prints_the_official_opening(trade, tmp_path):
    sheet = made(tmp_path)

    assert sheet["A1"].value == "附件1"
    assert sheet["A2"].value == TITLE
    assert sheet["A3"].value == "填报地市：威海市"
    assert sheet["M3"].value == "填报时间：2023年6月28日"


def test_trade_stacks_three_tables_of_15_8_and_12_columns(trade, tmp_path):
    sheet = made(tmp_path)
    heads = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "序号"]
    filled = [[value for value in line(sheet, row, 17) if value] for row in heads]

    assert heads == [4, 10, 16]
    assert [len(words) - 2 for words in filled] == [15, 8, 12]
    assert filled[0][:5] == ["序号", "区市", "派出检查组", "出动执法人员", "组织专家"]
    assert filled[2][4:6] == ["行政处罚", "行政处罚"]


def test_trade_has_a_row_of_units_under_each_heading(trade, tmp_path):
    sheet = made(tmp_path)

    assert line(sheet, 5, 8)[2:] == ["个", "人次", "人次", "项", "项", "家"]
    assert line(sheet, 11, 10)[2:] == ["个"] * 8
    assert line(sheet, 17, 14)[2:] == [
        "个次", "家次", "次", "万元", "次", "人", "家", "企业", "个", "个", "人", "次",
    ]  # fmt: skip
    assert "A4:A5" in sheet.merged_cells
    assert "B16:B17" in sheet.merged_cells


def test_trade_numbers_its_rows_and_adds_them_up(trade, tmp_path):
    hazard(factories.enterprise())
    hazard(factories.enterprise("乙", in_area=factories.county("乳山市")))
    sheet = made(tmp_path)

    assert line(sheet, 12, 10) == [1, "荣成市", 1, 0, 0, 0, 1, 0, 0, 0]
    assert line(sheet, 13, 10) == [2, "乳山市", 1, 0, 0, 0, 1, 0, 0, 0]
    assert line(sheet, 14, 10) == [None, "合计", 2, 0, 0, 0, 2, 0, 0, 0]


def test_figures_are_numbers_and_money_has_two_places(trade, tmp_path):
    action(Act.PENALTY, factories.enterprise(), fine=Decimal("3.85"))
    sheet = made(tmp_path)
    total = sheet["F20"]

    assert (total.value, total.data_type, total.number_format) == (3.85, "n", "0.00")
    assert (sheet["E20"].value, sheet["E20"].data_type, sheet["E20"].number_format) == (1, "n", "0")


def test_a_ledger_nobody_keeps_prints_so(trade, tmp_path):
    hazard(factories.enterprise())
    sheet = made(tmp_path)

    assert line(sheet, 6, 7) == [1, "荣成市", "无台账数据", "无台账数据", "无台账数据", 1, 0]
    assert line(sheet, 8, 4) == [None, "合计", "无台账数据", "无台账数据"]


def test_a_ledger_with_nothing_that_counts_prints_zeros(trade, tmp_path):
    """One hazard, found to be none: the second table is all zeros; nobody has entered a visit."""
    hazard(factories.enterprise(), state="dismissed")
    sheet = made(tmp_path)

    assert line(sheet, 12, 10) == [1, "荣成市", 0, 0, 0, 0, 0, 0, 0, 0]
    assert line(sheet, 6, 7) == [1, "荣成市", "无台账数据", "无台账数据", "无台账数据", 0, 0]


def test_the_city_prints_its_own_row_when_it_has_work(trade, tmp_path):
    visit(factories.enterprise(), on_trip=trip(by=factories.city_bureau(), officers=2))
    sheet = made(tmp_path)

    assert line(sheet, 8, 4) == [3, "市本级", 1, 2]
    assert line(sheet, 9, 4) == [None, "合计", 1, 2]


def test_one_area_prints_its_row_and_the_total(trade, tmp_path):
    hazard(factories.enterprise())
    hazard(factories.enterprise("乙", in_area=factories.county("乳山市")))
    sheet = made(tmp_path, area="荣成市")

    assert [sheet.cell(row, 2).value for row in (6, 7)] == ["荣成市", "合计"]
    assert line(sheet, 11, 10) == [1, "荣成市", 1, 0, 0, 0, 1, 0, 0, 0]


def test_trade_ends_with_the_notes_and_the_signatures(trade, tmp_path):
    sheet = made(tmp_path)

    assert [sheet.cell(row, 1).value for row in (22, 23, 24)] == [*NOTES, "制表："]
    assert [sheet["F24"].value, sheet["L24"].value] == ["审核：", "负责人："]


def test_print_options_leave_our_additions_out(trade):
    sheet = exports.workbook(
        live(TABLES["trade"], trade, period="2023-06", area="威海市"), PrintOptions(total=False, signatures=False)
    ).active
    words = {cell.value for row in sheet.iter_rows() for cell in row}

    assert "合计" not in words
    assert "制表：" not in words


@pytest.mark.parametrize(("area", "paper"), [("威海市", 8), ("荣成市", 9)])
def test_trade_prints_landscape_on_one_sheet(trade, tmp_path, area, paper):
    factories.county("环翠区")
    sheet = made(tmp_path, area=area)

    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", paper)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 1)
    assert sheet.print_title_rows == "$1:$5"


def test_fonts_are_those_of_official_papers(trade, tmp_path):
    sheet = made(tmp_path)

    assert (sheet["A2"].font.name, sheet["A2"].font.size) == ("方正小标宋简体", 20)
    assert {sheet.cell(row, 3).font.name for row in (5, 6)} <= {"仿宋", "宋体", "黑体"}
    assert sheet["C6"].border.left.style == "thin"


def test_the_foot_says_which_data_these_are(trade, tmp_path):
    sheet = made(tmp_path)

    assert sheet.oddFooter.left.text == "2023年6月 · 当月（2023年5月29日至2023年6月28日） · 实时数据"
