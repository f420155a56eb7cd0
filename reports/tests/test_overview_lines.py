"""调度报表: which months stand on the list, how far each has come in, and for whom."""

from datetime import date

import pytest
from django.urls import reverse

from campaigns.actions import submissions
from campaigns.models import Deliverable
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories
from reports import actions
from reports.dispatch.overview import lines_of
from reports.tests.factories import campaign, obligation
from reports.tests.filling import handed_in

pytestmark = pytest.mark.django_db


def june(actor):
    [line] = [line for line in lines_of(actor, date(2023, 7, 3)) if line.period == "2023-06"]
    return line


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2023, 4, 30), []),
        (date(2023, 5, 1), ["2023-05"]),
        (date(2023, 5, 31), ["2023-05"]),
        (date(2023, 6, 1), ["2023-06", "2023-05"]),
        (date(2023, 12, 31), [f"2023-{month:02}" for month in range(12, 4, -1)]),
        (date(2026, 1, 1), [f"2023-{month:02}" for month in range(12, 4, -1)]),
    ],
)
def test_months_of_the_campaign_up_to_today(city, today, months):
    campaign()

    assert [line.period for line in lines_of(city, today)] == months


def test_long_campaign_shows_its_last_twelve_months(city):
    campaign(starts_on=date(2022, 1, 1), ends_on=date(2024, 12, 31))

    shown = [line.period for line in lines_of(city, date(2024, 3, 5))]
    assert (len(shown), shown[0], shown[-1]) == (12, "2024-03", "2023-04")


def test_every_table_of_a_campaign_has_its_line(city):
    one = campaign()
    one.deliverables.create(code="ledger", name="台账", form="return:trade-ledger", recurrence="monthly", due_day=28)
    one.deliverables.create(code="plan", name="方案", form="text")

    assert [line.table.code for line in lines_of(city, date(2023, 5, 5))] == ["trade", "trade-ledger"]


def test_line_says_how_far_the_month_has_come_in(owed, clerk, city):
    other = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))
    second = obligation(owed.deliverable.campaign, unit=other)
    assert june(city).status == ("open", "已报0个，应报2个")

    handed_in(actions.open_return(owed, by=clerk), clerk)
    assert june(city).status == ("info", "待审核1个")

    submissions.accept(owed.submissions.get(), by=city)
    assert june(city).status == ("open", "已报1个，应报2个")

    handed_in(actions.open_return(second, by=factories.actor(other)), factories.actor(other))
    submissions.accept(second.submissions.get(), by=city)
    assert june(city).status == ("done", "已报齐")

    submissions.return_submission(owed.submissions.get(), by=city, reason="请核对")
    assert june(city).status == ("open", "已报1个，应报2个")


def test_district_counts_its_own_and_finds_its_own(owed, clerk):
    other = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))
    obligation(owed.deliverable.campaign, unit=other)
    line = june(clerk)

    assert (line.expected, line.own, line.label) == (1, owed, "2023年6月")


def test_officer_of_the_district_sees_the_line_too(owed):
    assert june(factories.actor(factories.unit(), Role.OFFICER)).own == owed


def test_other_line_has_other_tables(owed):
    other = factories.unit("荣成市工业和信息化局", lines=(Line.MIIT,))

    assert lines_of(factories.actor(other), date(2023, 7, 3)) == []


def test_unit_of_both_lines_has_the_tables_of_both(owed):
    both = factories.unit("高区经济发展局", in_area=factories.county("高区"), lines=(Line.MIIT, Line.EMERGENCY))

    assert [line.period for line in lines_of(factories.actor(both), date(2023, 6, 3))] == ["2023-06", "2023-05"]


def test_page_leads_the_city_to_what_waits(owed, clerk, city, signed_in):
    handed_in(actions.open_return(owed, by=clerk), clerk)
    page = signed_in(city).get(reverse("reports:dispatch_tables")).content.decode()

    assert page.count("去审核") == 1
    assert "待审核1个" in page
    assert "本单位填报" not in page


def test_campaign_that_asks_for_no_table_is_not_listed(city):
    campaign()
    Deliverable.objects.update(form="text")

    assert lines_of(city, date(2023, 7, 3)) == []
