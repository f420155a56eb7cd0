"""Forms 1 and 2 word for word: the annexes of 威应急发〔2023〕12号, as printed there without spaces and line breaks."""

import pytest
from openpyxl import load_workbook

from organizations.models import ReportingArea
from organizations.tests import factories
from reports import exports
from reports.dispatch.sheets import live
from reports.dispatch.tables import TABLES
from reports.exports.paper import PrintOptions, at, height
from reports.exports.trade import ROWS_ON_A4
from reports.tests.factories import campaign, hazard
from reports.tests.sheets import made

pytestmark = pytest.mark.django_db

MINES = """
总体情况
1企业自查发现的重大事故隐患（个）2企业自查发现重大事故隐患中已完成整改的（个）
3部门检查发现的重大事故隐患（个）4部门检查发现重大事故隐患中已完成整改的（个）
5政府挂牌督办的重大事故隐患（个）6挂牌督办重大事故隐患中已完成整改的（个）
对企业自查自改进行抽查检查情况
1部门抽查检查的企业总数（家）2企业主要负责人未按要求亲自研究排查整治工作（家）
3企业主要负责人未带队检查（家）4企业未制定分管负责人职责清单（家）
5企业未依法建立安全管理机构和配足安全管理人员（家）6电焊等特种作业岗位人员无证上岗作业（家）
7外包外租安全管理混乱（家）8未按规定开展应急演练、员工不熟悉逃生出口（家）
9安全教育培训走过场（家）10制度措施不落实（家）
部门精准严格执法情况
1帮扶指导重点市、县（个次）2帮扶指导重点企业（家次）
3行政处罚（次，万元）4企业和企业主要负责人“一案双罚”（次）
5移送司法机关（人）6责令停产整顿（家）
7曝光、约谈、联合惩戒企业（家）8公布典型执法案例（个），其中危险作业罪案例（个）
9责任倒查追责问责（人）10约谈通报有关地区及部门（次）
党委政府组织领导情况
1市、县党委政府分别组织专题学习安全生产十五条硬措施和“八抓20条”创新措施（次）2市、县党委政府主要负责同志分别专题研究（次）
3市、县政府负责同志分别现场督导检查（次）4市、县安委会成员单位负责同志分别到企业宣讲（次）
5举报奖励（万元），其中匿名举报查实奖励（万元）6是否在主流媒体播放安全生产专题栏目
7市县两级配备专兼职技术检查员数量（人）8组织开展考核巡查督导检查（次）
"""

TRADE = (
    "序号|区市|派出检查组|出动执法人员|组织专家|发现问题隐患数量|完成整改|部门抽查检查的企业总数|"
    "企业主要负责人未按要求亲自研究排查整治工作的|企业主要负责人未带队检查的|企业未制定分管负责人职责清单的|"
    "企业未依法建立安全管理机构和配足安全管理人员的|电焊等特种作业岗位人员无证上岗作业的|外包外租安全管理混乱的|"
    "未按规定开展应急演练、员工不熟悉逃生出口的|安全教育培训走过场的|制度措施不落实的",
    "序号|区市|发现重大事故隐患数量|重大事故隐患完成整改|企业自查发现的重大事故隐患|"
    "企业自查发现重大事故隐患中已完成整改的|部门检查发现的重大事故隐患|部门检查发现重大事故隐患中已完成整改的|"
    "政府挂牌督办的重大事故隐患|挂牌督办重大事故隐患中已完成整改的",
    "序号|区市|帮扶指导重点县（市、区）|帮扶指导重点企业|行政处罚|行政处罚|企业和企业主要负责人“一案双罚”|"
    "移送司法机关|责令停产整顿|曝光、约谈、联合惩戒|公布典型执法案例|危险作业罪案例|责任倒查追责问责|"
    "约谈通报有关地区及部门",
)


def test_mines_form_is_the_annex_word_for_word(tmp_path):
    factories.county()
    campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)
    sheet = made(tmp_path, "mines", campaign="mines-2023")

    words = [row[n] for row in sheet.iter_rows(min_row=4, max_row=20, values_only=True) for n in (0, 1, 2, 4, 5)]
    assert "".join(str(word) for word in words if word is not None) == "".join(MINES.split())


def test_trade_form_is_the_annex_word_for_word(trade, tmp_path):
    sheet = made(tmp_path)
    heads = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0] == "序号"]

    assert tuple("|".join(word for word in row if word) for row in heads) == TRADE


# Paper


def rows(one, number):
    for n in range(number):
        factories.county(f"区{n}")
        ReportingArea.objects.filter(area__name=f"区{n}").update(position=n)
    return live(TABLES["trade"], one, period="2023-06", area="威海市")


@pytest.mark.parametrize(("number", "paper"), [(1, 9), (ROWS_ON_A4, 9), (ROWS_ON_A4 + 1, 8), (9, 8)])
def test_trade_takes_a_bigger_sheet_for_more_than_two_rows(number, paper):
    sheet = exports.workbook(rows(campaign(), number)).active

    assert int(sheet.page_setup.paperSize) == paper
    assert [row[1] for row in sheet.iter_rows(min_row=6, max_row=6 + number, values_only=True)] == [
        *(f"区{n}" for n in range(number)),
        "合计",
    ]


@pytest.mark.parametrize(("number", "tall"), [(2, 32), (3, 20)])
def test_row_is_higher_only_where_its_words_do_not_fit(number, tall):
    """无台账数据 takes two lines in the narrow columns of A4, one in those of A3."""
    sheet = exports.workbook(rows(campaign(), number)).active

    assert sheet["C6"].value == "无台账数据"
    assert sheet.row_dimensions[6].height == tall


def test_row_of_numbers_is_low_though_another_table_has_words(trade, tmp_path):
    """荣成市 in the first table (no visits are kept) and in the second (hazards are)."""
    hazard(factories.enterprise())
    sheet = made(tmp_path)

    assert ("无台账数据" in [cell.value for cell in sheet[6]], sheet.row_dimensions[6].height) == (True, 32)
    assert ([cell.value for cell in sheet[12]][1:4], sheet.row_dimensions[12].height) == (["荣成市", 1, 0], 20)


@pytest.mark.parametrize(("total", "signatures"), [(True, False), (False, True), (False, False)])
def test_additions_are_left_out_one_by_one(total, signatures):
    sheet = exports.workbook(rows(campaign(), 2), PrintOptions(total=total, signatures=signatures)).active
    words = [cell.value for row in sheet.iter_rows() for cell in row]

    assert words.count("合计") == (3 if total else 0)
    assert words.count("制表：") == (1 if signatures else 0)
    assert words.count("填报说明：1.发现重大隐患数量=企业自查发现的重大事故隐患+部门检查发现的重大事故隐患。") == 1


def test_signatures_are_left_out_of_the_mines_form_too():
    factories.county()
    one = campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)
    sheet = live(TABLES["mines"], one, period="2023-06", area="荣成市")

    without = exports.workbook(sheet, PrintOptions(signatures=False)).active
    assert (without.max_row, exports.workbook(sheet).active.max_row) == (20, 21)


@pytest.mark.parametrize("table", ["trade", "mines", "trade-ledger"])
def test_every_form_prints_one_page_wide_and_landscape(table, tmp_path):
    factories.county()
    sectors = ("非煤矿山",) if table == "mines" else ("轻工",)
    one = campaign("c", sectors=sectors, table=table, due_day=28)
    hazard(factories.enterprise(in_sector=sectors[0]))
    target = tmp_path / "out.xlsx"
    exports.write(target, live(TABLES[table], one, period="2023-06", area="威海市"))
    sheet = load_workbook(target).active

    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
    assert sheet.print_title_rows
    assert sheet["A1"].value == {"trade": "附件1", "mines": "附件", "trade-ledger": "附件2"}[table]
    size = sheet["A2"].font.size
    assert (sheet["A2"].font.name, 18 <= size <= 22) == ("方正小标宋简体", True)


def test_places_and_heights():
    assert [at(4, 2), at(4, 2, rows=2), at(4, 2, columns=3), at(1, 27, columns=2)] == [
        "B4",
        "B4:B5",
        "B4:D4",
        "AA1:AB1",
    ]
    assert [height(n, per_line=5) for n in (1, 5, 6, 10, 11)] == [22, 22, 37, 37, 52]
