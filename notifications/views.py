"""The inbox of the current post, the outside channel of its unit or firm, and what did not get through."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lib import pages
from lib.transitions import MoveRefused
from notifications.actions import reading, routes, sending
from notifications.forms import RouteForm
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
        "may_choose": allowed(request.actor, Permission.CHANNEL_CHOOSE),
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
    """What failed within the unit's reach, or whose fate is unknown."""
    rows = Delivery.objects.visible_to(request.actor).unresolved()
    rows = rows.select_related("message__unit", "message__enterprise", "message__user")
    context = {"page": pages.by_key(rows, request.GET), "found": pages.count_in_words(rows, "条")}
    return render(request, "notifications/deliveries.html", context)


@require_POST
@requires(Permission.REVIEW)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send again on the officer's word."""
    delivery = get_object_or_404(Delivery.objects.visible_to(request.actor), pk=pk)
    try:
        sending.retry(delivery, by=request.actor)
        messages.success(request, "已重新排队发送，结果稍后更新。")
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return redirect("notifications:deliveries")


@sensitive_post_parameters("webhook", "secret", "phones")
@require_http_methods(["GET", "POST"])
@requires(Permission.CHANNEL_CHOOSE)
def channel(request: HttpRequest) -> HttpResponse:
    """The one outside channel of the post's own unit or firm; what is secret is shown masked."""
    route = routes.route_of(request.actor.unit or request.actor.enterprise)
    form = RouteForm(request.POST or None, route=route)
    if request.method == "POST" and form.is_valid():
        saved = routes.save_route(route, **form.choice(), by=request.actor)
        messages.success(request, f"已保存：{saved.label}。请发一条测试消息确认收得到。")
        return redirect("notifications:channel")
    last = route.deliveries.order_by("-attempted_at", "-pk").first() if route.pk else None
    context = {"form": form, "route": route, "last": last}
    return render(request, "notifications/channel.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.CHANNEL_CHOOSE)
def channel_test(request: HttpRequest) -> HttpResponse:
    """Send a test message by the stored channel."""
    route = routes.route_of(request.actor.unit or request.actor.enterprise)
    if not route.address:
        messages.error(request, "请先选择并保存群机器人或短信，再发测试消息。")
    else:
        routes.try_out(route, by=request.actor)
        messages.success(request, "测试消息已排队发送，稍候刷新本页看结果。")
    return redirect("notifications:channel")
