"""The register of firms as it stood on an earlier day, from the versions."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from organizations.models import Enterprise
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
Version = Enterprise.pgh_event_model


def changed(firm, on, **values):
    """A change that happened on that day at noon."""
    Enterprise.objects.filter(pk=firm.pk).update(**values)
    newest = Version.objects.filter(pgh_obj=firm.pk).order_by("-pgh_id").first()
    Version.objects.filter(pgh_id=newest.pgh_id).update(pgh_created_at=datetime(*on, 12, tzinfo=SHANGHAI))


def grades(day):
    return dict(Enterprise.objects.as_of(day).values_list("id", "grade"))


@pytest.fixture
def firm():
    """Grade A from 2 May, C from 10 June, D from 20 June 2023."""
    made = make.enterprise(grade="A")
    changed(made, (2023, 5, 2))
    changed(made, (2023, 6, 10), grade="C")
    changed(made, (2023, 6, 20), grade="D")
    return made


@pytest.mark.parametrize(
    ("day", "grade"),
    [("2023-06-09", "A"), ("2023-06-10", "C"), ("2023-06-19", "C"), ("2023-06-20", "D"), ("2024-01-01", "D")],
)
def test_a_firm_stands_as_on_the_end_of_that_day(firm, day, grade):
    assert grades(date.fromisoformat(day)) == {firm.pk: grade}


def test_a_firm_written_down_later_stands_as_it_was_first_written(firm):
    assert grades(date(2023, 4, 1)) == {firm.pk: "A"}


def test_each_firm_appears_once_and_may_be_narrowed_like_todays(firm):
    """The same words as of today's register: key firms, features, operating."""
    other = make.enterprise("停业企业", status="deregistered", grade="C")
    changed(other, (2023, 5, 2))

    found = Enterprise.objects.as_of(date(2023, 6, 15))

    assert found.count() == 2
    assert list(found.operating().values_list("id", flat=True)) == [firm.pk]
    assert set(found.key().values_list("id", flat=True)) == {firm.pk, other.pk}
    assert not Enterprise.objects.as_of(date(2023, 6, 9)).operating().key().exists()
    assert list(found.filter(area__path__startswith=firm.area.path, sector=firm.sector).order_by("id")) != []


def test_the_end_of_the_day_is_that_of_shanghai(firm):
    """2023-06-09 23:59 in Shanghai is still the 9th in Greenwich, 00:01 is the 10th here and the 9th there."""
    newest = Version.objects.filter(pgh_obj=firm.pk).order_by("pgh_id")[2]
    Version.objects.filter(pgh_id=newest.pgh_id).update(pgh_created_at=datetime(2023, 6, 20, 0, 1, tzinfo=SHANGHAI))
    assert grades(date(2023, 6, 19)) == {firm.pk: "C"}
    assert grades(date(2023, 6, 20)) == {firm.pk: "D"}
