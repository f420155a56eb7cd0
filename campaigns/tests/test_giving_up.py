"""What can no longer be made good: who may waive it, and who may write it down as missing, with a reason."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.actions import adjusting, counting, opening, reminders, submissions
from campaigns.models import Letter, Obligation, Standing
from campaigns.permissions import may_review, may_waive
from campaigns.tests import factories as campaigns
from config.tests.browser import obstacles, sideways, small_targets
from lib import registry
from lib.actor import Actor
from lib.registry import Count
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
SHANGHAI = ZoneInfo("Asia/Shanghai")
AFTER = datetime(2023, 7, 6, 8, 30, tzinfo=SHANGHAI)  # a Thursday, six work days after Wednesday 28 June


@pytest.fixture
def running():
    return campaigns.campaign(state="running")


@pytest.fixture
def coverage(running):
    """Rongcheng's missed June: 3 of 5 firms visited; nobody receives it."""
    duty = campaigns.deliverable("coverage", name="每月全覆盖检查", form="record", counts="visits", of=running)
    return campaigns.obligation(of=duty, recipients=[], counted_done=3, counted_total=5)


@pytest.fixture
def filed(running):
    """留存备查, missed too."""
    duty = campaigns.deliverable("study", name="专题学习", form="record", recipient_rule="file", of=running)
    return campaigns.obligation(of=duty, recipients=[])


@pytest.fixture
def lead():
    return make.actor(make.city_bureau(), name="李牵头")


def fresh(owed):
    return Obligation.objects.for_list().get(pk=owed.pk)


# Who may


def test_lead_unit_decides_where_nobody_receives_or_records_count(coverage, filed, lead):
    for owed in (coverage, filed):
        assert may_waive(lead, owed) is True
        assert not may_review(lead, owed)
        assert not may_waive(make.actor(owed.unit), owed)


def test_office_of_the_lead_bureau_is_its_house(coverage, lead):
    office = make.unit("威海市应急管理局一科", in_area=make.city(), kind="office", part_of=make.city_bureau(), lines=())
    assert may_waive(make.actor(office), coverage) is True


def test_counted_one_that_somebody_receives_is_decided_by_both(coverage, lead):
    town = make.unit("荣成市安委办")
    coverage.recipients.set([town])
    assert may_waive(lead, coverage) is True
    assert may_waive(make.actor(town), coverage) is True


def test_what_a_district_receives_stays_its_own_to_waive(running, lead):
    """A firm's report to its district: the lead unit above does not waive over its head."""
    duty = campaigns.deliverable("plan", form="text", respondent="enterprise", of=running)
    owed = campaigns.obligation(make.enterprise(), of=duty, recipients=[make.unit()])
    assert may_waive(make.actor(make.unit()), owed) is True
    assert may_waive(lead, owed).reason == "只有接收单位可以决定免报。"


def test_other_city_units_and_those_who_may_not_review_do_not(coverage):
    other = make.unit("威海市工业和信息化局", in_area=make.city(), lines=("miit",), sectors=("民爆",))
    denied = may_waive(make.actor(other), coverage)
    assert denied.reason == "没有接收单位的和按记录计数的事项，由专项行动的牵头单位决定免报。"
    assert not may_waive(make.actor(make.city_bureau(), Role.OFFICER), coverage)


# What becomes of it


def reminded(at):
    before = Message.objects.filter(kind="reminder").count()
    reminders.remind(at, by=SYSTEM)
    return Message.objects.filter(kind="reminder").count() > before


def test_missed_month_is_chased_until_it_is_written_down_as_missing(coverage, lead):
    with registry.counted.answered_by(lambda rows, on: {coverage.pk: Count(3, 5)}):
        assert reminded(AFTER)
        adjusting.end_as_missing(fresh(coverage), reason="6月漏检2家，已约谈", by=lead)
        assert not reminded(AFTER + timedelta(days=7))
    assert fresh(coverage).status == ("late", "缺报")


def test_missing_stays_in_the_denominator_waived_does_not(coverage, filed, lead):
    adjusting.end_as_missing(coverage, reason="漏检", by=lead)
    adjusting.waive(filed, reason="已并入市级学习", by=lead)
    standings = Obligation.objects.with_standing(AFTER).values_list("deliverable__code", "standing")
    assert dict(standings) == {"coverage": Standing.MISSING, "study": Standing.WAIVED}
    assert set(Obligation.objects.asked().values_list("deliverable__code", flat=True)) == {"coverage"}


def test_reason_and_who_stand_in_the_log(coverage, lead):
    adjusting.end_as_missing(coverage, reason=" 漏检2家 ", by=lead)
    assert fresh(coverage).ended_reason == "漏检2家"
    entry = AuditEntry.objects.get(verb="obligation.missing")
    assert "李牵头" in entry.actor


def test_neither_counting_nor_the_night_brings_it_back(coverage, filed, lead):
    adjusting.end_as_missing(coverage, reason="漏检", by=lead)
    adjusting.waive(filed, reason="不适用", by=lead)
    with registry.counted.answered_by(lambda rows, on: {row.pk: Count(5, 5, AFTER.date()) for row in rows}):
        counting.recount(Obligation.objects.all(), AFTER.date(), by=SYSTEM)
        opening.open_obligations(AFTER.date(), by=SYSTEM)
    mine = Obligation.objects.filter(pk__in=[coverage.pk, filed.pk]).order_by("pk")
    assert list(mine.values_list("state", flat=True)) == ["missing", "waived"]


def test_what_comes_all_the_same_is_taken(running, lead):
    owed = campaigns.obligation(of=campaigns.deliverable("plan", form="text", of=running))
    adjusting.end_as_missing(owed, reason="多次催报未果", by=lead)
    submission = submissions.hand_in(fresh(owed), by=make.actor(owed.unit), text="补报")
    submissions.accept(submission, by=lead)
    assert (fresh(owed).state, fresh(owed).is_late()) == ("fulfilled", True)


def test_letter_that_lay_ready_is_withdrawn_by_itself(coverage, lead):
    with registry.counted.answered_by(lambda rows, on: {coverage.pk: Count(3, 5)}):
        reminders.remind(AFTER, by=SYSTEM)
        assert Letter.objects.get().state == "draft"
        adjusting.end_as_missing(fresh(coverage), reason="漏检", by=lead)
        reminders.remind(AFTER + timedelta(minutes=10), by=SYSTEM)
    assert Letter.objects.get().state == "withdrawn"


# What is refused


@pytest.mark.parametrize(
    ("fields", "reason", "words"),
    [
        ({}, "  ", "请写明记为缺报的理由"),
        ({"due_at": timezone.now() + timedelta(days=1)}, "漏", "只有逾期未报的任务可以记为缺报"),
        ({"handed_in_at": campaigns.JUNE_28}, "漏", "只有逾期未报"),
        ({"late_to_open": True}, "漏", "请先确认期限"),
        ({"state": "waived"}, "漏", "不能再调整"),
        ({"state": "missing"}, "漏", "不能再调整"),
    ],
)
def test_only_what_is_past_its_day_and_open_is_missing(filed, lead, fields, reason, words):
    Obligation.objects.filter(pk=filed.pk).update(**fields)
    with pytest.raises(MoveRefused, match=words):
        adjusting.end_as_missing(fresh(filed), reason=reason, by=lead)
    assert fresh(filed).state == fields.get("state", "open")


# On the page


def test_lead_unit_decides_on_the_page(coverage, filed, client):
    client.force_login(make.member(make.city_bureau()).user)
    page = client.get(coverage.get_absolute_url()).content.decode()
    assert "免报或记为缺报" in page
    url = reverse("campaigns:waive", args=[coverage.pk])
    assert client.post(url, {"how": "missing", "reason": ""}).status_code == 422
    assert client.post(url, {"how": "gone", "reason": "漏检"}).status_code == 422
    assert client.post(url, {"how": "missing", "reason": "漏检2家"}).status_code == 302
    assert client.post(reverse("campaigns:waive", args=[filed.pk]), {"reason": "不适用"}).status_code == 302
    assert (fresh(coverage).state, fresh(filed).state) == ("missing", "waived")


def test_before_its_day_only_a_waiver_is_offered(filed, client):
    later = timezone.now() + timedelta(days=3)
    Obligation.objects.filter(pk=filed.pk).update(due_at=later)
    client.force_login(make.member(make.city_bureau()).user)
    assert "记为缺报" not in client.get(filed.get_absolute_url()).content.decode()
    url = reverse("campaigns:waive", args=[filed.pk])
    assert client.post(url, {"how": "missing", "reason": "不会报了"}).status_code == 422
    assert fresh(filed).state == "open"


def test_respondent_and_neighbour_decide_nothing(coverage, client):
    url = reverse("campaigns:waive", args=[coverage.pk])
    client.force_login(make.member(coverage.unit).user)
    assert "免报" not in client.get(coverage.get_absolute_url()).content.decode()
    assert client.post(url, {"how": "missing", "reason": "漏检"}).status_code == 403
    away = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    client.force_login(make.member(away).user)
    assert client.post(url, {"how": "missing", "reason": "漏检"}).status_code == 404
    assert fresh(coverage).state == "open"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [False, True])
def test_written_down_as_missing_in_the_browser(browse, phone):
    duty = campaigns.deliverable("study", name="专题学习", form="record", of=campaigns.campaign(state="running"))
    owed = campaigns.obligation(of=duty, recipients=[])
    page = browse(make.member(make.city_bureau()).user, owed.get_absolute_url(), phone=phone)
    page.get_by_text("免报或记为缺报").click()
    page.get_by_label("记为缺报").check()
    page.get_by_label("理由").last.fill("逾期已久，不再补")
    assert sideways(page) == []
    assert obstacles(page) == []
    if phone:
        assert small_targets(page) == []
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="确定").click()
    page.get_by_text("已记为缺报，不再催报。").wait_for()
    assert fresh(owed).state == "missing"
