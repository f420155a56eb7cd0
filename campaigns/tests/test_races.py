"""Two people at the same moment on the real database, each in a transaction of his own: one of them is told."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.actions import adjusting, editing, submissions
from campaigns.actions.opening import open_obligations
from campaigns.models import Campaign, Extension, Objection, Obligation, Submission
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from lib.transitions import MoveRefused
from notifications.models import Message
from organizations.models import AuditEntry
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Started together, each on a connection of its own; what they returned or raised."""
    start, results = Barrier(len(acts)), [None] * len(acts)

    def run(position, act):
        start.wait()
        try:
            results[position] = act()
        except Exception as refusal:
            results[position] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def refusals(results):
    """How many were told no; anything but a MoveRefused fails the test."""
    failed = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, MoveRefused) for one in failed), failed
    return len(failed)


def fresh(model):
    return model.objects.get()


@pytest.fixture
def owed():
    return campaigns.obligation()


@pytest.fixture
def people(owed):
    return make.actor(owed.unit), make.actor(make.city_bureau(), name="甲"), make.actor(make.city_bureau(), name="乙")


def test_of_accepting_and_turning_down_at_once_one_holds(owed, people):
    clerk, one, other = people
    submissions.hand_in(owed, by=clerk, text="六月情况")
    results = at_once(
        lambda: submissions.accept(fresh(Submission), by=one),
        lambda: submissions.void(fresh(Submission), by=other, reason="空白文件"),
    )
    assert refusals(results) == 1
    found, row = fresh(Submission), fresh(Obligation)
    expected = {"accepted": ("fulfilled", True, True), "void": ("open", False, False)}
    assert (row.state, row.handed_in_at is not None, row.accepted_at is not None) == expected[found.state]
    assert found.moves.count() == 2


def test_of_waiving_and_handing_in_at_once_one_is_told(owed, people):
    """Never a version waiting for review on a duty nobody owes."""
    clerk, officer, _ = people
    results = at_once(
        lambda: adjusting.waive(fresh(Obligation), reason="该区无此类企业", by=officer),
        lambda: submissions.hand_in(fresh(Obligation), by=clerk, text="六月情况"),
    )
    assert refusals(results) == 1
    waiting = Submission.objects.awaiting_review().count()
    assert (fresh(Obligation).state, waiting) in [("waived", 0), ("open", 1)]


def test_hand_in_while_the_campaign_closes_is_neither_lost_nor_missing_and_answered(owed, people):
    clerk = people[0]
    results = at_once(
        lambda: editing.close(fresh(Campaign), by=Actor.system()),
        lambda: submissions.hand_in(fresh(Obligation), by=clerk, text="六月情况"),
    )
    assert refusals(results) == 0
    row = fresh(Obligation)
    assert row.handed_in_at is not None
    assert row.state in ("open", "missing")
    accepted = submissions.accept(fresh(Submission), by=people[1])
    accepted.obligation.refresh_from_db()
    assert accepted.obligation.state == "fulfilled"


def test_two_clerks_who_close_at_once_close_once(owed):
    results = at_once(*[lambda: editing.close(fresh(Campaign), by=Actor.system())] * 2)
    assert refusals(results) == 1
    assert AuditEntry.objects.filter(verb="campaign.closed").count() == 1
    assert fresh(Obligation).state == "missing"


def test_two_nightly_runs_at_once_open_everything_once():
    from datetime import date

    make.city_bureau()
    for name in ("荣成市应急管理局", "文登区应急管理局", "乳山市应急管理局"):
        make.unit(name, in_area=make.county(name[:3]))
    campaigns.deliverable()
    day = date(2023, 6, 10)
    results = at_once(*[lambda: open_obligations(day, by=Actor.system()).words()] * 2)
    rest = open_obligations(day, by=Actor.system()).words()
    assert not [one for one in results if isinstance(one, Exception)], results
    assert sum(len(one) for one in results) + len(rest) == 2  # May's and June's line, by whichever run
    assert Obligation.objects.count() == 6


def test_two_people_writing_one_draft_make_one(owed):
    clerks = [make.actor(owed.unit, name=name) for name in ("甲", "乙")]
    results = at_once(
        *[
            lambda clerk=clerk, text=text: submissions.save_draft(fresh(Obligation), by=clerk, text=text).pk
            for clerk, text in zip(clerks, ("甲写的", "乙写的"), strict=True)
        ]
    )
    assert refusals(results) == 0
    assert len(set(results)) == 1
    assert fresh(Submission).text in ("甲写的", "乙写的")


# Two officers deciding at once about the same request: one answer stands, the other officer is told


def test_of_granting_and_refusing_at_once_one_answer_stands(owed, people):
    """The day moves only if the answer that stands is 同意; the respondent is told one answer."""
    clerk, one, other = people
    until = timezone.now() + timedelta(days=30)
    adjusting.ask_extension(owed, until=until, reason="停电三天", by=clerk)
    results = at_once(
        lambda: adjusting.grant_extension(fresh(Extension), by=one),
        lambda: adjusting.refuse_extension(fresh(Extension), answer="请按期报送", by=other),
    )
    assert refusals(results) == 1
    answered, row = fresh(Extension), fresh(Obligation)
    assert row.due_at == (until if answered.state == "granted" else row.original_due_at)
    assert AuditEntry.objects.filter(verb__in=["extension.granted", "extension.refused"]).count() == 1
    assert AuditEntry.objects.filter(verb="obligation.set_due").count() == (answered.state == "granted")
    assert Message.objects.filter(unit=owed.unit).count() == 1


def test_of_two_answers_to_an_objection_at_once_one_stands(owed, people):
    clerk, one, other = people
    submissions.hand_in(owed, by=clerk, text="六月情况")
    adjusting.object_to_late(fresh(Obligation), text="系统故障", by=clerk)
    results = at_once(
        lambda: adjusting.answer_objection(fresh(Objection), upheld=True, answer="情况属实", by=one),
        lambda: adjusting.answer_objection(fresh(Objection), upheld=False, answer="系统当日正常", by=other),
    )
    assert refusals(results) == 1
    assert fresh(Obligation).late_excused == (fresh(Objection).state == "upheld")
    assert AuditEntry.objects.filter(verb__in=["objection.upheld", "objection.rejected"]).count() == 1


def test_of_two_officers_accepting_at_once_one_is_told(owed, people):
    clerk, one, other = people
    submissions.hand_in(owed, by=clerk, text="六月情况")
    results = at_once(
        lambda: submissions.accept(fresh(Submission), by=one), lambda: submissions.accept(fresh(Submission), by=other)
    )
    assert refusals(results) == 1
    assert (fresh(Submission).state, fresh(Obligation).state) == ("accepted", "fulfilled")
    assert fresh(Submission).moves.filter(to_state="accepted").count() == 1


def test_of_waiving_and_extending_at_once_the_duty_is_waived_or_both_hold(owed, people):
    """Extended first, it may still be waived; waived first, nobody moves its day any more."""
    _, one, other = people
    until = timezone.now() + timedelta(days=30)
    results = at_once(
        lambda: adjusting.waive(fresh(Obligation), reason="无此类企业", by=one),
        lambda: adjusting.set_due(fresh(Obligation), due_at=until, reason="台风", by=other),
    )
    row = fresh(Obligation)
    assert row.state == "waived"
    assert row.due_at == (row.original_due_at if refusals(results) else until)
