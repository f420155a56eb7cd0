"""The inbox of the current post, and the mails that did not get through."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from lib import pages
from lib.transitions import MoveRefused
from notifications.actions import mails, reading
from notifications.models import Delivery, Message, MessageRead
from organizations.permissions import Permission, allowed, requires


@require_GET
@requires()
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first; unread ones stand out."""
    seen = MessageRead.objects.filter(message=OuterRef("pk"), user=request.actor.user)
    rows = Message.objects.visible_to(request.actor).annotate(is_read=Exists(seen))
    only_unread = request.GET.get("view") == "unread"
    shown = rows.filter(is_read=False) if only_unread else rows
    context = {
        "page": pages.by_key(shown, request.GET),
        "only_unread": only_unread,
        "may_review": bool(request.actor.unit) and allowed(request.actor, Permission.REVIEW),
    }
    return render(request, "notifications/inbox.html", context)


@require_POST
@requires()
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read; with `open` go to what it speaks of."""
    rows = Message.objects.visible_to(request.actor)
    message = get_object_or_404(rows, pk=pk)
    reading.mark_read(rows.filter(pk=pk), by=request.actor)
    if "open" in request.POST and message.url.startswith("/"):
        return redirect(message.url)
    return redirect("notifications:inbox")


@require_POST
@requires()
def read_all(request: HttpRequest) -> HttpResponse:
    count = reading.mark_read(Message.objects.visible_to(request.actor), by=request.actor)
    messages.success(request, f"{count}条消息已标为已读。")
    return redirect("notifications:inbox")


@require_GET
@requires(Permission.REVIEW)
def deliveries(request: HttpRequest) -> HttpResponse:
    """Mails within the unit's reach that failed or whose fate is unknown."""
    rows = Delivery.objects.visible_to(request.actor).unresolved()
    rows = rows.select_related("message__unit", "message__enterprise")
    context = {"page": pages.by_key(rows, request.GET), "found": pages.count_in_words(rows, "封")}
    return render(request, "notifications/deliveries.html", context)


@require_POST
@requires(Permission.REVIEW)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again on the officer's word."""
    delivery = get_object_or_404(Delivery.objects.visible_to(request.actor), pk=pk)
    try:
        mails.retry(delivery, by=request.actor)
        messages.success(request, "已重新排队发送，结果稍后更新。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("notifications:deliveries")
