from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lib.excel import forms
from lib.tests.workbooks import loaded


@pytest.fixture
def sheet():
    _, sheet = forms.new_book("调度表")
    return sheet


def test_new_book_has_one_named_sheet_and_no_author():
    book, sheet = forms.new_book("调度表")

    assert book.sheetnames == ["调度表"]
    assert sheet.title == "调度表"
    assert loaded(forms.saved(book)).properties.creator in {None, ""}


def test_put_writes_and_dresses_a_cell(sheet):
    cell = forms.put(sheet, "B3", "荣成市")

    assert cell.value == "荣成市"
    assert (cell.font.name, cell.font.size) == ("宋体", 11)
    assert (cell.alignment.horizontal, cell.alignment.vertical, cell.alignment.wrap_text) == ("center", "center", True)
    assert cell.border.top.style == "thin"


def test_put_merges_a_range_and_borders_every_cell_of_it(sheet):
    forms.put(sheet, "A5:A8", "总体情况")

    assert [str(place) for place in sheet.merged_cells.ranges] == ["A5:A8"]
    assert all(sheet[f"A{row}"].border.left.style == "thin" for row in range(5, 9))
    assert sheet["A8"].border.bottom.style == "thin"


def test_title_in_the_font_of_official_titles(sheet):
    cell = forms.put(sheet, "A1:G1", "进展情况调度表", forms.TITLE)

    assert (cell.font.name, cell.font.size) == ("方正小标宋简体", 20)
    assert cell.border.left.style is None


def test_numbers_stay_numbers(sheet):
    assert forms.put(sheet, "A1", 0, forms.NUMBER).value == 0
    assert forms.put(sheet, "A2", Decimal("12.50"), forms.MONEY).value == Decimal("12.50")
    assert forms.put(sheet, "A2", Decimal("12.50"), forms.MONEY).number_format == "0.00"


def test_nothing_leaves_the_cell_empty_and_zero_is_zero(sheet):
    assert forms.put(sheet, "A1", None).value is None
    assert forms.put(sheet, "A2", "").value is None
    assert forms.put(sheet, "A3", 0).value == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1"])
def test_text_is_never_a_formula(text):
    book, sheet = forms.new_book("调度表")
    forms.put(sheet, "A1", text)
    cell = loaded(forms.saved(book)).active["A1"]

    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_ordinary_text_has_no_quote_prefix(sheet):
    assert not forms.put(sheet, "A1", "荣成市").quotePrefix


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        ("", None),
        (True, "是"),
        (False, "否"),
        (date(2023, 6, 6), "2023.06.06"),
        (datetime(2023, 6, 6, 0, 30, tzinfo=UTC), "2023.06.06 08:30"),
        (float("nan"), None),
        (10**15, "1000000000000000"),
        ("甲\x07乙", "甲乙"),
        ("一\r\n二", "一\n二"),
    ],
)
def test_plain_values(value, kept):
    assert forms.plain(value) == kept


def test_put_row_goes_to_the_right(sheet):
    forms.put_row(sheet, 4, ["个", "人次", None, 3], start=3)

    assert [sheet.cell(4, column).value for column in range(1, 8)] == [None, None, "个", "人次", None, 3, None]
    assert sheet["E4"].border.left.style == "thin"


@pytest.mark.parametrize(("paper", "code"), [("A4", 9), ("A3", 8)])
def test_page_is_one_wide_with_repeated_rows(sheet, paper, code):
    forms.set_page(sheet, paper=paper, repeat="1:4", freeze="A5")

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (code, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$4"
    assert sheet.freeze_panes == "A5"
    assert sheet.oddFooter.center.text == "— &P —"


def test_page_may_stand_upright_without_numbers(sheet):
    forms.set_page(sheet, landscape=False, footer=False)

    assert sheet.page_setup.orientation == "portrait"
    assert sheet.oddFooter.center.text is None
    assert sheet.freeze_panes is None


def test_widths_and_heights(sheet):
    forms.set_widths(sheet, [6, 20], start=2)
    forms.set_heights(sheet, {1: 34, 3: 60.5})

    assert [sheet.column_dimensions[letter].width for letter in "BC"] == [6, 20]
    assert [sheet.row_dimensions[row].height for row in (1, 3)] == [34, 60.5]


@pytest.mark.parametrize(
    ("text", "width", "count"),
    [
        ("", 10, 1),
        ("字" * 4, 9, 1),
        ("字" * 5, 9, 2),
        ("a" * 8, 9, 1),
        ("a" * 9, 9, 2),
        ("一\n\n二", 9, 3),
        ("字", 0, 2),
    ],
)
def test_lines_a_text_takes(text, width, count):
    """A Chinese character is two figures wide; one figure's width is lost to the cell's edges."""
    assert forms.lines(text, width) == count
