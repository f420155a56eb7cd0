"""The ledger: hazards from discovery to write-off, and the two lists."""

from hazards.models.hazards import Hazard, HazardEntry, HazardMove, LedgerNumber
from hazards.models.lists import Measure, Problem
from hazards.models.records import Closing, Reconsideration, Signature, SupervisionListing
from hazards.models.standards import Standard, StandardClause

__all__ = [
    "Closing",
    "Hazard",
    "HazardEntry",
    "HazardMove",
    "LedgerNumber",
    "Measure",
    "Problem",
    "Reconsideration",
    "Signature",
    "Standard",
    "StandardClause",
    "SupervisionListing",
]
