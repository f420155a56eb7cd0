"""Pages of the ledger."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from hazards.models import Hazard
from organizations.permissions import requires


@require_GET
@requires()
def hazard(request: HttpRequest, pk: int) -> HttpResponse:
    """One hazard: what it is, where it stands, what may be done next."""
    found = get_object_or_404(Hazard.objects.visible_to(request.actor).for_list(), pk=pk)
    return render(request, "hazards/hazard.html", {"hazard": found})
