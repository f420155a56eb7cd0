"""期后补记与调整 on paper: whose rows and records it names, how it prints, in which workbooks it is."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.actions import submissions
from documents.tests.samples import content
from hazards.models import Hazard
from organizations.models import ReportingArea
from organizations.tests import factories
from reports import exports
from reports.actions import jobs, monthly
from reports.exports.amendments import NAME
from reports.tests.amended import SYSTEM, book, hand_in, lines, reported
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return factories.enterprise()


# Rows and records one may see


@pytest.fixture
def rushan(owed):
    """乳山市 owes the same table and stands second."""
    unit = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))
    ReportingArea.objects.filter(area__name="乳山市").update(position=1)
    return obligation(owed.deliverable.campaign, unit=unit)


@pytest.fixture
def both_changed(owed, clerk, rushan, firm):
    """Both rows handed in, then a late record in each."""
    hand_in(owed, clerk)
    hand_in(rushan, factories.actor(rushan.unit))
    hazard(firm)
    hazard(factories.enterprise("乳山某公司", in_area=factories.county("乳山市")))


def test_consolidated_workbook_tells_row_after_row(both_changed, owed):
    assert [(line[0], line[1]) for line in lines(owed)] == [
        *((n, "荣成市") for n in (1, 2, 3)),
        *((n, "乳山市") for n in (4, 5, 6)),
    ]


def downloaded(client, query):
    return client.get(reverse("reports:download", args=["trade-2023", "trade", "2023-06"]) + query)


def test_district_gets_its_own_row_as_handed_in(both_changed, clerk, signed_in):
    page = signed_in(clerk)
    response = downloaded(page, "?content=reported")
    got = load_workbook(BytesIO(response.content))

    assert [row[1] for row in got["调度表"].iter_rows(min_row=6, max_row=7, values_only=True)] == ["荣成市", "合计"]
    assert {row[1] for row in got[NAME].iter_rows(min_row=4, max_row=6, values_only=True)} == {"荣成市"}
    assert "乳山" not in str([cell.value for row in got[NAME].iter_rows() for cell in row])
    assert downloaded(page, "?content=reported&area=乳山市").status_code == 404
    assert downloaded(page, "?content=reported&area=威海市").status_code == 404


def test_city_gets_one_row_or_all(both_changed, city, signed_in):
    page = signed_in(city)
    one = load_workbook(BytesIO(downloaded(page, "?content=reported&area=乳山市").content))
    whole = load_workbook(BytesIO(downloaded(page, "?content=reported").content))

    assert {row[1] for row in one[NAME].iter_rows(min_row=4, max_row=6, values_only=True)} == {"乳山市"}
    assert one["调度表"]["B6"].value == "乳山市"
    assert whole[NAME].max_row == 3 + 6 + 2


def test_city_prints_its_own_empty_row_on_request(owed, city, signed_in):
    got = load_workbook(BytesIO(downloaded(signed_in(city), "?content=reported&area=市本级").content))

    assert got["调度表"]["B6"].value == "市本级"


def test_records_out_of_sight_are_a_number(owed, clerk, firm):
    """A figure is shown whole; its records only to those who may see them (an office of mines may not see 轻工)."""
    hazard(firm, on=date(2023, 5, 10))
    hand_in(owed, clerk)
    hazard(firm)
    hazard(firm)
    office = factories.unit("矿山科", part_of=factories.unit(), sectors=("非煤矿山",))

    [line] = [line for line in lines(owed, actor=factories.actor(office)) if line[0] == 1]
    assert line[3:] == [0, 0, 2, 2, None, None, None, None, "另有2条记录不在本单位查看范围"]


# The paper


def second_sheet(owed):
    return book(reported(owed))[NAME]


def test_second_sheet_prints_one_page_wide_with_repeated_headings(owed, clerk, firm):
    hand_in(owed, clerk)
    hazard(firm)
    sheet = second_sheet(owed)

    assert sheet["A1"].value == "期后补记与调整"
    assert (sheet["A2"].value, sheet["L2"].value[:10]) == ("威海市 工贸调度表", "2023年6月，截至")
    assert [cell.value for cell in sheet[3]] == [
        *("序号", "区市", "指标", "报送数", "报送时系统数", "现系统数", "差额"),
        *("类别", "记录", "企业（单位）", "日期", "说明"),
    ]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape",
        1,
        0,
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"
    assert sheet[f"A{sheet.max_row}"].value.startswith("2.差额=")


def test_first_sheet_stays_as_it_was(owed, clerk, firm):
    """The official form beside it keeps its values, widths, merged cells and foot."""
    hand_in(owed, clerk)
    alone = exports.workbook(reported(owed)).active
    hazard(firm)
    beside = book(reported(owed))["调度表"]

    assert beside.merged_cells.ranges == alone.merged_cells.ranges
    assert [[cell.value for cell in row] for row in beside.iter_rows()] == [
        [cell.value for cell in row] for row in alone.iter_rows()
    ]
    assert beside.print_title_rows == alone.print_title_rows == "$1:$5"
    assert beside.column_dimensions["C"].width == alone.column_dimensions["C"].width


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "@SUM(1)", "+86公司", "-1公司"])
def test_text_is_never_a_formula(owed, clerk, name):
    hand_in(owed, clerk)
    hazard(factories.enterprise(name), number="=1+1")
    sheet = second_sheet(owed)

    for place, value in (("I4", "=1+1"), ("J4", name)):
        assert (sheet[place].value, sheet[place].data_type, sheet[place].quotePrefix) == (value, "s", True)


def test_control_characters_and_long_names_are_printed(owed, clerk):
    long = "荣成" + "某" * 110 + "公司"
    hand_in(owed, clerk)
    hazard(factories.enterprise("甲\x07公司"), number="隐1")
    hazard(factories.enterprise(long), number="隐2")
    sheet = second_sheet(owed)

    assert [sheet[place].value for place in ("J4", "J5")] == ["甲公司", long]
    assert sheet.row_dimensions[5].height >= 10 * 15  # 228 widths in a column of 24


def test_many_records_are_told_each_once(owed, clerk, firm):
    hazard(firm, on=date(2023, 5, 10))
    hand_in(owed, clerk)
    stamps = firm.stamps() | {"enterprise": firm, "found_on": date(2023, 6, 6), "imported": True}
    Hazard.objects.bulk_create(
        Hazard(number=f"隐{n:04}", description="漏电", level="general", found_by="report", **stamps)
        for n in range(1203)
    )

    found = lines(owed)
    assert [line[8] for line in found] == [f"隐{n:04}" for n in range(1203)]
    assert (found[0][5:7], found[1][5:7]) == ([1203, 1203], [None, None])


def test_telling_that_nothing_changed_takes_one_pass_per_source(owed, clerk, firm, django_assert_num_queries):
    hazard(firm)
    hand_in(owed, clerk)
    sheet = reported(owed)

    # 8 passes; due day; the scope 7 (its areas twice, rules, sectors, features, units, the campaign's rows)
    with django_assert_num_queries(16):
        book(sheet)


# The mines' form, and the scheduled file


@pytest.fixture
def mine():
    return factories.enterprise("荣成某矿", in_sector="非煤矿山")


@pytest.fixture
def owed_mines():
    return obligation(campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25))


def typed_zeros():
    return {f"x党政-{n}": Entry(0) for n in ("1", "2", "3", "4", "5a", "5b", "7", "8")} | {"x党政-6": Entry(text="是")}


def test_mines_form_has_it_too_and_counts_from_the_start(owed_mines, clerk, mine):
    hand_in(owed_mines, clerk, **typed_zeros())
    hazard(mine, on=date(2023, 5, 10), number="隐1")
    hazard(mine, on=date(2023, 6, 26), number="隐2")  # the day after the cut-off

    assert [(line[2], line[8]) for line in lines(owed_mines, table="mines")] == [
        ("部门检查发现的重大事故隐患（个）", "隐1")
    ]


def test_mines_form_of_one_row_prints_what_that_row_handed_in(owed_mines, clerk, mine, signed_in):
    hand_in(owed_mines, clerk, **typed_zeros() | {"x党政-1": Entry(3)})
    hazard(mine)
    where = reverse("reports:download", args=["mines-2023", "mines", "2023-06"])
    clerk.unit.unitsector_set.create(sector=factories.sector("非煤矿山"), power="direct")
    got = load_workbook(BytesIO(signed_in(clerk).get(f"{where}?content=reported").content))

    assert got.sheetnames == ["荣成市", NAME]
    assert (got["荣成市"]["D4"].value, got["荣成市"]["D17"].value) == (0, 3)


def test_scheduled_file_of_accepted_rows_has_the_second_sheet(owed, clerk, city, firm):
    owed.recipients.add(city.unit)
    hand_in(owed, clerk)
    submissions.accept(owed.submissions.get(), by=city)
    hazard(firm)
    [job] = monthly.schedule(date(2023, 6, 29), by=SYSTEM)
    assert jobs.make(job.pk)
    job.refresh_from_db()

    assert job.label == "accepted"
    assert load_workbook(BytesIO(content(job.file))).sheetnames == ["调度表", NAME]
