"""一案双罚: dated by the later of the first decision against each side (acceptance README, 3.5)."""

from datetime import date

import pytest

from inspections.actions.cases import settle
from inspections.models import EnforcementAction, PenaltyCase
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def case(*decisions, number="威应急罚〔2023〕1号", both_on=None):
    """A case with decisions (target, day of June 2023)."""
    unit = make.unit()
    made = PenaltyCase.objects.create(unit=unit, number=number, both_on=both_on)
    for target, day in decisions:
        EnforcementAction.objects.create(unit=unit, kind="penalty", case=made, target=target, date=date(2023, 6, day))
    return made


def settled(*decisions, **fields):
    made = case(*decisions, **fields)
    settle([made])
    made.refresh_from_db()
    return made.both_on


@pytest.mark.parametrize(
    ("decisions", "day"),
    [
        ((), None),
        ((("enterprise", 1),), None),
        ((("head", 1),), None),
        ((("enterprise", 1), ("enterprise", 5)), None),
        ((("enterprise", 1), ("head", 5)), 5),
        ((("enterprise", 5), ("head", 1)), 5),
        ((("enterprise", 3), ("head", 3)), 3),
        ((("enterprise", 1), ("enterprise", 9), ("head", 5)), 5),
        ((("enterprise", 1), ("head", 5), ("head", 9)), 5),
    ],
)
def test_both_on_is_the_later_of_the_two_first(decisions, day):
    assert settled(*decisions) == (date(2023, 6, day) if day else None)


def test_a_case_that_lost_its_other_side_is_no_longer_both():
    assert settled(("enterprise", 1), both_on=date(2023, 6, 5)) is None


def test_a_case_as_it_should_be_gets_no_version():
    made = case(("enterprise", 1), ("head", 5), both_on=date(2023, 6, 5))
    before = PenaltyCase.pgh_event_model.objects.count()

    settle([made])

    assert PenaltyCase.pgh_event_model.objects.count() == before


def test_cases_do_not_disturb_each_other():
    one = case(("enterprise", 1), ("head", 5), number="1号")
    other = case(("enterprise", 2), number="2号")

    settle([one, other])

    assert dict(PenaltyCase.objects.values_list("number", "both_on")) == {"1号": date(2023, 6, 5), "2号": None}


def test_settling_nothing_is_nothing():
    settle([])

    assert not PenaltyCase.objects.exists()
