"""Thin and repeatable: each finds its batch moved on if it has run before."""

from celery import shared_task

from documents.models import ImportBatch
from lib.actor import Actor
from organizations.models import Membership


def acting(membership_id: int) -> Actor:
    """Whoever asked, in the post he asked from; Membership.DoesNotExist if he has left it meanwhile."""
    post = Membership.objects.active().with_holder().get(pk=membership_id)
    return Actor(user=post.user, membership=post)


@shared_task
def preview_import(batch_id: int, membership_id: int) -> None:
    """Check a large workbook."""
    from inspections.actions import imports

    imports.preview(ImportBatch.objects.get(pk=batch_id), by=acting(membership_id))


@shared_task
def write_import(batch_id: int, membership_id: int, *, accept_doubts: bool, again: bool) -> None:
    """Write a large workbook that was previewed and confirmed."""
    from inspections.actions import imports

    batch = ImportBatch.objects.get(pk=batch_id)
    try:
        imports.write(batch, by=acting(membership_id), accept_doubts=accept_doubts, again=again)
    except Exception:
        # Whatever it was, it is told in the worker's log; the batch must not wait for ever.
        imports.put_back(batch, by=Actor.system("write_import"))
        raise
