from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.actions import reminders, submissions
from campaigns.models import Campaign, Obligation, Reminder
from campaigns.tests import factories as campaigns
from lib import registry
from lib.actor import Actor
from notifications.actions import deliveries
from notifications.models import Message
from organizations.models import Unit
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()


def at(text):
    """A moment of June and July 2023, as 06-25T08:30."""
    return datetime.fromisoformat(f"2023-{text}").replace(tzinfo=SHANGHAI)


def end_of(text):
    return at(f"{text}T23:59:59.999999")


def remind(text):
    """Who is told, and the turns recorded for it."""
    digests = []
    reminders.remind(at(text), by=SYSTEM, tell=digests.append)
    return {str(one.respondent): [turn.rule for item in one.items for turn in item.turns] for one in digests}


@pytest.fixture
def owed():
    """Rongcheng's 调度表, due 2023-06-28."""
    return campaigns.obligation()


def test_month_is_reminded_of_as_the_calendar_says(owed):
    """Day by day, the sweep running at 08:30: the turns of 06-28, each once."""
    days = [date(2023, 6, 20) + timedelta(days=n) for n in range(20)]
    told = {f"{day:%m-%d}": remind(f"{day:%m-%d}T08:30").get("荣成市应急管理局") for day in days}
    assert {day: rules for day, rules in told.items() if rules} == {
        "06-25": ["before-3"],
        "06-27": ["before-1"],
        "06-28": ["day"],
        "06-29": ["after-1"],
        "07-03": ["after-3"],
        "07-06": ["after-6"],
    }


def test_digest_says_what_is_due_and_leads_there(owed):
    remind("06-25T08:30")
    message = Message.objects.get()
    assert (message.unit, message.kind, message.title) == (owed.unit, "reminder", "报送提醒（6月25日）")
    line = "2023年6月 调度表：请于6月28日（周三）前报送，还剩3天"
    group = "冶金等工贸行业重大事故隐患专项排查整治2023行动"
    assert message.lines == [
        {"subject": owed.pk, "due": "2023-06-28", "url": f"/obligations/{owed.pk}/", "group": group, "text": line}
    ]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("06-28T08:30", "今天（6月28日）截止，请及时报送"),
        ("06-29T08:30", "已逾期1天（应于6月28日报送），请尽快报送"),
    ],
)
def test_words_of_the_day_and_after(owed, now, words):
    remind(now)
    assert Message.objects.get().lines[0]["text"] == f"2023年6月 调度表：{words}"


def test_extended_duty_is_reminded_of_by_its_new_day(owed):
    Obligation.objects.update(due_at=end_of("06-30"))
    assert remind("06-25T08:30") == {}
    remind("06-29T08:30")
    assert Message.objects.get().lines[0]["text"] == (
        "2023年6月 调度表：请于6月30日（周五）前报送，还剩1天，原定6月28日"
    )


def test_rerun_sends_nothing(owed):
    assert remind("06-25T08:30") == {"荣成市应急管理局": ["before-3"]}
    assert remind("06-25T08:30") == {}
    assert remind("06-25T08:40") == {}
    assert Message.objects.count() == 1


def test_late_run_within_two_days_sends_once(owed):
    assert remind("06-27T08:00") == {"荣成市应急管理局": ["before-3"]}
    assert remind("06-27T08:30") == {"荣成市应急管理局": ["before-1"]}


def test_what_was_missed_longer_ago_goes_with_the_next_digest(owed):
    """Stopped from before 06-25 to 07-02: after-1 of 06-29 is too old to start a digest; it goes along on 07-03."""
    assert remind("07-02T09:00") == {}
    assert remind("07-03T08:30") == {"荣成市应急管理局": ["after-1", "after-3"]}


def test_promise_broken_at_the_end_of_a_day_is_asked_about_the_next_morning(owed):
    """After-3 fell on 07-03, within the promise; the next turn of the calendar would be 07-06."""
    Obligation.objects.update(promised_at=end_of("07-04"))
    assert remind("07-04T08:30") == {}
    assert remind("07-05T08:29") == {}
    assert remind("07-05T08:30") == {"荣成市应急管理局": ["after-1", "after-3", "promise"]}
    assert remind("07-05T08:40") == {}
    assert remind("07-06T08:30") == {"荣成市应急管理局": ["after-6"]}


def test_promise_kept_is_not_asked_about(owed):
    Obligation.objects.update(promised_at=end_of("07-04"))
    submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    assert remind("07-05T08:30") == {}


def test_promise_broken_long_ago_starts_nothing_by_itself(owed):
    """Beyond the catch-up of 48 hours it goes along with the next turn."""
    Obligation.objects.update(promised_at=end_of("06-29"))
    assert remind("07-02T09:00") == {}
    assert remind("07-03T08:30") == {"荣成市应急管理局": ["after-1", "after-3", "promise"]}


def test_one_digest_a_day_lists_all_that_is_owed(owed):
    """工作方案 is overdue, its turn was yesterday; it is listed today too, but not recorded again."""
    plan = campaigns.deliverable("plan", name="行动方案", recurrence="once", due_on=date(2023, 6, 26), due_day=None)
    campaigns.obligation(of=plan, period="once", due_at=end_of("06-26"), original_due_at=end_of("06-26"))
    assert remind("06-25T08:30") == {"荣成市应急管理局": ["before-3", "before-1", "before-3"]}
    assert remind("06-26T08:30") == {"荣成市应急管理局": ["day"]}
    assert remind("06-27T08:30") == {"荣成市应急管理局": ["after-1", "before-1"]}
    assert remind("06-28T08:30") == {"荣成市应急管理局": ["day"]}
    texts = [line["text"].partition("：")[0] for line in Message.objects.filter(kind="reminder").latest("id").lines]
    assert texts == ["行动方案", "2023年6月 调度表"]


def test_nobody_gets_a_second_digest_on_the_same_day(owed):
    assert remind("06-27T08:30") == {"荣成市应急管理局": ["before-3", "before-1"]}
    plan = campaigns.deliverable("plan", name="行动方案", recurrence="once", due_on=date(2023, 6, 27), due_day=None)
    campaigns.obligation(of=plan, period="once", due_at=end_of("06-27"), original_due_at=end_of("06-27"))
    assert remind("06-27T10:00") == {}
    # the plan, known after that day's digest, is a day late by now; its last turn before the catch-up goes along
    assert remind("06-28T08:30") == {"荣成市应急管理局": ["before-3", "before-1", "day", "after-1", "day"]}


def test_who_has_handed_in_is_not_reminded(owed):
    submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    assert remind("06-28T08:30") == {}


def test_who_was_told_that_it_never_counted_is_reminded_again(owed):
    handed = submissions.hand_in(owed, by=make.actor(owed.unit), text="空白")
    submissions.void(handed, by=make.actor(make.city_bureau()), reason="空白文件")
    assert remind("06-28T08:30") == {"荣成市应急管理局": ["before-3", "before-1", "day"]}


def test_who_hands_in_between_queue_and_delivery_gets_nothing(owed):
    remind("06-28T08:30")
    submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    assert deliveries.deliver_waiting(at=at("06-28T08:31")) == 1  # the recipient's task
    reminder = Message.objects.get(kind="reminder")
    assert (reminder.delivered_at, reminder.dropped_at) == (None, at("06-28T08:31"))


def test_line_of_what_was_handed_in_meanwhile_goes(owed):
    plan = campaigns.deliverable("plan", name="行动方案", recurrence="once", due_on=date(2023, 6, 28), due_day=None)
    campaigns.obligation(of=plan, period="once")
    remind("06-28T08:30")
    submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    deliveries.deliver_waiting(at=at("06-28T08:31"))
    assert [line["text"][:4] for line in Message.objects.get(kind="reminder").lines] == ["行动方案"]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "waived"},
        {"state": "ended"},
        {"state": "missing"},
        {"promised_at": datetime(2023, 6, 30, 12, tzinfo=SHANGHAI)},
    ],
)
def test_what_is_not_chased(owed, change):
    Obligation.objects.update(**change)
    assert remind("06-28T08:30") == {}


def test_broken_promise_is_chased_again(owed):
    Obligation.objects.update(promised_at=datetime(2023, 6, 30, 12, tzinfo=SHANGHAI))
    assert remind("06-29T08:30") == {}
    assert remind("07-03T08:30") == {"荣成市应急管理局": ["after-1", "after-3", "promise"]}


@pytest.mark.parametrize("fields", [{"optional": True}, {"counts": "visits"}])
def test_optional_and_counted_duties_are_not_chased(fields):
    campaigns.obligation(of=campaigns.deliverable(**fields))
    assert remind("06-28T08:30") == {}


def test_closed_campaign_and_one_long_past_chase_nobody(owed):
    Campaign.objects.update(ends_on=date(2023, 6, 30))
    assert reminders.remind(datetime(2023, 9, 1, 8, 30, tzinfo=SHANGHAI), by=SYSTEM) == 0
    Campaign.objects.update(ends_on=date(2023, 12, 31), state=Campaign.State.CLOSED)
    assert remind("06-28T08:30") == {}


def test_due_before_opened_starts_no_digest_but_is_listed_in_one(owed):
    may = campaigns.obligation(
        period="2023-05", due_at=end_of("05-28"), original_due_at=end_of("05-28"), late_to_open=True
    )
    assert remind("06-20T08:30") == {}
    assert remind("06-25T08:30") == {"荣成市应急管理局": ["before-3"]}
    line = Message.objects.get().lines[0]
    assert line["text"] == "2023年5月 调度表：原定5月28日，生成任务时已过期，待确认期限"
    assert line["due"] == ""
    assert not Reminder.objects.filter(obligation=may).exists()


def test_lines_of_other_apps_stand_below(owed):
    line = registry.DigestLine("2项隐患将于本周到期", "/hazards/")
    with registry.digest_lines.answered_by(lambda respondents, at: {owed.unit: [line]}):
        remind("06-25T08:30")
    assert Message.objects.get().lines[-1] == {"text": "2项隐患将于本周到期", "url": "/hazards/"}


def test_firm_and_unit_are_told_apart(owed):
    firm = make.enterprise(pk=owed.unit_id)
    campaigns.obligation(firm, of=campaigns.deliverable("firms", respondent="enterprise"))
    assert set(remind("06-28T08:30")) == {"荣成市应急管理局", firm.name}
    assert set(Message.objects.values_list("unit", "enterprise")) == {(owed.unit_id, None), (None, firm.pk)}


def test_contact_is_an_account_or_somebody_to_call():
    alone = campaigns.obligation(make.unit("无人单位"))
    campaigns.obligation(make.unit("有电话的", phone="5201067"), of=alone.deliverable)
    seated = campaigns.obligation(make.unit("有账号的"), of=alone.deliverable)
    make.member(seated.unit)
    digests = []
    assert reminders.remind(at("06-28T08:30"), by=SYSTEM, tell=digests.append) == 3
    assert {str(one.respondent): one.has_contact for one in digests} == {
        "无人单位": False,
        "有电话的": True,
        "有账号的": True,
    }


def test_killed_batch_leaves_nothing_and_the_next_run_sends_once(owed, monkeypatch):
    """The batch is one transaction: a worker killed before its end has sent nothing and recorded nothing."""

    def killed(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(Reminder.objects, "bulk_create", killed)
        with pytest.raises(SystemExit):
            remind("06-28T08:30")
    assert not Message.objects.exists()
    assert remind("06-28T08:40") == {"荣成市应急管理局": ["before-3", "before-1", "day"]}


def test_thousand_respondents_take_five_statements(owed):
    """Respondents, what they owe, what other apps say, messages, turns; the rest is the same for any number (§8)."""
    with CaptureQueriesContext(connection) as few:
        remind("06-25T08:30")
    duty, area = owed.deliverable, owed.area
    units = [Unit(name=f"单位{n}", kind="bureau", area=area) for n in range(1000)]
    dates = {"nominal_on": date(2023, 6, 28), "original_due_at": campaigns.JUNE_28, "due_at": campaigns.JUNE_28}
    Obligation.objects.bulk_create(
        Obligation(deliverable=duty, unit=unit, period="2023-06", area=area, opened_on=date(2023, 5, 1), **dates)
        for unit in Unit.objects.bulk_create(units)
    )
    with CaptureQueriesContext(connection) as many:
        assert len(remind("06-27T08:30")) == 1001
    assert len(many) - len(few) <= 5 + 2
