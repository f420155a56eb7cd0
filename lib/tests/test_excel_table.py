from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import cells
from lib.excel import WARNING, CellError, Column, WorkbookError, letters, read_table
from lib.tests.workbooks import workbook

CODE = "91350100M000100Y43"
COLUMNS = [
    Column("企业全称", required=True),
    Column("统一社会信用代码", required=True, parse=cells.credit_code),
    Column("发现时间", parse=cells.day, blank=None),
    Column("发现方式", parse=cells.one_of(["企业自查", "部门检查"], {"自查": "企业自查"})),
    Column("整改资金（万元）", aliases=("资金",), parse=cells.money, blank=None),
    Column("特种作业", parse=cells.yes_no, blank=False),
]
HEADER = [column.name for column in COLUMNS]
GOOD = ["甲公司", CODE, "2023.06.06", "自查", 1.5, "是"]


def table(*rows, header=HEADER, before=(), **others):
    return read_table(workbook([*before, header, *rows], **others), COLUMNS)


def messages(found):
    return [str(error) for error in found.worst_first()]


def test_good_row_is_parsed():
    found = table(GOOD)

    assert found.is_valid
    assert found.errors == []
    assert [row.as_dict() for row in found.rows] == [
        {
            "企业全称": "甲公司",
            "统一社会信用代码": CODE,
            "发现时间": date(2023, 6, 6),
            "发现方式": "企业自查",
            "整改资金（万元）": Decimal("1.50"),
            "特种作业": True,
        }
    ]


def test_row_knows_its_number_and_values():
    [row] = table(GOOD, before=[["台账"], ["填报地市：威海市"]]).rows

    assert row.number == 4
    assert row["企业全称"] == "甲公司"
    assert "甲公司" in repr(row)


def test_blank_cells_take_the_blank_of_their_column():
    [row] = table(["甲公司", CODE]).rows

    assert (row["发现时间"], row["发现方式"], row["特种作业"]) == (None, "", False)


def test_strokes_are_blank_where_a_value_is_not_required():
    found = table(["甲公司", CODE, "/", "—", "-", " "])

    assert found.errors == []
    assert found.rows[0]["发现时间"] is None


def test_headers_in_any_order():
    found = table(list(reversed(GOOD)), header=list(reversed(HEADER)))

    assert found.errors == []
    assert found.rows[0]["统一社会信用代码"] == CODE
    assert found.places == {name: 6 - place for place, name in enumerate(HEADER)}


@pytest.mark.parametrize(
    "written",
    [
        "统一社会信用代码*",
        "*统一社会信用代码",
        "统一社会信用代码＊",
        "统一社会\n信用代码",
        " 统一 社会 信用代码 ",
        "统一社会信用代码（必填）",
        "统一社会信用代码(必填)*",
        "统一社会信用代码：",
        "统一社会信用代码（18位）",
    ],
)
def test_header_however_it_is_written(written):
    found = table(["甲公司", CODE], header=["企业全称", written])

    assert found.errors == []
    assert found.rows[0]["统一社会信用代码"] == CODE


@pytest.mark.parametrize("written", ["整改资金(万元)", "整改资金", "整改资金\n（万元）", "资金", "资金（万元）"])
def test_unit_of_a_header_may_be_left_out(written):
    found = table(["甲公司", CODE, 3], header=["企业全称", "统一社会信用代码", written])

    assert found.rows[0]["整改资金（万元）"] == Decimal("3.00")


def test_header_below_title_and_annex_lines():
    found = table(
        GOOD, before=[["附件2"], ["工贸行业重大事故隐患台账"], ["填报地市：威海市", None, "填报时间：2023年6月28日"]]
    )

    assert found.header_row == 4
    assert found.rows[0].number == 5


def test_absent_optional_column_is_blank_and_told_from_an_empty_one():
    found = table(["甲公司", CODE], header=["企业全称", "统一社会信用代码"])

    assert found.rows[0]["特种作业"] is False
    assert not found.has("特种作业")
    assert found.has("企业全称")


def test_missing_required_header_is_an_error_and_no_row_is_read():
    found = table(["甲公司", "自查"], header=["企业全称", "发现方式"])

    assert not found.is_valid
    assert messages(found) == ["第1行“统一社会信用代码”这一列没有找到，请在表头行补上，或使用模板"]
    assert found.rows == []


def test_header_twice_is_an_error():
    found = table([*GOOD, "乙公司"], header=[*HEADER, "企业 全称"])

    assert messages(found) == ["第1行“企业全称”出现两次（A列和G列），请删去一列"]


def test_unknown_header_is_a_warning_and_number_column_is_none():
    found = table([1, *GOOD, "随便"], header=["序号", *HEADER, "联系人QQ"])

    assert found.is_valid
    assert messages(found) == ["第1行“联系人QQ”（H列）不是本表的列，未读取"]
    assert found.errors[0].severity == WARNING


def test_sheet_without_header_says_what_is_expected():
    with pytest.raises(WorkbookError, match="前10行中没有找到表头，请使用模板；表头应有：企业全称、统一社会信用代码"):
        read_table(workbook([["随便", "什么"], [1, 2]]), COLUMNS)


def test_header_after_the_tenth_row_is_not_found():
    with pytest.raises(WorkbookError, match="前10行中没有找到表头"):
        table(GOOD, before=[["填报说明"]] * 10)


def test_one_column_table_is_found_by_that_column():
    assert [row["企业全称"] for row in read_table(workbook([["企业全称"], ["甲"]]), COLUMNS[:1]).rows] == ["甲"]


def test_every_error_has_its_place():
    found = table(GOOD, ["乙公司", CODE[:17], "六月", "抽查", "1.555", "可能"])

    assert messages(found) == [
        "第3行“统一社会信用代码”应为18位，现为17位",
        "第3行“发现时间”应为日期，如2023.06.06，现为“六月”",
        "第3行“发现方式”应为“企业自查”或“部门检查”，现为“抽查”",
        "第3行“整改资金（万元）”最多2位小数，现为1.555",
        "第3行“特种作业”应填“是”或“否”，空着表示否，现为“可能”",
    ]
    assert [error.cell for error in found.errors] == ["B3", "C3", "D3", "E3", "F3"]
    assert found.errors[0].value == CODE[:17]


def test_row_with_errors_stays_with_blanks_so_that_later_checks_see_it():
    found = table(["乙公司", CODE[:17], "六月"])

    assert found.rows[0]["企业全称"] == "乙公司"
    assert found.rows[0]["发现时间"] is None


@pytest.mark.parametrize("nothing", [None, " ", "\u3000", "\u200b"])
def test_required_cell_without_content(nothing):
    found = table([nothing, CODE])

    assert messages(found) == ["第2行“企业全称”必填，现为空"]


def test_same_wrong_value_is_an_error_in_each_row():
    found = table(*[["甲公司", "123"]] * 3)

    assert [error.row for error in found.errors] == [2, 3, 4]


def test_samples_totals_footers_and_blank_rows_are_skipped():
    found = table(
        ["示例", "XX公司", "XXXXXX"],
        [1, *GOOD],
        [],
        [" ", "\u3000"],
        ["合 计", None, None, None, None, 3.5],
        [2, "乙公司", CODE],
        [],
        ["填报说明：1.发现重大事故隐患数量=企业自查+部门检查"],
        ["填报人：张三", None, None, "审核人：李四"],
        header=["序号", *HEADER],
    )

    assert found.errors == []
    assert [row["企业全称"] for row in found.rows] == ["甲公司", "乙公司"]
    assert found.skipped == [(2, "示例"), (6, "合计"), (9, "表尾说明"), (10, "表尾说明")]


@pytest.mark.parametrize(
    ("word", "told"),
    [
        *((word, "示例") for word in ("示例", "示例行", "填写示例", "样例", "例", "例子", "示 例", "　示例")),
        *((word, "合计") for word in ("合计", "总计", "小计", "共计", "累计", "合　计", "总 计")),
        *(
            (f"{word}：x", "表尾说明")
            for word in ("填报说明", "填表说明", "说明", "备注", "注", "填报人", "填表人", "制表", "制表人", "审核")
        ),
        *((f"{word}:x", "表尾说明") for word in ("审核人", "负责人", "联系人", "联系电话")),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_word_at_the_beginning_tells_a_row_that_is_no_data(word, told, place):
    """In the first column of ours, or in the one with the numbers before it."""
    header = HEADER if place == 0 else ["序号", *HEADER]
    row = [word] if told == "表尾说明" else [word, *GOOD[1 - place :]]

    found = table(row, GOOD if place == 0 else [1, *GOOD], header=header)

    assert found.skipped == [(2, told)]
    assert (found.errors, len(found.rows)) == ([], 1)


def test_word_in_a_later_column_tells_nothing():
    found = table(["甲公司", CODE, None, None, None, None, "合计"], header=[*HEADER, "备注"])

    assert [row["企业全称"] for row in found.rows] == ["甲公司"]


def test_footer_with_the_cells_of_a_firm_behind_it_is_data():
    assert len(table(["说明：书印刷厂", CODE]).rows) == 1


@pytest.mark.parametrize("left", [[2], [2, None, " "], [2, *[None] * 6, "以下空白"], ["二"]])
def test_row_numbered_ahead_and_not_filled_in_is_a_blank_one(left):
    """Templates come numbered to a hundred; ten rows filled in are ten rows."""
    found = table([1, *GOOD], left, [3, *GOOD], header=["序号", *HEADER, "备注"])

    assert [row.number for row in found.rows] == [2, 4]
    assert [error for error in found.errors if error.severity != WARNING] == []
    assert found.skipped == []


def test_row_with_one_cell_of_ours_is_data_that_lacks_the_rest():
    found = table([1, *GOOD], [2, None, None, "2023.06.06"], header=["序号", *HEADER])

    assert messages(found) == ["第3行“企业全称”必填，现为空", "第3行“统一社会信用代码”必填，现为空"]


def test_company_whose_name_begins_like_a_total_is_data():
    found = table(["合计量具有限公司", CODE], ["示例软件公司", CODE], ["说明：书印刷厂", CODE])

    assert [row["企业全称"] for row in found.rows] == ["合计量具有限公司", "示例软件公司", "说明：书印刷厂"]


def test_row_of_column_numbers_under_the_header_is_skipped():
    found = table([1, 2, 3, 4, 5, 6], GOOD)

    assert found.skipped == [(2, "列号")]
    assert len(found.rows) == 1


def test_cell_merged_downwards_counts_for_each_row_and_is_told():
    found = table(GOOD, [None, None, "2023.06.07"], [None, None, "2023.06.08"], merged=["A2:A4", "B2:B4"])

    assert [row["企业全称"] for row in found.rows] == ["甲公司"] * 3
    assert [row["发现时间"].day for row in found.rows] == [6, 7, 8]
    assert messages(found) == [
        "第2行“企业全称”与以下各行合并（到第4行），已按每行相同读取",
        "第2行“统一社会信用代码”与以下各行合并（到第4行），已按每行相同读取",
    ]
    assert found.is_valid


def test_blank_rows_within_a_merged_cell_stay_blank():
    found = table(GOOD, [], merged=["A2:A3"])

    assert len(found.rows) == 1


def test_merged_header_and_title_do_not_disturb():
    data = workbook([["台账"], HEADER, [], GOOD], merged=["A1:F1", "A2:A3", "B2:B3"])

    assert [row.number for row in read_table(data, COLUMNS).rows] == [4]


def test_sheet_with_all_columns_is_preferred_to_an_earlier_one():
    data = workbook([["企业全称", "发现方式"]], name="说明", 台账=[HEADER, GOOD])

    found = read_table(data, COLUMNS)
    assert found.sheet == "台账"
    assert len(found.rows) == 1


def test_second_sheet_of_the_same_kind_is_not_passed_over_in_silence():
    found = table(GOOD, 七月=[HEADER, GOOD, GOOD])

    assert len(found.rows) == 1
    assert messages(found) == ["工作表“七月”也是这样的表，未读取；本次只读取“Sheet1”"]


def test_sheet_that_lacks_a_required_column_is_no_second_table():
    found = table(GOOD, 说明=[["企业全称", "发现方式"], ["甲", "自查"]])

    assert found.errors == []


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr("lib.excel.table.MOST_ROWS", 3)

    assert len(table(*[GOOD] * 3).rows) == 3
    with pytest.raises(WorkbookError, match="超过3行，请按区市或月份拆分后分别上传"):
        table(*[GOOD] * 4)


def test_reading_stops_after_very_many_errors(monkeypatch):
    monkeypatch.setattr("lib.excel.table.MOST_ERRORS", 4)
    found = table(*[["甲公司", "123"]] * 10)

    assert len(found.errors) == 5
    assert messages(found)[-1] == "第6行起未再检查：错误已超过4处，请先更正"


def test_app_adds_errors_of_its_own_and_the_worst_come_first():
    found = table(GOOD, GOOD)
    first, second = found.rows
    found.warn(first, "发现时间", "早于判定标准施行日期", first["发现时间"])
    found.refuse(second, "统一社会信用代码", "没有这家企业，请先登记", CODE)
    found.refuse(second, "", "与第2行重复")

    assert not found.is_valid
    assert messages(found) == [
        "第3行与第2行重复",
        "第3行“统一社会信用代码”没有这家企业，请先登记",
        "第2行“发现时间”早于判定标准施行日期",
    ]
    assert found.worst_first()[1] == CellError(3, 2, "没有这家企业，请先登记", "error", "统一社会信用代码", CODE)


def test_only_warnings_leave_a_table_valid():
    found = table(GOOD)
    found.warn(0, "", "3行不在专项行动范围内")

    assert found.is_valid
    assert messages(found) == ["3行不在专项行动范围内"]


def test_places_of_columns_in_letters():
    assert [letters(number) for number in (1, 26, 27, 52, 702, 703, 16384)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_text_and_number_alike_are_not_confused():
    """1 as text and 1 as number, true and 是: remembered values belong to what is written."""
    columns = [Column("企业全称"), Column("备用")]
    found = read_table(workbook([["企业全称", "备用"], ["1", 1], [1, True], [True, "1"]]), columns)

    assert [list(row.as_dict().values()) for row in found.rows] == [["1", "1"], ["1", "是"], ["是", "1"]]


written = st.one_of(
    st.none(), st.text(max_size=8), st.integers(-5, 10**6), st.floats(-10, 10**6), st.dates(), st.booleans()
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(written, min_size=6, max_size=6), max_size=6))
def test_whatever_is_in_the_cells_every_row_is_accounted_for(rows):
    """No row vanishes: it is parsed, skipped with a reason, or blank."""
    clean = [[cells.text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    found = table(*clean)
    blank = sum(all(cells.is_blank(cell) for cell in row) for row in clean)

    assert len(found.rows) + len(found.skipped) + blank == len(rows)
