"""All figures of the two dispatch tables, each declared once (威应急发〔2023〕12号; how they count: design §4.5)."""

from __future__ import annotations

from django.db.models import Q

from hazards.models import Hazard, SupervisionListing
from inspections.models import EnforcementAction, Flag
from reports.indicators.indicator import ENTERPRISES, Indicator, RollUp, total, worded
from reports.indicators.sources import (
    ACTIONS,
    CASES,
    CLOSINGS,
    CLOSINGS_OF_LISTED,
    HAZARDS_FOUND,
    LISTINGS,
    TRIPS,
    VISITS,
    Belongs,
)

Act = EnforcementAction.Kind
FINDER, PLACE = Belongs.FINDER, Belongs.PLACE


def level(of: str = "") -> Q:
    return Q(**{f"{of}level": Hazard.Level.MAJOR})


def self_found(of: str = "") -> Q:
    """企业自查; every other way of finding prints as 部门检查."""
    return Q(**{f"{of}found_by": Hazard.FoundBy.SELF})


def acts(*kinds: str) -> Q:
    return Q(kind__in=kinds) if len(kinds) > 1 else Q(kind=kinds[0])


ON_THE_SPOT = (
    worded("1.1", "派出检查组", "个", source=TRIPS),
    worded("1.2", "出动执法人员", "人次", source=TRIPS, value=total("officers")),
    worded("1.3", "组织专家", "人次", source=TRIPS, value=total("experts")),
    worded("1.4", "发现问题隐患数量", "项", source=HAZARDS_FOUND, condition=~self_found(), belongs=FINDER),
    worded("1.5", "完成整改", "项", source=CLOSINGS, condition=~self_found("hazard__"), belongs=FINDER),
    worded("1.6", "部门抽查检查的企业总数", "家", source=VISITS, value=ENTERPRISES),
    *(
        worded(f"1.{n}", flag.label, "家", source=VISITS, condition=Q(flags__contains=[flag.value]), value=ENTERPRISES)
        for n, flag in enumerate(Flag, start=7)
    ),
)

GOVERNMENT = Q(level=SupervisionListing.Level.GOVERNMENT)

MAJOR_HAZARDS = (
    worded("2.1", "发现重大事故隐患数量", "个", source=HAZARDS_FOUND, condition=level(), belongs=PLACE),
    worded("2.2", "重大事故隐患完成整改", "个", source=CLOSINGS, condition=level("hazard__"), belongs=PLACE),
    worded(
        "2.3",
        "企业自查发现的重大事故隐患",
        "个",
        source=HAZARDS_FOUND,
        condition=level() & self_found(),
        belongs=PLACE,
    ),
    worded(
        "2.4",
        "企业自查发现重大事故隐患中已完成整改的",
        "个",
        source=CLOSINGS,
        condition=level("hazard__") & self_found("hazard__"),
        belongs=PLACE,
    ),
    worded(
        "2.5",
        "部门检查发现的重大事故隐患",
        "个",
        source=HAZARDS_FOUND,
        condition=level() & ~self_found(),
        belongs=PLACE,
    ),
    worded(
        "2.6",
        "部门检查发现重大事故隐患中已完成整改的",
        "个",
        source=CLOSINGS,
        condition=level("hazard__") & ~self_found("hazard__"),
        belongs=PLACE,
    ),
    worded(
        "2.7",
        "政府挂牌督办的重大事故隐患",
        "个",
        source=LISTINGS,
        condition=GOVERNMENT & level("hazard__"),
        belongs=PLACE,
    ),
    worded(
        "2.8",
        "挂牌督办重大事故隐患中已完成整改的",
        "个",
        source=CLOSINGS_OF_LISTED,
        condition=level("hazard__"),
        belongs=PLACE,
    ),
)

PUBLISHED = acts(Act.PUBLISHED_CASE)

ENFORCEMENT = (
    worded("3.1", "帮扶指导重点县（市、区）", "个次", source=ACTIONS, condition=acts(Act.AREA_SUPPORT)),
    worded("3.2", "帮扶指导重点企业", "家次", source=ACTIONS, condition=acts(Act.FIRM_SUPPORT)),
    worded("3.3", "行政处罚", "次", source=ACTIONS, condition=acts(Act.PENALTY)),
    worded("3.4", "行政处罚", "万元", source=ACTIONS, condition=acts(Act.PENALTY), value=total("fine")),
    worded("3.5", "企业和企业主要负责人“一案双罚”", "次", source=CASES),
    worded("3.6", "移送司法机关", "人", source=ACTIONS, condition=acts(Act.TRANSFER), value=total("persons")),
    worded("3.7", "责令停产整顿", "家", source=ACTIONS, condition=acts(Act.SUSPENSION), value=ENTERPRISES),
    worded(
        "3.8",
        "曝光、约谈、联合惩戒",
        "企业",
        source=ACTIONS,
        condition=acts(Act.EXPOSURE, Act.INTERVIEW, Act.JOINT_PUNISHMENT),
        value=ENTERPRISES,
    ),
    worded("3.9", "公布典型执法案例", "个", source=ACTIONS, condition=PUBLISHED),
    worded("3.10", "危险作业罪案例", "个", source=ACTIONS, condition=PUBLISHED & Q(dangerous_operation=True)),
    worded(
        "3.11", "责任倒查追责问责", "人", source=ACTIONS, condition=acts(Act.ACCOUNTABILITY), value=total("persons")
    ),
    worded("3.12", "约谈通报有关地区及部门", "次", source=ACTIONS, condition=acts(Act.AREA_INTERVIEW)),
)

LEADERSHIP = (
    worded(
        "党政-1",
        "市、县党委政府分别组织专题学习安全生产十五条硬措施和“八抓20条”创新措施",
        "次",
    ),
    worded("党政-2", "市、县党委政府主要负责同志分别专题研究", "次"),
    worded("党政-3", "市、县政府负责同志分别现场督导检查", "次"),
    worded("党政-4", "市、县安委会成员单位负责同志分别到企业宣讲", "次"),
    worded("党政-5a", "举报奖励", "万元"),
    worded("党政-5b", "其中匿名举报查实奖励", "万元"),
    worded("党政-6", "是否在主流媒体播放安全生产专题栏目", "是/否", roll_up=RollUp.CITY),
    worded("党政-7", "市县两级配备专兼职技术检查员数量", "人", roll_up=RollUp.LATEST),
    worded("党政-8", "组织开展考核巡查督导检查", "次"),
)

INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator for indicator in (*ON_THE_SPOT, *MAJOR_HAZARDS, *ENFORCEMENT, *LEADERSHIP)
}
