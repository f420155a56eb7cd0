"""Each question that check_house asks of visits and actions: what it names, and what it lets be."""

from datetime import date

import pytest

from campaigns.tests import factories as campaigns
from inspections import doubts
from inspections.models import EnforcementAction
from inspections.tests.factories import action, case, trip, visit
from organizations.models import UnitSector
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

Kind = EnforcementAction.Kind
JUNE = [date(2023, 6, day) for day in range(1, 31)]


@pytest.fixture
def firm():
    return make.enterprise()


@pytest.mark.parametrize(
    ("kind", "persons", "named"),
    [
        (Kind.TRANSFER, None, True),
        (Kind.ACCOUNTABILITY, None, True),
        (Kind.TRANSFER, 0, False),
        (Kind.ACCOUNTABILITY, 2, False),
        (Kind.PENALTY, None, False),
        (Kind.INTERVIEW, None, False),
    ],
)
def test_without_persons(firm, kind, persons, named):
    action(kind, firm, persons=persons)

    assert doubts.without_persons().exists() is named


@pytest.mark.parametrize(
    ("kind", "fine", "named"),
    [(Kind.PENALTY, None, True), (Kind.PENALTY, 0, False), (Kind.PENALTY, 1, False), (Kind.SUSPENSION, None, False)],
)
def test_without_fine(firm, kind, fine, named):
    action(kind, firm, fine=fine)

    assert doubts.without_fine().exists() is named


@pytest.mark.parametrize(
    ("kind", "numbered", "named"),
    [(Kind.PENALTY, False, True), (Kind.PENALTY, True, False), (Kind.EXPOSURE, False, False)],
)
def test_without_case(firm, kind, numbered, named):
    action(kind, firm, case=case(firm) if numbered else None)

    assert doubts.without_case().exists() is named


def by_office_of_its_own_power():
    office = make.unit("执法科", part_of=make.unit("荣成市工业和信息化局", sectors=()), sectors=())
    UnitSector.objects.create(unit=office, sector=make.sector(), power=UnitSector.Power.DIRECT)
    return office


def by_guide():
    miit = make.unit("荣成市工业和信息化局", lines=(Line.MIIT,), sectors=())
    UnitSector.objects.create(unit=miit, sector=make.sector(), power=UnitSector.Power.INDUSTRY)
    return miit


POWERS = {
    "direct": (make.unit, Kind.PENALTY, False),
    "office by its bureau": (lambda: make.unit("执法科", part_of=make.unit(), sectors=()), Kind.PENALTY, False),
    "office by itself": (by_office_of_its_own_power, Kind.PENALTY, False),
    "bureau of another sector": (lambda: make.unit("荣成市住建局", sectors=("建材",)), Kind.PENALTY, True),
    "guide only": (by_guide, Kind.PENALTY, True),
    "guide that talks": (by_guide, Kind.INTERVIEW, False),
}


@pytest.mark.parametrize(("unit", "kind", "named"), POWERS.values(), ids=POWERS)
def test_without_power(firm, unit, kind, named):
    action(kind, firm, by=unit())

    assert doubts.without_power().exists() is named


def test_without_power_asks_nothing_where_there_is_no_firm():
    action(Kind.PENALTY, by=by_guide())

    assert not doubts.without_power().exists()


def test_in_no_campaign(firm):
    lost = action(Kind.AREA_INTERVIEW)
    action(Kind.AREA_INTERVIEW, campaign=campaigns.campaign())
    action(Kind.PENALTY, firm)

    assert list(doubts.in_no_campaign()) == [lost]


@pytest.mark.parametrize(
    ("decisions", "both_on", "named"),
    [
        ([], None, False),
        ([], 5, True),
        ([("enterprise", 1)], None, False),
        ([("enterprise", 1)], 1, True),
        ([("enterprise", 1), ("head", 5)], 5, False),
        ([("enterprise", 5), ("head", 1)], 5, False),
        ([("enterprise", 1), ("head", 5)], None, True),
        ([("enterprise", 1), ("head", 5)], 1, True),
        ([("enterprise", 1), ("head", 5)], 6, True),
        ([("enterprise", 1), ("enterprise", 9), ("head", 5), ("head", 7)], 5, False),
        ([("enterprise", 1), ("enterprise", 9), ("head", 5)], 9, True),
    ],
)
def test_misdated_cases(firm, decisions, both_on, named):
    """一案双罚 is dated by the later of the first decision against each side (acceptance README, 3.5)."""
    one = case(firm, both_on=JUNE[both_on - 1] if both_on else None)
    for target, day in decisions:
        action(Kind.PENALTY, firm, case=one, target=target, on=JUNE[day - 1])

    assert doubts.misdated_cases().exists() is named


def test_cases_are_judged_one_by_one(firm):
    right, wrong = case(firm, both_on=JUNE[4]), case(firm, both_on=JUNE[8])
    for one in (right, wrong):
        action(Kind.PENALTY, firm, case=one, target="enterprise", on=JUNE[0])
        action(Kind.PENALTY, firm, case=one, target="head", on=JUNE[4])

    assert list(doubts.misdated_cases()) == [wrong]


def test_misdated_visits_and_empty_trips(firm):
    sound, moved = visit(firm), visit(firm)
    type(moved).objects.filter(pk=moved.pk).update(date=JUNE[0])
    empty = trip()

    assert list(doubts.misdated_visits()) == [moved]
    assert list(doubts.empty_trips()) == [empty]
    assert sound.date == sound.trip.date


def test_doubts_come_in_the_order_of_their_days(firm):
    late, early = action(Kind.PENALTY, firm, on=JUNE[9]), action(Kind.PENALTY, firm, on=JUNE[1])

    assert list(doubts.without_fine()) == [early, late]


def test_every_doubt_says_in_chinese_what_to_do():
    for doubt in doubts.DOUBTS:
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in words) for words in (doubt.title, doubt.advice))
        assert not doubt.rows().exists()
