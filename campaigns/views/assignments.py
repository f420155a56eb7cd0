"""任务进展: the board of a campaign's tasks, one task's trail, reporting and judging."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns import assignments as tasks
from campaigns.actions import assignments as actions
from campaigns.forms.assignments import AssignmentSearch, JudgeForm, ProgressForm
from campaigns.models import Assignment, AssignmentProgress, Campaign
from campaigns.permissions import may_judge, may_report, part_of
from lib import pages
from lib.excel import write_table
from organizations.permissions import Permission, require, requires


@require_GET
@requires()
def assignments(request: HttpRequest, code: str) -> HttpResponse:
    """How every task stands, in words and colour; the campaign's lead unit sees all, others those they share."""
    campaign, search, lines = _board(request, code)
    context = {"campaign": campaign, "search": search, "lines": lines, "found": f"共{len(lines)}项"}
    return render(request, "campaigns/assignments.html", context)


@require_GET
@requires(Permission.EXPORT)
def assignments_workbook(request: HttpRequest, code: str) -> FileResponse:
    campaign, _, lines = _board(request, code)
    target = BytesIO()
    title, now = f"{campaign.name}任务进展", f"{timezone.localtime():%Y-%m-%d %H:%M}"
    write_table(target, tasks.HEADINGS, tasks.table(lines), title=title, right=now)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"任务进展-{campaign.code}.xlsx")


@require_GET
@requires()
def assignment(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The task's words, its units and everything said about it."""
    return _page(request, _seen(request, code, number), ProgressForm(), JudgeForm())


@require_POST
@requires(Permission.HAND_IN)
def assignment_report(request: HttpRequest, code: str, number: int) -> HttpResponse:
    task = _seen(request, code, number)
    require(may_report(request.actor, task))
    form = ProgressForm(request.POST)
    if not form.is_valid():
        return _page(request, task, form, JudgeForm(), status=422)
    actions.report(task, unit=part_of(request.actor, task), **form.cleaned_data, by=request.actor)
    messages.success(request, "进展已报告。")
    return redirect("campaigns:assignment", code, number)


@require_POST
@requires(Permission.REVIEW)
def assignment_judge(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """认定 with a reason."""
    task = _seen(request, code, number)
    require(may_judge(request.actor, task))
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _page(request, task, ProgressForm(), form, status=422)
    actions.judge(task, **form.cleaned_data, by=request.actor)
    messages.success(request, "已认定，各责任单位可以看到理由。" if form.cleaned_data["light"] else "已取消认定。")
    return redirect("campaigns:assignment", code, number)


def _board(request: HttpRequest, code: str) -> tuple[Campaign, AssignmentSearch, list[tasks.Line]]:
    campaign = get_object_or_404(Campaign.objects.visible_to(request.actor), code=code)
    lines = tasks.board(campaign, request.actor)
    search = AssignmentSearch(request.GET, lines=lines)
    return campaign, search, search.found(lines)


def _seen(request: HttpRequest, code: str, number: int) -> Assignment:
    rows = Assignment.objects.visible_to(request.actor).select_related("campaign__lead_unit")
    return get_object_or_404(rows, campaign__code=code, number=number)


def _page(
    request: HttpRequest, task: Assignment, form: ProgressForm, judge_form: JudgeForm, status: int = 200
) -> HttpResponse:
    [line] = tasks.lines(Assignment.objects.filter(pk=task.pk).select_related("campaign"))
    trail = AssignmentProgress.objects.visible_to(request.actor).filter(assignment=task)
    context: dict[str, Any] = {
        "campaign": task.campaign,
        "line": line,
        "task": line.assignment,
        "page": pages.by_key(trail, request.GET, order=("-reported_at", "-id")),
        "may_report": may_report(request.actor, task),
        "may_judge": may_judge(request.actor, task),
        "form": form,
        "judge_form": judge_form,
    }
    return render(request, "campaigns/assignment.html", context, status=status)
