"""Handing in and reviewing in Chromium, at the desk and on a phone."""

from datetime import date

import pytest
from playwright.sync_api import expect

from campaigns.actions.opening import open_obligations
from campaigns.models import Obligation, Phase
from campaigns.tests import factories as campaigns
from config.tests.browser import sideways, small_targets
from lib.actor import Actor
from organizations.tests import factories as make

pytestmark = pytest.mark.browser


@pytest.fixture
def month(transactional_db):
    """Two districts owe the 调度表 of May and June to the city."""
    make.unit()
    make.unit("文登区应急管理局", in_area=make.county("文登区"))
    campaigns.deliverable(nil_allowed=True)
    Phase.objects.create(campaign=campaigns.campaign(), name="动员部署", starts_on="2023-05-01", ends_on="2023-05-31")
    open_obligations(date(2023, 6, 10), by=Actor.system())


@pytest.fixture
def city(month):
    return make.member(make.city_bureau(), name="赵审核").user


@pytest.fixture
def district(month):
    return make.member(make.unit(), name="王经办").user


PAGES = ["/campaigns/", "/campaigns/trade-2023/", "/campaigns/trade-2023/board/", "/campaigns/trade-2023/edit/"]
PAGES += ["/campaigns/trade-2023/duties/new/", "/campaigns/trade-2023/tasks/", "/obligations/?view=all", "/inbox/"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_a_phone(browse, city, path):
    page = browse(city, path, phone=True)
    assert sideways(page) == []
    assert small_targets(page) == []


def test_district_hands_in_on_a_phone_and_the_city_accepts(browse, district, city):
    phone = browse(district, "/obligations/", phone=True)
    phone.get_by_role("link", name="2023年6月 调度表").click()
    phone.get_by_label("正文").fill("六月检查企业132家")
    assert sideways(phone) == []
    phone.get_by_role("button", name="报送给威海市应急管理局").click()
    phone.get_by_text("第1稿已报送，等待威海市应急管理局审核。").wait_for()

    desk = browse(city, "/obligations/?view=review")
    desk.get_by_role("link", name="2023年6月 调度表").click()
    desk.get_by_label("接收", exact=True).check()
    desk.get_by_role("button", name="提交审核结果").click()
    desk.get_by_text("审核结果已通知填报单位。").wait_for()
    assert Obligation.objects.get(period="2023-06", unit__name="荣成市应急管理局").state == "fulfilled"

    phone.goto("/inbox/")
    expect(phone.get_by_role("heading", name="“2023年6月 调度表”第1稿已接收")).to_be_visible()


def test_second_window_is_told_where_it_writes_that_its_draft_was_not_saved(browse, district):
    path = Obligation.objects.filter(unit__name="荣成市应急管理局").earliest("due_at").get_absolute_url()
    browse.expect("409")
    here, there = browse(district, path), browse(district, path)
    there.get_by_label("正文").fill("另一窗口写的")
    there.get_by_text("草稿已自动保存").wait_for()

    here.get_by_label("正文").fill("这里写的")

    here.get_by_text("草稿已由他人（或在另一窗口）修改").wait_for()
    expect(here.get_by_text("草稿已自动保存")).to_have_count(0)
    expect(here.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize(("path", "name"), [("/campaigns/new/", "name"), ("/hazards/new/", "description")])
def test_what_was_typed_outlives_the_idle_logout(browse, city, path, name):
    page = browse(city, path)
    page.locator(f"[name={name}]").fill("打了很多字，不想丢")
    page.context.clear_cookies(name="sessionid")
    page.locator("main form .btn-primary").last.click()
    page.locator("[name=username]").fill(city.username)
    page.locator("[name=password]").fill("correct horse battery")
    page.get_by_role("button", name="登录").click()
    page.get_by_text("已恢复上次未提交的内容").wait_for()
    expect(page.locator(f"[name={name}]")).to_have_value("打了很多字，不想丢")


def test_board_opens_the_rows_behind_a_figure(browse, city):
    page = browse(city, "/campaigns/trade-2023/board/?month=2023-06")
    page.locator("tbody td").last.get_by_role("link").click()
    page.wait_for_url("**/obligations/?view=all**")
    expect(page.locator("tbody tr")).to_have_count(2)
