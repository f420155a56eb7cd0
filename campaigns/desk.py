"""The call desk: whom to ring today, what about, at which number, and what was said last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils import timezone

from campaigns.models import Call, Contact, Obligation
from lib import pages
from lib.actor import Actor
from lib.pages import Page
from organizations.models import Enterprise, Unit

TODAY, PROMISED, SOON = "today", "promised", "soon"
TABS = {TODAY: "今天要催", PROMISED: "已承诺", SOON: "三天内到期"}
KINDS = {"unit": Unit, "enterprise": Enterprise}
SIZE = 20


@dataclass
class Number:
    """A person to ring. `dial` is what a telephone takes, with digits and + only."""

    label: str
    name: str
    phone: str
    wrong: bool = False

    @property
    def dial(self) -> str:
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


@dataclass
class Card:
    """One respondent: what it owes, whom to ring, what was said last; the contact named for what it owes, if any."""

    respondent: Unit | Enterprise
    owed: list[Obligation] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    last: Call | None = None
    contact: Contact | None = None

    @property
    def kind(self) -> str:
        return self.respondent._meta.model_name or ""

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.respondent.pk}"

    @property
    def broken(self) -> list[Obligation]:
        """What was promised and has not come."""
        now = timezone.now()
        return [one for one in self.owed if one.promised_at and one.promised_at < now]


def waiting(actor: Actor, at: datetime, tab: str = TODAY) -> QuerySet[Obligation]:
    """What the actor's house receives and nobody has handed in: due by the end of today, promised, or due soon."""
    rows = Obligation.objects.received_by(actor)
    end = datetime.combine(timezone.localdate(at), time.max, timezone.get_current_timezone())
    if tab == PROMISED:
        return rows.muted_at(at)
    if tab == SOON:
        return rows.chased_at(at).filter(due_at__gt=end, due_at__lte=end + timedelta(days=3))
    return rows.chased_at(at).filter(due_at__lte=end, late_to_open=False)


def pursued(actor: Actor, at: datetime, kind: str, pk: int) -> QuerySet[Obligation]:
    """What one respondent owes the actor's house, in any of the tabs or later."""
    rows = Obligation.objects.received_by(actor).pursued_at(at)
    return rows.filter(**{kind: pk}) if kind in KINDS else rows.none()


def counts(actor: Actor, at: datetime) -> dict[str, dict[str, int]]:
    """Respondents in each tab by kind."""
    distinct = {kind: Count(kind, distinct=True) for kind in KINDS}
    return {tab: waiting(actor, at, tab).order_by().aggregate(**distinct) for tab in TABS}


def cards(owing: QuerySet[Obligation], kind: str, query: QueryDict, area: Any = None) -> Page:
    """A page of respondents by area; four queries, however many they owe."""
    owed_by = owing.filter(**{kind: OuterRef("pk")})
    found = KINDS[kind]._default_manager.filter(Exists(owed_by)).select_related("area")
    if area:
        found = found.filter(area__path__startswith=area.path)
    page = pages.by_key(found, query, order=("area_id", "id"), size=SIZE)
    return Page(filled(page.rows, owing, kind), page.next_query, page.first_query)


def filled(respondents: Sequence[Any], owing: QuerySet[Obligation], kind: str) -> list[Card]:
    keys = [one.pk for one in respondents]
    owed: dict[int, list[Obligation]] = defaultdict(list)
    for row in owing.filter(**{f"{kind}__in": keys}).for_list().order_by("due_at", "pk"):
        owed[getattr(row, f"{kind}_id")].append(row)
    contacts = _contacts(kind, keys)
    last = {getattr(call, f"{kind}_id"): call for call in _last_calls(kind, keys)}
    return [_card(one, owed[one.pk], contacts[one.pk], last.get(one.pk)) for one in respondents]


def _card(one: Unit | Enterprise, owed: list[Obligation], contacts: list[Contact], last: Call | None) -> Card:
    campaigns = {row.deliverable.campaign_id for row in owed}
    named = [contact for contact in contacts if contact.campaign_id in campaigns]
    return Card(one, owed, _numbers(one, named or contacts[:1]), last, named[0] if named else None)


def _contacts(kind: str, keys: list[int]) -> Mapping[int, list[Contact]]:
    found: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(**{f"{kind}__in": keys}).order_by("-confirmed_at"):
        found[getattr(contact, f"{kind}_id")].append(contact)
    return found


def _last_calls(kind: str, keys: list[int]) -> QuerySet[Call]:
    return Call.objects.filter(**{f"{kind}__in": keys}).order_by(f"{kind}_id", "-at", "-pk").distinct(f"{kind}_id")


def _numbers(one: Unit | Enterprise, contacts: list[Contact]) -> list[Number]:
    """Those named for the campaigns in question or else another, then what is known in general; nobody twice."""
    found = [number for contact in contacts for number in _of_contact(contact)] + _in_general(one)
    known: dict[str, Number] = {}
    for number in found:
        if number.dial:
            known.setdefault(number.dial, number)
    return list(known.values())


def _of_contact(contact: Contact) -> list[Number]:
    return [
        Number("联络员", contact.name, contact.phone, contact.wrong),
        Number("副联络员", contact.deputy, contact.deputy_phone),
        Number("分管负责人", contact.leader, contact.leader_phone),
    ]


def _in_general(one: Unit | Enterprise) -> list[Number]:
    if isinstance(one, Unit):
        return [Number("联系人", one.contact, one.phone)]
    return [Number("安全总监", one.director, one.director_mobile), Number("主要负责人", one.head, one.head_mobile)]
