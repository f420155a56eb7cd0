"""The page of exports in the browser, at the desk and on the phone."""

import pytest
from playwright.sync_api import expect

from config.tests.browser import sideways
from documents.models import ExportJob
from organizations.tests import factories
from reports.actions import jobs
from reports.dispatch.asked import Asked
from reports.tests.factories import campaign

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city():
    campaign()
    factories.county()
    return factories.actor(factories.city_bureau(), name="李审核")


@pytest.mark.parametrize("phone", [False, True])
def test_asker_picks_a_table_and_finds_it_ready(browse, city, phone):
    page = browse(city.user, "/reports/exports/", phone=phone)
    page.get_by_label("月份").fill("2023-06")
    page.get_by_label("填报行").select_option("荣成市")
    page.get_by_role("button", name="生成Excel").click()

    with page.expect_download() as download:
        page.get_by_role("link", name="下载荣成市2023年6月工贸调度表").click()

    assert download.value.suggested_filename == "荣成市2023年6月工贸调度表（当月，截至报送日）.xlsx"
    assert sideways(page) == []


def test_row_shows_by_itself_when_it_is_made(browse, city):
    """Nobody presses reload."""
    asked = Asked("trade", "trade-2023", "2023-06", "威海市")
    told = {"kind": jobs.KIND, "title": asked.checked(city).title, "params": asked.params()}
    job = ExportJob.objects.create(requested_by=city.user, unit=city.unit, **told)
    page = browse(city.user, "/reports/exports/")
    expect(page.get_by_text("排队中")).to_be_visible()

    jobs.make(job.pk)

    page.get_by_role("link", name="下载威海市").wait_for()
    expect(page.get_by_text("已完成")).to_be_visible()
