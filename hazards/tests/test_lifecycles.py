"""Whole lives of hazards, as the notice and the law have them go."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hazards import actions
from hazards.models import Hazard
from hazards.tests import factories as ledger
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

TWO = ("周执法", "郑执法")


def day(ago):
    return timezone.localdate() - timedelta(days=ago)


def registered(by, *, ago=30, **values):
    make.unit()
    given = {"description": "快速冻结装置未设置在单独的作业间内。", "found_by": "self", "level": "major"}
    return actions.register(ledger.firm(), by=by, found_on=day(ago), **given | values)


def judged(hazard, *, ago=29):
    return actions.judge(
        hazard, by=ledger.clerk(), standard=ledger.standard(), clause=ledger.CLAUSE, judged_on=day(ago)
    )


def planned(hazard):
    actions.plan(hazard, by=ledger.safety(), **ledger.PLAN | {"deadline_on": day(-10)})
    return actions.start(hazard, by=ledger.safety())


def signed(hazard, *, ago=5):
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=day(ago))
    actions.sign(hazard, by=ledger.head())
    actions.sign(hazard, by=ledger.director())
    return hazard


def states(hazard):
    return [move.to_state for move in hazard.moves.all()]


def test_self_found_major():
    hazard = signed(planned(judged(registered(ledger.safety()))))
    actions.check(hazard, by=ledger.officer(), passed=True, checked_on=day(0), inspectors=TWO)
    assert states(hazard) == ["registered", "confirmed", "rectifying", "closed"]
    assert (hazard.closed_on, hazard.checked_on) == (day(0), day(0))


def test_major_found_by_the_department():
    hazard = signed(planned(judged(registered(ledger.officer(), found_by="department"))))
    assert hazard.state == "rectifying"
    actions.request_recheck(hazard, by=ledger.head())
    actions.recheck(hazard, by=ledger.officer(), passed=True, rechecked_on=day(0), inspectors=TWO)
    assert states(hazard) == ["registered", "confirmed", "rectifying", "recheck_requested", "closed"]


def test_self_found_major_that_was_listed_after_the_first_signature():
    hazard = planned(judged(registered(ledger.safety())))
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=day(3))
    actions.sign(hazard, by=ledger.head())
    put = {"level": "government", "unit_name": "荣成市安委会", "listed_on": day(1)}
    actions.put_on_list(hazard, by=ledger.clerk(), **put)
    actions.sign(hazard, by=ledger.director())
    assert hazard.state == "rectifying"
    actions.request_recheck(hazard, by=ledger.head())
    actions.recheck(hazard, by=ledger.officer(), passed=True, rechecked_on=day(0), inspectors=TWO)
    assert (hazard.state, hazard.listed) == ("closed", True)
    actions.delist(hazard, by=ledger.clerk(), delisted_on=day(0), reason="整改到位")
    assert (hazard.state, hazard.listed) == ("closed", False)


def test_self_found_major_that_was_stopped():
    hazard = registered(ledger.safety())
    actions.record_measures(hazard, by=ledger.officer(), on_site_measure="立即停产", stopped=True)
    signed(planned(judged(hazard)))
    assert (hazard.state, hazard.is_fully_signed) == ("rectifying", True)


def test_major_fixed_on_the_spot_is_signed_all_the_same():
    hazard = judged(registered(ledger.safety()))
    actions.fix_at_once(hazard, by=ledger.safety(), measures="当场拆除", rectified_on=day(28))
    actions.sign(hazard, by=ledger.director())
    actions.sign(hazard, by=ledger.head())
    assert (hazard.state, hazard.planned_on) == ("closed", None)


def test_major_fixed_on_the_spot_that_came_back():
    hazard = ledger.closed(fixed_at_once=True, planned_on=None)
    actions.reopen(hazard, by=ledger.officer(), reopened_on=day(20), reason="复发", deadline_on=day(-10))
    signed(hazard)
    assert (hazard.state, hazard.closings.count()) == ("closed", 2)


def test_general_of_the_firm():
    hazard = registered(ledger.safety(), level="general")
    actions.start(hazard, by=ledger.safety())
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=day(2))
    actions.close(hazard, by=ledger.safety())
    assert states(hazard) == ["registered", "rectifying", "closed"]


def test_general_that_turns_out_to_be_major():
    """大变小 is undone: what the firm has half treated as general is judged, planned and signed as major."""
    hazard = registered(ledger.safety(), level="general")
    actions.start(hazard, by=ledger.safety())
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=day(10))
    judged(hazard)
    signed(planned(hazard))
    assert states(hazard) == ["registered", "rectifying", "confirmed", "rectifying", "closed"]


def test_proposed_major_that_two_officers_find_general():
    hazard = registered(ledger.safety())
    actions.propose(hazard, by=ledger.officer(), kind="downgrade", reason="不符合判定条款")
    actions.confirm(hazard, by=ledger.reviewer())
    actions.fix_at_once(hazard, by=ledger.safety(), measures="已分隔", rectified_on=day(1))
    actions.close(hazard, by=ledger.safety())
    assert (hazard.state, hazard.level) == ("closed", "general")


def test_judged_major_downgraded_under_treatment_closes_as_general():
    hazard = planned(judged(registered(ledger.safety())))
    actions.object_to(hazard, by=ledger.head(), kind="downgrade", objection="已单独设置")
    actions.propose(hazard, by=ledger.officer(), kind="downgrade", reason="异议属实")
    actions.confirm(hazard, by=ledger.reviewer())
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=day(0))
    actions.close(hazard, by=ledger.safety())
    assert hazard.state == "closed"


def test_dismissed_restored_and_judged_anew():
    hazard = registered(ledger.safety())
    actions.propose(hazard, by=ledger.officer(), kind="dismiss", reason="重复登记")
    actions.confirm(hazard, by=ledger.reviewer())
    actions.restore(hazard, by=ledger.reviewer(), reason="并非重复")
    signed(planned(judged(hazard)))
    assert states(hazard) == ["registered", "dismissed", "registered", "confirmed", "rectifying", "closed"]


def test_two_rechecks_fail_before_the_third_passes():
    hazard = signed(planned(judged(registered(ledger.officer(), found_by="superior"))))
    for _ in range(2):
        actions.request_recheck(hazard, by=ledger.head())
        told = {"rechecked_on": day(0), "inspectors": TWO, "opinion": "未到位", "deadline_on": day(-20)}
        actions.recheck(hazard, by=ledger.officer(), passed=False, **told)
        signed(hazard, ago=0)
    actions.request_recheck(hazard, by=ledger.head())
    actions.recheck(hazard, by=ledger.officer(), passed=True, rechecked_on=day(0), inspectors=TWO)
    assert (hazard.state, hazard.signatures.count(), hazard.signatures.valid().count()) == ("closed", 6, 2)


def test_firm_that_moved_is_followed_by_its_open_hazard():
    hazard = planned(judged(registered(ledger.officer(), found_by="department")))
    there = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    actions.hand_over(hazard, by=ledger.clerk(), area=there.area, reason="迁址")
    signed(hazard)
    actions.request_recheck(hazard, by=ledger.head())
    actions.recheck(hazard, by=ledger.officer(there), passed=True, rechecked_on=day(0), inspectors=TWO)
    assert (hazard.state, hazard.area.name, hazard.handled_in.name) == ("closed", "荣成市", "文登区")


def test_imported_open_hazard_goes_on_in_the_portal():
    """History may lack plan and clause; what is done from now on follows the rules."""
    hazard = ledger.hazard(imported=True, level="major", state="rectifying", found_on=date(2023, 5, 10))
    signed(hazard)
    assert (hazard.state, hazard.closings.get().closed_on) == ("closed", day(0))
    assert Hazard.objects.judged_out_of_force().count() == 0
