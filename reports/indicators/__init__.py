"""指标: definitions that yield both the number and the rows behind it."""

from reports.indicators.declarations import INDICATORS
from reports.indicators.indicator import Indicator, Kind, RollUp, Wording
from reports.indicators.scope import CITY, Row, Scope, scope_of
from reports.indicators.tables import Counts, count

__all__ = [
    "CITY",
    "INDICATORS",
    "Counts",
    "Indicator",
    "Kind",
    "RollUp",
    "Row",
    "Scope",
    "Wording",
    "count",
    "scope_of",
]
