import pytest

from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import Area, Enterprise, ReportingArea, Unit, UnitSector
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def names(actor):
    return set(Enterprise.objects.visible_to(actor).values_list("name", flat=True))


def test_unit_sees_its_area_and_sectors_only():
    make.enterprise("荣成轻工")
    make.enterprise("荣成矿山", in_sector="非煤矿山")
    make.enterprise("文登轻工", in_area=make.county("文登区"))
    assert names(make.actor(make.unit())) == {"荣成轻工"}


def test_city_bureau_sees_the_whole_subtree():
    make.enterprise("荣成轻工")
    make.enterprise("文登轻工", in_area=make.county("文登区"))
    assert names(make.actor(make.city_bureau())) == {"荣成轻工", "文登轻工"}


def test_enterprise_user_sees_that_enterprise_only():
    mine = make.enterprise("我家")
    make.enterprise("邻家")
    assert names(make.actor(mine, Role.HEAD)) == {"我家"}


def test_office_without_sectors_reaches_its_bureaus():
    bureau = make.city_bureau()
    office = make.unit("危化科", in_area=make.city(), kind=Unit.Kind.OFFICE, part_of=bureau, sectors=())
    make.enterprise("荣成轻工")
    assert names(make.actor(office)) == {"荣成轻工"}


def test_unit_for_all_sectors_sees_every_sector():
    committee = make.unit("市安委办", in_area=make.city(), all_sectors=True, sectors=())
    make.enterprise("荣成矿山", in_sector="非煤矿山")
    assert names(make.actor(committee)) == {"荣成矿山"}


def test_nobody_without_a_post_sees_anything():
    make.enterprise()
    assert names(Actor(user=make.user())) == set()


def test_missing_user_is_not_the_system():
    make.enterprise()
    assert names(Actor()) == set()
    assert names(Actor.system()) != set()


def test_units_are_seen_along_their_own_line_only():
    """A row about a unit is seen by units of the same line whose area contains it (design §4.1)."""
    from organizations import jurisdiction

    below = make.unit()
    other_line = make.unit("荣成市工业和信息化局", lines=(Line.MIIT,))
    seen = Unit.objects.filter(jurisdiction.of_units(make.actor(make.city_bureau()), prefix=""))
    assert below in seen
    assert other_line not in seen


def test_reporting_row_is_that_of_the_nearest_ancestor():
    """综保区's enterprises count in 经区 for 应急 (design §4.1)."""
    zone, counted_in = make.county("综保区"), make.county("经区")
    ReportingArea.objects.filter(area=zone).update(counted_in=counted_in)
    town = make.area("某镇", parent=zone, level="town")
    assert ReportingArea.objects.row_of(Line.EMERGENCY, town) == counted_in
    assert ReportingArea.objects.row_of(Line.MIIT, town) is None


def test_stamps_are_what_the_firm_is_at_the_event():
    firm = make.enterprise(feature_names=["涉氨制冷"])
    assert firm.stamps() == {
        "area": firm.area,
        "reporting_area": firm.area,
        "handled_in": firm.area,
        "sector": firm.sector,
        "feature_names": ["涉氨制冷"],
    }


def test_only_direct_supervision_may_penalise():
    bureau = make.unit()
    light = make.sector("轻工")
    assert bureau.supervises_directly(light)
    UnitSector.objects.filter(unit=bureau).update(power=UnitSector.Power.INDUSTRY)
    assert not bureau.supervises_directly(light)


def test_reaches_of_many_units_are_those_of_each():
    """The batch form and the single one agree, for bureaus, offices with and without sectors, towns and committees."""
    bureau = make.unit(sectors=("轻工", "机械"))
    office, town = {"kind": Unit.Kind.OFFICE, "part_of": bureau}, Area.Level.TOWN
    units = [
        bureau,
        make.unit("执法科", sectors=(), **office),
        make.unit("机械科", sectors=("机械",), **office),
        make.unit("镇", in_area=make.area("镇", parent=make.county(), level=town), sectors=()),
        make.city_bureau(),
        make.unit("安委办", in_area=make.city(), all_sectors=True, sectors=()),
    ]
    make.county("文登区")

    found = jurisdiction.reaches(units)

    assert set(found) == {unit.pk for unit in units}
    for unit in units:
        one, other = jurisdiction.unit_reach(unit), found[unit.pk]
        assert set(one.areas) == set(other.areas)
        assert set(one.units) == set(other.units)
        assert (one.sectors and set(one.sectors)) == (other.sectors and set(other.sectors))


def test_reaches_take_the_same_statements_for_one_and_many(django_assert_num_queries):
    units = [make.unit(f"{number}局") for number in range(3)]
    for few in (units[:1], units):
        with django_assert_num_queries(4):
            jurisdiction.reaches(few)
