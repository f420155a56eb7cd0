from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import text

WEDNESDAY = date(2023, 6, 28)
words = st.text(alphabet=st.sampled_from("威海市环翠区水产有限公司AB12 （）-"), max_size=30)


def found(query, *texts):
    return set(text.query_bigrams(query)) <= set(text.bigrams(*texts))


def test_bigrams_are_characters_and_neighbours():
    assert text.bigrams("乳山市") == ["乳", "乳山", "山", "山市", "市"]


def test_bigrams_fold_width_case_spaces_and_punctuation():
    assert text.bigrams("ＡＢ（１）") == ["1", "a", "ab", "b", "b1"]


def test_bigrams_of_several_texts_do_not_join():
    assert "市张" not in text.bigrams("乳山市", "张三")
    assert "张三" in text.bigrams("乳山市", "张三")


def test_query_bigrams_of_a_word_are_its_pairs():
    assert text.query_bigrams("乳山市") == ["乳山", "山市"]


def test_query_of_one_character_is_that_character():
    assert text.query_bigrams("氨") == ["氨"]


def test_query_without_letters_asks_for_nothing():
    assert text.query_bigrams("  -（）") == []


@pytest.mark.parametrize(
    "query", ["泰阳", "乳山 有限公司", "有限公司 乳山", "（乳山）泰阳", "乳山泰阳", "氨", "ＴＹ12", "ty-12", "司"]
)
def test_search_finds(query):
    assert found(query, "乳山（泰阳）液氨有限公司", "TY12号")


@pytest.mark.parametrize("query", ["荣成", "泰阳 荣成", "阳泰", "TY13"])
def test_search_does_not_find(query):
    assert not found(query, "乳山（泰阳）液氨有限公司", "TY12号")


@given(words, words, words)
def test_every_part_of_a_text_finds_it(before, part, after):
    whole = before + part + after

    assert found(part, whole)


@given(st.text())
def test_bigrams_fit_a_database_column(anything):
    for gram in text.bigrams(anything):
        assert 1 <= len(gram) <= 2
        assert "\x00" not in gram


def test_dates_for_pages_notices_and_tables():
    assert text.page_date(WEDNESDAY) == "2023年6月28日（周三）"
    assert text.full_date(WEDNESDAY) == "2023年6月28日"
    assert text.month_day(WEDNESDAY) == "6月28日"
    assert text.table_date(date(2023, 6, 8)) == "06-08"
    assert text.dotted_date(date(2023, 6, 6)) == "2023.06.06"


def test_weekdays_of_a_week():
    assert [text.weekday(date(2023, 6, 26 + n)) for n in range(5)] == ["周一", "周二", "周三", "周四", "周五"]
    assert text.weekday(date(2023, 6, 25)) == "周日"


def test_page_moment_is_in_the_portals_time_zone():
    assert text.page_moment(datetime(2023, 6, 28, 0, 30, tzinfo=UTC)) == "2023年6月28日 08:30"
    assert text.page_moment(datetime(2023, 6, 27, 23, 59, tzinfo=UTC)) == "2023年6月28日 07:59"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2023, 6, 26), "还剩2天"),
        (date(2023, 6, 27), "还剩1天"),
        (date(2023, 6, 28), "今天"),
        (date(2023, 7, 1), "逾期3天"),
    ],
)
def test_distance_in_words(today, words):
    assert text.distance(WEDNESDAY, today) == words


def test_deadline_shows_date_and_distance():
    assert text.deadline(WEDNESDAY, date(2023, 6, 26)) == "6月28日 · 还剩2天"


def test_deadline_after_an_extension_shows_the_original_too():
    words = text.deadline(WEDNESDAY, date(2023, 7, 1), original=date(2023, 6, 25))

    assert words == "6月28日 · 逾期3天（原定6月25日）"


def test_deadline_not_moved_shows_one_date():
    assert text.deadline(WEDNESDAY, WEDNESDAY, original=WEDNESDAY) == "6月28日 · 今天"


def test_deadline_in_another_year_names_it():
    assert text.deadline(date(2024, 1, 5), date(2023, 12, 31)) == "2024年1月5日 · 还剩5天"


def test_joined_names():
    assert text.joined(["荣成市", "乳山市"]) == "荣成市、乳山市"
    assert text.joined(["荣成市", "", "乳山市"], most=2) == "荣成市、乳山市"
    assert text.joined(["环翠区", "文登区", "荣成市", "乳山市"], most=2) == "环翠区、文登区等4个"
    assert text.joined(["甲厂", "乙厂", "丙厂"], most=1, unit="家") == "甲厂等3家"
    assert text.joined([]) == ""


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "一"), (8, "八"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (99, "九十九")],
)
def test_numeral(number, words):
    assert text.numeral(number) == words


@pytest.mark.parametrize("number", [0, 100, -3])
def test_numeral_refuses_what_no_heading_has(number):
    with pytest.raises(ValueError, match="1 to 99"):
        text.numeral(number)


def test_amount_has_thousands_separators():
    assert text.amount(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("label", "expected"), [("对照结果", True), ("A级 企业", True), ("client id", False), ("", False)]
)
def test_label_with_a_name_for_people_is_chinese(label, expected):
    assert text.is_chinese(label) is expected
