"""Who may do what, by post, jurisdiction and state; every refusal says why."""

import pytest

from hazards import permissions
from hazards.models import Problem
from hazards.tests import factories as ledger
from lib.actor import Actor
from organizations.models.people import ENTERPRISE_ROLES, Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

FIRM = {Role.HEAD, Role.DIRECTOR, Role.SAFETY}
SIGNERS = {Role.HEAD, Role.DIRECTOR}
JUDGES = {Role.CLERK, Role.REVIEWER, Role.OFFICER}
SECONDS = {Role.REVIEWER, Role.DEPUTY, Role.CHIEF, Role.OFFICER}
RECHECKERS = {Role.OFFICER}
LISTERS = {Role.CLERK, Role.DEPUTY, Role.CHIEF}
DAY = {"rectified_on": "2023-06-20"}


def listed():
    made = ledger.rectifying(listed=True, listing_unit_name="荣成市应急管理局")
    made.listings.create(level="department", unit=make.unit(), unit_name="荣成市应急管理局", listed_on="2023-06-09")
    return made


def proposed():
    made = ledger.confirmed()
    ledger.proposal(made, by=ledger.officer())
    return made


# act: a hazard on which it is open, the posts that may do it
ACTS = {
    "correct": (ledger.hazard, FIRM | {Role.CLERK, Role.OFFICER}),
    "object": (ledger.confirmed, FIRM),
    "plan": (ledger.confirmed, FIRM),
    "start": (ledger.hazard, FIRM),
    "fix_at_once": (ledger.hazard, FIRM),
    "log_progress": (ledger.rectifying, FIRM),
    "report_rectified": (ledger.rectifying, FIRM),
    "sign": (lambda: ledger.rectifying(**DAY), SIGNERS),
    "sign_on_paper": (lambda: ledger.rectifying(**DAY), FIRM),
    "close": (lambda: ledger.hazard(state="rectifying", **DAY), FIRM),
    "request_recheck": (lambda: ledger.signed(found_by="department"), FIRM),
    "judge": (ledger.proposed_major, JUDGES),
    "correct_basis": (ledger.rectifying, JUDGES),
    "propose": (ledger.confirmed, JUDGES | SECONDS),
    "confirm": (proposed, SECONDS),
    "refuse": (proposed, SECONDS),
    "restore": (ledger.dismissed, SECONDS),
    "record_measures": (ledger.rectifying, {Role.CLERK, Role.OFFICER}),
    "take_measures": (ledger.rectifying, FIRM),
    "extend": (ledger.rectifying, JUDGES),
    "recheck": (ledger.requested, RECHECKERS),
    "check": (ledger.closed, RECHECKERS),
    "reopen": (ledger.closed, RECHECKERS),
    "list": (ledger.rectifying, LISTERS),
    "delist": (listed, LISTERS),
    "hand_over": (ledger.rectifying, JUDGES),
    "penalise": (ledger.rectifying, {Role.CLERK, Role.OFFICER}),
    "plan_for_firm": (ledger.confirmed, {Role.CLERK}),
    "close_for_firm": (ledger.rectifying, {Role.CLERK}),
}
STATES = {
    "registered": ledger.proposed_major,
    "confirmed": ledger.confirmed,
    "rectifying": ledger.rectifying,
    "recheck_requested": ledger.requested,
    "closed": ledger.closed,
    "dismissed": ledger.dismissed,
}
# act: the states in which a major one takes it
OPEN_IN = {
    "correct": {"registered"},
    "object": {"registered", "confirmed", "rectifying"},
    "plan": {"registered", "confirmed", "rectifying"},
    "start": set(),
    "fix_at_once": {"confirmed"},
    "log_progress": {"registered", "confirmed", "rectifying", "recheck_requested"},
    "report_rectified": {"rectifying"},
    "request_recheck": set(),
    "judge": {"registered"},
    "correct_basis": {"confirmed", "rectifying", "recheck_requested", "closed"},
    "propose": {"registered", "confirmed", "rectifying"},
    "confirm": set(),
    "restore": {"dismissed"},
    "extend": {"registered", "confirmed", "rectifying", "recheck_requested"},
    "recheck": {"recheck_requested"},
    "check": {"closed"},
    "reopen": {"closed"},
    "list": {"confirmed", "rectifying", "recheck_requested"},
    "delist": set(),
    "hand_over": {"registered", "confirmed", "rectifying", "recheck_requested"},
    "penalise": {"registered", "confirmed", "rectifying", "recheck_requested", "closed"},
    "plan_for_firm": {"registered", "confirmed", "rectifying"},
    "close_for_firm": {"rectifying"},
}


def may(act):
    return getattr(permissions, f"may_{act}")


def anybody(role):
    return make.actor(ledger.firm() if role in ENTERPRISE_ROLES else make.unit(), role)


def test_every_permission_of_the_module_is_tried_here():
    known = {name.removeprefix("may_") for name in vars(permissions) if name.startswith("may_")}
    assert known - {"register", "order_stop", "edit_list", "add_to_list"} == set(ACTS)


@pytest.mark.parametrize("act", ACTS)
def test_act_is_for_its_posts_only(act):
    situation, posts = ACTS[act]
    hazard = situation()
    verdicts = {role: may(act)(anybody(role), hazard) for role in Role}
    assert {role for role, verdict in verdicts.items() if verdict} == posts
    assert all(verdict.reason for verdict in verdicts.values() if not verdict)


@pytest.mark.parametrize("act", ACTS)
def test_act_is_not_for_another_firm_or_district(act):
    situation, posts = ACTS[act]
    hazard = situation()
    there = make.county("文登区")
    firm, unit = make.enterprise("邻家", in_area=there), make.unit("文登区应急管理局", in_area=there)
    for role in posts:
        assert not may(act)(make.actor(firm if role in ENTERPRISE_ROLES else unit, role), hazard)


@pytest.mark.parametrize("act", [act for act in ACTS if ACTS[act][1] - FIRM])
def test_act_is_not_for_a_unit_of_other_sectors(act):
    situation, posts = ACTS[act]
    hazard = situation()
    other = make.unit("荣成市工业和信息化局", sectors=("民爆",))
    assert not any(may(act)(make.actor(other, role), hazard) for role in posts - FIRM)


@pytest.mark.parametrize("act", OPEN_IN)
def test_act_is_for_its_states_only(act):
    role = next(iter(sorted(ACTS[act][1])))
    who = anybody(role)
    assert {state for state, build in STATES.items() if may(act)(who, build())} == OPEN_IN[act]


@pytest.mark.parametrize("act", ACTS)
def test_nobody_without_a_post_acts(act):
    hazard = ACTS[act][0]()
    assert not may(act)(Actor(user=make.user()), hazard)


def test_unit_that_found_it_acts_outside_its_sectors():
    finder = make.unit("荣成市工业和信息化局", sectors=("民爆",))
    hazard = ledger.requested(found_by_unit=finder)
    assert permissions.may_recheck(ledger.officer(finder), hazard)


def test_district_the_firm_has_left_still_sees_but_no_longer_acts():
    hazard = ledger.rectifying(handled_in=make.county("文登区"))
    verdict = permissions.may_extend(ledger.clerk(), hazard)
    assert verdict.reason == "该隐患由文登区办理，不在贵单位管辖范围内。"


@pytest.mark.parametrize("act", ["plan_for_firm", "close_for_firm"])
def test_who_merely_found_it_does_not_speak_for_the_firm(act):
    finder = make.unit("荣成市工业和信息化局", sectors=("民爆",))
    hazard = ledger.rectifying(found_by="department", found_by_unit=finder)
    assert permissions.may_extend(ledger.clerk(finder), hazard)
    assert may(act)(ledger.clerk(finder), hazard).reason == "由荣成市的监管部门代录。"


@pytest.mark.parametrize("act", ["plan_for_firm", "close_for_firm"])
def test_district_that_took_over_speaks_for_the_firm_and_the_old_one_no_more(act):
    there = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    hazard = ledger.rectifying(handled_in=there.area)
    assert may(act)(ledger.clerk(there), hazard)
    assert may(act)(ledger.clerk(), hazard).reason == "由文登区的监管部门代录。"


def test_plan_is_not_entered_for_a_general_hazard_and_closing_only_after_judgement():
    clerk = ledger.clerk()
    assert permissions.may_plan_for_firm(clerk, ledger.hazard()).reason == "一般隐患无需此步骤。"
    assert permissions.may_close_for_firm(clerk, ledger.hazard())
    words = "重大事故隐患须先判定，并落实整改“五到位”。"
    assert permissions.may_close_for_firm(clerk, ledger.proposed_major()).reason == words
    assert permissions.may_close_for_firm(clerk, ledger.confirmed()).reason == words


def test_city_bureau_acts_in_its_districts():
    assert permissions.may_judge(ledger.clerk(make.city_bureau()), ledger.proposed_major())


def test_reasons_are_those_of_the_page():
    assert permissions.may_judge(ledger.safety(), ledger.proposed_major()).reason == "“安全员”岗位不能判定隐患。"
    assert permissions.may_recheck(ledger.officer(), ledger.closed()).reason == "隐患现为“已销号”，“申请复查”时办理。"
    assert permissions.may_start(ledger.safety(), ledger.confirmed()).reason == "请先填写整改“五到位”。"


def test_proposer_does_not_confirm_nor_refuse_his_own():
    hazard, officer = ledger.confirmed(), ledger.officer()
    ledger.proposal(hazard, by=officer)
    assert permissions.may_confirm(officer, hazard).reason == "须由提出人以外的人员复核。"
    assert permissions.may_refuse(officer, hazard).reason == "须由提出人以外的人员复核。"


def test_judging_waits_for_a_pending_objection():
    hazard = ledger.proposed_major()
    hazard.reconsiderations.create(kind="dismiss", state="objected", objection="不属实", objected_by="赵总")
    assert permissions.may_judge(ledger.clerk(), hazard).reason == "有一项异议或更改认定等待处理。"


@pytest.mark.parametrize(
    "build",
    [
        ledger.signed,  # self-found, unlisted, not stopped: two signatures close it
        lambda: ledger.hazard(state="rectifying", found_by="department", **DAY),  # general: the firm closes it
    ],
)
def test_recheck_is_asked_for_only_where_one_is_needed(build):
    assert permissions.may_request_recheck(ledger.safety(), build()).reason == "该隐患无需部门复查。"


def test_nothing_proposed_is_nothing_to_confirm():
    assert permissions.may_confirm(ledger.reviewer(), ledger.confirmed()).reason == "没有等待复核的更改认定。"
    assert permissions.may_refuse(ledger.reviewer(), ledger.confirmed()).reason == "没有等待处理的异议或更改认定。"


def test_objection_is_answered_by_any_second_officer_and_taken_up_by_any():
    hazard = ledger.confirmed()
    hazard.reconsiderations.create(kind="dismiss", state="objected", objection="不属实", objected_by="赵总")
    assert permissions.may_refuse(ledger.reviewer(), hazard)
    assert permissions.may_propose(ledger.officer(), hazard)
    assert permissions.may_confirm(ledger.reviewer(), hazard).reason == "没有等待复核的更改认定。"


def test_system_acts_for_everybody():
    system, hazard = Actor.system(), ledger.rectifying()
    for act in ("log_progress", "extend", "plan_for_firm", "close_for_firm", "record_measures"):
        assert may(act)(system, hazard)
    assert permissions.may_add_to_list(system)
    assert permissions.may_order_stop(system, hazard) is True
    assert permissions.may_edit_list(system, Problem(unit=make.unit()))


def test_firm_neither_writes_the_lists_nor_trips_over_them():
    assert permissions.may_edit_list(ledger.head(), Problem(unit=make.unit())).reason == "两个清单由监管部门填写。"


def test_who_has_signed_does_not_sign_again():
    hazard = ledger.rectifying(signed_head="赵总", **DAY)
    assert permissions.may_sign(ledger.head(), hazard).reason == "赵总已签字。"
    assert permissions.may_sign(ledger.director(), hazard)


def test_listing_is_taken_off_by_who_listed():
    hazard = listed()
    assert permissions.may_delist(ledger.clerk(make.city_bureau()), hazard).reason == "由荣成市应急管理局摘牌。"
    office = make.unit("荣成市应急管理局工贸科", kind="office", part_of=make.unit(), sectors=())
    assert permissions.may_delist(ledger.clerk(office), hazard)


def test_listing_by_a_unit_that_is_not_in_the_portal_is_taken_off_by_those_in_charge():
    hazard = ledger.rectifying(listed=True, listing_unit_name="威海市人民政府安全生产委员会")
    hazard.listings.create(level="government", unit_name="威海市人民政府安全生产委员会", listed_on="2023-06-09")
    there = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    assert permissions.may_delist(ledger.clerk(), hazard)
    assert not permissions.may_delist(ledger.clerk(there), hazard)
    assert not permissions.may_delist(ledger.officer(), hazard)


def test_only_direct_supervision_stops_production():
    hazard = ledger.rectifying()
    town = make.unit("某镇政府", kind="town", all_sectors=True, sectors=())
    assert permissions.may_order_stop(ledger.officer(), hazard)
    assert permissions.may_order_stop(ledger.officer(town), hazard).reason == "贵单位对该行业没有直接监管职责。"
    assert not permissions.may_order_stop(ledger.safety(), hazard)
