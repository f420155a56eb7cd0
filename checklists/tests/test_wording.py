"""符合 is never ambiguous: how each special item of the official lists is asked, and that nothing is preset."""

import pytest
from django.template.loader import render_to_string

from checklists.forms import Card
from checklists.models import Checklist, Clause, Item, Line, Polarity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("official_data")]

PLAIN = ["符合", "部分符合", "不符合", "不涉及"]
NEGATIVE = ["未发现（符合）", "个别存在（部分符合）", "存在（不符合）", "不涉及"]
MIXED = ["已落实且未发现（符合）", "部分落实（部分符合）", "未落实或存在（不符合）", "不涉及"]


def item(code, number):
    return Item.objects.prefetch_related("clauses").get(checklist__code=code, number=number)


def words(question):
    return [option.label for option in question.options]


def card(question, **context):
    line = Line(question, None, [(clause, None) for clause in question.clauses.all()])
    return render_to_string("checklists/_answer.html", {"card": Card(line), "own_firm": True, **context})


@pytest.mark.parametrize("number", [22, 23, 33, 50])
def test_negative_items_of_the_department_list_answer_the_question_itself(number):
    assert words(item("department-62", number)) == NEGATIVE


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (13, "已严格落实所列制度，且未发现“挂名矿长”等弄虚作假、逃避责任的情形。"),
        (37, "已定期排查一线操作人员遵守安全操作规程的情况，且未发现违章指挥、违章操作、违反劳动纪律的行为。"),
    ],
)
def test_mixed_items_of_the_enterprise_list_say_what_compliant_means(number, meaning):
    asked = item("enterprise-56", number)
    assert words(asked) == MIXED
    assert asked.compliant_means == meaning
    assert f"选“已落实且未发现（符合）”表示：{meaning}" in card(asked)


@pytest.mark.parametrize(("code", "special"), [("department-62", [22, 23, 33, 50]), ("enterprise-56", [13, 37])])
def test_every_other_item_of_the_long_lists_is_asked_plainly(code, special):
    others = Item.objects.filter(checklist__code=code).exclude(number__in=special)
    assert {tuple(words(one)) for one in others} == {tuple(PLAIN)}
    assert {one.compliant_means for one in others} == {""}


@pytest.mark.parametrize(
    ("code", "number", "unwanted"),
    [
        ("gaoqing-department-5", 3, "第2、3分项"),
        ("gaoqing-department-5", 4, "第1分项"),
        ("gaoqing-enterprise-6", 1, "第3分项"),
        ("trade-2023-enterprise", 3, "第"),
    ],
)
def test_mixed_items_with_clauses_name_the_clauses_not_to_be_found(code, number, unwanted):
    asked = item(code, number)
    assert words(asked) == MIXED
    assert asked.compliant_means.startswith(f"应做到的均已落实，且未发现{unwanted}")
    assert asked.compliant_means.endswith("分项所问的情形。")


def test_negative_clauses_answer_the_question_themselves():
    for clause in Clause.objects.filter(polarity=Polarity.NEGATIVE):
        assert words(clause) == NEGATIVE


def test_where_it_may_not_apply_the_page_says_to_whom_and_offers_the_way_out():
    page = card(item("enterprise-56", 4))
    assert "仅适用于：构成重大危险源的企业。不属于的，请选“不涉及”。" in page
    assert "segments-scoped" in page
    assert "segments-scoped" not in card(item("enterprise-56", 1))


def test_nothing_is_preset():
    for asked in Item.objects.filter(checklist__code="enterprise-56").prefetch_related("clauses"):
        assert "checked" not in card(asked)


def test_reassurance_stands_beside_noncompliant_for_firms_only():
    """威应急发〔2023〕12号: 对企业自查发现的重大事故隐患，已按规定报告并正在采取有效措施消除的，依法不予行政处罚."""
    wording = "对企业自查发现的重大事故隐患，已按规定报告并正在采取有效措施消除的，依法不予行政处罚"
    assert wording in card(item("enterprise-56", 1))
    assert wording not in card(item("department-62", 1), own_firm=False)


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("department-62", "一、部门安全监管责任落实情况"),
        ("enterprise-56", "一、建立健全本单位事故隐患排查治理制度"),
        ("mines-2023-enterprise", "1.落实非煤矿山企业全员安全生产责任情况"),
    ],
)
def test_headings_read_as_the_notices_print_them(code, first):
    assert item(code, 1).heading == first


def test_the_two_headings_eight_stay_two():
    headings = [one.heading for one in Item.objects.filter(checklist__code="enterprise-56").order_by("number")]
    assert list(dict.fromkeys(headings))[7:9] == ["八、开展安全生产教育培训", "八、开展本质安全提升"]


def test_latest_published_version_is_asked():
    old = Checklist.objects.latest_of("enterprise-56")
    assert (old.version, old.audience) == (1, "enterprise")
    assert Checklist.objects.latest_of("no-such-list") is None
