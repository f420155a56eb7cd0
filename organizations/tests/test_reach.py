"""Reach of a post, and whose accounts and posts it sees and looks after: line, level, house, sector (design §4.1)."""

import pytest

from lib.actor import Actor
from organizations import jurisdiction
from organizations.models import AuditEntry, EnterpriseChange, Membership, Unit
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.permissions import may_end, may_reset
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def reach(unit):
    return jurisdiction.unit_reach(unit)


# What a unit's post opens


@pytest.fixture
def house():
    """The city bureau with two offices, one of which has its own sector."""
    bureau = make.city_bureau(sectors=["轻工", "非煤矿山"])
    mines = make.unit("矿山科", in_area=make.city(), kind="office", part_of=bureau, sectors=["非煤矿山"])
    general = make.unit("综合科", in_area=make.city(), kind="office", part_of=bureau, sectors=())
    return bureau, mines, general


def names(sector_ids):
    from organizations.models import Sector

    return set(Sector.objects.filter(pk__in=sector_ids).values_list("name", flat=True))


def test_office_reaches_its_own_sectors_or_its_bureaus(house):
    bureau, mines, general = house
    assert names(reach(bureau).sectors) == {"轻工", "非煤矿山"}
    assert names(reach(mines).sectors) == {"非煤矿山"}
    assert names(reach(general).sectors) == {"轻工", "非煤矿山"}


def test_house_is_the_bureau_with_all_offices_and_the_office_with_its_bureau(house):
    bureau, mines, general = house
    assert set(reach(bureau).units) == {bureau.pk, mines.pk, general.pk}
    assert set(reach(mines).units) == {mines.pk, bureau.pk}


def test_office_of_a_bureau_for_all_sectors_reaches_every_sector(house):
    bureau, mines, _ = house
    Unit.objects.filter(pk=bureau.pk).update(all_sectors=True)
    mines.refresh_from_db()
    assert reach(mines).sectors is None


def test_areas_are_the_subtree_and_no_longer_name_alike():
    """371 is no prefix of 3710: the path ends each code with a slash."""
    city = make.city()
    county, town = make.county(), make.area("石岛街道", parent=make.county(), level="town")
    other = make.county("文登区")
    assert set(reach(make.unit()).areas) == {county.pk, town.pk}
    assert {city.pk, county.pk, town.pk, other.pk} == set(reach(make.city_bureau()).areas)


def test_code_that_begins_like_another_is_not_below_it():
    area = make.county()
    sibling = make.area("荣成北区", parent=make.city())
    type(area).objects.filter(pk=sibling.pk).update(path=f"{area.path.rstrip('/')}1/")
    assert sibling.pk not in reach(make.unit()).areas


@pytest.mark.parametrize(
    ("place", "trade", "holds"),
    [
        ("own", "轻工", True),
        ("own", "非煤矿山", False),
        ("town", "轻工", True),
        ("other", "轻工", False),
        (None, None, False),
    ],
)
def test_reach_holds_area_and_sector_together(place, trade, holds):
    found = reach(make.unit())
    areas = {
        "own": make.county().pk,
        "town": make.area("石岛街道", parent=make.county(), level="town").pk,
        "other": make.county("文登区").pk,
    }
    found = reach(make.unit())
    assert found.holds(areas.get(place), make.sector(trade).pk if trade else None) is holds


def test_reach_for_every_sector_holds_any():
    found = reach(make.unit("荣成市安委办", sectors=(), all_sectors=True))
    assert found.holds(make.county().pk, make.sector("渔业").pk)
    assert not found.holds(make.county("文登区").pk, make.sector("渔业").pk)


def test_reach_is_asked_once_for_a_request(django_assert_num_queries):
    actor = make.actor(make.unit())
    jurisdiction.reach(actor)
    with django_assert_num_queries(0):
        jurisdiction.reach(actor)


@pytest.mark.parametrize(
    ("question", "args"),
    [
        (jurisdiction.of_enterprises, {}),
        (jurisdiction.of_rows, {}),
        (jurisdiction.of_units, {}),
        (jurisdiction.of_managed_units, {}),
    ],
)
def test_nobody_without_a_post_and_everything_for_the_system(question, args):
    assert question(Actor(user=make.user()), **args) == jurisdiction.NOTHING
    assert question(Actor(), **args) == jurisdiction.NOTHING
    assert question(Actor.system(), **args) == jurisdiction.EVERYTHING
    assert question(Actor(user=make.user(is_superuser=True)), **args) == jurisdiction.EVERYTHING
    assert question(Actor(user=make.user(is_staff=True)), **args) == jurisdiction.NOTHING


def test_outsider_with_a_code_sees_nothing():
    outsider = Actor.outsider("李四", "8d30f5c2e1")
    assert jurisdiction.of_enterprises(outsider) == jurisdiction.NOTHING
    assert jurisdiction.of_units(outsider) == jurisdiction.NOTHING


def test_firm_reaches_rows_about_units_never():
    head = make.actor(make.enterprise(), Role.HEAD)
    assert jurisdiction.of_units(head) == jurisdiction.NOTHING
    assert jurisdiction.of_managed_units(head) == jurisdiction.NOTHING


# Units whose accounts one looks after


@pytest.fixture
def units(house):
    bureau, mines, general = house
    province = make.area("山东省", level="province", row=False)
    return {
        "city": bureau,
        "office": mines,
        "city, other line": make.unit(
            "威海市工业和信息化局", in_area=make.city(), lines=[Line.MIIT], sectors=["船舶工业"]
        ),
        "district": make.unit(),
        "district, other line": make.unit("荣成市工业和信息化局", lines=[Line.MIIT], sectors=["船舶工业"]),
        "district office": make.unit("荣成工贸科", kind="office", part_of=make.unit(), lines=[Line.EMERGENCY]),
        "province": make.unit("省应急厅", in_area=province),
        "beside": make.unit("文登区应急管理局", in_area=make.county("文登区")),
    }


def managed(units, who, role):
    found = Unit.objects.managed_by(make.actor(units[who], role))
    return {name for name, unit in units.items() if unit in found}


BELOW_CITY = {"district", "district office", "beside"}


@pytest.mark.parametrize(
    ("who", "role", "expected"),
    [
        ("city", Role.CLERK, BELOW_CITY),
        ("city", Role.ADMIN, BELOW_CITY | {"city", "office"}),
        ("office", Role.CLERK, BELOW_CITY),
        ("office", Role.ADMIN, BELOW_CITY | {"city", "office"}),
        ("district", Role.CLERK, set()),
        ("district", Role.ADMIN, {"district", "district office"}),
        ("district, other line", Role.ADMIN, {"district, other line"}),
        ("beside", Role.CLERK, set()),
    ],
)
def test_accounts_of_units_below_in_the_line_and_of_ones_own_house_as_administrator(units, who, role, expected):
    """A clerk who could open accounts for his own office could be his own second officer."""
    assert managed(units, who, role) == expected


def test_closed_unit_is_managed_still_but_not_offered(units):
    Unit.objects.filter(pk=units["district"].pk).update(active=False)
    city = make.actor(units["city"])
    assert units["district"] in Unit.objects.managed_by(city)
    assert units["district"] not in Unit.objects.active().managed_by(city)


# Posts


@pytest.fixture
def posts(units):
    firm, mine = make.enterprise("轻工厂"), make.enterprise("矿山", in_sector="非煤矿山")
    away = make.enterprise("文登厂", in_area=make.county("文登区"))
    made = {name: make.member(unit, name=name) for name, unit in units.items()}
    made |= {name: make.member(firm, Role.HEAD, name=name) for name, firm in [("firm", firm), ("mine", mine)]}
    return made | {"away": make.member(away, Role.HEAD, name="away")}


def of(posts, rows):
    return {name for name, post in posts.items() if post in rows}


def test_posts_seen_and_posts_looked_after(posts, units):
    district = make.actor(units["district"], name="同事")
    seen = of(posts, Membership.objects.visible_to(district))
    assert seen == {"district", "district office", "firm"}
    assert of(posts, Membership.objects.managed_by(district)) == {"firm"}


def test_office_sees_firms_of_its_own_sector(posts, units):
    """The posts of its line below, and of firms in its trade."""
    office = make.actor(units["office"], name="同事")
    seen = of(posts, Membership.objects.visible_to(office))
    assert {"mine"} <= seen
    assert not {"firm", "away", "city, other line", "province"} & seen


def test_firm_sees_its_own_people_and_looks_after_none(posts):
    head = make.actor(posts["firm"].enterprise, Role.DIRECTOR)
    assert of(posts, Membership.objects.visible_to(head)) == {"firm"}
    assert of(posts, Membership.objects.managed_by(head)) == set()


def test_system_sees_every_post_and_nobody_none(posts):
    assert of(posts, Membership.objects.visible_to(Actor.system())) == set(posts)
    assert of(posts, Membership.objects.managed_by(Actor.system())) == set(posts)
    for nobody in (Actor(), Actor(user=make.user())):
        assert not Membership.objects.visible_to(nobody).exists()
        assert not Membership.objects.managed_by(nobody).exists()


def test_units_are_named_to_whoever_is_logged_in(units):
    assert set(Unit.objects.visible_to(make.actor(make.enterprise(), Role.HEAD))) == set(Unit.objects.all())
    assert not Unit.objects.visible_to(Actor(user=make.user())).exists()


def test_corrections_follow_the_firm(posts):
    firm = posts["firm"].enterprise
    change = EnterpriseChange.objects.create(enterprise=firm, values={}, proposed_by="甲")
    seen = {
        name: EnterpriseChange.objects.visible_to(make.actor(post.holder, post.role, name="同事")).exists()
        for name, post in posts.items()
    }
    assert {name for name, sees in seen.items() if sees} == {"city", "district", "district office", "firm"}
    assert change.enterprise == firm


@pytest.mark.parametrize(("holder", "count"), [("district", 1), ("city", 0), ("beside", 0)])
def test_audit_log_is_read_by_the_unit_that_acted(units, holder, count):
    from organizations import audit

    audit.record(make.actor(units["district"]), "file.read")
    assert AuditEntry.objects.visible_to(make.actor(units[holder], Role.ADMIN)).count() == count
    assert AuditEntry.objects.visible_to(Actor.system()).count() == 1
    assert AuditEntry.objects.visible_to(Actor()).count() == 0


# Ending and resetting


def test_ended_post_elsewhere_does_not_stand_in_the_way_of_a_new_code(posts, units):
    person = posts["firm"].user
    Membership.objects.create(user=person, unit=units["beside"], role=Role.CLERK, active=False)
    assert may_reset(make.actor(units["district"]), person)
    Membership.objects.filter(unit=units["beside"], user=person).update(active=True)
    verdict = may_reset(make.actor(units["district"], name="另一位"), person)
    assert verdict.reason.startswith("此人在您管辖范围以外还有岗位")


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_back_office_is_reset_by_the_back_office_alone(posts, units, flag):
    person = posts["firm"].user
    setattr(person, flag, True)
    person.save(update_fields=[flag])
    assert may_reset(make.actor(units["district"]), person).reason == "后台管理员的密码只能由系统管理员重置。"
    chief = make.actor(units["city"], Role.ADMIN, who=make.user("系统管理员", is_superuser=True))
    assert may_reset(chief, person)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.HEAD, Role.DIRECTOR, Role.SAFETY)])
def test_posts_are_ended_by_who_gives_out_accounts(posts, units, role):
    verdict = may_end(make.actor(units["city"], role), posts["district"])
    assert bool(verdict) is (role in (Role.ADMIN, Role.CLERK))


def test_own_post_is_ended_by_nobody_himself(posts):
    own = posts["district"]
    actor = Actor(user=own.user, membership=own)
    assert may_end(actor, own).reason == "不能停用自己的岗位，请由同单位的其他管理员或上级单位办理。"
