"""The city's pages: overview, consolidated table, downloads, standing in, figures opened."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from hazards.models import Hazard
from inspections.models import EnforcementAction, Flag
from inspections.tests.factories import action, case, trip, visit
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories
from reports import actions
from reports.dispatch.overview import lines_of
from reports.dispatch.tables import TABLES
from reports.models import DispatchReturn
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import handed_in

pytestmark = pytest.mark.django_db

TRADE = ["trade-2023", "trade", "2023-06"]
Act = EnforcementAction.Kind


@pytest.fixture
def city():
    return factories.actor(factories.city_bureau(), name="李审核")


def address(name="table", *more, of=TRADE):
    return reverse(f"reports:{name}", args=[*of, *more])


def text(response):
    return response.content.decode()


def sheet_of(response):
    return load_workbook(BytesIO(response.content)).active


def test_what_is_not_due_yet_is_not_called_missing(client, owed, city):
    """Six days before the 28th nobody owes it yet: the overview says 没有缺报, and so must the table."""
    owed.due_at = owed.original_due_at = timezone.now() + timedelta(days=6)
    owed.save(update_fields=["due_at", "original_due_at"])
    client.force_login(city.user)

    shown = text(client.get(address()))

    assert "未到期、还没报的1个：荣成市" in shown
    assert "缺报" not in shown
    assert "tone-late" not in shown


def test_what_is_past_its_day_is(client, owed, city):
    client.force_login(city.user)

    shown = text(client.get(address()))

    assert "缺报1个：荣成市" in shown
    assert "tone-late" in shown


# The overview


def test_the_overview_lists_the_months_of_the_campaign(owed, city):
    lines = lines_of(city, date(2023, 7, 3))

    assert [line.period for line in lines] == ["2023-07", "2023-06", "2023-05"]
    assert lines[1].status == ("open", "已报0个，应报1个")
    assert lines[0].status == ("closed", "无应报单位")


def test_the_overview_knows_what_waits(owed, clerk, city):
    handed_in(actions.open_return(owed, by=clerk), clerk)

    [line] = [line for line in lines_of(city, date(2023, 7, 3)) if line.period == "2023-06"]
    assert line.status == ("info", "待审核1个")
    assert line.own is None


def test_a_district_finds_its_own_return(owed, clerk, signed_in):
    response = signed_in(clerk).get(reverse("reports:dispatch_tables"))

    assert "本单位填报" in text(response)
    assert reverse("reports:dispatch_return", args=[owed.pk]) in text(response)


def test_without_a_table_the_overview_says_what_to_do(signed_in, clerk):
    assert "还没有调度报表" in text(signed_in(clerk).get(reverse("reports:dispatch_tables")))


@pytest.mark.parametrize("units", [1, 3])
def test_the_overview_takes_a_fixed_number_of_queries(units, city, django_assert_num_queries):
    one = campaign()
    for n in range(units):
        obligation(one, unit=factories.unit(f"区{n}应急管理局", in_area=factories.county(f"区{n}")))

    # areas, sectors and family of the reach; deliverables, obligations, submissions
    with django_assert_num_queries(6):
        lines_of(city, date(2023, 7, 3))


def test_an_enterprise_is_told_whose_pages_these_are(signed_in):
    campaign()
    page = signed_in(factories.actor(factories.enterprise(), Role.HEAD))

    response = page.get(reverse("reports:dispatch_tables"))
    assert response.status_code == 403
    assert "企业请在“应报任务”和“隐患”中办理" in text(response)
    assert page.get(address()).status_code == 403


# The consolidated table


def test_the_table_shows_rows_states_and_who_is_missing(owed, city, signed_in):
    response = signed_in(city).get(address())

    assert "缺报1个：荣成市" in text(response)
    assert "已报0个，应报1个" in text(response)
    assert text(response).count("检查和抽查情况") == 1


def test_a_figure_of_a_row_opens(owed, clerk, city, signed_in):
    hazard(factories.enterprise())
    handed_in(actions.open_return(owed, by=clerk), clerk)
    response = signed_in(city).get(address())

    where = f"{address('figure', '2.1')}?row=荣成市&amp;content=handed-in"
    assert where in text(response)
    assert "接收" in text(response)


def test_a_figure_that_moved_since_is_marked(owed, clerk, city, signed_in):
    hazard(factories.enterprise())
    handed_in(actions.open_return(owed, by=clerk), clerk)
    hazard(factories.enterprise("乙"))

    assert "报送时系统数1，现为2" in text(signed_in(city).get(address()))


def test_a_district_sees_its_own_row(owed, clerk, signed_in):
    obligation(owed.deliverable.campaign, unit=factories.unit("乳山市应急管理局", in_area=factories.county("乳山市")))
    response = signed_in(clerk).get(address())

    assert [state.row.name for state in response.context["found"].states] == ["荣成市"]
    assert "乳山市" not in text(response)


@pytest.mark.parametrize(
    "where", [["trade-2024", "trade", "2023-06"], ["trade-2023", "coal", "2023-06"], ["trade-2023", "trade", "2023-04"]]
)
def test_what_does_not_exist_is_not_found(owed, city, signed_in, where):
    assert signed_in(city).get(address(of=where)).status_code == 404


def test_another_line_and_other_sectors_do_not_see_the_table(owed, signed_in):
    miit = factories.unit("威海市工业和信息化局", in_area=factories.city(), lines=(Line.MIIT,), sectors=("轻工",))
    mines = factories.unit("矿山科", in_area=factories.city(), part_of=factories.city_bureau(), sectors=("非煤矿山",))

    for unit in (miit, mines):
        assert signed_in(factories.actor(unit)).get(address()).status_code == 404


# Downloads


def test_the_download_is_live_and_named(owed, city, signed_in):
    hazard(factories.enterprise())
    response = signed_in(city).get(address("download"))

    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%A8%81%E6%B5%B7%E5%B8%822023-06")
    assert sheet_of(response)["F6"].value == 1


def test_the_download_of_what_was_reported_names_the_missing(owed, city, signed_in):
    sheet = sheet_of(signed_in(city).get(address("download") + "?content=reported"))

    assert sheet["A3"].value == "填报地市：威海市　　缺报1个：荣成市"
    assert sheet["F6"].value == "未报"


def test_a_download_takes_window_and_cut_off(owed, city, signed_in):
    hazard(factories.enterprise(), on=date(2023, 5, 10))
    page = signed_in(city)

    assert sheet_of(page.get(address("download") + "?window=monthly"))["F6"].value == 0
    assert sheet_of(page.get(address("download") + "?window=cumulative&cut_off=month-end"))["F6"].value == 1
    assert page.get(address("download") + "?window=weekly").status_code == 404


def test_a_district_downloads_its_own_row_only(owed, clerk, signed_in):
    factories.county("乳山市")
    page = signed_in(clerk)

    assert sheet_of(page.get(address("download")))["B6"].value == "荣成市"
    assert page.get(address("download") + "?area=乳山市").status_code == 404
    assert page.get(address("download") + "?area=威海市").status_code == 404


def test_the_ledger_is_downloaded_with_or_without_the_portals_columns(owed, city, signed_in):
    one = hazard(factories.enterprise())
    where = address("download", of=["trade-2023", "trade-ledger", "2023-06"])
    page = signed_in(city)

    assert sheet_of(page.get(where)).max_column == 17
    assert one.number in [cell.value for cell in sheet_of(page.get(where + "?extended=yes"))[5]]


# Standing in


def test_the_city_lets_the_system_stand_in(owed, city, signed_in):
    page = signed_in(city)
    page.post(address("stand_in"), {"row": "荣成市", "reason": "网络中断，电话核对一致"})

    assert DispatchReturn.objects.get().by_system_reason == "网络中断，电话核对一致"
    assert "以系统数代报" in text(page.get(address()))
    page.post(address("stand_in"), {"row": "荣成市", "withdraw": "yes"})
    assert DispatchReturn.objects.get().by_system_reason == ""


def test_standing_in_needs_a_reason_and_the_lead_unit(owed, clerk, city, signed_in):
    response = signed_in(city).post(address("stand_in"), {"row": "荣成市", "reason": ""}, follow=True)

    assert "请写明以系统数代报的理由。" in text(response)
    assert signed_in(clerk).post(address("stand_in"), {"row": "荣成市", "reason": "代"}).status_code == 403


# Figures opened


def opened(page, code, query="", of=TRADE):
    return page.get(address("figure", code, of=of) + query)


def test_an_opened_figure_lists_its_rows_and_its_meaning(owed, city, signed_in):
    one = hazard(factories.enterprise())
    response = opened(signed_in(city), "2.1", "?row=荣成市")

    assert one.number in text(response)
    assert "发现重大事故隐患数量：1个" in text(response)
    assert "隐患级别为“重大”" in text(response)


def test_every_counted_figure_opens(owed, city, signed_in):
    firm = factories.enterprise()
    hazard(firm, closed=date(2023, 6, 20), listed=date(2023, 6, 10), found_by=Hazard.FoundBy.SELF)
    hazard(firm, closed=date(2023, 6, 20))
    visit(firm, on_trip=trip(officers=2, experts=1), flags=[flag.value for flag in Flag])
    both = case(firm, both_on=date(2023, 6, 20))
    for kind in Act.values:
        action(kind, firm, fine=1, persons=1, dangerous_operation=True, case=both)
    page = signed_in(city)

    numbers = {code: opened(page, code).context["number"] for code in TABLES["trade"].codes}
    assert [code for code, number in numbers.items() if not number] == []


def test_a_typed_figure_says_it_is_typed(signed_in):
    city = factories.actor(factories.city_bureau(sectors=("非煤矿山",)))
    factories.county()
    campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)
    response = opened(signed_in(city), "党政-1", of=["mines-2023", "mines", "2023-06"])

    assert "这一指标由填报单位填写" in text(response)


def test_a_figure_handed_in_opens_on_the_records_of_then(owed, clerk, city, signed_in):
    one = hazard(factories.enterprise(), number="原有")
    handed_in(actions.open_return(owed, by=clerk), clerk)
    Hazard.objects.filter(pk=one.pk).update(level=Hazard.Level.GENERAL)
    hazard(factories.enterprise("乙"), number="后来")
    page = signed_in(city)
    then, now = (opened(page, "2.1", f"?row=荣成市{more}") for more in ("&content=handed-in", ""))

    assert "原有" in text(then) and "后来" not in text(then)
    assert "期后补记1条，以前月份调整1条" in text(then)
    assert "后来" in text(now) and "原有" not in text(now)


def test_a_figure_opens_on_other_windows(owed, city, signed_in):
    hazard(factories.enterprise(), on=date(2023, 5, 10))
    page = signed_in(city)

    assert opened(page, "2.1").context["number"] == 0
    assert opened(page, "2.1", "?window=cumulative").context["number"] == 1
    assert opened(page, "2.1", "?window=weekly").status_code == 404


def test_what_is_not_there_does_not_open(owed, city, clerk, signed_in):
    page = signed_in(city)
    assert opened(page, "9.9").status_code == 404
    assert opened(page, "2.1", "?row=烟台市").status_code == 404
    assert opened(page, "2.1", "?row=荣成市&content=handed-in").status_code == 404


def test_a_district_opens_its_own_row_only(owed, clerk, signed_in):
    hazard(factories.enterprise("甲"), number="本区")
    hazard(factories.enterprise("乙", in_area=factories.county("乳山市")), number="外区")
    page = signed_in(clerk)

    assert "外区" not in text(opened(page, "2.1"))
    assert "本区" in text(opened(page, "2.1"))
    assert opened(page, "2.1", "?row=乳山市").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_an_opened_figure_takes_a_fixed_number_of_queries(owed, city, signed_in, rows, django_assert_num_queries):
    for n in range(rows):
        hazard(factories.enterprise(f"企业{n}"), found_by_unit=factories.unit())
    page = signed_in(city)

    with django_assert_num_queries(17):
        opened(page, "2.1", "?row=荣成市")


@pytest.mark.parametrize("districts", [1, 3])
def test_the_table_page_takes_a_fixed_number_of_queries(city, signed_in, districts, django_assert_num_queries):
    one = campaign()
    for n in range(districts):
        unit = factories.unit(f"区{n}应急管理局", in_area=factories.county(f"区{n}"))
        clerk = factories.actor(unit)
        handed_in(actions.open_return(obligation(one, unit=unit), by=clerk), clerk)
    page = signed_in(city)

    with django_assert_num_queries(29):
        page.get(address())
