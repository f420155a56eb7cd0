"""There and back: what the portal writes, it reads; what a clerk corrects, it takes."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import cells
from lib.excel import Column, Heading, error_workbook, read_table, write_table
from lib.tests.workbooks import loaded, saved

# The 17 columns of the official ledger (威应急发〔2023〕12号, 附件2), with their widths.
LEDGER = {
    "序号": 6,
    "市": 10,
    "县（市、区）": 12,
    "企业全称": 28,
    "统一社会信用代码": 22,
    "行业": 8,
    "领域": 12,
    "重大事故隐患描述": 40,
    "判定依据": 30,
    "发现时间": 12,
    "发现方式": 10,
    "现场处置措施": 14,
    "行政处置措施": 14,
    "挂牌督办单位": 18,
    "整改责任人": 10,
    "整改期限": 12,
    "整改措施": 30,
}
HEADINGS = [Heading(name, width) for name, width in LEDGER.items()]
COLUMNS = [
    Column("企业全称", required=True),
    Column("统一社会信用代码", required=True, parse=cells.credit_code),
    Column("重大事故隐患描述", required=True, aliases=("描述", "隐患描述")),
    Column("发现时间", required=True, parse=cells.day),
    Column("发现方式", required=True, parse=cells.one_of(["企业自查", "部门检查"], {"自查": "企业自查"})),
    Column("整改期限", parse=cells.deadline, blank=None),
    Column("整改资金（万元）", parse=cells.money, blank=None),
    *(Column(name) for name in ("县（市、区）", "行业", "领域", "判定依据", "挂牌督办单位", "整改责任人", "整改措施")),
    *(Column(name) for name in ("市", "现场处置措施", "行政处置措施")),
]
EXAMPLE = [
    *[1, "威海市", "荣成市", "某某水产有限公司", "91350100M000100Y43", "轻工", "涉氨制冷"],
    *["快速冻结装置未设置在单独的作业间内。", "《工贸企业重大事故隐患判定标准》第十二条第（二）项", date(2023, 6, 6)],
    *["自查", "立即停产", "", "威海市应急管理局", "王五", "7月底前", "增设隔墙"],
]


def ledger(*rows):
    stream = BytesIO()
    write_table(
        stream,
        HEADINGS,
        rows,
        annex="附件2",
        title="工贸行业重大事故隐患台账",
        left="填报地市：威海市",
        right="填报时间：2023年6月28日",
        notes=["填报说明：1.发现时间按实际填写。"],
        paper="A3",
    )
    return stream.getvalue()


def test_exported_ledger_is_read_as_it_was():
    found = read_table(ledger(EXAMPLE), COLUMNS)

    assert found.errors == []
    assert found.skipped == [(6, "表尾说明")]
    [row] = found.rows
    assert row.number == 5
    assert row["企业全称"] == "某某水产有限公司"
    assert row["发现时间"] == date(2023, 6, 6)
    assert row["发现方式"] == "企业自查"
    assert row["整改期限"].proposed(row["发现时间"]) == date(2023, 7, 31)
    assert row["行政处置措施"] == ""


def test_ledger_with_the_sample_row_of_the_annex():
    """The annex prints 示例 with XX for every name."""
    sample = ["示例", "XX市", "XX县", "XX公司", "XXXXXX", "轻工", "涉氨制冷", *["……"] * 10]
    found = read_table(ledger(sample, EXAMPLE), COLUMNS)

    assert found.errors == []
    assert (5, "示例") in found.skipped
    assert len(found.rows) == 1


def test_wrong_ledger_comes_back_marked_is_corrected_and_accepted():
    wrong = [*EXAMPLE]
    wrong[4], wrong[10] = "91350100M000100Y4", "抽查"
    data = ledger(EXAMPLE, wrong)
    first = read_table(data, COLUMNS)
    assert [str(error) for error in first.errors] == [
        "第6行“统一社会信用代码”应为18位，现为17位",
        "第6行“发现方式”应为“企业自查”或“部门检查”，现为“抽查”",
    ]

    book = loaded(error_workbook(data, first))
    assert book.active["E6"].comment.text == "应为18位，现为17位"
    book.active["E6"] = "91371002MA3ABCDE1L"
    book.active["K6"] = "部门检查"
    again = read_table(saved(book), COLUMNS)

    assert again.is_valid
    assert [row["统一社会信用代码"] for row in again.rows] == ["91350100M000100Y43", "91371002MA3ABCDE1L"]
    assert [row["发现方式"] for row in again.rows] == ["企业自查", "部门检查"]


def test_official_titles_do_not_hide_the_header():
    assert read_table(ledger(EXAMPLE), COLUMNS).header_row == 4


def test_ledger_prints_on_a3_with_repeated_header():
    sheet = loaded(ledger(EXAMPLE)).active

    assert sheet.page_setup.paperSize == 8
    assert sheet.print_title_rows == "$4:$4"
    assert [cell.value for cell in sheet[4]] == list(LEDGER)
    assert sheet["E5"].data_type == "s"


names = st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20).filter(
    lambda name: cells.text(name) == name and not cells.is_dash(name)
)
rows = st.lists(
    st.tuples(
        names.map(lambda name: f"公司{name}"),
        names,
        st.dates(date(2020, 1, 1), date(2026, 1, 1)),
        st.decimals(0, 10**6, places=2),
        st.integers(0, 10**6),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=50, deadline=None)
@given(rows)
def test_any_table_is_read_as_it_was_written(written):
    headings = ["企业全称", "描述", "发现时间", "罚款（万元）", "人数", "国有企业"]
    parsers = [cells.text, cells.text, cells.day, cells.money, cells.whole, cells.yes_no]
    stream = BytesIO()
    write_table(stream, [Heading(name) for name in headings], written)
    table = read_table(
        stream.getvalue(), [Column(name, parse=parse) for name, parse in zip(headings, parsers, strict=True)]
    )

    assert table.errors == []
    assert [tuple(row.as_dict().values()) for row in table.rows] == written


@pytest.mark.parametrize("kind", ["text", "whole", "money"])
def test_numbers_and_dates_survive_in_any_kind_of_column(kind):
    stream = BytesIO()
    write_table(stream, [Heading("数", kind=kind), Heading("日", kind="day")], [[Decimal("12.50"), date(2023, 6, 6)]])
    table = read_table(stream.getvalue(), [Column("数", parse=cells.money), Column("日", parse=cells.day)])

    assert table.rows[0].as_dict() == {"数": Decimal("12.50"), "日": date(2023, 6, 6)}
