"""The month's tables, made without being asked: the day after each due day, and on the 1st for the month before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction

from campaigns.models import Campaign, Deliverable
from documents.models import ExportJob
from lib import periods
from lib.actor import Actor
from lib.periods import ONE_DAY, Period, Recurrence
from organizations import audit
from reports.actions import jobs
from reports.dispatch.asked import Asked
from reports.dispatch.tables import TABLES, TableError, due_day_of, table_named

# A machine that stood still makes up for so many days; what is older somebody asks for by hand.
CATCH_UP = timedelta(days=3)


def schedule(on: date, *, by: Actor) -> list[ExportJob]:
    """Queue what is to be made by `on` and is not yet: once per table, month and day, whoever asks and how often."""
    days = [on - CATCH_UP + n * ONE_DAY for n in range(CATCH_UP.days + 1)]
    found = [queue(owed, period, day, by=by) for owed in tables_owed() for day in days for period in due(owed, day)]
    return [job for job in found if job is not None]


def tables_owed() -> list[Deliverable]:
    """调度表 and 台账 that running campaigns ask for every month."""
    forms = [table.form for table in TABLES.values()]
    owed = Deliverable.objects.filter(campaign__in=Campaign.objects.running(), form__in=forms)
    owed = owed.filter(recurrence=Recurrence.MONTHLY).select_related("campaign__area", "campaign__lead_unit")
    return list(owed.order_by("campaign", "position", "pk"))


def tables_of(month: str) -> list[Deliverable]:
    """Those of them whose table of this month counts at least a day."""
    period = periods.parse(month)
    return [owed for owed in tables_owed() if is_owed(owed, period) and counts(owed, month)]


def counts(owed: Deliverable, month: str) -> bool:
    """A campaign that begins after the due day has nothing to show until the month after."""
    try:
        table_named(owed.form_argument).days(owed.campaign, month)
    except TableError:
        return False
    return True


def due(owed: Deliverable, day: date) -> Iterator[Period]:
    """The months whose tables are made on this day.

    A due day lasts until midnight; moving or extending it never moves what the table counts (design §4.5), so the
    notice's day decides.
    """
    month = periods.period_of(day - ONE_DAY, Recurrence.MONTHLY)
    due_day = due_day_of(owed.campaign, table_named(owed.form_argument))
    ended = day.day == 1 or periods.due_on(month, due_day) == day - ONE_DAY
    if ended and is_owed(owed, month):
        yield month


def is_owed(owed: Deliverable, month: Period) -> bool:
    """The month touches the campaign, and the deliverable's own span within it."""
    first = max(filter(None, (owed.campaign.starts_on, owed.starts_on)))
    last = min(filter(None, (owed.campaign.ends_on, owed.ends_on)))
    return month.first <= last and first <= month.last


@transaction.atomic
def queue(owed: Deliverable, period: Period, day: date, *, by: Actor) -> ExportJob | None:
    """One job under one key; None if it was there already, or the month has nothing to count."""
    campaign = owed.campaign
    asked = Asked(owed.form_argument, campaign.code, period.key, campaign.area.name, official=True)
    try:
        title = asked.checked(by).title
    except TableError:
        return None
    told = {"kind": jobs.KIND, "title": title, "params": asked.params(), "scheduled": True, "unit": campaign.lead_unit}
    key = f"{campaign.code}:{asked.table}:{period.key}:{day:%Y-%m-%d}"
    job, made = ExportJob.objects.get_or_create(key=key, defaults=told)
    if not made:
        return None
    audit.record(by, "export.schedule", job, asked=asked.params())
    jobs.enqueue(job)
    return job
