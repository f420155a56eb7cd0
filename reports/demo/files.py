"""The files that the schedule would have made: what the exports page shows on the first day."""

from datetime import date

from documents.models import ExportJob
from lib.actor import Actor
from reports.actions import jobs, monthly

FIRST_OF_JULY = date(2023, 7, 1)
SYSTEM = Actor.system("定期导出")


def make_june() -> list[ExportJob]:
    """June's tables and ledger as they were due on 1 July, made at once; nothing twice."""
    made = monthly.schedule(FIRST_OF_JULY, by=SYSTEM)
    for job in made:
        jobs.make(job.pk)
    return made
