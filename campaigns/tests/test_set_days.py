"""One day for all tasks that began past theirs; districts that keep their firms waiting. Dates counted by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import tasks
from campaigns.actions import adjusting, opening, rounds
from campaigns.models import Deliverable, Extension, Obligation, Reminder
from campaigns.tests import factories as campaigns
from campaigns.tests.rounds import AUGUST_10, SYSTEM, district, firm, publish, run
from config.tests.browser import obstacles, sideways, small_targets
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry, Enterprise
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


# One day for all of them

AUGUST_31 = datetime(2023, 8, 31, 15, 59, 59, 999999, tzinfo=UTC)


@pytest.fixture
def opened_late(round_, now):
    """Two firms of 荣成 and one of 文登, three months each without a day; it is 10 August."""
    now(AUGUST_10)
    for name, area in (("甲", "荣成市"), ("乙", "荣成市"), ("丙", "文登区")):
        firm(name, in_area=make.county(area))
    for name in ("荣成市", "文登区"):
        publish(round_, name)
    run(AUGUST_10)
    return round_


def received(name="荣成市"):
    return Obligation.objects.received_by(district(name))


def test_one_day_is_set_for_the_whole_district(opened_late):
    count = adjusting.set_days(received(), due_at=AUGUST_31, reason="细化公布较晚", by=district())
    assert count == 6
    rows = received().filter(period__lt="2023-08")
    assert set(rows.values_list("due_at", "late_to_open")) == {(AUGUST_31, False)}
    assert rows.filter(original_due_at=AUGUST_31).count() == 0
    assert received("文登区").filter(late_to_open=True).count() == 3
    assert received().get(enterprise__name="甲", period="2023-08").due_at.month == 8


def test_every_row_keeps_its_old_day_and_who_set_the_new_one(opened_late):
    adjusting.set_days(received(), due_at=AUGUST_31, reason=" 细化公布较晚 ", by=district())
    granted = Extension.objects.get(obligation__enterprise__name="甲", obligation__period="2023-05")
    assert (granted.before.date(), granted.until, granted.reason) == (date(2023, 5, 28), AUGUST_31, "细化公布较晚")
    assert granted.state == "granted"
    [entry] = AuditEntry.objects.filter(verb="obligation.set_days")
    assert len(entry.detail["ids"]) == 6


def test_the_new_day_is_reminded_of(opened_late):
    """Three work days before Thursday 31 August is Monday the 28th."""
    from campaigns.actions import reminders

    adjusting.set_days(received(), due_at=AUGUST_31, reason="细化公布较晚", by=district())
    reminders.remind(datetime(2023, 8, 28, 8, 30, tzinfo=SHANGHAI), by=SYSTEM)
    asked = Reminder.objects.filter(rule="before-3", obligation__period="2023-05")
    assert sorted(asked.values_list("obligation__enterprise__name", flat=True)) == ["乙", "甲"]


def test_who_has_a_day_has_handed_in_or_is_waived_is_left_alone(opened_late):
    mine = received().filter(period="2023-05")
    keys = list(mine.order_by("pk").values_list("pk", flat=True))
    Obligation.objects.filter(pk=keys[0]).update(handed_in_at=timezone.now())
    Obligation.objects.filter(pk=keys[1]).update(state="waived")
    with pytest.raises(MoveRefused, match="没有待确认期限的任务"):
        adjusting.set_days(mine, due_at=AUGUST_31, reason="晚", by=district())
    assert not Extension.objects.exists()


@pytest.mark.parametrize(
    ("due_at", "reason", "words"),
    [
        (AUGUST_31, "  ", "请写明统一设定时限的理由"),
        (datetime(2023, 8, 9, 15, 59, tzinfo=UTC), "晚", "须不早于今天"),
    ],
)
def test_day_without_reason_or_of_yesterday_is_refused(opened_late, due_at, reason, words):
    with pytest.raises(MoveRefused, match=words):
        adjusting.set_days(received(), due_at=due_at, reason=reason, by=district())
    assert received().filter(late_to_open=True).count() == 6


def test_batches_cost_five_statements_each(opened_late, monkeypatch):
    """Six rows in batches of two: three times select, insert, update, audit; and a last look that finds none."""
    monkeypatch.setattr(adjusting, "BATCH", 2)
    rows, by = received(), district()
    str(rows.query)
    with CaptureQueriesContext(connection) as caught:
        adjusting.set_days(rows, due_at=AUGUST_31, reason="晚", by=by)
    kept = [each for each in caught.captured_queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(kept) <= 3 * 5 + 1


def test_officer_sets_the_day_of_a_period_on_the_page(opened_late, client):
    url = reverse("campaigns:set_days", args=[opened_late.pk])
    client.force_login(make.member(make.unit()).user)
    page = client.get(url)
    assert page.context["waiting"] == [
        ("2023-05", "2023年5月", 2), ("2023-06", "2023年6月", 2), ("2023-07", "2023年7月", 2),
    ]  # fmt: skip
    assert client.post(url, {"period": "2023-06", "due_on": "2023-08-31", "reason": "晚"}).status_code == 302
    assert set(received().filter(period="2023-06").values_list("due_at", flat=True)) == {AUGUST_31}
    assert received().filter(late_to_open=True).count() == 4
    assert received("文登区").filter(late_to_open=True).count() == 3


@pytest.mark.parametrize(
    "wrong",
    [{"period": "2023-04"}, {"due_on": "2023-08-09"}, {"due_on": "0023-08-31"}, {"reason": ""}, {"period": ""}],
)
def test_wrong_entry_sets_nothing(opened_late, client, wrong):
    client.force_login(make.member(make.unit()).user)
    data = {"period": "2023-05", "due_on": "2023-08-31", "reason": "晚"} | wrong
    assert client.post(reverse("campaigns:set_days", args=[opened_late.pk]), data).status_code == 422
    assert Obligation.objects.filter(late_to_open=True).count() == 9


def test_neighbour_and_firms_set_no_days_of_others(opened_late, client):
    url = reverse("campaigns:set_days", args=[opened_late.pk])
    data = {"period": "2023-05", "due_on": "2023-08-31", "reason": "晚"}
    client.force_login(make.member(make.unit("乳山市应急管理局", in_area=make.county("乳山市"))).user)
    assert client.get(url).context["waiting"] == []
    assert client.post(url, data).status_code == 422
    client.force_login(make.member(Enterprise.objects.get(name="甲"), "head").user)
    assert client.post(url, data).status_code == 403
    assert Obligation.objects.filter(late_to_open=True).count() == 9


# Districts that keep their firms waiting


def asked_on(day):
    Message.objects.all().delete()
    rounds.ask_districts(day, by=SYSTEM)
    return sorted(str(one.unit) for one in Message.objects.filter(key__startswith="tailoring:"))


def test_silent_districts_are_asked_ten_five_three_and_one_work_days_before(round_):
    """Due on Monday 28 August 2023: 25 (Fri) is one work day before, 23 three, 21 five, 14 ten; the city at three."""
    firm("荣成公司")
    days = [date(2023, 8, 7) + timedelta(days=n) for n in range(23)]
    told = {day.day: asked_on(day) for day in days}
    mine, city = "荣成市应急管理局", "威海市应急管理局"
    make.city_bureau()
    assert {day: units for day, units in told.items() if units} == {
        14: [mine], 21: [mine], 23: [city, mine] if city < mine else [mine, city], 25: [mine],
    }  # fmt: skip


def test_asked_once_a_day_and_only_who_is_silent_and_has_firms(round_):
    """文登 has published, 乳山 has no firm."""
    firm("荣成公司")
    firm("崖头公司", in_area=make.area("崖头街道", parent=make.county("荣成市"), level="town"))
    firm("文登公司", in_area=make.county("文登区"))
    make.unit("乳山市应急管理局", in_area=make.county("乳山市"))
    publish(round_, "文登区")
    monday = date(2023, 8, 21)
    assert asked_on(monday) == ["荣成市应急管理局"]
    rounds.ask_districts(monday, by=SYSTEM)
    [message] = Message.objects.filter(key__startswith="tailoring:")
    assert message.title == "请公布“企业自查”本地细化或确定不调整：2家企业尚未开始填报"
    assert message.body.startswith("企业应于2023年8月28日（周一）前完成")
    assert message.url == reverse("campaigns:tailoring", args=[round_.pk])


def test_lead_unit_hears_which_districts_are_silent(round_):
    firm("荣成公司")
    firm("文登公司", in_area=make.county("文登区"))
    rounds.ask_districts(date(2023, 8, 23), by=SYSTEM)
    message = Message.objects.get(key__endswith=":lead")
    assert message.title == "2个区市未公布“企业自查”本地细化，企业应于8月28日前完成"
    assert set(message.body.removeprefix("尚未公布：").removesuffix("。").split("、")) == {
        "荣成市（1家企业）", "文登区（1家企业）",
    }  # fmt: skip


def test_other_lines_closed_campaigns_and_plain_duties_are_not_asked(round_):
    firm("荣成公司")
    make.unit("荣成市工业和信息化局", lines=("miit",), sectors=())
    assert asked_on(date(2023, 8, 21)) == ["荣成市应急管理局"]
    Deliverable.objects.update(tailored=False)
    assert asked_on(date(2023, 8, 21)) == []
    Deliverable.objects.update(tailored=True)
    type(round_.campaign).objects.update(state="closed")
    assert asked_on(date(2023, 8, 21)) == []


def test_morning_task_asks_them(round_, now):
    now(date(2023, 8, 21), hour=8)
    firm("荣成公司")
    tasks.rehearse()
    assert Message.objects.filter(key__startswith="tailoring:").count() == 1


def test_rehearsal_names_the_silent_though_nothing_is_owed_yet(round_, client, now):
    now(date(2023, 8, 24))
    firm("荣成公司")
    client.force_login(make.member(make.city_bureau()).user)
    url = reverse("campaigns:rehearsal", args=[round_.campaign.code])
    page = client.get(url).content.decode()
    assert "1 个区市尚未公布本地细化，其企业未开始填报：荣成市（1家企业）。" in page
    assert "没有到期的事项" not in page
    publish(round_)
    assert "尚未公布本地细化" not in client.get(url).content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phone", [False, True])
def test_district_publishes_late_and_sets_the_day(browse, phone):
    today = timezone.localdate()
    running = campaigns.campaign(
        state="running", starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=60)
    )
    duty = campaigns.deliverable(
        "check", name="企业自查", of=running, respondent="enterprise", tailored=True, line="", unit_kinds=[],
        area_levels=[], recurrence="once", due_day=None, due_on=today - timedelta(days=5), recipient_rule="area_unit",
    )  # fmt: skip
    make.enterprise("荣成公司", joined_on=today - timedelta(days=50))
    page = browse(make.member(make.unit()).user, f"/duties/{duty.pk}/tailoring/", phone=phone)
    page.get_by_role("heading", name="现在公布，1 个任务已过原定日期").wait_for()
    assert sideways(page) == []
    assert obstacles(page) == []
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("不调整").check()
    page.get_by_role("button", name="公布", exact=True).click()
    page.get_by_text("已公布").first.wait_for()
    opening.open_obligations(today, by=SYSTEM)
    page.reload()
    page.get_by_role("link", name="统一设定时限").click()
    page.get_by_label("新的截止日期").fill((today + timedelta(days=9)).isoformat())
    page.get_by_label("理由").fill("细化公布较晚")
    assert sideways(page) == []
    assert obstacles(page) == []
    if phone:
        assert small_targets(page) == []
    page.get_by_role("button", name="统一设定时限").click()
    page.get_by_text("已为1个任务设定时限").wait_for()
    assert timezone.localdate(Obligation.objects.get().due_at) == today + timedelta(days=9)
