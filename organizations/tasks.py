"""Thin and repeatable; the timetable is in config/celery.py."""

from celery import shared_task


@shared_task
def seal_audit() -> None:
    """Seal what the audit log has taken in since the last seal; two at once wait for each other."""
    from organizations.actions import seals

    seals.seal()
