import pytest
from django.core.management import call_command
from django.db import transaction


@pytest.fixture(scope="module")
def official_data(django_db_setup, django_db_blocker):
    """The official data, loaded once for a module of tests that only look at it, gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_official", verbosity=0)
        yield
        transaction.set_rollback(True)
