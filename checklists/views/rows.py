"""Which rows a page may touch: one's own to fill in, everybody's within reach to read."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from checklists.models import Answer, SelfInspection
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


def photos_of(inspection: SelfInspection) -> dict[int, list[Any]]:
    """The pictures of an inspection by the id of their answer; one statement (and the content type's, once)."""
    kind = ContentType.objects.get_for_model(Answer)
    hung = StoredFile.objects.filter(owner_type=kind, owner_id__in=inspection.answers.values("pk")).order_by("id")
    found: dict[int, list[Any]] = {}
    for file in hung:
        found.setdefault(file.owner_id, []).append(file)
    return found
