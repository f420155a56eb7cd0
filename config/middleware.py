"""Middleware that belongs to no app."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def real_address(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Put the visitor's address into REMOTE_ADDR, where the lockout and the audit log read it.

    Behind n proxies of ours the n-th entry of X-Forwarded-For from the right is the last one we can believe; whatever
    stands left of it the visitor may have written himself.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        if 0 < settings.TRUSTED_PROXIES <= len(forwarded) and forwarded[-settings.TRUSTED_PROXIES].strip():
            request.META["REMOTE_ADDR"] = forwarded[-settings.TRUSTED_PROXIES].strip()
        return get_response(request)

    return middleware
