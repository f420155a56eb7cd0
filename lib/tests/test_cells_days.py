"""Days as clerks write them: every notation, with a time behind it, as Excel's number; and what is no day."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import cells
from lib.tests.test_cells import problem

JUNE_6 = date(2023, 6, 6)


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


MORNINGS = [
    "{} 9:30", "{} 09:30", "{} 09:30:00", "{}  12:30", "{}T09:30:00", "{}T12:30", "{}　10：30", "{} 10时",
    "{}\n8:00:00",
]  # fmt: skip


@pytest.mark.parametrize("with_time", MORNINGS)
@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2023-6-1", date(2023, 6, 1)),
        ("2023/6/1", date(2023, 6, 1)),
        ("2023.6.2", date(2023, 6, 2)),
        ("2023-12-31", date(2023, 12, 31)),
        ("2023年6月1日", date(2023, 6, 1)),
        ("2023年6月1号", date(2023, 6, 1)),
        ("２０２３－６－１", date(2023, 6, 1)),
        ("2023. 6. 1", date(2023, 6, 1)),
    ],
)
def test_time_behind_a_day_is_none_of_its_figures(written, found, with_time):
    """2023-6-1 12:30 is the 1st, not the 11th; and 2023-6-6 09:30 not a 60th."""
    assert cells.day(with_time.format(written)) == found


def test_time_may_stand_right_behind_its_day():
    assert cells.day("2023年6月1日12:30") == date(2023, 6, 1)
    assert cells.day("2023年6月1日12时30分") == date(2023, 6, 1)


@pytest.mark.parametrize("value", ["2023-6-112:30", "2023.06.0609:30", "9:30", "2023-06 9:30", "2023-6-1 上午"])
def test_time_that_cannot_be_told_from_its_day_is_refused(value):
    assert problem(cells.day, value)


@pytest.mark.parametrize(
    ("serial", "found"), [(32874, date(1990, 1, 1)), (45083, date(2023, 6, 6)), (73415, date(2100, 12, 31))]
)
def test_excels_number_within_the_years_that_make_sense(serial, found):
    """Serial 25569 is 1970-01-01; 1990-01-01 is 7305 days later, 2100-12-31 47846."""
    assert cells.day(serial) == cells.day(str(serial)) == found


@pytest.mark.parametrize(("serial", "year"), [(20000, 1954), (32873, 1989), (73416, 2101), (79999, 2119)])
def test_excels_number_beyond_those_years_is_a_slip(serial, year):
    """A number of another column is no day of long ago."""
    assert problem(cells.day, serial) == f"年份应在1990到2100之间，现为{year}年"


@pytest.mark.parametrize("number", [0, 1, 19999, 80000, 123456, -45083, 1e20])
def test_number_that_is_no_day(number):
    assert problem(cells.day, number).startswith("应为日期，如2023.06.06，现为")
