"""函件: drafts for the sending house to release, edit or withdraw; what was released, for its addressee too."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import letters as words
from campaigns.actions import letters as actions
from campaigns.actions import pressing
from campaigns.exports.letters import document
from campaigns.forms import ReasonForm
from campaigns.forms.letters import LetterForm
from campaigns.models import Campaign, Letter, Obligation
from campaigns.permissions import may_prepare, may_press, may_release
from lib import pages
from lib.actor import Actor
from lib.text import joined
from lib.transitions import MoveRefused
from organizations.models import Enterprise, Unit
from organizations.permissions import Permission, allowed, require, requires

DRAFTS, RELEASED, WITHDRAWN, RECEIVED = "drafts", "released", "withdrawn", "received"
LABELS = {DRAFTS: "待签发", RELEASED: "已发出", WITHDRAWN: "已撤回", RECEIVED: "收到的"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
@requires()
def letters(request: HttpRequest) -> HttpResponse:
    """Drafts of the house first; a firm sees what it has received."""
    views = list(LABELS) if request.actor.unit else [RECEIVED]
    view = request.GET.get("view") if request.GET.get("view") in views else views[0]
    rows = _rows(request.actor, view)
    context = {
        "views": [(key, LABELS[key]) for key in views],
        "view": view,
        "found": pages.count_in_words(rows, "份"),
        "page": pages.by_key(rows.for_list(), request.GET),
        "may_release": view == DRAFTS and allowed(request.actor, Permission.LETTER_RELEASE),
    }
    return render(request, "campaigns/letters.html", context)


def _rows(actor: Actor, view: str) -> QuerySet[Letter]:
    rows = Letter.objects.visible_to(actor)
    if view == RECEIVED:
        return rows.received_by(actor)
    if view == DRAFTS:
        # One whose matter is settled waits only for the sweep to withdraw it.
        return rows.sent_by(actor).drafts().with_cause(timezone.now())
    state = Letter.State.RELEASED if view == RELEASED else Letter.State.WITHDRAWN
    return rows.sent_by(actor).filter(state=state)


@require_GET
@requires()
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it is read on paper, and what may be done with it."""
    found = _seen(request, pk)
    return _page(request, found, ReasonForm())


@require_http_methods(["GET", "POST"])
@requires(Permission.LETTER_PREPARE)
def letter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    edited = _seen(request, pk)
    require(may_prepare(request.actor, edited))
    form = LetterForm(request.POST or None, instance=edited)
    if request.method == "POST" and form.is_valid():
        return _act(request, edited, lambda: actions.edit(edited, **form.words(), by=request.actor), "已保存。")
    return render(request, "campaigns/letter_edit.html", {"letter": edited, "form": form})


@require_POST
@requires(Permission.LETTER_PREPARE)
def press(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """From a slow unit's row to the draft of a 督办函 or 约谈通知, open for editing."""
    campaign, owing = _pressed(request, code)
    unit = get_object_or_404(Unit.objects.filter(pk__in=owing.values("unit")), pk=pk)
    return _press(request, campaign, unit, "campaigns:grid")


@require_POST
@requires(Permission.LETTER_PREPARE)
def press_firm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The same from a slow firm's row."""
    campaign, owing = _pressed(request, code)
    firm = get_object_or_404(Enterprise.objects.filter(pk__in=owing.values("enterprise")), pk=pk)
    return _press(request, campaign, firm, "campaigns:firm_grid")


def _pressed(request: HttpRequest, code: str) -> tuple[Campaign, QuerySet[Obligation]]:
    campaign = get_object_or_404(Campaign.objects.visible_to(request.actor).select_related("lead_unit"), code=code)
    require(may_press(request.actor, campaign))
    return campaign, Obligation.objects.visible_to(request.actor).filter(deliverable__campaign=campaign)


def _press(request: HttpRequest, campaign: Campaign, to: Unit | Enterprise, back: str) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in pressing.KINDS:
        raise BadRequest("请选择督办函或约谈通知。")
    try:
        draft = pressing.press(campaign, to=to, kind=kind, by=request.actor)
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect(back, campaign.code)
    messages.success(request, "已拟好草稿，修改后由经办人或负责人签发，签发前不会发出。")
    return redirect("campaigns:letter_edit", draft.pk)


@require_POST
@requires(Permission.LETTER_RELEASE)
def letter_release(request: HttpRequest, pk: int) -> HttpResponse:
    """签发: out to the leaders."""
    found = _seen(request, pk)
    require(may_release(request.actor, found))
    return _act(request, found, lambda: actions.release(found, by=request.actor), "已发出，对方负责人将收到通知。")


@require_POST
@requires(Permission.LETTER_RELEASE)
def letter_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _seen(request, pk)
    require(may_release(request.actor, found))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    reason = form.cleaned_data["reason"]
    return _act(request, found, lambda: actions.withdraw(found, reason=reason, by=request.actor), "已撤回，不再发出。")


@require_POST
@requires(Permission.LETTER_RELEASE)
def letters_release(request: HttpRequest) -> HttpResponse:
    """Send out those that were ticked, each on its own: what is settled or gone meanwhile stays behind."""
    ticked = [key for key in request.POST.getlist("letter") if key.isdecimal()]
    rows = Letter.objects.visible_to(request.actor).sent_by(request.actor).drafts()
    left = []
    chosen = list(rows.filter(pk__in=ticked[: pages.SIZE]).select_related("campaign", "from_unit"))
    for each in chosen:
        try:
            actions.release(each, by=request.actor)
        except MoveRefused:
            left.append(str(each.respondent))
    if left:
        messages.error(request, f"没有发出：{joined(left, most=5)}，所涉事项已报送、已由他人处理，或正文还有没填写的。")
    messages.success(request, f"已发出{len(chosen) - len(left)}份函件。")
    return redirect("campaigns:letters")


@require_GET
@requires()
def letter_document(request: HttpRequest, pk: int) -> FileResponse:
    """The same as a Word file."""
    found = _seen(request, pk)
    name = f"{found.get_kind_display()}-{found.respondent}.docx"
    return FileResponse(document(words.paper(found)), as_attachment=True, filename=name, content_type=WORD)


def _seen(request: HttpRequest, pk: int) -> Letter:
    rows = Letter.objects.visible_to(request.actor).select_related("campaign", "from_unit", "unit", "enterprise")
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, shown: Letter, form: ReasonForm, status: int = 200) -> HttpResponse:
    context = {
        "letter": shown,
        "paper": words.paper(shown),
        "may_prepare": may_prepare(request.actor, shown),
        "may_release": may_release(request.actor, shown),
        "reason_form": form,
    }
    return render(request, "campaigns/letter.html", context, status=status)


def _act(request: HttpRequest, shown: Letter, act, done: str) -> HttpResponse:  # type: ignore[no-untyped-def]
    """Do it and go back to the letter; a refusal is said on top."""
    try:
        act()
        messages.success(request, done)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(shown)
