"""The ledger: hazards from discovery to write-off, and the two lists."""

from hazards.models.hazards import Hazard, HazardMove, LedgerNumber
from hazards.models.lists import Measure, Problem
from hazards.models.records import Closing, Signature, SupervisionListing
from hazards.models.standards import Standard, StandardClause

__all__ = [
    "Closing",
    "Hazard",
    "HazardMove",
    "LedgerNumber",
    "Measure",
    "Problem",
    "Signature",
    "Standard",
    "StandardClause",
    "SupervisionListing",
]
