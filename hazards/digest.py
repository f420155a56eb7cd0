"""What the daily digest says of hazards beside the reports that are owed: numbers with a link, no detail.

Asked by campaigns through `registry.digest_lines`, once per batch of respondents.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from hazards.models import Hazard
from lib.registry import DigestLine
from organizations import jurisdiction
from organizations.jurisdiction import Reach
from organizations.models import Area, Enterprise, Unit

SOON = timedelta(days=7)
State = Hazard.State
TO_JUDGE = Q(state=State.REGISTERED, level=Hazard.Level.MAJOR)
TO_RECHECK = Q(state=State.RECHECK_REQUESTED)


def digest_lines(respondents: Sequence[Any], at: datetime) -> Mapping[Any, list[DigestLine]]:
    """Firms hear of their deadlines, units of what waits for them; who has nothing is not in the mapping."""
    firms = [one for one in respondents if isinstance(one, Enterprise)]
    units = [one for one in respondents if isinstance(one, Unit)]
    found = firm_lines(firms, timezone.localdate(at)) if firms else {}
    return found | (unit_lines(units, at) if units else {})


def firm_lines(firms: Sequence[Enterprise], today: date) -> dict[Any, list[DigestLine]]:
    """Open hazards past their deadline, and those whose deadline comes within a week."""
    pressing = Hazard.objects.open().filter(enterprise__in=firms, deadline_on__lte=today + SOON).order_by()
    past = Q(deadline_on__lt=today)
    rows = pressing.values("enterprise").annotate(overdue=Count("pk", filter=past), soon=Count("pk", filter=~past))
    counts = {row["enterprise"]: row for row in rows}
    return {firm: _firm(counts[firm.pk]) for firm in firms if firm.pk in counts}


def _firm(row: Mapping[str, int]) -> list[DigestLine]:
    ledger = reverse("hazards:hazards")
    lines = [
        (row["overdue"], "项隐患已超过整改期限，请尽快整改并报告进展", f"{ledger}?overdue=on"),
        (row["soon"], f"项隐患的整改期限在{SOON.days}日内到期", ledger),
    ]
    return [DigestLine(f"{count}{words}", url) for count, words, url in lines if count]


def unit_lines(units: Sequence[Unit], at: datetime) -> dict[Any, list[DigestLine]]:
    """What waits for the unit's recheck or judgement, and how much of it for too long."""
    waiting = _waiting(at)
    if not waiting:
        return {}
    cities = set(Area.objects.filter(level=Area.Level.CITY).values_list("pk", flat=True))
    reaches = jurisdiction.reaches(units)
    found: dict[Any, list[DigestLine]] = {}
    for unit in units:
        reach = reaches[unit.pk]
        areas = {unit.area_id} if unit.area_id in cities else set(reach.areas)
        sums = sum((Counter(figures) for place, figures in waiting if _is_its_own(place, areas, reach)), Counter())
        if lines := _unit(sums):
            found[unit] = lines
    return found


def _waiting(at: datetime) -> list[tuple[dict[str, int], dict[str, int]]]:
    """One query: where it is handled, of which sector, found by whom; and how much of each kind."""
    unjudged = TO_JUDGE & Q(recorded_at__lt=at - timedelta(days=settings.HAZARD_JUDGE_DAYS))
    last = timezone.localdate(at) - timedelta(days=settings.HAZARD_RECHECK_DAYS)
    unchecked = TO_RECHECK & Q(recheck_requested_on__lt=last)
    kinds = {"judge": TO_JUDGE, "judge_late": unjudged, "recheck": TO_RECHECK, "recheck_late": unchecked}
    places = ("handled_in", "sector", "found_by_unit")
    rows = Hazard.objects.filter(TO_JUDGE | TO_RECHECK).order_by().values(*places)
    counted = rows.annotate(**{name: Count("pk", filter=condition) for name, condition in kinds.items()})
    return [({name: row[name] for name in places}, {name: row[name] for name in kinds}) for row in counted]


def _is_its_own(place: Mapping[str, int], areas: set[int], reach: Reach) -> bool:
    """As `in_own_hands` says it of one post, and within what the unit may see."""
    sector = reach.sectors is None or place["sector"] in reach.sectors
    return place["handled_in"] in areas and sector or place["found_by_unit"] in reach.units


def _unit(sums: Mapping[str, int]) -> list[DigestLine]:
    ledger, lines = reverse("hazards:hazards"), []
    for name, words, days, query in (
        ("recheck", "项隐患等待复查", settings.HAZARD_RECHECK_DAYS, f"state={State.RECHECK_REQUESTED}"),
        ("judge", "项重大隐患等待判定", settings.HAZARD_JUDGE_DAYS, f"state={State.REGISTERED}&level=major"),
    ):
        late = f"，其中{sums[f'{name}_late']}项已超过{days}日" if sums[f"{name}_late"] else ""
        lines += [DigestLine(f"{sums[name]}{words}{late}", f"{ledger}?{query}")] if sums[name] else []
    return lines


def in_own_hands(unit: Unit, reach: Reach) -> Q:
    """A city's bureau acts on what is handled by the city or was found by itself; the districts act on theirs."""
    here = [unit.area_id] if unit.area.level == Area.Level.CITY else reach.areas
    return Q(handled_in__in=here) | Q(found_by_unit__in=reach.units)
