import pytest
from django.utils import timezone

from campaigns import tasks
from campaigns.models import Obligation
from campaigns.tests import factories as campaigns
from notifications.models import Message
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch):
    """8:30 on 2023-06-28, wherever the clock is asked."""
    moment = campaigns.JUNE_28.replace(hour=0, minute=30)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def test_remind_task_may_run_twice(now):
    campaigns.obligation()
    tasks.remind()
    tasks.remind()
    assert Message.objects.count() == 1


def test_open_obligations_task_opens_as_of_today(now):
    make.unit()
    campaigns.deliverable()
    tasks.open_obligations()
    tasks.open_obligations()
    assert set(Obligation.objects.values_list("period", "opened_on")) == {
        ("2023-05", now.date()),
        ("2023-06", now.date()),
        ("2023-07", now.date()),
    }
