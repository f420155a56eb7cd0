from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hazards import actions
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from notifications.models import Message

pytestmark = pytest.mark.django_db


def plan(hazard, **values):
    return actions.plan(hazard, by=ledger.safety(), **ledger.PLAN | values)


def test_plan_holds_the_five_and_its_day():
    hazard = plan(ledger.confirmed())
    hazard.refresh_from_db()
    assert hazard.missing_of_plan == []
    assert hazard.planned_on == timezone.localdate()
    assert hazard.state == "confirmed"
    assert hazard.entries.get().comment == "责任人李四，资金12.50万元，期限2023年6月30日"


def test_major_starts_once_judged_and_planned():
    hazard = plan(ledger.confirmed())
    actions.start(hazard, by=ledger.safety())
    assert hazard.state == "rectifying"


def test_start_names_what_is_missing_of_the_five():
    hazard = ledger.confirmed(responsible="李四", measures="整改", deadline_on=date(2023, 6, 30))
    with pytest.raises(MoveRefused, match="整改“五到位”尚缺：资金、应急预案"):
        actions.start(hazard, by=ledger.safety())


def test_no_funds_needed_is_written_as_zero():
    assert plan(ledger.confirmed(), funds=Decimal(0)).missing_of_plan == []


def test_proposed_major_waits_for_judging_but_may_be_planned():
    hazard = plan(ledger.proposed_major())
    with pytest.raises(MoveRefused, match="须先由监管部门判定"):
        actions.start(hazard, by=ledger.safety())


def test_general_starts_without_plan():
    hazard = actions.start(ledger.hazard(), by=ledger.safety())
    assert hazard.state == "rectifying"


def test_firm_may_shorten_but_not_put_off_its_deadline():
    hazard = ledger.rectifying()
    plan(hazard, deadline_on=date(2023, 6, 25))
    with pytest.raises(MoveRefused, match="不能晚于原定的2023年6月25日，延期请向监管部门提出"):
        plan(hazard, deadline_on=date(2023, 6, 26))


def test_everything_may_happen_on_the_day_it_was_found():
    """Found, judged, planned for, fixed, signed and closed within the same day: no date lies before another."""
    today = timezone.localdate()
    hazard = ledger.proposed_major(found_on=today)
    basis = {"standard": ledger.standard(), "clause": ledger.CLAUSE}
    actions.judge(hazard, by=ledger.clerk(), judged_on=today, **basis)
    five = {"responsible": "李四", "measures": "隔开", "funds": 0, "emergency_plan": "预案"}
    actions.plan(hazard, by=ledger.safety(), deadline_on=today, **five)
    actions.start(hazard, by=ledger.safety())
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=today)
    actions.sign(hazard, by=ledger.head())
    actions.sign(hazard, by=ledger.director())
    hazard.refresh_from_db()
    assert (hazard.state, hazard.deadline_on, hazard.closed_on) == ("closed", today, today)


def test_deadline_before_found_is_refused():
    with pytest.raises(MoveRefused, match="整改期限不能早于发现时间"):
        plan(ledger.confirmed(), deadline_on=date(2023, 6, 5))


def test_department_extends_with_reason_and_the_firm_is_told():
    hazard = ledger.rectifying()
    new = timezone.localdate() + timedelta(days=10)
    actions.extend(hazard, by=ledger.clerk(), deadline_on=new, reason="设备到货延迟")
    assert hazard.deadline_on == new
    assert hazard.entries.get().comment.startswith("由2023年6月30日改为")
    assert Message.objects.get(enterprise=hazard.enterprise).body == "设备到货延迟"


def test_extension_until_today_is_taken_and_replaces_words_by_the_day():
    hazard = ledger.rectifying(deadline_text="7月底前")
    actions.extend(hazard, by=ledger.clerk(), deadline_on=timezone.localdate(), reason="今日验收")
    hazard.refresh_from_db()
    assert (hazard.deadline_on, hazard.deadline_text) == (timezone.localdate(), "")
    assert hazard.entries.get().comment.startswith("由2023年6月30日改为")


def test_extension_of_one_without_a_day_says_so():
    hazard = ledger.hazard(deadline_on=None)
    actions.extend(hazard, by=ledger.clerk(), deadline_on=timezone.localdate(), reason="约定")
    assert hazard.entries.get().comment.startswith("由未定改为")


def test_extension_into_the_past_is_refused():
    with pytest.raises(MoveRefused, match="不能早于今天"):
        actions.extend(ledger.rectifying(), by=ledger.clerk(), deadline_on=date(2023, 7, 1), reason="无")


def test_fixed_at_once_needs_no_plan():
    hazard = actions.fix_at_once(
        ledger.confirmed(), by=ledger.safety(), measures="当场移除", rectified_on=date(2023, 6, 8)
    )
    hazard.refresh_from_db()
    assert (hazard.state, hazard.fixed_at_once, hazard.rectified_on) == ("rectifying", True, date(2023, 6, 8))
    assert hazard.moves.last().comment == "立查立改：当场移除"


def test_fixed_before_found_is_refused():
    with pytest.raises(MoveRefused, match="整改完成时间.*不能早于发现时间"):
        actions.fix_at_once(ledger.hazard(), by=ledger.safety(), measures="移除", rectified_on=date(2023, 6, 5))


def test_proposed_major_fixed_at_once_is_judged_first():
    with pytest.raises(MoveRefused, match="须先由监管部门判定"):
        actions.fix_at_once(ledger.proposed_major(), by=ledger.safety(), measures="移除", rectified_on=date(2023, 6, 6))


def test_progress_is_written_on_the_time_line():
    hazard = ledger.rectifying()
    actions.log_progress(hazard, by=ledger.safety(), text="设备已到货，支出8万元")
    entry = hazard.entries.get()
    assert (entry.title, entry.comment, entry.holder) == ("整改进展", "设备已到货，支出8万元", "荣成海源食品有限公司")


def test_rectified_asks_the_two_to_sign():
    hazard = ledger.rectifying()
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=date(2023, 6, 20))
    assert hazard.rectified_on == date(2023, 6, 20)
    assert "请主要负责人和安全总监签字" in Message.objects.get(enterprise=hazard.enterprise).title


def test_rectified_before_found_or_tomorrow_is_refused():
    tomorrow = timezone.localdate() + timedelta(days=1)
    for day, words in ((date(2023, 6, 5), "不能早于发现时间"), (tomorrow, "不能晚于今天")):
        hazard = ledger.rectifying()
        with pytest.raises(MoveRefused, match=f"整改完成时间.*{words}"):
            actions.report_rectified(hazard, by=ledger.safety(), rectified_on=day)
        hazard.refresh_from_db()
        assert hazard.rectified_on is None


def test_rectified_twice_is_refused():
    hazard = ledger.rectifying(rectified_on=date(2023, 6, 20))
    with pytest.raises(MoveRefused, match="已经报过整改完成"):
        actions.report_rectified(hazard, by=ledger.safety(), rectified_on=date(2023, 6, 21))


def test_measures_are_told_on_the_time_line_with_the_stop_only_where_there_is_one():
    hazard = ledger.rectifying()
    actions.record_measures(hazard, by=ledger.officer(), on_site_measure="断电")
    actions.record_measures(hazard, by=ledger.officer(), on_site_measure="断电", administrative_measure="立案")
    actions.record_measures(hazard, by=ledger.officer(), on_site_measure="", stopped=True)
    said = list(hazard.entries.values_list("comment", flat=True))
    assert said == ["断电", "断电；立案", "责令停产停业"]


def test_stop_once_ordered_stays():
    hazard = ledger.rectifying()
    actions.record_measures(hazard, by=ledger.officer(), on_site_measure="立即停产", stopped=True)
    actions.record_measures(hazard, by=ledger.safety(), on_site_measure="撤人、断电")
    hazard.refresh_from_db()
    assert (hazard.on_site_measure, hazard.stopped, hazard.needs_recheck) == ("撤人、断电", True, True)


@pytest.mark.parametrize("state", [ledger.closed, ledger.dismissed])
def test_ended_hazards_take_no_progress(state):
    with pytest.raises(MoveRefused):
        actions.log_progress(state(), by=ledger.safety(), text="无")


@pytest.mark.parametrize(
    ("fields", "day", "spared"),
    [
        ({}, date(2023, 6, 20), True),
        ({"found_by": "department"}, date(2023, 6, 20), False),
        ({"reported_on": None}, date(2023, 6, 20), False),
        ({"level": "general", "judged_on": None}, date(2023, 6, 20), False),
        ({}, date(2023, 6, 30), True),
        ({}, date(2023, 7, 1), False),
    ],
)
def test_self_found_reported_and_treated_in_time_is_not_penalised(fields, day, spared):
    """自查查出、已按规定报告并正在采取有效措施消除的，依法不予行政处罚 (S004-贸 三(三)2). Due on 2023-06-30."""
    assert ledger.rectifying(**fields).is_spared_penalty_on(day) is spared


def test_planned_or_fixed_at_once_is_spared_before_the_deadline():
    """有效措施消除 begins with the plan; what is fixed on the spot needs none (S004-贸 三(三)2)."""
    day = date(2023, 6, 10)
    assert ledger.confirmed(planned_on=date(2023, 6, 8)).is_spared_penalty_on(day)
    assert ledger.rectifying(planned_on=None, fixed_at_once=True).is_spared_penalty_on(day)
    assert not ledger.confirmed().is_spared_penalty_on(day)


def test_reported_but_untreated_is_not_spared():
    assert not ledger.proposed_major().is_spared_penalty_on(date(2023, 6, 7))
