"""Handing in: by the form, saved as it is written, with one tap where there is standing nothing; and as Word."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions import submissions
from campaigns.exports.progress import progress_title, progress_word
from campaigns.forms import HandInForm
from campaigns.models import Obligation, StandingNil, Submission
from campaigns.permissions import may_hand_in
from campaigns.templates import sections_of
from campaigns.views.obligation_page import page_of
from campaigns.views.obligations import acted, seen
from documents import actions as documents
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations.permissions import Denied, Permission, require, requires

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STAMPED = "盖章件"


@require_POST
@requires()
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in, or keep as a draft where the button says so."""
    owed = owed_here(request, pk)
    form = HandInForm(request.POST, request.FILES, obligation=owed)
    if "keep" in request.POST:
        return acted(request, owed, form, _keep, "草稿已保存，尚未报送。", hand_in_form=form)
    return acted(request, owed, form, _hand_in, "", hand_in_form=form)


@require_POST
@requires()
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """What is being written, every few seconds; 409 where somebody else has changed the draft meanwhile."""
    owed = owed_here(request, pk)
    form = HandInForm(request.POST, obligation=owed)
    form.is_valid()  # half a form is kept too
    if form.errors.keys() & {"text", *(section.code for section in form.sections)}:
        # A null in it: kept as it is, it would be kept as nothing, in the place of what was written before.
        refused = "正文中有不能保存的字符，请删去后继续填写。"
        return render(
            request,
            "campaigns/_draft_state.html",
            {"refused": refused, "mark": request.POST.get("seen", ""), "saved": False},
            status=409,
        )
    try:
        draft = submissions.save_draft(owed, by=request.actor, **form.written(), seen=request.POST.get("seen"))
    except MoveRefused as refused:
        return render(
            request, "campaigns/_draft_state.html", {"refused": str(refused), "mark": "", "saved": False}, status=409
        )
    return render(request, "campaigns/_draft_state.html", {"refused": "", "mark": draft.mark, "saved": True})


@require_POST
@requires(Permission.HAND_IN)
def confirm_nil(request: HttpRequest, pk: int) -> HttpResponse:
    """长期零报告, this period's tap."""
    owed = owed_here(request, pk)
    standing = get_object_or_404(StandingNil.objects.for_obligation(owed))
    try:
        submissions.hand_in(owed, by=request.actor, nil=True, nil_by=standing.named)
        messages.success(request, submissions.said(owed))
    except MoveRefused as refused:
        messages.error(request, f"{refused}请在下面填报。")
    return redirect(owed)


@require_POST
@requires(Permission.HAND_IN)
def end_standing_nil(request: HttpRequest, pk: int) -> HttpResponse:
    owed = seen(request, pk)
    require(may_hand_in(request.actor, owed))
    StandingNil.objects.for_obligation(owed).delete()
    messages.success(request, "已取消长期零报告，以后各期照常填报。")
    return redirect(owed)


@require_GET
@requires()
def word(request: HttpRequest, pk: int) -> FileResponse:
    """A version written by template, as Word in the official layout (form 4)."""
    rows = Submission.objects.visible_to(request.actor).select_related(
        "obligation__deliverable", "obligation__unit", "obligation__enterprise"
    )
    found = get_object_or_404(rows, pk=pk)
    if not sections_of(found.obligation.deliverable.form):
        raise Http404
    name = f"{progress_title(found)}（第{found.number}稿）.docx"
    response = HttpResponse(progress_word(found), content_type=WORD)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def owed_here(request: HttpRequest, pk: int) -> Obligation:
    """What is handed in by form; a table, a checklist, a receipt have a page of their own, which fills and freezes."""
    owed = seen(request, pk)
    require(may_hand_in(request.actor, owed))
    require(not page_of(owed) or Denied("这一事项有专门的填报页，请从任务页进入填报。"))
    return owed


def _hand_in(owed: Obligation, data: dict[str, Any], by: Actor) -> None:
    form: HandInForm = data["form"]
    nil = {name: data.get(name, "") for name in ("nil_by", "nil_answer")} | {"nil": data.get("nil", False)}
    if data.get("provincial"):
        channel = Submission.Channel.PROVINCIAL
        nil |= {"channel": channel, "external_number": data.get("external_number", "")}
    seen = form.data.get("seen")
    submissions.hand_in(owed, by=by, **form.written(), files=_stored(data, by), seen=seen, **nil)
    if data.get("nil") and data.get("standing"):
        key = {"deliverable": owed.deliverable, "unit": owed.unit, "enterprise": owed.enterprise, "person": owed.person}
        StandingNil.objects.update_or_create(**key, defaults={"named": data["nil_by"]})


def _keep(owed: Obligation, data: dict[str, Any], by: Actor) -> None:
    form: HandInForm = data["form"]
    seen = form.data.get("seen")
    submissions.save_draft(owed, by=by, **form.written(), files=_stored(data, by), seen=seen)


def _stored(data: dict[str, Any], by: Actor) -> list[Any]:
    files = [documents.store(upload, owner=None, by=by) for upload in data["files"]]
    if stamped := data.get("stamped"):
        files.append(documents.store(stamped, owner=None, by=by, role=STAMPED))
    return files
