"""How an obligation stands at a moment: a question about dates, never stored."""

from django.db import models
from django.db.models import Case, F, Q, Value, When

NOT_ASKED = ("waived", "superseded", "ended")
# States of a submission (Submission.State).
# Written, checked (审核) and signed off (签发) within the respondent's own house: nothing has been handed in yet.
IN_HOUSE = ("draft", "reviewing", "signing")
PASSING = ("reviewing", "signing")
# Handed in and not decided; 科室已审 waits for the lead unit.
WITH_RECIPIENT = ("submitted", "audited")
# At most one of an obligation's versions is in one of these.
CURRENT = (*IN_HOUSE, *WITH_RECIPIENT, "accepted")


class Standing(models.TextChoices):
    """How an obligation stands at a moment. Expected are all but the last three."""

    PENDING = "pending", "未到期"
    ON_TIME = "on_time", "按时"
    LATE = "late", "迟报"
    MISSING = "missing", "缺报"
    UNCONFIRMED = "unconfirmed", "待确认期限"
    OPTIONAL = "optional", "可不报"
    WAIVED = "waived", "免报"
    ENDED = "ended", "不再应报"

    @property
    def tone(self):
        tones = {"pending": "open", "on_time": "done", "late": "soon", "missing": "late", "unconfirmed": "info"}
        return tones.get(self.value, "closed")


def standing_at(moment):
    """Due before it was opened is neither late nor missing until the day is confirmed; what is optional never is.

    Nor is a late hand-in whose respondent objected with success (异议成立).
    """
    handed_in = Q(handed_in_at__isnull=False)
    return Case(
        When(state="waived", then=Value(Standing.WAIVED)),
        When(state__in=NOT_ASKED, then=Value(Standing.ENDED)),
        When(
            handed_in & (Q(late_to_open=True) | Q(late_excused=True) | Q(due_at__isnull=True)),
            then=Value(Standing.ON_TIME),
        ),
        When(handed_in & Q(handed_in_at__gt=F("due_at")), then=Value(Standing.LATE)),
        When(handed_in, then=Value(Standing.ON_TIME)),
        When(deliverable__optional=True, then=Value(Standing.OPTIONAL)),
        When(state="missing", then=Value(Standing.MISSING)),
        When(late_to_open=True, then=Value(Standing.UNCONFIRMED)),
        When(due_at__lt=moment, then=Value(Standing.MISSING)),
        default=Value(Standing.PENDING),
        output_field=models.CharField(),
    )
