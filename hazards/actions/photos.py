"""Photos and signed sheets of a hazard: stored files that hang on it, named by what they show."""

from collections.abc import Iterable

from django.core.files.base import File
from django.db import transaction

from documents import filetypes
from documents.actions import store
from documents.models import StoredFile
from hazards.models import Hazard
from lib.actor import Actor

BEFORE, AFTER, PROGRESS, SHEET, PAPER = "整改前", "整改后", "整改进展", "签字页", "文书"


@transaction.atomic
def attach(hazard: Hazard, uploads: Iterable[File], *, by: Actor, role: str) -> list[StoredFile]:
    """Keep the uploads with the hazard; ValidationError in Chinese for what cannot be kept."""
    return [store(one, owner=hazard, by=by, role=role, allowed=filetypes.IMAGES) for one in uploads]
