"""一并报送: what is handed in together, shown and accepted as one."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from campaigns.permissions import may_review
from campaigns.views.obligation_page import packet
from campaigns.views.obligations import seen
from lib.transitions import MoveRefused
from organizations.permissions import Permission, require, requires


@require_GET
@requires()
def together(request: HttpRequest, pk: int) -> HttpResponse:
    """Every part with how it stands, the whole on top."""
    owed = seen(request, pk)
    if not owed.deliverable.group:
        raise Http404
    parts = packet(owed, request.actor)
    waiting = [part for part in parts if part.last_state in ("submitted", "audited")]
    context = {
        "owed": owed,
        "parts": parts,
        "done": sum(part.handed_in_at is not None for part in parts),
        "waiting": len(waiting),
        "may_accept": bool(waiting) and may_review(request.actor, owed),
    }
    return render(request, "campaigns/together.html", context)


@require_POST
@requires(Permission.REVIEW)
def accept_together(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept all parts that wait, or none."""
    owed = seen(request, pk)
    parts = packet(owed, request.actor) if owed.deliverable.group else []
    try:
        with transaction.atomic():
            accepted = [_accept(part, request) for part in parts]
        messages.success(request, f"已接收{sum(accepted)}项。")
    except MoveRefused as refused:
        messages.error(request, f"没有接收任何一项：{refused}")
    return redirect("campaigns:together", pk=pk)


def _accept(part: Obligation, request: HttpRequest) -> bool:
    require(may_review(request.actor, part))
    waiting = (
        Submission.objects.awaiting_review().filter(obligation=part).select_related("obligation__deliverable").first()
    )
    if waiting:
        submissions.accept(waiting, by=request.actor)
    return waiting is not None
