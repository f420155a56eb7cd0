"""勾稽关系, each on figures that hold and figures that do not."""

from decimal import Decimal

import pytest

from lib.periods import WindowKind
from reports.dispatch.identities import IDENTITIES, Level, breaches, falls
from reports.indicators import INDICATORS

MONTHLY, CUMULATIVE = WindowKind.MONTHLY, WindowKind.CUMULATIVE


def numbers(**values):
    """x2_1=3 → {"2.1": 3}"""
    return {
        name.removeprefix("x").replace("_", "."): None if value is None else Decimal(str(value))
        for name, value in values.items()
    }


def levels(kind, **values):
    return [breach.level for breach in breaches(numbers(**values), kind)]


def test_every_identity_speaks_of_known_figures():
    assert {code for each in IDENTITIES for code in each.codes} <= set(INDICATORS)


@pytest.mark.parametrize("kind", [MONTHLY, CUMULATIVE])
def test_the_printed_sums_block(kind):
    assert levels(kind, x2_1=3, x2_3=1, x2_5=2) == []
    assert levels(kind, x2_1=4, x2_3=1, x2_5=2) == [Level.BLOCK]
    assert levels(kind, x2_2=2, x2_4=1, x2_6=2) == [Level.BLOCK]


@pytest.mark.parametrize(
    ("done", "whole"), [("2.4", "2.3"), ("2.6", "2.5"), ("2.8", "2.7"), ("2.2", "2.1"), ("1.5", "1.4")]
)
def test_done_within_found_blocks_cumulative_figures_and_asks_why_in_a_month(done, whole):
    values = {done: Decimal(2), whole: Decimal(1)}

    assert [breach.level for breach in breaches(values, CUMULATIVE)] == [Level.BLOCK]
    assert [breach.level for breach in breaches(values, MONTHLY)] == [Level.EXPLAIN]
    assert breaches({done: Decimal(1), whole: Decimal(1)}, CUMULATIVE) == []


@pytest.mark.parametrize(
    ("part", "whole"),
    [*((f"1.{n}", "1.6") for n in range(7, 16)), ("3.10", "3.9"), ("党政-5b", "党政-5a")],
)
@pytest.mark.parametrize("kind", [MONTHLY, CUMULATIVE])
def test_a_part_above_its_whole_blocks(part, whole, kind):
    assert [breach.level for breach in breaches({part: Decimal(2), whole: Decimal(1)}, kind)] == [Level.BLOCK]


@pytest.mark.parametrize(("left", "right"), [("2.7", "2.1"), ("2.5", "1.4"), ("3.5", "3.3")])
def test_what_is_only_usual_warns(left, right):
    assert [breach.level for breach in breaches({left: Decimal(2), right: Decimal(1)}, CUMULATIVE)] == [Level.WARN]


def test_a_fine_without_a_penalty_warns():
    assert levels(MONTHLY, x3_3=0, x3_4="0.5") == [Level.WARN]
    assert levels(MONTHLY, x3_3=1, x3_4="0.5") == []
    assert levels(MONTHLY, x3_3=0, x3_4=0) == []


def test_an_empty_figure_is_no_zero():
    assert levels(MONTHLY, x2_1=3, x2_3=None, x2_5=2) == []


def test_a_breach_names_the_figures_with_unit_and_value():
    [breach] = breaches(numbers(x2_1=4, x2_3=1, x2_5=2), MONTHLY)

    assert breach.code == "2.1"
    assert breach.message == (
        "“发现重大事故隐患数量”4个应等于“企业自查发现的重大事故隐患”1个＋“部门检查发现的重大事故隐患”2个。"
    )


def test_a_breach_about_money_shows_two_places():
    [breach] = breaches(numbers(x3_3=0, x3_4="0.5"), MONTHLY)

    assert breach.message == "“行政处罚”0.50万元大于0时，“行政处罚”0次应不小于1。"


def test_a_cumulative_figure_that_fell_asks_why():
    found = falls(numbers(x2_1=4, x2_3=2, x2_5=None), numbers(x2_1=5, x2_3=2, x2_5=1))

    assert [(breach.level, breach.code) for breach in found] == [(Level.EXPLAIN, "2.1")]
    assert found[0].message == "“发现重大事故隐患数量”累计为4，比上期报送的5减少。"
