"""Form 6 as Excel, filled in or blank."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from checklists import exports
from checklists.models import Checklist
from checklists.views.rows import read_by, seen
from organizations import audit
from organizations.permissions import Permission, requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@requires(Permission.EXPORT)
def result_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    inspection = seen(request.actor, pk)
    content = exports.result_workbook(inspection, read_by(request.actor, inspection))
    audit.record(request.actor, "self_inspection.export", inspection)
    return _download(content, f"对照检查结果（{inspection.respondent}）.xlsx")


@require_GET
@requires(Permission.EXPORT)
def blank_workbook(request: HttpRequest, code: str, version: int) -> HttpResponse:
    checklist = get_object_or_404(Checklist.objects.published(), code=code, version=version)
    return _download(exports.blank_workbook(checklist), f"{checklist.name}（空表）.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition or ""})
