from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import cells

JUNE_6 = date(2023, 6, 6)


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
        ("次月10日前", date(2023, 7, 10)),
        ("下月5号", date(2023, 7, 5)),
        ("下个月三日前完成", date(2023, 7, 3)),
        ("下月10前", date(2023, 7, 10)),
        ("明年3月底前", date(2024, 3, 31)),
        ("明年8月底前", date(2024, 8, 31)),
        ("次年6月30日前", date(2024, 6, 30)),
        ("明年底前", date(2024, 12, 31)),
        ("明年一季度", date(2024, 3, 31)),
        ("一年内", date(2024, 6, 6)),
        ("2年之内", date(2025, 6, 6)),
        ("半年内", date(2023, 12, 6)),
        ("半年以内", date(2023, 12, 6)),
        ("1个半月内", date(2023, 7, 21)),
        ("两个半月内", date(2023, 8, 21)),
        ("年内", date(2023, 12, 31)),
        ("2023年内", date(2023, 12, 31)),
        ("2024年内完成", date(2024, 12, 31)),
        ("2023-6-30 18:00前", date(2023, 6, 30)),
        ("2023-7-1 9：30前完成", date(2023, 7, 1)),
        ("6月30日24时前", date(2023, 6, 30)),
        ("停产至6 8:00，7月底前整改", date(2023, 7, 31)),
        ("每月25日前", date(2023, 6, 25)),
        ("72小时内", date(2023, 6, 9)),
        ("25小时内", date(2023, 6, 8)),
        ("24小时内", date(2023, 6, 7)),
        ("立即停产，7月底前整改完成", date(2023, 7, 31)),
        ("加装1.2米护栏，7月底前", date(2023, 7, 31)),
    ],
)
def test_proposed_day_for_something_found_on_june_6(words, day):
    assert cells.propose(words, JUNE_6) == day


@pytest.mark.parametrize("words", ["", "……", "长期坚持", "按方案整改", "2月31日前", "XXX", "次月40日前", "0日前"])
def test_no_day_is_proposed_for_words_without_a_limit(words):
    assert cells.propose(words, JUNE_6) is None


def test_one_month_from_the_end_of_january():
    assert cells.propose("一个月内", date(2023, 1, 31)) == date(2023, 2, 28)
    assert cells.propose("1个月内", date(2023, 12, 15)) == date(2024, 1, 15)


@given(
    st.text(alphabet="0123456789年月日底前内立即个季度上下半旬中工作周十二三明次.-: 时"),
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


@pytest.mark.parametrize(
    ("words", "found", "day"),
    [
        ("1月底前", date(2023, 12, 20), date(2024, 1, 31)),
        ("12月31日前", date(2023, 12, 31), date(2023, 12, 31)),
        ("12月30日前", date(2023, 12, 31), date(2024, 12, 30)),
        ("2月底前", date(2024, 1, 10), date(2024, 2, 29)),
        ("31日前", date(2023, 7, 10), date(2023, 7, 31)),
        ("年底前", date(2023, 1, 1), date(2023, 12, 31)),
        ("四季度", date(2023, 11, 2), date(2023, 12, 31)),
        ("一季度", date(2023, 11, 2), date(2024, 3, 31)),
        ("上半年", date(2023, 7, 1), date(2024, 6, 30)),
        ("下月底前", date(2023, 12, 5), date(2024, 1, 31)),
        ("两个月内", date(2023, 12, 31), date(2024, 2, 29)),
        ("半年内", date(2023, 8, 31), date(2024, 2, 29)),
        ("一年内", date(2024, 2, 29), date(2025, 2, 28)),
        ("次月10日前", date(2023, 12, 31), date(2024, 1, 10)),
        ("下月31日前", date(2023, 12, 5), date(2024, 1, 31)),
        ("明年1月底前", date(2023, 12, 31), date(2024, 1, 31)),
        ("10个工作日内", date(2023, 9, 27), date(2023, 10, 17)),
    ],
)
def test_proposed_day_near_the_turn_of_a_month_or_year(words, found, day):
    assert cells.propose(words, found) == day


def test_work_days_of_a_deadline_pass_over_the_national_holiday():
    """From Wednesday 2023-09-27: Thursday 28 is the first; 09-29 to 10-06 are free, 10-07 and 10-08 are worked."""
    assert cells.propose("1个工作日内", date(2023, 9, 27)) == date(2023, 9, 28)
    assert cells.propose("2个工作日内", date(2023, 9, 27)) == date(2023, 10, 7)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2023年7月15日", "2023年7月15日"),
        (" 2023-7-15 ", "2023-7-15"),
        ("20230715", "2023.07.15"),
        ("45122", "2023.07.15"),
        (20230715.0, "2023.07.15"),
    ],
)
def test_date_is_kept_as_a_person_wrote_it_and_printed_where_excel_did(value, text):
    assert cells.deadline(value) == (text, date(2023, 7, 15))


@given(st.integers(1, 60), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_days_are_counted_from_the_day_after(count, found):
    assert cells.propose(f"{count}日内", found) == cells.propose(f"{count}天以内", found) == found + timedelta(count)


@given(st.integers(1, 12), st.integers(1, 28), st.integers(2020, 2030))
def test_full_date_in_a_sentence_is_that_day(month, number, year):
    found = cells.propose(f"请于{year}年{month}月{number}日前整改到位并报告", JUNE_6)

    assert found == date(year, month, number)


@given(st.integers(1, 31))
def test_numerals_and_figures_mean_the_same(number):
    tens, ones = divmod(number, 10)
    numeral = ("" if tens == 0 else "十" if tens == 1 else "二三"[tens - 2] + "十") + " 一二三四五六七八九"[
        ones
    ].strip()

    assert cells.propose(f"{numeral}日内", JUNE_6) == cells.propose(f"{number}日内", JUNE_6)
