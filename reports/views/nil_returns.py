"""零报告 of a table that may be one: nothing happened, said by a named person, who answers what the records say."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from campaigns.actions import submissions
from campaigns.models import Obligation
from lib.transitions import MoveRefused
from organizations.permissions import require, requires
from reports import actions
from reports.dispatch.cells import filling
from reports.forms import NilForm, ReturnForm
from reports.permissions import may_fill
from reports.views.returns import owed_return, page, return_of
from reports.views.scopes import Request


@require_POST
@requires()
def nil_return(request: Request, pk: int) -> HttpResponse:
    """Hand in zeros throughout; what is wrong is said on the page of the return, which stays open."""
    owed = owed_return(request.actor, pk)
    require(may_fill(request.actor, owed))
    returned = return_of(owed)
    form = NilForm(request.POST, filled=filling(returned))
    if returned.is_closed():
        messages.error(request, "本期已报送或正在本单位审签，请核对后再办。")
        return redirect("reports:dispatch_return", owed.pk)
    if form.is_valid() and handed_in(request, owed, form):
        return redirect("reports:dispatch_return", owed.pk)
    context = page(request.actor, owed, returned, ReturnForm(form.filled, None)) | {"nil_form": form}
    return render(request, "reports/dispatch_return.html", context, status=422)


def handed_in(request: Request, owed: Obligation, form: NilForm) -> bool:
    try:
        returned = actions.open_return(owed, by=request.actor)
        actions.hand_in_nil(returned, by=request.actor, seen=request.POST.get("seen", ""), **form.cleaned_data)
    except MoveRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, submissions.said(owed))
    return True
