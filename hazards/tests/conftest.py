import pytest
from django.test import Client


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
