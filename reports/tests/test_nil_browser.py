"""The nil report of the ledger's table in Chromium, at the desk and on a phone."""

from datetime import date

import pytest

from campaigns.models import Submission
from config.tests.browser import obstacles, sideways, small_targets
from organizations.tests import factories
from reports.tests.factories import campaign, hazard, obligation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("phone", [False, True])
def test_clerk_hands_in_a_nil_report_and_answers_for_an_open_major(browse, phone):
    browse.expect("422")  # sent once without the reason
    clerk = factories.actor(factories.unit())
    one = campaign(table="trade-ledger")
    one.deliverables.update(nil_allowed=True)
    owed = obligation(one)
    hazard(factories.enterprise(), on=date(2023, 5, 20))
    page = browse(clerk.user, f"/reports/returns/{owed.pk}/", phone=phone)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_text("零报告：本期没有需要报送的情况").click()
    page.get_by_label("零报告确认人").fill("王局长")
    assert sideways(page) == []
    assert obstacles(page) == []
    page.get_by_role("button", name="作零报告报送").click()
    page.get_by_text("请说明仍作零报告的原因；有情况的，请改填各栏。").first.wait_for()
    assert not phone or small_targets(page) == []

    page.get_by_label("仍作零报告的原因").fill("五月已报，本月没有新增")
    page.get_by_role("button", name="作零报告报送").click()
    page.get_by_text("零报告，确认人：王局长").wait_for()
    assert Submission.objects.get().nil_answer == "五月已报，本月没有新增"
