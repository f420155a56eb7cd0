"""The board of firms in Chromium, at the desk and on a phone."""

from datetime import UTC, datetime

import pytest

from campaigns.models import Letter
from campaigns.tests import factories as campaigns
from config.tests.browser import obstacles, sideways, small_targets
from lib.text import bigrams
from organizations.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk():
    """Six firms by three months: in time, late, missing by turns."""
    of = campaigns.deliverable("self-check", name="自查报告", respondent="enterprise", line="", unit_kinds=[])
    for number in range(6):
        name = f"荣成第{number + 1}水产食品加工有限公司"
        firm = make.enterprise(name, grams=bigrams(name))
        for month in (5, 6, 7):
            due = datetime(2023, month, 28, 15, 59, 59, tzinfo=UTC)
            came = due.replace(day=28 - number) if (number + month) % 3 else due.replace(month=month + 1, day=2)
            stamps = {"handed_in_at": came, "accepted_at": came, "state": "fulfilled"}
            dates = {"due_at": due, "original_due_at": due, "nominal_on": due.date(), "sector": firm.sector}
            gone = number == 2 and month == 7
            campaigns.obligation(firm, of=of, period=f"2023-{month:02}", **dates | ({} if gone else stamps))
    return make.member(make.city_bureau(), name="赵审核").user


@pytest.mark.parametrize("phone", [False, True])
def test_board_fits_and_is_read_by_everybody(browse, clerk, phone):
    page = browse(clerk, "/campaigns/trade-2023/firms/", phone=phone)
    page.get_by_text("共6家").wait_for()
    assert sideways(page) == []
    assert obstacles(page) == []
    assert not phone or small_targets(page) == []


def test_clerk_finds_the_slow_firm_and_drafts_a_letter(browse, clerk):
    page = browse(clerk, "/campaigns/trade-2023/grid/")
    page.get_by_role("link", name="按企业逐月").click()
    page.get_by_label("查找").fill("第3水产")
    page.get_by_label("只看有缺报、迟报的").check()
    page.get_by_role("button", name="查询").click()
    page.get_by_text("共1家").wait_for()
    page.get_by_role("button", name="给荣成第3水产食品加工有限公司拟督办函").click()
    page.get_by_text("已拟好草稿").wait_for()
    letter = Letter.objects.get()
    assert (letter.enterprise.name, letter.state) == ("荣成第3水产食品加工有限公司", "draft")
