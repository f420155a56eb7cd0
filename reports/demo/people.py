"""The demo's accounts, and a named clerk for every unit that hands something in."""

from pathlib import Path
from secrets import choice
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from lib.actor import Actor
from organizations.models import Enterprise, Membership, Unit, User
from organizations.models.areas import Line
from organizations.models.people import Role

# No characters that are taken for one another, and long enough for the rules.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
SURNAMES = "王李张刘陈杨于丛孙姜毕宋邹连鞠"
GIVEN = ("建国", "海涛", "志强", "晓东", "文斌", "立新", "国栋", "春燕", "永胜", "红梅", "学军", "丽华")


class Account(NamedTuple):
    """One line that bin/run prints: who signs in, as what, where."""

    username: str
    name: str
    role: str
    holder: str


UNIT_ACCOUNTS = (
    Account("admin", "系统管理员", Role.ADMIN, "威海市应急管理局"),
    Account("city", "丛文斌", Role.CLERK, "威海市应急管理局"),
    Account("leader", "姜国栋", Role.DEPUTY, "威海市应急管理局"),
    Account("miit", "毕春燕", Role.CLERK, "威海市工业和信息化局绿色发展推进科"),
    Account("district", "于海涛", Role.CLERK, "荣成市应急管理局"),
    Account("inspector", "孙志强", Role.OFFICER, "荣成市应急管理局"),
)
FIRM_ACCOUNTS = (("head", Role.HEAD), ("director", Role.DIRECTOR), ("safety", Role.SAFETY))


def password() -> str:
    """Made once, kept in var/ so that the next run prints the same."""
    path = Path(settings.VAR_DIR) / "demo-password.txt"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text("-".join("".join(choice(LETTERS) for _ in range(4)) for _ in range(3)))
    return path.read_text()


@transaction.atomic
def make_accounts(firm: Enterprise) -> list[Account]:
    """The nine accounts of the README, all with the demo password; `firm` is where the last three work."""
    names = {Role.HEAD: firm.head, Role.DIRECTOR: firm.director, Role.SAFETY: "鞠晓东"}
    accounts = [*UNIT_ACCOUNTS, *(Account(user, names[role], role, firm.name) for user, role in FIRM_ACCOUNTS)]
    word = password()
    hashed = kept_hash(word)
    for account in accounts:
        user, _ = User.objects.get_or_create(username=account.username, defaults={"name": account.name})
        user.password = hashed
        user.is_staff = user.is_superuser = account.username == "admin"
        user.save()
        holder = (
            {"enterprise": firm} if account.holder == firm.name else {"unit": Unit.objects.get(name=account.holder)}
        )
        Membership.objects.get_or_create(user=user, role=account.role, **holder)
    return accounts


def kept_hash(word: str) -> str:
    """Made once for all, as hashing takes long, and kept, as another one would sign everybody out."""
    kept = User.objects.filter(username=UNIT_ACCOUNTS[0].username).values_list("password", flat=True).first()
    return kept if kept and check_password(word, kept) else make_password(word)


@transaction.atomic
def make_clerks() -> None:
    """A clerk without a password for every unit of the two lines that has nobody: somebody to phone and to name."""
    waiting = Unit.objects.filter(memberships=None, lines__overlap=[Line.EMERGENCY, Line.MIIT]).order_by("pk")
    for number, unit in enumerate(waiting):
        name = SURNAMES[number % len(SURNAMES)] + GIVEN[number * 5 % len(GIVEN)]
        user = User(username=f"demo-{unit.pk}", name=name, mobile=f"1370000{number:04}")
        user.set_unusable_password()
        user.save()
        Membership.objects.create(user=user, unit=unit, role=Role.CLERK)


def actor_of(holder: Unit | Enterprise | None, role: str) -> Actor:
    """Somebody who holds the post there, acting."""
    key = "enterprise" if isinstance(holder, Enterprise) else "unit"
    post = Membership.objects.with_holder().filter(role=role, **{key: holder}).first() if holder else None
    if post is None:
        return Actor.system("演示数据")
    return Actor(user=post.user, membership=post, ip="127.0.0.1")


class Actors(dict[tuple[Unit | Enterprise | None, str], Actor]):
    """Who holds which post, looked up once: actors[unit, Role.CLERK]."""

    def __missing__(self, key: tuple[Unit | Enterprise | None, str]) -> Actor:
        self[key] = actor_of(*key)
        return self[key]
