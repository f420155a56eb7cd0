"""What the people of a respondent tell each other about its checklist."""

from collections.abc import Sequence

from django.urls import reverse

from checklists.models import SelfInspection
from lib.actor import Actor
from notifications.actions import Draft, notify_all
from notifications.models import Message
from organizations.models import User


def filled_in(inspection: SelfInspection, people: Sequence[User], *, by: Actor) -> None:
    """To those who may hand it in: all items are answered, it waits for them. Once for each version."""
    owed = inspection.obligation
    versions = owed.submissions.count()
    drafts = [
        Draft(
            person,
            key=f"checklist:{inspection.pk}:filled:{versions}:{person.pk}",
            kind=Message.Kind.TASK,
            title=f"“{owed.title}”已填完，请检查并提交（{by.label}填写）",
            url=reverse("checklists:check", args=[inspection.pk]),
        )
        for person in people
    ]
    notify_all(drafts, by=by)
