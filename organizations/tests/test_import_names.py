"""How workbooks name firms and units, and what is said of a name that is not known."""

import pytest

from lib import cells
from lib.actor import Actor
from lib.excel import Column, read_table
from lib.tests.workbooks import workbook
from organizations.imports.names import Firms, Units, chunks, code_column, feature_names, suggestion
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()
CODE, OTHER_CODE = "91371002MA3ABCDE1L", "91371083MA30001330"


def sheet(*rows):
    columns = [code_column(required=False), Column("企业全称"), Column("检查单位", parse=cells.text)]
    return read_table(workbook([["统一社会信用代码", "企业全称", "检查单位"], *rows]), columns)


def said(table):
    return [str(one) for one in table.errors]


def test_firms_are_found_by_code_whatever_their_name():
    firm = make.enterprise(uscc=CODE)
    table = sheet([CODE, "别的名字", ""])

    assert Firms(table.rows, SYSTEM, "企业全称").find(table, table.rows[0]) == firm
    assert said(table) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("别的名字", ["第2行“企业全称”与平台登记的“荣成海源食品（集团）有限公司”不同，以平台为准"]),
        ("荣成海源食品(集团)有限公司", []),
        ("荣成海源食品（集团） 有限公司", []),
        ("", []),
    ],
)
def test_name_that_does_not_go_with_the_code_is_told(name, told):
    firm = make.enterprise("荣成海源食品（集团）有限公司", uscc=CODE)
    table = sheet([CODE, name, ""])

    Firms(table.rows, SYSTEM, "企业全称").compare_name(table, table.rows[0], firm)

    assert said(table) == told
    assert table.is_valid


def test_row_without_a_code_names_no_firm():
    table = sheet(["", "荣成海源食品有限公司", "x"])

    assert Firms(table.rows, SYSTEM, "企业全称").find(table, table.rows[0]) is None
    assert said(table) == []


def test_unknown_code_tells_the_code_of_that_name():
    make.enterprise(uscc=CODE)
    table = sheet([OTHER_CODE, "荣成海源食品有限公司", ""])

    Firms(table.rows, SYSTEM, "企业全称").find(table, table.rows[0])

    assert said(table) == [
        "第2行“统一社会信用代码”没有这家企业，或不在管辖范围，请核对代码或先导入企业；"
        f"“荣成海源食品有限公司”的代码为{CODE}"
    ]


def test_firm_of_another_area_is_not_betrayed_by_its_name():
    """Whether a firm exists elsewhere, and under which code, is not told to who may not see it."""
    make.enterprise(uscc=CODE)
    rushan = make.actor(make.unit("乳山市应急管理局", in_area=make.county("乳山市")))
    table = sheet([CODE, "荣成海源食品有限公司", ""], [OTHER_CODE, "荣成海源食品有限公司", ""])
    firms = Firms(table.rows, rushan, "企业全称")

    assert [firms.find(table, row) for row in table.rows] == [None, None]
    assert all(CODE not in message for message in said(table))


def test_stamps_are_those_a_firm_gives_itself():
    firm = make.enterprise(uscc=CODE, feature_names=["涉氨制冷"])
    table = sheet([CODE, "", ""])

    assert Firms(table.rows, SYSTEM).stamps(firm) == firm.stamps()


def test_firms_of_many_rows_cost_the_same(django_assert_num_queries):
    codes = [make.enterprise(f"第{n}家", uscc=f"91371082MA{n:08}").uscc for n in range(30)]
    table = sheet(*[[code, "", ""] for code in codes])

    with django_assert_num_queries(2):  # reporting rules, firms with their areas and sectors
        firms = Firms(table.rows, SYSTEM)
        for row in table.rows:
            firms.stamps(firms.find(table, row))


def test_unit_is_known_by_its_full_name_spaces_apart():
    unit = make.unit("荣成市应急管理局")
    table = sheet(["", "", " 荣成市 应急管理局"])

    assert Units(SYSTEM).find(table, table.rows[0], "检查单位") == unit


@pytest.mark.parametrize(
    "written",
    [
        "高区经济发展局（应急管理局）",
        "高区经济发展局(应急管理局)",
        "高区 经济发展局 （应急管理局）",
        "高区经济发展局\n(应急管理局）",
    ],
)
def test_unit_is_known_whatever_its_brackets(written):
    """S004 names the zones' bureaus with brackets, which clerks type in either width."""
    unit = make.unit("高区经济发展局（应急管理局）")
    table = sheet(["", "", written])

    assert Units(SYSTEM).find(table, table.rows[0], "检查单位") == unit
    assert said(table) == []


@pytest.mark.parametrize("name", [None, "", " ", "高区", "荣成市应急管理局局"])
def test_name_that_is_no_units_names_none(name):
    make.unit("荣成市应急管理局")

    assert Units(SYSTEM).named(name) is None


@pytest.mark.parametrize(
    ("written", "hint"),
    [("荣成市应急局", "，是否为“荣成市应急管理局”"), ("某某公司", ""), ("应急管理局", "，是否为“荣成市应急管理局”")],
)
def test_unknown_unit_tells_the_nearest(written, hint):
    make.unit("荣成市应急管理局")
    table = sheet(["", "", written])

    assert Units(SYSTEM).find(table, table.rows[0], "检查单位") is None
    assert said(table) == [f"第2行“检查单位”没有“{written}”这一单位{hint}，请填写单位全称"]


@pytest.mark.parametrize(
    ("holder", "allowed"), [("荣成市应急管理局", True), ("威海市应急管理局", True), ("乳山市应急管理局", False)]
)
def test_work_of_a_unit_is_entered_by_itself_or_from_above(holder, allowed):
    make.unit("荣成市应急管理局")
    place = {"威海市应急管理局": make.city, "乳山市应急管理局": lambda: make.county("乳山市")}.get(
        holder, make.county
    )()
    table = sheet(["", "", "荣成市应急管理局"])

    Units(make.actor(make.unit(holder, in_area=place))).find_own(table, table.rows[0], "检查单位")

    assert (said(table) == []) is allowed


def test_features_are_known_by_name_and_alias():
    feature = make.feature("深井铸造")
    feature.aliases = "铝镁深井铸造、深井浇铸"
    feature.save()

    assert feature_names() == {"深井铸造": "深井铸造", "铝镁深井铸造": "深井铸造", "深井浇铸": "深井铸造"}


def test_suggestion_keeps_quiet_about_what_is_far():
    assert suggestion("粉尘涉暴", ["粉尘涉爆", "涉氨制冷"]) == "，是否为“粉尘涉爆”"
    assert suggestion("海上作业", ["粉尘涉爆", "涉氨制冷"]) == ""


def test_chunks_hold_everything_once():
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([])) == []
