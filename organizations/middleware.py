"""Who is asking: the current post of the user, chosen once per request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from lib.actor import Actor
from organizations.models import Membership, User

SESSION_KEY = "membership_id"


class ActorMiddleware:
    """Sets `request.actor` (user, current post, ip) and `request.memberships` for the switch in the user menu."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships = []
        if request.user.is_authenticated:
            request.memberships = posts_of(request.user)
        request.actor = Actor(
            user=request.user if request.user.is_authenticated else None,
            membership=current(request),
            ip=client_ip(request),
        )
        return self.get_response(request)


def posts_of(user: User) -> list[Membership]:
    return list(Membership.objects.active().with_holder().filter(user=user))


def current(request: HttpRequest) -> Membership | None:
    """The post chosen in this session, or the first one."""
    chosen = request.session.get(SESSION_KEY) if request.memberships else None
    by_id = {m.pk: m for m in request.memberships}
    return by_id.get(chosen) or next(iter(request.memberships), None)


def client_ip(request: HttpRequest) -> str | None:
    """The peer's address; nginx in front sets REMOTE_ADDR through its real_ip module, so no header is trusted here."""
    return request.META.get("REMOTE_ADDR") or None


class FirstPassword:
    """Whoever still has a one-time code reaches nothing but the page that replaces it, and the way out."""

    ALLOWED = ("organizations:password_change", "organizations:logout")
    REASON = "请先设置自己的密码，再办理业务。"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not getattr(request.user, "must_change_password", False) or request.path in map(reverse, self.ALLOWED):
            return self.get_response(request)
        if request.headers.get("HX-Request") or "application/json" in request.headers.get("Accept", ""):
            return HttpResponse(self.REASON, status=403, content_type="text/plain; charset=utf-8")
        return redirect(self.ALLOWED[0])
