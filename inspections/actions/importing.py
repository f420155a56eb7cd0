"""What checked workbooks of visits and actions write."""

from django.utils import timezone

from campaigns.actions.counting import recount
from documents.models import ImportBatch
from inspections import coverage
from inspections.actions.cases import settle
from inspections.imports.visits import HEADS, Outing
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from lib.actor import Actor
from lib.locks import counting_shared
from organizations.actions.enterprises import Counts

SOME = 1000  # rows of one statement


def write_trips(outings: list[Outing], *, by: Actor, batch: ImportBatch) -> Counts:
    """Make the trips that are new, and every visit, and recount what visits fulfil. The caller holds a transaction."""
    counting_shared()
    new = [outing.trip for outing in outings if not outing.is_stored]
    visits = [visit for outing in outings for visit in outing.visits]
    for trip in new:
        trip.batch = batch
    for visit in visits:
        visit.batch = batch
    Trip.objects.bulk_create(new, batch_size=SOME)
    # Those stored without a word of who went, and told now.
    Trip.objects.bulk_update([outing.trip for outing in outings if outing.is_filled_in], list(HEADS), batch_size=SOME)
    Visit.objects.bulk_create(visits, batch_size=SOME)
    recount(coverage.owed_by({outing.trip.unit for outing in outings}), timezone.localdate(), by=by)
    return Counts(len(visits), 0)


def write_actions(actions: list[EnforcementAction], *, by: Actor, batch: ImportBatch) -> Counts:
    """Make every action, the cases that are new, and settle the cases touched. The caller holds a transaction."""
    counting_shared()
    cases = list({id(action.case): action.case for action in actions if action.case}.values())
    PenaltyCase.objects.bulk_create([case for case in cases if case.pk is None], batch_size=SOME)
    for action in actions:
        action.batch = batch
    EnforcementAction.objects.bulk_create(actions, batch_size=SOME)
    settle(cases)
    return Counts(len(actions), 0)
