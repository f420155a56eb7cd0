"""A campaign closes: who is past the day stays behind as missing, what is not due yet is asked of nobody."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.actions import editing, submissions
from campaigns.actions.opening import open_obligations
from campaigns.models import Campaign, Obligation
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from lib.transitions import MoveRefused
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def now(monkeypatch):
    """Noon of 2023-06-28 in Shanghai; the day is not over yet."""
    moment = campaigns.JUNE_28 - timedelta(hours=12)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def due(day, period, **fields):
    at = datetime.fromisoformat(f"2023-{day}T23:59:59.999999+08:00")
    return campaigns.obligation(period=period, due_at=at, original_due_at=at, **fields)


def closed(campaign=None):
    return editing.close(campaign or Campaign.objects.get(), by=SYSTEM)


def states():
    return dict(Obligation.objects.order_by("period").values_list("period", "state"))


def test_past_ones_are_missing_and_those_ahead_just_end(now):
    due("05-28", "2023-05")
    due("06-28", "2023-06")
    due("07-28", "2023-07")
    assert closed() == 1
    assert states() == {"2023-05": "missing", "2023-06": "ended", "2023-07": "ended"}
    assert set(Obligation.objects.values_list("period", "ended_reason")) == {
        ("2023-05", "专项行动于2023-06-28结束，未报"),
        ("2023-06", "专项行动于2023-06-28结束，不再报送"),
        ("2023-07", "专项行动于2023-06-28结束，不再报送"),
    }


def test_moment_of_the_due_time_decides(now):
    due("05-28", "2023-05")
    Obligation.objects.update(due_at=now)
    assert closed() == 0
    Campaign.objects.update(state="running")
    Obligation.objects.update(state="open", due_at=now - timedelta(microseconds=1))
    assert closed() == 1


def test_extended_day_decides_not_the_original(now):
    owed = due("05-28", "2023-05")
    Obligation.objects.filter(pk=owed.pk).update(due_at=campaigns.JUNE_28)
    assert closed() == 0
    assert states() == {"2023-05": "ended"}


def test_what_need_not_be_answered_is_not_missing(now):
    """鼓励开展、视情报送."""
    due("05-28", "2023-05", of=campaigns.deliverable(optional=True))
    assert closed() == 0
    assert states() == {"2023-05": "ended"}


def test_duty_without_a_day_ends(now):
    campaigns.obligation(due_at=None, original_due_at=None, nominal_on=None)
    assert closed() == 0
    assert states() == {"2023-06": "ended"}


def test_what_was_due_before_it_was_opened_is_missing(now):
    due("05-28", "2023-05", late_to_open=True)
    assert closed() == 1


@pytest.mark.parametrize("state", ["waived", "superseded", "ended"])
def test_what_had_ended_stays_as_it_was(now, state):
    due("05-28", "2023-05", state=state, ended_reason="该区无此类企业")
    assert closed() == 0
    assert list(Obligation.objects.values_list("state", "ended_reason")) == [(state, "该区无此类企业")]


def test_what_has_come_in_may_still_be_accepted_after_the_end(now):
    owed = due("05-28", "2023-05")
    handed = submissions.hand_in(owed, by=make.actor(owed.unit), text="五月情况")
    assert closed() == 0
    submissions.accept(handed, by=make.actor(make.city_bureau()))
    assert states() == {"2023-05": "fulfilled"}


def test_other_campaigns_go_on(now):
    due("05-28", "2023-05")
    other = campaigns.deliverable("mines", of=campaigns.campaign("mines-2023"))
    due("05-25", "2023-05", of=other)
    assert closed(Campaign.objects.get(code="trade-2023")) == 1
    assert list(other.obligations.values_list("state", flat=True)) == ["open"]


def test_closing_twice_is_refused_and_changes_nothing(now):
    due("05-28", "2023-05")
    closed()
    with pytest.raises(MoveRefused, match="已经是“已结束”"):
        closed()
    assert AuditEntry.objects.filter(verb="campaign.closed").count() == 1


def test_draft_cannot_be_closed(now):
    campaigns.campaign(state="draft")
    with pytest.raises(MoveRefused, match="现为“拟定中”，不能改为“已结束”"):
        closed()


def test_batches_leave_nobody_out(now, monkeypatch):
    monkeypatch.setattr(editing, "BATCH", 2)
    for number in range(5):
        due("05-28", f"2023-W{number + 10}")
    assert closed() == 5
    assert AuditEntry.objects.filter(verb="obligation.missing").count() == 3


def test_reopened_campaign_asks_again_for_what_lies_ahead(now):
    """Started again by mistake's other hand: what ended with it begins again, what was missing stays missing."""
    make.unit()
    campaigns.deliverable()
    open_obligations(timezone.localdate(), by=SYSTEM)
    # 06-28 itself is not over at noon
    assert closed() == 1
    assert states() == {"2023-05": "missing", "2023-06": "ended", "2023-07": "ended"}
    editing.start(Campaign.objects.get(), by=SYSTEM)
    open_obligations(timezone.localdate(), by=SYSTEM)
    assert states() == {"2023-05": "missing", "2023-06": "open", "2023-07": "open"}
    assert set(Obligation.objects.exclude(state="missing").values_list("ended_reason", flat=True)) == {""}
