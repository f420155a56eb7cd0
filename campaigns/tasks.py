"""Thin and repeatable; the timetable is in config/celery.py."""

from celery import shared_task
from django.utils import timezone

from lib.actor import Actor


@shared_task
def remind() -> None:
    """Decide and queue what is to be reminded now; running late or twice changes nothing."""
    from campaigns.actions import reminders

    reminders.remind(timezone.now(), by=Actor.system("催报"))


@shared_task
def send_out_notices() -> None:
    """Open the signatures of notices just issued and tell everybody; what a killed worker left is taken up again."""
    from campaigns.actions import notices

    notices.send_out(by=Actor.system("下发通知"))


@shared_task
def ask_silent_contacts() -> None:
    """Contacts not heard of for 30 days are asked to confirm."""
    from campaigns.actions import calls

    calls.ask_silent(timezone.now(), by=Actor.system("联络员确认"))


@shared_task
def rehearse() -> None:
    """Three work days before a day, tell the lead unit who is missing; ask districts that have not published.

    Once for each campaign and day.
    """
    from campaigns import messages
    from campaigns.actions import rounds

    by = Actor.system("到期预演")
    messages.rehearse(timezone.localdate(), by=by)
    rounds.ask_districts(timezone.localdate(), by=by)


@shared_task
def open_obligations() -> None:
    """Open what is owed as of today and reconcile."""
    from campaigns.actions import opening

    opening.open_obligations(timezone.localdate(), by=Actor.system("生成应报任务"))


@shared_task
def follow_roster() -> None:
    """Reconcile what each person of a roster owes by name."""
    from campaigns.actions import opening

    opening.follow_roster(timezone.localdate(), by=Actor.system("核对责任人名册"))
