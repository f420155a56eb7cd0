"""Accounts and enterprises played in Chromium, at the desk and on a phone."""

import os
from pathlib import Path

import pytest

from config.tests.browser import followed, obstacles, sideways, small_targets
from lib.text import bigrams
from organizations.models.people import Role
from organizations.tests import factories

pytestmark = pytest.mark.browser
NEW = "海源-2023-安全生产"
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def firm(transactional_db):
    for name in ("涉氨制冷", "粉尘涉爆", "有限空间作业", "深井铸造"):
        factories.feature(name)
    name = "荣成海源食品有限公司"
    people = {"head": "张总", "head_mobile": "13806310009", "director": "李安全", "director_mobile": "13806310001"}
    facts = {"feature_names": ["涉氨制冷"], "grade": "C", "employees": 1280, "town": "石岛管理区"}
    return factories.enterprise(name, grams=bigrams(name), **people, **facts)


@pytest.fixture
def clerk(firm):
    return factories.member(factories.unit(), Role.CLERK, name="王经办").user


@pytest.fixture
def head(firm):
    return factories.member(firm, Role.HEAD, name="张总").user


def fits(page, name):
    """Nothing sideways, nothing in the way, room for the thumb on the phone."""
    phone = page.viewport_size["width"] < 500
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{'phone' if phone else 'desk'}.png", full_page=True)
    assert sideways(page) == []
    assert obstacles(page) == []
    assert not phone or small_targets(page) == []


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_first_day_from_the_slip_to_ones_own_password(browse, clerk, firm, phone):
    page = browse(clerk, "/accounts/issue/enterprises/", phone=phone)
    fits(page, "issue")
    page.get_by_role("button", name="开通并生成通知单").click()
    page.locator(".slip").first.wait_for()
    fits(page, "slips")
    slip = page.locator(".slip").filter(has_text="李安全")
    name, code = slip.locator(".code").all_inner_texts()

    newcomer = browse(None, "/login/", phone=phone)
    fits(newcomer, "login")
    newcomer.get_by_label("用户名").fill(name)
    newcomer.get_by_label("密码").fill(code)
    newcomer.get_by_role("button", name="登录").click()
    newcomer.get_by_role("heading", name="请先设置自己的密码").wait_for()
    fits(newcomer, "first-password")
    newcomer.goto("/accounts/me/")
    newcomer.wait_for_url("**/accounts/password/")

    newcomer.get_by_label("新密码").first.fill(NEW)
    newcomer.get_by_label("再输一次新密码").fill(NEW)
    newcomer.get_by_role("button", name="保存并开始使用").click()
    newcomer.wait_for_url(lambda url: "/password/" not in url)
    newcomer.goto("/accounts/me/")
    fits(newcomer, "me")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_account_gets_a_new_code(browse, clerk, head, phone):
    page = browse(clerk, "/accounts/", phone=phone)
    fits(page, "accounts")
    page.get_by_role("link", name="张总").click()
    page.get_by_role("button", name="重新发放一次性密码").wait_for()
    fits(page, "account")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="重新发放一次性密码").click()
    page.locator(".slip").wait_for()

    page.goto("/accounts/new/")
    page.get_by_role("button", name="开通", exact=True).click()
    page.locator(".error-summary").wait_for()
    fits(page, "post-new")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_correction_from_the_firm_to_the_district(browse, clerk, head, firm, phone):
    own = browse(head, f"/enterprises/{firm.pk}/confirm/", phone=phone)
    fits(own, "confirm")
    own.get_by_label("从业人员数").fill("1300")
    own.get_by_label("粉尘涉爆").check()
    own.get_by_role("button", name="确认以上信息").click()
    own.get_by_text("已提交，等待主管部门核准").wait_for()

    officer = browse(clerk, "/enterprises/", phone=phone)
    fits(officer, "enterprises")
    followed(officer, officer.get_by_role("link", name="等待核准").click)
    fits(officer, "changes")
    officer.get_by_role("link", name=firm.name).click()
    followed(officer, officer.get_by_role("button", name="不采纳").click)
    officer.locator(".error-summary").wait_for()
    fits(officer, "change")
    officer.get_by_role("button", name="采纳勾选的内容").click()
    officer.get_by_text("已处理").wait_for()
    officer.goto(f"/enterprises/{firm.pk}/")
    fits(officer, "enterprise")

    firm.refresh_from_db()
    assert (firm.employees, firm.feature_names) == (1300, sorted(["涉氨制冷", "粉尘涉爆"]))
