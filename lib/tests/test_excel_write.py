import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from defusedxml import ElementTree
from django.utils.safestring import mark_safe
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.excel import Heading, TableSheet, WorkbookError, read_rows, write_table, write_tables
from lib.excel.forms import MONEY, TITLE, new_book, put
from lib.tests.workbooks import loaded, values

TWO = [Heading("企业全称", 30, align="left"), Heading("数量", 10, kind="whole")]
SHEET = "xl/worksheets/sheet1.xml"


def written(columns, rows, **options):
    stream = BytesIO()
    write_table(stream, columns, rows, **options)
    return stream.getvalue()


def sheet_xml(data):
    return zipfile.ZipFile(BytesIO(data)).read(SHEET).decode()


def texts(*cells):
    """One column of texts, written and read back by both readers."""
    data = written([Heading("文字")], [[cell] for cell in cells])
    # openpyxl leaves _x005F_, the code for an underline, as it stands; Excel and calamine read it.
    by_openpyxl = [row[0] and row[0].replace("_x005F_", "_") for row in values(data)[1:]]
    by_calamine = [row[0] or None for _, row in list(read_rows(data))[1:]]
    assert by_openpyxl == by_calamine
    return by_openpyxl


def test_header_and_rows():
    data = written(TWO, [["甲公司", 1], ["乙公司", 2]])

    assert values(data) == [["企业全称", "数量"], ["甲公司", 1], ["乙公司", 2]]


def test_number_of_rows_is_told():
    assert write_table(BytesIO(), TWO, ([str(n), n] for n in range(1234))) == 1234


def test_rows_may_be_none():
    assert values(written(TWO, [])) == [["企业全称", "数量"]]


def test_rows_cross_the_pieces_they_are_written_in():
    data = written(TWO, [(f"第{n}家", n) for n in range(1001)])

    assert values(data)[1:] == [[f"第{n}家", n] for n in range(1001)]


def test_annex_title_and_lines_stand_above_the_header():
    data = written(
        TWO,
        [["甲公司", 1]],
        annex="附件2",
        title="工贸行业重大事故隐患台账",
        left="填报地市：威海市",
        right="填报时间：2023年6月28日",
    )

    assert values(data) == [
        ["附件2", None],
        ["工贸行业重大事故隐患台账", None],
        ["填报地市：威海市", "填报时间：2023年6月28日"],
        ["企业全称", "数量"],
        ["甲公司", 1],
    ]
    assert [str(place) for place in loaded(data).active.merged_cells.ranges] == ["A2:B2"]


def test_notes_stand_merged_below_the_rows():
    data = written(TWO, [["甲公司", 1]], title="台账", notes=["填报说明：1.本表", "2.“其中”"])
    sheet = loaded(data).active

    assert [sheet["A4"].value, sheet["A5"].value] == ["填报说明：1.本表", "2.“其中”"]
    assert sorted(str(place) for place in sheet.merged_cells.ranges) == ["A1:B1", "A4:B4", "A5:B5"]


def test_notes_without_a_title_are_merged_as_well():
    sheet = loaded(written(TWO, [["甲公司", 1]], notes=["说明"])).active

    assert [str(place) for place in sheet.merged_cells.ranges] == ["A3:B3"]


def test_long_note_gets_the_height_it_needs():
    """100 Chinese characters are 200 wide; with room for 39 that is six lines of 15 points."""
    sheet = loaded(written(TWO, [], notes=["字" * 100])).active

    assert sheet.row_dimensions[2].height == 90


def test_row_with_wrapped_text_gets_the_height_it_needs():
    """The first column has room for 29: 15 Chinese characters are one too many."""
    rows = [["字" * 14, 1], ["字" * 15, 1], ["a" * 29, 1], ["一\n二\n三", 1], ["=" + "字" * 30, 1], ["长" * 9000, 1]]
    sheet = loaded(written(TWO, rows)).active

    assert [sheet.row_dimensions[row].height for row in range(2, 8)] == [None, 30, None, 45, 45, 409]


def test_values_by_type():
    columns = [Heading(str(n)) for n in range(9)]
    row = ["文", 7, 2.5, Decimal("12.50"), True, None, "", date(2023, 6, 6), datetime(2023, 6, 6, 0, 30, tzinfo=UTC)]
    data = written(columns, [row])

    assert values(data)[1] == ["文", 7, 2.5, 12.5, "是", None, None, "2023.06.06", "2023.06.06 08:30"]


def test_empty_cells_are_empty_not_empty_texts():
    second = sheet_xml(written(TWO, [["", 1]])).partition('<row r="2">')[2]

    assert re.match(r'<c r="A2" s="\d+"/><c r="B2"', second)


def test_day_column_keeps_dates_as_dates():
    data = written([Heading("日期", kind="day")], [[date(2023, 6, 6)], ["立即"], [None], [date(1066, 10, 14)]])
    cells = [row[0] for row in loaded(data).active.iter_rows(min_row=2)]

    assert [cell.value for cell in cells] == [datetime.fromisoformat("2023-06-06"), "立即", None, "1066.10.14"]
    assert cells[0].number_format == "yyyy-mm-dd"


def test_numbers_that_excel_does_not_know():
    data = written(TWO, [["无穷", float("inf")], ["非数", float("nan")], ["长", 10**18], ["亏", -3]])

    assert [row[1] for row in values(data)[1:]] == [None, None, "1000000000000000000", -3]


def test_money_shows_two_decimals():
    data = written([Heading("罚款", kind="money")], [[Decimal("3")]])

    assert loaded(data).active["A2"].number_format == "0.00"


def test_credit_codes_stay_texts():
    cell = loaded(written([Heading("统一社会信用代码")], [["913710020000000000"]])).active["A2"]

    assert (cell.value, cell.data_type, cell.number_format) == ("913710020000000000", "s", "@")


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", '=HYPERLINK("x")'])
def test_text_is_never_a_formula(text):
    data = written([Heading("文字")], [["平常"], [text]])
    cell = loaded(data).active["A3"]

    assert not re.search("<f[ >]", sheet_xml(data))
    assert (cell.data_type, cell.value.strip()) == ("s", text.strip())
    assert cell.quotePrefix
    assert not loaded(data).active["A2"].quotePrefix


def test_markup_and_odd_characters_come_back_as_they_were():
    odd = [
        "<b>&amp;</b>",
        "a & b",
        "“引号”'\"",
        "第一行\n第二行",
        " 前后有空格 ",
        "𠮷野家",
        "#号与%s",
        "_x0041_",
        "甲_x",
        "a\tb",
    ]

    assert texts(*odd) == odd


def test_characters_that_xml_forbids_are_left_out():
    assert texts("甲\x00\x07乙", "甲\x1f乙", "\ud800丙", "丁\ufffe", "\r\n戊\r\n", "己\x0b") == [
        "甲乙",
        "甲乙",
        "丙",
        "丁",
        "\n戊\n",
        "己",
    ]


def test_text_longer_than_a_cell_is_cut():
    assert [len(text) for text in texts("长" * 40000, "短")] == [32767, 1]


def test_objects_are_written_as_their_text():
    assert texts(mark_safe("<i>安全</i>"), timedelta(days=1)) == ["<i>安全</i>", "1 day, 0:00:00"]


cell_values = st.one_of(
    st.none(), st.text(max_size=30), st.integers(-(10**14), 10**14), st.booleans(), st.dates(date(1950, 1, 1))
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cell_values, min_size=3, max_size=3), max_size=8))
def test_every_table_is_well_formed_and_keeps_its_shape(rows):
    data = written([Heading(name) for name in "甲乙丙"], rows)
    root = ElementTree.fromstring(sheet_xml(data))
    lines = root.findall(".//{*}row")

    assert [line.get("r") for line in lines] == [str(n) for n in range(1, len(rows) + 2)]
    assert all([cell.get("r") for cell in line] == [f"{c}{line.get('r')}" for c in "ABC"] for line in lines)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_text_comes_back_but_for_what_xml_forbids(text):
    kept = re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "", text.replace("\r\n", "\n"))
    [[_], [cell]] = values(written([Heading("文字")], [[text]]))

    assert (cell or "").replace("_x005F_", "_") == kept


def test_row_of_another_length_is_a_mistake():
    with pytest.raises(ValueError, match="a row of 3 cells for 2 columns"):
        written(TWO, [["甲", 1, 2]])


def test_more_rows_than_a_sheet_holds(monkeypatch):
    monkeypatch.setattr("lib.excel.write.MOST_ROWS", 6)

    assert write_table(BytesIO(), TWO, [["甲", 1]] * 4, title="台账") == 4
    with pytest.raises(WorkbookError, match="超过Excel一张表的6行，请按区市或月份分开导出"):
        write_table(BytesIO(), TWO, [["甲", 1]] * 5, title="台账")
    with pytest.raises(WorkbookError, match="超过Excel一张表的6行"):
        write_table(BytesIO(), TWO, [["甲", 1]] * 4, title="台账", notes=["说明"])


def test_more_bytes_than_an_archive_holds(monkeypatch):
    monkeypatch.setattr("lib.excel.write.MOST_BYTES", 100_000)

    with pytest.raises(WorkbookError, match="内容超过一个工作簿可容纳的大小，请按区市或月份分开导出"):
        write_table(BytesIO(), TWO, [["甲公司" * 20, 1]] * 5000)


def test_path_gets_the_whole_file_or_none(tmp_path):
    path = tmp_path / "台账.xlsx"
    write_table(path, TWO, [["甲公司", 1]])
    before = path.read_bytes()

    def broken():
        yield ["乙公司", 2]
        raise RuntimeError("database gone")

    with pytest.raises(RuntimeError):
        write_table(path, TWO, broken())
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["台账.xlsx"]


def test_rows_are_taken_as_they_are_written():
    """Flat memory: rows not yet written are not yet made."""
    taken = []

    class Slow(BytesIO):
        def write(self, data):
            taken.append(len(made))
            return super().write(data)

    made = []
    write_table(Slow(), TWO, ((made.append(n) or f"第{n}家{n * 7919}", n) for n in range(60_000)))

    assert any(0 < count < 60_000 for count in taken)


def test_many_patterns_of_types_stay_bounded(monkeypatch):
    monkeypatch.setattr("lib.excel.write.MOST_PLANS", 3)
    columns = [Heading(str(n)) for n in range(6)]
    rows = [[n if number >> n & 1 else f"字{n}" for n in range(6)] for number in range(64)]

    assert values(written(columns, rows))[1:] == rows


def test_page_is_set_up_for_printing():
    sheet = loaded(written(TWO, [], title="台账", paper="A3")).active

    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.freeze_panes == "A3"
    assert sheet.column_dimensions["A"].width == 30


def test_cells_are_bordered_wrapped_and_aligned():
    sheet = loaded(written(TWO, [["甲公司", 1]], title="台账")).active

    assert sheet["A1"].font.name == "方正小标宋简体"
    for cell in (*sheet[2], *sheet[3]):
        assert cell.border.left.style == cell.border.bottom.style == "thin"
        assert cell.alignment.wrap_text
    assert (sheet["A3"].alignment.horizontal, sheet["B3"].alignment.horizontal) == ("left", "center")


def test_several_sheets():
    stream = BytesIO()
    counts = write_tables(
        stream,
        [
            TableSheet(TWO, [["漏电", 1]], name="问题隐患清单", title="问题隐患清单"),
            TableSheet([Heading("措施")], [["晨会"], ["双签字"]], name="制度措施清单"),
        ],
    )

    assert counts == [1, 2]
    assert values(stream.getvalue(), "问题隐患清单")[2] == ["漏电", 1]
    assert values(stream.getvalue(), "制度措施清单") == [["措施"], ["晨会"], ["双签字"]]


def test_streamed_sheets_follow_a_form_that_is_filled_in():
    book, form = new_book("调度表")
    put(form, "A1:B1", "标题", TITLE)
    put(form, "A2", Decimal("3.85"), MONEY)
    stream = BytesIO()

    counts = write_tables(stream, [TableSheet(TWO, [["=1+1", 2]], name="附表")], after=book)
    got = loaded(stream.getvalue())

    assert counts == [1]
    assert got.sheetnames == ["调度表", "附表"]
    assert [str(span) for span in got["调度表"].merged_cells.ranges] == ["A1:B1"]
    assert (got["调度表"]["A2"].value, got["调度表"]["A2"].number_format) == (3.85, "0.00")
    assert (got["附表"]["A2"].value, got["附表"]["A2"].data_type) == ("=1+1", "s")


def test_form_alone_is_written_whole_or_not_at_all(tmp_path):
    book, form = new_book("调度表")
    put(form, "A1", "甲")
    target = tmp_path / "表.xlsx"

    assert write_tables(target, [], after=book) == []
    assert values(target.read_bytes()) == [["甲"]]
    assert [path.name for path in tmp_path.iterdir()] == ["表.xlsx"]


def test_number_column_shows_whole_numbers_and_amounts_as_they_are():
    sheet = loaded(written([Heading("数", kind="number")], [[3], [Decimal("12.50")], ["无台账数据"], [10**12]])).active

    assert [sheet[f"A{row}"].value for row in (2, 3, 4, 5)] == [3, 12.5, "无台账数据", 10**12]
    assert {sheet[f"A{row}"].number_format for row in (2, 3, 5)} == {"General"}
