"""Thin and repeatable: what must happen once is claimed in the database."""

from celery import shared_task
from django.utils import timezone


@shared_task
def deliver(keys: list[str]) -> None:
    """Bring these messages to the inbox and put their mails in line."""
    from notifications.actions import deliveries

    deliveries.deliver(keys, at=timezone.now())


@shared_task
def send_mails(ids: list[int]) -> None:
    """Send those of these mails that still wait, each claimed on its own."""
    from notifications.actions import mails

    for delivery_id in mails.still_waiting(ids):
        mails.send(delivery_id, at=timezone.now())


@shared_task
def sweep() -> None:
    """Take up what a lost broker or a killed worker left behind."""
    from notifications.actions import deliveries, mails

    now = timezone.now()
    deliveries.deliver_waiting(at=now)
    mails.give_up_lost(at=now)
    mails.send_waiting(at=now)
