"""Form 6 cell by cell: heading, merges, results in the question's own words, nothing that becomes a formula."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from checklists import actions, exports
from checklists.models import Answer, Checklist, Item, Polarity
from checklists.tests import factories as lists
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make.enterprise()


@pytest.fixture
def head(firm):
    return make.actor(firm, Role.HEAD, name="李总")


@pytest.fixture
def inspection(firm, head):
    return lists.inspection(firm, by=head)


def opened(content):
    return load_workbook(BytesIO(content)).active


def merges(page, column):
    return sorted(str(area) for area in page.merged_cells.ranges if str(area).startswith(column))


@pytest.fixture
def filled(inspection, head):
    lists.answered(inspection, by=head, results={2: "noncompliant"}, notes={2: "缺少培训记录"})
    return inspection


def test_result_reads_as_the_form(filled):
    page = opened(exports.result_workbook(filled))
    assert page["A1"].value == "对照检查表"
    assert page["A2"].value == "填报单位（盖章）：荣成海源食品有限公司"
    assert page["D2"].value == "填报时间：（未提交）"
    assert [cell.value for cell in page[3]] == ["序号", "对照检查内容", "对照检查标准和要求", "对照结果", "情况说明"]
    rows = [[cell.value for cell in page[row]] for row in (4, 5, 6)]
    assert rows == [
        [1, "一、制度建设", "是否落实第1项要求。", "符合", None],
        [2, None, "是否落实第2项要求。", "不符合", "缺少培训记录"],
        [3, "二、隐患排查", "是否落实第3项要求。", "符合", None],
    ]


def test_categories_are_merged_down(filled):
    assert merges(opened(exports.result_workbook(filled)), "B") == ["B4:B5"]


def test_result_is_dated_by_its_hand_in(filled, head):
    submission = actions.submit(filled, by=head)
    day = submission.submitted_at.astimezone()
    page = opened(exports.result_workbook(filled))
    assert page["D2"].value.startswith(f"填报时间：{day.year}年")


def test_results_are_printed_in_the_questions_own_words(firm, head):
    listed = lists.checklist("mixed", items=0)
    lists.item(listed, 1, polarity=Polarity.NEGATIVE)
    lists.item(listed, 2, polarity=Polarity.MIXED, meaning="已落实，且未发现。")
    inspection = lists.inspection(firm, by=head, of=listed)
    lists.answered(inspection, by=head)
    page = opened(exports.result_workbook(inspection))
    assert [page["D4"].value, page["D5"].value] == ["未发现（符合）", "已落实且未发现（符合）"]
    assert page["A7"].value == "第1项为反向提问，“符合”指未发现所问的情形。"
    assert page["A8"].value == "第2项选“符合”指：已落实，且未发现。"


def test_what_became_of_an_answer_is_told(filled, head):
    found = Answer.objects.get(item__number=2)
    hazard = actions.register_hazard(found, level="general", by=head)
    Answer.objects.filter(pk=found.pk).update(fixed_at_once=True)
    page = opened(exports.result_workbook(filled))
    assert page["E5"].value == f"缺少培训记录\n已立查立改。\n隐患台账编号：{hazard.number}"


def test_clauses_that_fall_short_are_told(filled, head):
    lists.clause(Item.objects.get(number=2), 1)
    actions.answer(filled, item=2, clause=1, saving=lists.saving("noncompliant"), by=head)
    assert opened(exports.result_workbook(filled))["E5"].value == "缺少培训记录\n第1分项：不符合"


@pytest.mark.parametrize("hostile", ["=1+1", '=HYPERLINK("http://x")', "+86", "-1", "@SUM(A1)", "\t=1", "a\x0bb"])
def test_hostile_note_is_text(inspection, head, hostile):
    lists.answered(inspection, by=head, results={2: "partial"}, notes={2: hostile})
    cell = opened(exports.result_workbook(inspection))["E5"]
    assert cell.data_type == "s"
    assert cell.value == hostile.replace("\x0b", "")


def test_page_is_a4_with_its_heading_repeated(filled):
    page = opened(exports.result_workbook(filled))
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert page.print_title_rows == "$3:$3"
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page["A1"].font.name == "方正小标宋简体"


@pytest.mark.parametrize(
    ("code", "name", "items", "merged"),
    [
        (
            "department-62",
            "工信部门安全生产对照检查内容",
            62,
            [
                "B13:B17", "B18:B23", "B24:B26", "B27:B35", "B36:B44", "B45:B53", "B4:B12", "B54:B56", "B57:B58",
                "B60:B65",
            ],
        ),
        (
            "enterprise-56",
            "生产经营单位安全生产对照检查内容",
            56,
            [
                "B12:B17", "B18:B21", "B22:B25", "B26:B32", "B33:B40", "B41:B45", "B46:B48", "B49:B52", "B4:B11",
                "B53:B56", "B57:B59",
            ],
        ),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("official_data")
def test_blank_form_of_the_official_lists(code, name, items, merged):
    page = opened(exports.blank_workbook(Checklist.objects.latest_of(code)))
    assert page["A1"].value == name
    assert [page[f"A{row}"].value for row in range(4, 4 + items)] == list(range(1, items + 1))
    assert {page[f"{column}{row}"].value for column in "DE" for row in range(4, 4 + items)} == {None}
    assert merges(page, "B") == sorted(merged)
    assert page[f"A{4 + items}"].value.startswith("填报说明：")


@pytest.mark.usefixtures("official_data")
def test_blank_form_offers_the_four_results():
    page = opened(exports.blank_workbook(Checklist.objects.latest_of("enterprise-56")))
    (choice,) = page.data_validations.dataValidation
    assert choice.formula1 == '"符合,部分符合,不符合,不涉及"'
    assert str(choice.sqref) == "D4:D59"
