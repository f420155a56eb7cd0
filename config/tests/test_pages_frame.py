"""What surrounds every page, played in Chromium at the desk and on a phone, on the gallery of components."""

import re

import pytest
from playwright.sync_api import expect

from config.tests.browser import obstacles, sideways, small_targets
from organizations.tests import factories

pytestmark = pytest.mark.browser
KEPT = "Object.keys(sessionStorage).filter(key => key.startsWith('portal'))"


@pytest.fixture
def clerk(transactional_db):
    """An officer who may see the gallery."""
    post = factories.member(factories.unit())
    post.user.is_staff = True
    post.user.save(update_fields=["is_staff"])
    return post.user


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_page_fits_the_screen(browse, clerk, phone):
    page = browse(clerk, "/gallery/", phone=phone)

    assert sideways(page) == []
    expect(page.locator(".top-nav")).to_be_visible(visible=not phone)
    expect(page.locator(".bottom-bar")).to_be_visible(visible=phone)


def test_page_fits_screens_in_between(browse, clerk):
    page = browse(clerk, "/gallery/")

    for width in (1200, 1024, 992, 820, 768, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, sideways(page)) == (width, [])


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_page_has_no_obstacles(browse, clerk, phone):
    page = browse(clerk, "/gallery/", phone=phone)
    assert obstacles(page) == []

    page.get_by_role("button", name="提交给荣成市应急管理局").click()
    page.locator(".error-summary").wait_for()
    assert obstacles(page) == []


def test_obstacles_are_found(browse, clerk):
    page = browse(clerk, "/gallery/")

    page.evaluate(
        "() => document.querySelector('#content').insertAdjacentHTML('beforeend', '<img src=\"/static/favicon.svg\">')"
    )

    assert [each.split(":")[0] for each in obstacles(page)] == ["image-alt"]


def test_phone_has_room_for_the_thumb(browse, clerk):
    page = browse(clerk, "/gallery/", phone=True)

    expect(page.locator(".bottom-bar > *")).to_have_count(4)
    assert small_targets(page) == []


def test_row_opens_on_click_and_by_keyboard(browse, clerk):
    page = browse(clerk, "/gallery/")
    row = page.locator("tr[data-href]").first

    row.locator("td").last.click()
    page.wait_for_url("**/gallery/#list")
    page.goto("/gallery/")
    row.focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/gallery/#list")


def test_refused_form_says_what_is_wrong_and_leads_there(browse, clerk):
    page = browse(clerk, "/gallery/")

    page.get_by_role("button", name="提交给荣成市应急管理局").click()

    summary = page.locator(".error-summary")
    expect(summary.locator("a").first).to_have_text(re.compile("^企业全称："))
    expect(summary).to_be_focused()
    summary.locator("a").first.click()
    page.wait_for_url("**#id_name")


def test_question_before_what_cannot_be_undone(browse, clerk):
    page = browse(clerk, "/gallery/")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))

    page.get_by_role("button", name="删除草稿").click()

    assert asked == ["删除后，已填的56项将不能找回。确定删除吗？"]
    expect(page.locator(".error-summary")).to_have_count(0)


def test_filters_are_shown_and_removable(browse, clerk):
    page = browse(clerk, "/gallery/?area=1&late=on&q=")

    expect(page.locator(".chosen")).to_have_text(["区市：荣成市", "只看逾期：是"])
    page.locator(".chosen").first.click()

    page.wait_for_url("**/gallery/?late=on&q=")
    expect(page.locator(".chosen")).to_have_text(["只看逾期：是"])


def test_filters_fold_on_the_phone(browse, clerk):
    page = browse(clerk, "/gallery/", phone=True)

    expect(page.get_by_role("button", name="查询")).to_be_hidden()
    page.get_by_role("button", name="筛选").click()

    page.get_by_role("button", name="查询").wait_for(state="visible")


def test_more_of_the_navigation_opens_on_the_phone(browse, clerk):
    page = browse(clerk, "/gallery/", phone=True)

    page.get_by_role("button", name="更多").click()

    page.locator("#more").get_by_role("link", name="调度报表").wait_for(state="visible")


def test_complaints_of_a_page_fail_the_test(browse, clerk):
    page = browse(clerk, "/gallery/")

    script = "() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }"
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(script)
    with page.expect_response("**/nowhere/"):
        page.evaluate("() => fetch('/nowhere/').then(() => 1)")

    assert any("Content Security Policy" in each for each in browse.unexpected())
    assert any("/nowhere/ answered 404" in each for each in browse.unexpected())
    browse.expect("Content Security Policy|nowhere")
    assert browse.unexpected() == []


@pytest.mark.parametrize("path", ["/nowhere/", "/login/"])
def test_strangers_see_no_navigation(browse, path):
    browse.expect("nowhere")

    page = browse(None, path)

    expect(page.locator(".top-nav a")).to_have_count(0)
    assert sideways(page) == []


def test_what_was_typed_outlives_the_idle_logout(browse, clerk):
    page = browse(clerk, "/gallery/")
    page.get_by_label("企业全称").fill("荣成海源食品有限公司")
    page.get_by_label("重大").check()
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="提交给荣成市应急管理局").click()
    page.wait_for_url("**/login/?next=/gallery/")
    page.locator("[name=username]").fill(clerk.username)
    page.locator("[name=password]").fill("correct horse battery")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/gallery/")

    expect(page.get_by_label("企业全称")).to_have_value("荣成海源食品有限公司")
    expect(page.get_by_label("重大")).to_be_checked()
    page.get_by_text("已恢复上次未提交的内容").wait_for()


def test_what_was_typed_outlives_a_reload_but_not_the_refusal_that_shows_it(browse, clerk):
    page = browse(clerk, "/gallery/")
    page.get_by_label("企业全称").fill("荣成海源食品有限公司")
    page.wait_for_function(f"() => {KEPT}.length > 0")

    page.reload()
    expect(page.get_by_label("企业全称")).to_have_value("荣成海源食品有限公司")

    page.get_by_role("button", name="提交给荣成市应急管理局").click()
    page.locator(".error-summary").wait_for()
    page.wait_for_function(f"() => {KEPT}.length === 0")
