"""Actions by workbook: decisions, their cases, and what is doubted."""

from datetime import date
from decimal import Decimal

import pytest

from campaigns.models import Campaign
from inspections.models import EnforcementAction, PenaltyCase
from inspections.tests import sheets
from inspections.tests.sheets import CODE, OTHER_CODE
from lib.excel import ERROR, WARNING
from organizations.models.areas import Line
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
CASE = "威应急罚〔2023〕1号"


@pytest.fixture(autouse=True)
def bureau():
    make.enterprise(uscc=CODE, feature_names=["涉氨制冷"])
    make.enterprise("荣成别家食品有限公司", uscc=OTHER_CODE)
    return make.unit("荣成市应急管理局")


@pytest.fixture
def campaign():
    return Campaign.objects.create(
        code="trade-2023",
        name="工贸行动",
        line=Line.EMERGENCY,
        lead_unit=make.city_bureau(),
        area=make.city(),
        starts_on=date(2023, 5, 1),
        ends_on=date(2023, 12, 31),
    )


def row(**cells):
    return {
        "日期": date(2023, 6, 6),
        "实施单位": "荣成市应急管理局",
        "统一社会信用代码": CODE,
        "类型": "行政处罚",
        "对象": "企业",
        "案号": CASE,
    } | cells


def without_firm(**cells):
    return {"日期": "2023.06.06", "实施单位": "荣成市应急管理局", "类型": "约谈通报地区部门"} | cells


def problems(*rows, **asked):
    return sheets.problems("actions", *rows, **asked)


def imported(*rows, **asked):
    return sheets.imported("actions", *rows, **asked)


def test_penalty_becomes_an_action_with_its_case(bureau):
    assert imported(row() | {"罚款（万元）": 2.35}) == (1, 0)

    action = EnforcementAction.objects.get()
    assert (action.date, action.unit, action.kind, action.target) == (
        date(2023, 6, 6), bureau, "penalty", "enterprise",
    )  # fmt: skip
    assert (action.fine, action.area.name, action.sector.name) == (Decimal("2.35"), "荣成市", "轻工")
    assert (action.reporting_area.name, action.handled_in.name) == ("荣成市", "荣成市")
    assert (action.case.number, action.case.unit, action.case.enterprise.uscc) == (CASE, bureau, CODE)
    assert (action.case.area.name, action.case.feature_names) == ("荣成市", ["涉氨制冷"])


def test_decisions_of_one_number_are_one_case_and_both_on_the_later_day():
    """一案双罚 counts by the later of the first decision against each (acceptance README, 3.5)."""
    imported(
        row(日期="2023.08.21", 对象="主要负责人"),
        row(日期="2023.07.26"),
        row(日期="2023.09.01"),
    )

    case = PenaltyCase.objects.get()
    assert (case.actions.count(), case.both_on) == (3, date(2023, 8, 21))


def test_case_with_one_side_is_not_both():
    imported(row(), row(日期="2023.07.26"))

    assert PenaltyCase.objects.get().both_on is None


def test_second_decision_of_a_later_file_settles_the_stored_case():
    imported(row(日期="2023.08.21", 对象="主要负责人"))
    imported(row(日期="2023.07.26"))

    case = PenaltyCase.objects.get()
    assert (case.actions.count(), case.both_on) == (2, date(2023, 8, 21))


def test_earlier_decision_found_later_moves_the_day_of_both():
    imported(row(日期="2023.08.21", 对象="主要负责人"), row(日期="2023.09.10"))
    imported(row(日期="2023.07.26"))

    assert PenaltyCase.objects.get().both_on == date(2023, 8, 21)


def test_same_number_of_two_units_is_two_cases():
    make.city_bureau()

    imported(row(), row(实施单位="威海市应急管理局", 对象="主要负责人"))

    assert list(PenaltyCase.objects.values_list("both_on", flat=True)) == [None, None]


def test_number_of_another_enterprise_is_refused():
    message = "“案号”该案号已用于“荣成海源食品有限公司”，请核对案号"

    assert problems(row(), row(统一社会信用代码=OTHER_CODE)) == [(ERROR, f"第3行{message}")]

    imported(row())
    assert problems(row(统一社会信用代码=OTHER_CODE)) == [(ERROR, f"第2行{message}")]


def test_brackets_of_a_number_may_be_half_or_full_width():
    imported(row(案号="威应急罚（2023）1号"), row(案号="威应急罚(2023)1号", 对象="主要负责人"))

    assert PenaltyCase.objects.count() == 1


def test_every_kind_is_known_by_its_word(campaign):
    rows = [row(类型=label, 案号=None, 人数=1) for label in EnforcementAction.Kind.labels]

    imported(*rows, campaign=campaign)

    assert list(EnforcementAction.objects.order_by("id").values_list("kind", flat=True)) == (
        EnforcementAction.Kind.values
    )


def test_row_about_an_enterprise_is_filed_under_no_campaign(campaign):
    imported(row(), campaign=campaign)

    assert EnforcementAction.objects.get().campaign is None


def test_row_without_an_enterprise_points_at_its_campaign(campaign):
    imported(without_firm() | {"对象地区/部门": "文登区"}, campaign=campaign)

    action = EnforcementAction.objects.get()
    assert (action.campaign, action.enterprise, action.area, action.target_name) == (campaign, None, None, "文登区")


def test_row_without_an_enterprise_needs_a_campaign():
    assert problems(without_firm()) == [
        (ERROR, "第2行“统一社会信用代码”为空，未写企业的行须先指定所属的专项行动，再导入")
    ]


@pytest.mark.parametrize("kind", ["行政处罚", "责令停产整顿", "曝光", "约谈", "联合惩戒", "帮扶指导重点企业"])
def test_measure_counted_by_enterprises_needs_one(kind, campaign):
    assert problems(without_firm(类型=kind, 对象="企业", 案号=CASE), campaign=campaign) == [
        (ERROR, f"第2行“统一社会信用代码”为空，“{kind}”须填写企业的统一社会信用代码")
    ]


def test_persons_crime_and_fine_are_kept():
    imported(
        row(类型="移送司法机关", 案号=None, 对象=None, 人数=3),
        row(类型="公布典型案例", 案号=None, 对象=None, 是否危险作业罪案例="是"),
    )

    assert list(EnforcementAction.objects.order_by("id").values_list("persons", "dangerous_operation", "target")) == [
        (3, False, ""),
        (None, True, ""),
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"案号": None}, "第2行“案号”为空，不能计入“一案双罚”，请补填"),
        ({"对象": None}, "第2行“对象”为空，按处罚企业计，请核对"),
        ({"类型": "追责问责"}, "第2行“人数”为空，“追责问责”按人数统计，将计为0人，请补填"),
        ({"类型": "曝光", "罚款（万元）": 1}, "第2行“罚款（万元）”仅行政处罚计罚款，此处不计入"),
        ({"类型": "曝光", "是否危险作业罪案例": "是"}, "第2行“是否危险作业罪案例”仅公布典型案例计此项，此处不计入"),
    ],
)
def test_doubtful_row_is_stored_and_told(cells, told):
    assert problems(row(**cells)) == [(WARNING, told)]
    assert imported(row(**cells)) == (1, 0)


@pytest.mark.parametrize("kind", ["行政处罚", "责令停产整顿"])
def test_unit_without_direct_supervision_is_told(kind):
    make.unit("荣成市工业和信息化局", lines=(Line.MIIT,), sectors=())

    assert problems(row(实施单位="荣成市工业和信息化局", 类型=kind)) == [
        (WARNING, "第2行“实施单位”“荣成市工业和信息化局”对轻工行业没有直接监管职责，请核对处罚权限")
    ]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"罚款（万元）": "5000元"}, "第2行“罚款（万元）”单位为万元，现为“5000元”，请换算后填写数字"),
        ({"罚款（万元）": 1.005}, "第2行“罚款（万元）”最多2位小数，现为1.005"),
        ({"罚款（万元）": -1}, "第2行“罚款（万元）”不能小于0，现为-1"),
        ({"类型": "约谈", "对象": "员工"}, "第2行“对象”应为“企业”或“主要负责人”，现为“员工”"),
        ({"日期": "2099.01.01"}, "第2行“日期”（2099.01.01）晚于今天，请核对"),
        (
            {"统一社会信用代码": "91371082MA3MWA2002"},
            "第2行“统一社会信用代码”没有这家企业，或不在管辖范围，请核对代码或先导入企业",
        ),
    ],
)
def test_wrong_cell_is_an_error_with_its_place(cells, message):
    assert problems(row(**cells)) == [(ERROR, message)]


def test_unknown_kind_names_the_known_ones():
    (severity, message), *rest = problems(row(类型="谈心"))

    assert (severity, rest) == (ERROR, [])
    assert message.startswith("第2行“类型”应为“行政处罚”、“责令停产整顿”、")


def test_rows_out_of_scope_are_told_and_written(campaign):
    campaign.sectors.add(make.sector("冶金"))
    told = "照常导入，但不计入该行动"

    assert problems(row(), without_firm(日期="2023.01.06"), campaign=campaign) == [
        (WARNING, f"第2行企业行业不在“工贸行动”范围内（冶金），{told}"),
        (WARNING, f"第3行日期不在“工贸行动”期间（2023.05.01至2023.12.31），{told}"),
    ]
