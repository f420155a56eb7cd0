"""The rehearsal as campaigns put it together, whatever the apps to the right answer."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import messages, rehearsal
from campaigns.actions import submissions
from campaigns.models import Obligation, Submission
from campaigns.tests import factories as campaigns
from lib import registry
from lib.actor import Actor
from notifications.models import Message
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def today_at(hour):
    return timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def running():
    today = timezone.localdate()
    return campaigns.campaign(
        state="running", starts_on=today - timedelta(days=300), ends_on=today + timedelta(days=60)
    )


@pytest.fixture
def plan(running):
    return campaigns.deliverable("plan", name="工作方案", form="text", of=running)


def owe(duty, unit=None, **fields):
    dates = {"due_at": today_at(23), "original_due_at": today_at(23), "nominal_on": timezone.localdate()}
    return campaigns.obligation(unit, of=duty, **dates | fields)


def failing(*pks, more=0, general=()):
    """An answer from the right: these fail, and so many more that are not named."""
    asked = []

    def answer(duty, owed, *, named, by):
        asked.append(sorted(owed.values_list("pk", flat=True)))
        mine = [pk for pk in pks if pk in asked[-1]]
        return registry.Forecast(len(mine) + more, {pk: ["缺附件。"] for pk in mine}, general)

    answer.asked = asked
    return registry.would_fail.answered_by(answer), asked


def coming(running, by=SYSTEM):
    return rehearsal.coming(running, timezone.localdate(), by=by)


def test_only_what_is_open_and_not_with_the_recipient_is_asked_about(plan, running):
    """Written, untouched and given back are; handed in, accepted, waived and what the house is signing are not."""
    names = ("未动", "草稿", "已报", "已收", "免报", "审签", "退回")
    owed = {name: owe(plan, make.unit(f"{name}局", in_area=make.county(f"{name}市"))) for name in names}
    clerk, city = (make.actor(one) for one in (make.unit(), make.city_bureau()))
    submissions.save_draft(owed["草稿"], by=clerk, text="初稿")
    for name in ("已报", "已收", "退回"):
        submissions.hand_in(owed[name], by=clerk, text="方案")
    submissions.accept(owed["已收"].submissions.get(), by=city)
    submissions.return_submission(owed["退回"].submissions.get(), by=city, reason="缺附件清单")
    submissions.save_draft(owed["审签"], by=clerk, text="初稿")
    Submission.objects.filter(obligation=owed["审签"]).update(state="signing")
    Obligation.objects.filter(pk=owed["免报"].pk).update(state="waived")

    answered, asked = failing()
    with answered:
        [due] = coming(running)
    assert asked == [sorted([owed["未动"].pk, owed["草稿"].pk]), [owed["退回"].pk]]
    assert [one.row for one in due.doubtful] == [owed["退回"]]


def test_given_back_and_failing_is_one_not_two(plan, running):
    owed = owe(plan)
    submissions.hand_in(owed, by=make.actor(owed.unit), text="方案")
    city = make.actor(make.city_bureau())
    submissions.return_submission(owed.submissions.get(), by=city, reason="缺附件。")
    answered, _ = failing(owed.pk)
    with answered:
        [due] = coming(running)
    day = timezone.localdate()
    assert due.failing == 1
    assert due.doubtful[0].points == [
        f"第1稿{day.month}月{day.day}日已退回，尚未重新报送。理由：缺附件。",
        "缺附件。",
    ]


def test_void_and_its_new_draft_still_wait(plan, running):
    """视为未报; the second version is begun, not handed in."""
    owed = owe(plan)
    clerk = make.actor(owed.unit)
    submissions.hand_in(owed, by=clerk, text="方案")
    submissions.void(owed.submissions.get(), by=make.actor(make.city_bureau()), reason="空白文件")
    submissions.save_draft(owed, by=clerk, text="第二稿")
    [due] = coming(running)
    assert (due.missing, due.failing) == (1, 1)
    assert "视为未报，尚未重新报送。理由：空白文件。" in due.doubtful[0].points[0]


def test_second_return_tells_of_the_second(plan, running):
    owed = owe(plan)
    clerk, city = make.actor(owed.unit), make.actor(make.city_bureau())
    for reason in ("缺一", "缺二"):
        submissions.hand_in(owed, by=clerk, text="方案")
        submissions.return_submission(owed.submissions.latest("number"), by=city, reason=reason)
    [due] = coming(running)
    assert [one.points[0][:3] for one in due.doubtful] == ["第2稿"]
    assert due.doubtful[0].points[0].endswith("理由：缺二。")


def test_more_than_are_named_are_counted(plan, running):
    owed = owe(plan)
    answered, _ = failing(owed.pk, more=99_999)
    with answered:
        [due] = coming(running)
    assert due.failing == 100_000
    assert due.failing_words.startswith("100000个单位的工作方案按现有数据不能通过：荣成市应急管理局等")


def test_page_says_how_many_more_and_what_concerns_all(plan, running, client):
    owed = owe(plan)
    answered, _ = failing(owed.pk, more=1_199, general=("2家企业不计入任何填报行。",))
    client.force_login(make.member(make.city_bureau()).user)
    with answered:
        page = client.get(reverse("campaigns:rehearsal", args=[running.code])).content.decode()
    assert "按现有数据不能通过 1,200 个" in page
    assert "缺附件。" in page
    assert "2家企业不计入任何填报行。" in page
    assert "只列前 1 个。" in page


def test_page_without_a_point_has_no_heading_for_them(plan, running, client):
    owe(plan)
    client.force_login(make.member(make.city_bureau()).user)
    page = client.get(reverse("campaigns:rehearsal", args=[running.code])).content.decode()
    assert "按现有数据不能通过" not in page


def test_respondents_and_other_officers_get_no_forecast(plan, running, client):
    owe(plan)
    client.force_login(make.member(make.unit()).user)
    assert client.get(reverse("campaigns:rehearsal", args=[running.code])).status_code == 403
    client.force_login(make.member(make.enterprise(), Role.HEAD).user)
    assert client.get(reverse("campaigns:rehearsal", args=[running.code])).status_code in (403, 404)


def test_page_costs_the_same_for_one_and_three(plan, running, client):
    client.force_login(make.member(make.city_bureau()).user)
    url = reverse("campaigns:rehearsal", args=[running.code])

    def statements():
        answered, _ = failing(*Obligation.objects.values_list("pk", flat=True))
        with answered, CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    owe(plan)
    client.get(url)
    one = statements()
    for name in ("乳山市", "文登区"):
        owe(plan, make.unit(f"{name}应急管理局", in_area=make.county(name)))
    assert statements() == one


# The message of 08:20


def wednesday(duty, unit=None, **fields):
    moment = datetime(2023, 6, 28, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    return owe(duty, unit, due_at=moment, original_due_at=moment, nominal_on=date(2023, 6, 28), **fields)


SUNDAY = date(2023, 6, 25)  # 28 June less three work days: 27, 26, and the working Sunday


def test_message_has_a_line_for_each_duty_with_failures(plan, running):
    other = campaigns.deliverable("report", name="进展情况", form="text", of=running, position=2)
    quiet = campaigns.deliverable("photos", name="影像资料", form="files", of=running, position=3)
    rows = [wednesday(one, make.unit()) for one in (plan, other, quiet)]
    answered, _ = failing(rows[0].pk, rows[1].pk)
    with answered:
        assert messages.rehearse(SUNDAY, by=SYSTEM) == 1
    message = Message.objects.get()
    assert "还有3项未报" in message.title
    assert message.body.splitlines() == [
        "1个单位的工作方案按现有数据不能通过：荣成市应急管理局。",
        "1个单位的进展情况按现有数据不能通过：荣成市应急管理局。",
    ]


def test_message_names_nine_and_counts_the_rest(plan, running):
    units = [make.unit(f"第{n}局", in_area=make.county(f"第{n}市")) for n in range(1, 12)]
    rows = [wednesday(plan, unit) for unit in units]
    answered, _ = failing(*(row.pk for row in rows))
    with answered:
        messages.rehearse(SUNDAY, by=SYSTEM)
    body = Message.objects.get().body
    assert body.startswith("11个单位的工作方案按现有数据不能通过：第1局、")
    assert body.endswith("第9局等。")


def test_nothing_is_told_where_everything_is_there(plan, running):
    owed = wednesday(plan)
    submissions.hand_in(owed, by=make.actor(owed.unit), text="方案")
    assert messages.rehearse(SUNDAY, by=SYSTEM) == 0
    assert not Message.objects.filter(key__startswith="rehearsal:").exists()


def test_other_days_and_campaigns_that_do_not_run_are_not_told(plan, running):
    wednesday(plan)
    assert [messages.rehearse(SUNDAY + timedelta(days=n), by=SYSTEM) for n in (-1, 1, 2, 3)] == [0, 0, 0, 0]
    type(running).objects.update(state="closed")
    assert messages.rehearse(SUNDAY, by=SYSTEM) == 0


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("2022-06-15", date(2022, 6, 10)),  # Wednesday: 14, 13, and Friday the 10th, not again on the weekend
        ("2022-06-18", date(2022, 6, 15)),  # Saturday, 按原定日期: 17, 16, 15
        ("2022-06-19", date(2022, 6, 15)),
        ("2022-06-20", date(2022, 6, 15)),
        ("2023-10-07", date(2023, 9, 26)),  # the working Saturday after the holidays: 28, 27, 26 September
    ],
)
def test_each_day_is_told_of_once_three_work_days_before(plan, running, due, told):
    at = datetime.fromisoformat(f"{due}T23:59").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    owe(plan, due_at=at, original_due_at=at)
    days = [at.date() - timedelta(days=n) for n in range(30, -3, -1)]
    assert [day for day in days if messages.rehearse(day, by=SYSTEM)] == [told]
