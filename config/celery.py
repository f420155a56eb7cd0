"""The Celery application and the whole timetable."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

REMIND = "campaigns.tasks.remind"
EXPORT = "reports.tasks.monthly_exports"

# The calendar of what is owed lives in the obligations; these entries only ask it. Every task may run late or twice.
app.conf.beat_schedule = {
    # The days on which the notices ask for reports: 工信 18th and 20th, 非煤矿山 25th, 工贸 28th.
    "remind-day-18": {"task": REMIND, "schedule": crontab(minute=30, hour=8, day_of_month=18)},
    "remind-day-20": {"task": REMIND, "schedule": crontab(minute=30, hour=8, day_of_month=20)},
    "remind-day-25": {"task": REMIND, "schedule": crontab(minute=30, hour=8, day_of_month=25)},
    "remind-day-28": {"task": REMIND, "schedule": crontab(minute=30, hour=8, day_of_month=28)},
    # Every other day's reminders, and whatever a stopped machine has missed.
    "remind-sweep": {"task": REMIND, "schedule": crontab(minute="*/10")},
    # Messages and mails that a lost broker or a killed worker left behind.
    "outbox-sweep": {"task": "notifications.tasks.sweep", "schedule": crontab(minute="*/10")},
    # What waited for a robot's next minute, for the opening hour, or for another try.
    "outbox-channels": {"task": "notifications.tasks.send_postponed", "schedule": crontab()},
    # Open ahead what falls due within 45 days; joiners, leavers and changed rules are taken up here.
    "open-obligations": {"task": "campaigns.tasks.open_obligations", "schedule": crontab(minute=10, hour=0)},
    # Notices whose sending out a killed worker left half done.
    "notices-sweep": {"task": "campaigns.tasks.send_out_notices", "schedule": crontab(minute="*/10")},
    # Contacts not heard of for 30 days are asked whether they still are.
    "silent-contacts": {"task": "campaigns.tasks.ask_silent_contacts", "schedule": crontab(minute=40, hour=8)},
    # Three work days before a day, the lead unit hears who is missing.
    "rehearsal": {"task": "campaigns.tasks.rehearse", "schedule": crontab(minute=20, hour=8)},
    # A chained digest over what the audit log has taken in.
    "seal-audit": {"task": "organizations.tasks.seal_audit", "schedule": crontab(minute=20)},
    # The month's tables: the day after the due days of 非煤矿山 (25th) and 工贸 (28th), and on the 1st.
    "export-day-26": {"task": EXPORT, "schedule": crontab(minute=30, hour=0, day_of_month=26)},
    "export-day-29": {"task": EXPORT, "schedule": crontab(minute=30, hour=0, day_of_month=29)},
    "export-day-1": {"task": EXPORT, "schedule": crontab(minute=30, hour=0, day_of_month=1)},
    # Campaigns with other due days, and days a stopped machine has missed.
    "export-daily": {"task": EXPORT, "schedule": crontab(minute=0, hour=5)},
    # Exports that a lost broker or a killed worker left behind; files kept long enough.
    "export-sweep": {"task": "reports.tasks.sweep_exports", "schedule": crontab(minute="*/5")},
}


def join_local_services(**_: object) -> None:
    from django.conf import settings

    from config import local

    local.join(*settings.LOCAL_SERVICES)


celeryd_init.connect(join_local_services)
beat_init.connect(join_local_services)
