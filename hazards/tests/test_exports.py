from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from hazards import exports
from hazards.models import Hazard, Measure, Problem
from hazards.tests import factories as ledger
from lib.excel import write_table, write_tables
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

# 威应急发〔2023〕12号 附件2
OFFICIAL = [
    "序号", "市", "县（市、区）", "企业全称", "统一社会信用代码", "行业", "领域", "重大事故隐患描述", "判定依据",
    "发现时间", "发现方式", "现场处置措施", "行政处置措施", "挂牌督办单位", "整改责任人", "整改期限", "整改措施",
]  # fmt: skip
IMPORTABLE = [
    "台账编号", "隐患级别", "发现单位", "挂牌级别", "挂牌时间", "整改资金（万元）", "应急预案", "整改完成时间",
    "复查时间", "销号时间",
]  # fmt: skip


def rows(*, extended=False, **found):
    return list(exports.ledger_rows(Hazard.objects.filter(**found), extended=extended))


def names(extended=False):
    return [heading.name for heading in exports.ledger_headings(extended=extended)]


def cells(*, extended):
    stream = BytesIO()
    headings = exports.ledger_headings(extended=extended)
    write_table(stream, headings, exports.ledger_rows(Hazard.objects.all(), extended=extended))
    return list(load_workbook(stream).active.iter_rows(values_only=True))


def test_columns_are_the_seventeen_of_the_annex():
    assert names() == OFFICIAL


def test_extended_columns_stand_to_the_right_and_can_be_read_back():
    assert names(extended=True)[:17] == OFFICIAL
    assert set(IMPORTABLE) <= set(names(extended=True)[17:])


def test_row_prints_as_the_annex_shows():
    """The example row of 附件2: dates with dots, 自查 for the firm's own, the code as text."""
    firm = make.enterprise("荣成海源食品有限公司", uscc="913710820000000011", feature_names=["涉氨制冷", "有限空间"])
    ledger.rectifying(
        firm,
        basis="《工贸企业重大事故隐患判定标准》第十二条第（二）项",
        on_site_measure="立即停产",
        administrative_measure="责令限期整改",
        listing_unit_name="荣成市应急管理局",
    )
    assert rows() == [[
        1, "威海市", "荣成市", "荣成海源食品有限公司", "913710820000000011", "轻工", "涉氨制冷、有限空间",
        "快速冻结装置未设置在单独的作业间内。", "《工贸企业重大事故隐患判定标准》第十二条第（二）项", "2023.06.06",
        "自查", "立即停产", "责令限期整改", "荣成市应急管理局", "李四", "2023.06.30",
        "在单独的作业间内设置快速冻结装置",
    ]]  # fmt: skip


@pytest.mark.parametrize("way", ["department", "stationed", "reported", "superior", "warning"])
def test_every_way_but_the_firms_own_prints_as_department(way):
    ledger.hazard(found_by=way)
    assert rows()[0][10] == "部门检查"


def test_town_prints_its_city_and_county():
    town = make.area("成山镇", parent=make.county(), level="town")
    ledger.hazard(make.enterprise("镇上企业", in_area=town))
    assert rows()[0][1:3] == ["威海市", "荣成市"]


def test_zone_stands_in_the_column_of_counties():
    zone = make.area("高区", parent=make.city(), level="zone")
    ledger.hazard(make.enterprise("高区企业", in_area=zone))
    assert rows()[0][2] == "高区"


def test_deadline_in_words_stands_where_there_is_no_day():
    ledger.hazard(deadline_text="7月底前")
    assert rows()[0][15] == "7月底前"


def test_serials_run_through_in_the_order_given():
    ledger.hazard(description="先", found_on=date(2023, 6, 1))
    ledger.hazard(description="后", found_on=date(2023, 6, 2))
    assert [(row[0], row[7]) for row in rows()] == [(1, "后"), (2, "先")]


def test_extended_row_tells_the_true_way_and_the_listing():
    hazard = ledger.requested(found_by="stationed", listed=True)
    hazard.listings.create(level="department", unit_name="甲", listed_on="2023-06-08", delisted_on="2023-06-08")
    hazard.listings.create(level="government", unit_name="乙", listed_on="2023-06-09")
    [row] = rows(extended=True)
    printed = dict(zip(names(extended=True), row, strict=True))
    assert printed["实际发现方式"] == "驻点监督"
    assert (printed["挂牌级别"], printed["挂牌时间"]) == ("政府", "2023.06.09")
    assert (printed["隐患级别"], printed["状态"], printed["整改完成时间"]) == ("重大", "申请复查", "2023.06.20")


def test_workbook_keeps_codes_as_text_and_hostile_text_as_text():
    ledger.hazard(description='=HYPERLINK("http://x")\x0b<b>&', place="+1")
    row = cells(extended=True)[-1]
    assert row[4].isalnum() and isinstance(row[4], str)
    assert row[7] == '=HYPERLINK("http://x")<b>&'


def test_ledger_takes_one_statement_for_places_and_one_for_rows(django_assert_num_queries):
    for name in ("甲", "乙", "丙"):
        ledger.hazard(make.enterprise(name))
    with django_assert_num_queries(2):
        rows(extended=True)


def test_two_lists_link_measures_to_problems():
    unit = make.unit()
    Problem.objects.create(unit=unit, text="未建立驻点制度", found_on="2022-04-20", due_on="2022-05-01", state="done")
    second = Problem.objects.create(unit=unit, text="台账不全", category="制度", found_on="2022-04-21")
    measure = Measure.objects.create(unit=unit, title="台账管理办法", done_on="2022-05-10")
    measure.problems.add(second)
    stream = BytesIO()
    write_tables(stream, exports.two_lists(Problem.objects.order_by("id"), Measure.objects.all()))
    book = load_workbook(stream)
    assert book.sheetnames == ["问题隐患清单", "制度措施清单"]
    problems = list(book["问题隐患清单"].iter_rows(values_only=True))
    assert problems[1] == ("序号", "问题", "类别", "责任单位", "责任人", "整改要求", "时限", "进展")
    assert problems[2][1] == "未建立驻点制度"
    assert problems[2][6:] == ("2022.05.01", "已完成。")
    measures = list(book["制度措施清单"].iter_rows(values_only=True))
    assert measures[2][1] == "台账管理办法"
    assert measures[2][-1] == "2"
