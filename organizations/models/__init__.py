"""Who and where: areas, sectors, units, enterprises, people, and what they did."""

from organizations.models.areas import Area, ReportingArea, RiskFeature, Sector, WorkDay
from organizations.models.audit import AuditEntry, AuditSeal
from organizations.models.enterprises import Enterprise, EnterpriseChange
from organizations.models.house import HouseStep
from organizations.models.official import OfficialRow
from organizations.models.people import Membership, User
from organizations.models.roster import Responsible
from organizations.models.units import Unit, UnitSector

__all__ = [
    "Area",
    "AuditEntry",
    "AuditSeal",
    "Enterprise",
    "EnterpriseChange",
    "HouseStep",
    "Membership",
    "OfficialRow",
    "ReportingArea",
    "Responsible",
    "RiskFeature",
    "Sector",
    "Unit",
    "UnitSector",
    "User",
    "WorkDay",
]
