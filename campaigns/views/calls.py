"""The call desk, and the contacts it rings."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import desk
from campaigns.actions import calls
from campaigns.forms import CallForm, ContactForm, DeskSearch
from campaigns.models import Contact, Obligation
from campaigns.permissions import may_hand_in, may_name_contacts
from lib.pages import Page
from lib.transitions import MoveRefused
from organizations import jurisdiction
from organizations.models import Area
from organizations.permissions import Permission, require, requires


@require_GET
@requires(Permission.CHASE)
def call_desk(request: HttpRequest) -> HttpResponse:
    """Today's list by area, what was promised, and what falls due within three days."""
    now = timezone.now()
    counts = desk.counts(request.actor, now)
    areas = Area.objects.exclude(level=Area.Level.TOWN).filter(pk__in=jurisdiction.reach(request.actor).areas)
    search = DeskSearch(request.GET, areas=areas)
    chosen = search.cleaned_data if search.is_valid() else {}
    tab = chosen.get("tab") or desk.TODAY
    kind = chosen.get("kind") or ("enterprise" if counts[tab]["enterprise"] and not counts[tab]["unit"] else "unit")
    page = desk.cards(desk.waiting(request.actor, now, tab), kind, request.GET, chosen.get("area"))
    context = {
        "tabs": [(key, label, sum(counts[key].values())) for key, label in desk.TABS.items()],
        "kinds": [("unit", "单位", counts[tab]["unit"]), ("enterprise", "企业", counts[tab]["enterprise"])],
        "tab": tab,
        "kind": kind,
        "search": search,
        "page": Page([_with_form(card) for card in page], page.next_query, page.first_query),
    }
    return render(request, "campaigns/call_desk.html", context)


@require_POST
@requires(Permission.CHASE)
def log_call(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Note what was said about everything the respondent has to be chased for; the card comes back as it stands."""
    now = timezone.now()
    owing = desk.waiting(request.actor, now) | desk.waiting(request.actor, now, desk.SOON)
    if kind not in desk.KINDS or not (owed := list(owing.filter(**{kind: pk}).for_list())):
        raise Http404
    form = CallForm(request.POST, key=f"{kind}-{pk}")
    if form.is_valid():
        try:
            call = calls.log(owed[0].respondent, owed=owed, by=request.actor, **form.said())
            return _noted(request, f"已记录：{owed[0].respondent}，{call.get_outcome_display()}。")
        except MoveRefused as refused:
            form.add_error("promised_on", str(refused))
    card = desk.filled([owed[0].respondent], owing, kind)[0]
    return render(request, "campaigns/call_card.html", {"card": card, "form": form, "tab": desk.TODAY}, status=422)


def _noted(request: HttpRequest, words: str) -> HttpResponse:
    back = request.POST.get("back", "")
    return _back_to_desk(request, words, back if back.startswith("?") else "")


def _back_to_desk(request: HttpRequest, words: str, place: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(reverse("campaigns:call_desk") + place)


def _with_form(card: desk.Card) -> dict[str, Any]:
    return {"card": card, "form": CallForm(key=card.key)}


@require_http_methods(["GET", "POST"])
@requires(Permission.CHASE)
def name_contacts(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Whoever rings has learned whom to ring, or better: noted for the campaign of what is owed first."""
    owed = desk.pursued(request.actor, timezone.now(), kind, pk).for_list().order_by("due_at", "pk").first()
    if owed is None:
        raise Http404
    whose = {"holder": owed.respondent, "campaign": owed.deliverable.campaign}
    known = Contact.objects.filter(campaign=whose["campaign"], **{kind: pk}).first()
    form = ContactForm(request.POST or None, instance=known)
    if form.is_valid():
        calls.save_contacts(**whose, people=form.cleaned_data, by=request.actor)
        return _back_to_desk(request, f"已记下{owed.respondent}的联络员。", f"?kind={kind}#{kind}-{pk}")
    return _contact_page(request, form, "保存", **whose)


@require_http_methods(["GET", "POST"])
@requires(Permission.HAND_IN)
def contacts_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The duty to name contacts: filled in here and handed in with it."""
    owed = get_object_or_404(Obligation.objects.owed_by(request.actor).for_list(), pk=pk, deliverable__form="contacts")
    require(may_hand_in(request.actor, owed))
    known = Contact.objects.filter(campaign=owed.deliverable.campaign_id, unit=owed.unit, enterprise=owed.enterprise)
    if owed.handed_in_at and known.exists():
        return redirect("campaigns:contact", pk=known.get().pk)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            calls.hand_in_contacts(owed, people=form.cleaned_data, by=request.actor)
            messages.success(request, "已报送联络员。以后人员有变动，请随时在本页更新。")
            return redirect(owed)
        except MoveRefused as refused:
            messages.error(request, str(refused))
    return _contact_page(request, form, "报送", holder=owed.respondent, campaign=owed.deliverable.campaign)


@require_http_methods(["GET", "POST"])
@requires()
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Still these people, or others: by the holder itself, or by who rings it and learned better."""
    rows = Contact.objects.visible_to(request.actor).select_related("unit", "enterprise", "campaign")
    found = get_object_or_404(rows, pk=pk)
    require(may_name_contacts(request.actor, found))
    form = ContactForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and "confirm" in request.POST:
        calls.confirm_contact(Contact.objects.get(pk=pk), by=request.actor)
        messages.success(request, "已确认，谢谢。")
        return redirect("campaigns:contact", pk=pk)
    if request.method == "POST" and form.is_valid():
        calls.save_contacts(found.holder, found.campaign, people=form.cleaned_data, by=request.actor)
        messages.success(request, "联络员已更新。")
        return redirect("campaigns:contact", pk=pk)
    return _contact_page(request, form, "更新", holder=found.holder, campaign=found.campaign, contact=found)


def _contact_page(
    request: HttpRequest, form: ContactForm, verb: str, contact: Contact | None = None, **whose: Any
) -> Any:
    """`whose` names holder and campaign; with `contact` its holder may say that nothing has changed."""
    context = whose | {"form": form, "verb": verb, "contact": contact}
    return render(request, "campaigns/contact.html", context, status=422 if form.errors else 200)
