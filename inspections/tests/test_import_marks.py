"""All rows or none, the same file once; and the sender's own workbook back with exactly the wrong cells marked."""

import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill

from documents.models import ImportBatch
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from inspections.tests.sheets import ACTION, BUREAU, CODE, OTHER, OTHER_CODE, PENALTY, ROW, VISIT, run
from lib.excel.mark import EXPLANATION
from lib.tests.workbooks import loaded, saved, values, workbook
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
RED, AMBER = "00FFC7CE", "00FFEB9C"


@pytest.fixture(autouse=True)
def bureau():
    make.enterprise(uscc=CODE)
    make.enterprise("荣成别家食品有限公司", uscc=OTHER_CODE)
    return make.unit(BUREAU)


# The whole or nothing


def test_wrong_row_among_a_hundred_leaves_nothing(given):
    rows = [["2023.06.06", BUREAU, f"{n % 20}组", 3, 0, None, CODE, None] for n in range(100)]
    rows[63][0] = "六月六日"

    code, said = run("visits", given(workbook([VISIT, *rows])))

    assert (code, said[0]) == (1, "错误 第65行“检查日期”应为日期，如2023.06.06，现为“六月六日”")
    assert (Trip.objects.count(), Visit.objects.count(), ImportBatch.objects.count()) == (0, 0, 0)


def test_a_hundred_rows_are_twenty_trips_and_a_hundred_visits(given):
    rows = [["2023.06.06", BUREAU, f"{n % 20}组", 3, 0, None, CODE, None] for n in range(100)]

    assert run("visits", given(workbook([VISIT, *rows]))) == (0, ["检查记录：共100行，新增100，更新0"])
    assert (Trip.objects.count(), Visit.objects.count()) == (20, 100)
    assert sum(Trip.objects.values_list("officers", flat=True)) == 60


def test_dry_run_says_the_same_and_writes_nothing(given, tmp_path):
    path, out = given(workbook([VISIT, ROW, ["2023.06", *OTHER[1:]]])), tmp_path / "错误.xlsx"

    rehearsed = run("visits", path, dry_run=True, errors=out)
    assert rehearsed[0] == 1
    assert "错误 第3行“检查日期”缺少日，应如2023.06.06，现为“2023.06”" in rehearsed[1]
    assert values(out.read_bytes())[2][-1] == "“检查日期”缺少日，应如2023.06.06，现为“2023.06”"
    assert run("visits", path, errors=out) == rehearsed
    assert (Visit.objects.count(), ImportBatch.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_dry_run_of_a_file_read_in_before_says_so(given):
    path = given(workbook([VISIT, ROW]))
    run("visits", path)

    code, said = run("visits", path, dry_run=True)
    assert code == 1 and said[-1].startswith("同一文件已于")
    assert run("visits", path, dry_run=True, again=True)[0] == 0
    assert Visit.objects.count() == 1


def test_same_visits_twice_are_doubled_only_when_it_is_meant(given):
    path = given(workbook([VISIT, ROW]))
    run("visits", path)
    assert run("visits", path)[0] == 1
    assert Visit.objects.count() == 1

    run("visits", path, again=True)
    assert (Trip.objects.count(), Visit.objects.count()) == (1, 2)


def test_same_penalties_twice_are_doubled_only_when_it_is_meant(given):
    path = given(workbook([ACTION, PENALTY]))
    run("actions", path)
    assert run("actions", path)[0] == 1
    assert EnforcementAction.objects.count() == 1

    run("actions", path, again=True)
    assert (EnforcementAction.objects.count(), PenaltyCase.objects.count()) == (2, 1)


# The sender's own workbook, marked


def fills(content):
    """Coordinates of the red and of the amber cells."""
    cells = [cell for row in loaded(content).active.iter_rows() for cell in row if cell.fill.fill_type]
    return [{cell.coordinate for cell in cells if cell.fill.start_color.rgb == colour} for colour in (RED, AMBER)]


def test_wrong_cells_are_marked_and_no_others(given, tmp_path):
    out = tmp_path / "错误.xlsx"
    rows = [
        VISIT,
        ["6月6日", BUREAU, "1组", -4, 1, "执法检查", CODE, "是"],
        ROW,
        ["2023.06.07", "应急局", "2组", 2, 0, "执法检查", CODE[:17], "也许"],
    ]

    run("visits", given(workbook(rows)), errors=out)

    red, amber = fills(out.read_bytes())
    assert (red, amber) == ({"A2", "D2", "I2", "B4", "G4", "H4", "I4"}, set())
    sheet = loaded(out.read_bytes()).active
    assert [[cell.value for cell in row[:8]] for row in sheet.iter_rows()] == rows
    assert sheet["A2"].comment.text == "应为日期，如2023.06.06，现为“6月6日”"
    assert [sheet[f"I{row}"].value for row in (1, 3)] == [EXPLANATION, None]
    assert sheet["I4"].value.count("；") == 2


def test_warnings_are_amber_and_hold_nothing_up(given, tmp_path):
    out = tmp_path / "提示.xlsx"
    row = PENALTY.copy()
    row[4] = row[5] = None

    assert run("actions", given(workbook([ACTION, row])), errors=out)[0] == 0
    assert fills(out.read_bytes()) == [set(), {"E2", "F2", "I2"}]
    assert EnforcementAction.objects.count() == 1


def test_nothing_to_say_makes_no_workbook(given, tmp_path):
    out = tmp_path / "错误.xlsx"

    run("visits", given(workbook([VISIT, ROW])), errors=out)

    assert not out.exists()


def test_senders_own_colours_and_notes_stay(given, tmp_path):
    out = tmp_path / "错误.xlsx"
    book = Workbook()
    for row in (VISIT, ROW, ["x", *OTHER[1:]]):
        book.active.append(row)
    book.active["C2"].fill = PatternFill("solid", start_color="00AACCEE")
    book.active.column_dimensions["B"].width = 33

    run("visits", given(saved(book)), errors=out)

    sheet = loaded(out.read_bytes()).active
    assert sheet["C2"].fill.start_color.rgb == "00AACCEE"
    assert sheet.column_dimensions["B"].width == 33


@pytest.mark.parametrize("hostile", ['=HYPERLINK("http://x","点")', "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_text_like_a_formula_is_kept_as_text_and_comes_back_as_text(given, tmp_path, hostile):
    out = tmp_path / "错误.xlsx"
    book = Workbook()
    for row in (ACTION, [*PENALTY[:7], None], [*PENALTY[:6], "x", None]):
        book.active.append(row)
    cell = book.active["H2"]
    cell.value = hostile
    cell.data_type = "s"

    run("actions", given(saved(book)), errors=out)
    with zipfile.ZipFile(out) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert loaded(out.read_bytes()).active["H2"].value == hostile

    book.active.delete_rows(3)
    run("actions", given(saved(book)))
    assert EnforcementAction.objects.get().target_name == hostile


def test_more_rows_than_can_be_marked_come_back_as_a_list(given, tmp_path):
    out = tmp_path / "错误.xlsx"
    bad = ["6月", BUREAU, "1组", None, None, None, CODE, None]

    code, said = run("visits", given(workbook([VISIT, *[bad] * 5000])), errors=out)

    assert code == 1
    assert said[-1] == "有5000处错误，未写入任何数据，请更正后重新导入"
    listed = values(out.read_bytes())
    assert listed[0][0] == "导入错误清单"
    assert listed[2] == ["错误", 2, "A2", "检查日期", "6月", "应为日期，如2023.06.06，现为“6月”"]
    assert len(listed) == 5002
