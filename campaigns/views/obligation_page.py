"""What the page of an obligation shows, put together."""

import difflib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from campaigns import wording
from campaigns.actions import house, persons, submissions
from campaigns.forms import (
    AnswerForm,
    DecisionForm,
    DueForm,
    HandInForm,
    HouseForm,
    ReasonForm,
    RegisterForm,
    WaiveForm,
)
from campaigns.models import Extension, Objection, Obligation, StandingNil, Submission
from campaigns.models.standing import IN_HOUSE, PASSING, WITH_RECIPIENT
from campaigns.permissions import may_audit, may_fill, may_hand_in, may_register, may_review, may_waive
from campaigns.templates import sections_of
from documents.models import StoredFile
from lib import workdays
from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import WorkDay
from organizations.permissions import Permission as P
from organizations.permissions import allowed

MOST_LINES = 400
MOVED = {
    Submission.State.REVIEWING: ("info", "送审"),
    Submission.State.SIGNING: ("info", "送签"),
    Submission.State.DRAFT: ("soon", "本单位退回"),
    Submission.State.AUDITED: ("info", "科室审核通过"),
    Submission.State.SUBMITTED: ("info", "报送"),
    Submission.State.ACCEPTED: ("done", "接收"),
    Submission.State.RETURNED: ("soon", "退回"),
    Submission.State.VOID: ("late", "视为未报"),
}


@dataclass
class Version:
    """A version handed in, with its files."""

    submission: Submission
    files: list[StoredFile]
    changes: list[tuple[str, str]]


def overview(owed: Obligation, actor: Actor) -> dict[str, Any]:
    """The template's context; forms are given only to those who may use them now."""
    every = list(owed.submissions.visible_to(actor).prefetch_related("moves").order_by("-number"))
    handed_in = [one for one in every if one.state not in IN_HOUSE]
    draft = next((one for one in every if one.state == Submission.State.DRAFT), None)
    files = files_of(every)
    return {
        "owed": owed,
        "recipients": owed.recipients.all(),
        "form_words": wording.form_of(owed.deliverable),
        "versions": versions(handed_in, files),
        "by_template": bool(sections_of(owed.deliverable.form)),
        "entries": entries(handed_in),
        "draft_files": files.get(draft.pk, []) if draft else [],
        "mark": draft.mark if draft else Submission().mark,
        "standing_nil": StandingNil.objects.for_obligation(owed).first() if owed.deliverable.nil_allowed else None,
        "in_house_files": next((files.get(one.pk, []) for one in every if one.state in PASSING), []),
        "siblings": siblings(owed, actor),
        **chasing(owed, actor),
    } | choices(owed, actor, every, draft)


def chasing(owed: Obligation, actor: Actor) -> dict[str, Any]:
    """What was said and sent about it so far."""
    last = owed.reminders.aggregate(last=Max("decided_at"))["last"]
    return {"calls": owed.calls.visible_to(actor), "reminded": last}


def choices(owed: Obligation, actor: Actor, every: list[Submission], draft: Submission | None) -> dict[str, Any]:
    """What may be done now: each form, or None."""
    current = next((one for one in every if one.state in (*WITH_RECIPIENT, "accepted")), None)
    busy = current or any(one.state in PASSING for one in every)
    hands_in, fills = may_hand_in(actor, owed), may_fill(actor, owed)
    own_page = page_of(owed)
    return {
        **in_house(owed, actor, every),
        **counting(owed, actor),
        "without_roster": without_roster(owed),
        "refusal": getattr(hands_in, "reason", ""),
        "own_page": own_page if fills and not busy else "",
        "content_page": own_page,
        "handed_in_page": own_page if owed.deliverable.form_kind in wording.READ_THERE else "",
        "theirs": "",
        "hand_in_form": hand_in_form(owed, every, draft) if hands_in and not busy and not own_page else None,
        **reviewing(owed, actor, current),
        **asked(owed, bool(hands_in), bool(may_review(actor, owed))),
    }


def without_roster(owed: Obligation) -> bool:
    """Asked of the unit as a whole only because its roster names nobody for the day."""
    duty = owed.deliverable
    if not duty.each_of or owed.person or owed.handed_in_at or owed.state != Obligation.State.OPEN:
        return False
    return not persons.in_roster(duty, owed.unit).current_on(owed.nominal_on).exists()


def counting(owed: Obligation, actor: Actor) -> dict[str, Any]:
    """Of what records fulfil: where they are brought in, which ways of checking do not count, whom it still wants."""
    wanting = (
        owed.is_counted and owed.unit_id and (owed.counted_total is None or owed.counted_done < owed.counted_total)
    )
    return {
        "records_page": records_page(owed, actor),
        "uncounted": "、".join(settings.UNCOUNTED_VISIT_MODES),
        "unreached_page": reverse(wording.UNREACHED_PAGE, args=[owed.pk]) if wanting else "",
    }


def reviewing(owed: Obligation, actor: Actor, current: Submission | None) -> dict[str, Any]:
    """What the receiving office may do."""
    waiting = current if current and current.state in WITH_RECIPIENT else None
    reviews = may_review(actor, owed)
    review_page = page_of(owed) if owed.deliverable.form_kind in wording.REVIEWED_THERE else ""
    is_open = owed.state == Obligation.State.OPEN
    return {
        "waiting": waiting,
        "decision_form": decision_form(owed, actor, waiting) if reviews and waiting and not review_page else None,
        "audit_due": audit_due(waiting, owed),
        "review_page": review_page if reviews and waiting else "",
        "register_form": RegisterForm() if not current and may_register(actor, owed) else None,
        "due_form": DueForm() if reviews and is_open else None,
        "waive_form": waive_form(owed) if is_open and not waiting and may_waive(actor, owed) else None,
    }


def waive_form(owed: Obligation) -> WaiveForm:
    return WaiveForm(late=owed.is_late() and not owed.late_to_open and not owed.handed_in_at)


def in_house(owed: Obligation, actor: Actor, every: list[Submission]) -> dict[str, Any]:
    """The draft that is being checked or signed within the house, whose turn it is, and the form if it is mine."""
    draft = next((one for one in every if one.state in PASSING), None)
    turn = house.turn_of(draft, house.steps_of(owed)) if draft else None
    mine = draft is not None and (turn is None or turn.is_for(actor.user))
    return {"in_house": draft, "turn": turn, "house_form": HouseForm() if mine else None}


def decision_form(owed: Obligation, actor: Actor, waiting: Submission) -> DecisionForm:
    """Forward is acceptance, or the office's check where that comes first."""
    if waiting.state == Submission.State.AUDITED or not submissions.waits_for_office(owed):
        return DecisionForm()
    return DecisionForm(forward=[DecisionForm.AUDIT] if may_audit(actor, owed) else [])


def audit_due(waiting: Submission | None, owed: Obligation) -> date | None:
    """By when the office is to have checked it: so many work days after the hand-in."""
    days = owed.deliverable.audit_days
    if waiting is None or days is None or waiting.submitted_at is None:
        return None
    overrides = dict(WorkDay.objects.values_list("day", "is_workday"))
    return workdays.add_workdays(timezone.localdate(waiting.submitted_at), days, overrides)


def asked(owed: Obligation, hands_in: bool, reviews: bool) -> dict[str, Any]:
    """Requests for more time and the objection to a late mark, with the forms that may be used now."""
    extensions = list(owed.extensions.all())
    open_ask = next((one for one in extensions if one.state == Extension.State.ASKED), None)
    objection = Objection.objects.filter(obligation=owed).first()
    may_ask = hands_in and owed.state == Obligation.State.OPEN and not owed.handed_in_at and owed.due_at
    late = hands_in and owed.handed_in_at and owed.is_late() and not owed.late_to_open
    waits = open_ask or (objection and objection.state == Objection.State.FILED)
    return {
        "extensions": extensions,
        "open_ask": open_ask,
        "objection": objection,
        "extension_form": DueForm() if may_ask and not open_ask else None,
        "objection_form": ReasonForm() if late and not objection else None,
        "answer_form": AnswerForm() if reviews and waits else None,
    }


def hand_in_form(owed: Obligation, every: list[Submission], draft: Submission | None) -> HandInForm:
    """Begins with the draft, or with what was returned."""
    last = draft or next(iter(every), None)
    return HandInForm(obligation=owed, initial={"text": last.text, **last.content} if last else {})


def versions(handed_in: list[Submission], files: dict[int, list[StoredFile]]) -> list[Version]:
    """Newest first, each with what changed against the one before it."""
    older = [*handed_in[1:], None]
    pairs = zip(handed_in, older, strict=False)
    return [Version(one, files.get(one.pk, []), changes(before, one) if before else []) for one, before in pairs]


def changes(before: Submission, after: Submission) -> list[tuple[str, str]]:
    """Lines taken away (del) and added (ins), in the order of the text; unchanged ones are left out."""
    found = difflib.ndiff(before.text.splitlines()[:MOST_LINES], after.text.splitlines()[:MOST_LINES])
    kinds = {"- ": "del", "+ ": "ins"}
    return [(kinds[line[:2]], line[2:]) for line in found if line[:2] in kinds]


def page_of(owed: Obligation) -> str:
    """Where the app that owns the form has it filled in and reviewed; empty for text and files."""
    kind = owed.deliverable.form_kind
    name = "" if owed.enterprise_id and kind in wording.OF_UNITS else wording.OWN_PAGES.get(kind)
    try:
        return reverse(name, args=[owed.pk]) if name else ""
    except NoReverseMatch:
        return ""


def records_page(owed: Obligation, actor: Actor) -> str:
    """Where the house that owes it brings in the records that are counted."""
    own = actor.unit and owed.unit_id in jurisdiction.reach(actor).units
    name, permission = wording.RECORD_PAGES.get(owed.deliverable.counts, ("", P.IMPORT))
    return reverse(name) if own and name and owed.state == Obligation.State.OPEN and allowed(actor, permission) else ""


def files_of(every: list[Submission]) -> dict[int, list[StoredFile]]:
    """The files of all versions in one query."""
    kind = ContentType.objects.get_for_model(Submission)
    found: dict[int, list[StoredFile]] = {}
    rows = StoredFile.objects.filter(owner_type=kind, owner_id__in=[one.pk for one in every])
    for file in rows.order_by("id"):
        found.setdefault(file.owner_id, []).append(file)
    return found


def entries(handed_in: list[Submission]) -> list[dict[str, Any]]:
    """The trail of all versions, newest first."""
    moves = [(one, move) for one in handed_in for move in one.moves.all() if move.to_state in MOVED]
    moves.sort(key=lambda pair: pair[1].pk, reverse=True)
    return [
        {
            "title": f"{MOVED[move.to_state][1]}第{one.number}稿" + ("（零报告）" if one.nil else ""),
            "tone": MOVED[move.to_state][0],
            "at": move.at,
            "who": move.by,
            "comment": move.comment,
        }
        for one, move in moves
    ]


def siblings(owed: Obligation, actor: Actor) -> list[Obligation]:
    """The other parts of the packet."""
    return [part for part in packet(owed, actor) if part.pk != owed.pk] if owed.deliverable.group else []


def packet(owed: Obligation, actor: Actor) -> list[Obligation]:
    """一并报送: what the same respondent hands in together, this one included."""
    duty = owed.deliverable
    together = (
        Obligation.objects.visible_to(actor)
        .for_list()
        .filter(
            deliverable__campaign=duty.campaign_id,
            deliverable__group=duty.group,
            unit=owed.unit_id,
            enterprise=owed.enterprise_id,
            period=owed.period,
        )
    )
    return list(together.order_by("deliverable__position"))
