"""What tests of rounds that wait for their district begin with."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns.actions import opening
from campaigns.models import Deliverable
from campaigns.tests import factories as campaigns
from campaigns.tests.rounds import MAY_1, SYSTEM
from organizations.tests import factories as make

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def round_():
    running = campaigns.campaign(state="running")
    made = campaigns.deliverable(
        "check", name="企业自查", of=running, respondent="enterprise", tailored=True, line="", unit_kinds=[],
        area_levels=[], recipient_rule="area_unit",
    )  # fmt: skip
    make.unit()
    opening.open_obligations(MAY_1, by=SYSTEM)
    return Deliverable.objects.select_related("campaign__area").get(pk=made.pk)


@pytest.fixture
def now(monkeypatch):
    def at(day, hour=9):
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return at
