from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.actions.opening import open_obligations
from campaigns.models import Assignment, Campaign, Deliverable, Obligation, Phase
from campaigns.tests import factories as campaigns
from campaigns.views.campaign_page import time_line
from lib.actor import Actor
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client):
    """The lead bureau's clerk, logged in."""
    post = make.member(make.city_bureau())
    client.force_login(post.user)
    return post


@pytest.fixture
def district(client):
    post = make.member(make.unit())
    client.force_login(post.user)
    return post


def get(client, name, *args, status=200):
    response = client.get(reverse(f"campaigns:{name}", args=args))
    assert response.status_code == status
    return response.content.decode()


def phases(*rows):
    """The management form and the rows of a formset."""
    data = {"phases-TOTAL_FORMS": len(rows), "phases-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"phases-{number}-{name}": value for name, value in row.items()}
    return data


FACTS = {
    "name": "重大事故隐患专项排查整治",
    "notice_number": "威应急发〔2023〕12号",
    "line": "emergency",
    "starts_on": "2023-05-01",
    "ends_on": "2023-12-31",
}


def facts(lead, **changed):
    return FACTS | {"lead_unit": lead.unit.pk, "area": lead.unit.area.pk} | changed


DUTY = {
    "name": "进展情况调度表",
    "form": "text",
    "respondent": "unit",
    "line": "emergency",
    "unit_kinds": ["bureau"],
    "area_levels": ["county", "zone"],
    "recurrence": "monthly",
    "due_day": 28,
    "policy": "as_is",
    "origin": "notice",
    "recipient_rule": "lead",
}


def test_list_shows_what_runs_and_hides_other_units_drafts(client, district):
    campaigns.campaign(name="公开的")
    campaigns.campaign("draft", name="还在拟的", state="draft")
    shown = get(client, "campaigns")
    assert "公开的" in shown
    assert "还在拟的" not in shown
    get(client, "campaign", "draft", status=404)


def test_list_takes_the_same_queries_for_one_and_three_campaigns(client, lead, django_assert_num_queries):
    campaigns.campaign()
    get(client, "campaigns")
    with CaptureQueriesContext(connection) as one:
        get(client, "campaigns")
    campaigns.campaign("second")
    campaigns.campaign("third")
    with django_assert_num_queries(len(one)):
        get(client, "campaigns")


def test_page_tells_the_notice(client, district):
    campaign = campaigns.campaign(notice_number="威应急发〔2023〕12号")
    Phase.objects.create(
        campaign=campaign, name="动员部署", starts_on="2023-05-01", ends_on="2023-05-31", wording="5月31日前"
    )
    Assignment.objects.create(campaign=campaign, number=1, text="对高风险单元进行一次诊断", responsible="有关企业")
    campaigns.deliverable()
    shown = get(client, "campaign", campaign.code)
    for words in ("威应急发〔2023〕12号", "动员部署", "（5月31日前）", "对高风险单元进行一次诊断", "每月28日前"):
        assert words in shown
    assert "应急部门（县（市、区）、功能区）" in shown
    assert "/campaigns/trade-2023/edit/" not in shown


def test_page_takes_the_same_queries_for_one_and_three_duties(client, lead, django_assert_num_queries):
    make.unit()
    campaigns.deliverable()
    open_obligations(date(2023, 6, 10), by=Actor.system())
    get(client, "campaign", "trade-2023")
    with CaptureQueriesContext(connection) as one:
        get(client, "campaign", "trade-2023")
    campaigns.deliverable("second", name="台账")
    campaigns.deliverable("third", name="总结")
    open_obligations(date(2023, 6, 10), by=Actor.system())
    with django_assert_num_queries(len(one)):
        get(client, "campaign", "trade-2023")


def test_time_line_places_overlapping_phases():
    """2023-05-01 to 2023-12-31 are 245 days; phase 2 begins on day 19, while phase 1 still runs."""
    campaign = campaigns.campaign()
    for name, first, last in [("一", "2023-05-01", "2023-05-31"), ("二", "2023-05-19", "2023-07-31")]:
        Phase.objects.create(campaign=campaign, name=name, starts_on=first, ends_on=last)
    bars, marker = time_line(campaign, date(2023, 5, 20))
    assert [(bar.x, bar.width, bar.is_now) for bar in bars] == [(0, 122, True), (73, 298, True)]
    assert marker == 78
    assert time_line(campaign, date(2024, 1, 1))[1] is None


def test_lead_officer_makes_a_campaign_with_phases(client, lead):
    rows = [
        {"name": "动员部署", "starts_on": "2023-05-01", "ends_on": "2023-05-31", "position": 1},
        {"name": "自查自改", "starts_on": "2023-05-19", "ends_on": "2023-07-31", "position": 2},
    ]
    response = client.post(reverse("campaigns:campaign_create"), facts(lead) | phases(*rows))
    made = Campaign.objects.get()
    assert response.url == f"/campaigns/{made.code}/"
    assert (made.code, made.state) == ("emergency-202305", "draft")
    assert [phase.name for phase in made.phases.all()] == ["动员部署", "自查自改"]


def test_second_campaign_of_the_month_gets_a_code_of_its_own(client, lead):
    for _ in range(2):
        client.post(reverse("campaigns:campaign_create"), facts(lead) | phases())
    assert set(Campaign.objects.values_list("code", flat=True)) == {"emergency-202305", "emergency-202305-2"}


def test_wrong_dates_are_refused_in_words(client, lead):
    response = client.post(reverse("campaigns:campaign_create"), facts(lead, ends_on="2023-04-30") | phases())
    assert "结束日期不能早于开始日期。" in response.content.decode()
    assert not Campaign.objects.exists()


def test_scope_is_kept(client, lead):
    light = make.sector("轻工")
    client.post(reverse("campaigns:campaign_create"), facts(lead, sectors=[light.pk]) | phases())
    assert list(Campaign.objects.get().sectors.all()) == [light]


def test_only_the_lead_unit_edits(client, district):
    campaign = campaigns.campaign()
    for name in ("campaign_edit", "assignments_edit", "deliverable_create"):
        assert "只有牵头单位（威海市应急管理局）可以维护" in get(client, name, campaign.code, status=403)
    assert client.post(reverse("reports:close", args=[campaign.code])).status_code == 403


@pytest.mark.parametrize("role", [Role.HEAD, Role.DIRECTOR, Role.SAFETY])
def test_firms_make_no_campaigns(client, role):
    client.force_login(make.member(make.enterprise(), role).user)
    get(client, "campaign_create", status=403)
    assert client.post(reverse("campaigns:campaign_create"), {"code": "x"}).status_code == 403
    assert not Campaign.objects.exists()


def test_lead_officer_adds_and_changes_a_duty(client, lead):
    campaign = campaigns.campaign()
    client.post(reverse("campaigns:deliverable_create", args=[campaign.code]), DUTY)
    duty = Deliverable.objects.get()
    assert (duty.code, duty.due_day, duty.unit_kinds) == ("d1", 28, ["bureau"])
    client.post(reverse("campaigns:deliverable_edit", args=[campaign.code, duty.pk]), DUTY | {"due_day": 25})
    duty.refresh_from_db()
    assert duty.due_day == 25


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"recurrence": "once"}, "一次性事项须填写截止日期"),
        ({"due_day": 32}, "截止日应为1至31。"),
        ({"recipient_rule": "named"}, "请选择接收单位，或改选其他报送规则。"),
    ],
)
def test_duty_that_cannot_fall_due_is_refused(client, lead, changed, words):
    campaign = campaigns.campaign()
    response = client.post(reverse("campaigns:deliverable_create", args=[campaign.code]), DUTY | changed)
    assert words in response.content.decode()
    assert not Deliverable.objects.exists()


def test_lead_officer_keeps_the_tasks(client, lead):
    campaign = campaigns.campaign()
    url = reverse("campaigns:assignments_edit", args=[campaign.code])
    data = {"assignments-TOTAL_FORMS": 1, "assignments-INITIAL_FORMS": 0}
    row = {"number": 1, "text": "开展月度评估", "responsible": "市安委办", "lead_units": [lead.unit.pk]}
    client.post(url, data | {f"assignments-0-{name}": value for name, value in row.items()})
    task = Assignment.objects.get()
    assert (task.text, list(task.lead_units.all())) == ("开展月度评估", [lead.unit])
    gone = {"assignments-INITIAL_FORMS": 1, "assignments-0-id": task.pk, "assignments-0-DELETE": "on"}
    client.post(url, data | {f"assignments-0-{name}": value for name, value in row.items()} | gone)
    assert not Assignment.objects.exists()


def test_starting_a_draft_opens_what_is_owed(client, lead, django_capture_on_commit_callbacks):
    make.unit()
    today = date.today()  # noqa: DTZ011  # a campaign of this very year
    campaign = campaigns.campaign(
        "now", state="draft", starts_on=date(today.year, 1, 1), ends_on=date(today.year, 12, 31)
    )
    campaigns.deliverable(of=campaign, due_day=None)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("campaigns:campaign_start", args=["now"]))
    campaign.refresh_from_db()
    assert campaign.state == "running"
    assert Obligation.objects.exists()


def test_closing_leaves_the_unanswered_as_missing(client, lead):
    owed = campaigns.obligation()
    response = client.post(reverse("reports:close", args=["trade-2023"]), follow=True)
    assert "1项记入遗留清单" in response.content.decode()
    owed.refresh_from_db()
    assert owed.state == "missing"
    again = client.post(reverse("reports:close", args=["trade-2023"]), follow=True)
    assert "已经是“已结束”" in again.content.decode()
