"""两个清单汇总: the districts' lists together on one page and in one workbook."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from campaigns.models import Obligation
from campaigns.tests import factories as duties
from hazards import actions
from hazards.models import Measure, Problem
from hazards.tests import factories as ledger
from organizations.models import AuditEntry
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

URL = "/campaigns/trade-2023/two-lists/"
BOOK = "/campaigns/trade-2023/two-lists.xlsx"
TODAY = date(2023, 7, 10)


# The page


def test_page_says_what_is_frozen_and_what_is_now(lists_month, city_clerk, as_):
    page = as_(city_clerk).get(URL).content.decode()
    assert "应报2个，已报1个；未报1个：文登区应急管理局。" in page
    assert "有单位报送后又有增减" in page
    assert "未报单位已填的也在内" in page


def test_page_of_a_campaign_that_does_not_ask_shows_the_lists_all_the_same(rongcheng, city_clerk, as_):
    duties.campaign()
    ledger.problem(rongcheng)
    page = as_(city_clerk).get(URL)
    assert "本行动没有要求报送" in page.content.decode()
    assert [row.text for row in page.context["page"]] == ["台账不全"]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ({}, ["预案过期", "培训不足", "驻点未落实", "台账不全"]),
        ({"category": "制度"}, ["台账不全"]),
        ({"state": "done"}, ["驻点未落实"]),
        ({"state": "open"}, ["预案过期", "培训不足", "台账不全"]),
        ({"state": "overdue"}, ["预案过期", "培训不足"]),
        ({"unlinked": "on"}, ["预案过期", "培训不足", "驻点未落实"]),
        ({"unlinked": "on", "state": "open", "category": "应急"}, ["预案过期"]),
    ],
)
def test_rows_are_filtered(lists_month, city_clerk, as_, query, texts):
    assert [row.text for row in as_(city_clerk).get(URL, query).context["page"]] == texts


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["值班办法", "演练办法", "台账管理办法"]),
        ({"state": "overdue"}, ["演练办法"]),
        ({"state": "done"}, ["值班办法"]),
        ({"unlinked": "on"}, ["值班办法", "演练办法"]),
        ({"category": "制度"}, ["值班办法", "演练办法", "台账管理办法"]),
    ],
)
def test_measures_are_filtered(lists_month, city_clerk, as_, query, titles):
    page = as_(city_clerk).get(URL, {"tab": "measures"} | query)
    assert [row.title for row in page.context["page"]] == titles


def test_unit_filter_shows_its_list_and_leaves_the_sum_alone(lists_month, city_clerk, rongcheng, as_):
    page = as_(city_clerk).get(URL, {"unit": rongcheng.pk})
    assert {row.unit for row in page.context["page"]} == {rongcheng}
    assert page.context["shown"].summary.sum.problems == 4


@pytest.mark.parametrize(
    "query",
    [
        {"unit": "0"}, {"unit": "9" * 30}, {"unit": "x"}, {"of": "' or 1=1"}, {"of": "7:"}, {"state": "gone"},
        {"category": "\x00"}, {"after": "[]"}, {"after": "\x00"}, {"tab": "<script>"}, {"unlinked": "maybe"},
    ],
)  # fmt: skip
def test_spoilt_query_still_gives_the_page_and_the_book(lists_month, city_clerk, as_, query):
    client = as_(city_clerk)
    assert client.get(URL, query).status_code == 200
    assert b"<script>" not in client.get(URL, query).content.split(b"</head>")[1]
    assert book(client, **query).sheetnames == ["问题隐患清单", "制度措施清单"]


# Who sees what


def test_district_sees_its_own_list_only(lists_month, rongcheng, as_):
    page = as_(ledger.clerk(rongcheng)).get(URL)
    assert [str(one.unit) for one in page.context["shown"].summary.lines] == ["荣成市应急管理局"]
    assert "文登区" not in page.content.decode()


def test_firm_is_refused_with_a_reason(lists_month, as_):
    client = as_(ledger.head())
    for address in (URL, BOOK):
        reply = client.get(address)
        assert (reply.status_code, "由监管部门填写和汇总" in reply.content.decode()) == (403, True)


def test_recipient_of_another_line_sees_what_was_handed_in_but_no_row(lists_duty, as_):
    """综保区's bureau stands in 工信 only and hands in to the office: the rows behind pass the gate of the line."""
    zone = make.unit("综保区经济发展局", in_area=make.county("综保区"), lines=(Line.MIIT,))
    ledger.problem(zone, "线外的问题")
    actions.hand_in_lists(duties.obligation(zone, of=lists_duty), by=ledger.clerk(zone))
    page = as_(ledger.clerk(make.city_bureau())).get(URL)
    [line] = page.context["shown"].summary.lines
    assert (line.handed_problems, line.problems) == (1, 0)
    assert "线外的问题" not in page.content.decode()


def test_draft_campaign_is_not_found_by_others(lists_month, rongcheng, as_):
    duties.campaign().__class__.objects.update(state="draft")
    assert as_(ledger.clerk(rongcheng)).get(URL).status_code == 404
    assert as_(ledger.clerk(rongcheng)).get("/campaigns/none/two-lists/").status_code == 404


def test_page_is_found_from_the_boards_and_the_lists(lists_month, city_clerk, as_):
    client = as_(city_clerk)
    assert URL in client.get("/campaigns/trade-2023/board/").content.decode()
    assert URL in client.get("/hazards/two-lists/").content.decode()


def test_campaign_without_the_lists_has_no_tab(rongcheng, city_clerk, as_):
    duties.obligation(rongcheng)
    assert URL not in as_(city_clerk).get("/campaigns/trade-2023/board/").content.decode()


def test_page_asks_the_same_however_many_units_and_rows(lists_duty, rongcheng, wendeng, city_clerk, as_):
    client = as_(city_clerk)

    def asked(path, **query):
        with CaptureQueriesContext(connection) as found:
            assert client.get(path, query).getvalue()
        return len(found)

    def fill(unit):
        ledger.measure(unit, ledger.problem(unit, category=str(unit)))
        if not Obligation.objects.filter(unit=unit).exists():
            actions.hand_in_lists(duties.obligation(unit, of=lists_duty), by=ledger.clerk(unit))

    fill(rongcheng)
    asked(URL)
    one = [asked(URL), asked(URL, tab="measures"), asked(BOOK)]
    third = make.unit("环翠区应急管理局", in_area=make.county("环翠区"))
    for unit in (rongcheng, wendeng, wendeng, third):
        fill(unit)
    assert [asked(URL), asked(URL, tab="measures"), asked(BOOK)] == one
    assert max(one) <= 30


# The workbook


def book(client, **query):
    reply = client.get(BOOK, query)
    return load_workbook(BytesIO(b"".join(reply.streaming_content)))


def rows_of(sheet):
    return [row for row in sheet.iter_rows(min_row=4, values_only=True) if isinstance(row[0], int)]


def test_workbook_is_form_5_with_the_unit_that_hands_in_to_the_right(lists_month, city_clerk, as_):
    found = book(as_(city_clerk))
    assert found.sheetnames == ["问题隐患清单", "制度措施清单"]
    heads = [[cell.value for cell in sheet[3]] for sheet in found]
    assert heads[0] == ["序号", "问题", "类别", "责任单位", "责任人", "整改要求", "时限", "进展", "填报单位"]
    assert heads[1][-2:] == ["对应隐患（项）", "填报单位"]
    assert [(row[0], row[1], row[3], row[6], row[7], row[8]) for row in rows_of(found["问题隐患清单"])] == [
        (1, "台账不全", "荣成市应急管理局", None, None, "荣成市应急管理局"),
        (2, "驻点未落实", "荣成市应急管理局", None, "已完成。", "荣成市应急管理局"),
        (3, "培训不足", "荣成市应急管理局", "2023.06.30", None, "荣成市应急管理局"),
        (4, "预案过期", "文登区应急管理局", "2023.07.31", None, "文登区应急管理局"),
    ]
    assert [(row[0], row[1], row[6], row[7]) for row in rows_of(found["制度措施清单"])] == [
        (1, "台账管理办法", "1", 0), (2, "演练办法", None, 0), (3, "值班办法", None, 0),
    ]  # fmt: skip


def test_workbook_says_who_is_missing_and_what_the_rows_are(lists_month, city_clerk, as_):
    text = " ".join(
        str(cell.value) for row in book(as_(city_clerk))["问题隐患清单"].iter_rows() for cell in row if cell.value
    )
    assert "未报1个：文登区应急管理局" in text
    assert "现在的内容" in text
    assert "实时清单" in text


def test_measures_name_the_numbers_of_the_problems_in_this_book(lists_month, city_clerk, rongcheng, as_):
    """Filtered to what is late, 培训不足 is number 1 and 台账不全 is not in the book at all."""
    late = Problem.objects.get(text="培训不足")
    ledger.measure(rongcheng, late, Problem.objects.get(text="台账不全"), title="培训办法", due_on="2023-06-15")
    found = book(as_(city_clerk), state="overdue", unit=rongcheng.pk)
    assert [row[1] for row in rows_of(found["问题隐患清单"])] == ["培训不足"]
    assert [(row[1], row[6]) for row in rows_of(found["制度措施清单"])] == [("培训办法", "1")]


def test_workbook_counts_hazards_and_writes_no_formula(lists_duty, rongcheng, city_clerk, as_):
    ledger.problem(rongcheng, '=HYPERLINK("http://x")', category="@a")
    ledger.measure(rongcheng).hazards.set([ledger.hazard(), ledger.hazard()])
    found = book(as_(city_clerk))
    assert rows_of(found["制度措施清单"])[0][7] == 2
    cell = found["问题隐患清单"]["B4"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')


def test_workbook_is_gated_and_logged(lists_month, city_clerk, rongcheng, as_):
    mine = book(as_(ledger.clerk(rongcheng)))
    assert {row[3] for row in rows_of(mine["问题隐患清单"])} == {"荣成市应急管理局"}
    entry = AuditEntry.objects.get(verb="two_lists.export")
    assert entry.detail["rows"] == 4
    assert book(as_(make.actor(make.unit(), Role.OFFICER)))


def test_empty_lists_give_a_book_with_headings(lists_duty, city_clerk, as_):
    found = book(as_(city_clerk))
    assert [len(rows_of(sheet)) for sheet in found] == [0, 0]


def test_row_entered_while_the_book_is_written_stands_for_its_own_unit(lists_duty, wendeng, city_clerk):
    from hazards.exports import merged_lists

    ledger.problem(wendeng)
    [sheet, _] = merged_lists(Problem.objects.all(), Measure.objects.all(), {})
    assert [row[-1] for row in sheet.rows] == ["文登区应急管理局"]
