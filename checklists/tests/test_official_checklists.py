"""Each list against the notice it comes from: verbatim, in order, nothing between but numbers and headings."""

import pytest

from checklists.tests.official_texts import fixture, notice, squeezed

TABLE_HEAD = "序号对照检查内容对照检查标准和要求"
S000, S001, S004 = "weihai-miit-2022-10", "gaoqing-miit-2022-15", "weihai-emergency-2023-12"
# code: notice, words before the first item, words after the last one
TABLES = {
    "department-62": (S000, f"工信部门安全生产对照检查内容{TABLE_HEAD}", "附件2生产经营单位"),
    "enterprise-56": (S000, f"生产经营单位安全生产对照检查内容{TABLE_HEAD}", "注：各区市工信部门"),
}
PARAGRAPHS = {
    "gaoqing-department-5": (S001, "（一）局业务科室主要检查内容", "（二）相关企业的重点检查内容见附件。"),
    "gaoqing-enterprise-6": (S001, "附件2企业重点检查内容", ""),
    "mines-2023-enterprise": (S004, "重点抓好以下七项工作：", "（二）狠抓精准严格执法"),
    "mines-2023-department": (S004, "点做好以下五项工作：", "（三）推动落实地方党委政府领导责任"),
    "mines-2023-government": (S004, "切实提高领导安全生产工作的水平。", "2.强化对区市党委政府的综合督导。"),
    "trade-2023-enterprise": (S004, "（一）主体责任落实方面", "（二）工贸企业重大事故隐患方面"),
}
COUNTS = {
    "department-62": (62, 0),
    "enterprise-56": (56, 0),
    "gaoqing-department-5": (5, 18),
    "gaoqing-enterprise-6": (6, 25),
    "mines-2023-enterprise": (7, 39),
    "mines-2023-department": (5, 22),
    "mines-2023-government": (1, 10),
    "trade-2023-enterprise": (7, 48),
}
# The original prints two headings twice and one with a full stop instead of 、.
PRINTED_TWICE = {"执法检查宽松软整治情况", "建立安全生产体制机制情况"}
HEADING_STOPS = {"落实安全总监制度": "．"}


def items(code):
    return fixture(f"checklists/{code}", "checklists.item")


def clauses(code):
    return fixture(f"checklists/{code}", "checklists.clause")


def excerpt(name, before, after):
    """What stands in the notice between two phrases."""
    text = notice(name)
    start = text.index(before) + len(before)
    return text[start : text.index(after, start) if after else None]


def gaps(text, parts):
    """What stands before each part and after the last; every part must be found, in order."""
    found, at = [], 0
    for part in parts:
        here = text.find(squeezed(part), at)
        assert here >= 0, f"not in the notice, or not in its place: {part}"
        found.append(text[at:here])
        at = here + len(squeezed(part))
    return [*found, text[at:]]


def table_gap(item, opens_category):
    """12 · 10二、安全生产基础建设情况"""
    stop = HEADING_STOPS.get(item["category"], "、")
    heading = f"{item['category_no']}{stop}{item['category']}" if opens_category else ""
    return f"{item['number']}{heading * (2 if item['category'] in PRINTED_TWICE else 1)}"


@pytest.mark.parametrize("code", TABLES)
def test_table_items_are_the_notices_in_order_with_only_numbers_and_headings_between(code):
    rows = items(code)
    seen = [row["category"] for row in rows]
    expected = [table_gap(row, row["category"] not in seen[:at]) for at, row in enumerate(rows)]

    assert gaps(excerpt(*TABLES[code]), [row["text"] for row in rows]) == [*expected, ""]


@pytest.mark.parametrize("code", PARAGRAPHS)
def test_paragraph_items_are_the_notices_in_order_with_only_numbers_and_headings_between(code):
    rows = items(code)
    expected = [f"{row['number']}.{row['category']}。" for row in rows]

    assert gaps(excerpt(*PARAGRAPHS[code]), [row["text"] for row in rows]) == [*expected, ""]


@pytest.mark.parametrize("code", PARAGRAPHS)
def test_clauses_are_found_in_their_item_in_order(code):
    rows = {row["number"]: row for row in items(code)}
    left_out = {
        number: "".join(gaps(squeezed(row["text"]), [c["text"] for c in clauses(code) if c["item"][2] == number]))
        for number, row in rows.items()
    }

    # Only words that ask nothing of the respondent are left out of the clauses.
    statements = {
        ("mines-2023-department", 3): (
            "专项整治过程中，可进一步细化整治内容，强化严惩重罚、严督实导、严查细纠，及时发现并严肃查处非法违规问题，"
            "整治安全监管执法“宽松软虚”，倒逼企业落实安全生产主体责任。"
        ),
        ("mines-2023-government", 1): (
            "专项排查整治期间，国家矿山安监局山东局、省应急厅将对矿山重大事故隐患专项排查整治情况进行督导检查，重点检查"
        ),
    }
    assert left_out == {number: statements.get((code, number), "") for number in rows}


@pytest.mark.parametrize("code", COUNTS)
def test_list_has_its_items_and_clauses_numbered_without_gaps(code):
    numbers = [row["number"] for row in items(code)]
    by_item = [[c["number"] for c in clauses(code) if c["item"][2] == number] for number in numbers]

    assert (len(numbers), len(clauses(code))) == COUNTS[code]
    assert numbers == list(range(1, len(numbers) + 1))
    assert by_item == [list(range(1, len(one) + 1)) for one in by_item]


def test_department_list_has_eleven_categories():
    categories = list(dict.fromkeys((row["category_no"], row["category"]) for row in items("department-62")))

    assert categories == [
        ("一", "部门安全监管责任落实情况"),
        ("二", "安全生产基础建设情况"),
        ("三", "驻点监督开展情况"),
        ("四", "项目审批安全红线把守情况"),
        ("五", "开展安全生产专项整治情况"),
        ("六", "执法检查宽松软整治情况"),
        ("七", "建立安全生产体制机制情况"),
        ("八", "违法分包转包、挂靠资质行为查处情况"),
        ("九", "重大隐患和事故瞒报谎报迟报漏报行为查处情况"),
        ("十", "开展安全教育培训情况"),
        ("十一", "其他工作开展情况"),
    ]


def test_enterprise_list_has_eleven_headings_two_of_them_numbered_eight():
    headings = list(dict.fromkeys((row["category_no"], row["category"]) for row in items("enterprise-56")))

    assert [number for number, _ in headings] == ["一", "二", "三", "四", "五", "六", "七", "八", "八", "九", "十"]
    assert [text for number, text in headings if number == "八"] == ["开展安全生产教育培训", "开展本质安全提升"]


@pytest.mark.parametrize(
    ("code", "polarity", "numbers"),
    [
        ("department-62", "negative", [22, 23, 33, 50]),
        ("department-62", "mixed", []),
        ("enterprise-56", "negative", []),
        ("enterprise-56", "mixed", [13, 37]),
        ("gaoqing-department-5", "mixed", [3, 4, 5]),
        ("gaoqing-enterprise-6", "mixed", [1, 2]),
    ],
)
def test_polarity_of_items(code, polarity, numbers):
    assert [row["number"] for row in items(code) if row["polarity"] == polarity] == numbers


@pytest.mark.parametrize("code", PARAGRAPHS)
def test_item_is_mixed_exactly_where_its_clauses_differ(code):
    for row in items(code):
        kinds = {c["polarity"] for c in clauses(code) if c["item"][2] == row["number"]}
        assert row["polarity"] == ("mixed" if len(kinds) > 1 else kinds.pop())


def test_originals_typing_errors_stay():
    texts = {row["number"]: row["text"] for row in items("department-62")}

    assert "各级个部门" in texts[1]
    assert "组合演练" in texts[44]
    assert "每季度分管行业领域安全生产形势" in texts[5]
    assert texts[31].endswith("；")
