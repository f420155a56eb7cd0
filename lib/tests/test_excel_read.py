from datetime import date, datetime, time
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from lib.excel import WorkbookError, checked, read_rows
from lib.excel.read import sheets
from lib.tests.workbooks import saved, with_parts, with_sheet_xml, workbook


def test_rows_come_with_their_numbers():
    data = workbook([["企业全称", "人数"], ["甲", 3], ["乙", 2.5]])

    assert list(read_rows(data)) == [(1, ["企业全称", "人数"]), (2, ["甲", 3.0]), (3, ["乙", 2.5])]


def test_rows_and_columns_are_counted_from_the_corner_of_the_sheet():
    """A table that begins at C3 keeps its numbers."""
    data = workbook([[], [], [None, None, "企业全称"], [None, None, "甲"]])

    assert list(read_rows(data)) == [
        (1, ["", "", ""]),
        (2, ["", "", ""]),
        (3, ["", "", "企业全称"]),
        (4, ["", "", "甲"]),
    ]


def test_types_of_cells():
    moment = datetime.combine(date(2023, 6, 6), time(8, 30))
    [(_, row)] = read_rows(workbook([["文字", 7, 7.5, True, date(2023, 6, 6), moment, None]]))

    assert row == ["文字", 7.0, 7.5, True, date(2023, 6, 6), moment]


def test_error_and_uncalculated_cells_are_blank():
    [(_, row)] = read_rows(
        with_sheet_xml(
            '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1"><f>1+1</f></c><c r="C1"><v>1</v></c></row>'
        )
    )

    assert row == ["", "", 1.0]


def test_cells_without_places_are_counted():
    """Some programs leave the places out."""
    data = with_sheet_xml('<row><c><v>1</v></c><c t="inlineStr"><is><t>甲</t></is></c></row><row><c><v>2</v></c></row>')

    assert list(read_rows(data)) == [(1, [1.0, "甲"]), (2, [2.0, ""])]


def test_first_visible_sheet_with_content_is_read():
    book = Workbook()
    book.active.title = "空"
    hidden = book.create_sheet("选项")
    hidden.append(["隐藏"])
    hidden.sheet_state = "hidden"
    book.create_sheet("数据").append(["看得见"])

    assert list(read_rows(saved(book))) == [(1, ["看得见"])]


def test_sheet_by_name():
    data = workbook([["第一张"]], 第二张=[["第二张的内容"]])

    assert list(read_rows(data, "第二张")) == [(1, ["第二张的内容"])]
    with pytest.raises(WorkbookError, match="没有名为“第三张”的工作表"):
        read_rows(data, "第三张")


def test_workbook_without_content():
    with pytest.raises(WorkbookError, match="工作簿没有内容，请填写后再上传"):
        read_rows(workbook([]))


@pytest.mark.parametrize("xml", [b"<worksheet><sheetData><row", b"not xml", b"", b'<worksheet><c r="A"/></worksheet>'])
def test_broken_sheet_is_a_broken_workbook(xml):
    data = with_parts(workbook([["甲"]]), {"xl/worksheets/sheet1.xml": xml})

    with pytest.raises(WorkbookError):
        list(read_rows(data))


def test_workbook_without_its_sheet_is_broken():
    data = with_parts(workbook([["甲"]]), {"xl/workbook.xml": b"<workbook/>"})

    with pytest.raises(WorkbookError):
        list(read_rows(data))


def test_results_of_formulas_are_read_as_values():
    data = with_sheet_xml('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"甲"</f><v>甲</v></c></row>')

    assert list(read_rows(data)) == [(1, [2.0, "甲"])]


def test_rich_and_shared_texts_are_read_whole():
    rich = '<row r="1"><c r="A1" t="inlineStr"><is><r><t>重大</t></r><r><t>隐患</t></r></is></c></row>'

    assert list(read_rows(with_sheet_xml(rich))) == [(1, ["重大隐患"])]
    assert list(read_rows(workbook([["同一句", "同一句"]]))) == [(1, ["同一句", "同一句"])]


def test_hidden_rows_and_columns_are_read_as_well():
    """A filter left on must not lose rows."""
    book = Workbook()
    for row in (["企业全称", "人数"], ["甲", 1], ["乙", 2]):
        book.active.append(row)
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["B"].hidden = True

    assert [row for _, row in read_rows(saved(book))] == [["企业全称", "人数"], ["甲", 1.0], ["乙", 2.0]]


def test_dates_of_the_1904_calendar():
    """Workbooks begun on old Macs count days from another start."""
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append([date(2023, 6, 6)])

    assert list(read_rows(saved(book))) == [(1, [date(2023, 6, 6)])]


def test_very_hidden_sheets_are_not_read():
    book = Workbook()
    book.active.append(["看得见"])
    secret = book.create_sheet("参数", 0)
    secret.append(["看不见"])
    secret.sheet_state = "veryHidden"

    assert list(read_rows(saved(book))) == [(1, ["看得见"])]


def test_upload_can_be_read_more_than_once():
    """For the preview, for the import and for marking the errors."""
    file = BytesIO(workbook([["甲"]]))

    assert list(read_rows(file)) == list(read_rows(file)) == [(1, ["甲"])]


def test_cells_merged_downwards_are_told_with_their_places():
    data = workbook([["台账", None], ["甲", 1], [None, 2], [None, 3]], merged=["A1:B1", "A2:A4"])
    [sheet] = sheets(checked(data))

    assert sheet.merged_downwards() == [(1, 2, 4)]
    assert (sheet.name, sheet.height) == ("Sheet1", 4)
