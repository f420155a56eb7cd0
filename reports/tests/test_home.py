"""Each role's home: what it owes, what waits for it, one button each; the city's overview beside its table."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.actions import submissions
from campaigns.models import Obligation
from campaigns.tests import factories as owed
from hazards.tests import factories as found
from organizations.models import EnterpriseChange
from organizations.models.people import Role
from organizations.tests import factories as make
from reports import overview, todo

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def titles(actor):
    return {section.title: [task.title for task in section.tasks] for section in todo.sections(actor)}


def obligation(holder, due, **fields):
    return owed.obligation(holder, due_at=due, original_due_at=due, nominal_on=due.date(), **fields)


def in_days(days):
    return timezone.now() + timedelta(days=days)


def test_what_i_owe_comes_soonest_first_and_not_what_others_owe():
    clerk = make.actor(make.unit())
    monthly = owed.deliverable()
    obligation(clerk.unit, in_days(20), of=monthly, period="2023-07")
    obligation(clerk.unit, in_days(-2), of=monthly)
    obligation(make.unit("文登区应急管理局", in_area=make.county("文登区")), in_days(1), of=monthly)
    assert titles(clerk) == {"我要报的": ["2023年6月 调度表", "2023年7月 调度表"]}


def test_what_is_due_in_two_months_is_not_on_the_list_yet():
    clerk = make.actor(make.unit())
    obligation(clerk.unit, in_days(60))
    assert titles(clerk) == {}


def test_handed_in_moves_from_my_list_to_the_reviewers():
    clerk, city = make.actor(make.unit()), make.actor(make.city_bureau())
    row = obligation(clerk.unit, in_days(3))
    submissions.hand_in(row, by=clerk, text="进展情况")
    assert titles(clerk) == {}
    assert titles(city) == {"等我审核的": ["荣成市应急管理局 2023年6月 调度表"]}


def test_letter_waits_for_the_clerk_and_the_leaders_of_the_lead_unit():
    clerk = make.actor(make.unit())
    row = obligation(clerk.unit, in_days(-5))
    owed.letter(row)
    roles = [make.actor(make.city_bureau(), role) for role in (Role.CLERK, Role.CHIEF, Role.REVIEWER)]
    waiting = {"等我签发的": ["催办函（荣成市应急管理局）"]}
    assert [titles(actor) for actor in roles] == [waiting, waiting, {}]
    submissions.hand_in(row, by=clerk, text="进展情况")
    assert "等我签发的" not in titles(roles[0])


def test_returned_comes_back_with_its_badge():
    clerk, city = make.actor(make.unit()), make.actor(make.city_bureau())
    row = obligation(clerk.unit, in_days(3))
    submissions.return_submission(submissions.hand_in(row, by=clerk, text="进展"), by=city, reason="缺附件")
    task = todo.sections(clerk)[0].tasks[0]
    assert task.badge == ("soon", "已退回")


def deadlines(client, actor):
    client.force_login(actor.user)
    page = client.get("/").content.decode()
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<span class="deadline.*?</span>', page)]


def test_day_still_to_be_confirmed_is_no_lateness(client, monkeypatch):
    """Due before it was opened: the badge says 待确认期限, and nothing beside it 逾期."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2023, 6, 29, 9, tzinfo=SHANGHAI))
    clerk = make.actor(make.unit())
    row = owed.obligation(clerk.unit, late_to_open=True)
    assert deadlines(client, clerk) == ["2023年6月28日（周三）"]
    Obligation.objects.filter(pk=row.pk).update(late_to_open=False)
    assert deadlines(client, clerk) == ["6月28日 · 逾期1天"]


def test_what_came_in_time_is_not_late_because_it_waits_to_be_reviewed(client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2023, 6, 27, 9, tzinfo=SHANGHAI))
    clerk, city = make.actor(make.unit()), make.actor(make.city_bureau())
    submissions.hand_in(owed.obligation(clerk.unit), by=clerk, text="进展情况")
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2023, 7, 3, 9, tzinfo=SHANGHAI))
    assert deadlines(client, city) == ["2023年6月28日（周三）"]


def test_extended_day_is_shown_with_the_first_one(client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2023, 6, 29, 9, tzinfo=SHANGHAI))
    clerk = make.actor(make.unit())
    owed.obligation(clerk.unit, due_at=datetime(2023, 7, 3, 23, 59, tzinfo=SHANGHAI))
    assert deadlines(client, clerk) == ["7月3日 · 还剩4天（原定6月28日）"]


def test_reader_without_the_permission_is_offered_no_hand_in():
    firm = make.enterprise()
    form = owed.deliverable(respondent="enterprise", form="text")
    obligation(firm, in_days(3), of=form)
    assert todo.sections(make.actor(firm, Role.SAFETY))[0].tasks[0].verb == "查看"
    assert todo.sections(make.actor(firm, Role.HEAD))[0].tasks[0].verb == "去报送"


def test_safety_officer_may_fill_in_the_checklist():
    firm = make.enterprise()
    obligation(firm, in_days(3), of=owed.deliverable(respondent="enterprise", form="checklist:enterprise-56"))
    assert todo.sections(make.actor(firm, Role.SAFETY))[0].tasks[0].verb == "去填写"


def test_officer_who_may_not_answer_is_offered_no_checklist():
    bureau = make.unit()
    obligation(bureau, in_days(3), of=owed.deliverable(form="checklist:department-62"))
    verbs = {role: todo.sections(make.actor(bureau, role))[0].tasks[0].verb for role in (Role.OFFICER, Role.CLERK)}
    assert verbs == {Role.OFFICER: "查看", Role.CLERK: "去填写"}


def test_day_that_waits_to_be_confirmed_is_shown_without_its_distance(client):
    bureau = make.unit()
    obligation(bureau, in_days(-30), late_to_open=True)
    client.force_login(make.member(bureau).user)
    shown = client.get("/").text
    assert "待确认期限" in shown
    assert "逾期" not in shown


def test_registered_major_waits_for_the_district_not_for_the_city():
    firm, district, city = make.enterprise(), make.actor(make.unit()), make.actor(make.city_bureau())
    found.hazard(firm, level="major", description="速冻间未隔开")
    assert titles(district) == {"等我判定的": ["速冻间未隔开"]}
    assert titles(city) == {}


def test_general_hazard_is_the_firms_own_business():
    firm = make.enterprise()
    found.hazard(firm, level="general", description="通道堵塞")
    assert titles(make.actor(firm, Role.SAFETY)) == {"要整改的": ["通道堵塞"]}
    assert titles(make.actor(make.unit())) == {}


def test_home_opens_for_every_role_with_the_same_queries(client):
    clerk = make.actor(make.unit())
    monthly = owed.deliverable()
    client.force_login(clerk.user)
    counts = []
    for number in (1, 3):
        for nth in range(number):
            obligation(clerk.unit, in_days(3), of=monthly, period=f"20{number}{nth}-06")
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_nothing_to_do_says_so(client):
    client.force_login(make.actor(make.enterprise(), Role.HEAD).user)
    assert "目前没有要办的事" in client.get("/").content.decode()


# The overview


def test_overview_counts_this_months_duties_by_area():
    city = make.actor(make.city_bureau())
    noon = datetime(2023, 6, 29, 12, tzinfo=SHANGHAI)
    due = datetime(2023, 6, 29, 0, tzinfo=SHANGHAI)
    monthly = owed.deliverable()
    obligation(make.unit(), due, of=monthly, handed_in_at=due - timedelta(hours=1))
    obligation(make.unit("文登区应急管理局", in_area=make.county("文登区")), due, of=monthly)
    obligation(make.unit(), datetime(2023, 7, 29, 0, tzinfo=SHANGHAI), of=monthly, period="2023-07")
    chart = overview.came_in(city, noon)
    assert {area["name"]: area["values"] for area in chart["areas"]} == {"荣成市": [1, 0, 0, 0], "文登区": [0, 0, 1, 0]}
    assert chart["title"] == "本月应报2项，已报1项，缺报1项，其中文登区1项"


def test_overview_shows_how_hazards_stand():
    firm, city = make.enterprise(), make.actor(make.city_bureau())
    found.hazard(firm, level="major", deadline_on=date(2023, 6, 20))
    found.hazard(firm, level="general")
    chart = overview.hazards_stand(city, date(2023, 6, 29))
    assert chart["areas"] == [{"name": "荣成市", "values": [1, 1, 1, 0]}]
    assert chart["title"] == "未销号隐患2项，逾期1项；荣成市最多，2项"


def test_overview_is_for_the_citys_units(client):
    client.force_login(make.actor(make.unit()).user)
    assert client.get("/overview/").status_code == 403
    client.force_login(make.actor(make.city_bureau()).user)
    assert "没有未销号的隐患" in client.get("/overview/").content.decode()


def test_correction_waits_for_the_district():
    firm, district = make.enterprise("甲食品"), make.actor(make.unit())
    change = EnterpriseChange.objects.create(enterprise=firm, values={"head": "李四"}, proposed_by="李四")
    assert titles(district) == {"等我核准的": ["甲食品 提出修改企业信息"]}
    assert todo.sections(district)[0].tasks[0].url == f"/enterprises/changes/{change.pk}/"
