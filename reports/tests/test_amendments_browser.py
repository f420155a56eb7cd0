"""What changed after handing in, followed in the browser from the mark beside the cell to the record and the paper."""

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from config.tests.browser import obstacles, sideways
from organizations.tests import factories
from reports.exports.amendments import NAME
from reports.tests.amended import hand_in
from reports.tests.factories import campaign, hazard, obligation

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "/reports/trade-2023/trade/2023-06/"


@pytest.fixture
def changed():
    """荣成市 handed in one hazard; another of June was entered afterwards. The city's clerk, and the district's."""
    clerk = factories.actor(factories.unit())
    city = factories.actor(factories.city_bureau(), name="李审核")
    owed = obligation(campaign())
    firm = factories.enterprise()
    hazard(firm, number="隐1")
    hand_in(owed, clerk)
    hazard(firm, number="隐2")
    return city, clerk, owed


@pytest.mark.parametrize("phone", [False, True])
def test_city_follows_a_mark_to_the_late_record_and_to_the_second_sheet(browse, changed, phone, tmp_path):
    city, _, _ = changed
    page = browse(city.user, TABLE, phone=phone)
    mark = page.get_by_title("报送时系统数1，现为2").first
    expect(mark).to_have_text("↑2")
    assert not sideways(page)
    assert obstacles(page) == []

    with page.expect_download() as download:
        page.get_by_role("link", name="下载（报送数据）").click()
    target = tmp_path / "reported.xlsx"
    download.value.save_as(target)
    assert load_workbook(target)[NAME]["I4"].value == "隐2"

    page.locator("td", has=mark).get_by_role("link").first.click()
    expect(page.get_by_text("期后补记1条，以前月份调整0条")).to_be_visible()
    expect(page.get_by_text("隐1")).to_be_visible()
    page.get_by_role("link", name="查看现在的记录").click()
    expect(page.get_by_role("link", name="查看现在的记录")).to_be_hidden()
    expect(page.get_by_text("隐2").first).to_be_visible()
    assert not sideways(page)


@pytest.mark.parametrize("phone", [False, True])
def test_district_downloads_what_it_handed_in(browse, changed, phone, tmp_path):
    _, clerk, owed = changed
    page = browse(clerk.user, f"/reports/returns/{owed.pk}/", phone=phone)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载Excel（报送数据）").click()
    target = tmp_path / "own.xlsx"
    download.value.save_as(target)

    assert load_workbook(target).sheetnames == ["调度表", NAME]
    assert not sideways(page)
