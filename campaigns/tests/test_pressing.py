"""督办函 and 约谈通知 from a slow unit's row: what they say, who may have them made; none goes out by itself."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.actions import letters, pressing
from campaigns.letters import paper
from campaigns.models import Letter, Obligation
from campaigns.tests import factories as campaigns
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
JULY_28 = datetime(2023, 7, 28, 15, 59, 59, tzinfo=UTC)


@pytest.fixture
def missing():
    """Rongcheng's June 调度表, never handed in."""
    return campaigns.obligation()


@pytest.fixture
def late(missing):
    """Its July one, due on 28 July, came on 1 August."""
    came = datetime(2023, 8, 1, 1, tzinfo=UTC)
    stamps = {"due_at": JULY_28, "original_due_at": JULY_28, "nominal_on": date(2023, 7, 28)}
    return campaigns.obligation(missing.unit, period="2023-07", handed_in_at=came, **stamps)


@pytest.fixture
def clerk():
    return make.actor(make.city_bureau())


def press(owed, by, kind="supervision"):
    return pressing.press(owed.deliverable.campaign, to=owed.unit, kind=kind, by=by)


def tap(client, owed, kind="supervision"):
    return client.post(reverse("campaigns:press", args=["trade-2023", owed.unit_id]), {"kind": kind})


def sign_in(client, holder, role=Role.CLERK):
    client.force_login(make.member(holder, role).user)


# What it says


def test_lines_name_what_is_missing_and_what_came_late_with_dates(missing, late, clerk):
    assert paper(press(missing, clerk)).paragraphs[1:3] == [
        "1. 2023年6月 调度表，应于2023年6月28日报送，至今未报送；",
        "2. 2023年7月 调度表，应于2023年7月28日报送，2023年8月1日才报送。",
    ]


@pytest.mark.parametrize(
    ("kind", "title"), [("supervision", "关于限期办理逾期事项的督办函"), ("talk", "关于约谈的通知")]
)
def test_draft_is_of_its_kind_from_the_lead_unit(missing, clerk, kind, title):
    draft = press(missing, clerk, kind)
    assert (draft.kind, draft.title, draft.state) == (kind, title, "draft")
    assert (draft.from_unit, draft.unit) == (make.city_bureau(), missing.unit)
    assert "冶金等工贸行业重大事故隐患专项排查整治2023行动" in draft.body
    assert AuditEntry.objects.filter(verb="letter.prepare").count() == 1


def test_other_campaigns_and_units_are_not_spoken_of(missing, clerk):
    other = campaigns.deliverable(of=campaigns.campaign("other-2023", name="另一个行动"), name="月报")
    campaigns.obligation(missing.unit, of=other)
    campaigns.obligation(make.unit("文登区应急管理局", in_area=make.county("文登区")), of=missing.deliverable)
    assert list(press(missing, clerk).obligations.all()) == [missing]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "waived"},
        {"late_to_open": True},
        {"due_at": datetime(2100, 1, 1, tzinfo=UTC)},
        {"handed_in_at": datetime(2023, 6, 28, 10, tzinfo=UTC)},
        {"handed_in_at": datetime(2023, 6, 29, 10, tzinfo=UTC), "late_excused": True},
    ],
)
def test_nothing_missing_or_late_makes_no_letter(missing, clerk, change):
    Obligation.objects.update(**change)
    with pytest.raises(MoveRefused, match="没有缺报或迟报"):
        press(missing, clerk)
    assert not Letter.objects.exists()


def test_missed_for_good_after_the_campaign_closed_is_still_spoken_of(missing, clerk):
    Obligation.objects.update(state="missing")
    assert "至今未报送" in paper(press(missing, clerk)).paragraphs[1]


# Once a day


def test_second_tap_of_the_day_finds_the_same_draft_with_the_clerks_words(missing, clerk):
    first = press(missing, clerk)
    letters.edit(first, number="", title="我的标题", body="甲：\n乙", by=clerk)
    again = press(missing, clerk)
    assert (again.pk, again.title) == (first.pk, "我的标题")
    assert press(missing, clerk, "talk").pk != first.pk


def test_next_day_makes_another(missing, clerk):
    first = press(missing, clerk)
    Letter.objects.update(key=first.key.replace(str(timezone.localdate()), "2023-07-01"))
    assert press(missing, clerk).pk != first.pk


@pytest.mark.parametrize(("state", "words"), [("withdrawn", "已撤回"), ("released", "已发出")])
def test_what_is_done_today_is_not_made_again(missing, clerk, state, words):
    press(missing, clerk)
    Letter.objects.update(state=state, released_at=timezone.now())
    with pytest.raises(MoveRefused, match=words):
        press(missing, clerk)


# On its way out


def test_nothing_is_sent_before_release(missing, clerk):
    draft = press(missing, clerk)
    assert not Message.objects.exists()
    letters.release(draft, by=clerk)
    assert "发来督办函" in Message.objects.get(unit=missing.unit).title


def test_released_lines_stay_when_it_is_handed_in_later(missing, clerk):
    draft = press(missing, clerk)
    letters.release(draft, by=clerk)
    Obligation.objects.update(handed_in_at=timezone.now())
    assert "至今未报送" in paper(Letter.objects.get()).paragraphs[1]


def test_handed_in_meanwhile_the_draft_says_when_and_stays(missing, clerk):
    draft = press(missing, clerk)
    Obligation.objects.update(handed_in_at=datetime(2023, 7, 3, 1, tzinfo=UTC))
    letters.withdraw_settled(timezone.now(), by=clerk)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert paper(draft).paragraphs[1].endswith("2023年7月3日才报送。")
    assert draft in Letter.objects.drafts().with_cause(timezone.now())


def test_excused_meanwhile_it_cannot_be_released(missing, clerk):
    draft = press(missing, clerk)
    Obligation.objects.update(state="waived")
    with pytest.raises(MoveRefused, match="请撤回"):
        letters.release(draft, by=clerk)


def test_talk_goes_out_only_with_its_time_and_place(missing, clerk):
    draft = press(missing, clerk, "talk")
    with pytest.raises(MoveRefused, match="约谈对象、时间和地点"):
        letters.release(draft, by=clerk)
    letters.edit(draft, number="", title=draft.title, body="决定约谈：\n约谈时间：7月3日9时", by=clerk)
    assert letters.release(draft, by=clerk).state == "released"


def test_urging_letter_comes_beside_it(missing, clerk):
    """A 督办函 does not stand in for the 催办函 of the sweep."""
    press(missing, clerk)
    assert letters.sweep(datetime(2023, 7, 5, 1, tzinfo=UTC), by=clerk) == 1
    assert sorted(Letter.objects.values_list("kind", flat=True)) == ["supervision", "urging"]


# Who, and the pages


@pytest.mark.parametrize("kind", ["supervision", "talk"])
def test_one_tap_leads_to_the_drafts_edit_page(client, missing, kind):
    sign_in(client, make.city_bureau())
    reply = tap(client, missing, kind)
    assert reply.url == reverse("campaigns:letter_edit", args=[Letter.objects.get(kind=kind).pk])
    assert client.get(reply.url).status_code == 200


@pytest.mark.parametrize(
    ("holder", "role", "status"),
    [
        (make.city_bureau, Role.DEPUTY, 403),
        (make.city_bureau, Role.REVIEWER, 403),
        (make.unit, Role.CLERK, 403),
        (make.enterprise, Role.HEAD, 403),
    ],
)
def test_only_the_lead_units_clerk_taps(client, missing, holder, role, status):
    sign_in(client, holder(), role)
    assert tap(client, missing).status_code == status
    assert not Letter.objects.exists()


def test_unit_that_owes_nothing_in_the_campaign_is_not_found(client, missing):
    sign_in(client, make.city_bureau())
    stranger = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    reply = client.post(reverse("campaigns:press", args=["trade-2023", stranger.pk]), {"kind": "talk"})
    assert reply.status_code == 404


@pytest.mark.parametrize("kind", ["", "urging", "xyz"])
def test_other_kinds_are_refused(client, missing, kind):
    sign_in(client, make.city_bureau())
    assert tap(client, missing, kind).status_code == 400
    assert client.get(reverse("campaigns:press", args=["trade-2023", missing.unit_id])).status_code == 405
    assert not Letter.objects.exists()


def test_refusal_is_said_on_the_board(client, missing):
    sign_in(client, make.city_bureau())
    Obligation.objects.update(state="waived")
    reply = client.post(reverse("campaigns:press", args=["trade-2023", missing.unit_id]), {"kind": "talk"}, follow=True)
    assert "没有缺报或迟报的事项" in reply.content.decode()


def pages(unit):
    return [
        reverse("campaigns:grid", args=["trade-2023"]),
        reverse("campaigns:ranking", args=["trade-2023"]),
        reverse("campaigns:unit", args=[unit.pk]),
    ]


def test_buttons_stand_at_slow_units_for_the_lead_units_clerk(client, late):
    Obligation.objects.filter(pk=late.pk).update(accepted_at=timezone.now(), state="fulfilled")
    sign_in(client, make.city_bureau())
    for url in pages(late.unit):
        assert client.get(url).content.decode().count("拟督办函</button>") == 1, url
    sign_in(client, late.unit)
    for url in pages(late.unit):
        assert "拟督办函" not in client.get(url).content.decode(), url


def test_punctual_unit_has_no_buttons(client, missing):
    stamp = datetime(2023, 6, 20, tzinfo=UTC)
    Obligation.objects.update(handed_in_at=stamp, accepted_at=stamp, state="fulfilled")
    sign_in(client, make.city_bureau())
    for url in pages(missing.unit):
        assert "拟督办函</button>" not in client.get(url).content.decode(), url
