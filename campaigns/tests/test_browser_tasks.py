"""威安办发〔2022〕65号 in Chromium: units report on its 22 tasks, the office judges and has letters drafted."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from campaigns.actions import assignments
from campaigns.actions.opening import open_obligations
from campaigns.models import Assignment, Letter
from config.tests.browser import obstacles, sideways, small_targets
from lib.actor import Actor
from organizations.models import Unit
from organizations.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOARD = "/campaigns/weihai-safety-2022/assignments/"
SYSTEM = Actor.system()
OFFICE, HOUSING = "威海市人民政府安全生产委员会办公室", "威海市住房和城乡建设局"
# 成员单位, 负有安全生产监管职责的部门 and where 住建 is named; 16 below as a cooperating unit.
HOUSINGS_TASKS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 20, 21, 22]
BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


@pytest.fixture(autouse=True)
def september(transactional_db, monkeypatch):
    """Monday, 5 September 2022: the notice is two weeks old; 住建 cooperates in task 16 (建筑施工安全)."""
    call_command("load_official", verbosity=0)
    open_obligations(date(2022, 8, 23), by=SYSTEM)
    now = datetime(2022, 9, 5, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    task().cooperating_units.set([Unit.objects.get(name=HOUSING)])


def task(number=16):
    return Assignment.objects.get(campaign__code="weihai-safety-2022", number=number)


def person(unit):
    return make.member(Unit.objects.get(name=unit), name="丛文斌").user


def report(light="yellow", percent=40):
    unit = Unit.objects.get(name=HOUSING)
    return assignments.report(task(), unit=unit, text="深基坑检查过半", percent=percent, light=light, by=SYSTEM)


def fits(page, phone):
    assert sideways(page) == []
    assert obstacles(page) == []
    assert not phone or small_targets(page) == []


def row(page, number):
    return page.locator("tbody tr").filter(has=page.locator(f"a[href$='/assignments/{number}/']"))


@BOTH
def test_cooperating_unit_reports_on_its_task(browse, phone):
    page = browse(person(HOUSING), BOARD, phone=phone)
    expect(page.locator("tbody tr td:first-child")).to_have_text([str(number) for number in HOUSINGS_TASKS])
    expect(row(page, 16)).to_contain_text("未报告")
    fits(page, phone)
    row(page, 16).get_by_role("link").click()
    expect(page.get_by_role("heading", name="任务16", exact=True)).to_be_visible()
    page.get_by_label("进展缓慢").check()
    page.get_by_label("进度（%）").fill("40")
    page.locator("#id_text").fill("深基坑检查过半")
    fits(page, phone)
    page.get_by_role("button", name="报告进展").click()
    page.get_by_text("进展已报告。").wait_for()
    page.goto(BOARD)
    for words in ("进展缓慢", "40%", "深基坑检查过半"):
        expect(row(page, 16)).to_contain_text(words)


def test_report_that_contradicts_itself_is_refused_and_keeps_what_was_typed(browse):
    browse.expect("422")
    page = browse(person(HOUSING), f"{BOARD}16/", phone=True)
    page.get_by_label("已完成").check()
    page.get_by_label("进度（%）").fill("40")
    page.locator("#id_text").fill("深基坑检查过半")
    page.get_by_role("button", name="报告进展").click()
    page.get_by_text("进度应为100或留空").first.wait_for()
    expect(page.locator("#id_text")).to_have_value("深基坑检查过半")
    fits(page, phone=True)
    assert not task().progress.exists()


@BOTH
def test_board_shows_the_office_every_task_by_its_light(browse, phone):
    report()
    page = browse(person(OFFICE), BOARD, phone=phone)
    expect(page.locator("tbody tr")).to_have_count(22)
    expect(page.locator("tbody tr", has_text="未报告")).to_have_count(21)
    fits(page, phone)
    page.goto(f"{BOARD}?light=yellow")
    expect(page.locator("tbody tr td:first-child")).to_have_text(["16"])


@BOTH
def test_office_judges_and_the_unit_reads_why(browse, phone):
    report("green", 90)
    page = browse(person(OFFICE), f"{BOARD}16/", phone=phone)
    page.locator("summary", has_text="牵头单位认定").click()
    page.get_by_label("严重滞后").check()
    page.get_by_label("理由").fill("抽查3个工地均无方案")
    fits(page, phone)
    page.get_by_role("button", name="认定", exact=True).click()
    page.get_by_text("已认定，各责任单位可以看到理由。").wait_for()
    unit = browse(person(HOUSING), f"{BOARD}16/", phone=phone)
    expect(unit.locator(".page-title")).to_contain_text("严重滞后")
    expect(unit.locator(".page-title")).to_contain_text("牵头单位认定")
    expect(unit.get_by_text("抽查3个工地均无方案")).to_be_visible()
    expect(unit.locator("summary", has_text="牵头单位认定")).to_have_count(0)
    fits(unit, phone)


@BOTH
@pytest.mark.parametrize(
    ("button", "title"), [("督办函", "关于限期办理逾期事项的督办函"), ("约谈通知", "关于约谈的通知")]
)
def test_one_tap_from_a_slow_row_to_a_draft(browse, phone, button, title):
    """明确联络员 was due on 30 August: eight committees owe it, each row has its two letters; nothing goes out."""
    page = browse(person(OFFICE), BOARD, phone=phone)
    page.get_by_role("link", name="按单位逐月").click()
    expect(page.locator("tbody tr", has_text="缺报")).to_have_count(8)
    fits(page, phone)
    page.get_by_role("button", name=f"给荣成市人民政府安委会拟{button}").click()
    page.get_by_text("已拟好草稿").wait_for()
    expect(page.get_by_label("标题")).to_have_value(title)
    fits(page, phone)
    draft = Letter.objects.get()
    assert (str(draft.unit), draft.state, draft.kind) == (
        "荣成市人民政府安委会",
        "draft",
        {"督办函": "supervision", "约谈通知": "talk"}[button],
    )
    page.goto(draft.get_absolute_url())
    expect(page.get_by_text("明确联络员和分管负责人，应于2022年8月30日报送，至今未报送")).to_be_visible()
    fits(page, phone)


def test_unit_is_not_offered_letters_nor_tasks_of_others(browse):
    page = browse(person("荣成市人民政府安委会"), BOARD)
    expect(page.locator("tbody tr td:first-child")).to_have_text(["1"])
    page.get_by_role("link", name="按单位逐月").click()
    page.get_by_role("heading", name="各单位逐月报送情况").wait_for()
    expect(page.get_by_role("button", name="拟督办函")).to_have_count(0)
    browse.expect("404")
    page.goto(f"{BOARD}16/")
    expect(page.get_by_role("heading", name="没有找到这个页面")).to_be_visible()
