"""Whose two lists would be handed in empty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.tests import factories as campaigns
from hazards import actions
from hazards.forecast import EMPTY
from hazards.models import Problem
from lib import registry
from lib.actor import Actor
from organizations.models import Unit
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def duty():
    return campaigns.deliverable("lists", name="两个清单", form="two-lists")


def owed(duty, *units):
    return [campaigns.obligation(unit, of=duty) for unit in units]


def told(duty, named=50):
    return registry.would_fail(duty, duty.obligations.all(), named=named, by=SYSTEM)


def problem(unit):
    return actions.add_problem(unit, by=make.actor(unit), text="应急预案未演练")


@pytest.fixture
def wendeng():
    return make.unit("文登区应急管理局", in_area=make.county("文登区"))


def test_lists_without_a_line_are_told(duty, wendeng):
    mine, theirs = owed(duty, make.unit(), wendeng)
    problem(wendeng)
    assert told(duty) == registry.Forecast(1, {mine.pk: [EMPTY]})


def test_a_measure_alone_is_something_to_hand_in(duty):
    owed(duty, make.unit())
    actions.add_measure(make.unit(), by=make.actor(make.unit()), title="动火作业审批制度")
    assert told(duty).failing == 0


def test_a_town_below_fills_the_districts_lists_but_not_its_neighbours(duty, wendeng):
    """An office sees and sums those of its line below: 荣成's town writes, 荣成 has content, 文登 has none."""
    town = make.area("俚岛镇", parent=make.county(), level="town", row=False)
    _, theirs = owed(duty, make.unit(), wendeng)
    problem(make.unit("俚岛镇应急办", in_area=town, kind=Unit.Kind.TOWN))
    assert told(duty).points == {theirs.pk: [EMPTY]}


def test_another_line_next_door_fills_nothing(duty):
    [mine] = owed(duty, make.unit())
    problem(make.unit("荣成市工业和信息化局", lines=(Line.MIIT,), sectors=("民爆",)))
    assert told(duty).points == {mine.pk: [EMPTY]}


def test_an_office_and_its_bureau_are_one_house(duty):
    bureau = make.unit()
    office = make.unit("荣成市应急管理局一科", in_area=bureau.area, kind=Unit.Kind.OFFICE, part_of=bureau, lines=())
    owed(duty, office)
    problem(bureau)
    assert told(duty).failing == 0


def test_forecast_agrees_with_what_each_clerk_sees(duty, wendeng):
    """Whoever has anything before his eyes has something to hand in, and nobody else."""
    units = [make.unit(), wendeng, make.city_bureau()]
    rows = owed(duty, *units)
    problem(wendeng)
    seeing = {row.pk for row in rows if Problem.objects.visible_to(make.actor(row.unit)).exists()}
    assert set(told(duty).points) == {row.pk for row in rows} - seeing
    assert len(seeing) == 2  # 文登 and the city above it


def test_firms_hand_lists_in_as_files(duty):
    owed(duty, make.enterprise())
    assert told(duty).failing == 0


def test_all_are_counted_the_first_named(duty, wendeng):
    owed(duty, make.unit(), wendeng)
    found = told(duty, named=1)
    assert (found.failing, len(found.points)) == (2, 1)


def test_many_units_cost_as_much_as_one(duty, wendeng):
    first, *_ = owed(duty, make.unit(), wendeng, make.city_bureau())

    def statements(rows):
        with CaptureQueriesContext(connection) as caught:
            registry.would_fail(duty, rows, named=50, by=SYSTEM)
        return len(caught)

    assert statements(duty.obligations.filter(pk=first.pk)) == statements(duty.obligations.all()) <= 7


def test_files_and_text_are_not_looked_into():
    text = campaigns.deliverable("plan", form="text")
    owed(text, make.unit())
    assert told(text) == registry.Forecast()
