"""Coming, going, changing one's own password and post; each leaves a row in the audit log."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from lib.actor import Actor
from organizations import audit
from organizations.models import Membership, User


def signed_in(user: User, *, by: Actor) -> None:
    audit.record(by, "session.signed_in", user)


def sign_in_refused(name: str, *, by: Actor) -> None:
    """Only an account that exists is named: people type passwords into the wrong field."""
    known = User.objects.filter(username=name[:150]).first() if "\x00" not in name else None
    audit.record(by, "session.sign_in_refused", known, ok=False)


def signed_out(user: User, *, by: Actor) -> None:
    audit.record(by, "session.signed_out", user)


@transaction.atomic
def change_password(user: User, *, by: Actor, password: str) -> None:
    """Set the person's own password; a first code has then done its work. The caller keeps the session alive."""
    first = user.must_change_password
    user.set_password(password)
    user.must_change_password, user.first_code_expires_at = False, None
    user.save(update_fields=["password", "must_change_password", "first_code_expires_at"])
    audit.record(by, "account.password_changed", user, first=first)


@transaction.atomic
def change_email(user: User, *, by: Actor, email: str) -> None:
    user.email = email
    user.save(update_fields=["email"])
    audit.record(by, "account.email_changed", user)


def switch_post(session: Any, key: str, post: Membership, *, by: Actor) -> None:
    """Act from another of one's own posts from now on, in this session."""
    session[key] = post.pk
    audit.record(by, "session.post_switched", post)


def code_is_spent(user: User) -> bool:
    """Whether the account still waits for its first password, and its one-time code is past its day."""
    until = user.first_code_expires_at
    return bool(user.must_change_password and until and until <= timezone.now())
