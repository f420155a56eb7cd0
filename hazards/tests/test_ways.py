"""The ways to a row, asked one by one, find exactly what `visible_to` finds."""

from datetime import date

import pytest
from django.http import QueryDict

from hazards.models import Hazard
from hazards.models.indexes import NEWEST_FIRST
from hazards.tests import factories as ledger
from lib.actor import Actor
from lib.pages import by_key, count_in_words
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """Hazards of every kind of place: at home, moved, counted elsewhere, in no row, of another sector, found by us."""
    here, there, zone = make.county(), make.county("文登区"), make.county("综保区")
    town = make.area("成山镇", parent=here, level="town")
    firm, far = ledger.firm(), make.enterprise("文登企业", in_area=there)
    ledger.hazard(firm, number="本地")
    ledger.hazard(make.enterprise("镇上", in_area=town), number="镇上")
    ledger.hazard(firm, number="迁出", handled_in=there)
    ledger.hazard(far, number="迁入", handled_in=here)
    ledger.hazard(make.enterprise("区内", in_area=zone), number="计入本地", reporting_area=here)
    ledger.hazard(firm, number="无口径", reporting_area=None)
    ledger.hazard(make.enterprise("矿山", in_sector="非煤矿山"), number="矿山")
    ledger.hazard(far, number="我局发现", found_by="department", found_by_unit=make.unit())
    ledger.hazard(firm, number="本地我局发现", found_by="department", found_by_unit=make.unit())
    ledger.hazard(far, number="外地")


def cast():
    town = make.area("成山镇", parent=make.county(), level="town")
    return [
        ledger.clerk(),
        ledger.clerk(make.unit("文登区应急管理局", in_area=make.county("文登区"))),
        ledger.clerk(make.unit("综保区经济发展局", in_area=make.county("综保区"))),
        ledger.clerk(make.unit("成山镇政府", in_area=town, kind="town", all_sectors=True, sectors=())),
        ledger.clerk(make.city_bureau()),
        make.actor(ledger.firm(), Role.HEAD),
        Actor(user=make.user()),
        Actor.system(),
    ]


def numbers(found):
    return [hazard.number for hazard in found]


def test_ways_together_are_what_is_visible(rows):
    for actor in cast():
        ways = Hazard.objects.ways_to(actor)
        visible = numbers(Hazard.objects.visible_to(actor).order_by(*NEWEST_FIRST))
        page = by_key(Hazard.objects.all(), QueryDict(), order=NEWEST_FIRST, ways=ways)
        assert numbers(page) == visible
        assert count_in_words(Hazard.objects.all(), "项", ways=ways) == f"共{len(visible)}项"


def test_district_sees_what_is_its_own_in_any_way(rows):
    visible = set(numbers(Hazard.objects.visible_to(ledger.clerk())))
    assert visible == {"本地", "镇上", "迁出", "迁入", "计入本地", "无口径", "我局发现", "本地我局发现"}


def test_row_seen_in_two_ways_is_shown_and_counted_once(rows):
    ways = Hazard.objects.ways_to(ledger.clerk())
    found = Hazard.objects.filter(number="本地我局发现")
    assert numbers(by_key(found, QueryDict(), order=NEWEST_FIRST, ways=ways)) == ["本地我局发现"]
    assert count_in_words(found, "项", ways=ways) == "共1项"


def test_elsewhere_is_kept_by_the_database(rows):
    elsewhere = set(Hazard.objects.filter(elsewhere=True).values_list("number", flat=True))
    assert {"迁出", "迁入", "计入本地"} <= elsewhere
    assert not elsewhere & {"本地", "外地", "矿山"}
    Hazard.objects.filter(number="本地").update(handled_in=make.county("文登区"))
    assert Hazard.objects.get(number="本地").elsewhere


def test_pages_of_several_ways_follow_one_another(rows):
    for serial in range(30):
        unit = make.unit() if serial % 2 else None
        ledger.hazard(number=f"{serial:02}", found_on=date(2023, 6, 1 + serial % 4), found_by_unit=unit)
    actor = ledger.clerk()
    ways, seen, query = Hazard.objects.ways_to(actor), [], QueryDict()
    while True:
        page = by_key(Hazard.objects.all(), query, order=NEWEST_FIRST, ways=ways, size=7)
        seen += numbers(page)
        if not page.next_query:
            break
        query = QueryDict(page.next_query[1:])
    assert seen == numbers(Hazard.objects.visible_to(actor).order_by(*NEWEST_FIRST))
