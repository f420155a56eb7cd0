"""Writing the audit log; one row per act, an import one row per file."""

from typing import Any

from lib.actor import Actor
from organizations.models.audit import AuditEntry


def record(by: Actor, verb: str, target: Any = None, *, ok: bool = True, **detail: Any) -> AuditEntry:
    """Write who did what to which row. `verb` is "noun.verb"; `detail` must be JSON-able and hold no personal data.

    Whom a clerk acts for is kept whole in the detail: the actor's label may be cut.
    """
    if by.on_behalf_of:
        detail["on_behalf_of"] = by.on_behalf_of
    return AuditEntry.objects.create(
        actor_id=getattr(by.user, "pk", None),
        actor=by.label[:120],
        holder=by.holder_label[:120],
        ip=by.ip,
        verb=verb,
        target_kind=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target=str(target)[:200] if target is not None else "",
        ok=ok,
        detail=detail,
    )
