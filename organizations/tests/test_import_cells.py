"""Every column of the enterprises' workbook against every kind of bad cell, and the ways of writing that are meant."""

from datetime import date
from decimal import Decimal

import pytest

from lib.actor import Actor
from lib.excel import ERROR, WARNING, read_table
from lib.tests.workbooks import workbook
from organizations.actions import enterprises
from organizations.imports.enterprises import check, columns
from organizations.imports.names import DOUBT
from organizations.models import Enterprise
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("import_rows")
# The vectors of domain-facts §6.
CODE, OTHER = "91371002MA3ABCDE1L", "91371083MA30001330"
MOBILE, TONNES = "主要负责人手机", "液氨储量（吨）"


@pytest.fixture(autouse=True)
def places():
    make.county("荣成市")
    make.area("高区", parent=make.city(), level="zone")
    make.area("石岛街道", parent=make.county("荣成市"), level="town")
    for name in ("轻工", "冶金"):
        make.sector(name)
    make.feature("涉氨制冷")


def row(**cells):
    return {"企业全称": "荣成海源食品有限公司", "统一社会信用代码": CODE, "区市": "荣成市", "行业": "轻工"} | cells


def read(*rows, by=SYSTEM):
    header = list(dict.fromkeys(name for one in rows for name in one))
    content = workbook([header, *([one.get(name) for name in header] for one in rows)])
    table = read_table(content, columns())
    return table, check(table, by=by)


def found(**cells):
    """The problems of one row: (severity, column, words)."""
    table, _ = read(row(**cells))
    return [(one.severity, one.name, one.message) for one in table.worst_first()]


def wrong(column, words):
    return [(ERROR, column, words)]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("统一社会信用代码", CODE[:17], "应为18位，现为17位"),
        ("统一社会信用代码", CODE + "0", "应为18位，现为19位"),
        ("统一社会信用代码", 913710029999999999, "已被Excel变成数字，末几位已丢失，请把该列设为文本格式后重新填写"),
        ("区市", "石岛街道", "应为“高区”或“荣成市”，现为“石岛街道”"),
        ("区市", "威海市", "应为“高区”或“荣成市”，现为“威海市”"),
        ("行业", "轻工、冶金", "应为“冶金”或“轻工”，现为“轻工、冶金”"),
        ("分级", "AA", "应为“A”、“B”、“C”或“D”，现为“AA”"),
        ("分级", 1, "应为“A”、“B”、“C”或“D”，现为“1”"),
        ("从业人员数", -1, "应为不小于0的整数，现为“-1”"),
        ("从业人员数", 1.5, "应为不小于0的整数，现为“1.5”"),
        ("从业人员数", "三十", "应为不小于0的整数，现为“三十”"),
        ("从业人员数", 99999999999, "应为不小于0的整数，现为“99999999999”"),
        ("从业人员数", "1,20", "应为不小于0的整数，现为“1,20”"),
        ("涉粉作业人数", "10人", "应为不小于0的整数，现为“10人”"),
        ("经营状态", "营业", None),
        (MOBILE, "1380000", "应为11位手机号，现为7位"),
        (MOBILE, "138000000001", "应为11位手机号，现为12位"),
        (MOBILE, "12800000000", "应为11位手机号，现为“12800000000”"),
        (MOBILE, "见附表", "应为11位手机号，现为“见附表”"),
        ("安全总监手机", "138-0000-000", "应为11位手机号，现为“138-0000-000”"),
        (TONNES, "约10", "应为数字，现为“约10”"),
        (TONNES, -0.5, "不能小于0，现为-0.5"),
        (TONNES, 1.234, "最多2位小数，现为1.234"),
        (TONNES, 100000000, "数值过大，现为100000000，请核对单位（吨）"),
        (TONNES, "1e999999", "应为数字，现为“1e999999”"),
        (TONNES, "1e-999999", "应为数字，现为“1e-999999”"),
        (TONNES, "NaN", "应为数字，现为“NaN”"),
        (TONNES, "Infinity", "应为数字，现为“Infinity”"),
        ("国有企业", "国有", "应填“是”或“否”，空着表示否，现为“国有”"),
        ("重大危险源", 2, "应填“是”或“否”，空着表示否，现为“2”"),
        ("劳务派遣", date(2023, 6, 6), "应填“是”或“否”，空着表示否，现为“2023-06-06”"),
        ("企业全称", "司" * 121, "最多120字，现为121字，请缩短"),
        ("镇街", "镇" * 61, "最多60字，现为61字，请缩短"),
        ("主要负责人", "张" * 41, "最多40字，现为41字，请缩短"),
        ("安全总监", "李" * 41, "最多40字，现为41字，请缩短"),
        ("地址", "路" * 201, "最多200字，现为201字，请缩短"),
        ("领域", "险" * 41, "“" + "险" * 30 + "…”过长，一个领域最多40字，请核对是否用顿号分开"),
    ],
)
def test_bad_cell_is_refused_with_its_column_and_what_to_do(column, value, words):
    (problem,) = found(**{column: value})
    assert problem[:2] == (ERROR, column)
    if words:
        assert problem[2] == words
    assert not Enterprise.objects.exists()


@pytest.mark.parametrize("column", ["企业全称", "统一社会信用代码", "区市", "行业"])
@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "\xa0"])
def test_required_cell_is_not_blank(column, blank):
    assert found(**{column: blank}) == wrong(column, "必填，现为空")


@pytest.mark.parametrize(
    ("column", "value", "field", "stored"),
    [
        ("统一社会信用代码", " 91371002ma3abcde1l ", "uscc", CODE),
        ("区市", "荣成", "area__name", "荣成市"),
        ("区市", "高区", "area__name", "高区"),
        ("行业", "轻工行业", "sector__name", "轻工"),
        ("行业", "冶金业", "sector__name", "冶金"),
        ("分级", "C级", "grade", "C"),
        ("分级", "Ｄ", "grade", "D"),
        ("从业人员数", "1,200", "employees", 1200),
        ("从业人员数", 30.0, "employees", 30),
        ("从业人员数", 0, "employees", 0),
        ("从业人员数", "３０", "employees", 30),
        ("经营状态", "在产", "status", "producing"),
        ("经营状态", "停产停建无人作业", "status", "stopped_empty"),
        ("经营状态", "已注销", "status", "deregistered"),
        (MOBILE, 13800000000, "head_mobile", "13800000000"),
        (MOBILE, "+86 138-0000-0000", "head_mobile", "13800000000"),
        (MOBILE, "0631-5201067", "head_mobile", "0631-5201067"),
        (TONNES, "12.5吨", "ammonia_tonnes", Decimal("12.50")),
        (TONNES, 0.1 + 0.2, "ammonia_tonnes", Decimal("0.30")),
        (TONNES, 99999999.99, "ammonia_tonnes", Decimal("99999999.99")),
        ("国有企业", "√", "state_owned", True),
        ("国有企业", "×", "state_owned", False),
        ("国有企业", True, "state_owned", True),
        ("国有企业", None, "state_owned", None),
        ("领域", "涉氨制冷；涉氨制冷", "feature_names", ["涉氨制冷"]),
        ("企业全称", "荣成\u200b海源", "name", "荣成海源"),
        ("企业全称", "荣成\x07海源", "name", "荣成海源"),
        ("地址", date(2023, 6, 6), "address", "2023-06-06"),
        ("领域", "险" * 40, "feature_names", ["险" * 40]),
    ],
)
def test_cell_is_read_as_it_is_meant(column, value, field, stored):
    if "\x07" in str(value):
        value = value.replace("\x07", "_x0007_")  # as Excel writes it down
    table, values = read(row(**{column: value}))
    assert [one for one in table.worst_first() if one.severity != WARNING] == []
    enterprises.upsert(values, by=SYSTEM)
    assert Enterprise.objects.values_list(field, flat=True).get() == stored


def test_every_bad_cell_of_every_row_is_told_at_once_and_worst_first():
    """A clerk mends the workbook once, not cell by cell."""
    table, _ = read(
        row(分级="E", 从业人员数="x"),
        row(企业全称="乙公司", 统一社会信用代码=OTHER, 领域="氢能", **{TONNES: -1}),
        row(企业全称="丙公司", 统一社会信用代码="91371002MA3ABCDE1M"),
    )
    assert [(one.row, one.name, one.severity) for one in table.worst_first()] == [
        (2, "分级", ERROR),
        (2, "从业人员数", ERROR),
        (3, TONNES, ERROR),
        (4, "统一社会信用代码", DOUBT),
        (3, "领域", WARNING),
    ]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (CODE, CODE, "与第2行重复，同一企业只能有一行"),
        (CODE, CODE.lower(), "与第2行重复，同一企业只能有一行"),
    ],
)
def test_one_firm_has_one_row_however_its_code_is_written(first, second, expected):
    table, _ = read(row(统一社会信用代码=first), row(统一社会信用代码=second, 企业全称="另一家"))
    assert [(one.row, one.message) for one in table.errors] == [(3, expected)]


def test_code_that_is_refused_is_not_counted_as_a_double():
    """Two rows without a code are two errors of their own."""
    table, _ = read(row(统一社会信用代码=None), row(统一社会信用代码=None, 企业全称="另一家"))
    assert [(one.row, one.message) for one in table.errors] == [(2, "必填，现为空"), (3, "必填，现为空")]


# By whom


@pytest.fixture
def clerk():
    """Of 荣成市, for light industry."""
    return make.actor(make.unit())


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"区市": "高区"}, "区市"),
        ({"行业": "冶金"}, "区市"),
        ({"区市": "高区", "行业": "冶金"}, "区市"),
    ],
)
def test_row_beyond_ones_area_or_sectors_is_refused(clerk, cells, column):
    table, _ = read(row(**cells), by=clerk)
    (problem,) = table.errors
    assert (problem.name, problem.message) == (column, "该区市和行业不在本单位管辖范围，请核对或交由管辖单位导入")


@pytest.mark.parametrize(
    "stored", [{"in_area": "高区"}, {"in_sector": "冶金"}], ids=["of another area", "of another sector"]
)
def test_firm_of_others_is_not_overwritten_by_its_code(clerk, stored):
    """The row says it is ours; the register says it is not."""
    place = make.area("高区", parent=make.city(), level="zone") if "in_area" in stored else make.county("荣成市")
    make.enterprise("别人的企业", uscc=CODE, in_area=place, in_sector=stored.get("in_sector", "轻工"))
    table, _ = read(row(), by=clerk)
    assert [one.message for one in table.errors] == [
        "该企业已由其他地区或行业登记，不在本单位管辖范围，请联系上级单位调整"
    ]


def test_bad_cell_hides_no_foreign_row(clerk):
    """区市 is unreadable: whether it is one's own cannot be said, but the bad cell can."""
    table, _ = read(row(区市="某市"), by=clerk)
    assert [one.name for one in table.errors] == ["区市"]


def test_city_and_system_import_everywhere():
    for by in (make.actor(make.city_bureau()), SYSTEM):
        table, _ = read(row(区市="高区"), by=by)
        assert table.is_valid


@pytest.mark.parametrize("stored", ["高区", "荣成市"])
def test_firm_of_the_same_name_tells_its_code_only_where_one_may_see_it(clerk, stored):
    """Otherwise a list of names would fetch the codes of everybody's firms."""
    place = make.county("荣成市") if stored == "荣成市" else make.area("高区", parent=make.city(), level="zone")
    make.enterprise("荣成海源食品有限公司", uscc=OTHER, in_area=place)
    table, _ = read(row(), by=clerk)
    words = f"代码为{OTHER}" if stored == "荣成市" else "不在本单位管辖范围"
    assert [one.message for one in table.errors] == [f"平台中已有同名企业，{words}，请核对是否同一家"]
    assert table.is_valid
