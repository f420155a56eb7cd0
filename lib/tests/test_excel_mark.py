from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import PatternFill

from lib import cells
from lib.excel import CellError, Column, error_list, error_workbook, read_table
from lib.tests.workbooks import loaded, saved, values, with_parts, workbook

CODE = "91350100M000100Y43"
COLUMNS = [
    Column("企业全称", required=True),
    Column("统一社会信用代码", required=True, parse=cells.credit_code),
    Column("发现时间", parse=cells.day),
]
HEADER = ["企业全称", "统一社会信用代码", "发现时间"]
RED, AMBER = "00FFC7CE", "00FFEB9C"


def marked(data):
    table = read_table(data, COLUMNS)
    return loaded(error_workbook(data, table)).active


def colour(cell):
    return cell.fill.start_color.rgb if cell.fill.fill_type else None


def test_wrong_cells_are_filled_and_commented():
    sheet = marked(workbook([HEADER, ["甲公司", CODE, "2023.06.06"], ["乙公司", CODE[:17], "六月"]]))

    assert [colour(cell) for cell in sheet[3]] == [None, RED, RED, RED]
    assert sheet["B3"].comment.text == "应为18位，现为17位"
    assert sheet["C3"].comment.text == "应为日期，如2023.06.06，现为“六月”"


def test_right_column_says_it_again_for_the_row():
    sheet = marked(workbook([HEADER, ["甲公司", CODE, "2023.06.06"], ["乙公司", CODE[:17], "六月"]]))

    assert [sheet["D1"].value, sheet["D2"].value, sheet["D3"].value] == [
        "错误说明",
        None,
        "“统一社会信用代码”应为18位，现为17位；“发现时间”应为日期，如2023.06.06，现为“六月”",
    ]


def test_what_the_sender_wrote_stays():
    book = Workbook()
    sheet = book.active
    sheet.append(["台账"])
    sheet.append(HEADER)
    sheet.append(["乙公司", "123", "=TODAY()"])
    sheet.column_dimensions["A"].width = 41
    book.create_sheet("说明").append(["请勿删除"])
    data = saved(book)

    result = loaded(error_workbook(data, read_table(data, COLUMNS)))
    assert values(saved(result), "说明") == [["请勿删除"]]
    assert result.worksheets[0].column_dimensions["A"].width == 41
    assert result.worksheets[0]["A3"].value == "乙公司"


def test_errors_of_the_header_stand_in_the_header_row():
    sheet = marked(workbook([["企业全称", "发现时间"], ["甲公司", "2023.06.06"]]))

    assert sheet["C1"].value == "错误说明：“统一社会信用代码”这一列没有找到，请在表头行补上，或使用模板"


def test_warnings_are_amber_and_errors_win():
    data = workbook([HEADER, ["甲公司", CODE, "2023.06.06"], ["乙公司", "123", "2023.06.07"]])
    table = read_table(data, COLUMNS)
    table.warn(2, "发现时间", "早于专项行动开始日期")
    table.warn(3, "统一社会信用代码", "不在辖区内")
    sheet = loaded(error_workbook(data, table)).active

    assert colour(sheet["C2"]) == AMBER
    assert colour(sheet["B3"]) == RED
    assert sheet["B3"].comment.text == "应为18位，现为3位；不在辖区内"


def test_errors_of_the_app_are_marked_as_well():
    data = workbook([HEADER, ["甲公司", CODE, "2023.06.06"]])
    table = read_table(data, COLUMNS)
    table.refuse(table.rows[0], "统一社会信用代码", "没有这家企业，请先登记")
    table.refuse(table.rows[0], "", "与第9行重复")

    sheet = loaded(error_workbook(data, table)).active
    assert colour(sheet["B2"]) == RED
    assert sheet["D2"].value == "与第9行重复；“统一社会信用代码”没有这家企业，请先登记"


def test_cell_inside_a_merged_range_does_not_fail():
    data = workbook([HEADER, ["甲公司", "123"], [None, None, "六月"]], merged=["A2:A3", "B2:B3"])
    sheet = marked(data)

    assert colour(sheet["B2"]) == RED
    assert "“统一社会信用代码”应为18位，现为3位" in sheet["D3"].value


def test_comments_are_limited_but_fills_are_not(monkeypatch):
    monkeypatch.setattr("lib.excel.mark.MOST_COMMENTS", 2)
    sheet = marked(workbook([HEADER, *[["甲公司", "123"]] * 4]))

    assert [sheet[f"B{row}"].comment is not None for row in range(2, 6)] == [True, True, False, False]
    assert [colour(sheet[f"B{row}"]) for row in range(2, 6)] == [RED] * 4


def test_explanation_of_a_formula_like_value_is_text():
    cell = marked(workbook([["企业全称", "统一社会信用代码"], ["甲公司", "'=1+1"]]))["C2"]

    assert cell.data_type == "s"


def test_long_workbook_becomes_a_list(monkeypatch):
    monkeypatch.setattr("lib.excel.mark.MOST_MARKED", 3)
    data = workbook([HEADER, ["甲公司", CODE], ["乙公司", "123"], [None, CODE, "六月"]])
    table = read_table(data, COLUMNS)
    table.warn(2, "发现时间", "未填写")

    assert values(error_workbook(data, table)) == [
        ["导入错误清单", None, None, None, None, None],
        ["程度", "行", "单元格", "列", "填写内容", "问题"],
        ["错误", 3, "B3", "统一社会信用代码", "123", "应为18位，现为3位"],
        ["错误", 4, "A4", "企业全称", None, "必填，现为空"],
        ["错误", 4, "C4", "发现时间", "六月", "应为日期，如2023.06.06，现为“六月”"],
        ["提醒", 2, "C2", "发现时间", None, "未填写"],
    ]


def test_workbook_that_openpyxl_cannot_load_becomes_a_list():
    data = workbook([HEADER, ["乙公司", "123"]])
    odd = with_parts(data, {"xl/styles.xml": b'<styleSheet xmlns="x"><cellXfs count="z"/></styleSheet>'})
    listed = values(error_workbook(odd, read_table(odd, COLUMNS)))

    assert listed[2] == ["错误", 2, "B2", "统一社会信用代码", "123", "应为18位，现为3位"]


def test_list_of_errors_of_the_whole_sheet():
    listed = values(error_list([CellError(0, 0, "工作表“七月”未读取", "warning")]))

    assert listed[2] == ["提醒", None, None, None, None, "工作表“七月”未读取"]


def test_marked_workbook_may_be_sent_again_after_correction():
    data = workbook([HEADER, ["乙公司", "123", "2023.06.06"]])
    book = loaded(error_workbook(data, read_table(data, COLUMNS)))
    book.active["B2"] = CODE
    stream = BytesIO()
    book.save(stream)
    again = read_table(stream.getvalue(), COLUMNS)

    assert again.is_valid
    assert [row["企业全称"] for row in again.rows] == ["乙公司"]
    assert again.errors == []


def remarked(cell, value):
    """Marked, mended in one cell, and marked again: the second workbook's sheet."""
    data = workbook([HEADER, ["甲公司", CODE, "六月"], ["乙公司", "123", "2023.06.06"]])
    book = loaded(error_workbook(data, read_table(data, COLUMNS)))
    book.active[cell] = value
    return marked(saved(book))


def test_marks_of_an_earlier_round_do_not_stay_on_what_was_mended():
    sheet = remarked("B3", CODE)

    assert (colour(sheet["B3"]), sheet["B3"].comment) == (None, None)
    assert (colour(sheet["C2"]), colour(sheet["D2"]), colour(sheet["D3"])) == (RED, RED, None)
    assert [sheet[f"D{row}"].value for row in (1, 2, 3)] == [
        "错误说明",
        "“发现时间”应为日期，如2023.06.06，现为“六月”",
        None,
    ]


def test_explanations_stay_in_one_column_however_often_it_is_sent():
    sheet = remarked("A2", "丙公司")

    assert [cell.value for cell in sheet[1]] == [*HEADER, "错误说明"]
    assert sheet["A2"].value == "丙公司"


def test_senders_own_red_stays_where_nothing_was_marked_before():
    book = Workbook()
    for row in (HEADER, ["甲公司", CODE, "六月"]):
        book.active.append(row)
    book.active["A2"].fill = PatternFill("solid", start_color="FFC7CE")

    assert colour(marked(saved(book))["A2"]) == RED


def test_row_emptied_but_for_its_explanation_is_a_blank_one():
    data = workbook([HEADER, ["甲公司", CODE, "2023.06.06"], ["乙公司", "123", "2023.06.06"]])
    book = loaded(error_workbook(data, read_table(data, COLUMNS)))
    for cell in ("A3", "B3", "C3"):
        book.active[cell] = None

    again = read_table(saved(book), COLUMNS)

    assert (again.errors, len(again.rows)) == ([], 1)


def test_explained_header_is_no_column_of_the_next_round():
    data = workbook([["企业全称", "发现时间"], ["甲公司", "2023.06.06"]])
    book = loaded(error_workbook(data, read_table(data, COLUMNS)))
    book.active["D1"], book.active["D2"] = "统一社会信用代码", CODE

    assert read_table(saved(book), COLUMNS).errors == []
