"""Tasks of a notice: who reports, whose light counts, what is stale, who sees it; the board, its filters, its Excel."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from campaigns import assignments as tasks
from campaigns.actions import assignments as actions
from campaigns.models import Assignment, AssignmentProgress
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.models import AuditEntry
from organizations.models.areas import Line
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def campaign():
    return campaigns.campaign(starts_on=timezone.localdate() - timedelta(days=100), ends_on=date(2099, 12, 31))


@pytest.fixture
def leader():
    return make.city_bureau("威海市工业和信息化局", lines=(Line.MIIT,))


@pytest.fixture
def helper():
    return make.unit("荣成市应急管理局")


@pytest.fixture
def task(campaign, leader, helper):
    made = Assignment.objects.create(campaign=campaign, number=1, text="开展高风险单元诊断", responsible="市工信局等")
    made.lead_units.set([leader])
    made.cooperating_units.set([helper])
    return made


def report(task, unit, light="green", *, percent=None, text="已完成三家", days_ago=0):
    made = actions.report(task, unit=unit, text=text, percent=percent, light=light, by=SYSTEM)
    AssignmentProgress.objects.filter(pk=made.pk).update(reported_at=timezone.now() - timedelta(days=days_ago))
    return made


def judge(task, light):
    return actions.judge(task, light=light, reason="实地核查未见台账", by=SYSTEM)


def line_of(task):
    return tasks.lines(Assignment.objects.filter(pk=task.pk).select_related("campaign"))[0]


def sign_in(client, holder, role=Role.CLERK):
    client.force_login(make.member(holder, role).user)


def url(name, *args):
    return reverse(f"campaigns:{name}", args=["trade-2023", *args])


# Whose light counts


def test_nothing_told_is_unreported(task):
    line = line_of(task)
    assert (line.light, line.words, line.percent, line.reported_on) == ("", "未报告", None, None)


def test_lead_unit_speaks_for_the_task_even_before_a_newer_word_of_a_helper(task, leader, helper):
    report(task, leader, "yellow", percent=40, days_ago=3)
    report(task, helper, "green", percent=90)
    line = line_of(task)
    assert (line.words, line.percent) == ("进展缓慢", 40)
    assert line.reported_on == timezone.localdate()


def test_helper_speaks_while_the_lead_unit_is_silent(task, helper):
    report(task, helper, "red", percent=5)
    assert line_of(task).words == "严重滞后"


def test_newest_of_two_reports_counts_and_both_stay(task, leader):
    report(task, leader, "red", percent=10, days_ago=5)
    report(task, leader, "green", percent=60)
    assert (line_of(task).words, line_of(task).percent) == ("正常推进", 60)
    assert task.progress.count() == 2


def test_unit_cannot_report_a_judgement_away(task, leader):
    report(task, leader, "green", percent=60, days_ago=2)
    judge(task, "red")
    report(task, leader, "green", percent=65)
    line = line_of(task)
    assert (line.words, line.percent, line.is_judged) == ("严重滞后", 65, True)


def test_judgement_taken_back_leaves_the_units_word(task, leader):
    report(task, leader, "yellow")
    judge(task, "red")
    judge(task, "")
    assert (line_of(task).words, line_of(task).is_judged) == ("进展缓慢", False)


def test_done_is_a_hundred_per_cent(task, leader):
    assert report(task, leader, "done").percent == 100


@pytest.mark.parametrize(
    "wrong", [{"percent": 101}, {"light": "", "is_judgement": False}, {"light": "done", "percent": 60}]
)
def test_database_refuses_what_cannot_be(task, leader, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentProgress.objects.create(assignment=task, unit=leader, **{"text": "x", "light": "green"} | wrong)


def test_reporting_and_judging_are_logged(task, leader):
    report(task, leader)
    judge(task, "red")
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"assignment.report", "assignment.judge"}


# 30天未更新


@pytest.mark.parametrize(("days", "stale"), [(30, False), (31, True)])
def test_stale_after_thirty_days(task, leader, days, stale):
    report(task, leader, days_ago=days)
    assert line_of(task).is_stale is stale


@pytest.mark.parametrize(("days", "stale"), [(30, False), (31, True)])
def test_never_reported_is_stale_thirty_days_after_the_beginning(task, campaign, days, stale):
    campaign.starts_on = timezone.localdate() - timedelta(days=days)
    campaign.save(update_fields=["starts_on"])
    assert line_of(task).is_stale is stale


def test_judgement_is_no_report(task, leader):
    report(task, leader, days_ago=40)
    judge(task, "yellow")
    assert line_of(task).is_stale


def test_done_or_closed_is_never_stale(task, leader, campaign):
    report(task, leader, "done", days_ago=90)
    assert not line_of(task).is_stale
    report(task, leader, "green", days_ago=80)
    campaign.state = "closed"
    campaign.save(update_fields=["state"])
    assert not line_of(task).is_stale


# Who reports, who judges, who sees


@pytest.mark.parametrize("whose", ["leader", "helper"])
def test_units_of_the_task_report(client, task, request, whose):
    unit = request.getfixturevalue(whose)
    sign_in(client, unit)
    data = {"light": "yellow", "percent": "35", "text": "缺检测仪器"}
    assert client.post(url("assignment_report", 1), data).status_code == 302
    made = task.progress.get()
    assert (made.unit, made.light, made.percent, made.text) == (unit, "yellow", 35, "缺检测仪器")
    assert "王经办" in made.reported_by
    assert "缺检测仪器" in client.get(url("assignment", 1)).content.decode()


def test_office_reports_for_its_bureau(client, task, leader):
    office = make.unit("装备科", in_area=make.city(), kind="office", part_of=leader)
    sign_in(client, office)
    client.post(url("assignment_report", 1), {"light": "green", "text": "已部署"})
    assert task.progress.get().unit == leader


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.REVIEWER, Role.ADMIN])
def test_only_posts_that_hand_in_report(client, task, helper, role):
    sign_in(client, helper, role)
    assert client.post(url("assignment_report", 1), {"light": "green", "text": "x"}).status_code == 403
    assert not task.progress.exists()


def test_lead_unit_of_the_campaign_judges_but_does_not_report_for_others(client, task):
    sign_in(client, make.city_bureau())
    assert client.post(url("assignment_report", 1), {"light": "green", "text": "x"}).status_code == 403
    assert client.post(url("assignment_judge", 1), {"light": "red", "reason": "三次未报"}).status_code == 302
    assert (task.progress.get().title, task.progress.get().comment) == ("牵头单位认定：严重滞后", "三次未报")
    client.post(url("assignment_judge", 1), {"light": "units", "reason": "已补报"})
    assert not line_of(task).is_judged


def test_units_of_the_task_do_not_judge(client, task, leader):
    sign_in(client, leader)
    assert client.post(url("assignment_judge", 1), {"light": "green", "reason": "x"}).status_code == 403
    assert not task.progress.exists()


@pytest.mark.parametrize("name", ["assignment_report", "assignment_judge"])
def test_ended_campaign_takes_no_more_words(client, task, leader, campaign, name):
    campaign.state = "closed"
    campaign.save(update_fields=["state"])
    sign_in(client, leader if name == "assignment_report" else make.city_bureau())
    reply = client.post(url(name, 1), {"light": "green", "text": "x", "reason": "x"})
    assert reply.status_code == 403
    assert "专项行动未在进行" in reply.content.decode()
    assert not task.progress.exists()


@pytest.mark.parametrize(
    "holder", [lambda: make.unit("文登区应急管理局", in_area=make.county("文登区")), make.enterprise]
)
def test_strangers_see_neither_task_nor_word(client, task, leader, holder):
    report(task, leader, text="内部情况")
    sign_in(client, holder(), Role.CLERK if holder is not make.enterprise else Role.HEAD)
    assert client.get(url("assignment", 1)).status_code == 404
    shown = client.get(url("assignments")).content.decode()
    assert "内部情况" not in shown
    assert "开展高风险单元诊断" not in shown


def test_unit_sees_its_own_tasks_and_the_lead_unit_all(client, task, helper, campaign):
    Assignment.objects.create(campaign=campaign, number=2, text="另一项任务")
    sign_in(client, helper)
    assert [line.assignment.number for line in client.get(url("assignments")).context["lines"]] == [1]
    sign_in(client, make.city_bureau())
    assert [line.assignment.number for line in client.get(url("assignments")).context["lines"]] == [1, 2]


def test_draft_campaign_shows_its_tasks_to_the_lead_unit_only(client, task, helper, campaign):
    campaign.state = "draft"
    campaign.save(update_fields=["state"])
    sign_in(client, helper)
    assert client.get(url("assignment", 1)).status_code == 404
    assert client.get(url("assignments")).status_code == 404


# Bad input


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"light": "green", "text": " "}, "这个字段是必填项"),
        ({"light": "blue", "text": "x"}, "不在可用的选项中"),
        ({"light": "green", "text": "x", "percent": "101"}, "小于或等于100"),
        ({"light": "green", "text": "x", "percent": "-1"}, "大于或等于0"),
        ({"light": "done", "text": "x", "percent": "60"}, "进度应为100"),
    ],
)
def test_wrong_reports_are_said_at_their_field(client, task, leader, data, words):
    sign_in(client, leader)
    reply = client.post(url("assignment_report", 1), data)
    assert reply.status_code == 422
    assert words in reply.content.decode().replace(" ", "")
    assert not task.progress.exists()


def test_judgement_needs_a_reason(client, task):
    sign_in(client, make.city_bureau())
    assert client.post(url("assignment_judge", 1), {"light": "red"}).status_code == 422
    assert not task.progress.exists()


def test_task_with_reports_cannot_be_removed(client, task, leader):
    report(task, leader)
    sign_in(client, make.city_bureau())
    data = {"assignments-TOTAL_FORMS": 1, "assignments-INITIAL_FORMS": 1, "assignments-0-id": task.pk}
    row = {"number": 1, "text": "x", "DELETE": "on"}
    reply = client.post(url("assignments_edit"), data | {f"assignments-0-{key}": value for key, value in row.items()})
    assert "任务1已有进展报告" in reply.content.decode()
    assert Assignment.objects.filter(pk=task.pk).exists()


@pytest.mark.parametrize("removes", [True, False])
def test_task_that_another_tab_removed_meanwhile_is_no_error_of_the_portal(client, task, removes):
    sign_in(client, make.city_bureau())
    gone = task.pk
    Assignment.objects.all().delete()
    data = {"assignments-TOTAL_FORMS": 1, "assignments-INITIAL_FORMS": 1, "assignments-0-id": gone}
    row = {"number": 1, "text": "各级"} | ({"DELETE": "on"} if removes else {})
    reply = client.post(url("assignments_edit"), data | {f"assignments-0-{key}": value for key, value in row.items()})
    assert reply.status_code == (302 if removes else 200)
    assert not Assignment.objects.exists()
    if not removes:
        assert "有一行已由他人删除，请重新打开本页再改。" in reply.text


# The board


@pytest.fixture
def three(task, campaign, leader, helper):
    """1 judged red, 2 green by its lead unit, 3 unreported and stale."""
    for number in (2, 3):
        Assignment.objects.create(campaign=campaign, number=number, text=f"任务{number}")
    Assignment.objects.get(number=2).lead_units.set([helper])
    report(task, leader, "green", percent=60, text="已诊断3家")
    judge(task, "red")
    report(Assignment.objects.get(number=2), helper, "green", percent=20)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3]),
        ("?light=red", [1]),
        ("?light=green", [2]),
        ("?light=none", [3]),
        ("?light=stale", [3]),
        ("?light=spoilt", [1, 2, 3]),
    ],
)
def test_filters_by_light(client, three, query, numbers):
    sign_in(client, make.city_bureau())
    lines = client.get(url("assignments") + query).context["lines"]
    assert [line.assignment.number for line in lines] == numbers


def test_filters_by_unit_leading_or_cooperating(client, three, leader, helper):
    sign_in(client, make.city_bureau())
    for unit, numbers in ((leader, [1]), (helper, [1, 2])):
        lines = client.get(f"{url('assignments')}?unit={unit.pk}").context["lines"]
        assert [line.assignment.number for line in lines] == numbers


def test_board_says_it_in_words(client, three):
    sign_in(client, make.city_bureau())
    shown = client.get(url("assignments")).content.decode()
    for words in ("严重滞后", "牵头单位认定", "60%", "未报告", "30天未更新", "已诊断3家"):
        assert words in shown


def test_workbook_holds_what_the_filters_leave(client, three):
    sign_in(client, make.city_bureau())
    reply = client.get(url("assignments_workbook") + "?light=red")
    rows = list(load_workbook(BytesIO(b"".join(reply.streaming_content))).active.iter_rows(values_only=True))
    today = f"{timezone.localdate():%Y.%m.%d}"
    [row] = [row for row in rows if row[0] == 1]
    assert row[1] == "开展高风险单元诊断"
    assert row[4:7] == ("严重滞后", "牵头单位认定", 60)
    assert row[9] == "已诊断3家"
    assert row[7] == today
    assert not [row for row in rows if row[0] in (2, 3)]


@pytest.mark.parametrize("name", ["assignments", "assignments_workbook", "assignment"])
def test_same_queries_for_one_and_three_tasks(client, task, campaign, leader, helper, name):
    sign_in(client, make.city_bureau())
    report(task, leader)
    address = url(name, 1) if name == "assignment" else url(name)

    def asked():
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    asked()
    one = asked()
    for number in (2, 3):
        more = Assignment.objects.create(campaign=campaign, number=number, text=f"任务{number}")
        more.lead_units.set([leader, helper])
        for unit in (leader, helper):
            report(more, unit)
            report(task, unit)
        judge(more, "red")
    assert asked() == one


def test_campaigns_page_leads_to_the_board_for_who_follows_a_task(client, task, helper):
    for holder, shown in ((helper, True), (make.unit("文登区应急管理局", in_area=make.county("文登区")), False)):
        sign_in(client, holder)
        page = client.get(reverse("campaigns:campaign", args=["trade-2023"])).content.decode()
        assert (url("assignments") in page) is shown


def test_light_is_checked_by_the_model_too(task, leader):
    with pytest.raises(ValidationError):
        AssignmentProgress(assignment=task, unit=leader, text="x", light="blue", reported_by="甲").full_clean()
