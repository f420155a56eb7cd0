"""The month's tables made on schedule: once each, for the lead unit, labelled by what they show."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.actions import submissions
from campaigns.models import Campaign, Deliverable
from documents.models import ExportJob
from documents.tests.samples import content
from lib.actor import Actor
from organizations.tests import factories
from reports import actions, tasks
from reports.actions import jobs, monthly
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import handed_in

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("定期导出")


def schedule(year, month, day):
    return monthly.schedule(date(year, month, day), by=SYSTEM)


def keys(found):
    return [job.key for job in found]


def test_trade_table_is_made_the_day_after_the_28th(trade):
    """威应急发〔2023〕12号: 每月28日前报送. The day itself is still open for handing in."""
    assert schedule(2023, 6, 28) == []

    [job] = schedule(2023, 6, 29)

    assert job.key == "trade-2023:trade:2023-06:2023-06-29"
    assert (job.scheduled, job.unit, job.requested_by) == (True, trade.lead_unit, None)
    assert job.title == "威海市2023年6月工贸调度表（当月，截至报送日）"


def test_mines_table_is_made_the_day_after_the_25th():
    campaign("mines-2023", table="mines", due_day=25)

    assert keys(schedule(2023, 6, 26)) == ["mines-2023:mines:2023-06:2023-06-26"]


def test_both_are_made_again_on_the_first_of_the_next_month(trade):
    assert keys(schedule(2023, 7, 1))[-1] == "trade-2023:trade:2023-06:2023-07-01"


def test_second_run_and_second_beat_make_nothing_twice(trade):
    assert len(schedule(2023, 6, 29)) == 1

    assert schedule(2023, 6, 29) == []
    assert schedule(2023, 6, 30) == []
    assert ExportJob.objects.count() == 1


def test_machine_that_stood_still_makes_up_for_three_days(trade):
    assert keys(schedule(2023, 7, 3)) == ["trade-2023:trade:2023-06:2023-07-01"]
    assert schedule(2023, 7, 10) == []


def test_day_before_yesterday_and_the_first_are_both_made_up_for(trade):
    """7月2日 looks back to 6月29日."""
    assert keys(schedule(2023, 7, 2)) == [
        "trade-2023:trade:2023-06:2023-06-29",
        "trade-2023:trade:2023-06:2023-07-01",
    ]


def test_last_month_is_made_after_the_campaign_has_ended_and_none_after(trade):
    """trade-2023 runs to 2023-12-31."""
    assert keys(schedule(2024, 1, 1)) == [
        "trade-2023:trade:2023-12:2023-12-29",
        "trade-2023:trade:2023-12:2024-01-01",
    ]
    assert schedule(2024, 1, 29) == schedule(2024, 2, 1) == []


def test_before_the_campaign_nothing_is_made(trade):
    assert schedule(2023, 5, 1) == []
    assert keys(schedule(2023, 5, 29)) == ["trade-2023:trade:2023-05:2023-05-29"]


@pytest.mark.parametrize("state", [Campaign.State.DRAFT, Campaign.State.CLOSED])
def test_campaign_that_does_not_run_has_nothing_made(trade, state):
    Campaign.objects.update(state=state)

    assert schedule(2023, 6, 29) == []


def test_duty_has_its_own_span_within_the_campaign(trade):
    Deliverable.objects.update(starts_on=date(2023, 7, 1))

    assert schedule(2023, 6, 29) == []
    assert len(schedule(2023, 7, 29)) == 1


@pytest.mark.parametrize(
    ("span", "months"),
    [
        ({"starts_on": date(2023, 6, 30)}, ["2023-06", "2023-07"]),
        ({"starts_on": date(2023, 7, 1)}, ["2023-07"]),
        ({"ends_on": date(2023, 6, 1)}, ["2023-05", "2023-06"]),
        ({"ends_on": date(2023, 5, 31)}, ["2023-05"]),
    ],
)
def test_span_of_a_duty_touches_a_month_with_a_single_day(trade, span, months):
    Deliverable.objects.update(**span)

    touched = ("2023-05", "2023-06", "2023-07")
    assert [month for month in touched if monthly.tables_of(month)] == months
    assert [month for n, month in enumerate(touched, start=5) if schedule(2023, n, 29)] == months


def test_due_day_of_the_bureaus_own_choice_is_followed(trade):
    Deliverable.objects.update(due_day=20)

    assert keys(schedule(2023, 6, 21)) == ["trade-2023:trade:2023-06:2023-06-21"]


def test_month_that_ends_with_the_due_day_is_made_once_that_day():
    campaign(due_day=31)

    assert keys(schedule(2023, 7, 1)) == ["trade-2023:trade:2023-06:2023-07-01"]


def test_tables_of_a_month_are_those_that_count_a_day_of_it(trade):
    """A campaign that begins on 30 June, after the 28th, has its first table in July."""
    late = campaign("trade-late", starts_on=date(2023, 6, 30))

    assert [owed.campaign for owed in monthly.tables_of("2023-06")] == [trade]
    assert {owed.campaign for owed in monthly.tables_of("2023-07")} == {trade, late}
    assert monthly.tables_of("2024-01") == []


# What is shown


def made(owed=None):
    [job] = schedule(2023, 6, 29)
    assert jobs.make(job.pk)
    job.refresh_from_db()
    return job, load_workbook(BytesIO(content(job.file))).active


def row_of(ws, name):
    return next(row for row in ws.iter_rows(min_row=6, values_only=True) if row[1] == name)


@pytest.fixture
def owed():
    return obligation(campaign())


@pytest.fixture
def returned(owed, clerk):
    """荣成市 hands in 3 checks (1.1), which the records do not know of."""
    return handed_in(actions.open_return(owed, by=clerk), clerk, x1_1=3)


def test_table_is_live_while_a_row_waits_to_be_accepted(returned, city):
    job, ws = made()

    assert (job.label, job.get_label_display()) == ("live", "实时")
    assert job.file.name == "威海市2023年6月工贸调度表（当月，截至报送日）_实时.xlsx"
    assert ws.oddFooter.left.text.endswith("实时数据")
    assert row_of(ws, "荣成市")[2] != 3


def test_table_shows_what_was_handed_in_once_every_row_is_accepted(returned, city, owed):
    owed.recipients.add(city.unit)
    submissions.accept(owed.submissions.get(), by=city)

    job, ws = made()

    assert (job.label, job.get_label_display()) == ("accepted", "已审核")
    assert job.file.name.endswith("_已审核.xlsx")
    assert ws.oddFooter.left.text.endswith("已审核数据")
    assert row_of(ws, "荣成市")[2] == 3


def test_ledger_is_always_of_the_records(city):
    campaign(table="trade-ledger")
    hazard(factories.enterprise("荣成海源食品有限公司"))

    job, ws = made()

    assert job.label == "live"
    assert "荣成海源食品有限公司" in [cell for row in ws.iter_rows(values_only=True) for cell in row]


# Who has it


def test_whole_lead_unit_has_it_and_nobody_else(trade, city, clerk):
    [job] = schedule(2023, 6, 29)
    colleague = factories.actor(city.unit, "deputy", name="孙局长")
    firm = factories.actor(factories.enterprise(), "head")

    seen = [ExportJob.objects.visible_to(one).filter(pk=job.pk).exists() for one in (city, colleague, clerk, firm)]

    assert seen == [True, True, False, False]


# The tasks


def test_task_queues_and_makes_what_fell_due(django_capture_on_commit_callbacks):
    """A campaign whose due day was yesterday, whatever the day of this test."""
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    campaign(starts_on=yesterday - timedelta(days=40), ends_on=yesterday + timedelta(days=40), due_day=yesterday.day)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.monthly_exports.delay()
        tasks.monthly_exports.delay()

    states = ExportJob.objects.filter(key__endswith=f"{today:%Y-%m-%d}").values_list("state", "attempts")
    assert list(states) == [("done", 1)]


def test_sweep_task_removes_what_is_kept_no_longer(trade):
    [job] = schedule(2023, 6, 29)
    tasks.make_export(job.pk)
    ExportJob.objects.update(expires_at="2023-07-30T00:00:00+08:00")

    tasks.sweep_exports()

    job.refresh_from_db()
    assert job.is_expired
