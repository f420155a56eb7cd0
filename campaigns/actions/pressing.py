"""督办函 and 约谈通知: drafted for a clerk of the lead unit from a slow respondent's row; out once released."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from campaigns import letters as words
from campaigns.models import Campaign, Letter, Obligation
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations import audit
from organizations.models import Enterprise, Unit

KINDS = (Letter.Kind.SUPERVISION, Letter.Kind.TALK)


@transaction.atomic
def press(campaign: Campaign, *, to: Unit | Enterprise, kind: str, by: Actor) -> Letter:
    """The draft of this kind to this unit or firm, one a day: asked again, that one, with what has become late since.

    MoveRefused when nothing is missing or late, or when today's has gone out or been withdrawn already.
    """
    now = timezone.now()
    who = "unit" if isinstance(to, Unit) else "enterprise"
    slow = Obligation.objects.filter(deliverable__campaign=campaign, **{who: to}).slow_at(now)
    if not slow:
        raise MoveRefused(f"{to}在本专项行动中没有缺报或迟报的事项，不需要发函。")
    key = f"{kind}:{campaign.pk}:{who}:{to.pk}:{timezone.localdate(now)}"
    letter, is_new = Letter.objects.get_or_create(key=key, defaults={who: to} | _draft(campaign, kind))
    if not letter.is_draft:
        raise MoveRefused(f"今天给{to}的{letter.get_kind_display()}{letter.get_state_display()}，请在“函件”中查看。")
    letter.obligations.set(slow)
    if is_new:
        audit.record(by, "letter.prepare", letter, kind=kind)
    return letter


def _draft(campaign: Campaign, kind: str) -> dict[str, object]:
    chosen = Letter.Kind(kind)
    return {
        "kind": chosen,
        "campaign": campaign,
        "from_unit": campaign.lead_unit,
        "title": words.TITLES[chosen],
        "body": words.body(campaign, chosen),
        "prepared_at": timezone.now(),
    }
