"""Handing out files: only here, and only to those who may see the row a file hangs on."""

import logging

from django.core.files import File
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from documents.models import StoredFile
from organizations import audit
from organizations.permissions import requires

log = logging.getLogger(__name__)


@require_GET
@requires()
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as an attachment; images, which were drawn anew on arrival, may show in the page."""
    stored = get_object_or_404(StoredFile.objects.select_related("owner_type"), pk=pk)
    if not stored.readable_by(request.actor):
        raise Http404
    content = _opened(stored)
    if not stored.is_image:
        audit.record(request.actor, "file.read", stored)
    response = FileResponse(
        content,
        as_attachment=not stored.is_image,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response


def _opened(stored: StoredFile) -> File:
    try:
        return stored.file.open("rb")
    except FileNotFoundError:
        # The database was brought back from a copy, the files were not: pages around them must still show.
        log.warning("file %s is not where it was kept: %s", stored.pk, stored.file.name)
        raise Http404 from None
