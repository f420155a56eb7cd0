"""The ledger by workbook: new rows, their state from their dates, listings, closings, and what is doubted."""

from datetime import date
from decimal import Decimal

import pytest

from campaigns.tests import factories as duties
from hazards.models import Closing, Hazard, HazardMove, SupervisionListing
from hazards.tests.factories import standard
from hazards.tests.ledgers import CODE, imported, problems, row
from lib.excel import ERROR, WARNING
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def firm():
    standard()
    return make.enterprise(uscc=CODE, feature_names=["涉氨制冷"])


def test_row_becomes_a_hazard_with_a_number_and_stamps(firm):
    imported(row())

    one = Hazard.objects.get()
    assert one.number == "荣成市-2023-0001"
    assert (one.enterprise, one.area, one.reporting_area, one.handled_in) == (firm, firm.area, firm.area, firm.area)
    assert (one.sector.name, one.feature_names) == ("轻工", ["涉氨制冷"])
    assert (one.level, one.found_on, one.found_by) == ("major", date(2023, 6, 6), "self")
    assert (one.standard.name, one.clause) == ("工贸企业重大事故隐患判定标准", "第十二条第（二）项")
    assert one.imported
    assert "冻结" in one.grams


def test_row_keeps_all_it_says():
    imported(
        row(
            领域="粉尘涉爆", 隐患级别="一般", 现场处置措施="立即停用", 行政处置措施="责令暂时停产停业",
            整改责任人="王五", 整改期限="2023-06-30", 整改措施="设置单独作业间", 应急预案="液氨泄漏现场处置方案",
        )
        | {"整改资金（万元）": "1.5"}
    )  # fmt: skip

    one = Hazard.objects.get()
    assert (one.feature_names, one.level, one.on_site_measure) == (["粉尘涉爆"], "general", "立即停用")
    assert (one.administrative_measure, one.stopped) == ("责令暂时停产停业", True)
    assert (one.responsible, one.measures, one.funds) == ("王五", "设置单独作业间", Decimal("1.50"))
    assert (one.deadline_on, one.deadline_text) == (date(2023, 6, 30), "2023-06-30")
    assert one.emergency_plan == "液氨泄漏现场处置方案"


def test_rows_that_look_alike_are_all_kept():
    assert imported(row(), row(), row()) == (3, 0)
    assert sorted(Hazard.objects.values_list("number", flat=True)) == [
        "荣成市-2023-0001", "荣成市-2023-0002", "荣成市-2023-0003",
    ]  # fmt: skip


def test_numbers_go_by_area_and_year_found():
    make.enterprise("乳山新生食品有限公司", uscc="91371083MA30001330", in_area=make.county("乳山市"))

    imported(
        row(),
        row(统一社会信用代码="91371083MA30001330", 企业全称="乳山新生食品有限公司"),
        row(发现时间="2024.01.02"),
        row(),
    )

    assert list(Hazard.objects.order_by("id").values_list("number", flat=True)) == [
        "荣成市-2023-0001", "乳山市-2023-0001", "荣成市-2024-0001", "荣成市-2023-0002",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("自查", "self"), ("企业自查", "self"), ("部门检查", "department"), ("驻点监督", "stationed"),
        ("举报", "reported"), ("上级督查", "superior"), ("系统预警", "warning"),
    ],
)  # fmt: skip
def test_ways_of_finding_are_kept_as_they_were(written, kept):
    imported(row(发现方式=written))

    assert Hazard.objects.get().found_by == kept


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({}, "confirmed"),
        ({"判定依据": None}, "registered"),
        ({"隐患级别": "一般"}, "registered"),
        ({"整改责任人": "王五", "整改措施": "设置单独作业间"}, "rectifying"),
        ({"整改完成时间": "2023.06.20"}, "rectifying"),
        ({"整改完成时间": "2023.06.20", "发现方式": "部门检查"}, "recheck_requested"),
        ({"整改完成时间": "2023.06.20", "发现方式": "部门检查", "隐患级别": "一般"}, "rectifying"),
        ({"整改完成时间": "2023.06.20", "挂牌督办单位": "荣成市应急管理局"}, "recheck_requested"),
        ({"整改完成时间": "2023.06.20", "复查时间": "2023.06.25"}, "recheck_requested"),
        ({"整改完成时间": "2023.06.20", "复查时间": "2023.06.25", "销号时间": "2023.06.26"}, "closed"),
        ({"销号时间": "2023.06.26"}, "closed"),
    ],
)
def test_state_follows_from_the_dates(cells, state):
    imported(row(**cells))

    assert Hazard.objects.get().state == state


def test_closed_row_has_a_closing_and_no_signature():
    imported(row(整改完成时间="2023.06.20", 复查时间="2023.06.25", 销号时间="2023.06.26"))

    one = Hazard.objects.get()
    assert (one.rectified_on, one.rechecked_on) == (date(2023, 6, 20), date(2023, 6, 25))
    assert (one.closed_on, one.signed_head, one.signed_director) == (date(2023, 6, 26), "", "")
    assert list(one.closings.values_list("closed_on", "reopened_on")) == [(date(2023, 6, 26), None)]
    assert not one.signatures.exists()


def test_time_line_says_where_the_row_came_from():
    imported(row())

    move = HazardMove.objects.get()
    assert (move.from_state, move.to_state, move.by) == ("", "confirmed", "系统（import_rows）")
    assert move.comment == "导入台账“台账.xlsx”第2行"


@pytest.mark.parametrize(
    ("unit", "level", "kept"),
    [
        ("威海市人民政府安委会", None, "government"),
        ("荣成市人民政府", None, "government"),
        ("荣成市应急管理局", None, "department"),
        ("荣成市应急管理局", "政府", "government"),
        ("威海市人民政府安委会", "部门", "department"),
    ],
)
def test_listing_takes_its_level_from_the_column_else_from_the_name(unit, level, kept):
    imported(row(挂牌督办单位=unit, 挂牌级别=level, 挂牌时间="2023.06.10"))

    listing = SupervisionListing.objects.get()
    assert (listing.level, listing.unit_name, listing.listed_on) == (kept, unit, date(2023, 6, 10))
    assert (listing.hazard.listed, listing.hazard.listing_unit_name) == (True, unit)


def test_listing_is_linked_to_a_unit_of_that_name():
    bureau = make.unit("荣成市应急管理局")

    imported(
        row(挂牌督办单位="荣成市应急管理局", 挂牌时间="2023.06.10"), row(挂牌督办单位="XX局", 挂牌时间="2023.06.10")
    )

    assert set(SupervisionListing.objects.values_list("unit_name", "unit")) == {
        ("荣成市应急管理局", bureau.pk),
        ("XX局", None),
    }


@pytest.mark.parametrize("written", [" 荣成市 应急管理局", "荣成市应急管理局\u3000", "荣成市\n应急管理局"])
def test_listing_unit_is_known_with_spaces_in_its_name(written):
    bureau = make.unit("荣成市应急管理局")

    imported(row(挂牌督办单位=written, 挂牌时间="2023.06.10"))

    assert SupervisionListing.objects.get().unit == bureau


def test_listing_without_its_day_is_told_and_without_its_unit_refused():
    assert problems(row(挂牌督办单位="XX局")) == [(WARNING, "第2行“挂牌时间”为空，该挂牌不会计入调度表，请补填")]
    assert problems(row(挂牌时间="2023.06.10")) == [
        (ERROR, "第2行“挂牌督办单位”为空，但填了“挂牌时间”，请补填挂牌督办单位或删去挂牌时间")
    ]


def test_text_deadline_is_kept_with_a_proposed_day():
    assert problems(row(整改期限="7月底前")) == [(WARNING, "第2行“整改期限”“7月底前”暂按2023.07.31计，请核对")]

    imported(row(整改期限="7月底前"), row(整改期限="立即"), row(整改期限="抓紧"))

    assert list(Hazard.objects.order_by("id").values_list("deadline_text", "deadline_on")) == [
        ("7月底前", date(2023, 7, 31)), ("立即", date(2023, 6, 6)), ("抓紧", None),
    ]  # fmt: skip


def test_finding_unit_is_named_in_full():
    bureau = make.unit("荣成市应急管理局")

    imported(row(发现方式="部门检查", 发现单位="荣成市应急管理局"))

    assert Hazard.objects.get().found_by_unit == bureau
    assert problems(row(发现单位="荣成应急管理局")) == [
        (ERROR, "第2行“发现单位”没有“荣成应急管理局”这一单位，是否为“荣成市应急管理局”，请填写单位全称")
    ]


def test_unknown_enterprise_is_an_error_with_the_code_of_its_name():
    assert problems(row(统一社会信用代码="91371083MA30001330")) == [
        (
            ERROR,
            "第2行“统一社会信用代码”没有这家企业，或不在管辖范围，请核对代码或先导入企业；"
            f"“荣成海源食品有限公司”的代码为{CODE}",
        )
    ]


def test_what_differs_from_the_stored_firm_is_told():
    different = row(企业全称="荣成海源食品公司", 行业="冶金") | {"县（市、区）": "乳山市"}

    assert problems(different) == [
        (WARNING, "第2行“企业全称”与平台登记的“荣成海源食品有限公司”不同，以平台为准"),
        (WARNING, "第2行“行业”与平台登记的“轻工”不同，以平台为准"),
        (WARNING, "第2行“县（市、区）”与平台登记的“荣成市”不同，以平台为准"),
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            {"发现时间": "2023.05.03"},
            "第2行“判定依据”：《工贸企业重大事故隐患判定标准》自2023年5月15日施行，"
            "发现时间2023年5月3日不在其有效期内，请改选标准",
        ),
        (
            {"判定依据": "《工贸企业重大事故隐患判定标准》"},
            "第2行“判定依据”：没有写明条款，应如“第十二条第（二）项”",
        ),
        (
            {"判定依据": "《工贸企业重大事故隐患判定标准》第九十九条"},
            "第2行“判定依据”：《工贸企业重大事故隐患判定标准》没有条款“第九十九条”，应如“第十二条第（二）项”",
        ),
        ({"判定依据": "《没有的标准》第一条"}, "第2行“判定依据”：标准库中没有《没有的标准》"),
        (
            {"判定依据": "专家意见"},
            "第2行“判定依据”：没有写明判定标准，应如“《工贸企业重大事故隐患判定标准》第十二条第（二）项”",
        ),
        (
            {"判定依据": None},
            "第2行“判定依据”为空，重大事故隐患应写明标准和条款，如“《工贸企业重大事故隐患判定标准》第十二条第（二）项”",
        ),
        (
            {"整改完成时间": "2023.06.20", "销号时间": "2023.06.05"},
            "第2行“销号时间”（2023.06.05）早于整改完成时间（2023.06.20），请核对",
        ),
        ({"整改期限": "2023.06.01"}, "第2行“整改期限”（2023.06.01）早于发现时间（2023.06.06），请核对"),
        ({"领域": "海上作业"}, "第2行“领域”没有“海上作业”这一领域，将按原文保存"),
        ({"销号时间": "2023.06.26"}, "第2行“整改完成时间”为空，但已填销号时间，请补填"),
    ],
)
def test_doubtful_history_is_stored_and_told(cells, told):
    assert problems(row(**cells)) == [(WARNING, told)]

    imported(row(**cells))

    assert Hazard.objects.count() == 1


def test_general_hazard_needs_no_standard():
    assert problems(row(判定依据=None, 隐患级别="一般")) == []


def test_standard_that_came_too_late_is_still_the_one_cited():
    imported(row(发现时间="2023.05.03"))

    assert Hazard.objects.get().standard.valid_from == date(2023, 5, 15)


def test_standard_in_force_that_day_is_taken():
    old = standard(valid_from=date(2017, 11, 30), valid_to=date(2023, 5, 14))

    imported(row(发现时间="2023.05.03"), row())

    assert list(Hazard.objects.order_by("id").values_list("standard__valid_from", flat=True)) == [
        old.valid_from,
        date(2023, 5, 15),
    ]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"发现时间": None}, "第2行“发现时间”必填，现为空"),
        ({"发现时间": "六月六日"}, "第2行“发现时间”应为日期，如2023.06.06，现为“六月六日”"),
        ({"发现时间": "2023.02.30"}, "第2行“发现时间”没有2023年2月30日这一天，请更正"),
        ({"重大事故隐患描述": ""}, "第2行“重大事故隐患描述”必填，现为空"),
        (
            {"发现方式": "听说"},
            "第2行“发现方式”应为“企业自查”、“部门检查”、“驻点监督”、“举报”、“上级督查”或“系统预警”，现为“听说”",
        ),
        ({"隐患级别": "特大"}, "第2行“隐患级别”应为“一般”或“重大”，现为“特大”"),
        ({"整改资金（万元）": "15000元"}, "第2行“整改资金（万元）”单位为万元，现为“15000元”，请换算后填写数字"),
        (
            {"台账编号": "荣成市-2023-0009"},
            "第2行“台账编号”平台中没有这个编号，或不在管辖范围；新增隐患请留空，由平台编号",
        ),
    ],
)
def test_wrong_cell_is_an_error_with_its_place(cells, message):
    assert problems(row(**cells)) == [(ERROR, message)]


def test_clerk_registers_what_is_found_now_but_brings_no_dates_of_state():
    clerk = make.actor(make.unit())

    found = problems(row(整改完成时间="2023.06.20", 销号时间="2023.06.26"), by=clerk, history=False)

    assert found == [
        (ERROR, "第2行“整改完成时间”只有管理员导入历史台账时可以填写；其他请在平台上办理"),
        (ERROR, "第2行“销号时间”只有管理员导入历史台账时可以填写；其他请在平台上办理"),
    ]


def test_clerk_may_not_enter_what_history_may():
    clerk = make.actor(make.unit())

    assert problems(row(发现时间="2023.05.03"), by=clerk, history=False)[0][0] == ERROR
    assert problems(row(整改期限="2023.06.01"), by=clerk, history=False)[0][0] == ERROR


def test_row_of_a_clerk_is_registered_to_be_judged():
    imported(row(整改责任人="王五", 整改措施="改"), by=make.actor(make.unit()), history=False)

    one = Hazard.objects.get()
    assert (one.state, one.level, one.imported, one.responsible) == ("registered", "major", False, "王五")


def test_clerk_finds_only_the_enterprises_of_his_area():
    rushan = make.actor(make.unit("乳山市应急管理局", in_area=make.county("乳山市")))

    assert problems(row(), by=rushan, history=False)[0] == (
        ERROR,
        "第2行“统一社会信用代码”没有这家企业，或不在管辖范围，请核对代码或先导入企业",
    )


def test_statements_do_not_grow_with_the_rows(django_assert_max_num_queries):
    rows = [row(销号时间="2023.06.26", 挂牌督办单位="XX局", 挂牌时间="2023.06.10") for _ in range(60)]

    with django_assert_max_num_queries(30):
        imported(*rows)

    assert (Closing.objects.count(), SupervisionListing.objects.count()) == (60, 60)


@pytest.mark.parametrize("column", ["发现时间", "整改完成时间", "销号时间"])
def test_day_still_to_come_is_told_of_history_and_refused_of_what_is_found_now(firm, column):
    dates = {"发现时间": "2023.06.06", "整改完成时间": "2023.06.20", "销号时间": "2023.06.22"}
    later = row(**dates | {column: "2099.12.31"})
    words = f"“{column}”（2099.12.31）晚于今天，请核对"
    assert (WARNING, f"第2行{words}") in problems(later)
    if column == "发现时间":
        now = row(发现时间="2099.12.31")
        assert (ERROR, f"第2行{words}") in problems(now, history=False)


def test_hazard_outside_the_campaign_is_read_in_and_told(firm):
    campaign = duties.campaign()  # 2023-05-01 to 2023-12-31
    inside, outside = row(), row(发现时间="2022.06.06", 重大事故隐患描述="出口上锁")

    told = [words for _, words in problems(inside, outside, campaign=campaign) if "不计入该行动" in words]

    assert len(told) == 1
    assert told[0].startswith("第3行")
