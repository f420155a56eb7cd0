"""What the page of an obligation shows, put together."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max
from django.urls import NoReverseMatch, reverse

from campaigns import wording
from campaigns.forms import AnswerForm, DecisionForm, DueForm, HandInForm, ReasonForm, RegisterForm, WaiveForm
from campaigns.models import Extension, Objection, Obligation, Submission
from campaigns.models.standing import IN_HOUSE, WITH_RECIPIENT
from campaigns.permissions import may_hand_in, may_register, may_review
from documents.models import StoredFile
from lib.actor import Actor
from organizations import jurisdiction
from organizations.permissions import Permission as P
from organizations.permissions import allowed

MOVED = {
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
        "versions": [Version(one, files.get(one.pk, [])) for one in handed_in],
        "entries": entries(handed_in),
        "draft_files": files.get(draft.pk, []) if draft else [],
        "calls": owed.calls.visible_to(actor),
        "reminded": owed.reminders.aggregate(last=Max("decided_at"))["last"],
        "siblings": siblings(owed, actor),
        **choices(owed, actor, every, draft),
    }


def choices(owed: Obligation, actor: Actor, every: list[Submission], draft: Submission | None) -> dict[str, Any]:
    """What may be done now: each form, or None."""
    current = next((one for one in every if one.state in (*WITH_RECIPIENT, "accepted")), None)
    waiting = current if current and current.state in WITH_RECIPIENT else None
    reviews = may_review(actor, owed)
    hands_in = may_hand_in(actor, owed)
    own_page = page_of(owed)
    review_page = own_page if owed.deliverable.form_kind in wording.REVIEWED_THERE else ""
    return {
        "waiting": waiting,
        "refusal": getattr(hands_in, "reason", ""),
        "records_page": records_page(owed, actor),
        "own_page": own_page if hands_in and not current else "",
        "hand_in_form": hand_in_form(owed, every, draft) if hands_in and not current and not own_page else None,
        "decision_form": DecisionForm() if reviews and waiting and not review_page else None,
        "review_page": review_page if reviews and waiting else "",
        "register_form": RegisterForm() if not current and may_register(actor, owed) else None,
        "due_form": DueForm() if reviews and owed.state == Obligation.State.OPEN else None,
        "waive_form": WaiveForm() if reviews and owed.state == Obligation.State.OPEN and not waiting else None,
        **asked(owed, bool(hands_in), bool(reviews)),
    }


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
    return HandInForm(obligation=owed, initial={"text": last.text if last else ""})


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
    name = wording.RECORD_PAGES.get(owed.deliverable.counts, "")
    return reverse(name) if own and name and owed.state == Obligation.State.OPEN and allowed(actor, P.IMPORT) else ""


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
    """一并报送: what the same respondent hands in together with this."""
    duty = owed.deliverable
    if not duty.group:
        return []
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
    return list(together.exclude(pk=owed.pk).order_by("deliverable__position"))
