"""Thin and repeatable: what must happen once is claimed in the database. The timetable is in config/celery.py."""

from celery import shared_task
from django.utils import timezone

from lib.actor import Actor


@shared_task
def make_export(job_id: int) -> None:
    """Make one export, if nobody else does."""
    from reports.actions import jobs

    jobs.make(job_id)


@shared_task
def monthly_exports() -> None:
    """Queue the month's tables that are due to be made by today."""
    from reports.actions import monthly

    monthly.schedule(timezone.localdate(), by=Actor.system("定期导出"))


@shared_task
def sweep_exports() -> None:
    """Take up what a lost broker or a killed worker left behind; remove what is kept no longer."""
    from reports.actions import jobs

    jobs.sweep(at=timezone.now())
