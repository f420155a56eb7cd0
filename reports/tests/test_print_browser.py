"""Lists, cards and tables on A4: nothing cut off at the right, no navigation, the sum only once."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from config.tests.browser import sideways
from hazards.tests.factories import hazard
from organizations.tests import factories as make
from reports.tests.factories import campaign, obligation

pytestmark = pytest.mark.browser

# What 12 mm of margin leave of A4, in CSS pixels (96 to the inch).
UPRIGHT, ACROSS = 703, 1032


@pytest.fixture
def clerk(transactional_db):
    user = make.member(make.unit(), name="王经办").user
    obligation(campaign())
    hazard(make.enterprise(), description="快速冻结装置未设置在单独的作业间内。" * 3)
    return user


def printed(browse, user, path, width):
    page = browse(user, path)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 900})
    return page


@pytest.mark.parametrize(
    ("path", "width"),
    [
        ("/hazards/", ACROSS),
        ("/enterprises/", ACROSS),
        ("/obligations/?view=all", UPRIGHT),
        ("/campaigns/trade-2023/", ACROSS),
        ("/campaigns/trade-2023/board/", ACROSS),
        ("/reports/trade-2023/trade/2023-06/", ACROSS),
    ],
)
def test_page_fits_a4_without_navigation(browse, clerk, path, width):
    page = printed(browse, clerk, path, width)

    assert sideways(page) == []
    assert page.locator("nav:visible, .btn:visible, .bottom-bar:visible").count() == 0


def test_sum_of_a_table_is_printed_below_its_last_row_only(browse, clerk):
    page = printed(browse, clerk, "/reports/trade-2023/trade/2023-06/", ACROSS)

    assert page.locator("tfoot").first.evaluate("e => getComputedStyle(e).display") == "table-row-group"


@pytest.mark.parametrize(
    ("path", "lies"), [("/hazards/", True), ("/reports/trade-2023/trade/2023-06/", True), ("/obligations/", False)]
)
def test_wide_tables_lie_across(browse, clerk, path, lies):
    page = printed(browse, clerk, path, ACROSS)

    assert (page.locator("main").evaluate("e => getComputedStyle(e).page") == "wide") is lies
    assert "@page wide { size: A4 landscape" in Path(finders.find("app.css")).read_text(encoding="utf-8")
