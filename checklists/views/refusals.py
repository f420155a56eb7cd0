"""How an address that a script calls refuses: with a status and a reason, never with a redirect or a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

# The device's own id stands on another answer: no page of ours sends that.
ID_TAKEN = "本次填写的编号已用于另一项，请刷新页面后重填。"


def refusal(status: int, message: str, **more: Any) -> JsonResponse:
    """What a script is told: `message` is for the page, in Chinese."""
    return JsonResponse({"message": message, **more}, status=status)


def answers_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator, outermost: 403 and 404 with the reason; 401 without a login, whatever the caller accepts."""

    @wraps(view)
    def endpoint(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as denied:
            return refusal(403, str(denied) or "您没有权限进行此操作。")
        except Http404:
            return refusal(404, "没有找到，可能已被删除或不在您的管辖范围内。")

    endpoint.answers_json = True  # type: ignore[attr-defined]  # read by config.middleware.LoginRequired
    return endpoint
