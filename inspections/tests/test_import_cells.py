"""Cell by cell: how clerks write what the workbooks of visits and actions ask for (design §5), and what is refused."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from inspections.models import EnforcementAction, Flag, PenaltyCase, Trip, Visit
from inspections.tests import sheets
from inspections.tests.sheets import CODE
from lib.excel import ERROR, WARNING
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

JUNE_6 = date(2023, 6, 6)
MORNING = datetime(2023, 6, 6, 9, 30)  # noqa: DTZ001  # as a workbook has it: the clock on the wall
DAYS = [
    "2023.06.06", "2023-6-6", "2023/06/06", "2023年6月6日", "20230606", "２０２３．０６．０６", " 2023. 6. 6 ",
    "2023-06-06 09:30", "2023.06.06日", JUNE_6, MORNING, 45083, 45083.75, 20230606,
]  # fmt: skip
# Serial 25569 is 1970-01-01 and 2023-06-06 is 19514 days later, so Excel's number for it is 45083.
CODES = [
    CODE,
    CODE.lower(),
    f" {CODE} ",
    "９１３７１００２ＭＡ３ＡＢＣＤＥ１Ｌ",
    "91371002-MA3ABCDE-1L",
    "9137 1002 MA3A BCDE 1L",
]
YES = ["是", "√", "✓", "有", "Y", "yes", 1, "1", "１", True]
NO = ["否", "×", "无", "N", 0, "0", False, None, "", " ", "/", "—"]
# The nine columns as the 工贸 form of 威应急发〔2023〕12号 words them, and where the mines' form leaves the 的 out.
FLAGS = {
    "企业主要负责人未按要求亲自研究排查整治工作的": "head_not_studying",
    "企业主要负责人未带队检查的": "head_not_leading",
    "企业未制定分管负责人职责清单的": "no_duty_list",
    "企业未依法建立安全管理机构和配足安全管理人员的": "no_safety_staff",
    "电焊等特种作业岗位人员无证上岗作业的": "unlicensed_work",
    "外包外租安全管理混乱的": "contracting_chaos",
    "未按规定开展应急演练、员工不熟悉逃生出口的": "no_drill",
    "安全教育培训走过场的": "training_formality",
    "制度措施不落实的": "measures_not_applied",
}


@pytest.fixture(autouse=True)
def bureau():
    make.enterprise(uscc=CODE)
    return make.unit("荣成市应急管理局")


def visit(**cells):
    return {
        "检查日期": "2023.06.06", "检查单位": "荣成市应急管理局", "检查组编号": "1组", "统一社会信用代码": CODE,
    } | cells  # fmt: skip


def action(**cells):
    return {
        "日期": "2023.06.06", "实施单位": "荣成市应急管理局", "统一社会信用代码": CODE, "类型": "行政处罚",
        "对象": "企业", "案号": "威应急罚〔2023〕1号",
    } | cells  # fmt: skip


def each(row, column, written):
    """One row for each way of writing, each on a team or case of its own."""
    own = "检查组编号" if "检查组编号" in row else "案号"
    return [row | {own: f"第{number}号"} | {column: value} for number, value in enumerate(written)]


# As written


def test_day_of_a_visit_however_it_is_written():
    sheets.imported("visits", *each(visit(), "检查日期", DAYS))

    assert set(Visit.objects.values_list("date", "trip__date")) == {(JUNE_6, JUNE_6)}
    assert Trip.objects.count() == len(DAYS)


def test_day_of_an_action_however_it_is_written():
    sheets.imported("actions", *each(action(), "日期", DAYS))

    assert list(EnforcementAction.objects.values_list("date", flat=True)) == [JUNE_6] * len(DAYS)


@pytest.mark.parametrize(("kind", "row"), [("visits", visit()), ("actions", action())])
def test_code_however_it_is_written(kind, row):
    assert sheets.imported(kind, *each(row, "统一社会信用代码", CODES)) == (len(CODES), 0)


@pytest.mark.parametrize(
    ("kind", "row", "column"), [("visits", visit(), "检查单位"), ("actions", action(), "实施单位")]
)
def test_unit_however_it_is_spaced(kind, row, column, bureau):
    make.unit("高区经济发展局（应急管理局）", in_area=make.area("高区", parent=make.city(), level="zone"))
    written = ["荣成市应急管理局", " 荣成市 应急管理局　", "荣成市\n应急管理局"]

    assert sheets.imported(kind, *each(row, column, written)) == (3, 0)
    assert sheets.imported(kind, row | {column: "高区经济发展局（应急管理局）", "检查组编号": "9组"}) == (1, 0)


@pytest.mark.parametrize("column", ["执法人员（人）", "专家（人）"])
def test_heads_however_they_are_written(column):
    name = {"执法人员（人）": "officers", "专家（人）": "experts"}[column]

    sheets.imported("visits", *each(visit(), column, [4, 4.0, "4", "４", " 4 ", "4.0"]))

    assert list(Trip.objects.values_list(name, flat=True)) == [4] * 6


@pytest.mark.parametrize(("column", "flag"), FLAGS.items())
def test_each_spot_check_column_gives_its_own_flag(column, flag):
    sheets.imported("visits", visit(**{column: "是"}))
    sheets.imported("visits", visit(**{column.removesuffix("的"): "是"}))

    assert list(Visit.objects.values_list("flags", flat=True)) == [[flag], [flag]]


def test_the_nine_flags_stand_in_the_order_of_the_form():
    assert dict(zip(Flag.labels, Flag.values, strict=True)) == FLAGS


def test_all_nine_on_one_visit_are_nine_flags():
    sheets.imported("visits", visit(**dict.fromkeys(FLAGS, "√")))

    assert Visit.objects.get().flags == list(FLAGS.values())


@pytest.mark.parametrize(("written", "flags"), [(YES, ["measures_not_applied"]), (NO, [])])
def test_yes_and_no_however_they_are_written(written, flags):
    sheets.imported("visits", *each(visit(), "制度措施不落实的", written))

    assert list(Visit.objects.values_list("flags", flat=True)) == [flags] * len(written)


@pytest.mark.parametrize(("written", "fine"), [
    ([1.5, "1.5", "１．５", "1.50", "1.5万元", "¥1.5", " 1.5 "], "1.50"),
    ([0, "0", "0.00"], "0.00"),
    (["12,345.67", "12345.67", 12345.67], "12345.67"),
    ([None, "", "/", "—"], None),
])  # fmt: skip
def test_fine_however_it_is_written(written, fine):
    sheets.imported("actions", *each(action(), "罚款（万元）", written))

    found = list(EnforcementAction.objects.values_list("fine", flat=True))
    assert found == [Decimal(fine) if fine else None] * len(written)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("处罚", "penalty"),
        ("停产整顿", "suspension"),
        ("移送司法", "transfer"),
        ("典型案例", "published_case"),
        (" 行政 处罚 ", "penalty"),
    ],
)
def test_kind_by_the_word_clerks_use(written, kind):
    sheets.imported("actions", action(类型=written, 人数=1))

    assert EnforcementAction.objects.get().kind == kind


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("企业", "enterprise"),
        ("单位", "enterprise"),
        ("主要负责人", "head"),
        ("企业主要负责人", "head"),
        ("个人", "head"),
    ],
)
def test_target_by_the_word_clerks_use(written, target):
    sheets.imported("actions", action(对象=written))

    assert EnforcementAction.objects.get().target == target


def test_whom_an_action_was_about_is_kept_as_written():
    sheets.imported("actions", action(类型="约谈", **{"对象地区/部门": "文登区人民政府、区应急管理局"}))

    assert EnforcementAction.objects.get().target_name == "文登区人民政府、区应急管理局"


# One name, many spellings


@pytest.mark.parametrize("spelling", ["１组", " 1组", "1 组", "1　组"])
def test_a_team_spelt_otherwise_is_the_same_team(spelling):
    """派出检查组 counts trips: one team must not become two by a full-width figure or a space."""
    sheets.imported("visits", visit(), visit(检查组编号=spelling))
    sheets.imported("visits", visit(检查组编号=spelling))

    assert list(Trip.objects.values_list("team", flat=True)) == ["1组"]
    assert Visit.objects.count() == 3


def test_way_of_checking_is_read_without_its_spaces():
    """A setting names the ways that do not count; a space inside must not turn 驻点 into an inspection."""
    sheets.imported("visits", visit(检查方式=" 驻 点 "))

    assert Trip.objects.get().mode == "驻点"


SPELLINGS = [
    "威应急罚(2023)1号",
    "威应急罚（2023）1号",
    "威应急罚[2023]1号",
    "威应急罚【2023】 １号",
    "威应急罚〔２０２３〕1号",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_case_spelt_otherwise_in_a_later_file_is_the_same_case(spelling):
    """一案双罚 is lost when the decision against the head comes with other brackets a month later."""
    sheets.imported("actions", action())
    sheets.imported("actions", action(日期="2023.07.10", 案号=spelling, 对象="主要负责人"))

    case = PenaltyCase.objects.get()
    assert (case.number, case.both_on) == ("威应急罚〔2023〕1号", date(2023, 7, 10))


def test_number_of_a_measure_that_is_no_penalty_is_kept_but_makes_no_case():
    sheets.imported("actions", action(类型="责令停产整顿", 对象=None, 案号="荣应急现决〔2023〕3号"))

    one = EnforcementAction.objects.get()
    assert (one.case, one.note) == (None, "文号：荣应急现决〔2023〕3号")
    assert not PenaltyCase.objects.exists()


def test_penalty_keeps_its_number_in_the_case_only():
    sheets.imported("actions", action())

    assert EnforcementAction.objects.get().note == ""


# Refused

DAY = [
    ("6月6日", "应为日期，如2023.06.06，现为“6月6日”"),
    ("2023.06", "缺少日，应如2023.06.06，现为“2023.06”"),
    ("2023.02.29", "没有2023年2月29日这一天，请更正"),
    ("2023.13.01", "没有2023年13月1日这一天，请更正"),
    ("1923.06.06", "年份应在1990到2100之间，现为1923年"),
    ("2099.01.01", "（2099.01.01）晚于今天，请核对"),
    (6, "应为日期，如2023.06.06，现为“6”"),
    (True, "应为日期，如2023.06.06，现为“是”"),
    ("昨天", "应为日期，如2023.06.06，现为“昨天”"),
    (None, "必填，现为空"),
    ("　", "必填，现为空"),
    ("/", "应为日期，如2023.06.06，现为“/”"),
]
SHAPE = [
    (CODE[:17], "应为18位，现为17位"),
    (f"{CODE}1", "应为18位，现为19位"),
    ("91371002MA3ABCDEIL", "第17位“I”不是信用代码可用的字符，请核对是否为数字1"),
    ("9137A002MA3ABCDE1L", "第5位应为数字，现为“A”"),
    (9.13710020000000e17, "已被Excel变成数字，末几位已丢失，请把该列设为文本格式后重新填写"),
    ("9.1371E+17", "已被Excel变成数字，请把该列设为文本格式后重新填写18位代码"),
    ("91371082MA3MWA2002", "没有这家企业，或不在管辖范围，请核对代码或先导入企业"),
]
HEADS = [
    (-1, "应为不小于0的整数，现为“-1”"),
    (1.5, "应为不小于0的整数，现为“1.5”"),
    ("4人", "应为不小于0的整数，现为“4人”"),
    ("若干", "应为不小于0的整数，现为“若干”"),
    ("1.234.5", "应为不小于0的整数，现为“1.234.5”"),
    (True, "应为不小于0的整数，现为“是”"),
    (10000, "最大为9999，现为10000，请核对"),
    (123456789, "最大为9999，现为123456789，请核对"),
]
VISITS = [
    *(("检查日期", *case) for case in DAY),
    *(("统一社会信用代码", *case) for case in [*SHAPE, (None, "必填，现为空")]),
    *(("执法人员（人）", *case) for case in HEADS),
    *(("专家（人）", *case) for case in HEADS),
    ("检查组编号", None, "必填，现为空"),
    ("检查组编号", "组" * 41, "最多40字，现为41字，请缩短"),
    ("检查单位", None, "必填，现为空"),
    ("检查单位", "应急局", "没有“应急局”这一单位，请填写单位全称"),
    ("检查方式", "查" * 21, "最多20字，现为21字，请缩短"),
    *((label, "有点", "应填“是”或“否”，空着表示否，现为“有点”") for label in FLAGS),
    ("制度措施不落实的", 2, "应填“是”或“否”，空着表示否，现为“2”"),
]
MONEY = [
    (-0.01, "不能小于0，现为-0.01"),
    (1.005, "最多2位小数，现为1.005"),
    ("5000元", "单位为万元，现为“5000元”，请换算后填写数字"),
    ("五万", "应为数字，现为“五万”"),
    ("1.5-2", "应为数字，现为“1.5-2”"),
    ("10000000000", "数值过大，现为10000000000，请核对单位（万元）"),
    (True, "应为数字，现为“是”"),
]
PERSONS = [case for case in HEADS if not case[1].startswith("最大")]
ACTIONS = [
    *(("日期", *case) for case in DAY),
    *(("统一社会信用代码", *case) for case in SHAPE),
    *(("罚款（万元）", *case) for case in MONEY),
    *(("人数", *case) for case in PERSONS),
    ("人数", 10**9, "应为不小于0的整数，现为“1000000000”"),
    ("实施单位", None, "必填，现为空"),
    ("实施单位", "威海局", "没有“威海局”这一单位，请填写单位全称"),
    ("类型", None, "必填，现为空"),
    ("对象", "员工", "应为“企业”或“主要负责人”，现为“员工”"),
    ("案号", "号" * 61, "最多60字，现为61字，请缩短"),
    ("是否危险作业罪案例", "可能", "应填“是”或“否”，空着表示否，现为“可能”"),
    ("对象地区/部门", "区" * 121, "最多120字，现为121字，请缩短"),
]


@pytest.mark.parametrize(("column", "value", "message"), VISITS)
def test_bad_cell_of_a_visit_is_one_error_at_its_place(column, value, message):
    assert sheets.problems("visits", visit(**{column: value})) == [(ERROR, f"第2行“{column}”{message}")]


@pytest.mark.parametrize(("column", "value", "message"), ACTIONS)
def test_bad_cell_of_an_action_is_one_error_at_its_place(column, value, message):
    """One: a cell that could not be read is not called empty as well."""
    assert sheets.problems("actions", action(**{column: value})) == [(ERROR, f"第2行“{column}”{message}")]


@pytest.mark.parametrize(("kind", "cells"), [("移送司法机关", {"人数": "三"}), ("追责问责", {"人数": -2})])
def test_bad_number_of_persons_is_not_called_empty_as_well(kind, cells):
    (found,) = sheets.problems("actions", action(类型=kind, **cells))

    assert found[0] == ERROR and found[1].startswith("第2行“人数”应为不小于0的整数")


@pytest.mark.parametrize("kind", ["移送司法机关", "追责问责"])
def test_nobody_said_plainly_is_not_called_empty(kind):
    assert sheets.problems("actions", action(类型=kind, 人数=0)) == []
    assert sheets.problems("actions", action(类型=kind))[0][0] == WARNING


@pytest.mark.parametrize("heads", [0, 9999])
def test_heads_at_their_bounds_are_taken(heads):
    sheets.imported("visits", visit() | {"执法人员（人）": heads, "专家（人）": heads})

    assert Trip.objects.values_list("officers", "experts").get() == (heads, heads)


def test_largest_fine_that_the_column_holds_is_taken():
    sheets.imported("actions", action() | {"罚款（万元）": "9999999999.99"})

    assert EnforcementAction.objects.get().fine == Decimal("9999999999.99")


def test_today_is_not_after_today():
    from django.utils import timezone

    sheets.imported("visits", visit(检查日期=timezone.localdate()))

    assert Visit.objects.get().date == timezone.localdate()


@pytest.mark.parametrize(("kind", "row"), [("visits", visit()), ("actions", action())])
def test_name_that_does_not_go_with_the_code_is_told(kind, row):
    """The code decides; a name of another firm beside it is most often a code copied from the row above."""
    told = "第2行“企业全称”与平台登记的“荣成海源食品有限公司”不同，以平台为准"

    assert sheets.problems(kind, row | {"企业全称": "荣成别家食品有限公司"}) == [(WARNING, told)]
    assert sheets.problems(kind, row | {"企业全称": " 荣成海源 食品有限公司"}) == []


@pytest.mark.parametrize(("kind", "row"), [("visits", visit()), ("actions", action())])
def test_several_bad_cells_of_a_row_are_all_told(kind, row):
    columns = list(row)
    bad = row | {columns[0]: "6月", columns[1]: "应急局", "统一社会信用代码": "1"}

    assert len(sheets.problems(kind, bad)) == 3
