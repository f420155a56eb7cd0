"""Who is asking: the current post of the user, chosen once per request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from lib.actor import Actor
from organizations.models import Membership

SESSION_KEY = "membership_id"


class ActorMiddleware:
    """Sets `request.actor` (user, current post, ip) and `request.memberships` for the switch in the user menu."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships = []
        if request.user.is_authenticated:
            request.memberships = list(Membership.objects.active().with_holder().filter(user=request.user))
        request.actor = Actor(
            user=request.user if request.user.is_authenticated else None,
            membership=current(request),
            ip=client_ip(request),
        )
        return self.get_response(request)


def current(request: HttpRequest) -> Membership | None:
    """The post chosen in this session, or the first one."""
    chosen = request.session.get(SESSION_KEY) if request.memberships else None
    by_id = {m.pk: m for m in request.memberships}
    return by_id.get(chosen) or next(iter(request.memberships), None)


def client_ip(request: HttpRequest) -> str | None:
    """The peer's address; nginx in front sets REMOTE_ADDR through its real_ip module, so no header is trusted here."""
    return request.META.get("REMOTE_ADDR") or None
