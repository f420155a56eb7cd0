"""Where figures come from. A source has a grain (what one of its rows is) and a date that places a row in a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Exists, F, Model, OuterRef, Q, QuerySet, TextChoices
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit, counted_mode
from lib.periods import Window
from reports.indicators.scope import Scope


class Ledger(StrEnum):
    """台账: what somebody keeps. With no record of it in scope the forms print 无台账数据 instead of 0."""

    HAZARDS = "隐患台账"
    VISITS = "检查记录"
    ACTIONS = "行政处置记录"


class Belongs(TextChoices):
    """Whose row a record belongs to."""

    UNIT = "unit", "实施单位所在区域（市局为市本级）"
    FINDER = "finder", "发现单位所在区域，未填发现单位的为企业所在统计口径区域"
    PLACE = "place", "企业所在统计口径区域"


Keep = Callable[[Scope, Window], Q]


class Kept(NamedTuple):
    """How a model keeps its rows: for which ledger, dated by what, where the columns fixed at the event stand (`stamps`
    leads to them), and which unit worked.
    """

    ledger: Ledger
    placed_by: str
    stamps: str = ""
    unit: str = "unit"


KEPT: dict[type[Model], Kept] = {
    Hazard: Kept(Ledger.HAZARDS, "found_on", unit="found_by_unit"),
    Closing: Kept(Ledger.HAZARDS, "closed_on", "hazard__", "hazard__found_by_unit"),
    SupervisionListing: Kept(Ledger.HAZARDS, "listed_on", "hazard__"),
    Trip: Kept(Ledger.VISITS, "date"),
    Visit: Kept(Ledger.VISITS, "date", unit="trip__unit"),
    EnforcementAction: Kept(Ledger.ACTIONS, "date"),
    PenaltyCase: Kept(Ledger.ACTIONS, "both_on"),
}


@dataclass(frozen=True)
class Source:
    """Rows of a model; `counts` says which of them count."""

    name: str
    label: str
    grain: str
    model: type[Model]
    counts: Keep

    @property
    def ledger(self) -> Ledger:
        return KEPT[self.model].ledger

    @property
    def placed_by(self) -> str:
        return KEPT[self.model].placed_by

    def rows(self, scope: Scope, window: Window, among: QuerySet[Any] | None = None) -> QuerySet[Any]:
        """Rows of the source dated in the window; `among` narrows them to what somebody may see."""
        every = self.model._default_manager.all() if among is None else among
        return every.filter(self.counts(scope, window), **{f"{self.placed_by}__range": (window.first, window.last)})

    def row_key(self, belongs: Belongs, scope: Scope) -> Combinable:
        kept = KEPT[self.model]
        unit, place = scope.row_of_unit(kept.unit), F(f"{kept.stamps}reporting_area_id")
        if belongs is Belongs.UNIT:
            return unit
        return place if belongs is Belongs.PLACE else Coalesce(unit, place, output_field=BigIntegerField())


# What counts at all


def counted_hazards(scope: Scope, window: Window, stamps: str = "") -> Q:
    """In scope and not 不属实: dismissed counts nowhere (design §4.4)."""
    return scope.holds(stamps) & ~Q(**{f"{stamps}state": Hazard.State.DISMISSED})


def counted_listings(scope: Scope, window: Window) -> Q:
    return counted_hazards(scope, window, "hazard__")


def counted_closings(scope: Scope, window: Window) -> Q:
    """Standing closings of hazards found since the campaign's start, so that months add up to the cumulative."""
    since = Q(hazard__found_on__gte=scope.first)
    return counted_hazards(scope, window, "hazard__") & since & Q(reopened_on__isnull=True)


def counted_closings_of_listed(scope: Scope, window: Window) -> Q:
    """Those of hazards that a government had listed by the window's end."""
    listings = SupervisionListing.objects.filter(
        hazard=OuterRef("hazard"), level=SupervisionListing.Level.GOVERNMENT, listed_on__lte=window.last
    )
    return counted_closings(scope, window) & Q(Exists(listings))


def counted_visits(scope: Scope, window: Window) -> Q:
    return scope.holds() & counted_mode("trip__mode")


def counted_trips(scope: Scope, window: Window) -> Q:
    """Trips with at least one visit in scope; their heads are counted once, whatever the visits."""
    return Q(Exists(Visit.objects.filter(scope.holds(), trip=OuterRef("pk")))) & counted_mode("mode")


def counted_actions(scope: Scope, window: Window) -> Q:
    """About an enterprise in scope, or naming none and filed under this campaign (design §4.5)."""
    about_firms = Q(enterprise__isnull=False) & scope.holds()
    return about_firms | Q(enterprise__isnull=True, campaign=scope.campaign)


def counted_cases(scope: Scope, window: Window) -> Q:
    return scope.holds()


HAZARDS_FOUND = Source("hazards", "隐患台账（发现）", "一项隐患", Hazard, counted_hazards)
CLOSINGS = Source(
    "closings",
    "隐患台账（销号）",
    "一次销号（专项行动开始以来发现的隐患，重新整改的除外）",
    Closing,
    counted_closings,
)
LISTINGS = Source("listings", "隐患台账（挂牌督办）", "一次挂牌", SupervisionListing, counted_listings)
CLOSINGS_OF_LISTED = Source(
    "closings_of_listed",
    "隐患台账（政府挂牌督办隐患的销号）",
    "一次销号（期末前已由政府挂牌督办的隐患）",
    Closing,
    counted_closings_of_listed,
)
TRIPS = Source("trips", "检查记录（检查组）", "一个检查组出动一日（至少检查了一家范围内的企业）", Trip, counted_trips)
VISITS = Source("visits", "检查记录（企业）", "一次检查一家企业", Visit, counted_visits)
ACTIONS = Source("actions", "行政处置记录", "一条处置记录", EnforcementAction, counted_actions)
CASES = Source(
    "cases",
    "行政处置记录（案件）",
    "一个对企业和主要负责人均作出处罚决定的案件，日期为两者首次决定中较晚的一个",
    PenaltyCase,
    counted_cases,
)

SOURCES = (HAZARDS_FOUND, CLOSINGS, LISTINGS, CLOSINGS_OF_LISTED, TRIPS, VISITS, ACTIONS, CASES)


def in_scope(scope: Scope, window: Window) -> Q:
    return scope.holds()


# The source that shows whether a ledger is kept at all: by any record in scope, also one that does not count, as
# what was found to be 不属实, or a 帮扶 visit. Who has entered that and nothing else has 0, not 无台账数据.
LEDGERS = {
    Ledger.HAZARDS: replace(HAZARDS_FOUND, counts=in_scope),
    Ledger.VISITS: replace(VISITS, counts=in_scope),
    Ledger.ACTIONS: ACTIONS,
}
