"""Who sees which obligation, version and campaign: jurisdiction for each line and level (design §4.1)."""

import pytest

from campaigns.actions import submissions
from campaigns.models import Campaign, Obligation, Submission
from campaigns.permissions import may_hand_in
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def sees(holder, role=Role.CLERK):
    """What somebody of the unit or firm sees, as 'respondent period'."""
    rows = Obligation.objects.visible_to(make.actor(holder, role))
    return {f"{row.respondent} {row.period}" for row in rows}


def sees_it(holder, row, role=Role.CLERK):
    return Obligation.objects.visible_to(make.actor(holder, role)).filter(pk=row.pk).exists()


# Rows about a unit


@pytest.fixture
def towns():
    """石岛街道 of 荣成市 and 张家产镇 of 文登区."""
    return (
        make.area("石岛街道", parent=make.county("荣成市"), level="town"),
        make.area("张家产镇", parent=make.county("文登区"), level="town"),
    )


def test_unit_sees_its_own_those_above_in_its_line_too_and_nobody_beside_or_below(towns):
    town, other_town = towns
    bureau = make.unit()
    row = campaigns.obligation(bureau, recipients=[])
    province = make.area("山东省", level="province", row=False)
    for holder, expected in [
        (bureau, True),
        (make.city_bureau(), True),
        (make.unit("文登区应急管理局", in_area=make.county("文登区")), False),
        (make.unit("石岛街道办", in_area=town, kind="town"), False),
        (make.unit("张家产镇政府", in_area=other_town, kind="town"), False),
        (make.unit("外省厅", in_area=province), False),
    ]:
        assert sees_it(holder, row) is expected, holder


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([Line.EMERGENCY], True),
        ([Line.MIIT], False),
        ([Line.SAFETY_COMMITTEE], False),
        ([Line.MIIT, Line.EMERGENCY], True),
        ([], False),
    ],
)
def test_only_the_same_line_above_sees_a_units_row(lines, expected):
    row = campaigns.obligation(make.unit(), recipients=[])
    above = make.unit("市里的局", in_area=make.city(), lines=lines)
    assert sees_it(above, row) is expected


def test_zone_bureau_in_both_lines_is_seen_by_both_above():
    """高区经济发展局 stands in 工信 and 应急."""
    zone = make.area("高区", parent=make.city(), level="zone")
    both = make.unit("高区经济发展局", in_area=zone, lines=[Line.MIIT, Line.EMERGENCY])
    row = campaigns.obligation(both, recipients=[])
    assert sees_it(make.city_bureau(), row)
    assert sees_it(make.unit("威海市工业和信息化局", in_area=make.city(), lines=[Line.MIIT]), row)
    assert not sees_it(make.unit("市安委办", in_area=make.city(), lines=[Line.SAFETY_COMMITTEE]), row)


def test_office_sees_through_its_bureaus_line():
    row = campaigns.obligation(make.unit(), recipients=[])
    office = make.unit("工贸科", in_area=make.city(), kind="office", part_of=make.city_bureau(), lines=())
    assert sees_it(office, row)


def test_recipient_sees_whatever_its_line_and_so_does_its_house():
    row = campaigns.obligation(make.unit(), recipients=[])
    bureau = make.unit("威海市工业和信息化局", in_area=make.city(), lines=[Line.MIIT])
    office = make.unit("绿色发展推进科", in_area=make.city(), kind="office", part_of=bureau, lines=())
    sister = make.unit("民爆科", in_area=make.city(), kind="office", part_of=bureau, lines=())
    row.recipients.set([office])
    assert (sees_it(office, row), sees_it(bureau, row)) == (True, True)
    assert not sees_it(sister, row)


def test_bureau_as_recipient_opens_the_row_to_its_offices():
    row = campaigns.obligation(make.unit(), recipients=[])
    bureau = make.unit("威海市工业和信息化局", in_area=make.city(), lines=[Line.MIIT])
    office = make.unit("绿色发展推进科", in_area=make.city(), kind="office", part_of=bureau, lines=())
    row.recipients.set([bureau])
    assert sees_it(office, row)


def test_former_post_in_the_recipient_opens_nothing():
    row = campaigns.obligation(make.unit())
    clerk = make.actor(make.city_bureau())
    stranger = make.actor(make.unit("文登区应急管理局", in_area=make.county("文登区")), who=clerk.user)
    assert Obligation.objects.visible_to(clerk).filter(pk=row.pk).exists()
    assert not Obligation.objects.visible_to(stranger).filter(pk=row.pk).exists()


# Rows about a firm


@pytest.fixture
def firm_row():
    """A light-industry firm of 荣成市, reporting to nobody in particular."""
    firm = make.enterprise()
    duty = campaigns.deliverable("firms", respondent="enterprise")
    return campaigns.obligation(firm, of=duty, sector=firm.sector, recipients=[])


def test_firms_row_is_seen_by_the_areas_units_of_its_sector(firm_row):
    for holder, expected in [
        (make.unit(), True),
        (make.city_bureau(), True),
        (make.unit("荣成市矿山局", sectors=["非煤矿山"]), False),
        (make.unit("荣成市安委办", sectors=(), all_sectors=True), True),
        (make.unit("荣成市无行业的局", sectors=()), False),
        (make.unit("文登区应急管理局", in_area=make.county("文登区")), False),
    ]:
        assert sees_it(holder, firm_row) is expected, holder


@pytest.mark.parametrize("field", ["area", "reporting_area", "handled_in"])
def test_each_of_the_three_places_opens_the_row(firm_row, field):
    """The firm has moved, or counts elsewhere: whoever has one of the places sees it."""
    wendeng = make.county("文登区")
    unit = make.unit("文登区应急管理局", in_area=wendeng)
    assert not sees_it(unit, firm_row)
    Obligation.objects.filter(pk=firm_row.pk).update(**{field: wendeng})
    assert sees_it(unit, firm_row)


def test_sector_is_that_of_the_row_not_of_the_firm_today(firm_row):
    mines = make.unit("荣成市矿山局", sectors=["非煤矿山"])
    firm_row.enterprise.sector = make.sector("非煤矿山")
    firm_row.enterprise.save(update_fields=["sector"])
    assert (sees_it(make.unit(), firm_row), sees_it(mines, firm_row)) == (True, False)


@pytest.mark.parametrize("role", [Role.HEAD, Role.DIRECTOR, Role.SAFETY])
def test_firm_sees_its_own_and_no_others_nor_units(firm_row, role):
    other = make.enterprise("邻家")
    campaigns.obligation(other, of=firm_row.deliverable, period="2023-07", recipients=[])
    campaigns.obligation(make.unit(), of=campaigns.deliverable("units"), recipients=[])
    assert sees(firm_row.enterprise, role) == {"荣成海源食品有限公司 2023-06"}


def test_nobody_without_a_post_and_everything_for_the_system(firm_row):
    assert list(Obligation.objects.visible_to(Actor(user=make.user()))) == []
    assert list(Obligation.objects.visible_to(Actor())) == []
    assert list(Obligation.objects.visible_to(Actor.system())) == [firm_row]
    chief = make.user(is_superuser=True)
    assert list(Obligation.objects.visible_to(Actor(user=chief))) == [firm_row]


def test_what_one_owes_oneself_is_by_the_post_not_by_reach(firm_row):
    unit = make.unit()
    own = campaigns.obligation(unit, of=campaigns.deliverable("units"))
    assert list(Obligation.objects.owed_by(make.actor(unit))) == [own]
    assert list(Obligation.objects.owed_by(make.actor(firm_row.enterprise, Role.HEAD))) == [firm_row]
    assert list(Obligation.objects.owed_by(make.actor(make.city_bureau()))) == []
    assert list(Obligation.objects.owed_by(Actor())) == []


def test_what_one_receives_is_not_what_one_sees(firm_row):
    received = campaigns.obligation(make.unit(), of=campaigns.deliverable("units"))
    city = make.actor(make.city_bureau())
    assert set(Obligation.objects.visible_to(city)) == {firm_row, received}
    assert list(Obligation.objects.received_by(city)) == [received]
    assert list(Obligation.objects.received_by(make.actor(firm_row.enterprise, Role.HEAD))) == []
    assert list(Obligation.objects.received_by(Actor())) == []


# Versions


@pytest.fixture
def owed():
    return campaigns.obligation()


def versions_of(holder, role=Role.CLERK):
    return list(Submission.objects.visible_to(make.actor(holder, role)))


def test_draft_is_its_writers_house_alone(owed):
    draft = submissions.save_draft(owed, by=make.actor(owed.unit), text="写了一半")
    assert versions_of(owed.unit) == [draft]
    assert versions_of(make.city_bureau()) == []


def test_what_was_handed_in_is_seen_by_both_and_by_nobody_else(owed):
    handed = submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    assert versions_of(owed.unit) == versions_of(make.city_bureau()) == [handed]
    assert versions_of(make.unit("文登区应急管理局", in_area=make.county("文登区"))) == []


def test_draft_of_an_office_is_seen_by_its_bureau_which_may_hand_it_in():
    """Else a colleague would write it a second time, over the first."""
    bureau = make.unit("市工信局", in_area=make.city(), lines=("miit",))
    office = make.unit("绿色发展推进科", in_area=make.city(), kind="office", part_of=bureau, lines=())
    sister = make.unit("民爆科", in_area=make.city(), kind="office", part_of=bureau, lines=())
    owed = campaigns.obligation(office, recipients=[make.city_bureau()])
    submissions.save_draft(owed, by=make.actor(office), text="写了一半")

    seen = {unit.name: Submission.objects.visible_to(make.actor(unit)).exists() for unit in (office, bureau, sister)}
    assert seen == {"绿色发展推进科": True, "市工信局": True, "民爆科": False}
    assert bool(may_hand_in(make.actor(bureau), owed))
    assert not may_hand_in(make.actor(sister), owed)


def test_new_draft_after_a_return_is_hidden_while_the_returned_one_stays(owed):
    clerk, officer = make.actor(owed.unit), make.actor(make.city_bureau())
    handed = submissions.hand_in(owed, by=clerk, text="六月情况")
    submissions.return_submission(handed, by=officer, reason="缺附件")
    draft = submissions.save_draft(owed, by=clerk, text="补充")
    assert versions_of(make.city_bureau("威海市应急管理局")) == [handed]
    assert versions_of(owed.unit) == [handed, draft]


# Campaigns


def names(holder, role=Role.CLERK):
    return {row.code for row in Campaign.objects.visible_to(make.actor(holder, role))}


def test_draft_of_a_campaign_is_its_lead_units_house_alone():
    campaigns.campaign("open")
    campaigns.campaign("draft", state="draft")
    campaigns.campaign("done", state="closed")
    office = make.unit("工贸科", in_area=make.city(), kind="office", part_of=make.city_bureau())
    assert names(make.city_bureau()) == names(office) == {"open", "draft", "done"}
    assert names(make.unit()) == {"open", "done"}
    assert names(make.enterprise(), Role.HEAD) == {"open", "done"}


def test_offices_draft_is_seen_by_its_bureau_but_not_by_its_sister():
    office = make.unit("工贸科", in_area=make.city(), kind="office", part_of=make.city_bureau())
    sister = make.unit("矿山科", in_area=make.city(), kind="office", part_of=make.city_bureau())
    campaigns.campaign("draft", state="draft", lead=office)
    assert (names(office), names(make.city_bureau()), names(sister)) == ({"draft"}, {"draft"}, set())


def test_campaigns_without_a_post_and_for_the_system():
    campaigns.campaign("draft", state="draft")
    assert not Campaign.objects.visible_to(Actor(user=make.user())).exists()
    assert Campaign.objects.visible_to(Actor.system()).count() == 1


@pytest.mark.parametrize(
    ("day", "active"), [("2023-04-30", 0), ("2023-05-01", 1), ("2023-12-31", 1), ("2024-01-01", 0)]
)
def test_campaign_is_active_on_its_first_and_last_day(day, active):
    campaigns.campaign()
    campaigns.campaign("draft", state="draft")
    campaigns.campaign("closed", state="closed")
    assert Campaign.objects.active_on(day).count() == active
