"""What the ledger says against a nil report (零报告): majors that are still open."""

from datetime import date

from django.db.models import Q
from django.utils import timezone

from campaigns.actions.respondents import in_scope
from campaigns.models import Obligation
from hazards.models import Hazard
from lib import periods
from organizations import jurisdiction


def open_majors(obligation: Obligation) -> list[str]:
    """Of the firm, or in the unit's jurisdiction; of the campaign's scope, found by the end of the report's period."""
    found = Q(found_on__lte=reported_until(obligation)) & in_scope(obligation.deliverable.campaign)
    count = Hazard.objects.filter(about(obligation), found).open().major().count()
    return [f"{where(obligation)}有{count}项重大事故隐患未销号"] if count else []


def about(obligation: Obligation) -> Q:
    """The firm's own, or those in the unit's reach (design §4.1)."""
    if obligation.enterprise_id:
        return Q(enterprise=obligation.enterprise_id)
    return jurisdiction.within(jurisdiction.unit_reach(obligation.unit), units=("found_by_unit",))


def where(obligation: Obligation) -> str:
    return "本企业" if obligation.enterprise_id else "辖区内"


def reported_until(obligation: Obligation) -> date:
    """The last day the report speaks of; today while it runs, or where it has no period."""
    today = timezone.localdate()
    try:
        return min(periods.parse(obligation.period).last, today)
    except ValueError:
        return today
