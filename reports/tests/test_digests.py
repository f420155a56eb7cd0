"""How many rows a figure was counted from, and their digest."""

import hashlib

import pytest

from hazards.models import Hazard
from inspections.tests.factories import trip, visit
from organizations.tests import factories
from reports.indicators import CITY, INDICATORS, scope_of
from reports.indicators.digests import digests
from reports.tests.factories import JUNE, campaign, hazard

pytestmark = pytest.mark.django_db

FOUND = [INDICATORS[code] for code in ("1.4", "2.1", "2.3")]


@pytest.fixture
def scope():
    factories.unit()
    return scope_of(campaign())


def digest(scope, *, row="荣成市", of=FOUND):
    return digests(scope, JUNE, scope.row_named(row), of)


def newest(one):
    return one.events.order_by("-pgh_id").values_list("pgh_id", flat=True)[0]


def test_a_digest_is_over_the_rows_and_their_versions(scope):
    first, second = hazard(factories.enterprise()), hazard(factories.enterprise("乙"))
    told = f"{first.pk}:{newest(first)},{second.pk}:{newest(second)}"

    assert digest(scope)["2.1"] == (2, hashlib.sha256(told.encode()).hexdigest())


def test_no_rows_have_no_digest(scope):
    hazard(factories.enterprise())

    assert digest(scope)["2.3"] == (0, "")


def test_a_change_of_a_row_shows_in_the_digest_alone(scope):
    one = hazard(factories.enterprise())
    before = digest(scope)
    one.place = "冷库"
    one.save(update_fields=["place"])
    after = digest(scope)

    assert after["2.1"][0] == before["2.1"][0]
    assert after["2.1"][1] != before["2.1"][1]


def test_only_the_rows_of_the_reporting_row_are_told(scope):
    hazard(factories.enterprise(), found_by_unit=factories.city_bureau())

    assert [digest(scope)[code][0] for code in ("1.4", "2.1")] == [0, 1]
    assert digest(scope, row=CITY.name)["1.4"][0] == 1


def test_a_distinct_figure_tells_of_all_its_rows(scope):
    firm = factories.enterprise()
    visit(firm, on_trip=trip())
    visit(firm, on_trip=trip())

    assert digest(scope, of=[INDICATORS["1.6"]])["1.6"][0] == 2


def test_a_dismissed_row_leaves_the_digest(scope):
    one = hazard(factories.enterprise())
    Hazard.objects.filter(pk=one.pk).update(state=Hazard.State.DISMISSED)

    assert digest(scope)["2.1"] == (0, "")


def test_digests_take_one_query_per_source(scope, django_assert_num_queries):
    counted = [each for each in INDICATORS.values() if not each.is_typed]

    with django_assert_num_queries(8):
        found = digests(scope, JUNE, scope.row_named("荣成市"), counted)
    assert len(found) == 35
