from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import cells
from lib.cells import BadCell

JUNE_6 = date(2023, 6, 6)


def problem(parse, value):
    """The message a clerk reads."""
    with pytest.raises(BadCell) as caught:
        parse(value)
    return str(caught.value)


@pytest.mark.parametrize("value", [None, "", " ", "\u3000", "\n\t", "\xa0", "\ufeff"])
def test_blank_cells(value):
    assert cells.is_blank(value)


@pytest.mark.parametrize("value", ["否", "0", 0, False, "-", 0.0])
def test_cells_that_are_not_blank(value):
    assert not cells.is_blank(value)


@pytest.mark.parametrize("value", ["/", "-", "—", " —— ", "－"])
def test_strokes_for_nothing(value):
    assert cells.is_dash(value)


def test_zero_is_no_stroke():
    assert not cells.is_dash("0")
    assert not cells.is_dash(0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("  快速冻结装置未设置在单独的作业间内。 ", "快速冻结装置未设置在单独的作业间内。"),
        ("（一）“双报告”，及时！", "（一）“双报告”，及时！"),
        ("第一行\r\n第二行", "第一行\n第二行"),
        ("甲\xa0乙", "甲 乙"),
        ("甲\u200b乙\x07", "甲乙"),
        ("甲\u3000乙\u3000", "甲\u3000乙"),
        ("甲_x000D_\n乙", "甲\n乙"),
        (13800000000.0, "13800000000"),
        (1.5, "1.5"),
        (7, "7"),
        (True, "是"),
        (False, "否"),
        (date(2023, 6, 6), "2023-06-06"),
        (datetime.combine(JUNE_6, time()), "2023-06-06"),
        (datetime.combine(JUNE_6, time(8, 30)), "2023-06-06 08:30"),
        (None, ""),
    ],
)
def test_text_as_shown(value, shown):
    assert cells.text(value) == shown


def test_text_up_to_its_column_as_it_is_read():
    """Counted is what is kept: five characters and two spaces fit into five."""
    five = cells.text_up_to(5, cells.half_width)

    assert five(" 第 １ 检查组") == "第1检查组"
    assert problem(five, "第12检查组") == "最多5字，现为6字，请缩短"


def test_text_up_to_its_column():
    parse = cells.text_up_to(4)

    assert parse(" 四字以内 ") == "四字以内"
    assert problem(parse, "超过四个字") == "最多4字，现为5字，请缩短"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("威应急罚〔2023〕1号", "威应急罚〔2023〕1号"),
        (" 威应急罚〔２０２３〕１ 号 ", "威应急罚〔2023〕1号"),
        ("tz-2023-001", "TZ-2023-001"),
        (2023001.0, "2023001"),
    ],
)
def test_code_is_half_width_and_without_spaces(value, expected):
    assert cells.code(value) == expected


def test_code_that_excel_made_a_number_has_lost_digits():
    assert problem(cells.code, 913710021234567890) == "已被Excel变成数字，末几位已丢失，请把该列设为文本格式后重新填写"


def test_credit_code_is_normalised():
    assert cells.credit_code(" 91350100m000100y43 ") == "91350100M000100Y43"


def test_credit_code_of_17_characters_is_refused():
    assert problem(cells.credit_code, "91350100M000100Y4") == "应为18位，现为17位"


def test_credit_code_with_a_wrong_check_digit_passes_here():
    """Shape is refused, the check digit is confirmed by a person."""
    assert cells.credit_code("91350211M0000XUF46") == "91350211M0000XUF46"


def test_credit_code_as_a_number_cell():
    assert "请把该列设为文本格式" in problem(cells.credit_code, 9.1371002e17)
    assert "请把该列设为文本格式" in problem(cells.credit_code, "9.1371E+17")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (13800000000.0, "13800000000"),
        ("138 0000 0000", "13800000000"),
        ("138-0000-0000", "13800000000"),
        ("+8613800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("0631-5231234", "0631-5231234"),
    ],
)
def test_mobile(value, expected):
    assert cells.mobile(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1380000000", "应为11位手机号，现为10位"),
        ("23800000000", "应为11位手机号，现为“23800000000”"),
        ("张三13800000000", "应为11位手机号，现为“张三13800000000”"),
    ],
)
def test_mobile_refused(value, message):
    assert problem(cells.mobile, value) == message


@pytest.mark.parametrize(
    ("value", "number"), [(0, 0), (12.0, 12), ("12", 12), (" １２ ", 12), ("1,234", 1234), ("12.0", 12)]
)
def test_whole(value, number):
    assert cells.whole(value) == number


@pytest.mark.parametrize("value", ["-1", -1, 1.5, "1.5", "3个", "若干", "1,2", True, 1e12])
def test_whole_refused(value):
    assert problem(cells.whole, value).startswith("应为不小于0的整数，现为“")


@pytest.mark.parametrize(("value", "number"), [(0, 0), (9.0, 9), ("９", 9), ("10", 10), (10.0, 10)])
def test_whole_up_to_its_bound(value, number):
    assert cells.whole_up_to(10)(value) == number


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (11, "最大为10，现为11，请核对"),
        ("1,000", "最大为10，现为1000，请核对"),
        (-1, "应为不小于0的整数，现为“-1”"),
    ],
)
def test_whole_above_its_bound_or_none_at_all(value, message):
    assert problem(cells.whole_up_to(10), value) == message


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1.5, "1.50"),
        (0, "0.00"),
        ("12.5", "12.50"),
        ("１２．５", "12.50"),
        ("12.5万元", "12.50"),
        ("1,234.56", "1234.56"),
        (0.1 + 0.2, "0.30"),
        ("¥3", "3.00"),
    ],
)
def test_money_in_wan(value, number):
    assert cells.money(value) == Decimal(number)
    assert str(cells.money(value)) == number


@pytest.mark.parametrize(
    ("value", "number"), [("1 234", 1234), ("1　234 567", 1234567), ("１，２３４", 1234), ("12.00", 12), ("5.", 5)]
)
def test_whole_with_its_figures_in_groups(value, number):
    assert cells.whole(value) == number


@pytest.mark.parametrize("parse", [cells.whole, cells.money])
@pytest.mark.parametrize(
    "value", ["1 2", "12 34", "1,2", "1，23", "1 2345", "1e3", "1E3", "1_000", "+5", "3-5", "3~5", "１ ２"]
)
def test_figures_that_are_no_one_number_are_refused(parse, value):
    """Two numbers in a cell are not one of both their figures, and no letter is a power of ten."""
    assert problem(parse, value)


@pytest.mark.parametrize(
    ("value", "number"),
    [("1 234.5", "1234.50"), ("1.5 万 元", "1.50"), (".5", "0.50"), ("5.", "5.00"), ("-0", "0.00"), (-0.0, "0.00")],
)
def test_money_with_spaces_and_bare_points(value, number):
    assert str(cells.money(value)) == number


@pytest.mark.parametrize(
    "value",
    ["+8613800000000", "+86 138 0000 0000", "0086-13800000000", "8613800000000", "86-138-0000-0000", 8613800000000.0],
)
def test_mobile_with_its_country_before_it(value):
    assert cells.mobile(value) == "13800000000"


@pytest.mark.parametrize("value", ["8612800000000", "8713800000000", "861380000000", "868613800000000"])
def test_country_before_what_is_no_mobile_helps_nothing(value):
    assert problem(cells.mobile, value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("12.345", "最多2位小数，现为12.345"),
        (-1, "不能小于0，现为-1"),
        ("125000元", "单位为万元，现为“125000元”，请换算后填写数字"),
        ("十万", "应为数字，现为“十万”"),
        ("NaN", "应为数字，现为“NaN”"),
        ("Infinity", "应为数字，现为“Infinity”"),
        ("20000000000", "数值过大，现为20000000000，请核对单位（万元）"),
        (True, "应为数字，现为“是”"),
    ],
)
def test_money_refused(value, message):
    assert problem(cells.money, value) == message


def test_amount_of_other_places_and_unit():
    tons = cells.amount(3, unit="吨")

    assert tons("10.125吨") == Decimal("10.125")
    assert problem(tons, "10.1255") == "最多3位小数，现为10.1255"


@pytest.mark.parametrize("value", ["是", "√", "✓", "V", "v", "Y", "yes", "1", 1, 1.0, True, " 是 ", "有"])
def test_yes(value):
    assert cells.yes_no(value) is True


@pytest.mark.parametrize("value", ["否", "×", "N", "no", "0", 0, False, "无"])
def test_no(value):
    assert cells.yes_no(value) is False


def test_neither_yes_nor_no():
    assert problem(cells.yes_no, "可能") == "应填“是”或“否”，空着表示否，现为“可能”"


def test_choice_gives_the_value_of_a_label_or_alias():
    parse = cells.choice({"企业自查": "self", "部门检查": "unit"}, aliases={"自查": "企业自查"})

    assert parse("企业自查") == "self"
    assert parse(" 自 查 ") == "self"
    assert parse("部门检查") == "unit"
    assert problem(parse, "抽查") == "应为“企业自查”或“部门检查”，现为“抽查”"


def test_choice_among_one_and_among_many():
    assert problem(cells.one_of(["重大"]), "特大") == "应为“重大”，现为“特大”"
    many = cells.one_of("甲乙丙丁戊己庚辛壬癸")
    assert problem(many, "子") == "应为“甲”、“乙”、“丙”、“丁”、“戊”、“己”、“庚”、“辛”等10项之一，现为“子”"


def test_choice_of_figures_written_as_a_number():
    assert cells.one_of(["1", "2"])(1.0) == "1"


def test_one_of_keeps_the_label_as_written():
    assert cells.one_of(["停产停建（有人作业）"])("停产停建(有人作业)") == "停产停建（有人作业）"


@pytest.mark.parametrize(
    "value", ["金属冶炼、涉氨制冷", "金属冶炼,涉氨制冷", "金属冶炼；涉氨制冷、", "金属冶炼\n涉氨制冷、金属冶炼"]
)
def test_several(value):
    assert cells.several(value) == ("金属冶炼", "涉氨制冷")


def test_several_of_known_ones():
    parse = cells.several_of({"涉氨制冷": 1, "粉尘涉爆": 2}, aliases={"涉爆粉尘": "粉尘涉爆"})

    assert parse("涉爆粉尘、涉氨制冷") == (2, 1)
    assert problem(parse, "涉氨制冷、有限空间") == "应为“涉氨制冷”或“粉尘涉爆”，现为“有限空间”"


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times()))
def test_no_parser_fails_but_with_a_chinese_message(value):
    parsers = [cells.text, cells.code, cells.credit_code, cells.mobile, cells.day, cells.whole, cells.money]
    for parse in [*parsers, cells.yes_no, cells.one_of(["甲", "乙"]), cells.several, cells.deadline]:
        try:
            parse(value)
        except BadCell as caught:
            assert any("一" <= character <= "鿿" for character in str(caught))


@given(st.text())
def test_text_is_stable(value):
    once = cells.text(value)

    assert cells.text(once) == once


def test_half_width_turns_forms_but_no_meaning():
    assert cells.half_width("（ＡＢ）　１２　３") == "(AB)123"
    assert cells.half_width("隐患") == "隐患"


@given(st.text(alphabet="，。；：？！“”‘’（）《》【】、—…·〔〕〈〉", max_size=20))
def test_chinese_punctuation_of_texts_is_never_touched(punctuation):
    assert cells.text(f"隐{punctuation}患") == f"隐{punctuation}患"


@given(st.integers(0, 10**9 - 1))
def test_whole_in_every_notation(number):
    assert cells.whole(number) == cells.whole(float(number)) == cells.whole(str(number)) == number
    assert cells.whole(f"{number:,}") == cells.whole(f" {number}.0 ") == number


@given(st.decimals(0, 10**9, places=2))
def test_money_in_every_notation(number):
    assert cells.money(str(number)) == cells.money(f"{number:,}") == cells.money(f"{number}万元") == number
    assert cells.money(float(number)) == number


@given(st.decimals(0, 10**6, places=3).filter(lambda number: number * 100 % 1))
def test_money_with_three_places_is_never_rounded_in_silence(number):
    assert problem(cells.money, str(number)).startswith("最多2位小数")


@given(st.sampled_from(["企业自查", "部门检查", "驻点监督", "举报"]), st.text(alphabet=" \u3000\n\t", max_size=3))
def test_choice_does_not_mind_spaces(label, spaces):
    parse = cells.one_of(["企业自查", "部门检查", "驻点监督", "举报"])

    assert parse(spaces + label[:2] + spaces + label[2:] + spaces) == label


@given(st.lists(st.sampled_from(["金属冶炼", "粉尘涉爆", "涉氨制冷", "有限空间"]), unique=True, min_size=1))
def test_several_in_every_notation(labels):
    for mark in "、，,；;\n/":
        assert cells.several(mark.join(labels)) == tuple(labels)


@pytest.mark.parametrize("parse", [cells.day, cells.whole, cells.yes_no, cells.money, cells.mobile])
def test_long_values_are_quoted_short(parse):
    value = "一二三四五六七八九十" * 5

    assert problem(parse, value).endswith("现为“一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十…”")


def test_choice_among_nothing_says_so():
    with pytest.raises(BadCell, match="应为平台中已有的选项（目前没有，请先载入基础数据），现为“荣成市”"):
        cells.choice({})("荣成市")
