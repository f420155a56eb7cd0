"""Two people at the same moment, in two transactions: one account, one proposal, one decision."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from lib.transitions import MoveRefused
from organizations.actions import accounts, corrections
from organizations.actions.accounts import Outcome, Wanted
from organizations.models import EnterpriseChange, Membership, User
from organizations.models.people import Role
from organizations.tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
MOBILE = "13806310001"


def at_once(*acts):
    """Run the acts in threads of their own, started together; the results, refusals included."""
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


def outcomes(results):
    return sorted(slip.outcome.name for made in results for slip in made)


@pytest.mark.parametrize("mobile", [MOBILE, ""])
def test_two_clerks_issue_for_one_firm_and_one_account_is_made(mobile):
    firm, clerk = factories.enterprise(), factories.actor(factories.unit())
    wish = Wanted(firm, Role.DIRECTOR, "李安全", mobile)

    results = at_once(*[lambda: accounts.issue([wish], by=clerk)] * 2)

    assert outcomes(results) == [Outcome.OPENED.name, Outcome.STANDING.name]
    assert Membership.objects.filter(enterprise=firm).count() == 1


def test_two_firms_get_one_director_at_once_and_he_has_one_account():
    firms = [factories.enterprise(), factories.enterprise("荣成第二食品有限公司")]
    clerk = factories.actor(factories.unit())
    wishes = [Wanted(firm, Role.DIRECTOR, "李安全", MOBILE) for firm in firms]

    results = at_once(*[lambda wish=wish: accounts.issue([wish], by=clerk) for wish in wishes])

    assert outcomes(results) == [Outcome.ADDED.name, Outcome.OPENED.name]
    assert User.objects.get(mobile=MOBILE).memberships.count() == 2


def test_lists_in_opposite_order_do_not_wait_for_each_other_forever():
    firms = [factories.enterprise(), factories.enterprise("荣成第二食品有限公司")]
    clerk = factories.actor(factories.unit())
    wishes = [Wanted(firm, Role.HEAD, f"负责人{firm.pk}") for firm in firms]

    results = at_once(
        lambda: accounts.issue(wishes, by=clerk),
        lambda: accounts.issue(wishes[::-1], by=clerk),
    )

    assert outcomes(results) == [Outcome.OPENED.name] * 2 + [Outcome.STANDING.name] * 2


def test_head_and_director_correct_at_once_and_one_proposal_waits():
    firm = factories.enterprise()
    people = [factories.actor(firm, role) for role in (Role.HEAD, Role.DIRECTOR)]

    at_once(*[lambda by=by: corrections.submit(firm, by=by, values={"head": by.role}) for by in people])

    assert EnterpriseChange.objects.pending().count() == 1


def test_two_clerks_decide_at_once_and_one_is_told():
    firm, clerk = factories.enterprise(), factories.actor(factories.unit())
    change = corrections.submit(firm, by=factories.actor(firm, Role.HEAD), values={"head": "王总"})
    first, second = (EnterpriseChange.objects.get(pk=change.pk) for _ in range(2))

    results = at_once(
        lambda: corrections.adopt(first, by=clerk, fields=["head"]),
        lambda: corrections.refuse(second, by=clerk, reason="请先办理工商变更"),
    )

    firm.refresh_from_db()
    change.refresh_from_db()
    assert sum(isinstance(result, MoveRefused) for result in results) == 1
    assert (firm.head == "王总") == (change.state == EnterpriseChange.State.APPROVED)
