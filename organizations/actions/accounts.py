"""Accounts reach people: opened for many at once, given a new code, joined by further posts, ended.

A one-time code is shown once, to whoever issued it, and kept only as a password hash.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from axes.utils import reset as lift_lockout
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lib.actor import Actor
from lib.text import folded
from organizations import audit
from organizations.models import Enterprise, Membership, Unit, User

CODE_VALID = timedelta(days=14)
# Neither 0 and o nor 1, i and l: codes are read from paper. 31 signs, ten of them: about 2 to the 49th.
CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
# A code drawn by lot needs no slow hash against guessing; the person's own password gets the full one.
CODE_ROUNDS = 20_000
_MOBILE = re.compile(r"1[3-9]\d{9}")


class Wanted(NamedTuple):
    """Who is to have an account, in which post."""

    holder: Unit | Enterprise
    role: str
    name: str
    mobile: str = ""


class Outcome(StrEnum):
    OPENED = "已开通"
    ADDED = "已有账号，已加入此岗位"
    STANDING = "此前已开通，未重新发码"
    RENEWED = "已重新发码"
    REFUSED = "未开通"


@dataclass(frozen=True)
class Slip:
    """What became of one wish; `code` is there only where a new one was made."""

    wanted: Wanted
    outcome: Outcome
    user: User | None = None
    code: str = ""
    reason: str = ""

    @property
    def role(self) -> str:
        return dict(Membership._meta.get_field("role").flatchoices)[self.wanted.role]


@transaction.atomic
def issue(wishes: Sequence[Wanted], *, by: Actor) -> list[Slip]:
    """Give everybody an account and the post, in the order given; who has both already is left alone.

    One person is one account: somebody whose mobile number is known gets the further post on the account he has.
    """
    _lock(wishes)
    return [_issue(wanted, by) for wanted in wishes]


def _lock(wishes: Iterable[Wanted]) -> None:
    """Two clerks who issue for the same firm at once do it one after the other; always in the same order."""
    for model in (Enterprise, Unit):
        keys = [wanted.holder.pk for wanted in wishes if isinstance(wanted.holder, model)]
        list(model.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _issue(wanted: Wanted, by: Actor) -> Slip:
    if not wanted.name.strip():
        return Slip(wanted, Outcome.REFUSED, reason="没有登记姓名，请先补充后再开通。")
    wanted = wanted._replace(name=wanted.name.strip(), mobile=mobile_of(wanted.mobile))
    user, code = _known(wanted), ""
    if user is None:
        user, code = _opened(wanted)
    if problem := _problem(wanted, user):
        return Slip(wanted, Outcome.REFUSED, reason=problem)
    post, fresh = _post(wanted, user)
    if not (fresh or code):
        return Slip(wanted, Outcome.STANDING, user)
    audit.record(by, "account.opened" if code else "account.post_added", post, user=user.pk)
    return Slip(wanted, Outcome.OPENED if code else Outcome.ADDED, user, code)


def mobile_of(text: str) -> str:
    """The mobile number in it; a landline or anything else finds nobody, so it counts as none."""
    found = _MOBILE.fullmatch(folded(text).removeprefix("86"))
    return found.group() if found else ""


def _known(wanted: Wanted) -> User | None:
    """By mobile number; else who already has this post under this name and left no other number."""
    if wanted.mobile:
        by_mobile = User.objects.filter(Q(mobile=wanted.mobile) | Q(username=wanted.mobile)).order_by("id").first()
        if by_mobile:
            return by_mobile
    same = Membership.objects.filter(**_holder(wanted), role=wanted.role, user__name=wanted.name)
    nameless = same.filter(user__mobile="") if wanted.mobile else same
    post = nameless.select_related("user").order_by("-active", "id").first()
    return post.user if post else None


def _problem(wanted: Wanted, user: User) -> str:
    if user.name != wanted.name:
        return f"手机号{wanted.mobile}已用于另一姓名的账号，请核对姓名和手机号。"
    return "" if user.is_active else "此人的账号已停用，请联系系统管理员恢复。"


def _opened(wanted: Wanted) -> tuple[User, str]:
    """A new account and its code; no code if somebody was faster with this number."""
    fields = {"name": wanted.name, "mobile": wanted.mobile}
    name = wanted.mobile or _free_name(wanted.holder)
    user, made = User.objects.get_or_create(username=name, defaults=fields)
    return user, (_give_code(user) if made else "")


def _free_name(holder: Unit | Enterprise) -> str:
    """qy27-1: short enough to type; free while the holder's row is locked."""
    stem = f"{'qy' if isinstance(holder, Enterprise) else 'dw'}{holder.pk}-"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    return next(name for number in range(1, len(taken) + 2) if (name := f"{stem}{number}") not in taken)


def _post(wanted: Wanted, user: User) -> tuple[Membership, bool]:
    """The post, and whether it is new or taken up again."""
    today = timezone.localdate()
    post, fresh = Membership.objects.get_or_create(
        user=user, role=wanted.role, **_holder(wanted), defaults={"since": today}
    )
    if not post.active:
        post.active, post.since, post.until, fresh = True, today, None, True
        post.save(update_fields=["active", "since", "until"])
    return post, fresh


def _holder(wanted: Wanted) -> dict[str, Unit | Enterprise]:
    return {"enterprise" if isinstance(wanted.holder, Enterprise) else "unit": wanted.holder}


def _give_code(user: User) -> str:
    drawn = "".join(secrets.choice(CODE_SIGNS) for _ in range(10))
    code = f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"
    user.password, user.must_change_password = _hashed(code), True
    user.first_code_expires_at = timezone.now() + CODE_VALID
    user.save(update_fields=["password", "must_change_password", "first_code_expires_at"])
    return code


def _hashed(code: str) -> str:
    hasher = get_hasher()
    fewer = {"iterations": CODE_ROUNDS} if isinstance(hasher, PBKDF2PasswordHasher) else {}
    return hasher.encode(code, hasher.salt(), **fewer)


@transaction.atomic
def reset(post: Membership, *, by: Actor) -> Slip:
    """A new code for the account behind the post: the old password, its sessions and a lockout end."""
    user = User.objects.select_for_update(no_key=True).get(pk=post.user_id)
    code = _give_code(user)
    lift_lockout(username=user.username)
    audit.record(by, "account.reset", post, user=user.pk)
    return Slip(Wanted(post.holder, post.role, user.name, user.mobile), Outcome.RENEWED, user, code)


@transaction.atomic
def end_post(post: Membership, *, by: Actor) -> None:
    """The person may no longer act from the post; what he did stays under his name."""
    post.active, post.until = False, timezone.localdate()
    post.save(update_fields=["active", "until"])
    audit.record(by, "account.post_ended", post)


@transaction.atomic
def resume_post(post: Membership, *, by: Actor) -> None:
    post.active, post.until = True, None
    post.save(update_fields=["active", "until"])
    audit.record(by, "account.post_resumed", post)
