"""Which rows a page may touch: one's own to fill in, everybody's within reach to read."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from checklists.models import Answer, Reading, SelfInspection, reading
from checklists.permissions import is_of_house
from documents.models import StoredFile
from lib.actor import Actor

PARTS = ("checklist", "unit", "enterprise", "obligation__deliverable")


def own(actor: Actor, pk: int) -> SelfInspection:
    """One's own inspection, in one statement; a neighbour's is a 404, a visible one a 403."""
    rows = SelfInspection.objects.with_held().select_related(*PARTS)
    try:
        return rows.owned_by(actor).get(pk=pk)
    except SelfInspection.DoesNotExist:
        get_object_or_404(SelfInspection.objects.visible_to(actor), pk=pk)
    raise PermissionDenied("只有填报单位自己可以填写对照检查。")


def seen(actor: Actor, pk: int) -> SelfInspection:
    rows = SelfInspection.objects.visible_to(actor).with_held().select_related(*PARTS)
    return get_object_or_404(rows, pk=pk)


def read_by(actor: Actor, inspection: SelfInspection) -> Reading:
    """The version that is for this reader: others than the house itself never see what is not handed in."""
    return reading(inspection, inside=is_of_house(actor, inspection))


def photos_of(inspection: SelfInspection, version: Reading | None = None) -> dict[int, list[Any]]:
    """The pictures of an inspection by the id of their answer; one statement (and the content type's, once).

    Of an earlier version those that were there when it was decided.
    """
    kind = ContentType.objects.get_for_model(Answer)
    hung = StoredFile.objects.filter(owner_type=kind, owner_id__in=inspection.answers.values("pk")).order_by("id")
    if version and version.submission and version.upto is not None:
        hung = hung.filter(uploaded_at__lte=version.submission.decided_at)
    found: dict[int, list[Any]] = {}
    for file in hung:
        found.setdefault(file.owner_id, []).append(file)
    return found
