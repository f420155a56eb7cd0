from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from lib.excel import WorkbookError, read_rows
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
