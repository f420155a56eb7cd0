"""附件2: the ledger as the notice prints it, and with the portal's own columns."""

from datetime import date

import pytest
from openpyxl import load_workbook

from hazards.models import Hazard
from inspections.models import EnforcementAction
from organizations.models import Area
from organizations.tests import factories
from reports import exports
from reports.dispatch.sheets import live
from reports.dispatch.tables import TABLES
from reports.exports import ledger
from reports.tests.factories import hazard
from reports.tests.sheets import line, made

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind


def test_the_ledger_has_the_17_official_columns(trade, tmp_path):
    firm = factories.enterprise(feature_names=["涉氨制冷", "有限空间"])
    hazard(
        firm,
        basis="《工贸企业重大事故隐患判定标准》第十二条第（二）项",
        on_site_measure="立即停产",
        administrative_measure="责令限期整改",
        listing_unit_name="荣成市应急管理局",
        responsible="王五",
        deadline_on=date(2023, 7, 6),
        measures="增设作业间",
    )
    sheet = made(tmp_path, "trade-ledger")

    assert [sheet[place].value for place in ("A1", "A2", "A3", "Q3")] == [
        "附件2",
        "工贸行业重大事故隐患台账",
        "填报地市：威海市",
        "填报时间：2023年6月28日",
    ]
    assert line(sheet, 4, 17) == [
        "序号", "市", "县（市、区）", "企业全称", "统一社会信用代码", "行业", "领域", "重大事故隐患描述", "判定依据",
        "发现时间", "发现方式", "现场处置措施", "行政处置措施", "挂牌督办单位", "整改责任人", "整改期限", "整改措施",
    ]  # fmt: skip
    assert line(sheet, 5, 17) == [
        1, "威海市", "荣成市", firm.name, firm.uscc, "轻工", "涉氨制冷、有限空间",
        "快速冻结装置未设置在单独的作业间内。", "《工贸企业重大事故隐患判定标准》第十二条第（二）项", "2023.06.06",
        "部门检查", "立即停产", "责令限期整改", "荣成市应急管理局", "王五", "2023.07.06", "增设作业间",
    ]  # fmt: skip
    assert sheet["E5"].data_type in ("s", "inlineStr")


def test_the_ledger_lists_what_the_table_counts_as_found(trade, tmp_path):
    firm = factories.enterprise()
    hazard(firm, found_by=Hazard.FoundBy.SELF, on=date(2023, 6, 1))
    hazard(firm, found_by=Hazard.FoundBy.REPORTED, on=date(2023, 6, 2))
    hazard(firm, level=Hazard.Level.GENERAL)
    hazard(firm, state=Hazard.State.DISMISSED)
    hazard(firm, on=date(2023, 5, 28))
    hazard(factories.enterprise("矿", in_sector="非煤矿山"))
    hazard(factories.enterprise("乙", in_area=factories.county("乳山市")), on=date(2023, 6, 3))

    whole, one = made(tmp_path, "trade-ledger"), made(tmp_path, "trade-ledger", area="荣成市")

    assert [(whole.cell(row, 10).value, whole.cell(row, 11).value) for row in (5, 6, 7)] == [
        ("2023.06.01", "自查"),
        ("2023.06.02", "部门检查"),
        ("2023.06.03", "部门检查"),
    ]
    assert [one.cell(row, 1).value for row in (5, 6)] == [1, 2]
    assert one.cell(7, 10).value is None


def test_a_deadline_in_words_prints_in_words(trade, tmp_path):
    hazard(factories.enterprise(), deadline_text="立即")

    assert made(tmp_path, "trade-ledger")["P5"].value == "立即"


def test_the_ledger_names_the_county_of_a_town(trade, tmp_path):
    town = factories.area("石岛", parent=factories.county(), level=Area.Level.TOWN)
    hazard(factories.enterprise(in_area=town))

    assert made(tmp_path, "trade-ledger")["C5"].value == "荣成市"


def test_the_ledger_prints_one_page_wide_and_repeats_its_heading(trade, tmp_path):
    sheet = made(tmp_path, "trade-ledger")

    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$4"


def test_the_extended_ledger_adds_the_portals_columns(trade, tmp_path):
    one = hazard(factories.enterprise())
    target = tmp_path / "extended.xlsx"
    exports.write(target, live(TABLES["trade-ledger"], trade, period="2023-06", area="威海市"), extended=True)
    sheet = load_workbook(target).active

    assert line(sheet, 4, 19)[16:] == ["整改措施", "台账编号", "隐患级别"]
    assert line(sheet, 5, 19)[17:] == [one.number, "重大"]
    assert "制表：" not in str(sheet["A6"].value)


@pytest.mark.parametrize("firms", [1, 3])
def test_the_ledger_takes_a_fixed_number_of_queries(trade, firms, tmp_path, django_assert_num_queries):
    for n in range(firms):
        hazard(factories.enterprise(f"企业{n}"), listed=date(2023, 6, 10))
    sheet = live(TABLES["trade-ledger"], trade, period="2023-06", area="威海市")
    rows = Hazard.objects.order_by("pk")

    with django_assert_num_queries(2):  # areas, hazards
        assert ledger.write(tmp_path / "out.xlsx", sheet, rows, extended=True) == firms
