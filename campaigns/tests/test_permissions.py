"""Who may hand in, review, register and edit: the post, its place in the obligation, the state; each with a reason."""

import pytest

from campaigns.models import Obligation
from campaigns.permissions import may_edit, may_hand_in, may_register, may_review
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.models.people import ENTERPRISE_ROLES, Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
UNIT_ROLES = [role for role in Role if role not in ENTERPRISE_ROLES]


@pytest.fixture
def owed():
    """Rongcheng's, received by the city bureau."""
    return campaigns.obligation()


def reason(verdict):
    return "" if verdict else verdict.reason


@pytest.mark.parametrize("role", UNIT_ROLES)
def test_posts_of_the_respondent_that_hand_in(owed, role):
    verdict = may_hand_in(make.actor(owed.unit, role), owed)
    refused = f"“{role.label}”岗位不能报送。请由本单位经办人办理。"
    assert reason(verdict) == ("" if role == Role.CLERK else refused)


@pytest.mark.parametrize("role", UNIT_ROLES)
def test_posts_of_the_recipient_that_review(owed, role):
    """经办人 runs the month; 审核人, 分管负责人 and 主要负责人 decide; 管理员 and 执法人员 do not."""
    may = role in (Role.CLERK, Role.REVIEWER, Role.DEPUTY, Role.CHIEF)
    officer = make.actor(make.city_bureau(), role)
    words = "" if may else f"“{role.label}”岗位不能审核报送。"
    assert reason(may_review(officer, owed)) == reason(may_register(officer, owed)) == words


@pytest.mark.parametrize("role", UNIT_ROLES)
def test_posts_of_the_lead_unit_that_edit_the_campaign(owed, role):
    verdict = may_edit(make.actor(make.city_bureau(), role), owed.deliverable.campaign)
    assert reason(verdict) == ("" if role == Role.CLERK else f"“{role.label}”岗位不能维护专项行动。")


@pytest.mark.parametrize(("role", "may"), [(Role.HEAD, True), (Role.DIRECTOR, True), (Role.SAFETY, False)])
def test_posts_of_a_firm_that_hand_in(role, may):
    """安全员 does the daily entries; handing in is for those who answer for the firm."""
    firm = make.enterprise()
    owed = campaigns.obligation(firm, recipients=[make.unit()])
    actor = make.actor(firm, role)
    assert bool(may_hand_in(actor, owed)) is may
    assert not may_review(actor, owed)
    assert not may_register(actor, owed)
    assert not may_edit(actor, owed.deliverable.campaign)


def places(owed):
    """A clerk in each place around the obligation."""
    city, own = make.city_bureau(), owed.unit
    return {
        "respondent": make.actor(own),
        "respondents office": make.actor(make.unit("荣成工贸科", kind="office", part_of=own)),
        "recipient": make.actor(city),
        "recipients office": make.actor(make.unit("工贸科", in_area=make.city(), kind="office", part_of=city)),
        "same line above": make.actor(make.unit("威海第二局", in_area=make.city())),
        "beside": make.actor(make.unit("文登区应急管理局", in_area=make.county("文登区"))),
    }


@pytest.mark.parametrize(
    ("act", "who"),
    [
        (may_hand_in, {"respondent", "respondents office"}),
        (may_review, {"recipient", "recipients office"}),
        (may_register, {"recipient", "recipients office"}),
    ],
)
def test_place_in_the_obligation_decides(owed, act, who):
    assert {name for name, actor in places(owed).items() if act(actor, owed)} == who


def test_reasons_say_what_to_do_instead(owed):
    around = places(owed)
    assert reason(may_hand_in(around["recipient"], owed)) == (
        "只有填报单位可以报送；收到邮件或纸质材料的，请用“代登记”。"
    )
    assert reason(may_review(around["same line above"], owed)) == "只有接收单位可以审核。"
    assert reason(may_register(around["respondent"], owed)) == "只有接收单位可以审核。"


def test_campaign_is_edited_by_the_house_that_leads_it(owed):
    campaign = owed.deliverable.campaign
    who = {name for name, actor in places(owed).items() if may_edit(actor, campaign)}
    assert who == {"recipient", "recipients office"}
    verdict = may_edit(places(owed)["beside"], campaign)
    assert reason(verdict) == "只有牵头单位（威海市应急管理局）可以维护这个专项行动。"


@pytest.mark.parametrize(
    ("state", "hand_in", "register"),
    [
        ("open", True, True),
        ("missing", True, True),
        ("waived", False, False),
        ("superseded", False, False),
        ("ended", False, False),
    ],
)
def test_state_decides_whether_it_is_still_taken(owed, state, hand_in, register):
    """What is missing may be handed in after all; what nobody owes any more may not."""
    Obligation.objects.update(state=state)
    owed.refresh_from_db()
    label = owed.get_state_display()
    clerk, officer = make.actor(owed.unit), make.actor(make.city_bureau())
    assert reason(may_hand_in(clerk, owed)) == ("" if hand_in else f"该任务{label}，不需再报。")
    assert reason(may_register(officer, owed)) == ("" if register else f"该任务{label}，不需登记。")


def test_firm_hands_in_for_itself_only():
    mine, other = make.enterprise("我家"), make.enterprise("邻家")
    duty = campaigns.deliverable("firms", respondent="enterprise")
    owed = campaigns.obligation(other, of=duty, recipients=[make.unit()])
    assert reason(may_hand_in(make.actor(mine, Role.HEAD), owed)).startswith("只有填报单位可以报送")


def test_firm_and_unit_of_one_number_are_told_apart():
    unit = make.unit()
    firm = make.enterprise(pk=unit.pk)
    units = campaigns.obligation(unit)
    firms = campaigns.obligation(firm, of=campaigns.deliverable("firms", respondent="enterprise"))
    assert not may_hand_in(make.actor(firm, Role.HEAD), units)
    assert not may_hand_in(make.actor(unit), firms)


def test_officer_of_two_units_acts_from_the_post_he_chose(owed):
    """Membership switching: the same person is recipient in one post and nobody in the other."""
    officer = make.actor(make.city_bureau())
    elsewhere = make.actor(make.unit("文登区应急管理局", in_area=make.county("文登区")), who=officer.user)
    assert may_review(officer, owed)
    assert not may_review(elsewhere, owed)


@pytest.mark.parametrize("act", [may_hand_in, may_review, may_register])
def test_nobody_without_a_post_and_everything_for_the_system(owed, act):
    assert reason(act(Actor(user=make.user()), owed)) == "您目前没有在岗的岗位，请联系本单位管理员。"
    assert not act(Actor(), owed)
    assert act(Actor.system(), owed)
