"""Pages that belong to no app: refusals and errors, and the gallery of what pages are made of.

A part asked for by htmx or a JSON endpoint gets the reason as plain text, which the page shows in a notice.
"""

from collections import namedtuple
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import defaults

from lib.pages import Page
from organizations import audit
from organizations.permissions import requires

NO_PERMISSION = "您没有权限进行此操作。"
NOT_FOUND = "没有找到这个页面，或者它不在您的管辖范围内。"
MALFORMED = "发来的内容过大或不完整，请刷新页面后重试。"
STALE_FORM = "页面停留过久或已重新登录，请刷新页面后再提交。"


def wants_part(request: HttpRequest) -> bool:
    headers = request.headers
    return headers.get("HX-Request") == "true" or "application/json" in headers.get("Accept", "")


def plain(reason: str, status: int) -> HttpResponse:
    return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with its reason. The refusal is written here, when the refused transaction is over and cannot undo it."""
    reason = str(exception) or NO_PERMISSION
    if actor := getattr(request, "actor", None):
        audit.record(
            actor, "access.refused", ok=False, path=request.path[:200], method=request.method, reason=reason[:200]
        )
    if wants_part(request):
        return plain(reason, 403)
    return render(request, "403.html", {"reason": reason}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if wants_part(request):
        return plain(NOT_FOUND, 404)
    return render(request, "404.html", {"reason": NOT_FOUND}, status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if wants_part(request):
        return plain(STALE_FORM, 403)
    return render(request, "403_csrf.html", status=403)


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """After too many wrong passwords (django-axes)."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "lockout.html", {"failures": settings.AXES_FAILURE_LIMIT, "minutes": minutes}, status=429)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Too much sent at once, or what no browser sends."""
    return plain(MALFORMED, 400) if wants_part(request) else defaults.bad_request(request, exception)


server_error = defaults.server_error


# The gallery


class SampleFilters(forms.Form):
    q = forms.CharField(label="名称", required=False)
    area = forms.ChoiceField(label="区市", required=False, choices=[("", "全部"), ("1", "荣成市"), ("2", "文登区")])
    late = forms.BooleanField(label="只看逾期", required=False)


class SampleForm(forms.Form):
    name = forms.CharField(label="企业全称", help_text="与营业执照一致。")
    day = forms.DateField(label="发现时间", widget=forms.DateInput(attrs={"type": "date"}))
    level = forms.ChoiceField(label="隐患级别", choices=[("m", "重大"), ("g", "一般")], widget=forms.RadioSelect)
    note = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)


@requires()
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component, once in each state; for those who build pages."""
    if not request.user.is_staff:
        raise Http404
    form = SampleForm(request.POST) if request.method == "POST" else SampleForm()
    return render(request, "gallery.html", {"form": form, "filters": SampleFilters(request.GET), **samples()})


def samples() -> dict[str, Any]:
    now = timezone.now()
    sample = namedtuple("Sample", "title at who comment tone")
    row = namedtuple("Row", "name area due tone state count")
    due = timezone.localdate()
    return {
        "entries": [
            sample("申请复查", now, "李娜（某某食品有限公司 安全员）", "已更换联锁装置，附照片。", "open"),
            sample("判定为重大事故隐患", now, "王强（荣成市应急管理局 经办人）", "", "late"),
        ],
        "rows": [
            row("荣成某某食品有限公司", "荣成市", due + timedelta(days=2), "soon", "整改中", 1234),
            row("文登某某机械制造有限公司", "文登区", due - timedelta(days=3), "late", "逾期", 0),
            row("乳山某某纺织有限公司", "乳山市", due + timedelta(days=20), "done", "已销号", 12),
        ],
        "page": Page([], next_query="?after=3", first_query="?"),
    }
