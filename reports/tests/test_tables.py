"""A whole table at once: queries, empty ledgers, totals."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from campaigns.models import Campaign
from inspections.models import EnforcementAction
from inspections.tests.factories import action, case, trip, visit
from organizations.tests import factories
from reports.indicators import CITY, INDICATORS, count, scope_of
from reports.indicators.sources import LEDGERS, SOURCES, Ledger
from reports.tests.factories import JUNE, campaign, hazard

pytestmark = pytest.mark.django_db

COUNTED = [each for each in INDICATORS.values() if not each.is_typed]
# hazards, closings, listings, closings of listed, trips, visits, actions, cases
PASSES = 8
# the areas chosen, the campaign's own, those below, the rules, sectors, features, units
SCOPE = 7

Act = EnforcementAction.Kind


def fill(firms):
    for n in range(firms):
        firm = factories.enterprise(f"企业{n}", in_area=factories.county(f"区{n}"))
        hazard(firm, closed=date(2023, 6, 20), listed=date(2023, 6, 10))
        visit(firm, on_trip=trip(officers=2))
        action(Act.PENALTY, firm, fine=1)
        case(firm, both_on=date(2023, 6, 20))


@pytest.mark.parametrize("firms", [1, 3])
def test_a_table_takes_one_query_per_source(firms, django_assert_num_queries):
    fill(firms)
    scope = scope_of(campaign())

    with django_assert_num_queries(PASSES):
        count(scope, JUNE, COUNTED)


@pytest.mark.parametrize("firms", [1, 3])
def test_a_scope_takes_a_fixed_number_of_queries(firms, django_assert_num_queries):
    fill(firms)
    one = Campaign.objects.get(pk=campaign().pk)

    with django_assert_num_queries(SCOPE):
        scope_of(one)


def test_only_the_sources_asked_for_are_read(django_assert_num_queries):
    scope = scope_of(campaign())

    with django_assert_num_queries(1 + 1):
        count(scope, JUNE, [INDICATORS["2.1"], INDICATORS["2.3"], INDICATORS["党政-1"]])


def test_whether_silent_ledgers_are_kept_is_asked_in_one_query(django_assert_num_queries):
    scope = scope_of(campaign())

    with django_assert_num_queries(PASSES + 1):
        count(scope, JUNE, COUNTED)


def test_nothing_asked_for_asks_nothing(django_assert_num_queries):
    scope = scope_of(campaign())

    with django_assert_num_queries(0):
        assert count(scope, JUNE, [INDICATORS["党政-1"]]).cells == {}


def values(*codes):
    factories.county()
    scope = scope_of(campaign())
    counts = count(scope, JUNE, COUNTED)
    return [counts.of(scope.row_named("荣成市"), INDICATORS[code]) for code in codes]


def test_a_ledger_nobody_keeps_gives_no_figure():
    assert values("1.1", "1.4", "2.1", "2.8", "3.3", "3.5") == [None] * 6


def test_a_kept_ledger_gives_zero_in_every_row_and_month():
    hazard(factories.enterprise(in_area=factories.county("乳山市")), on=date(2023, 9, 1))

    assert values("1.1", "1.4", "1.5", "2.1", "2.7", "2.8", "3.3") == [None, 0, 0, 0, 0, 0, None]


def test_a_ledger_of_dismissed_hazards_only_is_kept_and_shows_zero():
    """不属实 counts nowhere, but somebody has entered it: 0, not 无台账数据 (design §4.5)."""
    hazard(factories.enterprise(), state="dismissed")

    assert values("1.4", "1.5", "2.1", "2.8", "1.1", "3.3") == [0, 0, 0, 0, None, None]


def test_a_ledger_of_uncounted_visits_only_is_kept_and_shows_zero():
    """驻点 and 帮扶 are visits, of a kind that the tables leave out."""
    for mode in settings.UNCOUNTED_VISIT_MODES:
        visit(factories.enterprise(mode), on_trip=trip(mode=mode, team=mode))

    assert values("1.1", "1.2", "1.6", "1.15", "2.1") == [0, 0, 0, 0, None]


def test_a_dismissed_hazard_out_of_scope_keeps_no_ledger():
    hazard(factories.enterprise("矿", in_sector="非煤矿山"), state="dismissed")
    hazard(factories.enterprise("旧"), on=date(2023, 4, 30), state="dismissed")

    assert values("1.4", "2.1") == [None, None]


@pytest.mark.parametrize("ledger", [Ledger.HAZARDS, Ledger.VISITS, Ledger.ACTIONS])
def test_whether_a_ledger_is_kept_asks_for_no_more_than_its_scope(ledger):
    """Whatever counts keeps its ledger too: every source's rows lie within those that are asked for."""
    fill(2)
    scope = scope_of(campaign())
    kept = set(LEDGERS[ledger].rows(scope, JUNE).values_list("pk", flat=True))
    for source in SOURCES:
        if source.ledger == ledger and source.model is LEDGERS[ledger].model:
            assert set(source.rows(scope, JUNE).values_list("pk", flat=True)) <= kept


def test_a_record_out_of_scope_keeps_no_ledger():
    hazard(factories.enterprise("矿", in_sector="非煤矿山"))
    hazard(factories.enterprise("旧"), on=date(2023, 4, 30))

    assert values("2.1") == [None]


def test_a_typed_figure_is_not_counted():
    hazard(factories.enterprise())

    assert values("党政-1") == [None]


def test_the_total_adds_the_printed_rows():
    one = factories.enterprise("甲", in_area=factories.county("乳山市"))
    visit(one, on_trip=trip(by=factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))))
    visit(one, on_trip=trip(by=factories.city_bureau()))
    counts = count(scope_of(campaign()), JUNE, COUNTED)

    assert counts.total(INDICATORS["1.6"], counts.printed_rows()) == 2
    assert counts.total(INDICATORS["1.6"], counts.scope.rows) == 1


def test_the_total_of_no_ledger_is_no_figure():
    factories.county()
    counts = count(scope_of(campaign()), JUNE, COUNTED)

    assert counts.total(INDICATORS["2.1"], counts.printed_rows()) is None


def test_the_citys_own_row_is_printed_when_it_is_not_empty():
    firm = factories.enterprise()
    action(Act.PENALTY, firm, fine=Decimal("0.5"))
    scope = scope_of(campaign())
    assert CITY not in count(scope, JUNE, COUNTED).printed_rows()

    action(Act.PENALTY, firm, by=factories.city_bureau())
    assert count(scope, JUNE, COUNTED).printed_rows()[-1] == CITY
