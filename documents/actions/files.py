"""Keeping files: as received but for images, known by their digest, private to the row they hang on."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model

from documents import filetypes
from documents.models import StoredFile, storage_path
from lib import locks
from lib.actor import Actor
from organizations import audit


@transaction.atomic
def store(
    upload: File,
    *,
    owner: Model | None,
    by: Actor,
    role: str = "",
    allowed: tuple[filetypes.FileType, ...] = filetypes.ANY,
) -> StoredFile:
    """Keep what somebody uploaded. `owner` is the row that decides who may read it; None leaves it the uploader's own.

    Raises ValidationError in Chinese for a file too large, empty, broken, or of a type that is not kept.
    """
    kind, content = filetypes.cleaned(received(upload), allowed)
    name = filetypes.safe_name(upload.name or "", kind)
    return keep(content, name=name, content_type=kind.content_type, owner=owner, by=by, role=role)


@transaction.atomic
def keep(content: bytes, *, name: str, content_type: str, owner: Model | None, by: Actor, role: str = "") -> StoredFile:
    """Keep bytes whose type is known already: checked by `store`, or made by the portal itself (exports)."""
    stored = StoredFile(
        name=name[:200],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        role=role,
        owner=owner,
        uploaded_by=by.user,
    )
    stored.file.name = _put(stored, content)
    stored.save()
    audit.record(by, "file.store", stored, role=role, owner=str(owner or "")[:200], size=stored.size)
    return stored


def _put(stored: StoredFile, content: bytes) -> str:
    """Where the content lies. The same content is kept once, however often it comes."""
    path = storage_path(stored, stored.name)
    locks.exclusive(path)  # nobody may be removing the same content
    if default_storage.exists(path):
        return path
    return default_storage.save(path, ContentFile(content))


@transaction.atomic
def give(stored: StoredFile, *, owner: Model, by: Actor) -> StoredFile:
    """Hang a file that was uploaded ahead of its row (a photo taken before the form was sent) on that row.

    Only its uploader's own loose file can be given; anything else is refused.
    """
    if stored.owner_id is not None or not by.user or stored.uploaded_by_id != by.user.pk:
        raise ValidationError("这个文件已有归属，请重新上传。")
    stored.owner = owner
    stored.save(update_fields=["owner_type", "owner_id"])
    audit.record(by, "file.give", stored, owner=str(owner)[:200])
    return stored


@transaction.atomic
def remove(stored: StoredFile, *, by: Actor) -> None:
    """Take a file away for good. Its content goes with the last file that holds the same.

    Only for what may be made again (exports) or was never part of a record.
    """
    path = storage_path(stored, stored.name)
    locks.exclusive(path)
    audit.record(by, "file.remove", stored, size=stored.size)
    stored.delete()
    if not StoredFile.objects.filter(file=path).exists():
        default_storage.delete(path)


def received(upload: File) -> bytes:
    """The bytes of an upload within the limit of size."""
    limit = settings.UPLOAD_MAX_BYTES
    upload.seek(0)
    content = upload.read(limit + 1)
    upload.seek(0)
    if len(content) > limit:
        raise ValidationError(f"文件超过{limit // 2**20}MB，请压缩或拆分后上传。")
    if not content:
        raise ValidationError("文件是空的，请重新选择。")
    return content
