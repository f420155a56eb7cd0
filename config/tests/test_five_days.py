"""Five days of the notices, walked in Chromium by city, district and firm: 2022-04-26, 06-18, 2023-06-25, 06-28, 12-20.

It is 08:30 in Shanghai: the night has opened what is owed, the morning's reminders are out. What must be there is
written out by hand from 威工信发〔2022〕10号 (plans by 04-26, lists by 04-28, progress by the 18th, also on a Saturday)
and 威应急发〔2023〕12号 (mines by the 25th, trade by the 28th, summary by 12-20); other days are the bureau's own.
"""

import pytest
from playwright.sync_api import expect

from campaigns.models import Obligation
from config.tests.mornings import PDF, at, board, cards, clerk, dawn, decide, director, seen, send, tasks, told
from organizations.models import Area
from organizations.models.people import Role
from organizations.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]


def food():
    return make.enterprise("荣成海源食品有限公司", in_area=Area.objects.get(name="荣成市"), in_sector="轻工")


def freezer():
    return make.enterprise(
        "荣成沐川冷冻食品有限公司", in_area=Area.objects.get(name="荣成市"), feature_names=["涉氨制冷"]
    )


def mine():
    return make.enterprise("荣成金岭矿业有限公司", in_area=Area.objects.get(name="荣成市"), in_sector="非煤矿山")


# 2022, 工信: nine districts (区市 and zones) report to 绿色发展推进科 and the offices in charge

MIIT = "威海市工业和信息化局"
LEAD, OFFICE = f"{MIIT}绿色发展推进科", f"{MIIT}消费品产业科"
RONGCHENG = "荣成市工业和信息化局"
MIIT_DISTRICTS = [
    *("环翠区工业和信息化局", "文登区工业和信息化局", RONGCHENG, "乳山市工业和信息化局"),
    *("高区经济发展局", "经区经济发展局", "临港区经济发展局", "综保区经济发展局", "南海新区科技金融局"),
]


def test_2022_04_26_plans_are_due(browse, monkeypatch):
    firm = dawn(monkeypatch, "2022-04-26", since="2022-04-24", firm=food)
    city = browse(clerk(LEAD))
    the_city_reads_who_owes_a_plan(city)
    the_district_hands_in_its_plan(browse(clerk(RONGCHENG)))
    the_office_checks_before_the_lead_office_receives(browse, city)
    the_firm_begins_its_checklist(browse(director(firm), phone=True))


def the_city_reads_who_owes_a_plan(page):
    expect(seen(page).get_by_text("2022年4月26日（周二）")).to_be_visible()
    assert tasks(page) == []
    # nine plans and contacts on the 26th, nine lists on the 28th, five offices' sums and checklists at the month's end
    assert board(seen(at(page, "/campaigns/weihai-miit-2022/board/"))) == {
        "明确联络员和分管负责人": "0/9",
        "工作方案": "0/9",
        "“两个清单”": "0/9",
        "“两个清单”汇总": "0/5",
        "企业对照检查": "未到期",
        "部门对照检查": "0/9",
    }
    expect(page.locator(".board-sum")).to_have_text(
        "2022年4月到期的，应报 42 项：按时 0，迟报 0，缺报 0，未到期或待确认期限 42。"
    )
    today = ["明确联络员和分管负责人 4月26日 · 今天", "工作方案 4月26日 · 今天"]
    assert cards(seen(at(page, "/call-desk/"))) == dict.fromkeys(MIIT_DISTRICTS, today)


def the_district_hands_in_its_plan(page):
    today = "今天（4月26日）截止，请及时报送"
    lists = "“两个清单”：请于4月28日（周四）前报送，还剩2天"
    assert told(page) == sorted([f"明确联络员和分管负责人：{today}", f"工作方案：{today}", lists])
    assert tasks(at(page, "/"))[:4] == [
        "明确联络员和分管负责人 4月26日 · 今天",
        "工作方案 4月26日 · 今天",
        "“两个清单” 4月28日 · 还剩2天",
        "2022年第二季度 部门对照检查 4月30日 · 还剩4天",
    ]
    page.get_by_role("link", name="工作方案", exact=True).click()
    page.get_by_label("附件", exact=True).set_input_files(PDF)
    send(seen(page), f"报送给{LEAD}", "第1稿已报送")
    assert "工作方案" not in str(tasks(at(page, "/")))


def the_office_checks_before_the_lead_office_receives(browse, city):
    """局各相关科室要对工作方案进行审核把关: within three work days."""
    assert tasks(at(city, "/"), "等我审核的") == [f"{RONGCHENG} 工作方案 2022年4月26日（周二）"]
    city.get_by_role("link", name=f"{RONGCHENG} 工作方案", exact=True).click()
    expect(city.get_by_text("行业对口科室须在2022年4月29日（周五）前审核把关")).to_be_visible()
    expect(city.get_by_label("接收", exact=True)).to_have_count(0)
    plan = Obligation.objects.get(unit__name=RONGCHENG, deliverable__code="work-plan")
    office = browse(clerk(OFFICE), plan.get_absolute_url())
    decide(seen(office), "审核通过，转牵头单位接收")
    decide(seen(at(city, plan.get_absolute_url())), "接收")
    plan.refresh_from_db()
    assert plan.state == "fulfilled"


def the_firm_begins_its_checklist(page):
    assert tasks(seen(page, phone=True)) == ["2022年第二季度 企业对照检查 4月30日 · 还剩4天"]
    page.get_by_role("link", name="去填写：2022年第二季度 企业对照检查").click()
    page.get_by_role("link", name="去填写对照检查表").click()
    page.get_by_role("button", name="开始填写").click()
    page.locator("label[for=answer-1-compliant]").click()
    page.locator("[data-saved]").filter(has_text="已全部保存").wait_for()
    seen(page, phone=True)


def test_2022_06_18_is_a_saturday_and_reports_are_due_all_the_same(browse, monkeypatch):
    slow = {"unit__name": "乳山市工业和信息化局", "deliverable__code": "progress", "period": "2022-05"}
    firm = dawn(monkeypatch, "2022-06-18", since="2022-04-24", late=slow, firm=food)
    city, district = browse(clerk(LEAD)), browse(clerk(RONGCHENG))
    the_city_reads_who_has_not_reported(city)
    the_district_reports_on_a_saturday(district)
    the_city_returns_it(city, district)
    the_firm_reads_what_comes_next(browse(director(firm), phone=True))


JUNE_18 = "2022年6月 阶段性工作进展情况 6月18日 · 今天"


def the_city_reads_who_has_not_reported(page):
    expect(seen(page).get_by_text("2022年6月18日（周六）")).to_be_visible()
    assert tasks(page, "等我签发的") == ["催办函（乳山市工业和信息化局）"]
    # ten are the city's bureau and the nine; of the weeks that end in June two are over
    assert board(seen(at(page, "/campaigns/weihai-miit-2022/board/"))) == {
        "阶段性工作进展情况": "0/9",
        "“两个清单”汇总": "0/5",
        "安全生产专业委员会议": "0/10",
        "班子成员带队检查": "0/10",
        "驻点人员每周工作报告": "20/40",
        "驻点人员季度研究会商": "0/10",
    }
    assert cards(seen(at(page, "/call-desk/"))) == dict.fromkeys(MIIT_DISTRICTS, [JUNE_18]) | {
        "乳山市工业和信息化局": ["2022年5月 阶段性工作进展情况 5月18日 · 逾期31天", JUNE_18]
    }
    expect(at(page, "/call-desk/?tab=soon").get_by_text("三天内没有到期的")).to_be_visible()


def the_district_reports_on_a_saturday(page):
    week = "2022年第24周（6月13日至6月19日） 驻点人员每周工作报告"
    assert tasks(page)[:2] == [JUNE_18, f"{week} 6月19日 · 还剩1天"]
    assert told(page) == sorted(
        ["2022年6月 阶段性工作进展情况：今天（6月18日）截止，请及时报送", f"{week}：请于6月19日（周日）前报送，还剩1天"]
    )
    at(seen(page), "/").get_by_role("link", name="2022年6月 阶段性工作进展情况", exact=True).click()
    expect(page.get_by_text("6月18日为周六，按原定日期报送")).to_be_visible()
    page.get_by_label("正文").fill("六月检查企业36家，发现问题隐患58项，已整改51项。")
    send(seen(page), f"报送给{LEAD}", "第1稿已报送")
    assert JUNE_18 not in tasks(at(page, "/"))


def the_city_returns_it(page, district):
    """Nobody is rung about it any more, but it is to be done again."""
    at(page, "/").get_by_role("link", name=f"{RONGCHENG} 2022年6月 阶段性工作进展情况", exact=True).click()
    decide(seen(page), "退回修改", "请补充“两个清单”更新情况")
    assert tasks(at(district, "/"))[0] == "2022年6月 阶段性工作进展情况 2022年6月18日（周六）"
    assert list(cards(at(page, "/call-desk/"))) == [one for one in MIIT_DISTRICTS if one != RONGCHENG]


def the_firm_reads_what_comes_next(page):
    assert tasks(seen(page, phone=True)) == ["2022年第三季度 企业对照检查 7月31日 · 还剩43天"]
    expect(at(page, "/obligations/").locator("tbody tr")).to_have_count(1)
    expect(seen(at(page, "/inbox/"), phone=True).get_by_text("还没有消息")).to_be_visible()


# 2023, 应急: eight districts (区市, the three national zones, 南海新区) report to the city's bureau

EMERGENCY, RONGCHENG_E = "威海市应急管理局", "荣成市应急管理局"
EMERGENCY_DISTRICTS = [
    *("环翠区应急管理局", "文登区应急管理局", RONGCHENG_E, "乳山市应急管理局"),
    *("高区经济发展局", "经区经济发展局", "临港区经济发展局", "南海新区住建交通与应急管理局"),
]
MINES = "进展情况调度表"
PRACTICE, TABLE, LEDGER = TOGETHER = [
    *("有关做法、典型案例、下步工作意见建议", "进展情况调度表（附件1）", "重大事故隐患台账（附件2）"),
]
QUARTER = "经验做法、创新措施、典型案例"
THREE_KINDS = "（金属冶炼、粉尘涉爆、涉氨制冷）"


def in_month(month, due):
    return [f"2023年{month}月 {name} {due}" for name in TOGETHER]


def fill_zeros(page):
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="去填写调度表").click()
    with page.expect_response("**/check/"):
        page.get_by_role("button", name="空白项填0").click()


def test_2023_06_25_is_a_working_sunday_and_mines_are_due(browse, monkeypatch):
    firm = dawn(monkeypatch, "2023-06-25", since="2023-05-19", firm=mine)
    city = browse(clerk(EMERGENCY))
    the_city_reads_whose_mines_table_is_missing(city)
    the_district_fills_in_the_mines_table(browse(clerk(RONGCHENG_E)))
    the_city_accepts_the_table(city)
    the_mine_has_answered_in_the_provinces_app(browse(director(firm), phone=True))


MINES_25 = f"2023年6月 {MINES} 6月25日 · 今天"


def the_city_reads_whose_mines_table_is_missing(page):
    expect(seen(page).get_by_text("2023年6月25日（周日）")).to_be_visible()
    assert board(seen(at(page, "/campaigns/mines-2023/board/"))) == {
        MINES: "0/8",
        QUARTER: "0/8",
        "每月重大事故隐患排查治理": "未到期",
        "事故应急救援预案演练": "未到期",
        "专项应急预案演练": "未到期",
        "无人作业停产停建矿山盯守": "0/8",
    }
    assert cards(seen(at(page, "/call-desk/"))) == dict.fromkeys(EMERGENCY_DISTRICTS, [MINES_25])
    soon = in_month(6, "6月28日 · 还剩3天")
    assert cards(at(page, "/call-desk/?tab=soon")) == dict.fromkeys(EMERGENCY_DISTRICTS, soon)


def the_district_fills_in_the_mines_table(page):
    soon = in_month(6, "6月28日 · 还剩3天")
    later = [f"2023年7月 {MINES} 7月25日 · 还剩30天", *in_month(7, "7月28日 · 还剩33天")]
    assert tasks(page) == [MINES_25, *soon, f"2023年第二季度 {QUARTER} 6月30日 · 还剩5天", *later][:8]
    trade = [f"2023年6月 {one}：请于6月28日（周三）前报送，还剩3天" for one in TOGETHER]
    assert told(page) == sorted([f"2023年6月 {MINES}：今天（6月25日）截止，请及时报送", *trade])
    at(page, "/").get_by_role("link", name=f"2023年6月 {MINES}", exact=True).click()
    fill_zeros(page)
    with page.expect_response("**/check/"):
        page.get_by_label("是否在主流媒体播放安全生产专题栏目", exact=True).select_option("是")
    send(seen(page), "报送", "已报送，等待接收单位审核")
    assert tasks(at(page, "/"))[0] == soon[0]


def the_city_accepts_the_table(page):
    seen(at(page, "/reports/mines-2023/mines/2023-06/"))
    page.locator("tr", has_text=RONGCHENG_E).get_by_role("button", name="接收").click()
    page.get_by_text(f"已接收{RONGCHENG_E}的报送").wait_for()
    assert list(cards(at(page, "/call-desk/"))) == [one for one in EMERGENCY_DISTRICTS if one != RONGCHENG_E]


def the_mine_has_answered_in_the_provinces_app(page):
    """利用省非煤矿山安全风险监测预警系统APP端……每月组织开展1次: its number is the answer here."""
    once = ["危险作业及关键岗位人员全面排查", "外包工程管理排查", "重大事故隐患判定标准全员培训"]
    assert tasks(seen(page, phone=True)) == [
        "2023年6月 每月重大事故隐患排查治理 6月30日 · 还剩5天",
        "2023年上半年 事故应急救援预案演练 6月30日 · 还剩5天",
        "2023年上半年 专项应急预案演练 6月30日 · 还剩5天",
        "2023年第三季度 企业对照检查 7月31日 · 还剩36天",
        "2023年7月 每月重大事故隐患排查治理 7月31日 · 还剩36天",
        *(f"{one} 7月31日 · 还剩36天" for one in once),
    ]
    page.get_by_role("link", name="去报送：2023年6月 每月重大事故隐患排查治理").click()
    page.get_by_label("本期已在省平台上报").check()
    page.get_by_label("省平台编号").fill("SD-2023-0625")
    send(seen(page, phone=True), "报送", "已登记，留存备查。")
    assert "2023年6月" not in str(tasks(at(page, "/")))


def test_2023_06_28_trade_hands_in_three_things_together(browse, monkeypatch):
    firm = dawn(monkeypatch, "2023-06-28", since="2023-05-19", firm=freezer)
    city = browse(clerk(EMERGENCY))
    the_city_reads_whose_packet_is_missing(city)
    the_district_hands_in_two_of_three(browse(clerk(RONGCHENG_E)))
    the_city_accepts_what_has_come(city)
    the_head_has_led_a_check(browse(director(firm, Role.HEAD), phone=True))


JUNE_28 = in_month(6, "6月28日 · 今天")


def the_city_reads_whose_packet_is_missing(page):
    assert board(seen(at(seen(page), "/campaigns/trade-2023/board/"))) == dict.fromkeys(TOGETHER, "0/8") | {
        f"主要负责人带队检查{THREE_KINDS}": "未到期",
        f"事故应急救援预案演练{THREE_KINDS}": "未到期",
    }
    assert cards(seen(at(page, "/call-desk/"))) == dict.fromkeys(EMERGENCY_DISTRICTS, JUNE_28)


def the_district_hands_in_two_of_three(page):
    assert tasks(page) == [
        *JUNE_28,
        f"2023年第二季度 {QUARTER} 6月30日 · 还剩2天",
        f"2023年7月 {MINES} 7月25日 · 还剩27天",
        *in_month(7, "7月28日 · 还剩30天"),
    ]
    trade = [f"2023年6月 {one}：今天（6月28日）截止，请及时报送" for one in TOGETHER]
    assert told(page) == sorted([f"2023年第二季度 {QUARTER}：请于6月30日（周五）前报送，还剩2天", *trade])
    at(page, "/").get_by_role("link", name=f"2023年6月 {PRACTICE}", exact=True).click()
    page.get_by_label("正文").fill("帮扶指导重点企业6家。建议加强液氨使用企业专家会诊。")
    send(seen(page), f"报送给{EMERGENCY}", "第1稿已报送")
    page.get_by_role("link", name=f"2023年6月 {TABLE}", exact=True).click()
    fill_zeros(page)
    send(seen(page), "报送", "已报送，等待接收单位审核")
    assert tasks(at(page, "/"))[0] == JUNE_28[2]


def the_city_accepts_what_has_come(page):
    assert tasks(at(page, "/"), "等我审核的") == [
        f"{RONGCHENG_E} {one}" for one in in_month(6, "2023年6月28日（周三）")[:2]
    ]
    page.get_by_role("link", name=f"{RONGCHENG_E} 2023年6月 {PRACTICE}", exact=True).click()
    page.get_by_role("link", name="一并报送：每月28日调度").click()
    page.get_by_text("一并报送 3 项，已报 2 项").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    send(seen(page), "全部接收（2项）", "已接收")
    assert cards(at(page, "/call-desk/"))[RONGCHENG_E] == JUNE_28[2:]


def the_head_has_led_a_check(page):
    """金属冶炼、粉尘涉爆、涉氨制冷企业每月至少 1 次, drills 每半年至少 1 次."""
    led = f"主要负责人带队检查{THREE_KINDS}"
    once = ["全员安全警示教育", "危险作业及关键岗位人员全面排查", "外包外租全面排查"]
    assert tasks(seen(page, phone=True)) == [
        f"2023年6月 {led} 6月30日 · 还剩2天",
        f"2023年上半年 事故应急救援预案演练{THREE_KINDS} 6月30日 · 还剩2天",
        "2023年第三季度 企业对照检查 7月31日 · 还剩33天",
        f"2023年7月 {led} 7月31日 · 还剩33天",
        *(f"{one} 7月31日 · 还剩33天" for one in [*once, f"第三方全面安全生产诊断{THREE_KINDS}"]),
    ]
    page.get_by_role("link", name=f"去登记：2023年6月 {led}").click()
    page.get_by_role("link", name="去填写").click()
    page.get_by_label("日期").fill("2023-06-27")
    page.get_by_label("带队/主持人").fill("连永胜")
    page.get_by_label("开展情况").fill("检查制冷机房和快速冻结装置")
    send(seen(page, phone=True), "登记", "任务已完成")
    assert f"2023年6月 {led}" not in str(tasks(at(page, "/")))


def test_2023_12_20_the_summary_of_the_whole_campaign_is_due(browse, monkeypatch):
    slow = {"unit__name": "文登区应急管理局", "deliverable__code": "ledger", "period": "2023-11"}
    firm = dawn(monkeypatch, "2023-12-20", since="2023-05-19", late=slow, firm=freezer)
    city = browse(clerk(EMERGENCY))
    the_city_reads_whose_summary_is_missing(city)
    the_district_sums_up(browse(clerk(RONGCHENG_E)))
    the_city_accepts_the_summary(city)
    the_director_reports_on_his_year(browse(director(firm), phone=True))


SUMMARY = "整体开展情况书面总结 12月20日 · 今天"


def the_city_reads_whose_summary_is_missing(page):
    assert tasks(seen(page), "等我签发的") == ["催办函（文登区应急管理局）"]
    assert board(seen(at(page, "/campaigns/trade-2023/board/"))) == {
        **dict.fromkeys([*TOGETHER, "整体开展情况书面总结"], "0/8"),
        f"主要负责人带队检查{THREE_KINDS}": "未到期",
        f"事故应急救援预案演练{THREE_KINDS}": "未到期",
        "安全总监专项述职": "未到期",
    }
    assert cards(seen(at(page, "/call-desk/"))) == dict.fromkeys(EMERGENCY_DISTRICTS, [SUMMARY]) | {
        "文登区应急管理局": [f"2023年11月 {LEDGER} 11月28日 · 逾期22天", SUMMARY]
    }


def the_district_sums_up(page):
    assert tasks(page) == [
        SUMMARY,
        f"2023年12月 {MINES} 12月25日 · 还剩5天",
        *in_month(12, "12月28日 · 还剩8天"),
        f"2023年第四季度 {QUARTER} 12月31日 · 还剩11天",
    ]
    mines = f"2023年12月 {MINES}：请于12月25日（周一）前报送，还剩5天"
    assert told(page) == sorted(["整体开展情况书面总结：今天（12月20日）截止，请及时报送", mines])
    at(page, "/").get_by_role("link", name="整体开展情况书面总结", exact=True).click()
    page.get_by_label("附件", exact=True).set_input_files(PDF | {"name": "荣成市工贸行业总结.pdf"})
    send(seen(page), f"报送给{EMERGENCY}", "第1稿已报送")
    assert SUMMARY not in tasks(at(page, "/"))


def the_city_accepts_the_summary(page):
    at(page, "/").get_by_role("link", name=f"{RONGCHENG_E} 整体开展情况书面总结", exact=True).click()
    decide(seen(page), "接收")
    assert RONGCHENG_E not in cards(at(page, "/call-desk/"))


def the_director_reports_on_his_year(page):
    assert tasks(seen(page, phone=True)) == [
        f"2023年12月 主要负责人带队检查{THREE_KINDS} 12月31日 · 还剩11天",
        f"2023年下半年 事故应急救援预案演练{THREE_KINDS} 12月31日 · 还剩11天",
        "安全总监专项述职 12月31日 · 还剩11天",
    ]
    page.get_by_role("link", name="去报送：安全总监专项述职").click()
    page.get_by_label("正文").fill("全年组织排查12次，发现并整改重大事故隐患1项。")
    send(seen(page, phone=True), f"报送给{RONGCHENG_E}", "第1稿已报送")
    assert "安全总监专项述职" not in str(tasks(at(page, "/")))
