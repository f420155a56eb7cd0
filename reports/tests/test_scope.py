"""Which records a campaign holds, and whose row they fall in."""

from datetime import date

import pytest

from hazards.models import Hazard
from organizations.models import Area, ReportingArea, Unit
from organizations.models.areas import Line
from organizations.tests import factories
from reports.indicators import CITY, scope_of
from reports.tests.factories import campaign, hazard

pytestmark = pytest.mark.django_db


def held(one):
    return set(Hazard.objects.filter(scope_of(one).holds()).values_list("number", flat=True))


def names(scope):
    return [row.name for row in scope.rows]


def test_rows_are_the_reporting_areas_in_their_order():
    one = campaign()
    for position, name in enumerate(("环翠区", "荣成市", "乳山市")):
        factories.county(name)
        ReportingArea.objects.filter(area__name=name).update(position=10 - position)

    assert names(scope_of(one)) == ["乳山市", "荣成市", "环翠区"]


def test_rows_leave_out_an_area_that_counts_in_another():
    one = campaign()
    home = factories.county("经区")
    guest = factories.area("综保区", parent=factories.city(), level=Area.Level.ZONE, row=False)
    ReportingArea.objects.create(line=Line.EMERGENCY, area=guest, counted_in=home)

    assert names(scope_of(one)) == ["经区"]


def test_rows_are_those_of_the_campaigns_line():
    factories.area("综保区", parent=factories.city(), line=Line.MIIT)

    assert names(scope_of(campaign())) == []


def test_rows_are_narrowed_by_the_campaigns_areas():
    one = campaign()
    factories.county("环翠区")
    one.areas.add(factories.county("荣成市"))

    assert names(scope_of(one)) == ["荣成市"]


def test_scope_holds_its_sectors_only():
    one = campaign(sectors=("轻工", "冶金"))
    hazard(factories.enterprise("甲"), number="轻")
    hazard(factories.enterprise("乙", in_sector="冶金"), number="冶")
    hazard(factories.enterprise("丙", in_sector="非煤矿山"), number="矿")

    assert held(one) == {"轻", "冶"}


def test_scope_without_sectors_holds_every_sector():
    hazard(factories.enterprise(in_sector="非煤矿山"), number="矿")

    assert held(campaign(sectors=())) == {"矿"}


def test_scope_holds_towns_of_its_areas_and_no_other_city():
    one = campaign()
    town = factories.area("石岛", parent=factories.county(), level=Area.Level.TOWN)
    elsewhere = factories.area("烟台市", level=Area.Level.CITY)
    hazard(factories.enterprise("甲", in_area=town), number="镇")
    hazard(factories.enterprise("乙", in_area=elsewhere), number="外")

    assert held(one) == {"镇"}


def test_scope_with_features_holds_rows_that_had_one_of_them():
    one = campaign()
    one.features.add(factories.feature("涉氨制冷"), factories.feature("粉尘涉爆"))
    hazard(factories.enterprise("甲", feature_names=["涉氨制冷", "有限空间"]), number="氨")
    hazard(factories.enterprise("乙", feature_names=["有限空间"]), number="限")
    hazard(factories.enterprise("丙"), number="无")

    assert held(one) == {"氨"}


def test_scope_goes_by_what_the_row_kept_not_by_what_the_firm_is_now():
    one = campaign()
    firm = factories.enterprise()
    hazard(firm, number="前")
    firm.sector = factories.sector("非煤矿山")
    firm.save(update_fields=["sector"])

    assert held(one) == {"前"}


def unit_rows(one):
    scope = scope_of(one)
    keyed = Unit.objects.annotate(key=scope.row_of_unit("pk"))
    known = {row.key: row.name for row in scope.every_row}
    return {unit.name: known.get(unit.key) for unit in keyed}


def test_work_of_a_unit_goes_to_its_nearest_row():
    one = campaign()
    town = factories.area("石岛", parent=factories.county(), level=Area.Level.TOWN)
    factories.unit("荣成市应急管理局")
    factories.unit("石岛应急办", in_area=town)

    assert unit_rows(one) == {
        "威海市应急管理局": CITY.name,
        "荣成市应急管理局": "荣成市",
        "石岛应急办": "荣成市",
    }


def test_work_of_a_unit_above_the_city_has_no_row():
    one = campaign()
    factories.unit("山东省应急管理厅", in_area=factories.area("山东省", level=Area.Level.PROVINCE))

    assert unit_rows(one)["山东省应急管理厅"] is None


def test_a_row_is_found_by_its_name():
    one = campaign(starts_on=date(2023, 5, 1))
    factories.county("荣成市")
    scope = scope_of(one)

    assert scope.row_named("荣成市").name == "荣成市"
    assert scope.row_named("市本级") == CITY
    assert scope.row_named("烟台市") is None
