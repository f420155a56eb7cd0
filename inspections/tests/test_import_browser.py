"""The import pages as a clerk meets them, at the desk and on the phone."""

import re

import pytest
from playwright.sync_api import expect

from config.tests.browser import obstacles, sideways, small_targets
from documents.models import ImportBatch
from inspections.tests.sheets import sheet
from organizations.models import Enterprise
from organizations.tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
CODE = "91371002MA3ABCDE1L"
ROW = {"企业全称": "荣成海源食品有限公司", "统一社会信用代码": CODE, "区市": "荣成市", "行业": "轻工"}


@pytest.fixture
def clerk():
    return make.actor(make.unit()).user


def workbook(*rows):
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "企业.xlsx", "mimeType": mime, "buffer": sheet(*rows)}


def send(page, *rows):
    page.get_by_role("link", name="导入工作簿").first.click()
    page.get_by_label("工作簿").set_input_files(workbook(*rows))
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))


@pytest.mark.parametrize("phone", [False, True])
def test_clerk_mends_a_workbook_and_brings_it_in(browse, clerk, phone):
    page = browse(clerk, "/imports/", phone=phone)
    send(page, ROW, ROW | {"统一社会信用代码": CODE[:17]})
    expect(page.get_by_text("有1处错误，没有写入任何数据")).to_be_visible()
    expect(page.get_by_text("应为18位，现为17位")).to_be_visible()

    page.goto("/imports/")
    send(page, ROW)
    page.get_by_role("button", name="导入1行").click()
    page.get_by_text("共1行，新增1，更新0。").wait_for()

    assert list(ImportBatch.objects.values_list("state", flat=True)) == ["applied", "failed"]
    assert Enterprise.objects.get().uscc == CODE


@pytest.mark.parametrize("phone", [False, True])
def test_pages_fit_and_stand_in_nobodys_way(browse, clerk, phone):
    page = browse(clerk, "/imports/", phone=phone)
    send(
        page,
        ROW | {"统一社会信用代码": "91371002MA3ABCDE12"},
        ROW | {"统一社会信用代码": CODE[:17], "领域": "海上作业"},
    )

    for address in (page.url, "/imports/", "/imports/new/"):
        page.goto(address)
        assert (obstacles(page), sideways(page)) == ([], []), address
        if phone:
            assert small_targets(page) == [], address
