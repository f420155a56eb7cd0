"""细化: what a district publishes before its firms begin."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from campaigns.actions import tailoring as actions
from campaigns.forms import TailoringForm
from campaigns.models import Campaign, Deliverable
from campaigns.permissions import may_tailor
from lib.transitions import MoveRefused
from organizations.permissions import require, requires


@require_http_methods(["GET", "POST"])
@requires()
def tailoring(request: HttpRequest, pk: int) -> HttpResponse:
    """What was published by whom; a district's clerk publishes here, once."""
    seen = Deliverable.objects.filter(tailored=True, campaign__in=Campaign.objects.visible_to(request.actor))
    duty = get_object_or_404(seen.select_related("campaign__area"), pk=pk)
    published = duty.tailorings.visible_to(request.actor).select_related("area", "unit").order_by("area__position")
    may = may_tailor(request.actor, duty)
    form = TailoringForm(request.POST or None) if may else None
    if request.method == "POST":
        require(may)
        if form is not None and form.is_valid():
            try:
                adjusted = form.cleaned_data["adjusted"] == TailoringForm.YES
                actions.publish(duty, adjusted=adjusted, text=form.cleaned_data["text"], by=request.actor)
                messages.success(request, "已公布，本地企业的自查随即开始。")
                return redirect("campaigns:tailoring", pk=pk)
            except MoveRefused as refused:
                form.add_error("text", str(refused))
    context = {"duty": duty, "published": published, "form": form, "refusal": getattr(may, "reason", "")}
    return render(request, "campaigns/tailoring.html", context)
