from datetime import date, timedelta

import pytest
from django.utils import timezone

from hazards import actions
from hazards.models import Closing
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

TWO = ("周执法", "郑执法")


def done(**fields):
    return ledger.rectifying(rectified_on=date(2023, 6, 20), **fields)


def test_two_signatures_close_what_the_firm_found_itself():
    make.unit()
    hazard = done()
    actions.sign(hazard, by=ledger.head())
    assert (hazard.state, hazard.signed_head) == ("rectifying", "赵总")
    actions.sign(hazard, by=ledger.director())
    hazard.refresh_from_db()
    assert (hazard.state, hazard.closed_on) == ("closed", timezone.localdate())
    assert Closing.objects.get(hazard=hazard).closed_on == hazard.closed_on
    assert Message.objects.filter(unit=make.unit(), title__contains="已签字销号，请核查").count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"found_by": "department"}, {"found_by": "reported"}, {"listed": True}, {"stopped": True}],
)
def test_two_signatures_do_not_close_what_needs_the_departments_recheck(fields):
    hazard = done(**fields)
    actions.sign(hazard, by=ledger.director())
    actions.sign(hazard, by=ledger.head())
    assert (hazard.state, hazard.is_fully_signed) == ("rectifying", True)
    assert "请向监管部门申请复查" in Message.objects.filter(enterprise=hazard.enterprise).first().title


def test_same_post_signs_once():
    hazard = done()
    actions.sign(hazard, by=ledger.head())
    with pytest.raises(MoveRefused, match="主要负责人已由赵总签字，无需重复"):
        actions.sign(hazard, by=ledger.head())


def test_one_person_with_two_posts_signs_once():
    hazard, head = done(), ledger.head()
    actions.sign(hazard, by=head)
    with pytest.raises(MoveRefused, match="两个签字须为两人"):
        actions.sign(hazard, by=make.actor(ledger.firm(), "director", who=head.user))


def test_safety_officer_does_not_sign():
    with pytest.raises(MoveRefused, match="只有企业主要负责人和安全总监"):
        actions.sign(done(), by=ledger.safety())


def test_signing_before_done_is_refused():
    with pytest.raises(MoveRefused, match="请先填报整改完成时间"):
        actions.sign(ledger.rectifying(), by=ledger.head())


def test_general_is_not_signed():
    with pytest.raises(MoveRefused, match="一般隐患无需签字"):
        actions.sign(ledger.hazard(state="rectifying", rectified_on=date(2023, 6, 7)), by=ledger.head())


def test_sheet_is_entered_for_a_registered_signer():
    hazard = done()
    make.member(hazard.enterprise, "head", name="赵总")
    made = actions.sign_on_paper(hazard, by=ledger.safety(), role="head", signer="赵总")
    assert (made.method, made.name, made.user.name) == ("sheet", "赵总", "赵总")
    assert made.recorded_by == "孙安全员（荣成海源食品有限公司 安全员）"


def test_signer_without_account_is_known_from_the_firms_record():
    hazard = done()
    hazard.enterprise.director = "钱总监"
    hazard.enterprise.save(update_fields=["director"])
    made = actions.sign_on_paper(hazard, by=ledger.safety(), role="director", signer="钱总监")
    assert made.user is None


def test_stranger_on_the_sheet_is_refused():
    hazard = done()
    make.member(hazard.enterprise, "head", name="赵总")
    with pytest.raises(MoveRefused, match="“路人”不是登记的主要负责人，本企业登记的是赵总"):
        actions.sign_on_paper(hazard, by=ledger.safety(), role="head", signer="路人")


def test_sheet_does_not_repeat_who_signed_by_password():
    hazard, head = done(), ledger.head()
    actions.sign(hazard, by=head)
    make.member(hazard.enterprise, "director", who=head.user)
    with pytest.raises(MoveRefused, match="两个签字须为两人"):
        actions.sign_on_paper(hazard, by=ledger.safety(), role="director", signer="赵总")


def test_general_is_closed_by_the_firm():
    hazard = ledger.hazard(state="rectifying", rectified_on=date(2023, 6, 7))
    actions.close(hazard, by=ledger.safety())
    assert (hazard.state, hazard.closings.get().closed_on) == ("closed", timezone.localdate())


def test_general_not_yet_done_is_not_closed():
    with pytest.raises(MoveRefused, match="请先填报整改完成时间"):
        actions.close(ledger.hazard(state="rectifying"), by=ledger.safety())


def test_supervisors_hear_of_a_department_found_general_closed_by_the_firm():
    make.unit()
    hazard = ledger.hazard(state="rectifying", rectified_on=date(2023, 6, 7), found_by="department")
    actions.close(hazard, by=ledger.safety())
    assert Message.objects.get(unit=make.unit()).title.startswith("荣成海源食品有限公司已将隐患整改销号")


def test_major_unsigned_is_not_closed_by_the_firm():
    with pytest.raises(MoveRefused, match="须主要负责人和安全总监（分管负责人）签字后销号"):
        actions.close(done(), by=ledger.head())


def test_major_in_need_of_recheck_is_not_closed_by_the_firm():
    with pytest.raises(MoveRefused, match="请申请复查"):
        actions.close(ledger.signed(found_by="department"), by=ledger.head())


def test_signed_and_delisted_is_closed_by_the_firm():
    hazard = actions.close(ledger.signed(), by=ledger.head())
    assert hazard.state == "closed"


def test_recheck_is_requested_after_both_signatures():
    make.unit()
    hazard = ledger.signed(found_by="department")
    actions.request_recheck(hazard, by=ledger.safety())
    assert (hazard.state, hazard.recheck_requested_on) == ("recheck_requested", timezone.localdate())
    assert "请派两名执法人员复查" in Message.objects.get(unit=make.unit()).title


def test_recheck_unsigned_is_not_requested():
    with pytest.raises(MoveRefused, match="请先由主要负责人"):
        actions.request_recheck(done(found_by="department"), by=ledger.safety())


def test_recheck_is_not_requested_where_signatures_suffice():
    with pytest.raises(MoveRefused, match="无需部门复查"):
        actions.request_recheck(done(), by=ledger.safety())


def recheck(hazard, *, passed=True, on=date(2023, 6, 23), inspectors=TWO, **values):
    values |= {"rechecked_on": on, "inspectors": inspectors}
    return actions.recheck(hazard, by=ledger.officer(), passed=passed, **values)


def test_passed_recheck_closes_on_its_day_with_both_names():
    hazard = recheck(ledger.requested())
    hazard.refresh_from_db()
    assert (hazard.state, hazard.rechecked_by) == ("closed", "周执法、郑执法")
    assert (hazard.rechecked_on, hazard.closed_on) == (date(2023, 6, 23), date(2023, 6, 23))
    assert hazard.closings.get().closed_on == date(2023, 6, 23)


def test_failed_recheck_withdraws_signatures_and_sets_a_deadline():
    hazard = recheck(ledger.requested(), passed=False, opinion="仍未分隔", deadline_on=date(2023, 7, 15))
    hazard.refresh_from_db()
    assert (hazard.state, hazard.deadline_on) == ("rectifying", date(2023, 7, 15))
    assert (hazard.signed_head, hazard.signed_director, hazard.rectified_on) == ("", "", None)
    assert hazard.signatures.valid().count() == 0
    assert hazard.signatures.count() == 2
    assert hazard.moves.last().comment == "复查未通过（周执法、郑执法）：仍未分隔"


def test_both_sign_anew_after_a_failed_recheck():
    hazard = recheck(ledger.requested(), passed=False, opinion="仍未分隔")
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=date(2023, 6, 28))
    actions.sign(hazard, by=ledger.head())
    actions.sign(hazard, by=ledger.director())
    actions.request_recheck(hazard, by=ledger.safety())
    recheck(hazard, on=timezone.localdate())
    assert hazard.state == "closed"


@pytest.mark.parametrize("inspectors", [("周执法", ""), ("周执法", " 周执法 "), ("", "")])
def test_recheck_takes_two_officers(inspectors):
    """鲁条例 §42: not fewer than two."""
    with pytest.raises(MoveRefused, match="两名不同的检查人员"):
        recheck(ledger.requested(), inspectors=inspectors)


def test_recheck_before_it_was_asked_for_is_refused():
    with pytest.raises(MoveRefused, match="复查时间.*不能早于申请复查时间"):
        recheck(ledger.requested(), on=date(2023, 6, 20))


def test_recheck_in_the_future_is_refused():
    with pytest.raises(MoveRefused, match="不能晚于今天"):
        recheck(ledger.requested(), on=timezone.localdate() + timedelta(days=1))


def check(hazard, *, passed=True, on=date(2023, 6, 25), **values):
    values |= {"checked_on": on, "inspectors": TWO}
    return actions.check(hazard, by=ledger.officer(), passed=passed, **values)


def test_check_after_closing_has_its_own_date():
    hazard = check(ledger.closed())
    hazard.refresh_from_db()
    assert (hazard.state, hazard.closed_on) == ("closed", date(2023, 6, 22))
    assert (hazard.checked_on, hazard.checked_by) == (date(2023, 6, 25), "周执法、郑执法")


def test_failed_check_reopens():
    hazard = check(ledger.closed(), passed=False, opinion="装置又移回", deadline_on=date(2023, 7, 20))
    assert (hazard.state, hazard.closed_on, hazard.deadline_on) == ("rectifying", None, date(2023, 7, 20))
    closing = Closing.objects.get(hazard=hazard)
    assert (closing.closed_on, closing.reopened_on) == (date(2023, 6, 22), date(2023, 6, 25))
    assert closing.reason == "部门核查未通过：装置又移回"
    assert hazard.signatures.valid().count() == 0


def test_check_before_closing_is_refused():
    with pytest.raises(MoveRefused, match="核查时间.*不能早于销号时间"):
        check(ledger.closed(), on=date(2023, 6, 21))


def test_check_is_done_once():
    hazard = check(ledger.closed())
    with pytest.raises(MoveRefused, match="已经核查"):
        check(hazard)


def test_hazard_that_came_back_keeps_both_closings():
    hazard = ledger.closed()
    actions.reopen(hazard, by=ledger.officer(), reopened_on=date(2023, 12, 1), reason="回头看发现复发")
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=date(2023, 12, 5))
    actions.sign(hazard, by=ledger.head())
    actions.sign(hazard, by=ledger.director())
    first, second = Closing.objects.filter(hazard=hazard)
    assert (first.closed_on, first.reopened_on) == (date(2023, 6, 22), date(2023, 12, 1))
    assert (second.closed_on, second.reopened_on) == (timezone.localdate(), None)


def test_new_deadline_takes_the_place_of_words_and_none_leaves_them():
    for given, kept in ((date(2999, 1, 1), (date(2999, 1, 1), "")), (None, (date(2023, 6, 30), "6月底前"))):
        hazard = ledger.closed(deadline_text="6月底前")
        values = {"reopened_on": date(2023, 12, 1), "reason": "复发", "deadline_on": given}
        actions.reopen(hazard, by=ledger.officer(), **values)
        hazard.refresh_from_db()
        assert (hazard.deadline_on, hazard.deadline_text) == kept


def test_reopening_before_it_was_closed_is_refused():
    hazard = ledger.closed()
    with pytest.raises(MoveRefused, match="重新整改日期（2023年6月21日）不能早于销号时间（2023年6月22日）"):
        actions.reopen(hazard, by=ledger.officer(), reopened_on=date(2023, 6, 21), reason="复发")
    assert hazard.closings.get().reopened_on is None


def test_reopening_an_open_one_is_refused():
    with pytest.raises(MoveRefused, match="须在“已销号”时办理"):
        actions.reopen(done(), by=ledger.officer(), reopened_on=date(2023, 12, 1), reason="复发")
