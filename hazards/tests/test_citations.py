"""判定依据 as districts write it: which standard, which version, which clause, and what is wrong with it.

The standards' dates are those of domain facts §1.1: 令10号 from 2023-05-15, before it the 2017 one.
"""

from datetime import date

import pytest

from hazards.imports.citations import Standards
from hazards.tests.factories import CLAUSE, standard
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db
NEW, OLD = date(2023, 5, 15), date(2017, 11, 30)
NAME = "工贸企业重大事故隐患判定标准"


@pytest.fixture
def versions():
    standard(valid_from=NEW)
    standard(valid_from=OLD, valid_to=date(2023, 5, 14))


def cited(basis, found_on=date(2023, 6, 6)):
    found, clause = Standards().cited(basis, found_on)
    return found and found.valid_from, clause


@pytest.mark.parametrize(
    ("basis", "clause"),
    [
        (f"《{NAME}》第十二条第（二）项", "第十二条第（二）项"),
        (f"依据《{NAME}》第十二条第（二）项。", "第十二条第（二）项"),
        (f"《{NAME}》的第十二条第（二）项", "第十二条第（二）项"),
        (f"《{NAME}》，第十二条第（二）项", "第十二条第（二）项"),
        (f"《{NAME}》", ""),
        ("《工贸企业重大事故 隐患判定标准》第十二条第（二）项", "第十二条第（二）项"),
        (f"《{NAME}（试行）》第十二条第（二）项", "第十二条第（二）项"),
    ],
)
def test_citation_is_taken_apart(versions, basis, clause):
    assert cited(basis) == (NEW, clause)


@pytest.mark.parametrize(
    ("found_on", "version"),
    [(date(2023, 5, 14), OLD), (date(2023, 5, 15), NEW), (date(2030, 1, 1), NEW), (date(2017, 11, 29), OLD)],
)
def test_version_in_force_that_day_is_taken_else_the_nearest(versions, found_on, version):
    assert cited(f"《{NAME}》{CLAUSE}", found_on)[0] == version


def test_version_that_ended_without_a_successor_is_still_the_one_meant():
    standard("民爆标准", valid_from=date(2023, 12, 1), valid_to=date(2024, 12, 2))

    assert cited("《民爆标准》第一条", date(2025, 6, 1)) == (date(2023, 12, 1), "第一条")


@pytest.mark.parametrize("basis", ["专家意见", "", "《没有的标准》第一条"])
def test_unknown_basis_names_no_standard(versions, basis):
    assert cited(basis)[0] is None


@pytest.mark.parametrize(
    ("basis", "found_on", "words"),
    [
        (f"《{NAME}》{CLAUSE}", date(2023, 6, 6), ""),
        (f"《{NAME}》", date(2023, 6, 6), "没有写明条款，应如“第十二条第（二）项”"),
        (f"《{NAME}》第九十九条", date(2023, 6, 6), f"《{NAME}》没有条款“第九十九条”，应如“第十二条第（二）项”"),
        ("《没有的标准》第一条", date(2023, 6, 6), "标准库中没有《没有的标准》"),
        ("专家意见", date(2023, 6, 6), f"没有写明判定标准，应如“《{NAME}》第十二条第（二）项”"),
    ],
)
def test_objection_says_what_is_wrong(versions, basis, found_on, words):
    assert Standards().objection(basis, found_on, make.sector()) == words


def test_objection_to_a_day_before_any_version(versions):
    objection = Standards().objection(f"《{NAME}》{CLAUSE}", date(2017, 1, 1), make.sector())

    assert "发现时间2017年1月1日不在其有效期内" in objection


def test_objection_to_a_standard_of_another_sector():
    standard().sectors.add(make.sector("冶金"))

    objection = Standards().objection(f"《{NAME}》{CLAUSE}", date(2023, 6, 6), make.sector("非煤矿山"))

    assert objection == f"《{NAME}》适用于冶金，不适用于非煤矿山行业，请改选标准"


def test_any_number_of_rows_costs_three_statements(versions, django_assert_num_queries):
    trade = make.sector()

    with django_assert_num_queries(3):  # standards, their sectors, their clauses
        standards = Standards()
        for _ in range(50):
            standards.objection(f"《{NAME}》{CLAUSE}", date(2023, 6, 6), trade)
