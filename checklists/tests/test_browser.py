"""The fill page played in Chromium on a phone: the 56 items, dead networks, closed pages, two tabs, lost replies."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from campaigns.models import Submission
from checklists import actions
from checklists.models import Answer, Checklist, Item, SelfInspection
from checklists.tests import factories as lists
from config.tests.browser import obstacles, sideways, small_targets
from documents.tests import samples
from hazards.models import Hazard
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = pytest.mark.browser


@pytest.fixture
def head(transactional_db):
    return make.actor(make.enterprise(), Role.HEAD, name="李总")


@pytest.fixture
def inspection(head):
    return lists.inspection(head.enterprise, by=head)


@pytest.fixture
def long_inspection(head):
    call_command("loaddata", "checklists/enterprise-56", verbosity=0)
    return lists.inspection(head.enterprise, by=head, of=Checklist.objects.latest_of("enterprise-56"))


@pytest.fixture
def fill(browse, head):
    """Opens the fill page on a phone; a test ends when its saves have."""
    pages = []

    def opened(inspection, **options):
        pages.append(browse(head.user, f"/self-inspections/{inspection.pk}/fill/", **{"phone": True} | options))
        return pages[-1]

    yield opened
    for page in pages:
        if not page.is_closed() and page.locator("[data-sheet]").count():
            settled(page)


def choose(page, number, result):
    page.locator(f"label[for=answer-{number}-{result}]").click()


def state(page, number):
    return page.locator(f"#item-{number} > [data-state]")


def saved(page, number):
    return state(page, number).filter(has_text="已保存").wait_for()


def settled(page):
    """Nothing waits to be sent any more; asked from outside, since the page's policy forbids eval."""
    for _ in range(200):
        if page.evaluate("window.fillPage.queue.entries.size") == 0:
            return
        page.wait_for_timeout(50)
    pytest.fail("answers are still waiting to be sent")


def stored():
    return dict(Answer.objects.filter(clause=None).values_list("item__number", "result"))


def test_firm_answers_56_items_on_its_phone_and_hands_in(fill, browse, head, long_inspection):
    page = fill(long_inspection)
    expect(page.locator("[data-progress-text]")).to_have_text("已答 0/56")
    for number in range(1, 57):
        choose(page, number, "noncompliant" if number == 7 else "compliant")
    page.fill("#note-7", "没有隐患台账")
    page.locator("#note-7").blur()
    settled(page)
    expect(page.locator("[data-progress-text]")).to_have_text("已答 56/56")
    expect(page.locator("[data-next]")).to_be_hidden()

    page.locator("#item-7 [data-register=major]").click()
    page.locator("#item-7 [data-finding] a").wait_for()
    page.get_by_role("link", name="检查并提交").click()
    page.get_by_role("button", name=re.compile("提交给")).click()

    page.wait_for_url(f"**/self-inspections/{long_inspection.pk}/")
    assert stored() == {number: "noncompliant" if number == 7 else "compliant" for number in range(1, 57)}
    assert Submission.objects.get().state == "submitted"
    hazard = Hazard.objects.get()
    assert (hazard.level, hazard.description[:6]) == ("major", "没有隐患台账")


def test_page_fits_the_phone_and_the_thumb(fill, long_inspection):
    page = fill(long_inspection)
    choose(page, 2, "noncompliant")
    saved(page, 2)
    assert sideways(page) == []
    assert small_targets(page) == []
    assert obstacles(page) == []


def test_progress_and_actions_stay_in_sight(fill, long_inspection):
    page = fill(long_inspection)
    page.locator("#item-30").scroll_into_view_if_needed()
    for name in ("[data-progress-text]", "[data-check]"):
        box = page.locator(name).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 844


def test_next_leads_to_the_first_question_not_yet_answered(fill, inspection):
    page = fill(inspection)
    choose(page, 1, "compliant")
    choose(page, 2, "compliant")
    page.locator("[data-next]").click()
    expect(page.locator("#item-3")).to_be_focused()


def test_saves_are_announced(fill, inspection):
    page = fill(inspection)
    choose(page, 1, "compliant")
    page.locator("#announcer").filter(has_text="第1项已保存").wait_for(state="attached")


def test_answers_given_offline_are_sent_when_the_network_is_back(fill, browse, inspection):
    browse.expect("ERR_INTERNET_DISCONNECTED")
    page = fill(inspection)
    page.context.set_offline(True)
    for number in (1, 2, 3):
        choose(page, number, "compliant")
    page.locator("[data-saved]").filter(has_text="3项待上传").wait_for()
    expect(page.locator("[data-alert]")).to_contain_text("联网后自动上传")
    assert stored() == {}

    page.context.set_offline(False)
    page.locator("[data-saved]").filter(has_text="已全部保存").wait_for()
    assert stored() == {1: "compliant", 2: "compliant", 3: "compliant"}
    expect(page.locator("[data-alert]")).to_be_hidden()
    page.wait_for_function("() => Object.keys(localStorage).length === 0")


def test_page_closed_offline_loses_nothing(fill, browse, inspection):
    browse.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load")
    page = fill(inspection)
    page.context.set_offline(True)
    choose(page, 1, "partial")
    page.fill("#note-1", "缺少培训记录")
    page.locator("#item-1 > [data-state]").filter(has_text="已存在本机").wait_for()
    page.wait_for_function("() => Object.values(localStorage).some(kept => kept.includes('缺少培训记录'))")
    page.close()

    context = page.context
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"/self-inspections/{inspection.pk}/fill/")
    saved(again, 1)
    expect(again.locator("#note-1")).to_have_value("缺少培训记录")
    assert list(Answer.objects.values_list("result", "note")) == [("partial", "缺少培训记录")]


def test_words_typed_just_before_the_page_closes_are_kept(fill, inspection):
    page = fill(inspection)
    choose(page, 1, "partial")
    saved(page, 1)
    page.fill("#note-1", "缺少培训记录")
    page.reload()
    settled(page)
    expect(page.locator("#note-1")).to_have_value("缺少培训记录")
    assert Answer.objects.get().note == "缺少培训记录"


def test_lost_reply_is_sent_again_and_stays_one_answer(fill, browse, inspection):
    """The server has saved, the reply never came: the same save goes out again, and what was chosen since after it."""
    browse.expect("ERR_FAILED|Failed to load")
    page = fill(inspection)
    lost = []

    def lose_first(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route("**/items/1/", lose_first)
    choose(page, 1, "compliant")
    state(page, 1).filter(has_text="已存在本机").wait_for()
    assert stored() == {1: "compliant"}
    choose(page, 1, "not_applicable")
    saved(page, 1)
    assert list(Answer.objects.values_list("version", "result")) == [(2, "not_applicable")]


@pytest.mark.parametrize(("button", "kept"), [("保留对方的", "noncompliant"), ("改为我的", "compliant")])
def test_two_people_choose_by_hand_which_answer_stays(fill, browse, head, inspection, button, kept):
    browse.expect("409")
    page = fill(inspection)
    colleague = make.actor(head.enterprise, Role.SAFETY, name="赵安")
    theirs = lists.saving("noncompliant", note="没有台账")
    actions.answer(inspection, item=1, saving=theirs, by=colleague)

    choose(page, 1, "compliant")
    question = state(page, 1).filter(has_text="保留哪一个")
    expect(question).to_contain_text("赵安已答为“不符合”，情况说明：没有台账")
    assert stored() == {1: "noncompliant"}

    question.get_by_role("button", name=button).click()
    page.locator("[data-saved]").filter(has_text="已全部保存").wait_for()
    assert stored() == {1: kept}
    expect(page.locator(f"#answer-1-{kept}")).to_be_checked()


def test_two_tabs_that_agree_ask_nothing(fill, browse, head, inspection):
    browse.expect("409")
    page = fill(inspection)
    actions.answer(inspection, item=1, saving=lists.saving("compliant"), by=head)
    choose(page, 1, "compliant")
    state(page, 1).filter(has_text="已保留对方的答案").wait_for()
    assert Answer.objects.get().version == 1


def test_expired_login_keeps_the_answer_until_logged_in_again(fill, browse, head, inspection):
    browse.expect("401")
    page = fill(inspection)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    choose(page, 1, "compliant")
    page.locator("[data-alert]").filter(has_text="登录已过期").wait_for()
    assert stored() == {}

    page.context.add_cookies(cookies)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    saved(page, 1)
    assert stored() == {1: "compliant"}


def test_refused_answer_says_why_and_can_be_given_again(fill, browse, inspection):
    browse.expect("400")
    page = fill(inspection)
    page.evaluate("document.querySelector('#note-1').removeAttribute('maxlength')")
    choose(page, 1, "partial")
    saved(page, 1)
    page.fill("#note-1", "长" * 501)
    state(page, 1).filter(has_text="情况说明最多500字，请精简。").wait_for()
    page.fill("#note-1", "缺记录")
    page.locator("#note-1").blur()
    settled(page)
    assert Answer.objects.get().note == "缺记录"


def test_note_appears_only_where_it_is_needed(fill, inspection):
    page = fill(inspection)
    expect(page.locator("#note-1")).to_be_hidden()
    choose(page, 1, "noncompliant")
    expect(page.locator("#note-1")).to_be_visible()
    expect(page.locator("#item-1")).to_contain_text("依法不予行政处罚", use_inner_text=True)
    choose(page, 1, "compliant")
    expect(page.locator("#note-1")).to_be_hidden()


def test_fixed_at_once_is_one_tap(fill, inspection):
    page = fill(inspection)
    choose(page, 1, "noncompliant")
    page.locator("label[for=fixed-1]").click()
    settled(page)
    assert Answer.objects.get().fixed_at_once is True


def test_photo_is_taken_in_one_tap(fill, inspection, tmp_path):
    page = fill(inspection)
    choose(page, 1, "noncompliant")
    saved(page, 1)
    shot = tmp_path / "shot.jpg"
    shot.write_bytes(samples.photo())
    page.locator("#item-1 [data-photo]").set_input_files(shot)
    expect(page.locator("#item-1 .answer-photos img")).to_have_attribute("alt", "第1项照片1")


def test_clauses_are_saved_beside_the_item(fill, inspection):
    lists.clause(Item.objects.get(number=1), 1)
    page = fill(inspection)
    page.locator("#item-1 summary").click()
    page.locator('label[for="answer-1.1-noncompliant"]').click()
    page.locator('[data-key="1.1"] [data-state]').filter(has_text="已保存").wait_for()
    assert list(Answer.objects.values_list("clause__number", "result")) == [(1, "noncompliant")]
    expect(page.locator("[data-progress-text]")).to_have_text("已答 0/3")


def test_everything_is_reached_by_keyboard(fill, inspection):
    page = fill(inspection, phone=False)
    page.locator("#answer-1-compliant").focus()
    page.keyboard.press("Space")
    saved(page, 1)
    page.keyboard.press("ArrowRight")
    page.locator("#item-1[data-result=partial]").wait_for()
    page.keyboard.press("Tab")
    expect(page.locator("#note-1")).to_be_focused()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_pages_around_it_fit_the_screen(browse, head, inspection, phone):
    lists.answered(inspection, by=head, results={2: "noncompliant"})
    page = browse(head.user, f"/self-inspections/{inspection.pk}/check/", phone=phone)
    assert sideways(page) == []
    actions.submit(inspection, by=head)
    officer = make.member(make.unit(), Role.REVIEWER).user
    for path in ("", f"{inspection.pk}/", f"{inspection.pk}/return/"):
        page = browse(officer, f"/self-inspections/{path}", phone=phone)
        assert sideways(page) == []
        assert obstacles(page) == []
        assert not phone or small_targets(page) == []


def test_recipient_returns_with_a_reason_and_the_firm_sees_it_beside_the_item(browse, fill, head, inspection):
    lists.answered(inspection, by=head, results={2: "noncompliant"})
    actions.submit(inspection, by=head)
    officer = make.member(make.unit(), Role.REVIEWER).user
    page = browse(officer, f"/self-inspections/{inspection.pk}/")
    page.get_by_role("link", name="退回修改").click()
    page.get_by_label("第2项退回意见").fill("请写明台账名称")
    page.get_by_role("button", name="退回修改").click()
    page.get_by_text("已退回").first.wait_for()
    expect(fill(inspection).locator("#item-2")).to_contain_text("退回意见：请写明台账名称")
    assert SelfInspection.objects.with_held().get().held is False
