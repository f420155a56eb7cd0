"""下发 and 签收: notices, who has signed, and signing."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions import notices as actions
from campaigns.forms import NoticeForm, ReasonForm
from campaigns.models import NoticeIssue, Obligation
from campaigns.permissions import may_hand_in, may_issue
from documents import actions as documents
from documents.models import StoredFile
from lib import pages
from lib.actor import Actor
from lib.excel import Heading, write_table
from lib.transitions import MoveRefused
from organizations.permissions import Permission, allowed, require, requires

COLUMNS = [
    Heading("单位/企业", 36, "left"),
    Heading("区域", 14),
    Heading("签收情况", 12),
    Heading("签收时间", 20),
    Heading("签收人", 16),
]
SIGNED = Q(handed_in_at__isnull=False)


@require_GET
@requires()
def notices(request: HttpRequest) -> HttpResponse:
    """Newest first: those to sign for, and those one's own house has sent out."""
    rows = NoticeIssue.objects.visible_to(request.actor).select_related("issuer", "campaign")
    context = {
        "page": pages.by_key(rows, request.GET, order=("-id",)),
        "may_create": bool(request.actor.unit) and allowed(request.actor, Permission.NOTICE_ISSUE),
    }
    return render(request, "campaigns/notices.html", context)


@require_GET
@requires()
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice as its addressees read it; the issuing house also sees who has signed."""
    return _page(request, _seen(request, pk))


@require_GET
@requires()
def notice_of(request: HttpRequest, pk: int) -> HttpResponse:
    """From the duty to sign to the notice itself."""
    owed = get_object_or_404(Obligation.objects.visible_to(request.actor), pk=pk)
    return redirect(get_object_or_404(NoticeIssue, deliverable=owed.deliverable_id))


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTICE_ISSUE)
def notice_create(request: HttpRequest) -> HttpResponse:
    return _edit(request, NoticeIssue(issuer=request.actor.unit))


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTICE_ISSUE)
def notice_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _own(request, pk))


@require_POST
@requires(Permission.NOTICE_ISSUE)
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    sent = _own(request, pk)
    try:
        actions.issue(sent, by=request.actor)
        messages.success(request, "已下发，正在通知各单位、企业；谁已签收在本页查看。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(sent)


@require_POST
@requires(Permission.HAND_IN)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """签收 by one of the addressee's own people."""
    signed = _seen(request, pk)
    owed = get_object_or_404(_own_duty(signed, request.actor))
    require(may_hand_in(request.actor, owed))
    try:
        actions.sign(owed, by=request.actor)
        messages.success(request, "已签收。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(signed)


@require_POST
@requires(Permission.NOTICE_ISSUE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    withdrawn = _own(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, withdrawn, status=422, withdraw_form=form)
    try:
        left = actions.withdraw(withdrawn, reason=form.cleaned_data["reason"], by=request.actor)
        messages.success(request, f"已撤回，{left}个尚未签收的不再需要签收，并已告知。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect(withdrawn)


@require_GET
@requires(Permission.EXPORT)
def signatures_workbook(request: HttpRequest, pk: int) -> FileResponse:
    """Who has signed and who has not, as Excel."""
    shown = _seen(request, pk)
    rows = _signatures(shown, request.actor).prefetch_related("submissions").iterator(2000)
    target = BytesIO()
    write_table(target, COLUMNS, map(_row, rows), title=f"《{shown.title}》签收情况", right=_now())
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"签收情况-{shown.pk}.xlsx")


def _row(owed: Obligation) -> list[Any]:
    at = f"{timezone.localtime(owed.handed_in_at):%Y-%m-%d %H:%M}" if owed.handed_in_at else ""
    by = next((one.submitted_by for one in owed.submissions.all()), "")
    return [str(owed.respondent), str(owed.area), "已签收" if at else _unsigned(owed), at, by]


def _unsigned(owed: Obligation) -> str:
    return "未签收" if owed.state in (Obligation.State.OPEN, Obligation.State.MISSING) else "不需签收"


def _now() -> str:
    return f"{timezone.localtime():%Y-%m-%d %H:%M}"


def _seen(request: HttpRequest, pk: int) -> NoticeIssue:
    rows = NoticeIssue.objects.visible_to(request.actor).select_related("issuer", "campaign__area", "deliverable")
    return get_object_or_404(rows, pk=pk)


def _own(request: HttpRequest, pk: int) -> NoticeIssue:
    found = _seen(request, pk)
    require(may_issue(request.actor, found))
    return found


def _own_duty(signed: NoticeIssue, actor: Actor) -> QuerySet[Obligation]:
    owed = Obligation.objects.owed_by(actor).filter(deliverable=signed.deliverable_id)
    return owed.for_list().order_by("pk")[:1] if signed.deliverable_id else owed.none()


def _signatures(shown: NoticeIssue, actor: Actor) -> Any:
    rows = Obligation.objects.visible_to(actor).filter(deliverable=shown.deliverable_id)
    return rows.select_related("unit", "enterprise", "area").order_by("area__position", "pk")


def _page(request: HttpRequest, shown: NoticeIssue, status: int = 200, **forms_shown: Any) -> HttpResponse:
    issues = may_issue(request.actor, shown)
    owed = _own_duty(shown, request.actor).first()
    context = {
        "notice": shown,
        "files": StoredFile.objects.of(shown),
        "owed": owed,
        "may_sign": owed is not None and owed.handed_in_at is None and may_hand_in(request.actor, owed),
        "may_issue": issues,
        **_audience(request, shown, bool(request.actor.unit) and (owed is None or bool(issues))),
        "withdraw_form": ReasonForm() if issues and shown.state == NoticeIssue.State.ISSUED else None,
    }
    return render(request, "campaigns/notice.html", context | forms_shown, status=status)


def _audience(request: HttpRequest, shown: NoticeIssue, follows: bool) -> dict[str, Any]:
    """Before it goes out how many it would reach; afterwards who has signed, the unsigned first."""
    if shown.state == NoticeIssue.State.DRAFT:
        reach = actions.addressees(shown).count()
        return {"reach": reach, "unready": actions.unready(shown), "signatures": None}
    if not follows:
        return {"signatures": None}
    rows = _signatures(shown, request.actor)
    counts = rows.order_by().asked().aggregate(total=Count("pk"), signed=Count("pk", filter=SIGNED))
    unsigned = rows.open().filter(handed_in_at__isnull=True)
    only = {"signed": rows.filter(SIGNED), "all": rows}.get(request.GET.get("show", ""), unsigned)
    page = pages.by_key(only.order_by(), request.GET, order=("id",))
    return {"signatures": page, "counts": counts, "show": request.GET.get("show", "")}


def _edit(request: HttpRequest, edited: NoticeIssue) -> HttpResponse:
    form = NoticeForm(request.POST or None, request.FILES or None, instance=edited, by=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            files = [documents.store(upload, owner=None, by=request.actor) for upload in form.cleaned_data["files"]]
            saved = actions.save(form.instance, audience=form.scope(), files=files, by=request.actor)
            messages.success(request, "已保存，尚未下发；核对下发范围后点“下发”。")
            return redirect(saved)
        except MoveRefused as refused:
            messages.error(request, str(refused))
        except ValidationError as broken:
            form.add_error("files", broken)
    return render(request, "campaigns/notice_edit.html", {"notice": edited, "form": form})
