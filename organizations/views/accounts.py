"""Accounts of those one looks after: the list, issuing many at once, one post, a new code, ending."""

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lib.actor import Actor
from lib.pages import by_key, count_in_words
from organizations.actions import accounts as actions
from organizations.actions.accounts import Outcome, Slip
from organizations.forms.accounts import AT_ONCE, HolderFilters, IssueForm, PostFilters, PostForm
from organizations.forms.session import posted
from organizations.models import Enterprise, Membership, Unit
from organizations.permissions import Permission, may_end, may_reset, require, requires

KINDS = {"enterprises": "企业", "units": "单位"}


def managed(request: HttpRequest) -> QuerySet[Membership]:
    return Membership.objects.managed_by(request.actor).with_holder()


@require_GET
@requires(Permission.ACCOUNT_ISSUE)
def accounts(request: HttpRequest) -> HttpResponse:
    form = PostFilters(request.GET)
    rows = form.found(managed(request))
    page = {
        "form": form,
        "page": by_key(rows, request.GET),
        "found": count_in_words(rows, "个岗位"),
        "filtered": bool(request.GET),
    }
    return render(request, "organizations/accounts.html", page)


@require_GET
@requires(Permission.ACCOUNT_ISSUE)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One post, what may be done about it, and the person's other posts as far as one looks after them."""
    post = get_object_or_404(managed(request), pk=pk)
    page = {
        "each": post,
        "others": managed(request).filter(user=post.user).exclude(pk=pk),
        "resetting": may_reset(request.actor, post.user),
        "ending": may_end(request.actor, post),
    }
    return render(request, "organizations/account.html", page)


@never_cache
@requires(Permission.ACCOUNT_ISSUE)
def issue(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose units or enterprises, all at once; the codes are on the page that answers, and nowhere else."""
    if kind not in KINDS:
        raise Http404
    holders = holders_of(kind, request.actor)
    form = IssueForm(posted(request), holders=holders)
    if request.method == "POST" and form.is_valid():
        return slips(request, actions.issue(form.wishes(), by=request.actor))
    filters = HolderFilters(request.GET)
    rows = list(filters.found(holders)[: AT_ONCE + 1])
    page = {"form": form, "filters": filters, "kind": kind, "label": KINDS[kind], "at_once": AT_ONCE}
    page |= {"rows": rows[:AT_ONCE], "more": len(rows) > AT_ONCE, "kept": request.POST.getlist("holders")}
    return render(request, "organizations/issue.html", page)


def holders_of(kind: str, actor: Actor) -> QuerySet[Enterprise] | QuerySet[Unit]:
    if kind == "enterprises":
        return Enterprise.objects.visible_to(actor).operating().select_related("area", "sector")
    return Unit.objects.active().managed_by(actor).select_related("area")


def slips(request: HttpRequest, made: list[Slip]) -> HttpResponse:
    """What is printed and cut; a reload issues nothing anew, so it shows no code again."""
    page = {
        "slips": [slip for slip in made if slip.code],
        "others": [slip for slip in made if not slip.code],
        "site": settings.SITE_URL,
    }
    return render(request, "organizations/slips.html", page)


@never_cache
@requires(Permission.ACCOUNT_ISSUE)
def post_new(request: HttpRequest) -> HttpResponse:
    """One person into one post, on the account he has or a new one."""
    form = PostForm(posted(request), actor=request.actor)
    if request.method == "POST" and form.is_valid():
        (slip,) = actions.issue([form.wish()], by=request.actor)
        if slip.outcome != Outcome.REFUSED:
            return slips(request, [slip])
        form.add_error("mobile", slip.reason)
    return render(request, "organizations/post_new.html", {"form": form})


@never_cache
@require_POST
@requires(Permission.ACCOUNT_ISSUE)
def account_reset(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(managed(request), pk=pk, active=True)
    require(may_reset(request.actor, post.user))
    return slips(request, [actions.reset(post, by=request.actor)])


@require_POST
@requires(Permission.ACCOUNT_ISSUE)
def account_end(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(managed(request), pk=pk)
    require(may_end(request.actor, post))
    actions.end_post(post, by=request.actor)
    messages.success(request, f"岗位已停用：{post}")
    return redirect("organizations:account", pk)


@require_POST
@requires(Permission.ACCOUNT_ISSUE)
def account_resume(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(managed(request), pk=pk)
    require(may_end(request.actor, post))
    actions.resume_post(post, by=request.actor)
    messages.success(request, f"岗位已恢复：{post}")
    return redirect("organizations:account", pk)
