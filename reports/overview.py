"""The city at a glance: what has come in this month and how hazards stand, by area; a picture and its table."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q
from django.utils import timezone

from campaigns.models import Campaign, Obligation, Standing
from hazards.models import Hazard
from lib.actor import Actor

CAME_IN = (Standing.ON_TIME, Standing.LATE, Standing.MISSING, Standing.PENDING)
HAZARDS = {"major": "重大未销号", "general": "一般未销号", "overdue": "其中逾期", "closed": "本月销号"}


def came_in(actor: Actor, now: datetime) -> dict[str, Any]:
    """Units' duties that fall due this month, by area and standing; one query."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    # The end of a month's last day is the first instant of the next.
    due = {"due_at__gt": first, "due_at__lte": first + relativedelta(months=1)}
    rows = Obligation.objects.visible_to(actor).filter(unit__isnull=False, deliverable__optional=False, **due)
    rows = rows.filter(deliverable__campaign__state=Campaign.State.RUNNING).exclude(area__level="city")
    counted = rows.with_standing(now).values("area__position", "area__name", "standing").annotate(n=Count("pk"))
    table: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for row in counted.order_by("area__position"):
        table[row["area__position"], row["area__name"]][row["standing"]] = row["n"]
    areas = [{"name": name, "values": [found.get(each, 0) for each in CAME_IN]} for (_, name), found in table.items()]
    return {"title": came_in_title(areas), "series": [each.label for each in CAME_IN], "areas": areas}


def came_in_title(areas: list[dict[str, Any]]) -> str:
    """The finding, not the subject: 本月应报40项，已报32项，缺报3项（乳山市3项）."""
    total = sum(sum(area["values"]) for area in areas)
    if not total:
        return "本月没有到期的报送事项"
    done = sum(area["values"][0] + area["values"][1] for area in areas)
    missing = sum(area["values"][2] for area in areas)
    worst = max(areas, key=lambda area: area["values"][2])
    behind = f"，缺报{missing}项，其中{worst['name']}{worst['values'][2]}项" if missing else "，没有缺报"
    return f"本月应报{total}项，已报{done}项{behind}"


def hazards_stand(actor: Actor, today: date) -> dict[str, Any]:
    """Open majors, open generals, overdue and closed this month, by the area that handles them; one query."""
    is_open = ~Q(state__in=(Hazard.State.CLOSED, Hazard.State.DISMISSED))
    rows = Hazard.objects.visible_to(actor).values("handled_in__position", "handled_in__name")
    counted = rows.annotate(
        major=Count("pk", filter=is_open & Q(level=Hazard.Level.MAJOR)),
        general=Count("pk", filter=is_open & Q(level=Hazard.Level.GENERAL)),
        overdue=Count("pk", filter=is_open & Q(deadline_on__lt=today)),
        closed=Count("pk", filter=Q(state=Hazard.State.CLOSED, closed_on__gte=today.replace(day=1))),
    ).order_by("handled_in__position")
    areas = [{"name": row["handled_in__name"], "values": [row[key] for key in HAZARDS]} for row in counted]
    return {"title": hazards_title(areas), "series": list(HAZARDS.values()), "areas": areas}


def hazards_title(areas: list[dict[str, Any]]) -> str:
    waiting = sum(area["values"][0] + area["values"][1] for area in areas)
    if not waiting:
        return "没有未销号的隐患"
    worst = max(areas, key=lambda area: area["values"][0] + area["values"][1])
    most = worst["values"][0] + worst["values"][1]
    overdue = sum(area["values"][2] for area in areas)
    return f"未销号隐患{waiting}项，逾期{overdue}项；{worst['name']}最多，{most}项"
