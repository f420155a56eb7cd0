"""Names and words that somebody means ill with, or that are merely very long, from the form to the paper."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from documents.models import ExportJob
from organizations.models import AuditEntry
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import filling, new_return
from reports.models import DispatchReturn, Figure
from reports.tests.factories import hazard, obligation
from reports.tests.filling import Entry, handed_in, opened

pytestmark = pytest.mark.django_db

TRADE = ["trade-2023", "trade", "2023-06"]
FORMULAS = ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "\t=1", '=HYPERLINK("http://x","点")']
SCRIPT = "<script>alert(1)</script>"


def where(name, *more, of=TRADE):
    return reverse(f"reports:{name}", args=[*of, *more])


def book(client, query="", of=TRADE):
    return load_workbook(BytesIO(client.get(where("download", of=of) + query).content))


def every_cell(workbook):
    return [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]


# Formulas


@pytest.mark.parametrize("text", FORMULAS)
def test_ledger_holds_no_formula(owed, city, signed_in, text):
    firm = factories.enterprise(f"{text}公司")
    hazard(firm, description=text, basis=text, on_site_measure=text, measures=text, responsible=text[:10])
    workbook = book(signed_in(city), "?extended=yes", of=["trade-2023", "trade-ledger", "2023-06"])

    found = [cell for cell in every_cell(workbook) if isinstance(cell.value, str) and text.strip() in cell.value]
    assert len(found) >= 4
    assert {cell.data_type for cell in every_cell(workbook)} <= {"s", "n"}


@pytest.mark.parametrize("name", FORMULAS)
def test_name_of_a_row_is_no_formula_either(owed, city, signed_in, name):
    """An area's name is reference data, and still only text on both sheets."""
    unit = factories.unit("某局", in_area=factories.county(name))
    clerk = factories.actor(unit)
    handed_in(opened(obligation(owed.deliverable.campaign, unit=unit), clerk), clerk)
    hazard(factories.enterprise(in_area=unit.area))
    workbook = book(signed_in(city), "?content=reported")

    assert {cell.data_type for cell in every_cell(workbook)} <= {"s", "n"}
    assert sum(str(cell.value).strip() == name.strip() for cell in every_cell(workbook)) == 6  # 3 tables, 3 late lines


# Pages


def test_names_are_escaped_on_the_pages(owed, clerk, city, signed_in):
    firm = factories.enterprise(SCRIPT)
    hazard(firm)
    reason = Entry(9, reason=SCRIPT)
    handed_in(opened(owed, clerk), clerk, x1_4=reason)
    page = signed_in(city)

    for address in (
        where("table"),
        where("figure", "2.1") + "?row=荣成市",
        where("figure", "2.1") + "?row=荣成市&content=handed-in",
        reverse("reports:dispatch_return", args=[owed.pk]),
    ):
        text = page.get(address).content.decode()
        assert SCRIPT not in text
    assert "&lt;script&gt;" in text


def test_reason_for_standing_in_is_escaped(owed, city, signed_in):
    page = signed_in(city)
    text = page.post(where("stand_in"), {"row": "荣成市", "reason": SCRIPT}, follow=True).content.decode()

    assert SCRIPT not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize(
    "value", ["\x00", "荣成市\x00", "' OR 1=1 --", "荣成市' UNION SELECT", "%", "荣成市/", "../../etc"]
)
def test_row_that_is_no_row_is_not_found(owed, city, signed_in, value):
    page = signed_in(city)

    assert page.get(where("figure", "2.1"), {"row": value}).status_code == 404
    assert page.get(where("download"), {"area": value}).status_code == 404
    assert page.post(where("stand_in"), {"row": value, "reason": "断网"}).status_code == 404


@pytest.mark.parametrize("code", ["2.1'", "党政-1", "9.9", "2.1 ", "%00", "__class__"])
def test_figure_that_is_no_figure_is_not_found(owed, city, signed_in, code):
    assert signed_in(city).get(where("table") + f"figures/{code}/").status_code == 404


@pytest.mark.parametrize("after", ["[", "[1,2]", '["x"]', "null", "[1e400]", '{"a":1}', "9" * 5000, '["\x00"]'])
def test_spoilt_page_mark_begins_again(owed, city, signed_in, after):
    one = hazard(factories.enterprise())
    response = signed_in(city).get(where("figure", "2.1"), {"row": "荣成市", "after": after})

    assert response.status_code == 200
    assert one.number in response.content.decode()


# What is typed


def posted(owed, **typed):
    filled = filling(new_return(owed))
    data = {"seen": filled.seen}
    for cell in filled.cells:
        data[f"v_{cell.indicator.alias}"] = "0"
    return data | typed


@pytest.mark.parametrize(
    "value",
    ["1e-3", "0x10", "١٢x", "1 000", "--1", "+-1", "NaN", "Infinity", "1/2", "=1", "九", "\x001", "1" * 400, "1\n2"],
)
def test_what_is_no_count_is_refused_and_nothing_stored(owed, clerk, signed_in, value):
    response = signed_in(clerk).post(reverse("reports:dispatch_return", args=[owed.pk]), posted(owed, v_n_1_1=value))

    assert list(response.context["form"].errors) == ["v_n_1_1"]
    assert not Figure.objects.exists()


@pytest.mark.parametrize(
    ("value", "stored"),
    [("１２", 12), ("1,234,567", 1234567), (" 7 ", 7), ("", None), ("007", 7), ("1000000000000", 10**12)],
)
def test_what_is_a_count_is_understood(owed, clerk, signed_in, value, stored):
    signed_in(clerk).post(reverse("reports:dispatch_return", args=[owed.pk]), posted(owed, v_n_1_1=value))

    assert DispatchReturn.objects.get().figures.get(code="1.1").reported == stored


def test_reason_has_its_length_and_no_control_characters(owed, clerk, signed_in):
    page = signed_in(clerk)
    address = reverse("reports:dispatch_return", args=[owed.pk])

    fits = page.post(address, posted(owed, r_n_1_1="长" * 200))
    assert fits.status_code == 302
    long = page.post(address, posted(owed, r_n_1_1="长" * 201))
    assert list(long.context["form"].errors) == ["r_n_1_1"]
    null = page.post(address, posted(owed, r_n_1_1="甲\x00乙"))
    assert list(null.context["form"].errors) == ["r_n_1_1"]
    assert DispatchReturn.objects.get().figures.get(code="1.1").reason == "长" * 200


def test_fields_of_other_tables_are_not_stored(owed, clerk, signed_in):
    data = posted(owed, **{"v_n_党政-1": "5", "v_n_9_9": "5", "system": "9"})
    signed_in(clerk).post(reverse("reports:dispatch_return", args=[owed.pk]), data)

    assert DispatchReturn.objects.get().figures.count() == 35
    assert not Figure.objects.filter(code__startswith="党政").exists()


def test_mark_of_what_was_seen_cannot_be_made_up(owed, clerk, signed_in):
    data = posted(owed, hand_in="yes") | {"seen": "0" * 16}
    response = signed_in(clerk).post(reverse("reports:dispatch_return", args=[owed.pk]), data)

    assert "台账刚有变动" in response.content.decode()
    assert not owed.submissions.exists()


@pytest.mark.parametrize("verdict", ["", "accepted", "void", "<script>"])
def test_unknown_verdict_decides_nothing(owed, clerk, city, signed_in, verdict):
    handed_in(actions.open_return(owed, by=clerk), clerk)
    signed_in(city).post(reverse("reports:judge", args=[owed.pk]), {"verdict": verdict})

    assert owed.submissions.get().state == "submitted"


# Exports


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("what", "trade-2023"),
        ("what", "trade-2023:trade:x"),
        ("what", "trade-2023:mines"),
        ("what", "\x00"),
        ("period", "2023-06\x00"),
        ("period", "x" * 300),
        ("area", "烟台市"),
        ("window", "weekly"),
        ("cut_off", "noon"),
    ],
)
def test_wish_that_is_no_wish_is_refused_at_its_field(trade, city, signed_in, field, value):
    asked = {"what": "trade-2023:trade", "period": "2023-06", "area": "威海市", "cut_off": "due-day"}
    response = signed_in(city).post(reverse("reports:exports"), asked | {field: value})

    assert list(response.context["form"].errors) == [field]
    assert not ExportJob.objects.exists()


def test_download_is_written_down_with_what_was_asked_for(owed, city, signed_in):
    signed_in(city).get(where("download") + "?area=荣成市&window=cumulative")

    entry = AuditEntry.objects.get(verb="table.download")
    assert (entry.detail["table"], entry.detail["period"], entry.detail["area"]) == ("trade", "2023-06", "荣成市")


def test_long_names_are_printed_whole(owed, city, signed_in):
    long = "威海" + "某" * 100 + "食品有限公司"
    hazard(factories.enterprise(long), description="隐" * 2000)
    sheet = book(signed_in(city), of=["trade-2023", "trade-ledger", "2023-06"]).active

    row = next(row for row in sheet.iter_rows(min_row=4) if row[3].value == long)
    assert row[7].value == "隐" * 2000
    assert sheet.row_dimensions[row[0].row].height == 409  # as high as Excel lets a row be
