from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from campaigns.tests import factories as campaigns
from documents import actions as documents
from documents.models import StoredFile
from lib import registry
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed():
    return campaigns.obligation()


@pytest.fixture
def clerk(owed):
    return make.actor(owed.unit)


@pytest.fixture
def officer(owed):
    return make.actor(make.city_bureau(), name="赵审核")


def handed_in(owed, clerk, **fields):
    return submissions.hand_in(owed, by=clerk, **{"text": "六月情况", **fields})


def test_hand_in_freezes_the_first_version_and_stamps_the_obligation(owed, clerk):
    submission = handed_in(owed, clerk)
    owed.refresh_from_db()
    assert (submission.number, submission.state, submission.text) == (1, "submitted", "六月情况")
    assert (owed.state, owed.handed_in_at, owed.accepted_at) == ("open", submission.submitted_at, None)
    assert list(Obligation.objects.unanswered()) == []


def test_hand_in_uses_the_draft_that_stands(owed, clerk):
    draft = submissions.draft_for(owed, by=clerk)
    assert handed_in(owed, clerk).pk == draft.pk


def test_draft_is_made_once(owed, clerk):
    assert submissions.draft_for(owed, by=clerk) == submissions.draft_for(owed, by=clerk)


def test_hand_in_is_told_to_every_recipient(owed, clerk):
    office = make.unit("绿色发展推进科", in_area=make.city(), kind="office", part_of=make.city_bureau())
    owed.recipients.add(office)
    handed_in(owed, clerk)
    told = Message.objects.order_by("unit__name").values_list("unit__name", "kind", "title")
    title = "荣成市应急管理局报送“2023年6月 调度表”第1稿，请审核"
    assert list(told) == [("威海市应急管理局", "task", title), ("绿色发展推进科", "task", title)]


def test_second_hand_in_is_refused_while_the_first_is_under_review(owed, clerk):
    handed_in(owed, clerk)
    with pytest.raises(MoveRefused, match="第1稿待审核"):
        handed_in(owed, clerk)


def test_accepting_fulfils_the_obligation_and_tells_the_respondent(owed, clerk, officer):
    submission = submissions.accept(handed_in(owed, clerk), by=officer)
    owed.refresh_from_db()
    assert (owed.state, owed.accepted_at) == ("fulfilled", submission.decided_at)
    assert submission.decided_by_unit == make.city_bureau()
    told = Message.objects.get(kind="receipt")
    assert (told.unit, told.title) == (owed.unit, "“2023年6月 调度表”第1稿已接收")


def test_returned_version_stays_and_a_second_follows(owed, clerk, officer):
    first = submissions.return_submission(handed_in(owed, clerk), by=officer, reason="缺少附件2台账")
    second = handed_in(owed, clerk, text="已补台账")
    owed.refresh_from_db()
    assert [s.text for s in owed.submissions.all()] == ["六月情况", "已补台账"]
    assert (second.number, owed.handed_in_at) == (2, first.submitted_at)


def test_returning_an_accepted_version_opens_the_obligation_again(owed, clerk, officer):
    submission = submissions.accept(handed_in(owed, clerk), by=officer)
    submissions.return_submission(submission, by=officer, reason="合计有误")
    owed.refresh_from_db()
    assert (owed.state, owed.accepted_at, owed.handed_in_at) == ("open", None, submission.submitted_at)


def test_void_makes_the_obligation_unanswered(owed, clerk, officer):
    submissions.void(handed_in(owed, clerk), by=officer, reason="空白文件")
    owed.refresh_from_db()
    assert owed.handed_in_at is None
    assert list(Obligation.objects.unanswered()) == [owed]


def test_void_second_version_leaves_the_first_counting(owed, clerk, officer):
    first = submissions.return_submission(handed_in(owed, clerk), by=officer, reason="请补充")
    submissions.void(handed_in(owed, clerk), by=officer, reason="空白文件")
    owed.refresh_from_db()
    assert owed.handed_in_at == first.submitted_at


@pytest.mark.parametrize("decide", [submissions.return_submission, submissions.void])
def test_decision_against_needs_a_reason(owed, clerk, officer, decide):
    with pytest.raises(MoveRefused, match="请写明理由"):
        decide(handed_in(owed, clerk), by=officer, reason="  ")


def test_of_two_officers_one_decides(owed, clerk, officer):
    submission = handed_in(owed, clerk)
    other = Submission.objects.get(pk=submission.pk)
    submissions.accept(submission, by=officer)
    with pytest.raises(MoveRefused, match="已由他人改为“已接收”"):
        submissions.return_submission(other, by=officer, reason="缺附件")


def test_trail_names_who_moved_it(owed, clerk, officer):
    submission = submissions.return_submission(handed_in(owed, clerk), by=officer, reason="缺附件")
    trail = submission.moves.values_list("to_state", "by", "unit_name", "comment")
    assert list(trail) == [
        ("submitted", "王经办（荣成市应急管理局 经办人）", "荣成市应急管理局", ""),
        ("returned", "赵审核（威海市应急管理局 经办人）", "威海市应急管理局", "缺附件"),
    ]


def test_empty_hand_in_is_refused_and_leaves_nothing(owed, clerk):
    with pytest.raises(MoveRefused, match="没有可报送的内容"):
        handed_in(owed, clerk, text=" ")
    assert not Submission.objects.exists()


def test_own_page_form_needs_no_text(clerk, owed):
    owed.deliverable.form = "return:trade"
    owed.deliverable.save(update_fields=["form"])
    assert handed_in(owed, clerk, text="").state == "submitted"


def test_nil_report_is_named_and_allowed_only_where_the_deliverable_says_so(owed, clerk):
    with pytest.raises(MoveRefused, match="不接受零报告"):
        handed_in(owed, clerk, text="", nil=True, nil_by="王经办")
    owed.deliverable.nil_allowed = True
    owed.deliverable.save(update_fields=["nil_allowed"])
    with pytest.raises(MoveRefused, match="确认人姓名"):
        handed_in(owed, clerk, text="", nil=True)
    submission = handed_in(owed, clerk, text="", nil=True, nil_by="王经办")
    assert (submission.nil, submission.nil_by) == (True, "王经办")


def test_nil_report_answers_what_the_records_say_against_it(clerk, owed):
    """It is asked, not forbidden; question and answer are kept (design §4.2)."""
    owed.deliverable.nil_allowed = True
    owed.deliverable.save(update_fields=["nil_allowed"])
    objections = ["台账尚有2项重大事故隐患未销号", "对照检查有1项不符合"]
    with registry.nil_objections.answered_by(lambda obligation: objections):
        with pytest.raises(MoveRefused, match="未销号；对照检查有1项不符合。仍作零报告的，请说明原因"):
            handed_in(owed, clerk, text="", nil=True, nil_by="王经办", nil_answer=" ")
        submission = handed_in(owed, clerk, text="", nil=True, nil_by="王经办", nil_answer="均为上月已报，本月无新增")
    assert (submission.nil_asked, submission.nil_answer) == ("\n".join(objections), "均为上月已报，本月无新增")


def test_answer_to_no_question_is_not_kept(clerk, owed):
    owed.deliverable.nil_allowed = True
    owed.deliverable.save(update_fields=["nil_allowed"])
    with registry.nil_objections.answered_by(lambda obligation: []):
        submission = handed_in(owed, clerk, text="", nil=True, nil_by="王经办", nil_answer="多写的")
    assert (submission.nil_asked, submission.nil_answer) == ("", "")


def test_a_question_without_an_answer_cannot_be_stored(clerk, owed):
    submission = handed_in(owed, clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(nil_asked="台账尚有2项重大事故隐患未销号")


def test_a_report_with_content_is_not_asked(clerk, owed):
    with registry.nil_objections.answered_by(lambda obligation: ["台账尚有2项重大事故隐患未销号"]):
        assert handed_in(owed, clerk, text="本月发现2项").nil_asked == ""


def test_files_hang_on_the_version_handed_in(owed, clerk):
    file = documents.keep("合计".encode(), name="台账.csv", content_type="text/csv", owner=None, by=clerk)
    submission = handed_in(owed, clerk, text="", files=[file])
    assert list(StoredFile.objects.of(submission)) == [file]


@pytest.mark.parametrize("state", ["waived", "superseded", "ended"])
def test_what_is_no_longer_owed_takes_no_hand_in(owed, clerk, state):
    Obligation.objects.filter(pk=owed.pk).update(state=state)
    with pytest.raises(MoveRefused, match="不能报送"):
        handed_in(owed, clerk)


def test_registered_mail_counts_from_the_time_it_came(owed, officer):
    came = datetime(2023, 6, 27, 2, 15, tzinfo=UTC)
    submission = submissions.register_received(owed, by=officer, channel="mail", received_at=came)
    owed.refresh_from_db()
    assert (submission.channel, submission.submitted_at, owed.handed_in_at) == ("mail", came, came)
    assert owed.is_late() is False


def test_registered_time_may_not_lie_ahead(owed, officer):
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(MoveRefused, match="不能晚于现在"):
        submissions.register_received(owed, by=officer, channel="paper", received_at=tomorrow)


def test_what_nobody_receives_is_accepted_at_once(clerk):
    kept = campaigns.obligation(period="2023-07", recipients=[])
    submission = handed_in(kept, clerk)
    kept.refresh_from_db()
    assert (submission.state, kept.state, submission.decided_by) == ("accepted", "fulfilled", "系统（留存备查）")


def test_missing_one_handed_in_after_all_is_fulfilled(owed, clerk, officer):
    Obligation.objects.filter(pk=owed.pk).update(state="missing")
    owed.refresh_from_db()
    submissions.accept(handed_in(owed, clerk), by=officer)
    owed.refresh_from_db()
    assert owed.state == "fulfilled"


def test_handing_in_a_standing_draft_takes_eight_statements(owed, clerk, django_assert_num_queries):
    """The budget of a whole submit page is 12 (design §8); BEGIN and COMMIT, here a savepoint, come on top."""
    submissions.draft_for(owed, by=clerk)
    with django_assert_num_queries(8 + 2):
        handed_in(owed, clerk)


def test_handing_in_for_a_firm_asks_for_no_house_steps(django_assert_num_queries):
    firm = make.enterprise()
    owed = campaigns.obligation(firm, recipients=[make.unit()])
    head = make.actor(firm, Role.HEAD)
    submissions.draft_for(owed, by=head)
    with django_assert_num_queries(7 + 2):
        handed_in(owed, head)


def test_enterprise_hands_in_to_its_unit():
    firm = make.enterprise()
    owed = campaigns.obligation(firm, recipients=[make.unit()])
    head = make.actor(firm, Role.HEAD)
    handed_in(owed, head)
    assert Message.objects.get().unit == make.unit()
