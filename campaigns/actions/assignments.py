"""Reporting on a numbered task of a notice, and judging how it stands. Both only add a row."""

from __future__ import annotations

from django.db import transaction

from campaigns.models import Assignment, AssignmentProgress
from lib.actor import Actor
from organizations import audit
from organizations.models import Unit

DONE = AssignmentProgress.Light.DONE


@transaction.atomic
def report(
    assignment: Assignment, *, unit: Unit, text: str, percent: int | None, light: str, by: Actor
) -> AssignmentProgress:
    """What a lead or cooperating unit says of its part; what is done is done to 100 %."""
    share = 100 if light == DONE else percent
    said = {"text": text, "percent": share, "light": light, "reported_by": by.label[:120]}
    made = AssignmentProgress.objects.create(assignment=assignment, unit=unit, **said)
    audit.record(by, "assignment.report", made, light=light, percent=share)
    return made


@transaction.atomic
def judge(assignment: Assignment, *, light: str, reason: str, by: Actor) -> AssignmentProgress:
    """认定 by the campaign's lead unit: above what the units report until it is changed; no light takes it back."""
    said = {"text": reason, "light": light, "reported_by": by.label[:120], "is_judgement": True}
    made = AssignmentProgress.objects.create(assignment=assignment, unit=assignment.campaign.lead_unit, **said)
    audit.record(by, "assignment.judge", made, light=light)
    return made
