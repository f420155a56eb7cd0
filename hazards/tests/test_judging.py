from datetime import date

import pytest
from django.utils import timezone

from hazards import actions
from hazards.models import Reconsideration
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

ON = date(2023, 6, 7)


def judge(hazard, *, clause=ledger.CLAUSE, standard=None, judged_on=ON):
    standard = standard or ledger.standard()
    return actions.judge(hazard, by=ledger.clerk(), standard=standard, clause=clause, judged_on=judged_on)


def test_judging_cites_standard_and_clause():
    hazard = judge(ledger.proposed_major())
    hazard.refresh_from_db()
    assert hazard.state == "confirmed"
    assert hazard.basis == "《工贸企业重大事故隐患判定标准》第十二条第（二）项"
    assert (hazard.judged_on, hazard.judged_by) == (ON, "王经办（荣成市应急管理局 经办人）")
    assert Message.objects.filter(enterprise=hazard.enterprise, title__startswith="已判定为重大事故隐患").count() == 1


def test_judging_raises_what_was_proposed_as_general():
    assert judge(ledger.hazard()).level == "major"


def test_firm_that_told_of_it_as_general_has_reported_it():
    hazard = judge(ledger.hazard())
    assert hazard.reported_on == timezone.localdate()
    assert judge(ledger.hazard(found_by="department")).reported_on is None


def test_judging_raises_a_general_one_under_treatment_and_asks_for_its_plan():
    hazard = judge(ledger.hazard(state="rectifying", rectified_on=date(2023, 6, 8)))
    assert (hazard.state, hazard.level, hazard.rectified_on) == ("confirmed", "major", None)


def test_standard_not_in_force_on_the_day_found_is_refused():
    """应急管理部令第10号 is in force from 2023-05-15; found on 05-14 it does not apply."""
    with pytest.raises(MoveRefused, match="自2023年5月15日施行，发现时间2023年5月14日不在其有效期内"):
        judge(ledger.proposed_major(found_on=date(2023, 5, 14)))


def test_standard_past_its_validity_is_refused():
    old = ledger.standard("旧标准", valid_from=date(2017, 11, 30), valid_to=date(2023, 5, 14))
    with pytest.raises(MoveRefused, match="自2017年11月30日至2023年5月14日施行"):
        judge(ledger.proposed_major(), standard=old)


def test_first_day_of_validity_counts():
    """应急管理部令第10号 is in force from 2023-05-15."""
    hazard = ledger.proposed_major(found_on=date(2023, 5, 15))
    judged = {"standard": ledger.standard(), "clause": ledger.CLAUSE, "judged_on": date(2023, 5, 15)}
    actions.judge(hazard, by=ledger.clerk(), **judged)
    hazard.refresh_from_db()
    assert hazard.state == "confirmed"


def test_last_day_of_validity_still_counts():
    old = ledger.standard("旧标准", valid_from=date(2017, 11, 30), valid_to=date(2023, 5, 14))
    assert judge(ledger.proposed_major(found_on=date(2023, 5, 14)), standard=old, judged_on=date(2023, 5, 15))


def test_unknown_clause_is_refused():
    with pytest.raises(MoveRefused, match="没有条款“第九十九条”，应如“第十二条第（二）项”"):
        judge(ledger.proposed_major(), clause="第九十九条")


@pytest.mark.parametrize("clause", ["", "随便", "12"])
def test_clause_of_a_standard_without_stored_clauses_has_the_usual_form(clause):
    with pytest.raises(MoveRefused, match="没有条款"):
        judge(ledger.proposed_major(), standard=ledger.standard("无条款标准", clauses=()), clause=clause)


@pytest.mark.parametrize("clause", ["第三条", "第十二条第（二）项", "一、（三）"])
def test_usual_forms_of_clauses_are_taken(clause):
    hazard = judge(ledger.proposed_major(), standard=ledger.standard("无条款标准", clauses=()), clause=clause)
    assert hazard.clause == clause


def test_standard_of_other_sectors_is_refused():
    mines = ledger.standard("金属非金属矿山重大事故隐患判定标准")
    mines.sectors.add(make.sector("非煤矿山"))
    with pytest.raises(MoveRefused, match="适用于非煤矿山，不适用于轻工行业"):
        judge(ledger.proposed_major(), standard=mines)


def test_judged_before_found_is_refused():
    with pytest.raises(MoveRefused, match="判定日期（2023年6月5日）不能早于发现时间（2023年6月6日）"):
        judge(ledger.proposed_major(), judged_on=date(2023, 6, 5))


def test_judging_twice_is_refused():
    hazard = judge(ledger.proposed_major())
    with pytest.raises(MoveRefused, match="现为“已判定”"):
        judge(hazard)


def test_major_under_treatment_is_not_judged_once_more():
    judged = {"standard": ledger.standard(), "clause": ledger.CLAUSE, "judged_on": date(2023, 6, 8)}
    with pytest.raises(MoveRefused, match="已是判定过的重大事故隐患"):
        actions.judge(ledger.rectifying(), by=ledger.clerk(), **judged)


def test_basis_is_corrected_with_its_trace():
    hazard = ledger.rectifying(basis="《工贸企业重大事故隐患判定标准》第三条", clause="第三条")
    actions.correct_basis(hazard, by=ledger.clerk(), standard=ledger.standard(), clause=ledger.CLAUSE)
    assert hazard.clause == ledger.CLAUSE
    assert "改为“《工贸企业重大事故隐患判定标准》第十二条第（二）项”" in hazard.entries.get().comment


@pytest.mark.parametrize(("before", "said"), [("", "由“（空）”改为"), ("《旧标准》第三条", "由“《旧标准》第三条”改为")])
def test_corrected_basis_says_what_stood_there(before, said):
    hazard = ledger.rectifying(basis=before)
    actions.correct_basis(hazard, by=ledger.clerk(), standard=ledger.standard(), clause=ledger.CLAUSE)
    assert hazard.entries.get().comment == f"判定依据{said}“《工贸企业重大事故隐患判定标准》第十二条第（二）项”"


@pytest.mark.parametrize("kind", ["dismiss", "downgrade"])
def test_second_officers_decision_is_kept_with_his_name_and_words(kind):
    hazard, first, second = ledger.confirmed(), ledger.officer(), ledger.reviewer()
    ledger.proposal(hazard, by=first, kind=kind)

    actions.confirm(hazard, by=second, opinion="现场复核属实")

    asked = Reconsideration.objects.get()
    assert (asked.state, asked.proposed_by, asked.decided_by) == ("confirmed", first.user, second.user)
    assert (asked.opinion, asked.decided_at is not None) == ("现场复核属实", True)
    hazard.refresh_from_db()
    assert (hazard.overruled_by, hazard.overruled_with) == (first.user, second.user)
    assert hazard.overruled_reason == "现场核实无此装置"


def test_refused_proposal_keeps_who_refused_it_and_may_be_made_again():
    hazard, first, second = ledger.confirmed(), ledger.officer(), ledger.reviewer()
    ledger.proposal(hazard, by=first)

    actions.refuse(hazard, by=second, opinion="照片清楚")

    asked = Reconsideration.objects.get()
    assert (asked.state, asked.decided_by, asked.opinion) == ("refused", second.user, "照片清楚")
    assert actions.propose(hazard, by=first, kind="dismiss", reason="另有依据").state == "proposed"


def test_restored_hazard_has_forgotten_its_judgement_and_who_overruled_it():
    hazard = ledger.dismissed(standard=ledger.standard(), basis="《旧》第三条", **ledger.JUDGED)

    actions.restore(hazard, by=ledger.reviewer(), reason="核对有误")

    hazard.refresh_from_db()
    assert (hazard.judged_on, hazard.judged_by, hazard.standard, hazard.clause, hazard.basis) == (
        None,
        "",
        None,
        "",
        "",
    )
    assert (hazard.overruled_by, hazard.overruled_with, hazard.overruled_reason) == (None, None, "")


@pytest.mark.parametrize(
    ("values", "words"),
    [({"clause": "第九十九条"}, "没有条款“第九十九条”"), ({"clause": ""}, "没有条款“”")],
)
def test_basis_is_not_corrected_to_a_clause_that_is_none(values, words):
    hazard = ledger.rectifying()
    with pytest.raises(MoveRefused, match=words):
        actions.correct_basis(hazard, by=ledger.clerk(), standard=ledger.standard(), **values)
    hazard.refresh_from_db()
    assert (hazard.clause, hazard.entries.count()) == (ledger.CLAUSE, 0)


def test_basis_is_not_corrected_to_a_standard_out_of_force():
    old = ledger.standard("旧标准", valid_from=date(2017, 1, 1), valid_to=date(2023, 5, 14))
    with pytest.raises(MoveRefused, match="不在其有效期内"):
        actions.correct_basis(ledger.rectifying(), by=ledger.clerk(), standard=old, clause=ledger.CLAUSE)


def test_dismissal_takes_two_officers():
    hazard, first, second = ledger.proposed_major(), ledger.officer(), ledger.reviewer()
    actions.propose(hazard, by=first, kind="dismiss", reason="现场核实无此装置")
    assert hazard.state == "registered"
    actions.confirm(hazard, by=second, opinion="属实")
    hazard.refresh_from_db()
    assert hazard.state == "dismissed"
    assert (hazard.overruled_by, hazard.overruled_with) == (first.user, second.user)
    assert hazard.moves.last().comment == "现场核实无此装置"


def test_same_person_does_not_confirm_from_another_post():
    hazard, first = ledger.proposed_major(), ledger.officer()
    actions.propose(hazard, by=first, kind="dismiss", reason="重复登记")
    again = make.actor(make.unit(), "reviewer", who=first.user)
    with pytest.raises(MoveRefused, match="须由另一名人员复核"):
        actions.confirm(hazard, by=again)


@pytest.mark.parametrize("state", [ledger.confirmed, ledger.rectifying, ledger.signed])
def test_judged_major_goes_down_to_general_where_it_stands(state):
    hazard = state()
    before = hazard.state
    actions.propose(hazard, by=ledger.officer(), kind="downgrade", reason="已单独设置作业间")
    actions.confirm(hazard, by=ledger.reviewer())
    hazard.refresh_from_db()
    assert (hazard.level, hazard.state) == ("general", before)


def test_downgraded_may_be_judged_again():
    hazard = ledger.proposed_major()
    actions.propose(hazard, by=ledger.officer(), kind="downgrade", reason="不够重大")
    actions.confirm(hazard, by=ledger.reviewer())
    judge(hazard)
    assert (hazard.level, hazard.overruled_by, hazard.overruled_reason) == ("major", None, "")


def test_firm_objects_officer_takes_it_up_second_confirms():
    make.unit()
    hazard = ledger.confirmed()
    actions.object_to(hazard, by=ledger.head(), kind="downgrade", objection="已单独设置作业间")
    assert Message.objects.filter(unit=make.unit(), title__contains="提出异议").count() == 1
    asked = actions.propose(hazard, by=ledger.officer(), kind="downgrade", reason="异议属实")
    assert (asked.state, asked.objection) == ("proposed", "已单独设置作业间")
    actions.confirm(hazard, by=ledger.reviewer())
    assert hazard.level == "general"
    assert Reconsideration.objects.count() == 1


def test_objection_is_refused_with_reason_and_the_firm_is_told():
    hazard = ledger.confirmed()
    actions.object_to(hazard, by=ledger.head(), kind="dismiss", objection="不属实")
    actions.refuse(hazard, by=ledger.reviewer(), opinion="现场照片清楚")
    assert (hazard.state, hazard.level) == ("confirmed", "major")
    assert Message.objects.filter(enterprise=hazard.enterprise, body="现场照片清楚").count() == 1


def test_second_objection_waits_for_the_first():
    hazard = ledger.confirmed()
    actions.object_to(hazard, by=ledger.head(), kind="dismiss", objection="不属实")
    with pytest.raises(MoveRefused, match="已有一项更改认定等待处理"):
        actions.object_to(hazard, by=ledger.safety(), kind="dismiss", objection="不属实")


def test_second_proposal_waits_for_the_first():
    hazard = ledger.confirmed()
    ledger.proposal(hazard, by=ledger.officer())
    with pytest.raises(MoveRefused, match="请等待复核"):
        actions.propose(hazard, by=ledger.officer(name="郑执法"), kind="dismiss", reason="不属实")


def test_confirming_without_a_proposal_is_refused():
    with pytest.raises(MoveRefused, match="没有等待处理的更改认定"):
        actions.confirm(ledger.confirmed(), by=ledger.reviewer())


def test_listed_hazard_is_delisted_before_it_is_dismissed():
    hazard = ledger.confirmed(listed=True, listing_unit_name="荣成市应急管理局")
    ledger.proposal(hazard, by=ledger.officer())
    with pytest.raises(MoveRefused, match="请先摘牌"):
        actions.confirm(hazard, by=ledger.reviewer())


@pytest.mark.parametrize("state", [ledger.requested, ledger.closed, ledger.dismissed])
def test_late_states_are_not_reconsidered(state):
    hazard = state()
    with pytest.raises(MoveRefused, match="须在“已登记、已判定、整改中”时办理"):
        actions.propose(hazard, by=ledger.officer(), kind="dismiss", reason="不属实")


def test_pending_proposal_of_a_hazard_closed_meanwhile_can_be_refused():
    hazard = ledger.closed()
    ledger.proposal(hazard, by=ledger.officer())
    actions.refuse(hazard, by=ledger.reviewer(), opinion="已销号")
    assert Reconsideration.objects.get().state == "refused"


def test_dismissed_by_mistake_starts_again_with_its_number():
    hazard = ledger.dismissed()
    number = hazard.number
    actions.restore(hazard, by=ledger.reviewer(), reason="照片核对有误")
    hazard.refresh_from_db()
    assert (hazard.state, hazard.number, hazard.overruled_by, hazard.judged_on) == ("registered", number, None, None)
