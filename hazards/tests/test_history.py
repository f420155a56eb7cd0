"""What the log and the versions keep of each act: every past moment can be asked for."""

from datetime import date

import pytest

from hazards import actions
from hazards.models import Closing, Hazard, SupervisionListing
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from organizations.models import AuditEntry

pytestmark = pytest.mark.django_db

TWO = ("周执法", "郑执法")


def versions(hazard, *fields):
    events = Hazard.pgh_event_model.objects.filter(pgh_obj=hazard.pk).order_by("pgh_id")
    return list(events.values_list(*fields))


def verbs():
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def test_every_state_a_hazard_was_in_is_kept():
    hazard = ledger.requested()
    actions.recheck(hazard, by=ledger.officer(), passed=True, rechecked_on=date(2023, 6, 23), inspectors=TWO)
    actions.reopen(hazard, by=ledger.officer(), reopened_on=date(2023, 12, 1), reason="复发")
    assert versions(hazard, "state", "closed_on") == [
        ("recheck_requested", None),
        ("closed", date(2023, 6, 23)),
        ("rectifying", None),
    ]


def test_level_before_and_after_two_officers_is_kept():
    hazard = ledger.confirmed()
    actions.propose(hazard, by=ledger.officer(), kind="downgrade", reason="已分隔")
    actions.confirm(hazard, by=ledger.reviewer())
    assert versions(hazard, "level", "state") == [("major", "confirmed"), ("general", "confirmed")]


def test_closings_and_listings_keep_their_versions():
    hazard = ledger.closed()
    actions.reopen(hazard, by=ledger.officer(), reopened_on=date(2023, 12, 1), reason="复发")
    put = {"level": "government", "unit_name": "荣成市安委会", "listed_on": date(2023, 12, 2)}
    actions.put_on_list(hazard, by=ledger.clerk(), **put)
    actions.delist(hazard, by=ledger.clerk(), delisted_on=date(2023, 12, 20), reason="到位")
    closings = Closing.pgh_event_model.objects.order_by("pgh_id").values_list("reopened_on", flat=True)
    listings = SupervisionListing.pgh_event_model.objects.order_by("pgh_id").values_list("delisted_on", flat=True)
    assert list(closings) == [None, date(2023, 12, 1)]
    assert list(listings) == [None, date(2023, 12, 20)]


def test_handing_over_is_a_version_too():
    from organizations.tests import factories as make

    hazard, there = ledger.rectifying(), make.county("文登区")
    before = hazard.handled_in_id
    actions.hand_over(hazard, by=ledger.clerk(), area=there, reason="迁址")
    assert versions(hazard, "handled_in") == [(before,), (there.pk,)]


def test_each_act_is_logged_once_with_who_did_it():
    hazard = ledger.rectifying()
    actions.log_progress(hazard, by=ledger.safety(), text="设备到货")
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=date(2023, 6, 20))
    actions.sign(hazard, by=ledger.head())
    actions.sign(hazard, by=ledger.director())
    assert verbs() == ["hazard.progress", "hazard.rectified", "hazard.signed", "hazard.signed", "hazard.close"]
    last = AuditEntry.objects.order_by("id").last()
    assert (last.target_kind, last.target_id, last.ok) == ("hazards.hazard", str(hazard.pk), True)
    assert last.actor.startswith("钱总监（荣成海源食品有限公司")


def test_log_holds_no_words_of_the_people():
    hazard = ledger.rectifying()
    actions.log_progress(hazard, by=ledger.safety(), text="李四手机13800000000")
    assert "13800000000" not in str(AuditEntry.objects.get().detail)


def test_refused_act_leaves_no_trace():
    hazard = ledger.rectifying()
    with pytest.raises(MoveRefused):
        actions.close(hazard, by=ledger.head())
    assert (verbs(), hazard.moves.count(), hazard.entries.count(), len(versions(hazard, "state"))) == ([], 0, 0, 1)


def test_time_line_runs_from_the_newest_to_the_oldest():
    hazard = ledger.rectifying()
    actions.log_progress(hazard, by=ledger.safety(), text="设备到货")
    actions.report_rectified(hazard, by=ledger.safety(), rectified_on=date(2023, 6, 20))
    actions.sign(hazard, by=ledger.head())
    actions.sign(hazard, by=ledger.director())
    assert [one.title for one in hazard.time_line()] == ["已销号", "签字", "签字", "整改完成", "整改进展"]
    assert [one.tone for one in hazard.time_line()][0] == "done"
