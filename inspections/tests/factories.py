"""Trips, visits, actions and cases, with nothing in them that the caller did not ask for."""

from datetime import date
from itertools import count

from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from organizations.tests import factories

_serial = count(1)


def trip(*, by=None, on=date(2023, 6, 6), **fields):
    fields.setdefault("team", f"{next(_serial)}组")
    return Trip.objects.create(unit=by or factories.unit(), date=on, **fields)


def visit(firm, *, on_trip=None, **fields):
    """A visit on a trip of the district's bureau, unless another trip is given."""
    on_trip = on_trip or trip()
    return Visit.objects.create(trip=on_trip, date=on_trip.date, enterprise=firm, **firm.stamps(), **fields)


def action(kind, firm=None, *, by=None, on=date(2023, 6, 6), **fields):
    stamps = {"enterprise": firm} | firm.stamps() if firm else {}
    return EnforcementAction.objects.create(kind=kind, unit=by or factories.unit(), date=on, **stamps, **fields)


def case(firm, *, by=None, both_on=None, **fields):
    fields.setdefault("number", f"威应急罚〔2023〕{next(_serial)}号")
    stamps = {name: firm.stamps()[name] for name in ("area", "sector", "feature_names")}
    unit = by or factories.unit()
    return PenaltyCase.objects.create(unit=unit, enterprise=firm, both_on=both_on, **stamps, **fields)
