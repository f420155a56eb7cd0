"""附件 of the mines plan: what a clerk finds in the workbook."""

from decimal import Decimal

import pytest

from inspections.models import EnforcementAction
from inspections.tests.factories import action
from lib.periods import CutOff, WindowKind
from organizations.models import Area, Unit
from organizations.tests import factories
from reports.dispatch.tables import TABLES
from reports.exports.mines import SECTIONS
from reports.models import DispatchReturn
from reports.tests.factories import campaign
from reports.tests.sheets import made

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind


def mines_campaign():
    factories.county()
    return campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)


def test_mines_prints_four_sections_of_6_10_10_and_8(tmp_path):
    mines_campaign()
    sheet = made(tmp_path, "mines", campaign="mines-2023")

    assert sheet["A1"].value == "附件"
    assert sheet["A2"].value == "重大事故隐患专项排查整治2023行动进展情况调度表"
    assert sheet["A3"].value == "时间：2023年6月25日"
    assert sheet["A3"].alignment.horizontal == "right"
    assert [sheet[f"A{row}"].value for row in (4, 7, 12, 17)] == [
        "总体情况",
        "对企业自查自改进行抽查检查情况",
        "部门精准严格执法情况",
        "党委政府组织领导情况",
    ]
    assert {"A4:A6", "A7:A11", "A12:A16", "A17:A20"} <= {str(span) for span in sheet.merged_cells.ranges}
    assert [(sheet.cell(20, 2).value, sheet.cell(20, 5).value)] == [(7, 8)]


def test_mines_holds_37_values():
    codes = [code for _, items in SECTIONS for each in items for code in each.codes]

    assert [len(items) for _, items in SECTIONS] == [6, 10, 10, 8]
    assert len(codes) == len(set(codes)) == 37
    assert set(codes) == set(TABLES["mines"].codes)


def test_mines_prints_two_values_in_one_cell(tmp_path):
    mines_campaign()
    firm = factories.enterprise("某矿", in_sector="非煤矿山")
    action(Act.PENALTY, firm, fine=Decimal("12.5"))
    action(Act.PENALTY, firm, fine=None)
    action(Act.PUBLISHED_CASE, firm)
    sheet = made(tmp_path, "mines", campaign="mines-2023", area="荣成市")

    assert sheet["C13"].value == "行政处罚（次，万元）"
    assert sheet["D13"].value == "2 / 12.50"
    assert sheet["G15"].value == "1 / 0"
    assert sheet["D12"].value == 0
    assert sheet["D4"].value == "无台账数据"


def test_mines_without_any_action_prints_the_words_once(tmp_path):
    mines_campaign()
    sheet = made(tmp_path, "mines", campaign="mines-2023")

    assert sheet["D13"].value == "无台账数据"


def typed(one, row, **values):
    returned = DispatchReturn.objects.create(
        campaign=one,
        table="mines",
        period="2023-06",
        unit=Unit.objects.get(name="威海市应急管理局"),
        row=row,
        window=WindowKind.CUMULATIVE,
        cut_off=CutOff.DUE_DAY,
    )
    for code, value in values.items():
        given = {"text": value} if isinstance(value, str) else {"reported": value}
        returned.figures.create(code=code.replace("_", "-"), **given)


def test_mines_adds_what_the_rows_typed_and_takes_the_citys_own_words(tmp_path):
    one = mines_campaign()
    typed(one, Area.objects.get(name="荣成市"), 党政_1=2, 党政_5a=Decimal("1.5"), 党政_6="否", 党政_7=5)
    typed(one, None, 党政_1=1, 党政_5a=2, 党政_5b=0, 党政_6="是", 党政_7=3)

    whole = made(tmp_path, "mines", campaign="mines-2023")
    own = made(tmp_path, "mines", campaign="mines-2023", area="市本级")
    row = made(tmp_path, "mines", campaign="mines-2023", area="荣成市")

    places = ("D17", "D19", "G19", "D20")
    assert [whole[place].value for place in places] == [3, "3.50 / 0.00", "是", 8]
    assert [own[place].value for place in places] == [1, "2.00 / 0.00", "是", 3]
    assert [row[place].value for place in places] == [2, "1.50 / ", "否", 5]


def test_what_nobody_typed_stays_empty(tmp_path):
    mines_campaign()
    sheet = made(tmp_path, "mines", campaign="mines-2023")

    assert [sheet[place].value for place in ("D17", "D19", "G19", "D20")] == [None] * 4


def test_typed_values_of_another_window_are_not_mixed_in(tmp_path):
    one = mines_campaign()
    typed(one, Area.objects.get(name="荣成市"), 党政_1=2)

    assert made(tmp_path, "mines", campaign="mines-2023", window="monthly")["D17"].value is None


def test_mines_names_its_unit_in_the_line_of_signatures(tmp_path):
    mines_campaign()
    sheet = made(tmp_path, "mines", campaign="mines-2023", area="荣成市")

    assert [sheet[place].value for place in ("A21", "D21", "F21", "G21")] == [
        "填报单位：荣成市",
        "制表：",
        "审核：",
        "负责人：",
    ]
