"""The month, played in Chromium by the people who live it: the firm on its phone, the offices at their desks."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.utils import timezone

from campaigns.actions.opening import open_obligations
from campaigns.models import Campaign, Obligation, Submission
from checklists.models import Answer
from hazards.models import Hazard
from lib.actor import Actor
from lib.periods import next_due
from organizations.models import Area, Enterprise, Unit
from organizations.models.people import Role
from organizations.tests import factories as make
from reports.demo.current import start_again

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
# What the district's row must show: one major found by the firm, one by the department, both closed.
EXPECTED = {"1.4": 1, "1.5": 1, "2.1": 2, "2.2": 2, "2.3": 1, "2.4": 1, "2.5": 1, "2.6": 1, "2.7": 0, "2.8": 0}


@dataclass
class Cast:
    """Everybody who acts, and the campaign of these months."""

    campaign: Campaign
    firm: Enterprise
    head: Any
    director: Any
    district: Any
    inspector: Any
    city: Any


@pytest.fixture
def cast(transactional_db):
    call_command("load_official", verbosity=0)
    area = Area.objects.get(name="荣成市")
    district, city = Unit.objects.get(name="荣成市应急管理局"), Unit.objects.get(name="威海市应急管理局")
    firm = make.enterprise(
        "荣成沐川冷冻食品有限公司", in_area=area, feature_names=["涉氨制冷"], head="连永胜", director="于明辉"
    )
    today = timezone.localdate()
    campaign = start_again(today)
    open_obligations(today, by=Actor.system())
    posts = [(firm, Role.HEAD, "连永胜"), (firm, Role.DIRECTOR, "于明辉"), (district, Role.CLERK, "于海涛")]
    posts += [(district, Role.OFFICER, "孙志强"), (city, Role.CLERK, "丛文斌")]
    return Cast(campaign, firm, *(make.member(holder, role, name=name).user for holder, role, name in posts))


def test_month_from_the_checklist_to_the_printed_table(browse, cast, tmp_path):
    answer_56_items(browse, cast)
    self_found = Hazard.objects.get()
    judge(browse, cast.district, self_found)
    rectify_and_sign(browse, cast, self_found)
    assert state(self_found) == "closed"
    check_afterwards(browse, cast, self_found)

    found = register_by_department(browse, cast)
    judge(browse, cast.inspector, found)
    rectify_and_sign(browse, cast, found)
    assert state(found) == "rectifying"
    recheck(browse, cast, found)
    assert state(found) == "closed"

    hand_in_return(browse, cast)
    book = accept_and_download(browse, cast, tmp_path)
    assert figures_of(book, "荣成市") == EXPECTED


def state(hazard):
    hazard.refresh_from_db()
    return hazard.state


# The firm


def answer_56_items(browse, cast):
    page = browse(cast.director, "/self-inspections/", phone=True)
    page.locator("li.task", has_text="56项").get_by_role("link", name="开始填写").click()
    page.get_by_role("button", name="开始填写").click()
    for number in range(1, 57):
        page.locator(f"label[for=answer-{number}-{'noncompliant' if number == 7 else 'compliant'}]").click()
    page.fill("#note-7", "快速冻结装置未设置在单独的作业间内")
    page.locator("#note-7").blur()
    page.locator("[data-saved]").filter(has_text="已全部保存").wait_for()
    page.locator("#item-7 [data-register=major]").click()
    page.locator("#item-7 [data-finding] a").wait_for()
    page.get_by_role("link", name="检查并提交").click()
    page.get_by_role("button", name="提交给").click()
    page.get_by_text("已报送，等待接收单位审核").first.wait_for()
    assert Answer.objects.filter(clause=None).count() == 56
    assert Submission.objects.get(obligation__deliverable__form="checklist:enterprise-56").state == "submitted"


def act(page, hazard, label, confirm=None):
    """Open the hazard and the act, fill what `confirm` fills, send it."""
    page.goto(f"/hazards/{hazard.pk}/")
    page.get_by_role("link", name=label, exact=True).locator("visible=true").first.click()
    if confirm:
        confirm(page)
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_url(f"**/hazards/{hazard.pk}/")


def rectify_and_sign(browse, cast, hazard):
    head, director = browse(cast.head, phone=True), browse(cast.director, phone=True)
    act(head, hazard, "落实整改“五到位”", fill_plan)
    act(director, hazard, "整改完成")
    act(director, hazard, "签字", sign)
    act(head, hazard, "签字", sign)


def fill_plan(page):
    page.get_by_label("责任人").fill("于明辉")
    page.get_by_label("整改措施").fill("设置单独的速冻作业间")
    page.get_by_label("资金（万元）").fill("12.5")
    page.get_by_label("整改期限").fill(f"{timezone.localdate() + timedelta(days=20):%Y-%m-%d}")
    page.get_by_label("应急预案").fill("液氨泄漏现场处置方案")


def sign(page):
    page.get_by_label("登录密码").fill(PASSWORD)


# The district


def judge(browse, user, hazard):
    act(browse(user), hazard, "判定为重大事故隐患", lambda page: page.get_by_label("条款").fill("第十二条第（二）项"))


def register_by_department(browse, cast):
    page = browse(cast.inspector, "/hazards/new/")
    page.fill("[name=enterprise]", cast.firm.name)
    page.get_by_label("隐患描述").fill("氨机房报警装置失效")
    page.get_by_text("重大", exact=True).click()
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_text("氨机房报警装置失效").first.wait_for()
    return Hazard.objects.get(found_by="department")


def two_officers(page):
    page.get_by_label("检查人员二").fill("邹立新")
    page.locator("label[for=id_passed_0]").click()


def check_afterwards(browse, cast, hazard):
    act(browse(cast.inspector), hazard, "部门核查", two_officers)
    hazard.refresh_from_db()
    assert hazard.checked_on == timezone.localdate()


def recheck(browse, cast, hazard):
    act(browse(cast.head, phone=True), hazard, "申请复查")
    act(browse(cast.inspector), hazard, "复查", two_officers)


def period():
    """The month whose window holds today: from the 29th on it is the next one's."""
    return f"{next_due(timezone.localdate() - timedelta(days=1), 'monthly', 28):%Y-%m}"


def hand_in_return(browse, cast):
    owed = Obligation.objects.get(
        deliverable__campaign=cast.campaign,
        deliverable__form="return:trade",
        unit__name="荣成市应急管理局",
        period=period(),
    )
    page = browse(cast.district, f"/reports/returns/{owed.pk}/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="空白项填0").click()
    page.locator("#checks").wait_for()
    page.get_by_role("button", name="报送", exact=True).click()
    page.get_by_text("已报送，等待接收单位审核").wait_for()


# The city


def accept_and_download(browse, cast, tmp_path: Path):
    page = browse(cast.city, f"/reports/{cast.campaign.code}/trade/{period()}/")
    page.locator("tr", has_text="荣成市应急管理局").get_by_role("button", name="接收").click()
    page.get_by_text("已接收荣成市应急管理局的报送").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载（报送数据）").click()
    download.value.save_as(tmp_path / "table.xlsx")
    return openpyxl.load_workbook(BytesIO((tmp_path / "table.xlsx").read_bytes())).active


def figures_of(sheet, area):
    """The row of an area in the first two of the three stacked tables, by figure, as printed."""
    rows = [row for row in sheet.iter_rows(values_only=True) if len(row) > 1 and row[1] == area]
    first, second = rows[0][2:17], rows[1][2:10]
    printed = {f"1.{nth}": value for nth, value in enumerate(first, 1)} | {
        f"2.{nth}": v for nth, v in enumerate(second, 1)
    }
    return {code: printed[code] for code in EXPECTED}
