"""Duties by name: the duty of each leader, people who come and go, what is owed then; for two files of tests."""

from datetime import date
from zoneinfo import ZoneInfo

from campaigns.actions.opening import open_obligations
from campaigns.models import Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.actions import roster

SYSTEM = Actor.system()
SHANGHAI = ZoneInfo("Asia/Shanghai")
NAME = "冶金等工贸行业重大事故隐患专项排查整治2023行动"
EACH = "每位班子成员"


def run(on):
    return open_obligations(date.fromisoformat(on), by=SYSTEM).words()


def owed(unit=None, **conditions):
    """Sorted "period subject state" of the unit's rows."""
    rows = Obligation.objects.filter(**({"unit": unit} if unit else {}), **conditions)
    return sorted(f"{row.period} {row.subject} {row.state}" for row in rows)


def leader_duty(code="leader-checks", **fields):
    """每月至少1次: by the last day of the month, kept in the unit."""
    said = {"name": "班子成员带队检查", "form": "text", "person": EACH, "each_of": "leader", "due_day": None}
    return campaigns.deliverable(code, **said | {"recipient_rule": "file"} | fields)


def leave(row, day):
    roster.release(row, on=date.fromisoformat(day), by=SYSTEM)


def join(unit, name, day, **fields):
    said = {"kind": "leader"} | fields
    return roster.appoint(unit, name=name, starts_on=date.fromisoformat(day), by=SYSTEM, **said)
