"""Thin and repeatable: what must happen once is claimed in the database."""

from celery import shared_task
from django.utils import timezone


@shared_task
def deliver(keys: list[str]) -> None:
    """Bring these messages to the inbox and put what leaves the portal in line."""
    from notifications.actions import deliveries

    deliveries.deliver(keys, at=timezone.now())


@shared_task
def send_mails(ids: list[int]) -> None:
    """Send those of these deliveries that still wait by their channels, each claimed on its own."""
    from notifications.actions import sending

    for delivery_id in sending.still_waiting(ids):
        sending.send(delivery_id, at=timezone.now())


@shared_task
def send_postponed() -> None:
    """What has waited for the opening hour, for a robot's limit, or for another try."""
    from notifications.actions import sending

    sending.send_postponed(at=timezone.now())


@shared_task
def sweep() -> None:
    """Take up what a lost broker or a killed worker left behind."""
    from notifications.actions import deliveries, sending

    now = timezone.now()
    deliveries.deliver_waiting(at=now)
    sending.give_up_lost(at=now)
    sending.send_waiting(at=now)
