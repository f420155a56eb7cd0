"""The call desk: what was said on the telephone, promises, and contacts that have fallen silent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns import messages
from campaigns.actions import submissions
from campaigns.models import Call, Campaign, Contact, Obligation, Submission
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations import audit
from organizations.models import Enterprise, Unit

SILENT_FOR = timedelta(days=30)
LONGEST_PROMISE = timedelta(days=31)
HEARD = (Call.Outcome.TOLD, Call.Outcome.PROMISED)
PEOPLE = ("leader", "leader_phone", "name", "phone", "deputy", "deputy_phone")
BATCH = 1000


@transaction.atomic
def log(
    respondent: Unit | Enterprise,
    *,
    owed: Sequence[Obligation],
    outcome: str,
    by: Actor,
    promised_at: datetime | None = None,
    spoke_with: str = "",
    note: str = "",
) -> Call:
    """Note a call about `owed`, which are the respondent's own. A promise mutes their reminders until that moment."""
    if not owed:
        raise MoveRefused("该单位已没有要催的事项，请刷新页面。")
    _check_promise(outcome, promised_at)
    key = _key(respondent)
    call = Call.objects.create(
        **{key: respondent},
        outcome=outcome,
        promised_at=promised_at,
        spoke_with=spoke_with.strip(),
        note=note.strip(),
        at=timezone.now(),
        by=by.label[:80],
        by_unit=by.unit,
    )
    call.obligations.set(owed)
    if outcome == Call.Outcome.PROMISED:
        Obligation.objects.unanswered().filter(pk__in=[one.pk for one in owed]).update(promised_at=promised_at)
    _note_contact(respondent, owed, outcome)
    audit.record(by, "call.log", respondent, outcome=outcome, owed=[one.pk for one in owed])
    return call


def _check_promise(outcome: str, promised_at: datetime | None) -> None:
    if outcome != Call.Outcome.PROMISED:
        if promised_at:
            raise MoveRefused("只有“承诺报送”才填承诺日期。")
        return
    now = timezone.now()
    if promised_at is None:
        raise MoveRefused("请填写承诺报送的日期。")
    if not now < promised_at <= now + LONGEST_PROMISE:
        raise MoveRefused(f"承诺日期须在今天至{LONGEST_PROMISE.days}天以内；更晚的请对方申请延期。")


def _note_contact(respondent: Unit | Enterprise, owed: Sequence[Obligation], outcome: str) -> None:
    rows = Contact.objects.filter(**{_key(respondent): respondent})
    rows = rows.filter(campaign__in={one.deliverable.campaign_id for one in owed})
    if outcome in HEARD:
        rows.update(heard_at=timezone.now(), wrong=False)
    elif outcome == Call.Outcome.WRONG_NUMBER:
        rows.update(wrong=True)


@transaction.atomic
def hand_in_contacts(obligation: Obligation, *, people: dict[str, str], by: Actor) -> Submission:
    """明确联络员和分管负责人: keep them for the call desk and hand the duty in with the names as its text."""
    save_contacts(obligation.respondent, obligation.deliverable.campaign, people=people, by=by)
    return submissions.hand_in(obligation, by=by, text=in_words(people))


@transaction.atomic
def save_contacts(holder: Unit | Enterprise, campaign: Campaign, *, people: dict[str, str], by: Actor) -> Contact:
    """Name or change the contacts of a campaign; allowed after the hand-in too, since people change."""
    now = timezone.now()
    key: dict[str, Any] = {_key(holder): holder}
    values: dict[str, Any] = {name: people.get(name, "").strip() for name in PEOPLE}
    contact, _ = Contact.objects.update_or_create(
        campaign=campaign,
        **key,
        defaults=values | {"confirmed_at": now, "heard_at": now, "wrong": False},
    )
    audit.record(by, "contact.save", holder, campaign=campaign.code)
    return contact


def in_words(people: dict[str, str]) -> str:
    """分管负责人：王某 0631-…； one line each, unnamed ones left out."""
    lines = [("分管负责人", "leader"), ("联络员", "name"), ("副联络员", "deputy")]
    phones = {"leader": "leader_phone", "name": "phone", "deputy": "deputy_phone"}
    named = [(label, key) for label, key in lines if people.get(key, "").strip()]
    return "\n".join(f"{label}：{people[key]} {people.get(phones[key], '')}".strip() for label, key in named)


@transaction.atomic
def confirm_contact(contact: Contact, *, by: Actor) -> Contact:
    """Nothing has changed: the people are still the same."""
    now = timezone.now()
    contact.confirmed_at = contact.heard_at = now
    contact.wrong = False
    contact.save(update_fields=["confirmed_at", "heard_at", "wrong"])
    audit.record(by, "contact.confirm", contact.holder)
    return contact


def ask_silent(at: datetime, *, by: Actor) -> int:
    """Contacts of running campaigns not heard of for 30 days are asked to confirm, once in 30 days; their number."""
    since = at - SILENT_FOR
    silent = Contact.objects.silent_since(since).exclude(asked_at__gte=since)
    silent = silent.filter(campaign__state="running", campaign__ends_on__gte=timezone.localdate(at))
    asked, last = 0, 0
    related = silent.select_related("unit", "enterprise", "campaign").order_by("pk")
    while batch := list(related.filter(pk__gt=last)[:BATCH]):
        with transaction.atomic():
            messages.confirm_contacts(batch, at, by=by)
            Contact.objects.filter(pk__in=[one.pk for one in batch]).update(asked_at=at)
        asked, last = asked + len(batch), batch[-1].pk
    return asked


def _key(holder: Unit | Enterprise) -> str:
    return "unit" if isinstance(holder, Unit) else "enterprise"
