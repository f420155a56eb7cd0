"""Which day counts in which table: the ends of every window, for every kind of record.

trade: 每月28日前报送 (威应急发〔2023〕12号), so June runs from 29 May to 28 June; mines: the 25th. Campaigns from
2023-05-01 to 2023-12-31. All days written out by hand.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Deliverable
from inspections.models import EnforcementAction
from inspections.tests.factories import action, case, trip, visit
from organizations.tests import factories
from reports.dispatch.sheets import live
from reports.dispatch.tables import TABLES, TableError
from reports.indicators import INDICATORS, count, scope_of
from reports.tests.factories import campaign, hazard, listing

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind
EARLY = date(2023, 5, 2)

# What puts a record on a day, and the figure that then counts it.
RECORDS = {
    "1.1": lambda firm, day: visit(firm, on_trip=trip(on=day)),
    "1.4": lambda firm, day: hazard(firm, on=day),
    "1.5": lambda firm, day: hazard(firm, on=EARLY, closed=day),
    "1.6": lambda firm, day: visit(firm, on_trip=trip(on=day)),
    "2.1": lambda firm, day: hazard(firm, on=day),
    "2.2": lambda firm, day: hazard(firm, on=EARLY, closed=day),
    "2.7": lambda firm, day: listing(hazard(firm, on=EARLY), on=day),
    "2.8": lambda firm, day: hazard(firm, on=EARLY, listed=EARLY, closed=day),
    "3.3": lambda firm, day: action(Act.PENALTY, firm, on=day),
    "3.5": lambda firm, day: action(Act.PENALTY, firm, on=EARLY, case=case(firm, both_on=day)),
}


def figure(one, code, *, table="trade", period="2023-06", kind="monthly", cut_off="due-day"):
    scope = scope_of(one)
    days = TABLES[table].days(one, period, kind, cut_off)
    return count(scope, days, [INDICATORS[code]]).of(scope.row_named("荣成市"), INDICATORS[code])


def days(*texts):
    return [date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize("code", RECORDS)
@pytest.mark.parametrize(
    ("cut_off", "outside", "inside"),
    [
        ("due-day", days("2023-05-28", "2023-06-29"), days("2023-05-29", "2023-06-28")),
        ("month-end", days("2023-05-31", "2023-07-01"), days("2023-06-01", "2023-06-30")),
    ],
)
def test_month_begins_and_ends_on_its_days(code, cut_off, outside, inside):
    one = campaign()
    for day in outside:
        RECORDS[code](factories.enterprise(f"外{day}"), day)
    assert figure(one, code, cut_off=cut_off) == 0

    for number, day in enumerate(inside, start=1):
        RECORDS[code](factories.enterprise(f"内{day}"), day)
        assert figure(one, code, cut_off=cut_off) == number


@pytest.mark.parametrize("code", RECORDS)
def test_months_add_up_to_the_cumulative_figure(code):
    """One record on each day about every turn of the first three tables: 5-02, 5-28 | 5-29, 6-28 | 6-29, 7-28."""
    one = campaign()
    for day in days("2023-05-02", "2023-05-28", "2023-05-29", "2023-06-28", "2023-06-29", "2023-07-28", "2023-07-29"):
        RECORDS[code](factories.enterprise(f"甲{day}"), day)

    assert [figure(one, code, period=f"2023-0{month}") for month in (5, 6, 7)] == [2, 2, 2]
    assert figure(one, code, period="2023-07", kind="cumulative") == 6


def test_first_table_begins_with_the_campaign():
    one = campaign()
    for day in days("2023-04-29", "2023-04-30", "2023-05-01", "2023-05-28"):
        hazard(factories.enterprise(f"甲{day}"), on=day)

    assert figure(one, "2.1", period="2023-05") == 2
    assert figure(one, "2.1", period="2023-05", kind="cumulative") == 2


def test_december_table_ends_on_the_due_day_and_the_rest_is_a_closing_table():
    """12-29 to 12-31 are counted once, in the window of January, which the campaign's end cuts off."""
    one = campaign()
    for day in days("2023-12-28", "2023-12-29", "2023-12-31"):
        hazard(factories.enterprise(f"甲{day}"), on=day)
    hazard(factories.enterprise("明年"), on=date(2024, 1, 1))

    assert [figure(one, "2.1", period=month) for month in ("2023-12", "2024-01")] == [1, 2]
    assert figure(one, "2.1", period="2024-01", kind="cumulative") == 3
    assert figure(one, "2.1", period="2023-12", cut_off="month-end") == 3


@pytest.mark.parametrize("period", ["2023-04", "2024-02"])
def test_month_outside_the_campaign_has_no_table(period):
    with pytest.raises(TableError, match="不在“trade-2023”期间（2023-05至2023-12）"):
        live(TABLES["trade"], campaign(), period=period, area="威海市")


@pytest.mark.parametrize("period", ["2023", "2023-13", "2023-6", "2023-Q2", "6月", "", "2023-06-01", "once"])
def test_what_is_no_month_is_told_so(period):
    with pytest.raises(TableError, match="不是月份，应写作四位年份和两位月份，如 2023-06"):
        live(TABLES["trade"], campaign(), period=period, area="威海市")


def test_mines_close_three_days_earlier():
    one = campaign("mines-2023", table="mines", due_day=25)
    for day in days("2023-05-25", "2023-05-26", "2023-06-25", "2023-06-26"):
        hazard(factories.enterprise(f"甲{day}"), on=day)

    assert figure(one, "2.1", table="mines") == 2
    assert figure(one, "2.1", table="mines", kind="cumulative") == 3


def test_short_month_ends_on_its_last_day():
    one = campaign("trade-2024", starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31), due_day=31)
    for day in days("2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01"):
        hazard(factories.enterprise(f"甲{day}"), on=day)

    assert [figure(one, "2.1", period=f"2024-0{month}") for month in (1, 2, 3)] == [1, 2, 1]


def test_due_day_of_the_bureaus_own_choice_moves_the_window():
    one = campaign()
    Deliverable.objects.update(due_day=20)
    for day in days("2023-05-20", "2023-05-21", "2023-06-20", "2023-06-21"):
        hazard(factories.enterprise(f"甲{day}"), on=day)

    assert figure(one, "2.1") == 2


def test_closing_counts_only_of_what_was_found_since_the_first_day():
    one, closed = campaign(), date(2023, 6, 6)
    hazard(factories.enterprise("前一日"), on=date(2023, 4, 30), closed=closed)
    hazard(factories.enterprise("首日"), on=date(2023, 5, 1), closed=closed)

    assert figure(one, "2.2") == 1


def test_listing_on_the_last_day_makes_a_closing_count_as_listed_and_a_day_later_does_not():
    one, closed = campaign(), date(2023, 6, 6)
    hazard(factories.enterprise("末日"), listed=date(2023, 6, 28), closed=closed)
    hazard(factories.enterprise("次日"), listed=date(2023, 6, 29), closed=closed)

    assert figure(one, "2.8") == 1


def test_sheet_is_dated_by_its_last_day_until_that_has_come():
    """填报时间: the cut-off of a month that is over, else today."""
    today = timezone.localdate()
    one = campaign(starts_on=today - timedelta(days=40), ends_on=today + timedelta(days=60), due_day=31)
    past = (today.replace(day=1) - timedelta(days=1)).replace(day=1)

    sheet = live(TABLES["trade"], one, period=f"{today:%Y-%m}", area="威海市")
    assert sheet.on == today
    before = live(TABLES["trade"], one, period=f"{past:%Y-%m}", area="威海市")
    assert before.on == today.replace(day=1) - timedelta(days=1)
