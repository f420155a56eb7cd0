"""How the rows behind a figure are shown, by source: columns as data, and where a row opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.urls import NoReverseMatch, reverse

from inspections.models import Flag
from lib.text import joined

Read = Callable[[Any], Any]


class Columns(NamedTuple):
    """`columns` are (heading, how it is read); `related` what must be read along; `href` where a row leads."""

    columns: tuple[tuple[str, Read], ...]
    related: tuple[str, ...]
    href: Read


def hazard_page(pk: int) -> str:
    try:
        return reverse("hazards:hazard", args=[pk])
    except NoReverseMatch:
        return ""


def nowhere(row: Any) -> str:
    return ""


def flags(visit: Any) -> str:
    labels = dict(Flag.choices)
    return joined(str(labels[flag]) for flag in visit.flags)


def firm(action: Any) -> str:
    """The enterprise, or the area or department spoken to."""
    return str(action.enterprise or action.target_name)


HAZARDS = Columns(
    (
        ("企业", lambda row: row.enterprise),
        ("台账编号", lambda row: row.number),
        ("级别", lambda row: row.get_level_display()),
        ("发现时间", lambda row: row.found_on),
        ("发现方式", lambda row: row.get_found_by_display()),
        ("发现单位", lambda row: row.found_by_unit or ""),
        ("状态", lambda row: row.get_state_display()),
    ),
    ("enterprise", "found_by_unit"),
    lambda row: hazard_page(row.pk),
)
CLOSINGS = Columns(
    (
        ("企业", lambda row: row.hazard.enterprise),
        ("台账编号", lambda row: row.hazard.number),
        ("级别", lambda row: row.hazard.get_level_display()),
        ("发现时间", lambda row: row.hazard.found_on),
        ("发现方式", lambda row: row.hazard.get_found_by_display()),
        ("销号时间", lambda row: row.closed_on),
    ),
    ("hazard__enterprise",),
    lambda row: hazard_page(row.hazard_id),
)
LISTINGS = Columns(
    (
        ("企业", lambda row: row.hazard.enterprise),
        ("台账编号", lambda row: row.hazard.number),
        ("挂牌单位", lambda row: row.unit_name),
        ("挂牌级别", lambda row: row.get_level_display()),
        ("挂牌时间", lambda row: row.listed_on),
    ),
    ("hazard__enterprise",),
    lambda row: hazard_page(row.hazard_id),
)
TRIPS = Columns(
    (
        ("检查单位", lambda row: row.unit),
        ("检查日期", lambda row: row.date),
        ("检查组", lambda row: row.team),
        ("执法人员（人）", lambda row: row.officers),
        ("专家（人）", lambda row: row.experts),
        ("检查方式", lambda row: row.mode),
    ),
    ("unit",),
    nowhere,
)
VISITS = Columns(
    (
        ("企业", lambda row: row.enterprise),
        ("检查日期", lambda row: row.date),
        ("检查单位", lambda row: row.trip.unit),
        ("检查组", lambda row: row.trip.team),
        ("抽查发现", flags),
    ),
    ("enterprise", "trip__unit"),
    nowhere,
)
ACTIONS = Columns(
    (
        ("对象", firm),
        ("日期", lambda row: row.date),
        ("类型", lambda row: row.get_kind_display()),
        ("实施单位", lambda row: row.unit),
        ("罚款（万元）", lambda row: row.fine),
        ("人数", lambda row: row.persons),
    ),
    ("enterprise", "unit"),
    nowhere,
)
CASES = Columns(
    (
        ("企业", lambda row: row.enterprise or ""),
        ("案号", lambda row: row.number),
        ("实施单位", lambda row: row.unit),
        ("双罚日期", lambda row: row.both_on),
    ),
    ("enterprise", "unit"),
    nowhere,
)
SHOWN = {
    "hazards": HAZARDS,
    "closings": CLOSINGS,
    "listings": LISTINGS,
    "closings_of_listed": CLOSINGS,
    "trips": TRIPS,
    "visits": VISITS,
    "actions": ACTIONS,
    "cases": CASES,
}
