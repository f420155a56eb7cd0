"""What the database itself refuses, whoever writes: rows are changed here behind the actions' back."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from hazards.models import Hazard, Reconsideration
from hazards.tests import factories as ledger
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def refused_by(rule, hazard, **values):
    """The database names the constraint that refused the change."""
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Hazard.objects.filter(pk=hazard.pk).update(**values)
    return True


@pytest.mark.parametrize("one", ["responsible", "measures", "funds", "deadline_on", "emergency_plan", "planned_on"])
def test_major_rectifies_only_with_each_of_the_five(one):
    hazard = ledger.confirmed(**{"planned_on": date(2023, 6, 8)} | ledger.PLAN)
    empty = None if one in ("funds", "deadline_on", "planned_on") else ""
    Hazard.objects.filter(pk=hazard.pk).update(**{one: empty})
    assert refused_by("major_rectifies_by_plan", hazard, state="rectifying")


def test_major_rectifies_only_after_judging():
    hazard = ledger.proposed_major(planned_on=date(2023, 6, 8), **ledger.PLAN)
    assert refused_by("major_is_judged_by_a_clause", hazard, state="rectifying")


@pytest.mark.parametrize("values", [{"clause": ""}, {"standard": None}, {"judged_on": None}, {"judged_by": ""}])
def test_judged_major_keeps_its_clause(values):
    assert refused_by("major_is_judged_by_a_clause", ledger.confirmed(), **values)


@pytest.mark.parametrize("values", [{"signed_head": ""}, {"signed_director": ""}])
def test_major_closes_only_on_two_signatures(values):
    assert refused_by(
        "major_closes_on_two_signatures", ledger.signed(), state="closed", closed_on=date(2023, 6, 22), **values
    )


@pytest.mark.parametrize(
    "values", [{"found_by": "department"}, {"found_by": "reported"}, {"listed": True}, {"stopped": True}]
)
def test_department_found_listed_or_stopped_major_closes_only_on_recheck(values):
    assert refused_by(
        "found_by_department_closes_on_recheck",
        ledger.signed(),
        state="closed",
        closed_on=date(2023, 6, 22),
        **values,
    )


def test_recheck_without_its_date_does_not_close():
    assert refused_by(
        "found_by_department_closes_on_recheck",
        ledger.requested(),
        state="closed",
        closed_on=date(2023, 6, 22),
        rechecked_by="周执法、郑执法",
    )


def test_recheck_by_one_officer_is_refused():
    assert refused_by("rechecked_by_two_officers", ledger.requested(), rechecked_by="周执法")


def test_one_name_does_not_sign_for_two():
    assert refused_by("two_signers_are_two_people", ledger.signed(), signed_director="赵总")


def test_closed_has_a_date_and_only_closed_has_one():
    assert refused_by("closed_has_date", ledger.closed(), closed_on=None)
    assert refused_by("only_closed_has_date", ledger.closed(), state="rectifying")


@pytest.mark.parametrize(
    "values",
    [
        {"judged_on": date(2023, 6, 5)},
        {"deadline_on": date(2023, 6, 5)},
        {"rectified_on": date(2023, 6, 5)},
        {"recheck_requested_on": date(2023, 6, 19)},
        {"rechecked_on": date(2023, 6, 20)},
    ],
)
def test_dates_follow_one_another(values):
    assert refused_by("hazard_dates_in_order", ledger.requested(), **values)


def test_checked_after_closing():
    assert refused_by("hazard_dates_in_order", ledger.closed(), checked_on=date(2023, 6, 21))


def test_closed_after_found():
    assert refused_by("closed_after_found|hazard_dates_in_order", ledger.closed(), closed_on=date(2023, 6, 5))


def test_dismissed_by_two_officers_with_a_reason():
    hazard = ledger.dismissed()
    assert refused_by("dismissed_by_two_officers", hazard, overruled_with=hazard.overruled_by)
    assert refused_by("dismissed_by_two_officers", hazard, overruled_with=None)
    assert refused_by("dismissed_by_two_officers", hazard, overruled_reason="")


def test_judged_major_is_not_made_general_by_the_way():
    assert refused_by("downgraded_by_two_officers", ledger.rectifying(), level="general")


def test_imported_history_is_stored_as_it_came():
    hazard = ledger.hazard(imported=True, level="major", state="closed", closed_on=date(2023, 6, 1))
    assert hazard.closed_on < hazard.found_on


def test_numbers_are_given_once():
    first = ledger.hazard()
    with pytest.raises(IntegrityError, match="number"), transaction.atomic():
        ledger.hazard(number=first.number)


def test_two_valid_signatures_are_of_two_roles_people_and_names():
    hazard = ledger.rectifying()
    user = make.user()
    hazard.signatures.create(role="head", name="赵总", user=user, method="password")
    for rule, values in [
        ("one_valid_signature_per_role", {"role": "head", "name": "钱总监", "user": make.user()}),
        ("two_different_signers", {"role": "director", "name": "钱总监", "user": user}),
        ("two_different_names", {"role": "director", "name": "赵总", "user": make.user()}),
    ]:
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            hazard.signatures.create(method="password", **values)


def test_password_is_of_somebody():
    with pytest.raises(IntegrityError, match="password_is_of_somebody"), transaction.atomic():
        ledger.rectifying().signatures.create(role="head", name="赵总", method="password")


def test_one_closing_stands_and_one_listing():
    hazard = ledger.closed()
    with pytest.raises(IntegrityError, match="one_standing_closing"), transaction.atomic():
        hazard.closings.create(closed_on=date(2023, 6, 23))
    hazard.listings.create(level="department", unit_name="甲", listed_on=date(2023, 6, 9))
    with pytest.raises(IntegrityError, match="one_standing_listing"), transaction.atomic():
        hazard.listings.create(level="department", unit_name="乙", listed_on=date(2023, 6, 9))


def test_one_reconsideration_is_pending_and_two_people_decide_it():
    hazard, officer = ledger.confirmed(), ledger.officer()
    asked = ledger.proposal(hazard, by=officer)
    with pytest.raises(IntegrityError, match="one_pending_reconsideration"), transaction.atomic():
        ledger.proposal(hazard, by=ledger.reviewer())
    with pytest.raises(IntegrityError, match="confirmed_by_another_officer"), transaction.atomic():
        Reconsideration.objects.filter(pk=asked.pk).update(
            state="confirmed", decided_by=officer.user, decided_at="2023-06-08T08:00:00+08:00"
        )
    with pytest.raises(IntegrityError, match="proposed_with_reason"), transaction.atomic():
        Reconsideration.objects.filter(pk=asked.pk).update(reason="")
