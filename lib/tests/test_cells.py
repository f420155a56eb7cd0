from datetime import date, datetime, time, timedelta
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
    "value",
    [
        "2023.06.06",
        "2023-6-6",
        "2023/06/06",
        "2023年6月6日",
        "2023年6月6号",
        "２０２３年６月６日",
        " 2023 . 06 . 06 ",
        "2023。6。6",
        "20230606",
        "2023-06-06 08:30:00",
        "2023-06-06T00:00:00",
        20230606,
        20230606.0,
        45083,
        45083.0,
        45083.4,
        "45083",
        date(2023, 6, 6),
        datetime.combine(JUNE_6, time(8, 30)),
    ],
)
def test_day_however_it_is_written(value):
    assert cells.day(value) == JUNE_6


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2023.02.30", "没有2023年2月30日这一天，请更正"),
        ("2023.13.01", "没有2023年13月1日这一天，请更正"),
        ("2023年6月", "缺少日，应如2023.06.06，现为“2023年6月”"),
        ("立即", "应为日期，如2023.06.06，现为“立即”"),
        ("6月6日", "应为日期，如2023.06.06，现为“6月6日”"),
        ("1023.06.06", "年份应在1990到2100之间，现为1023年"),
        (date(1900, 1, 5), "年份应在1990到2100之间，现为1900年"),
        (6, "应为日期，如2023.06.06，现为“6”"),
        (True, "应为日期，如2023.06.06，现为“是”"),
    ],
)
def test_day_refused_with_advice(value, message):
    assert problem(cells.day, value) == message


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_day_in_every_notation_is_that_day(day):
    plain = f"{day.year}年{day.month}月{day.day}日"

    assert cells.day(f"{day:%Y.%m.%d}") == cells.day(f"{day:%Y%m%d}") == cells.day(plain) == day


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_excel_number_of_a_day_is_that_day(day):
    """Serial 25569 is 1970-01-01."""
    assert cells.day(25569 + (day - date(1970, 1, 1)).days) == day


@pytest.mark.parametrize(
    ("value", "number"), [(0, 0), (12.0, 12), ("12", 12), (" １２ ", 12), ("1,234", 1234), ("12.0", 12)]
)
def test_whole(value, number):
    assert cells.whole(value) == number


@pytest.mark.parametrize("value", ["-1", -1, 1.5, "1.5", "3个", "若干", "1,2", True, 1e12])
def test_whole_refused(value):
    assert problem(cells.whole, value).startswith("应为不小于0的整数，现为“")


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


@pytest.mark.parametrize("value", ["是", "√", "✓", "Y", "yes", "1", 1, 1.0, True, " 是 ", "有"])
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


def test_deadline_that_is_a_date():
    assert cells.deadline("2023.07.15") == ("2023.07.15", date(2023, 7, 15))
    assert cells.deadline(date(2023, 7, 15)) == ("2023.07.15", date(2023, 7, 15))
    assert cells.deadline(45122.0) == ("2023.07.15", date(2023, 7, 15))


def test_deadline_in_words_is_kept_and_a_day_proposed():
    found = cells.deadline(" 7月底前 ")

    assert found == ("7月底前", None)
    assert found.proposed(JUNE_6) == date(2023, 7, 31)
    assert found.proposed(None) is None


def test_deadline_named_by_its_author_is_not_guessed_at():
    assert cells.deadline("2023.07.15").proposed(JUNE_6) == date(2023, 7, 15)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("立即", date(2023, 6, 6)),
        ("立即整改", date(2023, 6, 6)),
        ("立行立改", date(2023, 6, 6)),
        ("当日", date(2023, 6, 6)),
        ("24小时内", date(2023, 6, 7)),
        ("48小时内", date(2023, 6, 8)),
        ("次日", date(2023, 6, 7)),
        ("7月底前", date(2023, 7, 31)),
        ("７月底前", date(2023, 7, 31)),
        ("七月底前", date(2023, 7, 31)),
        ("2023年7月底前", date(2023, 7, 31)),
        ("2024年2月底前", date(2024, 2, 29)),
        ("7月15日前", date(2023, 7, 15)),
        ("7月15前", date(2023, 7, 15)),
        ("2023年7月15日前完成整改", date(2023, 7, 15)),
        ("2023.7.15前", date(2023, 7, 15)),
        ("7月上旬", date(2023, 7, 10)),
        ("7月中旬前", date(2023, 7, 20)),
        ("7月下旬", date(2023, 7, 31)),
        ("7月份", date(2023, 7, 31)),
        ("十二月底前", date(2023, 12, 31)),
        ("3月底前", date(2024, 3, 31)),
        ("5月31日前", date(2024, 5, 31)),
        ("6月底", date(2023, 6, 30)),
        ("6月6日", date(2023, 6, 6)),
        ("15日内", date(2023, 6, 21)),
        ("十五日内", date(2023, 6, 21)),
        ("两周内", date(2023, 6, 20)),
        ("一个月内", date(2023, 7, 6)),
        ("3个月以内", date(2023, 9, 6)),
        ("半个月内", date(2023, 6, 21)),
        ("3个工作日内", date(2023, 6, 9)),
        ("15日前", date(2023, 6, 15)),
        ("5日前", date(2023, 7, 5)),
        ("月底前", date(2023, 6, 30)),
        ("本月底", date(2023, 6, 30)),
        ("下月底前", date(2023, 7, 31)),
        ("下个月", date(2023, 7, 31)),
        ("年底前", date(2023, 12, 31)),
        ("2024年底前", date(2024, 12, 31)),
        ("第三季度", date(2023, 9, 30)),
        ("三季度末", date(2023, 9, 30)),
        ("2024年一季度", date(2024, 3, 31)),
        ("上半年", date(2023, 6, 30)),
        ("下半年", date(2023, 12, 31)),
        ("2024年上半年", date(2024, 6, 30)),
        ("本周", date(2023, 6, 11)),
        ("立即停产，7月底前整改完成", date(2023, 7, 31)),
        ("加装1.2米护栏，7月底前", date(2023, 7, 31)),
    ],
)
def test_proposed_day_for_something_found_on_june_6(words, day):
    assert cells.propose(words, JUNE_6) == day


@pytest.mark.parametrize("words", ["", "……", "长期坚持", "按方案整改", "2月31日前", "XXX"])
def test_no_day_is_proposed_for_words_without_a_limit(words):
    assert cells.propose(words, JUNE_6) is None


def test_one_month_from_the_end_of_january():
    assert cells.propose("一个月内", date(2023, 1, 31)) == date(2023, 2, 28)
    assert cells.propose("1个月内", date(2023, 12, 15)) == date(2024, 1, 15)


@given(
    st.text(alphabet="0123456789年月日底前内立即个季度上下半旬中工作周十二三.-"),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_proposing_never_fails(words, found):
    proposed = cells.propose(words, found)

    assert proposed is None or isinstance(proposed, date)


@given(st.integers(1, 12), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_month_named_without_a_year_is_the_coming_one(month, found):
    proposed = cells.propose(f"{month}月底前", found)

    assert proposed.month == month
    assert found <= proposed < found + timedelta(366)
