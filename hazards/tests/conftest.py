import pytest
from django.test import Client

from campaigns.tests import factories as duties
from hazards import actions
from hazards.tests import factories as ledger
from organizations.tests import factories as make


@pytest.fixture
def as_():
    """A browser signed in as the actor's user, in the actor's post."""

    def signed_in(actor):
        client = Client()
        client.force_login(actor.user)
        session = client.session
        session["membership_id"] = actor.membership.pk
        session.save()
        return client

    return signed_in


@pytest.fixture
def lists_duty():
    """“两个清单” of May to the city's bureau."""
    return duties.deliverable("lists", name="“两个清单”", form="two-lists")


@pytest.fixture
def rongcheng():
    return make.unit("荣成市应急管理局", position=1)


@pytest.fixture
def wendeng():
    return make.unit("文登区应急管理局", in_area=make.county("文登区"), position=2)


@pytest.fixture
def lists_month(lists_duty, rongcheng, wendeng):
    """荣成 has handed in two problems and one measure, and added one since; 文登 has three rows and has not."""
    first, second = ledger.problem(rongcheng, "台账不全", category="制度"), ledger.problem(rongcheng, "驻点未落实")
    ledger.measure(rongcheng, first)
    handed = actions.hand_in_lists(duties.obligation(rongcheng, of=lists_duty), by=ledger.clerk(rongcheng))
    actions.finish_problem(second, by=ledger.clerk(rongcheng))
    ledger.problem(rongcheng, "培训不足", due_on="2023-06-30")
    duties.obligation(wendeng, of=lists_duty)
    ledger.problem(wendeng, "预案过期", due_on="2023-07-31", category="应急")
    ledger.measure(wendeng, title="演练办法", due_on="2023-06-30")
    ledger.measure(wendeng, title="值班办法", done_on="2023-06-20")
    return handed


@pytest.fixture
def city_clerk():
    return ledger.clerk(make.city_bureau())
