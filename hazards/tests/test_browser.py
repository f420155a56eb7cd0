"""A major hazard from the phone to its write-off, played in Chromium as the people concerned."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from config.tests.browser import followed, obstacles, sideways, small_targets
from hazards.models import Hazard
from hazards.tests import factories as ledger
from hazards.tests.test_hazard_page import picture
from lib.text import bigrams
from organizations.models import Enterprise
from organizations.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"


def fits(page):
    assert sideways(page) == []
    assert obstacles(page) == []
    if page.viewport_size["width"] < 500:
        assert small_targets(page) == []


def photo(tmp_path) -> Path:
    path = tmp_path / "现场.png"
    path.write_bytes(picture().read())
    return path


def press(page, button):
    fits(followed(page, page.get_by_role("button", name=button).click))


def go(page, link):
    fits(followed(page, page.get_by_role("link", name=link).first.click))


def register(safety, tmp_path):
    go(safety, "登记隐患")
    safety.get_by_label("现场照片").set_input_files(photo(tmp_path))
    safety.get_by_label("隐患描述").fill("快速冻结装置未设置在单独的作业间内。")
    safety.get_by_text("重大", exact=True).click()
    press(safety, "登记")


def judge(officer):
    go(officer, "快速冻结装置")
    go(officer, "判定为重大事故隐患")
    officer.get_by_label("条款").fill(ledger.CLAUSE)
    press(officer, "判定为重大事故隐患")


def plan(safety):
    """Sent once without its fifth part: what was typed stays, what is missing is named with a link."""
    go(safety, "落实整改“五到位”")
    for label, value in [("责任人", "李四"), ("整改措施", "设置单独的作业间"), ("资金（万元）", "12.5")]:
        safety.get_by_label(label).fill(value)
    safety.get_by_label("整改期限").fill("2099-12-31")
    press(safety, "落实整改“五到位”")
    expect(safety.get_by_role("alert").get_by_role("link", name="应急预案")).to_be_visible()
    safety.get_by_label("应急预案").fill("液氨泄漏现场处置方案")
    press(safety, "落实整改“五到位”")


def rectify(safety, tmp_path):
    go(safety, "整改完成")
    safety.get_by_label("整改后照片").set_input_files(photo(tmp_path))
    press(safety, "整改完成")


def sign(page):
    fits(page)
    page.get_by_label("登录密码").fill(PASSWORD)
    press(page, "签字")


def check(officer):
    go(officer, "部门核查")
    officer.get_by_label("检查人员二").fill("郑执法")
    officer.get_by_text("通过", exact=True).click()
    press(officer, "部门核查")


def test_major_hazard_from_the_phone_to_its_write_off(browse, tmp_path):
    browse.expect("422")  # the plan without its fifth part
    make.unit()
    ledger.standard()
    safety = browse(ledger.safety().user, "/hazards/", phone=True)
    fits(safety)
    register(safety, tmp_path)
    hazard = Hazard.objects.get()
    assert (hazard.level, hazard.found_by) == ("major", "self")
    officer = browse(ledger.officer().user, "/hazards/")
    fits(officer)
    judge(officer)
    safety.goto(f"/hazards/{hazard.pk}/")
    plan(safety)
    rectify(safety, tmp_path)
    for who in (ledger.head(), ledger.director()):
        sign(browse(who.user, f"/hazards/{hazard.pk}/sign/", phone=True))
    hazard.refresh_from_db()
    assert hazard.state == "closed"
    officer.goto(f"/hazards/{hazard.pk}/")
    check(officer)
    hazard.refresh_from_db()
    assert hazard.checked_by == "周执法、郑执法"


def test_officer_finds_the_firm_as_he_types(browse):
    firm = make.enterprise("荣成海源食品有限公司", grams=bigrams("荣成海源食品有限公司"))
    page = browse(ledger.officer().user, "/hazards/new/")
    fits(page)
    page.get_by_label("企业").press_sequentially("海源")
    page.wait_for_selector("#firms option", state="attached")
    expect(page.locator("#firms option")).to_have_attribute("value", f"{firm.name}（{firm.uscc}）")
    assert Enterprise.objects.count() == 1


def test_lists_are_kept_on_the_phone_too(browse):
    make.unit()
    page = browse(ledger.clerk().user, "/hazards/two-lists/", phone=True)
    fits(page)
    page.get_by_role("link", name="添加问题").click()
    page.locator("#id_text").fill("未建立驻点制度")
    fits(page)
    press(page, "保存")
    expect(page.get_by_role("link", name="未建立驻点制度")).to_be_visible()
