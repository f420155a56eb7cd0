"""催办函: from the second work day late, one draft for each respondent and campaign, whatever runs how often.

June 2023: 06-28 is a Wednesday; due then, the first work day late is 06-29, the second 06-30.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.actions import letters, reminders, submissions
from campaigns.letters import paper
from campaigns.models import Campaign, Letter, Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications.actions import deliveries
from notifications.models import Delivery, Message
from notifications.tests import factories as channels
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system("催报")


def at(text):
    """A moment of 2023, as 06-30T08:30."""
    return datetime.fromisoformat(f"2023-{text}").replace(tzinfo=SHANGHAI)


def end_of(text):
    return at(f"{text}T23:59:59.999999")


def sweep(text):
    return letters.sweep(at(text), by=SYSTEM)


@pytest.fixture
def owed():
    """Rongcheng's 调度表, due 2023-06-28."""
    return campaigns.obligation()


def another(code="plan", due="06-28", respondent=None, **fields):
    of = campaigns.deliverable(code, name=code, recurrence="once", due_on=date(2023, 6, 28), due_day=None, **fields)
    return campaigns.obligation(respondent, of=of, period="once", due_at=end_of(due), original_due_at=end_of(due))


# When


@pytest.mark.parametrize(
    ("moment", "count"), [("06-29T23:59", 0), ("06-30T08:29", 0), ("06-30T08:30", 1), ("07-05T12:00", 1)]
)
def test_letter_lies_ready_from_the_second_work_day_late(owed, moment, count):
    assert sweep(moment) == count


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("06-30T08:30", "06-28"),
        ("06-30T08:29", "06-27"),
        ("07-01T09:00", "06-28"),  # Saturday
        ("07-03T09:00", "06-29"),  # Monday: 06-30 and 07-03
        ("07-04T09:00", "07-02"),  # Sunday's is as late as Friday's
        ("06-25T09:00", "06-20"),  # after 端午, a Sunday that is worked: 06-21 and 06-25
        ("06-26T09:00", "06-24"),
    ],
)
def test_last_day_that_is_late_enough(now, due):
    assert letters.late_until(at(now)) == date.fromisoformat(f"2023-{due}")


def test_letter_tells_what_is_owed_by_the_notice(owed):
    notice = {"notice_title": "关于开展专项行动的通知", "notice_number": "威应急发〔2023〕12号"}
    Campaign.objects.update(**notice, contact="刘工", phone="5201067")
    sweep("06-30T08:30")
    letter = Letter.objects.get()
    assert (letter.unit, letter.from_unit, letter.kind, letter.state) == (
        owed.unit,
        owed.deliverable.campaign.lead_unit,
        "urging",
        "draft",
    )
    read = paper(letter)
    assert (read.sender, read.addressee, read.title) == (
        "威海市应急管理局",
        "荣成市应急管理局",
        "关于抓紧办理逾期事项的催办函",
    )
    assert read.paragraphs == [
        "按照《关于开展专项行动的通知》（威应急发〔2023〕12号）的要求，你单位下列事项已超过规定的期限，至今未办理：",
        "1. 2023年6月 调度表，应于2023年6月28日报送。",
        "请你单位主要负责人（分管负责人）高度重视，督促有关人员尽快办理；确有困难的，请说明原因并写明办理时间。",
    ]
    assert (read.dated, read.note) == ("", "（联系人：刘工，联系电话：5201067）")


@pytest.mark.parametrize(
    ("fields", "change", "verb"),
    [({"form": "receipt"}, {}, "签收"), ({"counts": "visits"}, {"counted_done": 1, "counted_total": 3}, "完成")],
)
def test_letter_names_what_was_to_be_done(fields, change, verb):
    campaigns.obligation(of=campaigns.deliverable(**fields), **change)
    sweep("06-30T08:30")
    assert paper(Letter.objects.get()).paragraphs[1] == f"1. 2023年6月 调度表，应于2023年6月28日{verb}。"


def test_one_letter_for_all_that_is_owed_in_a_campaign(owed):
    another()
    other = campaigns.campaign("mines-2023", name="矿山行动")
    another("mines", of=other)
    assert sweep("06-30T08:30") == 2
    assert sorted(letter.obligations.count() for letter in Letter.objects.all()) == [1, 2]


def test_what_becomes_late_later_joins_the_draft(owed):
    later = another(due="06-29")
    sweep("06-30T08:30")
    assert sweep("07-03T08:30") == 0
    letter = Letter.objects.get()
    assert set(letter.obligations.all()) == {owed, later}
    assert paper(letter).paragraphs[1:3] == [
        "1. 2023年6月 调度表，应于2023年6月28日报送；",
        "2. plan，应于2023年6月29日报送。",
    ]


def test_what_becomes_late_after_the_letter_went_out_makes_another(owed):
    another(due="06-29")
    sweep("06-30T08:30")
    letters.release(Letter.objects.get(), by=make.actor(make.city_bureau()))
    assert sweep("07-03T08:30") == 1
    assert [letter.obligations.get().title for letter in Letter.objects.order_by("id")] == ["2023年6月 调度表", "plan"]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "waived"},
        {"promised_at": datetime(2023, 7, 7, 12, tzinfo=SHANGHAI)},
        {"late_to_open": True},
        {"due_at": datetime(2023, 7, 10, 12, tzinfo=SHANGHAI)},
    ],
)
def test_who_is_not_chased_gets_no_letter(owed, change):
    Obligation.objects.update(**change)
    assert sweep("06-30T08:30") == 0


def test_firms_get_theirs_apart_from_units(owed):
    firm = make.enterprise(pk=owed.unit_id)
    campaigns.obligation(firm, of=campaigns.deliverable("firms", respondent="enterprise"))
    assert sweep("06-30T08:30") == 2
    assert set(Letter.objects.values_list("unit", "enterprise")) == {(owed.unit_id, None), (None, firm.pk)}


# Once


def test_rerun_makes_nothing(owed):
    assert [sweep(moment) for moment in ("06-30T08:30", "06-30T08:30", "06-30T08:40", "07-06T08:30")] == [1, 0, 0, 0]
    assert Letter.objects.count() == 1


def test_reminder_sweep_makes_the_letters(owed):
    reminders.remind(at("06-30T08:30"), by=SYSTEM)
    assert Letter.objects.count() == 1


def test_key_and_draft_are_unique_in_the_database(owed):
    sweep("06-30T08:30")
    first = Letter.objects.values().get()
    for change in ({"state": "withdrawn"}, {"key": "another"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.create(**{name: value for name, value in first.items() if name != "id"} | change)


def test_lead_unit_is_told_once_a_day(owed):
    sweep("06-30T08:30")
    message = Message.objects.get(kind="task")
    assert (message.unit.name, message.title, message.url) == (
        "威海市应急管理局",
        "新拟1份催办函，请签发或撤回",
        "/letters/",
    )
    another("second", respondent=make.unit("文登区应急管理局", in_area=make.county("文登区")))
    sweep("06-30T09:00")
    assert Message.objects.filter(kind="task").count() == 1


def test_digest_goes_on_while_a_letter_lies_ready(owed):
    reminders.remind(at("06-30T08:30"), by=SYSTEM)
    told = []
    reminders.remind(at("07-03T08:30"), by=SYSTEM, tell=told.append)
    assert [str(digest.respondent) for digest in told] == ["荣成市应急管理局"]


# Withdrawn


def test_draft_is_withdrawn_by_itself_when_everything_is_handed_in(owed):
    plan = another()
    sweep("06-30T08:30")
    submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    sweep("06-30T08:40")
    assert Letter.objects.get().state == "draft"
    assert [line for line in paper(Letter.objects.get()).paragraphs if "调度表" in line] == []
    submissions.hand_in(plan, by=make.actor(owed.unit, name="另一人"), text="方案")
    sweep("06-30T08:50")
    letter = Letter.objects.get()
    assert (letter.state, letter.settled, letter.reason) == ("withdrawn", True, "所涉事项已报送或不再逾期，自动撤回")
    assert AuditEntry.objects.get(verb="letter.withdrawn").actor == "系统（催报）"


@pytest.mark.parametrize("change", [{"state": "waived"}, {"state": "ended"}, {"due_at": end_of("07-10")}])
def test_draft_is_withdrawn_when_the_matter_is_settled_otherwise(owed, change):
    sweep("06-30T08:30")
    Obligation.objects.update(**change)
    sweep("06-30T08:40")
    assert Letter.objects.get().state == "withdrawn"


def test_who_was_told_that_it_never_counted_gets_a_letter_again(owed):
    sweep("06-30T08:30")
    handed = submissions.hand_in(owed, by=make.actor(owed.unit), text="空白")
    sweep("06-30T08:40")
    submissions.void(handed, by=make.actor(make.city_bureau()), reason="空白文件")
    assert [sweep("06-30T09:00"), sweep("07-03T08:30"), sweep("07-03T08:40")] == [0, 1, 0]


def test_what_the_clerk_withdrew_does_not_come_again(owed):
    sweep("06-30T08:30")
    letters.withdraw(Letter.objects.get(), reason="已电话说明", by=make.actor(make.city_bureau()))
    assert sweep("07-10T08:30") == 0
    assert Letter.objects.get().reason == "已电话说明"


# Released


@pytest.fixture
def letter(owed):
    sweep("06-30T08:30")
    return Letter.objects.get()


def test_release_tells_the_leaders_and_the_unit(owed, letter):
    chief = make.member(owed.unit, Role.CHIEF, name="丁局长").user
    deputy = make.member(owed.unit, Role.DEPUTY, name="赵分管").user
    make.member(owed.unit, Role.DEPUTY, who=chief)
    make.member(owed.unit, Role.CLERK, name="王经办")
    letters.release(letter, by=make.actor(make.city_bureau(), name="李处长"))
    told = Message.objects.filter(kind="notice")
    assert set(told.values_list("user", "unit")) == {(chief.pk, None), (deputy.pk, None), (None, owed.unit_id)}
    assert set(told.values_list("title", "url")) == {
        ("威海市应急管理局发来催办函，请及时办理", f"/letters/{letter.pk}/")
    }
    assert (letter.state, letter.released_by) == ("released", "李处长（威海市应急管理局 经办人）")
    assert AuditEntry.objects.filter(verb="letter.released").count() == 1


def test_release_to_a_firm_tells_its_head():
    firm = make.enterprise()
    head = make.member(firm, Role.HEAD).user
    make.member(firm, Role.SAFETY, name="安全员")
    campaigns.obligation(firm, of=campaigns.deliverable("firms", respondent="enterprise"))
    sweep("06-30T08:30")
    letters.release(Letter.objects.get(), by=make.actor(make.city_bureau()))
    told = set(Message.objects.filter(kind="notice").values_list("user", "enterprise"))
    assert told == {(head.pk, None), (None, firm.pk)}


def test_release_goes_out_by_the_units_channel_and_the_leaders_mail(owed, letter):
    leader = make.user("丁局长", email="ding@rc.example.cn")
    make.member(owed.unit, Role.CHIEF, who=leader)
    channels.wecom(owed.unit, base="https://qyapi.weixin.qq.com/cgi-bin/webhook/send")
    letters.release(letter, by=make.actor(make.city_bureau()))
    deliveries.deliver_waiting(at=timezone.now())
    found = set(Delivery.objects.values_list("channel", "address"))
    assert found == {("wecom", "企业微信群机器人 …8d30"), ("email", "ding@rc.example.cn")}


def test_released_letter_stays_as_it_went_out(owed, letter):
    letters.release(letter, by=make.actor(make.city_bureau()))
    Obligation.objects.update(due_at=end_of("07-28"))
    letter.refresh_from_db()
    assert letter.lines == ["2023年6月 调度表，应于2023年6月28日报送"]
    assert "1. 2023年6月 调度表，应于2023年6月28日报送。" in paper(letter).paragraphs
    sweep("07-03T08:30")
    assert Letter.objects.get().state == "released"


def test_letter_about_nothing_is_not_released(owed, letter):
    submissions.hand_in(owed, by=make.actor(owed.unit), text="六月情况")
    with pytest.raises(MoveRefused, match="均已报送"):
        letters.release(letter, by=make.actor(make.city_bureau()))
    assert not Message.objects.filter(kind="notice").exists()


def test_letter_is_released_once(letter):
    officer = make.actor(make.city_bureau())
    seen = Letter.objects.get()
    letters.release(letter, by=officer)
    with pytest.raises(MoveRefused, match="已由他人改为“已发出”"):
        letters.withdraw(seen, reason="不发", by=officer)
    with pytest.raises(MoveRefused, match="已经是“已发出”"):
        letters.release(letter, by=officer)
    with pytest.raises(MoveRefused, match="不能再修改"):
        letters.edit(letter, number="", title="改", body="改", by=officer)


def test_extended_day_is_named_beside_the_first(owed):
    Obligation.objects.update(due_at=end_of("07-10"))
    sweep("07-12T08:30")
    read = paper(Letter.objects.get())
    assert read.paragraphs[1] == "1. 2023年6月 调度表，应于2023年7月10日报送（原定2023年6月28日）。"


# By itself


def test_campaign_that_says_so_sends_its_letters_at_once(owed):
    Campaign.objects.update(letters_by_themselves=True)
    chief = make.member(owed.unit, Role.CHIEF).user
    assert sweep("06-30T08:30") == 1
    letter = Letter.objects.get()
    assert (letter.state, letter.released_at, letter.released_by) == ("released", at("06-30T08:30"), "系统（催报）")
    assert letter.lines == ["2023年6月 调度表，应于2023年6月28日报送"]
    assert set(Message.objects.values_list("user", "unit")) == {(chief.pk, None), (None, owed.unit_id)}
    assert sweep("06-30T08:40") == 0
