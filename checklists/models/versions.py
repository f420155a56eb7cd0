"""第 n 稿 of a self-inspection: what stood when it left the house, whatever is being written since."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from campaigns.models import Submission
from campaigns.models.standing import IN_HOUSE
from checklists.models.answers import Answer
from checklists.models.inspections import SelfInspection


class HandedIn(models.Model):
    """Up to which event of its answers a version reaches; taken while the hand-in keeps savers out.

    A number, not a clock: what began to be saved before a moment may be written after it.
    """

    submission = models.OneToOneField(Submission, models.CASCADE, primary_key=True, related_name="handed_answers")
    last_event = models.BigIntegerField("答案版本")

    class Meta:
        verbose_name = verbose_name_plural = "自查报送版本"

    def __str__(self):
        return f"{self.submission}（{self.last_event}）"


@dataclass(frozen=True, slots=True)
class Reading:
    """Which version somebody reads, and the one handed in before it.

    `upto` is None where what stands now is that version; else the event it reaches to.
    """

    submission: Submission | None
    before: Submission | None
    upto: int | None

    @property
    def sent_back(self) -> Submission | None:
        """For the respondent: the version that was sent back and is being mended, or is about to be."""
        newest = self.submission
        return self.before if newest and newest.state in IN_HOUSE else newest

    @property
    def base(self) -> int | None:
        """The event up to which the version before reaches; None where there is none to compare with."""
        return last_event(self.before)


def reading(inspection: SelfInspection, *, inside: bool) -> Reading:
    """The newest version for the respondent's own people; for all others the newest that was handed in."""
    rows = inspection.obligation.submissions.select_related("handed_answers").order_by("-number")
    every = list(rows)
    handed_in = [one for one in every if one.state not in IN_HOUSE]
    shown = next(iter(every if inside else handed_in), None)
    before = next((one for one in handed_in if shown and one.number < shown.number), None)
    is_current = shown is None or shown is every[0]
    return Reading(shown, before, None if is_current else last_event(shown))


def last_event(submission: Submission | None) -> int | None:
    """None also for what was handed in before these numbers were kept."""
    kept = getattr(submission, "handed_answers", None)
    return kept.last_event if kept else None


def newest_event(inspection: SelfInspection) -> Coalesce:
    """To be written within the statement that keeps it."""
    events = Answer.pgh_event_model.objects.filter(inspection=inspection.pk).order_by("-pgh_id")
    return Coalesce(Subquery(events.values("pgh_id")[:1]), 0, output_field=models.BigIntegerField())


def answers_at(inspection: SelfInspection, last: int) -> dict[tuple[int, int | None], Any]:
    """What stood at that event, by item and clause; one statement. Not rows to save: they are of the past."""
    events = Answer.pgh_event_model.objects.filter(inspection=inspection.pk, pgh_id__lte=last)
    newest = events.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return {(row.item_id, row.clause_id): row for row in newest}
