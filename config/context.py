"""What every page shows around its content."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from config.components import MOST_COUNTED
from notifications.models import Message
from organizations.permissions import Permission, allowed


class Entry(NamedTuple):
    """One entry of the navigation; `in_bar` says whose bottom bar on the phone has it: units', firms'."""

    label: str
    path: str
    icon: str
    for_units: bool = True
    for_enterprises: bool = True
    in_bar: tuple[str, ...] = ()


UNITS, FIRMS = "units", "firms"
ENTRIES = [
    Entry("首页", "/", "house", in_bar=(UNITS, FIRMS)),
    Entry("专项行动", "/campaigns/", "megaphone", for_enterprises=False),
    Entry("应报任务", "/obligations/", "list-check", in_bar=(UNITS,)),
    Entry("自查", "/self-inspections/", "clipboard-check", in_bar=(FIRMS,)),
    Entry("隐患", "/hazards/", "exclamation-triangle", in_bar=(UNITS, FIRMS)),
    Entry("调度报表", "/reports/", "table", for_enterprises=False),
    Entry("企业", "/enterprises/", "buildings"),
]


def page(request: HttpRequest) -> dict[str, Any]:
    """The navigation for the current post, and how many messages are unread (asked only where it is shown)."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.user is None:
        return {"navigation": [], "unread": 0, "post": None, "posts": [], "keeps_accounts": False}
    return {
        "navigation": [shown(entry, request.path, actor) for entry in ENTRIES if fits(entry, actor)],
        "unread": SimpleLazyObject(lambda: unread(actor)),
        "post": actor.membership,
        "posts": request.memberships,
        "keeps_accounts": bool(allowed(actor, Permission.ACCOUNT_ISSUE)),
    }


def fits(entry: Entry, actor: Any) -> bool:
    return entry.for_enterprises if actor.enterprise else entry.for_units


def shown(entry: Entry, path: str, actor: Any) -> dict[str, Any]:
    current = path == "/" if entry.path == "/" else path.startswith(entry.path)
    in_bar = (FIRMS if actor.enterprise else UNITS) in entry.in_bar
    return {**entry._asdict(), "current": current, "in_bar": in_bar}


def unread(actor: Any) -> int:
    return Message.objects.visible_to(actor).unread_by(actor.user)[: MOST_COUNTED + 1].count()
