"""The same words are said once, with their rows, in the order of the sheet."""

from documents.models import ImportBatch
from inspections.imports.words import grouped, of_batch
from lib.excel import CellError


def wrong(row, message="应为18位", name="统一社会信用代码", severity="error"):
    return CellError(row, 2, message, severity, name)


def test_same_words_are_one_problem_with_all_rows():
    (found,) = grouped([wrong(9), wrong(2), wrong(5)])

    assert (found.name, found.message, found.rows) == ("统一社会信用代码", "应为18位", (2, 5, 9))
    assert str(found) == "第2行“统一社会信用代码”应为18位（第2行、第5行、第9行）"


def test_problems_come_in_the_order_of_the_sheet():
    found = grouped([wrong(7, "甲"), wrong(3, "乙"), wrong(5, "丙", name="区市")])

    assert [one.message for one in found] == ["乙", "丙", "甲"]


def test_same_words_of_two_columns_are_two_problems():
    assert len(grouped([wrong(2), wrong(2, name="区市")])) == 2


def test_problem_of_one_row_does_not_repeat_it():
    assert str(grouped([wrong(2)])[0]) == "第2行“统一社会信用代码”应为18位"


def test_problem_of_the_whole_sheet_has_no_place():
    (found,) = grouped([wrong(0, "工作簿已损坏", name="")])

    assert (str(found), found.where) == ("工作簿已损坏", "")


def test_many_rows_are_counted():
    (found,) = grouped(wrong(row) for row in range(2, 22))

    assert found.where == "第2行、第3行、第4行、第5行、第6行等20行"


def test_batch_tells_its_problems_by_severity():
    def kept(row, severity):
        return {"row": row, "column": 1, "name": "区市", "message": "错", "severity": severity}

    batch = ImportBatch(errors=[kept(2, "error")], warnings=[kept(3, "doubt"), kept(4, "warning")])

    rows = {severity: [one.rows for one in of_batch(batch, severity)] for severity in ("error", "doubt", "warning")}
    assert rows == {"error": [(2,)], "doubt": [(3,)], "warning": [(4,)]}
    assert batch.doubts == [kept(3, "doubt")]
