"""Figures of a past moment: the same definitions on the versions of then."""

from datetime import date

import pytest

from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from inspections.tests.factories import action, case, trip, visit
from organizations.tests import factories
from reports.indicators import INDICATORS, count, scope_of
from reports.indicators.past import COUNTED, as_of, version_of, versions_now
from reports.indicators.sources import SOURCES
from reports.tests.factories import JUNE, campaign, hazard, listing

pytestmark = pytest.mark.django_db

ROW = "荣成市"


def figures(scope):
    counts = count(scope, JUNE, INDICATORS.values())
    return {code: value for code, each in INDICATORS.items() if (value := counts.of(scope.row_named(ROW), each))}


@pytest.fixture
def scope():
    factories.unit()
    return scope_of(campaign())


def test_every_source_reads_models_whose_versions_are_kept():
    assert {source.model for source in SOURCES} <= set(COUNTED)
    assert all(model.pgh_event_model for model in COUNTED)


def test_what_came_later_is_not_there_yet(scope):
    hazard(factories.enterprise())
    then = versions_now()
    hazard(factories.enterprise("乙"))

    with as_of(then):
        assert figures(scope) == {"1.4": 1, "2.1": 1, "2.5": 1}
    assert figures(scope) == {"1.4": 2, "2.1": 2, "2.5": 2}


def test_what_was_changed_later_is_as_it_was(scope):
    one = hazard(factories.enterprise())
    then = versions_now()
    one.level = Hazard.Level.GENERAL
    one.save(update_fields=["level"])

    with as_of(then):
        assert figures(scope)["2.1"] == 1
    assert "2.1" not in figures(scope)


def test_what_was_deleted_later_is_still_there(scope):
    gone = visit(factories.enterprise())
    then = versions_now()
    Visit.objects.filter(pk=gone.pk).delete()
    Trip.objects.all().delete()

    with as_of(then):
        assert figures(scope) == {"1.1": 1, "1.6": 1}
    assert figures(scope) == {}


def test_what_had_been_deleted_before_stays_away(scope):
    one = hazard(factories.enterprise())
    listed = listing(one, on=date(2023, 6, 10))
    SupervisionListing.objects.filter(pk=listed.pk).delete()

    with as_of(versions_now()):
        assert "2.7" not in figures(scope)


def test_every_source_reads_the_past(scope):
    firm = factories.enterprise()
    hazard(firm, closed=date(2023, 6, 20), listed=date(2023, 6, 10))
    visit(firm, on_trip=trip(officers=2))
    action(EnforcementAction.Kind.PENALTY, firm, fine=1)
    case(firm, both_on=date(2023, 6, 20))
    before = figures(scope)
    then = versions_now()
    for model in (Closing, SupervisionListing, EnforcementAction, Visit, PenaltyCase, Hazard, Trip):
        model.objects.all().delete()

    with as_of(then):
        assert figures(scope) == before


def test_before_anything_there_is_nothing(scope):
    hazard(factories.enterprise())

    with as_of({}):
        assert figures(scope) == {}


def test_a_number_beyond_the_versions_reads_the_present(scope):
    hazard(factories.enterprise())
    far = {table: number + 1000 for table, number in versions_now().items()}

    with as_of(far):
        assert figures(scope)["2.1"] == 1


def test_version_numbers_take_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert set(versions_now()) == {model._meta.db_table for model in COUNTED}


def test_the_version_of_a_row_grows_with_every_change():
    one = hazard(factories.enterprise())
    first = Hazard.objects.values_list(version_of(Hazard)).get()
    one.place = "冷库"
    one.save(update_fields=["place"])

    assert Hazard.objects.values_list(version_of(Hazard)).get() > first


def test_other_tables_and_writes_are_left_alone(scope):
    with as_of({}):
        factories.enterprise("丙")
        hazard_count = Hazard.objects.count()

    assert hazard_count == 0
    assert factories.Enterprise.objects.filter(name="丙").exists()
