"""What several tests of the tables begin with."""

import pytest

from organizations.models import ReportingArea
from organizations.tests import factories
from reports.tests.factories import campaign, obligation


@pytest.fixture
def trade():
    """The campaign over 荣成市 and 乳山市, in this order."""
    one = campaign()
    for position, name in enumerate(("荣成市", "乳山市")):
        factories.county(name)
        ReportingArea.objects.filter(area__name=name).update(position=position)
    return one


@pytest.fixture
def clerk():
    return factories.actor(factories.unit())


@pytest.fixture
def city():
    return factories.actor(factories.city_bureau(), name="李审核")


@pytest.fixture
def owed(clerk):
    return obligation(campaign())


@pytest.fixture
def signed_in(client):
    """Opens the portal as the holder of a post: signed_in(actor) is the client."""

    def sign_in(actor):
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
