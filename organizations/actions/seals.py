"""Sealing the audit log: a digest over each range of rows, chained to the one before, so that a change shows."""

import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from lib import locks
from organizations.models import AuditEntry, AuditSeal

# A row's time is taken a moment before its key; a minute is far longer than that moment.
MARGIN = timedelta(minutes=1)
MOST = 100_000


@transaction.atomic
def seal() -> AuditSeal | None:
    """Seal the rows since the last seal; None where there are none yet.

    Only rows older than the oldest running transaction are taken: whoever holds a lower key and has not committed began
    before them, so no row can appear inside a sealed range, and writers need no lock.
    """
    locks.exclusive("audit-seal")
    last = AuditSeal.objects.order_by("last_id").last()
    rows = AuditEntry.objects.filter(pk__gt=last.last_id if last else 0, at__lt=_settled_before()).order_by("pk")[:MOST]
    keys = list(rows.values_list("pk", flat=True))
    if not keys:
        return None
    key_id, previous = list(settings.SEAL_KEYS)[-1], last.digest if last else ""
    digest = digest_of(keys[0], keys[-1], previous=previous, key=settings.SEAL_KEYS[key_id])
    return AuditSeal.objects.create(
        first_id=keys[0], last_id=keys[-1], rows=len(keys), digest=digest, previous=previous, key_id=key_id
    )


def _settled_before() -> datetime:
    """Nobody but a client of this database writes entries: neither other databases of the server nor a vacuum count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database() AND backend_type = 'client backend'"
        )
        oldest = cursor.fetchone()[0]
    return min(oldest or timezone.now(), timezone.now()) - MARGIN


def digest_of(first: int, last: int, *, previous: str, key: str) -> str:
    """HMAC-SHA256 over the previous digest and every field of the rows first to last, in the order of their keys."""
    mac = hmac.new(key.encode(), previous.encode(), sha256)
    rows = AuditEntry.objects.filter(pk__range=(first, last)).order_by("pk").values()
    for row in rows.iterator(chunk_size=2000):
        mac.update(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str).encode())
    return mac.hexdigest()


def broken() -> Iterator[tuple[AuditSeal, str]]:
    """Every seal that no longer fits, with what is wrong, in Chinese."""
    previous = ""
    for each in AuditSeal.objects.order_by("last_id"):
        key = settings.SEAL_KEYS.get(each.key_id)
        if each.previous != previous:
            yield each, "与前一封存不衔接，中间的封存可能被删改"
        elif key is None:
            yield each, f"缺少密钥{each.key_id}，无法核对"
        elif not hmac.compare_digest(each.digest, digest_of(each.first_id, each.last_id, previous=previous, key=key)):
            yield each, f"审计日志第{each.first_id}至{each.last_id}条与封存不符，可能被删改"
        previous = each.digest
