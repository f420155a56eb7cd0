"""What a figure means, read off its declaration."""

import pytest
from django.db.models import Q

from hazards.models import Hazard
from reports.indicators import INDICATORS
from reports.indicators.passports import in_words, passport


def text(code):
    return dict(passport(INDICATORS[code]))


def test_a_passport_says_source_condition_date_and_row():
    assert passport(INDICATORS["2.5"]) == [
        ("指标", "部门检查发现的重大事故隐患"),
        ("单位", "个"),
        ("来源", "隐患台账（发现）"),
        ("一条记录", "一项隐患"),
        ("条件", "隐患级别为“重大”，且发现方式不为“企业自查”"),
        ("归入期间", "按发现时间"),
        ("取值", "记录条数"),
        ("归入填报行", "企业所在统计口径区域"),
        ("汇总", "各行相加；各月可累加"),
    ]


def test_conditions_across_a_relation_name_the_field_at_its_end():
    assert text("2.4")["条件"] == "隐患级别为“重大”，且发现方式为“企业自查”"
    assert text("2.7")["条件"] == "挂牌级别为“政府”，且隐患级别为“重大”"


def test_flags_and_kinds_are_named():
    assert text("1.13")["条件"] == "抽查发现含“未按规定开展应急演练、员工不熟悉逃生出口的”"
    assert text("3.8")["条件"] == "类型为“曝光”、“约谈”、“联合惩戒”"
    assert text("3.10")["条件"] == "类型为“公布典型案例”，且危险作业罪案例为“是”"


def test_values_are_named():
    assert text("3.3")["取值"] == "记录条数"
    assert text("3.4")["取值"] == "罚款（万元）合计"
    assert text("3.7")["取值"] == "不同企业的数量"


def test_a_figure_without_condition_counts_all():
    assert text("1.1")["条件"] == "全部"


def test_distinct_firms_do_not_add_up_over_months():
    assert text("1.6")["汇总"] == "各行相加；同一企业在多月出现的，累计数只计一次"


def test_a_typed_figure_says_who_fills_it_in():
    assert text("党政-6") == {
        "指标": "是否在主流媒体播放安全生产专题栏目",
        "单位": "是/否",
        "来源": "填报单位填写",
        "汇总": "全市以市本级填报的为准",
    }


@pytest.mark.parametrize("code", INDICATORS)
def test_every_figure_has_a_passport_without_a_word_of_code(code):
    joined = "".join(value for _, value in passport(INDICATORS[code]))

    assert not any("a" <= letter <= "z" for letter in joined)


def test_a_refused_pair_of_conditions_reads_as_either():
    neither = ~(Q(level=Hazard.Level.MAJOR) & Q(found_by=Hazard.FoundBy.SELF))

    assert in_words(neither, Hazard) == "隐患级别不为“重大”，或发现方式不为“企业自查”"
