"""What a change of rule, or a new campaign from an earlier one, would do, shown before it is done."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.actions import opening, previewing
from campaigns.models import Campaign, Deliverable, Obligation, Phase
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def soon():
    """A one-off in ten days, owed by two districts."""
    today = timezone.localdate()
    running = campaigns.campaign(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=90))
    make.unit("荣成市应急管理局")
    make.unit("文登区应急管理局", in_area=make.county("文登区"))
    due = {"recurrence": "once", "due_on": today + timedelta(days=10), "due_day": None}
    duty = campaigns.deliverable("plan", of=running, name="行动方案", **due)
    opening.open_obligations(today, by=SYSTEM)
    return duty


def moved(duty, **fields):
    for name, value in fields.items():
        setattr(duty, name, value)
    return previewing.effects(duty, scope={}, by=SYSTEM)


def test_moved_day_is_told_with_how_many_and_nothing_is_kept(soon):
    day = timezone.localdate() + timedelta(days=20)
    before = list(Obligation.objects.order_by("pk").values())
    logged = AuditEntry.objects.count()
    assert moved(soon, due_on=day) == [f"{soon.campaign.name} 行动方案：2个改为{day:%Y-%m-%d}"]
    assert list(Obligation.objects.order_by("pk").values()) == before
    assert Deliverable.objects.get(pk=soon.pk).due_on == timezone.localdate() + timedelta(days=10)
    assert AuditEntry.objects.count() == logged


def test_narrowed_scope_names_whose_duty_would_end(soon):
    wendeng = make.county("文登区")
    words = previewing.effects(soon, scope={"areas": [wendeng]}, by=SYSTEM)
    assert words == [f"{soon.campaign.name} 行动方案 荣成市应急管理局：不再应报（已不在报送范围）"]
    assert soon.areas.count() == 0


def test_wider_scope_says_how_many_would_be_opened(soon):
    make.unit("荣成市安委办", kind="committee")
    assert moved(soon, unit_kinds=["bureau", "committee"]) == [f"{soon.campaign.name} 行动方案：新开1个"]


def test_change_of_words_moves_nothing(soon):
    assert moved(soon, source="另作说明") == []


def test_new_duty_and_draft_campaign_need_no_preview(soon):
    assert previewing.effects(Deliverable(campaign=soon.campaign), scope={}, by=SYSTEM) == []
    soon.campaign.state = Campaign.State.DRAFT
    assert moved(soon, due_on=timezone.localdate() + timedelta(days=20)) == []


def test_too_many_are_only_counted(soon, monkeypatch):
    monkeypatch.setattr(previewing, "MOST", 1)
    assert moved(soon, due_on=timezone.localdate() + timedelta(days=20)) == [
        "未报送的任务有2个，数量较多，保存后在夜间按新规则逐一核对。"
    ]


def test_page_asks_before_it_moves_days(client, soon):
    client.force_login(make.member(make.city_bureau()).user)
    url = reverse("campaigns:deliverable_edit", args=[soon.campaign.code, soon.pk])
    form = client.get(url).context["form"]
    data = {name: value for name, value in form.initial.items() if value not in (None, "", [], False)}
    day = timezone.localdate() + timedelta(days=20)
    data |= {"due_on": day.isoformat()}
    shown = client.post(url, data)
    assert shown.context["effects"] == [f"{soon.campaign.name} 行动方案：2个改为{day:%Y-%m-%d}"]
    assert Deliverable.objects.get(pk=soon.pk).due_on != day
    assert client.post(url, data | {"confirmed": "yes"}).status_code == 302
    assert Deliverable.objects.get(pk=soon.pk).due_on == day


# From an earlier campaign


@pytest.fixture
def earlier():
    found = campaigns.campaign()
    Phase.objects.create(campaign=found, name="动员部署", starts_on=date(2023, 5, 1), ends_on=date(2023, 5, 31))
    campaigns.deliverable("plan", of=found, recurrence="once", due_on=date(2023, 5, 31), due_day=None, name="行动方案")
    campaigns.deliverable("table", of=found)
    return found


def copied(client, earlier, **data):
    url = reverse("campaigns:campaign_copy", args=[earlier.code])
    return client.post(url, {"name": "2024行动", "starts_on": "2024-02-01"} | data)


@pytest.fixture
def lead(client):
    client.force_login(make.member(make.city_bureau()).user)


def test_new_dates_are_shown_before_anything_is_made(client, earlier, lead):
    """May becomes February: the 31st its 29th, 2024 being a leap year; December becomes September."""
    shown = copied(client, earlier).context["dates"]
    assert shown == [
        ("开始", date(2023, 5, 1), date(2024, 2, 1)),
        ("结束", date(2023, 12, 31), date(2024, 9, 30)),
        ("阶段“动员部署”开始", date(2023, 5, 1), date(2024, 2, 1)),
        ("阶段“动员部署”结束", date(2023, 5, 31), date(2024, 2, 29)),
        ("行动方案", date(2023, 5, 31), date(2024, 2, 29)),
    ]
    assert Campaign.objects.count() == 1


def test_confirmed_copy_is_a_draft_with_just_those_dates(client, earlier, lead):
    assert copied(client, earlier, confirmed="yes").status_code == 302
    new = Campaign.objects.exclude(pk=earlier.pk).get()
    assert (new.name, new.state, new.copied_from, new.code) == ("2024行动", "draft", earlier, "emergency-202402")
    assert new.deliverables.get(code="plan").due_on == date(2024, 2, 29)
    assert new.deliverables.get(code="table").due_day == 28


def test_second_copy_of_the_month_gets_a_code_of_its_own(client, earlier, lead):
    copied(client, earlier, confirmed="yes")
    copied(client, earlier, confirmed="yes")
    codes = set(Campaign.objects.exclude(pk=earlier.pk).values_list("code", flat=True))
    assert codes == {"emergency-202402", "emergency-202402-2"}


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"starts_on": ""}, {"starts_on": "2024-02-30"}, {"starts_on": "9024-01-01"}]
)
def test_wrong_entry_makes_no_campaign(client, earlier, lead, wrong):
    reply = copied(client, earlier, confirmed="yes", **wrong)
    assert set(reply.context["form"].errors) == set(wrong)
    assert Campaign.objects.count() == 1


def test_only_the_lead_unit_copies(client, earlier):
    client.force_login(make.member(make.unit()).user)
    assert copied(client, earlier, confirmed="yes").status_code == 403
