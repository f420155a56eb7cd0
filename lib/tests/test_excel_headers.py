"""The headings of the four imports (design §5), as clerks really write them."""

import random

import pytest

from lib.excel import Column, WorkbookError, read_table
from lib.excel.header import header_key
from lib.tests.workbooks import workbook

ENTERPRISES = [
    *["企业全称", "统一社会信用代码", "区市", "镇街", "行业", "领域", "分级", "从业人员数", "经营状态", "主要负责人"],
    *["主要负责人手机", "安全总监", "安全总监手机", "地址", "液氨储量（吨）", "涉粉作业人数", "国有企业", "重大危险源"],
    *["劳务派遣", "特种作业"],
]
HAZARDS = [
    *["序号", "市", "县（市、区）", "企业全称", "统一社会信用代码", "行业", "领域", "重大事故隐患描述", "判定依据"],
    *["发现时间", "发现方式", "现场处置措施", "行政处置措施", "挂牌督办单位", "整改责任人", "整改期限", "整改措施"],
    *["台账编号", "隐患级别", "发现单位", "挂牌级别", "挂牌时间", "整改资金（万元）", "应急预案", "整改完成时间"],
    *["复查时间", "销号时间"],
]
VISITS = [
    *["检查日期", "检查单位", "检查组编号", "执法人员（人）", "专家（人）", "检查方式", "统一社会信用代码"],
    "企业主要负责人未按要求亲自研究排查整治工作的",
    "企业主要负责人未带队检查的",
    "企业未制定分管负责人职责清单的",
    "企业未依法建立安全管理机构和配足安全管理人员的",
    "电焊等特种作业岗位人员无证上岗作业的",
    "外包外租安全管理混乱的",
    "未按规定开展应急演练、员工不熟悉逃生出口的",
    "安全教育培训走过场的",
    "制度措施不落实的",
]
ACTIONS = [
    *["日期", "实施单位", "统一社会信用代码", "类型", "对象", "案号", "罚款（万元）", "人数", "是否危险作业罪案例"],
    "对象地区/部门",
]
KINDS = {"enterprises": ENTERPRISES, "hazards": HAZARDS, "visits": VISITS, "actions": ACTIONS}


def as_typed(name):
    return name


def starred(name):
    return f"{name}*"


def half_width_brackets(name):
    return name.replace("（", "(").replace("）", ")")


def broken_into_lines(name):
    return f"{name[: len(name) // 2]}\n{name[len(name) // 2 :]}"


def spaced(name):
    return f"  {'　'.join(name)} "


def without_unit(name):
    return name.partition("（")[0] if name.endswith(("（人）", "（万元）", "（吨）")) else name


WAYS = [as_typed, starred, half_width_brackets, broken_into_lines, spaced, without_unit]


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize("names", KINDS.values(), ids=KINDS)
def test_every_heading_is_found_however_it_is_written(names, write):
    columns = [Column(name, required=True) for name in names]
    found = read_table(workbook([[write(name) for name in names], [f"值{n}" for n in range(len(names))]]), columns)

    assert found.errors == []
    assert found.places == {name: place for place, name in enumerate(names, start=1)}


@pytest.mark.parametrize("names", KINDS.values(), ids=KINDS)
def test_headings_in_any_order_bring_the_same_values(names):
    shuffled = random.Random(7).sample(names, len(names))
    table = read_table(workbook([shuffled, [f"{name}的值" for name in shuffled]]), [Column(name) for name in names])

    assert table.rows[0].as_dict() == {name: f"{name}的值" for name in names}


@pytest.mark.parametrize("names", KINDS.values(), ids=KINDS)
def test_headings_of_one_table_are_told_apart(names):
    """主要负责人 and 主要负责人手机, 日期 and 检查日期: no name may answer for another."""
    assert len({header_key(name) for name in names}) == len(names)


@pytest.mark.parametrize("missing", ["企业全称", "统一社会信用代码", "区市", "行业"])
def test_each_required_heading_is_missed_by_name(missing):
    required = {"企业全称", "统一社会信用代码", "区市", "行业"}
    columns = [Column(name, required=name in required) for name in ENTERPRISES]
    found = read_table(workbook([[name for name in ENTERPRISES if name != missing]]), columns)

    assert [str(error) for error in found.errors] == [f"第1行“{missing}”这一列没有找到，请在表头行补上，或使用模板"]


def test_workbook_of_another_kind_is_told_by_its_missing_columns():
    """Visits sent as enterprises share one heading: that is no table of enterprises."""
    columns = [Column(name, required=name in {"企业全称", "区市"}) for name in ENTERPRISES]
    found = read_table(workbook([[*VISITS, "行业"]]), columns)

    assert not found.is_valid
    assert {error.name for error in found.errors if error.severity == "error"} == {"企业全称", "区市"}


def test_whole_names_win_over_those_without_their_unit():
    """人数 and 人数（人） may stand side by side; each is the column of its own name."""
    names = ["人数", "金额", "金额（万元）", "人数（人）"]
    found = read_table(workbook([names, names]), [Column(name) for name in names])

    assert found.rows[0].as_dict() == {name: name for name in names}
    assert found.errors == []


@pytest.mark.parametrize("header", [["区市", "随便", "什么"], ["区市", None, None], ["区市", "区市"]])
def test_one_heading_of_many_is_no_header(header):
    with pytest.raises(WorkbookError, match="没有找到表头"):
        read_table(workbook([header, ["荣成市", 1, 2]]), [Column(name) for name in ENTERPRISES])


def test_column_without_a_heading_is_passed_over_in_silence():
    found = read_table(
        workbook([["企业全称", None, "区市", " "], ["甲", 1, "荣成市", 2]]), [Column("企业全称"), Column("区市")]
    )

    assert found.errors == []
    assert found.rows[0].as_dict() == {"企业全称": "甲", "区市": "荣成市"}


def test_row_with_most_of_the_headings_is_the_header():
    """A title that holds two words of the table does not take its place."""
    rows = [["企业全称", "区市"], ["企业全称", "区市", "行业"], ["甲", "荣成市", "轻工"]]
    found = read_table(workbook(rows), [Column(name) for name in ("企业全称", "区市", "行业")])

    assert (found.header_row, [row["行业"] for row in found.rows]) == (2, ["轻工"])


@pytest.mark.parametrize("lines", [0, 1, 9])
def test_header_within_the_first_ten_rows(lines):
    rows = [*[["台账"]] * lines, ["企业全称", "区市"], ["甲", "荣成市"]]
    found = read_table(workbook(rows), [Column("企业全称"), Column("区市")])

    assert (found.header_row, len(found.rows)) == (lines + 1, 1)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("企业全称*（必填）", "企业全称"),
        ("企业全称（必填项）*", "企业全称"),
        ("企业全称（可选）", "企业全称"),
        ("（必填）企业全称", "(必填)企业全称"),
        ("企业全称", "企业全称"),
        ("＊企业全称", "企业全称"),
        ("企业全称（必填）", "企业全称"),
        ("企业全称(选填)：", "企业全称"),
        ("罚款（万元）", "罚款(万元)"),
        ("对象地区／部门", "对象地区/部门"),
        (2023.0, "2023"),
        (None, ""),
        ("", ""),
    ],
)
def test_key_of_a_heading(written, key):
    assert header_key(written) == key
