"""Sheets as clerks send them: whatever their layout, each row once; what is no sheet of ours is said in words."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook

from documents.models import ImportBatch
from inspections.models import Trip, Visit
from inspections.tests.sheets import ACTION, BUREAU, CODE, OTHER, OTHER_CODE, PENALTY, ROW, VISIT, run
from lib.tests.workbooks import saved, with_parts, workbook
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
RESAVE = "请用Excel或WPS打开后另存为 .xlsx 再上传"


@pytest.fixture(autouse=True)
def bureau():
    make.enterprise(uscc=CODE)
    make.enterprise("荣成别家食品有限公司", uscc=OTHER_CODE)
    return make.unit(BUREAU)


def stored():
    """What the two rows above become, however their sheet looks."""
    fields = ("date", "trip__team", "trip__officers", "trip__experts", "enterprise__uscc", "flags")
    return sorted(Visit.objects.values_list(*fields))


BOTH = [
    (date(2023, 6, 6), "1组", 4, 1, CODE, ["measures_not_applied"]),
    (date(2023, 6, 7), "2组", 2, 0, OTHER_CODE, []),
]


def without(column, *rows):
    place = VISIT.index(column)
    return [[cell for index, cell in enumerate(row) if index != place] for row in rows]


# Layout


@pytest.mark.parametrize("turn", range(1, len(VISIT)))
def test_columns_in_any_order(given, turn):
    rows = [row[turn:] + row[:turn] for row in (VISIT, ROW, OTHER)]

    assert run("visits", given(workbook(rows))) == (0, ["检查记录：共2行，新增2，更新0"])
    assert stored() == BOTH


LAYOUTS = {
    "title": [["附件"], ["检查记录表"], [], VISIT, ROW, OTHER],
    "starred": [[f"{name}*" for name in VISIT], ROW, OTHER],
    "spaced": [[" ".join(name) for name in VISIT], ROW, OTHER],
    "broken": [[f"{name[:2]}\n{name[2:]}" for name in VISIT], ROW, OTHER],
    "half width": [[name.replace("（", "(").replace("）", ")") for name in VISIT], ROW, OTHER],
    "numbered": [["序号", *VISIT], [1, *ROW], [2, *OTHER]],
    "column numbers": [VISIT, list(range(1, 9)), ROW, OTHER],
    "blank rows": [VISIT, [], ROW, [None] * 8, ["　"], OTHER, []],
    "sample": [VISIT, ["示例", *ROW[1:]], ROW, OTHER],
    "total": [VISIT, ROW, OTHER, ["合计", None, None, 6, 1]],
    "subtotals": [VISIT, ROW, ["小计", None, None, 4, 1], OTHER, ["小　计", None, None, 2, 0]],
    "footer": [VISIT, ROW, OTHER, ["填报人：王某　审核人：李某"], ["注：本表按月报送"]],
    "shifted": [[None, None, *VISIT], [None, None, *ROW], [None, None, *OTHER]],
}


@pytest.mark.parametrize("rows", LAYOUTS.values(), ids=LAYOUTS)
def test_layout_is_understood(given, rows):
    code, said = run("visits", given(workbook(rows)))

    assert (code, stored()) == (0, BOTH)
    assert said[-1].startswith("检查记录：共2行") and said[-1].endswith("新增2，更新0")


def test_rows_that_are_no_data_are_named(given):
    _, said = run("visits", given(workbook([VISIT, ["示例", *ROW[1:]], ROW, ["合计"]])))

    assert said == ["检查记录：共1行（未读取第2行（示例）、第4行（合计）等），新增1，更新0"]


def test_trip_written_once_in_merged_cells_is_read_for_each_of_its_firms(given):
    """As teams write it: day, unit, team and heads once, merged down over the enterprises they went to."""
    blank = [None] * 6
    content = workbook(
        [VISIT, ROW, [*blank, OTHER_CODE, None], [*blank, CODE, "√"]], merged=[f"{c}2:{c}4" for c in "ABCDEF"]
    )

    code, said = run("visits", given(content))

    assert (code, Trip.objects.count(), Visit.objects.count()) == (0, 1, 3)
    trip = Trip.objects.get()
    assert (trip.officers, trip.experts, trip.team) == (4, 1, "1组")
    assert "提示 第2行“检查日期”与以下各行合并（到第4行），已按每行相同读取" in said
    assert len(said) == 6 + 1


def test_hidden_sheets_are_not_read(given):
    book = Workbook()
    for title, state in (("上月", "hidden"), ("草稿", "veryHidden"), ("本月", "visible")):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in (VISIT, ROW if state == "visible" else OTHER):
            sheet.append(row)
    book.remove(book["Sheet"])
    book.active = 2

    assert run("visits", given(saved(book)))[0] == 0
    assert stored() == BOTH[:1]


def test_sheet_of_explanations_before_the_table_is_passed_over(given):
    content = workbook([["填写说明"], ["请勿改动表头"]], name="说明", 检查=[VISIT, ROW, OTHER])

    assert run("visits", given(content))[0] == 0
    assert stored() == BOTH


def test_second_sheet_of_the_same_kind_is_told_and_not_read(given):
    code, said = run("visits", given(workbook([VISIT, ROW], name="六月", 七月=[VISIT, OTHER])))

    assert (code, stored()) == (0, BOTH[:1])
    assert said[0] == "提示 工作表“七月”也是这样的表，未读取；本次只读取“六月”"


def test_column_of_no_meaning_is_told_and_left_out(given):
    code, said = run("visits", given(workbook([[*VISIT, "备忘"], [*ROW, "回头补照片"]])))

    assert (code, said[0]) == (0, "提示 第1行“备忘”（I列）不是本表的列，未读取")
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("column", ["检查日期", "检查单位", "检查组编号", "统一社会信用代码"])
def test_required_column_that_is_missing_is_named(given, column):
    code, said = run("visits", given(workbook(without(column, VISIT, ROW, OTHER))))

    assert (code, said[0]) == (1, f"错误 第1行“{column}”这一列没有找到，请在表头行补上，或使用模板")
    assert not Visit.objects.exists() and not ImportBatch.objects.exists()


@pytest.mark.parametrize("column", ["执法人员（人）", "专家（人）", "检查方式", "制度措施不落实的"])
def test_column_that_is_not_required_may_be_missing(given, column):
    assert run("visits", given(workbook(without(column, VISIT, ROW, OTHER))))[0] == 0
    assert Visit.objects.count() == 2


@pytest.mark.parametrize("column", ["日期", "实施单位", "类型"])
def test_required_column_of_actions_that_is_missing_is_named(given, column):
    place = ACTION.index(column)
    rows = [row[:place] + row[place + 1 :] for row in (ACTION, PENALTY)]

    assert run("actions", given(workbook(rows)))[1][0] == (
        f"错误 第1行“{column}”这一列没有找到，请在表头行补上，或使用模板"
    )


@pytest.mark.parametrize("again", ["检查日期", "日期", "检查 日期*"])
def test_column_given_twice_is_refused(given, again):
    code, said = run("visits", given(workbook([[*VISIT, again], [*ROW, "2023.06.07"]])))

    assert (code, said[0]) == (1, "错误 第1行“检查日期”出现两次（A列和I列），请删去一列")
    assert not Visit.objects.exists()


def test_workbook_of_another_kind_says_what_is_expected(given):
    code, said = run("actions", given(workbook([VISIT, ROW])))

    assert (code, said) == (
        1,
        ["检查.xlsx：前10行中没有找到表头，请使用模板；表头应有：日期、实施单位、类型"],
    )


# Files that are no workbook


def macro():
    types = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Override PartName="/xl/workbook.xml" '
        b'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    )
    return with_parts(workbook([VISIT, ROW]), {"[Content_Types].xml": types, "xl/vbaProject.bin": b"x"})


def word():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<x/>")
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
FILES = {
    "empty": (b"", "文件是空的，请重新选择工作簿"),
    "old renamed": (OLE, "是旧版工作簿（.xls），" + RESAVE),
    "locked": (OLE + "EncryptedPackage".encode("utf-16-le"), "工作簿设有打开密码，请去掉密码后再上传"),
    "macro": (macro(), "工作簿带有宏，请另存为不带宏的 .xlsx 再上传"),
    "csv renamed": ("检查日期,检查单位\n".encode("gbk"), "不是Excel工作簿（.xlsx），" + RESAVE),
    "web page": (b"<html><table></table></html>", "不是Excel工作簿（.xlsx），" + RESAVE),
    "word renamed": (word(), "不是Excel工作簿（.xlsx），" + RESAVE),
    "torn": (workbook([VISIT, ROW])[:-200], "工作簿已损坏，无法读取，" + RESAVE),
    "nothing in it": (
        workbook([]),
        "前10行中没有找到表头，请使用模板；表头应有：检查日期、检查单位、检查组编号、统一社会信用代码",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES)
def test_file_that_cannot_be_read_is_said_in_words(given, tmp_path, content, words):
    out = tmp_path / "错误.xlsx"

    assert run("visits", given(content), errors=out) == (1, [f"检查.xlsx：{words}"])
    assert not out.exists()
    assert not ImportBatch.objects.exists() and not AuditEntry.objects.exists()
