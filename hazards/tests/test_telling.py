"""Who hears of what: those who must act next, and nobody else."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hazards import actions
from hazards.tests import factories as ledger
from notifications.models import Message
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

TWO = ("周执法", "郑执法")
DONE = {"rectified_on": date(2023, 6, 20)}
LATER = timezone.localdate() + timedelta(days=30)


@pytest.fixture(autouse=True)
def district():
    return make.unit()


def told():
    """(to whom, in which words before the number) of every message, in order."""
    return [
        ("firm" if message.enterprise_id else str(message.unit), message.title.rsplit("（", 1)[0])
        for message in Message.objects.order_by("id")
    ]


def after(act):
    """What is said because of the act alone."""
    Message.objects.all().delete()
    act()
    return told()


def judge(hazard):
    values = {"standard": ledger.standard(), "clause": ledger.CLAUSE, "judged_on": date(2023, 6, 7)}
    return actions.judge(hazard, by=ledger.clerk(), **values)


def test_firm_hears_that_it_was_judged():
    hazard = ledger.proposed_major()
    assert after(lambda: judge(hazard)) == [("firm", "已判定为重大事故隐患，请落实整改“五到位”")]


def test_colleagues_hear_of_a_proposal_and_the_firm_of_the_decision():
    hazard = ledger.confirmed()
    proposed = after(lambda: actions.propose(hazard, by=ledger.officer(), kind="dismiss", reason="不属实"))
    assert proposed == [("荣成市应急管理局", "请复核：拟将隐患认定不属实")]
    assert after(lambda: actions.confirm(hazard, by=ledger.reviewer())) == [("firm", "隐患已认定不属实")]


def test_nobody_hears_of_a_proposal_that_was_refused_but_of_an_objection():
    hazard = ledger.confirmed()
    ledger.proposal(hazard, by=ledger.officer())
    assert after(lambda: actions.refuse(hazard, by=ledger.reviewer(), opinion="属实")) == []
    actions.object_to(hazard, by=ledger.head(), kind="dismiss", objection="无此装置")
    refused = after(lambda: actions.refuse(hazard, by=ledger.reviewer(), opinion="属实"))
    assert refused == [("firm", "对隐患认定的异议未被采纳")]


def test_firm_is_asked_to_sign_when_a_major_is_done():
    hazard = ledger.rectifying()
    done = after(lambda: actions.report_rectified(hazard, by=ledger.safety(), **DONE))
    assert done == [("firm", "重大事故隐患整改完成，请主要负责人和安全总监签字")]


def test_firm_is_asked_to_sign_what_it_fixed_at_once():
    hazard = ledger.confirmed()
    values = {"measures": "当场移除", "rectified_on": date(2023, 6, 8)}
    done = after(lambda: actions.fix_at_once(hazard, by=ledger.safety(), **values))
    assert done == [("firm", "重大事故隐患整改完成，请主要负责人和安全总监签字")]


def test_firm_hears_what_a_clerk_entered_for_it():
    hazard = ledger.confirmed()
    five = {"responsible": "李四", "measures": "隔开", "funds": 0, "emergency_plan": "预案"}
    entered = after(lambda: actions.plan_for_firm(hazard, by=ledger.clerk(), deadline_on=date(2023, 6, 29), **five))
    assert entered == [("firm", "监管部门代录了整改“五到位”，请核对")]


def test_firm_hears_that_a_dismissed_hazard_stands_again():
    hazard = ledger.dismissed()
    restored = after(lambda: actions.restore(hazard, by=ledger.reviewer(), reason="核对有误"))
    assert restored == [("firm", "隐患已恢复登记，请整改")]


def test_nobody_is_asked_to_sign_a_general_one():
    hazard = ledger.hazard(state="rectifying")
    assert after(lambda: actions.report_rectified(hazard, by=ledger.safety(), **DONE)) == []


def test_second_signature_calls_the_department_to_check():
    hazard = ledger.rectifying(**DONE)
    assert after(lambda: actions.sign(hazard, by=ledger.head())) == []
    second = after(lambda: actions.sign(hazard, by=ledger.director()))
    assert second == [("荣成市应急管理局", "荣成海源食品有限公司自查的重大事故隐患已签字销号，请核查")]


def test_second_signature_sends_the_firm_to_the_recheck():
    hazard = ledger.rectifying(found_by="department", **DONE)
    actions.sign(hazard, by=ledger.head())
    second = after(lambda: actions.sign(hazard, by=ledger.director()))
    assert second == [("firm", "两人签字完成，请向监管部门申请复查")]


def test_district_and_finder_hear_that_a_recheck_is_asked_for(district):
    city = make.city_bureau()
    hazard = ledger.signed(found_by="department", found_by_unit=city)
    asked = after(lambda: actions.request_recheck(hazard, by=ledger.safety()))
    assert [who for who, _ in asked] == [str(district), str(city)]


@pytest.mark.parametrize(("passed", "words"), [(True, "复查通过，隐患已销号"), (False, "复查未通过，请继续整改")])
def test_firm_hears_the_result_of_the_recheck(passed, words):
    hazard = ledger.requested()
    values = {"passed": passed, "rechecked_on": date(2023, 6, 23), "inspectors": TWO, "opinion": "见意见书"}
    assert after(lambda: actions.recheck(hazard, by=ledger.officer(), **values)) == [("firm", words)]


def test_firm_hears_of_a_failed_check_only():
    sound, bad = ledger.closed(), ledger.closed()
    values = {"checked_on": date(2023, 6, 25), "inspectors": TWO}
    assert after(lambda: actions.check(sound, by=ledger.officer(), passed=True, **values)) == []
    failed = after(lambda: actions.check(bad, by=ledger.officer(), passed=False, opinion="未分隔", **values))
    assert failed == [("firm", "隐患须重新整改")]


def test_firm_hears_of_deadline_listing_and_delisting():
    hazard = ledger.rectifying()
    put = {"level": "department", "unit_name": "荣成市应急管理局", "listed_on": date(2023, 6, 9)}
    extended = after(lambda: actions.extend(hazard, by=ledger.clerk(), deadline_on=LATER, reason="到货延迟"))
    listed = after(lambda: actions.put_on_list(hazard, by=ledger.clerk(), **put))
    off = after(lambda: actions.delist(hazard, by=ledger.clerk(), delisted_on=date(2023, 6, 20), reason="到位"))
    assert [who for who, _ in extended + listed + off] == ["firm"] * 3
    assert listed[0][1] == "重大事故隐患已由荣成市应急管理局挂牌督办"


def test_acting_unit_is_not_told_of_its_own_act(district):
    made = after(
        lambda: actions.register(
            ledger.firm(),
            by=ledger.officer(district),
            description="出口上锁",
            found_on=date(2023, 6, 6),
            found_by="department",
            level="major",
        )
    )
    assert made == [("firm", "发现事故隐患，请整改")]


def test_messages_lead_to_the_hazard_and_say_what_it_is():
    hazard = ledger.proposed_major()
    judge(hazard)
    message = Message.objects.get()
    assert (message.url, message.body) == (f"/hazards/{hazard.pk}/", hazard.description)
    assert message.kind == Message.Kind.TASK


def test_refused_act_tells_nobody():
    hazard = ledger.rectifying()
    with pytest.raises(Exception, match="请先填报整改完成时间"):
        actions.sign(hazard, by=ledger.head())
    assert told() == []
