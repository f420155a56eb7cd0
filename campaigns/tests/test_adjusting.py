"""The receiving officer moves or confirms a day, or waives; and what the database itself refuses."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.actions import adjusting, submissions
from campaigns.models import Obligation, Submission
from campaigns.tests import factories as campaigns
from lib.transitions import MoveRefused
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
DUE = campaigns.JUNE_28
SECOND = timedelta(seconds=1)


def shanghai(text):
    return datetime.fromisoformat(f"2023-{text}+08:00")


@pytest.fixture
def clock(monkeypatch):
    """Sets what time it is."""

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(shanghai("06-27T09:00"))
    return at


@pytest.fixture
def owed(clock):
    return campaigns.obligation()


@pytest.fixture
def clerk(owed):
    return make.actor(owed.unit)


@pytest.fixture
def officer(owed):
    return make.actor(make.city_bureau(), name="赵审核")


def hand_in(owed, clerk, **fields):
    return submissions.hand_in(owed, by=clerk, **{"text": "六月情况", **fields})


def standing(owed, moment=None):
    rows = Obligation.objects.with_standing(moment or timezone.now())
    return rows.get(pk=owed.pk).standing


# What the receiving officer decides about the day


def test_extension_makes_late_on_time_and_keeps_the_original(owed, clerk, officer, clock):
    adjusting.set_due(owed, due_at=DUE + timedelta(days=5), reason="台风停电", by=officer)
    clock(DUE + timedelta(days=3))
    hand_in(owed, clerk)
    assert standing(owed) == "on_time"
    owed.refresh_from_db()
    assert (owed.original_due_at, owed.moved_from) == (DUE, DUE)
    entry = AuditEntry.objects.get(verb="obligation.set_due")
    assert entry.detail["reason"] == "台风停电"
    assert (entry.detail["before"], entry.detail["after"]) == (str(DUE), str(DUE + timedelta(days=5)))


def test_day_that_was_not_moved_has_no_other(owed):
    assert owed.moved_from is None


def test_confirmed_day_of_one_opened_late_counts_from_then(owed, officer):
    Obligation.objects.update(late_to_open=True)
    assert standing(owed, DUE + SECOND) == "unconfirmed"
    adjusting.set_due(owed, due_at=DUE + timedelta(days=2), reason="生成时已过期", by=officer)
    assert standing(owed, DUE + timedelta(days=1)) == "pending"
    assert standing(owed, DUE + timedelta(days=3)) == "missing"


@pytest.mark.parametrize("state", ["missing", "waived", "ended", "superseded"])
def test_day_of_what_is_over_is_not_moved(owed, officer, state):
    Obligation.objects.update(state=state)
    label = Obligation.State(state).label
    with pytest.raises(MoveRefused, match=f"该任务{label}，不能再调整时限。"):
        adjusting.set_due(owed, due_at=DUE + timedelta(days=5), reason="延期", by=officer)


def test_waived_leaves_every_denominator(owed, officer):
    adjusting.waive(owed, reason="该区无此类企业", by=officer)
    assert standing(owed, DUE + SECOND) == "waived"
    assert list(Obligation.objects.asked()) == []
    with pytest.raises(MoveRefused, match="已经是“免报”"):
        adjusting.waive(owed, reason="再来一次", by=officer)


@pytest.mark.parametrize("reason", ["", "  "])
def test_waiver_and_extension_need_a_reason(owed, officer, reason):
    with pytest.raises(MoveRefused, match="请写明免报的理由"):
        adjusting.waive(owed, reason=reason, by=officer)
    with pytest.raises(MoveRefused, match="请写明调整时限的理由"):
        adjusting.set_due(owed, due_at=DUE + timedelta(days=1), reason=reason, by=officer)
    owed.refresh_from_db()
    assert (owed.state, owed.due_at) == ("open", DUE)


def test_long_reason_is_cut_for_the_row_and_whole_in_the_log(owed, officer):
    adjusting.waive(owed, reason="因" * 500, by=officer)
    owed.refresh_from_db()
    assert len(owed.ended_reason) == 200
    assert AuditEntry.objects.get(verb="obligation.waived").detail["comment"] == "因" * 500


def test_what_waits_for_review_is_not_waived(owed, clerk, officer):
    """The version would hang in the air: neither accepted nor returned can it be on a duty nobody owes."""
    handed = hand_in(owed, clerk)
    with pytest.raises(MoveRefused, match="有待审核的报送件，请先审核。"):
        adjusting.waive(owed, reason="该区无此类企业", by=officer)
    submissions.return_submission(handed, by=officer, reason="不需报")
    assert adjusting.waive(owed, reason="该区无此类企业", by=officer).state == "waived"


def test_set_due_reads_the_row_as_it_is(owed, officer):
    """Somebody waived it meanwhile: the old copy in the other officer's hands does not bring it back."""
    stale = Obligation.objects.get(pk=owed.pk)
    adjusting.waive(owed, reason="该区无此类企业", by=officer)
    with pytest.raises(MoveRefused, match="免报"):
        adjusting.set_due(stale, due_at=DUE + timedelta(days=5), reason="延期", by=officer)


# What the database itself refuses


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"state": "fulfilled"}, "fulfilled_was_handed_in"),
        ({"unit": None}, "obligation_one_respondent"),
    ],
)
def test_obligation_that_cannot_be_is_refused(owed, fields, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Obligation.objects.filter(pk=owed.pk).update(**fields)


def test_same_duty_twice_is_refused_also_for_units_alone(owed):
    """unit and no enterprise: an ordinary unique constraint would let NULLs pass."""
    with pytest.raises(IntegrityError, match="obligation_once"), transaction.atomic():
        campaigns.obligation(of=owed.deliverable)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"state": "submitted"}, "handed_in_has_time"),
        ({"state": "returned", "submitted_at": DUE}, "return_has_reason"),
        ({"state": "void", "submitted_at": DUE, "reason": ""}, "return_has_reason"),
    ],
)
def test_version_that_cannot_be_is_refused(owed, fields, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Submission.objects.create(obligation=owed, number=1, **fields)


def test_two_current_versions_are_refused(owed):
    Submission.objects.create(obligation=owed, number=1)
    with pytest.raises(IntegrityError, match="one_current_submission"), transaction.atomic():
        Submission.objects.create(obligation=owed, number=2)
