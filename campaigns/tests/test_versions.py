"""What counts as handed in, and when: versions, returns, 视为未报, 代登记, extensions, all against the clock."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from campaigns.tests import factories as campaigns
from documents import actions as documents
from documents.models import StoredFile
from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
DUE = campaigns.JUNE_28
SECOND = timedelta(seconds=1)


def shanghai(text):
    return datetime.fromisoformat(f"2023-{text}+08:00")


@pytest.fixture
def clock(monkeypatch):
    """Sets what time it is."""

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(shanghai("06-27T09:00"))
    return at


@pytest.fixture
def owed(clock):
    return campaigns.obligation()


@pytest.fixture
def clerk(owed):
    return make.actor(owed.unit)


@pytest.fixture
def officer(owed):
    return make.actor(make.city_bureau(), name="赵审核")


def hand_in(owed, clerk, **fields):
    return submissions.hand_in(owed, by=clerk, **{"text": "六月情况", **fields})


def standing(owed, moment=None):
    rows = Obligation.objects.with_standing(moment or timezone.now())
    return rows.get(pk=owed.pk).standing


# On time or late


@pytest.mark.parametrize(
    ("moment", "expected"),
    [(DUE - SECOND, "on_time"), (DUE, "on_time"), (DUE + timedelta(microseconds=1), "late"), (DUE + SECOND, "late")],
)
def test_last_moment_of_the_day_is_on_time(owed, clerk, clock, moment, expected):
    """23:59:59.999999 in Shanghai; one microsecond later it is the 29th."""
    clock(moment)
    hand_in(owed, clerk)
    assert standing(owed) == expected
    owed.refresh_from_db()
    assert owed.is_late() is (expected == "late")


def test_cut_off_at_noon_is_noon(owed, clerk, clock):
    Obligation.objects.update(due_at=shanghai("06-28T12:00"))
    clock(shanghai("06-28T12:00:01"))
    hand_in(owed, clerk)
    assert standing(owed) == "late"


@pytest.mark.parametrize(
    ("received", "expected"),
    [("06-28T23:59", "on_time"), ("06-29T00:00", "late"), ("06-27T08:00", "on_time"), ("06-30T08:30", "late")],
)
def test_time_received_counts_not_the_time_of_registering(owed, officer, clock, received, expected):
    """A letter came on the 28th and is registered on 07-03."""
    clock(shanghai("07-03T09:00"))
    submissions.register_received(owed, by=officer, channel="paper", received_at=shanghai(received))
    assert standing(owed) == expected
    owed.refresh_from_db()
    assert owed.handed_in_at == shanghai(received)


def test_registered_one_is_of_the_recipient_and_says_so(owed, officer, clock):
    clock(shanghai("07-03T09:00"))
    made = submissions.register_received(owed, by=officer, channel="mail", received_at=shanghai("06-28T10:00"))
    assert (made.text, made.submitted_by) == (
        "邮件代登记：材料由接收单位留存。",
        "赵审核（威海市应急管理局 经办人）",
    )
    entry = AuditEntry.objects.get(verb="submission.hand_in")
    assert entry.detail == {"channel": "mail", "nil": False}


def test_registered_at_this_very_moment_is_taken_a_second_ahead_is_not(owed, officer):
    with pytest.raises(MoveRefused, match="不能晚于现在"):
        submissions.register_received(owed, by=officer, channel="mail", received_at=timezone.now() + SECOND)
    assert not Submission.objects.exists()
    made = submissions.register_received(owed, by=officer, channel="mail", received_at=timezone.now())
    assert made.state == "submitted"


def test_portal_is_no_channel_of_registering(owed, officer):
    with pytest.raises(MoveRefused, match="代登记须选邮件或纸质"):
        submissions.register_received(owed, by=officer, channel="portal", received_at=timezone.now())


def test_second_version_by_mail_from_before_the_first_makes_the_first_day_earlier(owed, clerk, officer, clock):
    """Sent by mail on the 27th, again online on the 29th, returned; the mail turns up: it was on time."""
    clock(shanghai("06-29T09:00"))
    submissions.return_submission(hand_in(owed, clerk), by=officer, reason="缺盖章")
    assert standing(owed) == "late"
    submissions.register_received(owed, by=officer, channel="mail", received_at=shanghai("06-27T17:00"))
    assert standing(owed) == "on_time"


# Returned, void, accepted


def test_returned_in_time_stays_in_time_however_late_the_second_comes(owed, clerk, officer, clock):
    submissions.return_submission(hand_in(owed, clerk), by=officer, reason="缺附件")
    clock(DUE + timedelta(days=5))
    second = hand_in(owed, clerk, text="已补")
    assert standing(owed) == "on_time"
    submissions.accept(second, by=officer)
    assert standing(owed) == "on_time"


def test_void_in_time_is_late_when_it_comes_again_after_the_day(owed, clerk, officer, clock):
    submissions.void(hand_in(owed, clerk), by=officer, reason="空白文件")
    assert standing(owed) == "pending"
    assert standing(owed, DUE + SECOND) == "missing"
    clock(DUE + timedelta(days=1))
    hand_in(owed, clerk, text="真正的六月情况")
    assert standing(owed) == "late"


def test_of_two_void_versions_neither_counts(owed, clerk, officer, clock):
    first = hand_in(owed, clerk)
    submissions.return_submission(first, by=officer, reason="缺附件")
    clock(DUE + timedelta(days=1))
    second = hand_in(owed, clerk, text="已补")
    Submission.objects.filter(pk=first.pk).update(state="void")  # as imported history may say
    submissions.void(second, by=officer, reason="仍是空白")
    assert standing(owed) == "missing"


@pytest.mark.parametrize("decide", [submissions.accept, submissions.void, submissions.return_submission])
def test_decided_version_is_not_decided_again(owed, clerk, officer, decide):
    handed = hand_in(owed, clerk)
    submissions.void(handed, by=officer, reason="空白")
    words = {} if decide is submissions.accept else {"reason": "再来"}
    with pytest.raises(MoveRefused, match="视为未报"):
        decide(handed, by=officer, **words)
    assert handed.moves.count() == 2


def test_accepted_is_not_void_but_may_be_returned(owed, clerk, officer):
    handed = submissions.accept(hand_in(owed, clerk), by=officer)
    with pytest.raises(MoveRefused, match="现为“已接收”，不能改为“视为未报”"):
        submissions.void(handed, by=officer, reason="空白")
    submissions.return_submission(handed, by=officer, reason="合计有误")
    owed.refresh_from_db()
    assert (owed.state, owed.accepted_at, standing(owed)) == ("open", None, "on_time")


def test_accepted_one_takes_no_new_version(owed, clerk, officer):
    submissions.accept(hand_in(owed, clerk), by=officer)
    with pytest.raises(MoveRefused, match="第1稿已接收，不能再建新稿；如需修改，请联系接收单位退回。"):
        hand_in(owed, clerk)
    with pytest.raises(MoveRefused, match="第1稿已接收"):
        submissions.save_draft(owed, by=clerk, text="改一下")


def test_versions_are_numbered_on_and_frozen(owed, clerk, officer):
    for number, text in enumerate(["一稿", "二稿", "三稿"], start=1):
        handed = hand_in(owed, clerk, text=text)
        assert handed.number == number
        submissions.return_submission(handed, by=officer, reason="再改")
    assert list(owed.submissions.values_list("number", "text")) == [(1, "一稿"), (2, "二稿"), (3, "三稿")]


def test_nobody_decides_on_a_draft(owed, clerk, officer):
    draft = submissions.save_draft(owed, by=clerk, text="写了一半")
    for decide, words in [(submissions.accept, {}), (submissions.return_submission, {"reason": "x"})]:
        with pytest.raises(MoveRefused, match="现为“草稿”"):
            decide(draft, by=officer, **words)
    owed.refresh_from_db()
    assert (owed.state, owed.handed_in_at, owed.accepted_at) == ("open", None, None)


def test_result_is_told_once_for_each_version(owed, clerk, officer):
    submissions.return_submission(hand_in(owed, clerk), by=officer, reason="缺附件")
    submissions.void(hand_in(owed, clerk), by=officer, reason="空白")
    submissions.accept(hand_in(owed, clerk), by=officer)
    told = Message.objects.filter(unit=owed.unit).order_by("id").values_list("kind", "title", "body")
    assert list(told) == [
        ("task", "“2023年6月 调度表”第1稿被退回，请修改后重新报送", "退回理由：缺附件"),
        ("task", "“2023年6月 调度表”第2稿视为未报，请重新报送", "理由：空白"),
        ("receipt", "“2023年6月 调度表”第3稿已接收", ""),
    ]
    assert Message.objects.exclude(unit=owed.unit).filter(kind="task").count() == 3


# Drafts


def test_draft_keeps_the_last_text_and_every_file(owed, clerk):
    for text in ("一半", "大半"):
        file = documents.keep(b"x", name=f"{text}.csv", content_type="text/csv", owner=None, by=clerk)
        draft = submissions.save_draft(owed, by=clerk, text=text, files=[file])
    assert (draft.number, draft.text) == (1, "大半")
    assert [file.name for file in StoredFile.objects.of(draft)] == ["一半.csv", "大半.csv"]
    assert Submission.objects.count() == 1


def test_draft_does_not_stop_the_clock(owed, clerk):
    submissions.save_draft(owed, by=clerk, text="写好了但没报")
    assert list(Obligation.objects.unanswered()) == [owed]
    assert standing(owed, DUE + SECOND) == "missing"


def test_draft_with_text_is_handed_in_without_typing_it_again(owed, clerk):
    submissions.save_draft(owed, by=clerk, text="写好的")
    assert hand_in(owed, clerk, text="").text == "写好的"


def test_draft_with_a_file_alone_may_be_handed_in(owed, clerk):
    file = documents.keep(b"x", name="台账.csv", content_type="text/csv", owner=None, by=clerk)
    submissions.save_draft(owed, by=clerk, text="", files=[file])
    assert hand_in(owed, clerk, text="").state == "submitted"


def test_empty_draft_is_not_handed_in(owed, clerk):
    submissions.save_draft(owed, by=clerk, text="  ")
    with pytest.raises(MoveRefused, match="没有可报送的内容"):
        hand_in(owed, clerk, text="")
    assert Submission.objects.get().state == "draft"


def test_file_of_somebody_else_is_not_handed_in(owed, clerk):
    other = make.actor(make.unit("文登区应急管理局", in_area=make.county("文登区")), name="别人")
    file = documents.keep(b"x", name="台账.csv", content_type="text/csv", owner=None, by=other)
    with pytest.raises(ValidationError, match="已有归属"):
        hand_in(owed, clerk, files=[file])
    owed.refresh_from_db()
    assert (owed.handed_in_at, Message.objects.count()) == (None, 0)


# Nil reports


@pytest.fixture
def nil_owed(owed):
    owed.deliverable.nil_allowed = True
    owed.deliverable.save(update_fields=["nil_allowed"])
    return owed


@pytest.mark.parametrize("name", ["", " ", "\u3000"])
def test_nil_report_without_a_name_is_none(nil_owed, clerk, name):
    with pytest.raises(MoveRefused, match="零报告须写明确认人姓名"):
        hand_in(nil_owed, clerk, nil=True, nil_by=name)
    assert not Submission.objects.exists()


def test_nil_report_is_told_as_one(nil_owed, clerk):
    hand_in(nil_owed, clerk, text="", nil=True, nil_by="王经办")
    assert Message.objects.get().title == "荣成市应急管理局报送“2023年6月 调度表”零报告，请审核"


def test_nil_report_without_a_name_is_refused_by_the_database_too(nil_owed, clerk):
    handed = hand_in(nil_owed, clerk, text="", nil=True, nil_by="王经办")
    with pytest.raises(IntegrityError, match="nil_is_named"), transaction.atomic():
        Submission.objects.filter(pk=handed.pk).update(nil_by="")


def test_every_version_leaves_its_history(owed, clerk, officer):
    """pghistory: what stood when; a frozen figure opens the rows as they were."""
    handed = hand_in(owed, clerk)
    submissions.return_submission(handed, by=officer, reason="缺附件")
    states = Submission.pgh_event_model.objects.filter(pgh_obj_id=handed.pk).order_by("pgh_id")
    assert list(states.values_list("state", flat=True)) == ["draft", "submitted", "returned"]


def test_system_accepts_what_stays_in_the_house(clock):
    kept = campaigns.obligation(recipients=[])
    submissions.hand_in(kept, by=make.actor(kept.unit), text="留存备查")
    assert AuditEntry.objects.get(verb="obligation.fulfilled").actor == Actor.system("留存备查").label
    assert standing(kept) == "on_time"
