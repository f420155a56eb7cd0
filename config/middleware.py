"""Middleware that belongs to no app."""

import contextlib
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config.views import plain, wants_part

LOGGED_OUT = "已超时退出。请在新窗口重新登录，再回到本页提交，已填写的内容不会丢失。"


def real_address(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Put the visitor's address into REMOTE_ADDR, where the lockout and the audit log read it.

    Behind n proxies of ours the n-th entry of X-Forwarded-For from the right is the last one we can believe; whatever
    stands left of it the visitor may have written himself. What is no address is left out: the audit log takes none.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        if 0 < settings.TRUSTED_PROXIES <= len(forwarded):
            with contextlib.suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(forwarded[-settings.TRUSTED_PROXIES].strip()))
        return get_response(request)

    return middleware


class LoginRequired(LoginRequiredMiddleware):
    """Login by default. A part of a page, or JSON, is answered by 401: a redirect would put the login form into it."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        if wants_part(request) or getattr(view_func, "answers_json", False):
            return plain(LOGGED_OUT, 401)
        if request.method != "GET":
            return redirect_to_login(page_of(request))
        return super().handle_no_permission(request, view_func)


def page_of(request: HttpRequest) -> str:
    """The page a form was sent from: there its copy waits, while the address it was sent to may answer no GET."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return "/"
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")
