"""Each way of counting on a handful of rows, by hand; the official numbering; the rows behind a number."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Q

from campaigns.models import Campaign
from hazards.models import Closing, Hazard, SupervisionListing
from inspections.models import EnforcementAction, Flag
from inspections.tests.factories import action, case, trip, visit
from organizations.tests import factories
from reports.indicators import CITY, INDICATORS, Kind, Wording, count, scope_of
from reports.indicators.indicator import Indicator
from reports.indicators.sources import SOURCES
from reports.tests import scenario
from reports.tests.factories import JUNE, MAY_TO_JUNE, campaign, hazard, listing

pytestmark = pytest.mark.django_db

Act = EnforcementAction.Kind


def figures(one, window=JUNE, *, row="荣成市"):
    """{code: value} of a row, zeros left out."""
    factories.county()
    scope = scope_of(one)
    counts = count(scope, window, INDICATORS.values())
    found = {code: counts.of(scope.row_named(row), each) for code, each in INDICATORS.items()}
    return {code: value for code, value in found.items() if value}


# The declarations


def test_the_trade_form_has_fifteen_eight_and_twelve_figures():
    by_table = [[code for code in INDICATORS if code.startswith(f"{n}.")] for n in (1, 2, 3)]

    assert [len(codes) for codes in by_table] == [15, 8, 12]
    assert by_table[0] == [f"1.{n}" for n in range(1, 16)]


def test_the_mines_form_adds_nine_typed_values():
    typed = [code for code, each in INDICATORS.items() if each.is_typed]

    assert typed == ["党政-1", "党政-2", "党政-3", "党政-4", "党政-5a", "党政-5b", "党政-6", "党政-7", "党政-8"]


def test_distinct_values_have_one_row_key_in_their_source():
    """Grouped by two keys, a distinct count could not be added up again."""
    for source in SOURCES:
        of_source = [each for each in INDICATORS.values() if each.source is source]
        if any(each.value.kind is Kind.DISTINCT for each in of_source):
            assert len({each.belongs for each in of_source}) == 1, source.name


def test_every_source_is_used():
    assert {each.source for each in INDICATORS.values()} == {None, *SOURCES}


def test_units_are_those_of_the_form():
    assert [INDICATORS[f"3.{n}"].unit for n in range(1, 13)] == [
        "个次", "家次", "次", "万元", "次", "人", "家", "企业", "个", "个", "人", "次",
    ]  # fmt: skip


def test_wording_follows_the_month():
    each = Indicator("9.9", (Wording("旧称", until="2023-08"), Wording("新称", since="2023-09")), "个")

    assert [each.wording(month) for month in ("2023-05", "2023-08", "2023-09", "")] == ["旧称", "旧称", "新称", "新称"]


# Hazards


def test_a_major_hazard_found_by_a_department_counts_in_three_figures():
    hazard(factories.enterprise(), found_by_unit=factories.unit())

    assert figures(campaign()) == {"1.4": 1, "2.1": 1, "2.5": 1}


def test_a_self_found_hazard_is_no_finding_of_the_department():
    hazard(factories.enterprise(), found_by=Hazard.FoundBy.SELF)

    assert figures(campaign()) == {"2.1": 1, "2.3": 1}


@pytest.mark.parametrize("way", [way for way in Hazard.FoundBy.values if way != "self"])
def test_every_other_way_of_finding_counts_as_the_departments(way):
    hazard(factories.enterprise(), found_by=way)

    assert figures(campaign()) == {"1.4": 1, "2.1": 1, "2.5": 1}


def test_a_general_hazard_counts_as_a_finding_only():
    hazard(factories.enterprise(), level=Hazard.Level.GENERAL)

    assert figures(campaign()) == {"1.4": 1}


def test_a_hazard_counts_from_registration_by_its_proposed_level():
    hazard(factories.enterprise(), state=Hazard.State.REGISTERED)

    assert figures(campaign())["2.1"] == 1


def test_a_dismissed_hazard_counts_nowhere():
    one = hazard(factories.enterprise(), closed=date(2023, 6, 20), listed=date(2023, 6, 10))
    Hazard.objects.filter(pk=one.pk).update(state=Hazard.State.DISMISSED)

    assert figures(campaign()) == {}


def test_finding_and_closing_each_count_in_their_own_month():
    hazard(factories.enterprise(), on=date(2023, 5, 20), closed=date(2023, 6, 10))

    assert figures(campaign()) == {"1.5": 1, "2.2": 1, "2.6": 1}
    assert figures(campaign("again"), MAY_TO_JUNE) == {
        "1.4": 1, "1.5": 1, "2.1": 1, "2.2": 1, "2.5": 1, "2.6": 1,
    }  # fmt: skip


def test_a_closing_of_a_hazard_found_before_the_campaign_does_not_count():
    hazard(factories.enterprise(), on=date(2023, 4, 20), closed=date(2023, 6, 10))

    assert figures(campaign()) == {}


def test_rectified_without_closing_is_not_done():
    hazard(factories.enterprise(), rectified_on=date(2023, 6, 10))

    assert "2.2" not in figures(campaign())


def test_a_closing_that_was_reopened_does_not_count():
    one = hazard(factories.enterprise(), closed=date(2023, 6, 10))
    Closing.objects.filter(hazard=one).update(reopened_on=date(2023, 6, 12))

    assert "2.2" not in figures(campaign())


def test_only_a_governments_listing_counts():
    one = hazard(factories.enterprise(), on=date(2023, 5, 20))
    listing(one, on=date(2023, 6, 1), level=SupervisionListing.Level.DEPARTMENT, delisted_on=date(2023, 6, 2))
    listing(one, on=date(2023, 6, 3))

    assert figures(campaign()) == {"2.7": 1}


def test_a_closing_counts_as_listed_if_a_government_had_listed_it_by_the_windows_end():
    firm = factories.enterprise()
    hazard(firm, on=date(2023, 5, 20), listed=date(2023, 5, 21), closed=date(2023, 6, 10))
    hazard(firm, on=date(2023, 5, 20), listed=date(2023, 7, 1), closed=date(2023, 6, 10))

    assert figures(campaign()) == {"1.5": 2, "2.2": 2, "2.6": 2, "2.8": 1}


def test_two_listings_of_a_hazard_give_one_closing():
    one = hazard(factories.enterprise(), on=date(2023, 5, 20), closed=date(2023, 6, 20))
    listing(one, on=date(2023, 6, 1), delisted_on=date(2023, 6, 2))
    listing(one, on=date(2023, 6, 3))

    assert figures(campaign())["2.8"] == 1


def test_the_windows_ends_count():
    firm = factories.enterprise()
    for day in (date(2023, 5, 28), date(2023, 5, 29), date(2023, 6, 28), date(2023, 6, 29)):
        hazard(firm, on=day)

    assert figures(campaign())["2.1"] == 2


# Rows


def test_a_finding_of_the_city_belongs_to_its_own_row_and_the_major_hazard_to_the_firms():
    hazard(factories.enterprise(), found_by_unit=factories.city_bureau())
    one = campaign()

    assert figures(one, row=CITY.name) == {"1.4": 1}
    assert figures(one) == {"2.1": 1, "2.5": 1}


def test_a_finding_of_an_unknown_unit_belongs_to_the_firms_row():
    above = factories.unit("山东省应急管理厅", in_area=factories.area("山东省", level="province"))
    hazard(factories.enterprise("甲"), found_by_unit=None)
    hazard(factories.enterprise("乙"), found_by_unit=above, found_by=Hazard.FoundBy.SUPERIOR)

    assert figures(campaign())["1.4"] == 2


def test_a_zone_without_a_row_counts_where_its_rule_says():
    home, zone = factories.county("经区"), factories.area("综保区", parent=factories.city(), row=False)
    zone.reporting.create(line="emergency", counted_in=home)
    hazard(factories.enterprise(in_area=zone))

    assert figures(campaign(), row="经区")["2.1"] == 1


# Visits and trips


def test_heads_count_once_per_trip_and_firms_once_per_row():
    one, other = factories.enterprise("甲"), factories.enterprise("乙")
    out = trip(officers=3, experts=1)
    visit(one, on_trip=out)
    visit(one, on_trip=out, flags=[Flag.NO_DRILL])
    visit(other, on_trip=out, flags=[Flag.NO_DRILL, Flag.HEAD_NOT_STUDYING])
    visit(one, on_trip=trip(officers=2), flags=[Flag.NO_DRILL])

    assert figures(campaign()) == {"1.1": 2, "1.2": 5, "1.3": 1, "1.6": 2, "1.7": 1, "1.13": 2}


def test_a_trip_counts_if_one_of_its_visits_is_in_scope():
    out = trip(officers=3)
    visit(factories.enterprise("矿", in_sector="非煤矿山"), on_trip=out)
    one = campaign()
    assert figures(one) == {}

    visit(factories.enterprise("轻"), on_trip=out)
    assert figures(one) == {"1.1": 1, "1.2": 3, "1.6": 1}


@pytest.mark.parametrize("mode", ["驻点监督", "帮扶指导", "专项督导"])
def test_stationing_helping_and_supervising_are_no_inspections(mode):
    visit(factories.enterprise(), on_trip=trip(mode=mode, officers=2))

    assert figures(campaign()) == {}


def test_which_modes_do_not_count_is_a_setting(settings):
    settings.UNCOUNTED_VISIT_MODES = []
    visit(factories.enterprise(), on_trip=trip(mode="驻点"))

    assert figures(campaign()) == {"1.1": 1, "1.6": 1}


# Enforcement


def test_penalties_count_decisions_and_add_fines():
    firm = factories.enterprise()
    action(Act.PENALTY, firm, fine=Decimal("1.50"))
    action(Act.PENALTY, firm, fine=Decimal("0.25"))

    assert figures(campaign()) == {"3.3": 2, "3.4": Decimal("1.75")}


def test_a_case_against_firm_and_head_counts_on_the_later_first_decision():
    firm = factories.enterprise()
    case(firm, both_on=date(2023, 6, 10))
    case(firm, both_on=date(2023, 7, 10))
    case(firm)

    assert figures(campaign()) == {"3.5": 1}


def test_firms_exposed_interviewed_or_punished_jointly_count_once():
    firm = factories.enterprise()
    for kind in (Act.EXPOSURE, Act.INTERVIEW, Act.JOINT_PUNISHMENT):
        action(kind, firm)
    action(Act.EXPOSURE, factories.enterprise("乙"))

    assert figures(campaign()) == {"3.8": 2}


def test_persons_are_added_and_suspended_firms_counted_once():
    firm = factories.enterprise()
    action(Act.TRANSFER, firm, persons=2)
    action(Act.ACCOUNTABILITY, firm, persons=3)
    action(Act.SUSPENSION, firm)
    action(Act.SUSPENSION, firm)

    assert figures(campaign()) == {"3.6": 2, "3.7": 1, "3.11": 3}


def test_published_cases_and_those_of_dangerous_operation():
    firm = factories.enterprise()
    action(Act.PUBLISHED_CASE, firm)
    action(Act.PUBLISHED_CASE, firm, dangerous_operation=True)
    action(Act.PENALTY, firm, dangerous_operation=True)

    assert figures(campaign()) == {"3.3": 1, "3.9": 2, "3.10": 1}


def test_an_action_without_a_firm_counts_in_its_own_campaign_only():
    mine, other = campaign(), campaign("other")
    action(Act.AREA_SUPPORT, campaign=mine)
    action(Act.AREA_INTERVIEW, campaign=mine)
    action(Act.FIRM_SUPPORT, factories.enterprise())

    assert figures(mine) == {"3.1": 1, "3.2": 1, "3.12": 1}
    assert figures(other) == {"3.2": 1}


@pytest.mark.parametrize("kind", [Act.WARNING, Act.SUPERVISION_LETTER, Act.CLOSURE_REQUEST, Act.REPORT_REWARD])
def test_other_kinds_are_kept_but_not_in_the_tables(kind):
    action(kind, factories.enterprise())

    assert figures(campaign()) == {}


# The rows behind a number


def test_the_rows_behind_a_figure_are_as_many_as_it_says():
    scenario.load()
    scope = scope_of(Campaign.objects.get(code="trade-2023"))
    counts = count(scope, MAY_TO_JUNE, INDICATORS.values())

    for each in INDICATORS.values():
        if each.is_typed:
            continue
        for row in scope.every_row:
            behind = each.rows(scope, MAY_TO_JUNE, row)
            number = behind.aggregate(n=each.value.over(Q()))["n"] or 0
            assert number == counts.of(row, each), (each.code, row.name)


def test_the_rows_behind_all_rows_leave_out_what_falls_in_none():
    elsewhere = factories.area("双岛湾", parent=factories.city(), row=False)
    kept, lost = hazard(factories.enterprise("甲")), hazard(factories.enterprise("乙", in_area=elsewhere))
    scope = scope_of(campaign())

    behind = INDICATORS["2.1"].rows(scope, JUNE)

    assert lost.reporting_area is None
    assert list(behind) == [kept]


def test_the_rows_behind_a_figure_are_those_the_reader_may_see():
    hazard(factories.enterprise("甲"), found_by_unit=factories.city_bureau())
    mine = hazard(factories.enterprise("乙"))
    scope = scope_of(campaign())
    seen = Hazard.objects.filter(pk=mine.pk)

    assert list(INDICATORS["2.1"].rows(scope, JUNE, among=seen)) == [mine]


def test_a_typed_figure_has_no_rows():
    with pytest.raises(ValueError, match="党政-1"):
        INDICATORS["党政-1"].rows(scope_of(campaign()), JUNE)
