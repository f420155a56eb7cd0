"""A return handed in shows the figures and the records of its moment, whatever becomes of the records."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from campaigns.actions import submissions
from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from inspections.tests.factories import action, case, trip, visit
from organizations.models import Area
from organizations.tests import factories
from reports.dispatch.bridges import bridge, days_of, frozen_rows
from reports.dispatch.cells import filling
from reports.indicators import INDICATORS, count, scope_of
from reports.indicators.digests import digests
from reports.indicators.past import as_of, versions_now
from reports.models import DispatchReturn
from reports.tests.factories import JUNE, hazard, listing, obligation
from reports.tests.filling import handed_in, opened

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind
CLOSED, NEXT = date(2023, 6, 20), date(2023, 7, 20)


@pytest.fixture
def month(owed):
    """One record of each kind in 荣成市's June; every figure of it is known by hand."""
    firm = factories.enterprise()
    factories.enterprise("荣成另一公司")
    hazard(firm, closed=CLOSED, listed=date(2023, 6, 10))
    visit(firm, on_trip=trip(officers=3, experts=1), flags=["no_drill"])
    visit(firm, on_trip=trip(on=NEXT))
    hazard(firm, on=NEXT)
    action(Act.PENALTY, firm, fine=Decimal("2.50"))
    action(Act.TRANSFER, firm, persons=2)
    action(Act.PUBLISHED_CASE, firm, dangerous_operation=True)
    case(firm, both_on=CLOSED)
    return owed


FIGURES = {
    "1.1": 1, "1.2": 3, "1.3": 1, "1.4": 1, "1.5": 1, "1.6": 1, "1.13": 1,
    "2.1": 1, "2.2": 1, "2.5": 1, "2.6": 1, "2.7": 1, "2.8": 1,
    "3.3": 1, "3.4": Decimal("2.50"), "3.5": 1, "3.6": 2, "3.9": 1, "3.10": 1,
}  # fmt: skip


def change(model, **to):
    """All rows of the month; those of July stay, so that the ledgers are kept whatever happens."""
    dates = {Hazard: "found_on", Trip: "date"}
    only = {f"{dates[model]}__lt": NEXT} if model in dates else {}
    return lambda: model.objects.filter(**only).update(**to)


def elsewhere():
    Hazard.objects.update(reporting_area=factories.county("乳山市"))


def other_unit():
    Trip.objects.update(unit=factories.unit("乳山市应急管理局", in_area=factories.county("乳山市")))


# What happens to the records afterwards, and the figures it takes away or alters in a live table.
CHANGES = {
    "level lowered": (change(Hazard, level="general"), {"2.1": 0, "2.2": 0, "2.5": 0, "2.6": 0, "2.7": 0, "2.8": 0}),
    "found by the firm": (
        change(Hazard, found_by="self"),
        {"1.4": 0, "1.5": 0, "2.3": 1, "2.4": 1, "2.5": 0, "2.6": 0},
    ),
    "not true": (
        change(Hazard, state="dismissed"),
        {"1.4": 0, "1.5": 0, "2.1": 0, "2.2": 0, "2.5": 0, "2.6": 0, "2.7": 0, "2.8": 0},
    ),
    "found in another month": (change(Hazard, found_on=date(2023, 5, 20)), {"1.4": 0, "2.1": 0, "2.5": 0}),
    "counted in another row": (
        elsewhere,
        dict.fromkeys(("1.4", "1.5", "2.1", "2.2", "2.5", "2.6", "2.7", "2.8"), 0),
    ),
    "reopened": (change(Closing, reopened_on=CLOSED), {"1.5": 0, "2.2": 0, "2.6": 0, "2.8": 0}),
    "closed in another month": (change(Closing, closed_on=NEXT), {"1.5": 0, "2.2": 0, "2.6": 0, "2.8": 0}),
    "listed by a department": (change(SupervisionListing, level="department"), {"2.7": 0, "2.8": 0}),
    "listed later": (change(SupervisionListing, listed_on=date(2023, 6, 29)), {"2.7": 0, "2.8": 0}),
    "more heads": (change(Trip, officers=5, experts=0), {"1.2": 5, "1.3": 0}),
    "another way of checking": (change(Trip, mode="驻点监督"), dict.fromkeys(("1.1", "1.2", "1.3", "1.6", "1.13"), 0)),
    "another unit went": (other_unit, dict.fromkeys(("1.1", "1.2", "1.3", "1.6", "1.13"), 0)),
    "flag taken back": (change(Visit, flags=[]), {"1.13": 0}),
    "visit deleted": (
        lambda: Visit.objects.filter(date__lt=NEXT).delete(),
        dict.fromkeys(("1.1", "1.2", "1.3", "1.6", "1.13"), 0),
    ),
    "fine corrected": (change(EnforcementAction, fine=Decimal("4.00")), {"3.4": Decimal("4.00")}),
    "persons corrected": (change(EnforcementAction, persons=7), {"3.6": 7}),
    "dated in July": (
        change(EnforcementAction, date=NEXT),
        dict.fromkeys(("3.3", "3.4", "3.6", "3.9", "3.10"), 0),
    ),
    "not of dangerous operation": (change(EnforcementAction, dangerous_operation=False), {"3.10": 0}),
    "second decision withdrawn": (change(PenaltyCase, both_on=None), {"3.5": 0}),
}  # fmt: skip


def live(one):
    """{figure: value} of 荣成市 now, without zeros."""
    scope = scope_of(one)
    counts = count(scope, JUNE, [each for each in INDICATORS.values() if not each.is_typed])
    found = {code: counts.of(scope.row_named("荣成市"), each) for code, each in INDICATORS.items() if not each.is_typed}
    return {code: value for code, value in found.items() if value != 0}


def test_month_is_what_it_says(month):
    assert live(month.deliverable.campaign) == FIGURES


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_handed_in_is_read_as_it_stood(month, clerk, what):
    returned = handed_in(opened(month, clerk), clerk)
    act, after = CHANGES[what]
    act()

    one = returned.campaign
    assert live(one) == {code: value for code, value in (FIGURES | after).items() if value != 0}
    with as_of(returned.frozen["versions"]):
        assert live(one) == FIGURES
    assert {figure.code: figure.system for figure in returned.figures.all() if figure.system} == FIGURES


@pytest.mark.parametrize("what", CHANGES)
def test_bridge_leads_from_the_figure_of_then_to_that_of_now(month, clerk, what):
    """Frozen value, less what left, plus what came, is the live value; what did not move is level."""
    returned = handed_in(opened(month, clerk), clerk)
    act, after = CHANGES[what]
    act()
    scope = scope_of(returned.campaign)
    row = scope.row_named("荣成市")

    for code in (*after, "1.15", "3.12"):
        each, then, now = INDICATORS[code], FIGURES.get(code, 0), (FIGURES | after).get(code, 0)
        found = bridge(each, returned, scope, row)
        assert each.value.of_rows(found.then.values()) == then, code
        assert each.value.of_rows(found.now.values()) == now, code
        assert found.is_level is (then == now), code


@pytest.mark.parametrize("what", ["level lowered", "visit deleted", "fine corrected", "reopened"])
def test_opened_figure_shows_the_number_that_was_handed_in(month, clerk, city, signed_in, what):
    handed_in(opened(month, clerk), clerk)
    CHANGES[what][0]()
    page = signed_in(city)

    for code in ("1.6", "2.1", "2.2", "3.4"):
        where = reverse("reports:figure", args=["trade-2023", "trade", "2023-06", code])
        assert page.get(f"{where}?row=荣成市&content=handed-in").context["number"] == FIGURES[code]


# Several moments


def test_each_hand_in_has_its_own_moment(month, clerk, city):
    """Given back and handed in again: the second moment is read, and the first one's figures are in the history."""
    returned = handed_in(opened(month, clerk), clerk)
    first = dict(returned.frozen["versions"])
    submissions.return_submission(month.submissions.get(), by=city, reason="请补录")
    hazard(factories.enterprise("荣成丙公司"))
    handed_in(returned, clerk)
    returned = DispatchReturn.objects.select_related("campaign").get()

    one = returned.campaign
    with as_of(first):
        assert live(one)["2.1"] == 1
    with as_of(returned.frozen["versions"]):
        assert live(one)["2.1"] == 2
    history = returned.figures.get(code="2.1").events.order_by("pgh_id").values_list("system", flat=True)
    assert (1 in list(history), list(history)[-1]) == (True, 2)


def test_two_rows_keep_two_moments(month, clerk):
    handed_in(opened(month, clerk), clerk)
    other = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))
    hazard(factories.enterprise("乳山某公司", in_area=other.area))
    its_clerk = factories.actor(other)
    handed_in(opened(obligation(month.deliverable.campaign, unit=other), its_clerk), its_clerk)
    hazard(factories.enterprise("乳山又一公司", in_area=other.area))
    first, second = DispatchReturn.objects.select_related("campaign", "row").order_by("pk")
    scope = scope_of(first.campaign)

    assert len(frozen_rows(INDICATORS["2.1"], second, scope, scope.row_named("乳山市"))) == 1
    assert len(frozen_rows(INDICATORS["2.1"], first, scope, scope.row_named("乳山市"))) == 0


def test_row_that_came_and_went_between_two_moments_is_in_neither(owed, clerk):
    hazard(factories.enterprise())
    before = versions_now()
    gone = listing(Hazard.objects.get(), on=date(2023, 6, 10))
    between = versions_now()
    SupervisionListing.objects.filter(pk=gone.pk).delete()
    one = owed.deliverable.campaign

    with as_of(before):
        assert "2.7" not in live(one)
    with as_of(between):
        assert live(one)["2.7"] == 1
    with as_of(versions_now()):
        assert "2.7" not in live(one)


def test_present_is_read_again_after_the_past_also_when_something_failed(owed):
    then = versions_now()
    hazard(factories.enterprise())
    with pytest.raises(RuntimeError), as_of(then):
        assert Hazard.objects.count() == 0
        raise RuntimeError

    assert Hazard.objects.count() == 1
    assert connection.execute_wrappers == []


# What a digest notices


@pytest.mark.parametrize("what", [name for name in CHANGES if name != "counted in another row"])
def test_digest_notices_whatever_moves_a_figure(month, clerk, what):
    """So that what has the same digest need not be compared row by row."""
    returned = handed_in(opened(month, clerk), clerk)
    act, after = CHANGES[what]
    act()
    scope = scope_of(returned.campaign)
    counted = [each for each in INDICATORS.values() if not each.is_typed]
    now = digests(scope, days_of(returned), scope.row_named("荣成市"), counted)
    frozen = {figure.code: (figure.rows, figure.digest) for figure in returned.figures.all()}

    moved = {code for code, value in after.items() if value != FIGURES.get(code, 0)}
    assert moved <= {code for code in now if now[code] != frozen[code]}


def test_what_the_officer_saw_is_told_apart_by_every_figure(month, clerk):
    before = filling(opened(month, clerk)).seen
    seen = {before}
    for what in ("fine corrected", "persons corrected", "flag taken back", "more heads", "level lowered"):
        CHANGES[what][0]()
        seen.add(filling(opened(month, clerk)).seen)

    assert len(seen) == 6


def test_area_renamed_since_does_not_move_a_frozen_row(month, clerk):
    returned = handed_in(opened(month, clerk), clerk)
    Area.objects.filter(name="荣成市").update(name="荣成")
    scope = scope_of(returned.campaign)

    assert len(frozen_rows(INDICATORS["2.1"], returned, scope, scope.row_named("荣成"))) == 1
