"""From a counted duty to the firms it is wanting, in Chromium, at the desk and on a phone."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from campaigns.tests import factories as campaigns
from config.tests.browser import obstacles, sideways, small_targets
from lib.text import bigrams
from organizations.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("phone", [False, True])
def test_clerk_reads_on_the_duty_page_whom_to_visit_and_opens_the_list(browse, phone):
    today = timezone.localdate()
    running = campaigns.campaign(starts_on=today - timedelta(days=200), ends_on=today + timedelta(days=100))
    fields = {"name": "每月全覆盖检查", "form": "record", "due_day": None, "counts": "visits", "recipient_rule": "file"}
    of = campaigns.deliverable("coverage", of=running, **fields)
    due = datetime.combine(today + timedelta(days=3), time.max, timezone.get_current_timezone())
    dates = {"due_at": due, "original_due_at": due, "nominal_on": due.date(), "counted_done": 0, "counted_total": 9}
    owed = campaigns.obligation(make.unit(), of=of, period=f"{today:%Y-%m}", recipients=[], **dates)
    for number in range(9):
        name = f"荣成第{number + 1}水产食品加工有限公司"
        make.enterprise(name, grams=bigrams(name), town="崖头街道")
    page = browse(make.member(make.unit()).user, f"/obligations/{owed.pk}/", phone=phone)
    page.get_by_text("未检查的企业（共9家）").wait_for()
    assert sideways(page) == []
    assert not phone or small_targets(page) == []
    assert obstacles(page) == []
    page.get_by_role("link", name="全部未检查的企业").click()
    page.get_by_text("共9家", exact=True).wait_for()
    assert sideways(page) == []
    assert obstacles(page) == []
