"""Two people at the same moment, in two transactions: one acts, the other is told."""

from datetime import date
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from hazards import actions
from hazards.models import Closing, Hazard
from hazards.tests import factories as ledger
from lib.transitions import MoveRefused
from organizations.actions.moving import relocate
from organizations.models import Enterprise
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run the acts in threads of their own, started together; the results, refusals included."""
    start, results = Barrier(len(acts)), [None] * len(acts)

    def run(position, act):
        start.wait()
        try:
            results[position] = act()
        except MoveRefused as refusal:
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
    return [one for one in results if isinstance(one, MoveRefused)]


def seen_by(hazard):
    """The row as another request has read it."""
    return Hazard.objects.get(pk=hazard.pk)


def test_hazard_registered_while_its_firm_moves_is_handled_where_the_firm_is():
    """Whichever comes first: the move takes the hazard along, or the hazard is stamped with the new place."""
    there, by = make.county("文登区"), ledger.clerk()
    for serial in range(5):
        firm = make.enterprise(f"第{serial}家")
        told = {"by": by, "found_on": date(2023, 6, 6), "found_by": "department", "description": "出口上锁"}
        at_once(
            lambda firm=firm: relocate(firm, by=by, area=there, reason="整体搬迁"),
            lambda firm=firm, told=told: actions.register(Enterprise.objects.get(pk=firm.pk), **told),
        )
    assert Hazard.objects.count() == 5
    assert not Hazard.objects.left_behind().exists()


def test_hazard_reopened_while_its_firm_moves_is_handled_where_the_firm_is():
    there, by = make.county("文登区"), ledger.officer()
    for serial in range(5):
        firm = make.enterprise(f"第{serial}家")
        hazard = ledger.closed(firm)
        at_once(
            lambda firm=firm: relocate(firm, by=by, area=there, reason="整体搬迁"),
            lambda hazard=hazard: actions.reopen(hazard, by=by, reopened_on=date(2023, 12, 1), reason="复发"),
        )
    assert Hazard.objects.open().count() == 5
    assert not Hazard.objects.left_behind().exists()


def test_two_officers_recheck_at_once_and_one_decides():
    hazard, by = ledger.requested(), ledger.officer()
    told = {"by": by, "rechecked_on": date(2023, 6, 23), "inspectors": ("周执法", "郑执法")}
    first, second = seen_by(hazard), seen_by(hazard)
    results = at_once(
        lambda: actions.recheck(first, passed=True, **told),
        lambda: actions.recheck(second, passed=False, opinion="未通过", **told),
    )
    assert len(refusals(results)) == 1
    hazard.refresh_from_db()
    assert Closing.objects.filter(hazard=hazard).count() == (hazard.state == "closed")


def test_two_signers_at_once_close_once():
    hazard = ledger.rectifying(rectified_on=date(2023, 6, 20))
    head, director = ledger.head(), ledger.director()
    first, second = seen_by(hazard), seen_by(hazard)
    results = at_once(lambda: actions.sign(first, by=head), lambda: actions.sign(second, by=director))
    assert not refusals(results)
    hazard.refresh_from_db()
    assert (hazard.state, hazard.closings.count(), hazard.signatures.count()) == ("closed", 1, 2)


def test_double_click_signs_once():
    hazard, head = ledger.rectifying(rectified_on=date(2023, 6, 20)), ledger.head()
    first, second = seen_by(hazard), seen_by(hazard)
    results = at_once(lambda: actions.sign(first, by=head), lambda: actions.sign(second, by=head))
    assert str(refusals(results)[0]) == "主要负责人已由赵总签字，无需重复"
    assert hazard.signatures.count() == 1


def test_double_click_registers_once():
    firm, by, key = ledger.firm(), ledger.safety(), uuid4()

    def register():
        return actions.register(
            firm, by=by, description="出口上锁", found_on=date(2023, 6, 6), found_by="self", entry_key=key
        )

    first, second = at_once(register, register)
    assert first == second
    assert list(Hazard.objects.values_list("number", flat=True)) == ["荣成市-2023-0001"]


def test_two_second_officers_confirm_once():
    hazard = ledger.confirmed()
    ledger.proposal(hazard, by=ledger.officer())
    one, other = ledger.reviewer(), ledger.officer(name="郑执法")
    first, second = seen_by(hazard), seen_by(hazard)
    results = at_once(lambda: actions.confirm(first, by=one), lambda: actions.confirm(second, by=other))
    assert len(refusals(results)) == 1
    assert Hazard.objects.get().state == "dismissed"


def test_listing_and_closing_at_once_never_leave_a_listed_one_closed_by_the_firm():
    """Whoever comes first: either it was closed before, or the second signature meets a listed hazard."""
    hazard = ledger.rectifying(rectified_on=date(2023, 6, 20), signed_head="赵总")
    hazard.signatures.create(role="head", name="赵总", method="sheet")
    director, clerk = ledger.director(), ledger.clerk()
    first, second = seen_by(hazard), seen_by(hazard)
    listing = {"level": "department", "unit_name": "荣成市应急管理局", "listed_on": date(2023, 6, 9)}
    at_once(lambda: actions.sign(first, by=director), lambda: actions.put_on_list(second, by=clerk, **listing))
    hazard.refresh_from_db()
    assert (hazard.state, hazard.listed) in {("closed", False), ("rectifying", True)}
