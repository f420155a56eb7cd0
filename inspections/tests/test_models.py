"""Whose trips, visits, cases and actions one sees; what the database refuses; that every change leaves a version."""

from datetime import date

import pytest
from django.db import DataError, IntegrityError, transaction
from django.db.models import ProtectedError

from campaigns.tests import factories as campaigns
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from inspections.tests import factories as inspections
from lib.actor import Actor
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

Kind = EnforcementAction.Kind
MODELS = (Trip, Visit, PenaltyCase, EnforcementAction)


@pytest.fixture
def firm():
    return make.enterprise()


@pytest.fixture
def records(firm):
    """One of each kind about the firm, by its county's bureau."""
    visit = inspections.visit(firm)
    case = inspections.case(firm)
    action = inspections.action(Kind.PENALTY, firm, case=case)
    return visit.trip, visit, case, action


def seen(who):
    return [model.objects.visible_to(who).count() for model in MODELS]


def rushan():
    return make.unit("乳山市应急管理局", in_area=make.county("乳山市"))


# Who sees


@pytest.mark.parametrize(
    "who",
    [
        lambda firm: make.actor(make.unit()),
        lambda firm: make.actor(make.unit(), Role.OFFICER),
        lambda firm: make.actor(make.city_bureau()),
        lambda firm: make.actor(firm, Role.HEAD),
        lambda firm: make.actor(make.unit("执法科", part_of=make.unit(), sectors=())),
        lambda firm: Actor.system(),
    ],
    ids=["bureau", "officer", "city", "firm", "office", "system"],
)
def test_records_of_a_firm_are_seen_by_who_has_to_do_with_it(records, firm, who):
    assert seen(who(firm)) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "who",
    [
        lambda: make.actor(rushan()),
        lambda: make.actor(make.unit("荣成市住房和城乡建设局", sectors=("建材",))),
        lambda: make.actor(make.enterprise("荣成邻家食品有限公司"), Role.HEAD),
        lambda: Actor(user=make.user("无岗位")),
    ],
    ids=["other area", "other sector", "other firm", "no post"],
)
def test_records_of_a_firm_are_seen_by_nobody_else(records, who):
    assert seen(who()) == [0, 0, 0, 0]


def test_who_visited_or_acted_sees_it_wherever_the_firm_lies(firm):
    """A unit that found, visited or acted sees its own work (design §4.1)."""
    visit = inspections.visit(firm, on_trip=inspections.trip(by=rushan()))
    action = inspections.action(Kind.INTERVIEW, firm, by=rushan())
    clerk = make.actor(rushan())

    assert list(Visit.objects.visible_to(clerk)) == [visit]
    assert list(Trip.objects.visible_to(clerk)) == [visit.trip]
    assert list(EnforcementAction.objects.visible_to(clerk)) == [action]


def test_visit_stays_where_it_was_made_when_the_firm_moves(firm):
    """Counting never moves when a firm moves: its stamps are those of the day."""
    visit = inspections.visit(firm)
    firm.area = make.county("乳山市")
    firm.save(update_fields=["area"])

    visit.refresh_from_db()
    assert (visit.area.name, visit.reporting_area.name, visit.handled_in.name) == ("荣成市",) * 3
    assert Visit.objects.visible_to(make.actor(make.unit())).exists()
    assert not Visit.objects.visible_to(make.actor(rushan())).exists()


def test_trip_to_two_areas_is_seen_by_both_but_each_sees_only_its_visit():
    ours, theirs = make.enterprise(), make.enterprise("乳山某食品有限公司", in_area=make.county("乳山市"))
    trip = inspections.trip(by=make.city_bureau())
    visits = [inspections.visit(firm, on_trip=trip) for firm in (ours, theirs)]

    for unit, visit in zip((make.unit(), rushan()), visits, strict=True):
        assert list(Trip.objects.visible_to(make.actor(unit))) == [trip]
        assert list(Visit.objects.visible_to(make.actor(unit))) == [visit]


def test_action_without_a_firm_is_seen_by_the_unit_that_acted_and_those_above():
    action = inspections.action(Kind.AREA_INTERVIEW, campaign=campaigns.campaign())

    for who in (make.actor(make.unit()), make.actor(make.city_bureau())):
        assert list(EnforcementAction.objects.visible_to(who)) == [action]
    for who in (make.actor(rushan()), make.actor(make.enterprise(), Role.HEAD), Actor(user=make.user())):
        assert not EnforcementAction.objects.visible_to(who).exists()


def test_case_is_seen_through_its_decisions_only(firm):
    case = inspections.case(firm)
    clerk = make.actor(make.unit())
    assert not PenaltyCase.objects.visible_to(clerk).exists()

    inspections.action(Kind.PENALTY, firm, case=case)

    assert list(PenaltyCase.objects.visible_to(clerk)) == [case]


# What the database refuses


def refused(make_row, match=None):
    with pytest.raises((IntegrityError, DataError), match=match), transaction.atomic():
        make_row()


def test_one_team_of_a_unit_goes_out_once_a_day():
    inspections.trip(team="1组")

    refused(lambda: inspections.trip(team="1组"), "trip_once")
    inspections.trip(team="2组")
    inspections.trip(team="1组", on=date(2023, 6, 7))
    inspections.trip(team="1组", by=rushan())


def test_one_number_of_a_unit_is_one_case(firm):
    inspections.case(firm, number="1号")

    refused(lambda: inspections.case(firm, number="1号"), "case_once")
    inspections.case(firm, number="2号")
    inspections.case(firm, number="1号", by=rushan())


@pytest.mark.parametrize("fields", [{"officers": -1}, {"experts": -1}, {"officers": 32768}])
def test_heads_beyond_their_column_are_refused(fields):
    refused(lambda: inspections.trip(**fields))


@pytest.mark.parametrize("fields", [{"persons": -1}, {"fine": "10000000000"}])
def test_figures_beyond_their_column_are_refused(firm, fields):
    refused(lambda: inspections.action(Kind.PENALTY, firm, **fields))


def test_same_firm_twice_on_one_trip_is_two_visits(firm):
    trip = inspections.trip()
    inspections.visit(firm, on_trip=trip)
    inspections.visit(firm, on_trip=trip)

    assert trip.visits.count() == 2


@pytest.mark.parametrize("place", range(3))
def test_what_is_counted_does_not_go_with_what_it_hangs_on(records, firm, place):
    trip, visit, case, action = records
    holder = (trip, case, firm)[place]

    with pytest.raises(ProtectedError):
        holder.delete()


# Versions


@pytest.mark.parametrize("place", range(4))
def test_every_change_of_a_counted_row_leaves_a_version(records, place):
    row = records[place]
    versions = type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("pgh_id")
    field, value = (("officers", 5), ("note", "改"), ("number", "改"), ("note", "改"))[place]
    before = getattr(row, field)

    type(row).objects.filter(pk=row.pk).update(**{field: value})

    assert list(versions.values_list(field, flat=True)) == [before, value]
    assert list(versions.values_list("pgh_label", flat=True)) == ["insert", "update"]


def test_change_that_changes_nothing_leaves_none(records):
    visit = records[1]

    Visit.objects.filter(pk=visit.pk).update(note=visit.note)

    assert Visit.pgh_event_model.objects.filter(pgh_obj_id=visit.pk).count() == 1


# Words


def test_rows_name_themselves(records):
    trip, visit, case, action = records

    assert str(trip) == f"2023-06-06 荣成市应急管理局 {trip.team}"
    assert str(visit) == f"{trip}：荣成海源食品有限公司"
    assert str(case) == case.number
    assert str(action) == "2023-06-06 荣成市应急管理局 行政处罚"


def test_the_kinds_are_those_of_the_design():
    """Design §5: the words a workbook of actions may use."""
    words = (
        "行政处罚、责令停产整顿、移送司法机关、曝光、约谈、联合惩戒、公布典型案例、追责问责、约谈通报地区部门、"
        "帮扶指导重点地区、帮扶指导重点企业、警示建议、督办函、提请关闭、行业禁入、考核巡查督导、举报奖励"
    )

    assert words.split("、") == Kind.labels
    assert EnforcementAction.Target.labels == ["企业", "主要负责人"]
