from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.actions import adjusting, submissions
from campaigns.models import Extension, Objection, Obligation, Standing
from campaigns.tests import factories as campaigns
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def end_of(day):
    return datetime.combine(day, datetime.max.time(), SHANGHAI)


TODAY = timezone.localdate
DUE = timedelta(days=3)


@pytest.fixture
def owed():
    """Due in three days, received by the city bureau."""
    due = end_of(TODAY() + DUE)
    return campaigns.obligation(original_due_at=due, due_at=due, nominal_on=TODAY() + DUE)


@pytest.fixture
def late():
    """Due three days ago, handed in now."""
    due = end_of(TODAY() - DUE)
    made = campaigns.obligation(original_due_at=due, due_at=due, nominal_on=TODAY() - DUE)
    submissions.hand_in(made, by=make.actor(made.unit, name="李填报"), text="六月情况")
    made.refresh_from_db()
    return made


def clerk(owed):
    return make.actor(owed.unit, name="李填报")


def officer():
    return make.actor(make.city_bureau(), name="赵审核")


def ask(owed, days=10, reason="系统升级"):
    return adjusting.ask_extension(owed, until=end_of(TODAY() + timedelta(days=days)), reason=reason, by=clerk(owed))


def standing(owed):
    return Obligation.objects.with_standing(timezone.now()).get(pk=owed.pk).standing


# Extensions


def test_granted_extension_moves_the_day_and_keeps_the_original(owed):
    original = owed.original_due_at
    adjusting.grant_extension(ask(owed), by=officer())
    owed.refresh_from_db()
    assert (owed.due_at, owed.original_due_at) == (end_of(TODAY() + timedelta(days=10)), original)
    kept = owed.extensions.get()
    assert (kept.before, kept.until, kept.state) == (original, owed.due_at, "granted")


def test_officer_may_grant_another_day_than_asked(owed):
    until = end_of(TODAY() + timedelta(days=5))
    adjusting.grant_extension(ask(owed), until=until, answer="最多延两天", by=officer())
    owed.refresh_from_db()
    assert owed.due_at == until


def test_refused_extension_leaves_the_day_and_says_why(owed):
    before = owed.due_at
    adjusting.refuse_extension(ask(owed), answer="省厅要求按期", by=officer())
    owed.refresh_from_db()
    assert owed.due_at == before
    assert Message.objects.get(unit=owed.unit).body == "省厅要求按期"


def test_request_tells_the_recipients_and_the_answer_the_respondent(owed):
    asked = ask(owed)
    assert [str(one.unit) for one in Message.objects.all()] == ["威海市应急管理局"]
    adjusting.grant_extension(asked, by=officer())
    assert Message.objects.filter(unit=owed.unit, title__contains="同意延至").count() == 1


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [(10, "  ", "理由"), (3, "忙", "晚于"), (2, "忙", "晚于"), (-1, "忙", "晚于")],
)
def test_request_without_reason_or_for_no_later_day_is_refused(owed, days, reason, words):
    with pytest.raises(MoveRefused, match=words):
        ask(owed, days, reason)
    assert not Extension.objects.exists()


def test_one_request_at_a_time(owed):
    ask(owed)
    with pytest.raises(MoveRefused, match="已有一份"):
        ask(owed, 12)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.create(obligation=owed, until=timezone.now(), reason="x", asked_by="x")


def test_after_an_answer_one_may_ask_again_and_all_dates_stay(owed):
    adjusting.grant_extension(ask(owed), by=officer())
    adjusting.grant_extension(ask(owed, 20), by=officer())
    adjusting.refuse_extension(ask(owed, 30), answer="不再延", by=officer())
    assert [one.state for one in owed.extensions.order_by("pk")] == ["granted", "granted", "refused"]


def test_what_is_handed_in_needs_no_extension(late):
    with pytest.raises(MoveRefused, match="已经报送"):
        ask(late, 10)


def test_what_is_waived_needs_no_extension(owed):
    adjusting.waive(owed, reason="撤并", by=officer())
    with pytest.raises(MoveRefused, match="免报"):
        ask(owed)


def test_of_two_officers_answering_at_once_one_wins(owed):
    asked = ask(owed)
    stale = Extension.objects.get(pk=asked.pk)
    adjusting.refuse_extension(asked, answer="按期", by=officer())
    with pytest.raises(MoveRefused):
        adjusting.grant_extension(stale, by=officer())
    owed.refresh_from_db()
    assert owed.due_at == owed.original_due_at


def test_refused_grant_leaves_the_day_where_it_was(owed):
    """The day is moved after the row of the request: neither happens alone."""
    asked = ask(owed)
    adjusting.waive(owed, reason="撤并", by=officer())
    with pytest.raises(MoveRefused):
        adjusting.grant_extension(asked, by=officer())
    asked.refresh_from_db()
    owed.refresh_from_db()
    assert (asked.state, owed.due_at) == ("asked", owed.original_due_at)


def test_day_set_by_the_office_is_kept_among_the_dates_too(owed):
    until = end_of(TODAY() + timedelta(days=9))
    adjusting.set_due(owed, due_at=until, reason="会议改期", by=officer())
    kept = owed.extensions.get()
    assert (kept.state, kept.until, kept.reason, "赵审核" in kept.asked_by) == ("granted", until, "会议改期", True)


def test_extension_granted_after_the_day_makes_a_late_hand_in_on_time_but_shows_both(late):
    adjusting.set_due(late, due_at=end_of(TODAY()), reason="补批", by=officer())
    assert standing(late) == Standing.ON_TIME
    late.refresh_from_db()
    assert late.moved_from == end_of(TODAY() - DUE)


# Objections


def test_upheld_objection_takes_the_late_mark_and_leaves_the_dates(late):
    assert standing(late) == Standing.LATE
    filed = adjusting.object_to_late(late, text="当日系统故障", by=clerk(late))
    adjusting.answer_objection(filed, upheld=True, answer="经查属实", by=officer())
    late.refresh_from_db()
    assert standing(late) == Standing.ON_TIME
    assert not late.is_late()
    assert late.due_at == end_of(TODAY() - DUE)


def test_rejected_objection_leaves_the_late_mark(late):
    filed = adjusting.object_to_late(late, text="忘了", by=clerk(late))
    adjusting.answer_objection(filed, upheld=False, answer="理由不充分", by=officer())
    late.refresh_from_db()
    assert standing(late) == Standing.LATE
    assert Message.objects.filter(unit=late.unit, body="答复：理由不充分").exists()


def test_objection_is_filed_once_even_after_the_answer(late):
    filed = adjusting.object_to_late(late, text="当日系统故障", by=clerk(late))
    adjusting.answer_objection(filed, upheld=False, answer="不成立", by=officer())
    with pytest.raises(MoveRefused, match="只能提一次"):
        adjusting.object_to_late(late, text="再说一次", by=clerk(late))
    assert Objection.objects.count() == 1


def test_nothing_late_nothing_to_object_to(owed):
    with pytest.raises(MoveRefused, match="没有记为迟报"):
        adjusting.object_to_late(owed, text="冤枉", by=clerk(owed))
    submissions.hand_in(owed, by=clerk(owed), text="按时")
    with pytest.raises(MoveRefused, match="没有记为迟报"):
        adjusting.object_to_late(owed, text="冤枉", by=clerk(owed))


@pytest.mark.parametrize("upheld", [True, False])
def test_objection_is_answered_with_words(late, upheld):
    filed = adjusting.object_to_late(late, text="当日系统故障", by=clerk(late))
    with pytest.raises(MoveRefused, match="请写明答复"):
        adjusting.answer_objection(filed, upheld=upheld, answer=" ", by=officer())
    late.refresh_from_db()
    assert not late.late_excused


# Pages


def post(client, owed, name, **data):
    return client.post(reverse(f"campaigns:{name}", args=[owed.pk]), data)


def test_respondent_asks_and_officer_grants_on_the_page(client, owed):
    client.force_login(make.member(owed.unit).user)
    day = (TODAY() + timedelta(days=10)).isoformat()
    assert post(client, owed, "ask_extension", due_on=day, reason="系统升级").status_code == 302
    client.force_login(make.member(make.city_bureau()).user)
    shown = client.get(owed.get_absolute_url()).content.decode()
    assert "答复延期申请" in shown
    assert post(client, owed, "answer_extension", verdict="yes").status_code == 302
    owed.refresh_from_db()
    assert timezone.localdate(owed.due_at).isoformat() == day
    assert "时限变动" in client.get(owed.get_absolute_url()).content.decode()


def test_refusal_on_the_page_needs_words(client, owed):
    ask(owed)
    client.force_login(make.member(make.city_bureau()).user)
    reply = post(client, owed, "answer_extension", verdict="no", answer="")
    assert reply.status_code == 422
    assert "不同意延期须写明理由" in reply.content.decode()


def test_objection_on_the_page_from_filing_to_answer(client, late):
    client.force_login(make.member(late.unit).user)
    assert "对迟报有异议" in client.get(late.get_absolute_url()).content.decode()
    assert post(client, late, "file_objection", reason="当日系统故障").status_code == 302
    client.force_login(make.member(make.city_bureau()).user)
    assert post(client, late, "answer_objection", verdict="yes", answer="属实").status_code == 302
    late.refresh_from_db()
    assert late.late_excused


@pytest.mark.parametrize("name", ["ask_extension", "file_objection"])
def test_recipient_cannot_ask_for_the_respondent(client, owed, name):
    client.force_login(make.member(make.city_bureau()).user)
    assert post(client, owed, name, due_on=date.max.isoformat(), reason="x").status_code == 403


@pytest.mark.parametrize("name", ["answer_extension", "answer_objection"])
def test_respondent_cannot_answer_itself(client, owed, name):
    ask(owed)
    client.force_login(make.member(owed.unit, Role.CHIEF).user)
    assert post(client, owed, name, verdict="yes", answer="同意").status_code == 403
    owed.refresh_from_db()
    assert owed.due_at == owed.original_due_at
