"""A dispatch table of N hazards against the same figures in hand-written SQL.

    python -m benchmarks.dispatch_table [hazards …]

All 35 figures for all rows, cumulative to the end of the campaign, so that every record is read. Bound (design §8): one
pass per source, 1.5 of the time of the SQL. The floor gives the same numbers, or the run fails. Ours also looks up the
scope and puts the statements together, about a tenth of a second whatever the size: with few hazards that shows, so
small tables have a wider bound. The workbook is written by neither.
"""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.bulk import Counter, database, fill
from benchmarks.compare import compare

SIZES = (10_000, 100_000, 1_000_000)
RUNS = 5
PASSES = 8
LARGE, BOUND, SMALL_BOUND = 100_000, 1.5, 2.5

# Which enterprises' records count, and whose row a unit's work belongs to.
OPENING = """
    WITH scope AS (SELECT sector_id FROM campaigns_campaign_sectors WHERE campaign_id = %(campaign)s),
    unit_row AS (
        SELECT u.id, CASE WHEN u.area_id = %(city)s THEN 0 ELSE r.counted_in_id END AS row
        FROM organizations_unit u
        LEFT JOIN organizations_reportingarea r ON r.area_id = u.area_id AND r.line = 'emergency'
    )
"""
IN_SCOPE = "{0}.sector_id IN (SELECT sector_id FROM scope) AND {0}.area_id = ANY(%(areas)s)"
BETWEEN = "BETWEEN %(first)s AND %(last)s"

HAZARDS = f"""{OPENING}
    SELECT coalesce(u.row, h.reporting_area_id), h.reporting_area_id,
        count(*) FILTER (WHERE h.found_by <> 'self'),
        count(*) FILTER (WHERE h.level = 'major'),
        count(*) FILTER (WHERE h.level = 'major' AND h.found_by = 'self'),
        count(*) FILTER (WHERE h.level = 'major' AND h.found_by <> 'self')
    FROM hazards_hazard h LEFT JOIN unit_row u ON u.id = h.found_by_unit_id
    WHERE h.found_on {BETWEEN} AND h.state <> 'dismissed' AND {IN_SCOPE.format("h")} GROUP BY 1, 2"""
CLOSINGS = f"""{OPENING}
    SELECT coalesce(u.row, h.reporting_area_id), h.reporting_area_id,
        count(*) FILTER (WHERE h.found_by <> 'self'),
        count(*) FILTER (WHERE h.level = 'major'),
        count(*) FILTER (WHERE h.level = 'major' AND h.found_by = 'self'),
        count(*) FILTER (WHERE h.level = 'major' AND h.found_by <> 'self')
    FROM hazards_closing c JOIN hazards_hazard h ON h.id = c.hazard_id LEFT JOIN unit_row u ON u.id = h.found_by_unit_id
    WHERE c.closed_on {BETWEEN} AND c.reopened_on IS NULL AND h.found_on >= %(first)s AND h.state <> 'dismissed'
        AND {IN_SCOPE.format("h")} GROUP BY 1, 2"""
LISTINGS = f"""{OPENING}
    SELECT h.reporting_area_id, count(*) FILTER (WHERE l.level = 'government' AND h.level = 'major')
    FROM hazards_supervisionlisting l JOIN hazards_hazard h ON h.id = l.hazard_id
    WHERE l.listed_on {BETWEEN} AND h.state <> 'dismissed' AND {IN_SCOPE.format("h")} GROUP BY 1"""
LISTED_CLOSINGS = f"""{OPENING}
    SELECT h.reporting_area_id, count(*) FILTER (WHERE h.level = 'major')
    FROM hazards_closing c JOIN hazards_hazard h ON h.id = c.hazard_id
    WHERE c.closed_on {BETWEEN} AND c.reopened_on IS NULL AND h.found_on >= %(first)s AND h.state <> 'dismissed'
        AND {IN_SCOPE.format("h")} AND EXISTS (
            SELECT FROM hazards_supervisionlisting l
            WHERE l.hazard_id = c.hazard_id AND l.level = 'government' AND l.listed_on <= %(last)s
        ) GROUP BY 1"""
TRIPS = f"""{OPENING}
    SELECT u.row, count(*), sum(t.officers), sum(t.experts)
    FROM inspections_trip t JOIN unit_row u ON u.id = t.unit_id
    WHERE t.date {BETWEEN} AND t.mode !~ '驻点|帮扶|督导'
        AND EXISTS (SELECT FROM inspections_visit v WHERE v.trip_id = t.id AND {IN_SCOPE.format("v")}) GROUP BY 1"""
FLAGS = ", ".join(
    "count(DISTINCT v.enterprise_id) FILTER (WHERE v.flags @> ARRAY[%({})s]::varchar[])".format(f"flag{n}")
    for n in range(9)
)
VISITS = f"""{OPENING}
    SELECT u.row, count(DISTINCT v.enterprise_id), {FLAGS}
    FROM inspections_visit v JOIN inspections_trip t ON t.id = v.trip_id JOIN unit_row u ON u.id = t.unit_id
    WHERE v.date {BETWEEN} AND t.mode !~ '驻点|帮扶|督导' AND {IN_SCOPE.format("v")} GROUP BY 1"""
ACTIONS = f"""{OPENING}
    SELECT u.row,
        count(*) FILTER (WHERE a.kind = 'area_support'),
        count(*) FILTER (WHERE a.kind = 'firm_support'),
        count(*) FILTER (WHERE a.kind = 'penalty'),
        sum(a.fine) FILTER (WHERE a.kind = 'penalty'),
        sum(a.persons) FILTER (WHERE a.kind = 'transfer'),
        count(DISTINCT a.enterprise_id) FILTER (WHERE a.kind = 'suspension'),
        count(DISTINCT a.enterprise_id) FILTER (WHERE a.kind IN ('exposure', 'interview', 'joint_punishment')),
        count(*) FILTER (WHERE a.kind = 'published_case'),
        count(*) FILTER (WHERE a.kind = 'published_case' AND a.dangerous_operation),
        sum(a.persons) FILTER (WHERE a.kind = 'accountability'),
        count(*) FILTER (WHERE a.kind = 'area_interview')
    FROM inspections_enforcementaction a JOIN unit_row u ON u.id = a.unit_id
    WHERE a.date {BETWEEN} AND (a.enterprise_id IS NOT NULL AND {IN_SCOPE.format("a")}
        OR a.enterprise_id IS NULL AND a.campaign_id = %(campaign)s) GROUP BY 1"""
CASES = f"""{OPENING}
    SELECT u.row, count(*) FROM inspections_penaltycase c JOIN unit_row u ON u.id = c.unit_id
    WHERE c.both_on {BETWEEN} AND {IN_SCOPE.format("c")} GROUP BY 1"""

# Statement → for each of its row keys, the figures that belong to it, in the order of its columns.
FLOOR: dict[str, list[tuple[int, list[str]]]] = {
    HAZARDS: [(0, ["1.4"]), (1, ["2.1", "2.3", "2.5"])],
    CLOSINGS: [(0, ["1.5"]), (1, ["2.2", "2.4", "2.6"])],
    LISTINGS: [(0, ["2.7"])],
    LISTED_CLOSINGS: [(0, ["2.8"])],
    TRIPS: [(0, ["1.1", "1.2", "1.3"])],
    VISITS: [(0, [f"1.{n}" for n in range(6, 16)])],
    ACTIONS: [(0, ["3.1", "3.2", "3.3", "3.4", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12"])],
    CASES: [(0, ["3.5"])],
}


def floor(parameters: dict[str, Any]) -> dict[tuple[int, str], Any]:
    """(row, figure) → value, zeros left out."""
    from django.db import connection

    cells: dict[tuple[int, str], Any] = {}
    with connection.cursor() as cursor:
        for statement, keys in FLOOR.items():
            cursor.execute(statement, parameters)
            for found in cursor.fetchall():
                values = iter(found[len(keys) :])
                for place, codes in keys:
                    for code, value in zip(codes, values, strict=False):
                        if value and found[place] is not None:
                            cells[found[place], code] = cells.get((found[place], code), 0) + value
    return cells


def measure(count: int) -> bool:
    from django.db import connection

    from campaigns.models import Campaign
    from inspections.models import Flag
    from lib.periods import Window
    from reports import indicators

    fill(count)
    campaign = Campaign.objects.get(code="trade-2023")
    window = Window(campaign.starts_on, campaign.ends_on)
    counted = [each for each in indicators.INDICATORS.values() if not each.is_typed]
    areas = list(indicators.scope_of(campaign).areas)
    parameters = {
        "campaign": campaign.pk,
        "city": campaign.area_id,
        "areas": areas,
        "first": window.first,
        "last": window.last,
    }
    parameters |= {f"flag{n}": flag.value for n, flag in enumerate(Flag)}
    counter = Counter()
    with connection.execute_wrapper(counter):
        ours = indicators.count(indicators.scope_of(campaign), window, counted)
    if ours.cells != floor(parameters):
        sys.exit("the hand-written SQL gives other figures")
    print(f"{count} hazards: {counter.count} statements, {PASSES} of them passes")
    return compare(
        f"dispatch table over {count} hazards",
        lambda: indicators.count(indicators.scope_of(campaign), window, counted),
        lambda: floor(parameters),
        bound=BOUND if count >= LARGE else SMALL_BOUND,
        runs=RUNS,
    )


def main(*sizes: int) -> bool:
    with database("benchmark_dispatch_table"):
        return min([measure(size) for size in sizes or SIZES])


if __name__ == "__main__":
    sys.exit(not main(*map(int, sys.argv[1:])))
