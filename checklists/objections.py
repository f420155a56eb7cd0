"""What is asked of a nil report (零报告): of the ledger and the checklists together, since both are seen from here."""

from django.db.models import Exists, OuterRef, Q

from campaigns.models import Obligation, Submission
from checklists.models import Answer
from hazards.models import Hazard, Problem
from hazards.objections import open_majors, where
from organizations import jurisdiction

UNLINKED = Q(hazard__isnull=True, problem__isnull=True)
SETTLED = Q(hazard__state__in=(Hazard.State.CLOSED, Hazard.State.DISMISSED)) | Q(problem__state=Problem.State.DONE)
PUT_RIGHT = SETTLED | UNLINKED & Q(fixed_at_once=True)


def nil_objections(obligation: Obligation) -> list[str]:
    """Sentences that the respondent has to answer; none if nothing speaks against having nothing to report."""
    return [*open_majors(obligation), *failed_items(obligation)]


def failed_items(obligation: Obligation) -> list[str]:
    """Whole items of the campaign's checklists that fall short and are not put right yet."""
    answers = Answer.objects.filter(seen(obligation), clause__isnull=True).falling_short()
    of_campaign = answers.filter(inspection__obligation__deliverable__campaign=obligation.deliverable.campaign_id)
    # Each row keeps its own reason to be counted: a NULL on the way must not drop it.
    count = of_campaign.exclude(pk__in=of_campaign.filter(PUT_RIGHT).values("pk")).count()
    return [f"{where(obligation)}对照检查有{count}项不符合或部分符合，尚未整改"] if count else []


def seen(obligation: Obligation) -> Q:
    """A firm's own; a unit's own and those that firms of its jurisdiction have handed in (a draft is nobody else's)."""
    if obligation.enterprise_id:
        return Q(inspection__enterprise=obligation.enterprise_id)
    reach = jurisdiction.unit_reach(obligation.unit)
    firms = Q(inspection__enterprise__isnull=False) & jurisdiction.within(reach, prefix="inspection__")
    handed_in = Exists(Submission.objects.handed_in().filter(obligation=OuterRef("inspection__obligation")))
    return Q(inspection__unit__in=reach.units) | firms & Q(handed_in)
