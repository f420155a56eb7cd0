"""Where figures come from. A source has a grain (what one of its rows is) and a date that places a row in a window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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


@dataclass(frozen=True)
class Source:
    """`stamps` leads to the columns fixed at the event, `unit` to the unit that worked, `kept` says what counts."""

    name: str
    label: str
    grain: str
    ledger: Ledger
    model: type[Model]
    placed_by: str
    kept: Keep
    stamps: str = ""
    unit: str = "unit"

    def rows(self, scope: Scope, window: Window, among: QuerySet[Any] | None = None) -> QuerySet[Any]:
        """Rows of the source dated in the window; `among` narrows them to what somebody may see."""
        every = self.model._default_manager.all() if among is None else among
        return every.filter(self.kept(scope, window), **{f"{self.placed_by}__range": (window.first, window.last)})

    def row_key(self, belongs: Belongs, scope: Scope) -> Combinable:
        if belongs is Belongs.UNIT:
            return scope.row_of_unit(self.unit)
        place = F(f"{self.stamps}reporting_area_id")
        return (
            place
            if belongs is Belongs.PLACE
            else Coalesce(scope.row_of_unit(self.unit), place, output_field=BigIntegerField())
        )


# What counts at all


def counted_hazards(scope: Scope, stamps: str = "") -> Q:
    """In scope and not 不属实: dismissed counts nowhere (design §4.4)."""
    return scope.holds(stamps) & ~Q(**{f"{stamps}state": Hazard.State.DISMISSED})


def counted_closings(scope: Scope, window: Window) -> Q:
    """Standing closings of hazards found since the campaign's start, so that months add up to the cumulative."""
    since = Q(hazard__found_on__gte=scope.first)
    return counted_hazards(scope, "hazard__") & since & Q(reopened_on__isnull=True)


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


HAZARDS_FOUND = Source(
    name="hazards",
    label="隐患台账（发现）",
    grain="一项隐患",
    ledger=Ledger.HAZARDS,
    model=Hazard,
    placed_by="found_on",
    kept=lambda scope, window: counted_hazards(scope),
    unit="found_by_unit",
)
CLOSINGS = Source(
    name="closings",
    label="隐患台账（销号）",
    grain="一次销号（专项行动开始以来发现的隐患，重新整改的除外）",
    ledger=Ledger.HAZARDS,
    model=Closing,
    placed_by="closed_on",
    kept=counted_closings,
    stamps="hazard__",
    unit="hazard__found_by_unit",
)
LISTINGS = Source(
    name="listings",
    label="隐患台账（挂牌督办）",
    grain="一次挂牌",
    ledger=Ledger.HAZARDS,
    model=SupervisionListing,
    placed_by="listed_on",
    kept=lambda scope, window: counted_hazards(scope, "hazard__"),
    stamps="hazard__",
)
CLOSINGS_OF_LISTED = Source(
    name="closings_of_listed",
    label="隐患台账（政府挂牌督办隐患的销号）",
    grain="一次销号（期末前已由政府挂牌督办的隐患）",
    ledger=Ledger.HAZARDS,
    model=Closing,
    placed_by="closed_on",
    kept=counted_closings_of_listed,
    stamps="hazard__",
    unit="hazard__found_by_unit",
)
TRIPS = Source(
    name="trips",
    label="检查记录（检查组）",
    grain="一个检查组出动一日（至少检查了一家范围内的企业）",
    ledger=Ledger.VISITS,
    model=Trip,
    placed_by="date",
    kept=counted_trips,
)
VISITS = Source(
    name="visits",
    label="检查记录（企业）",
    grain="一次检查一家企业",
    ledger=Ledger.VISITS,
    model=Visit,
    placed_by="date",
    kept=counted_visits,
    unit="trip__unit",
)
ACTIONS = Source(
    name="actions",
    label="行政处置记录",
    grain="一条处置记录",
    ledger=Ledger.ACTIONS,
    model=EnforcementAction,
    placed_by="date",
    kept=counted_actions,
)
CASES = Source(
    name="cases",
    label="行政处置记录（案件）",
    grain="一个对企业和主要负责人均作出处罚决定的案件，日期为两者首次决定中较晚的一个",
    ledger=Ledger.ACTIONS,
    model=PenaltyCase,
    placed_by="both_on",
    kept=counted_cases,
)

SOURCES = (HAZARDS_FOUND, CLOSINGS, LISTINGS, CLOSINGS_OF_LISTED, TRIPS, VISITS, ACTIONS, CASES)
# The source that shows whether a ledger is kept at all.
LEDGERS = {Ledger.HAZARDS: HAZARDS_FOUND, Ledger.VISITS: VISITS, Ledger.ACTIONS: ACTIONS}
