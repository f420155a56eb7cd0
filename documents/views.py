"""Handing out files: only here, and only to those who may see the row a file hangs on."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from documents.models import StoredFile
from organizations import audit
from organizations.permissions import requires


@require_GET
@requires()
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as an attachment; images, which were drawn anew on arrival, may show in the page."""
    stored = get_object_or_404(StoredFile.objects.select_related("owner_type"), pk=pk)
    if not stored.readable_by(request.actor):
        raise Http404
    if not stored.is_image:
        audit.record(request.actor, "file.read", stored)
    response = FileResponse(
        stored.file.open("rb"),
        as_attachment=not stored.is_image,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
