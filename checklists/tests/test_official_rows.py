"""What became of every dated or periodic sentence of the notices: a duty that is chased, or a reason why not.

A duty needs a rule, somebody who owes it, and a recipient or a counted frequency (or a day by which something is to be
there). The rest are items of a checklist, numbered tasks, or what the portal keeps anyway.
"""

import pytest

from checklists.tests.official_texts import NOTICES, fixture, notice, squeezed

# Ours: in no row of the notices' own dates.
ADDED = {
    "contacts": "who answers for the campaign is asked first",
    "enterprise-checklist": "the lists of the notices, answered in rounds",
    "department-checklist": "likewise",
}

CHASED = {
    ("weihai-miit-2022", "工作方案于4月26日前"): ["work-plan"],
    ("weihai-miit-2022", "每月18日前报送阶段性工作进展情况"): ["progress"],
    ("weihai-miit-2022", "“两个清单”于4月28日前报市局对口行业科室"): ["two-lists"],
    ("weihai-miit-2022", "将“两个清单”汇总后报局绿色发展推进科，并保持每月动态更新"): ["two-lists-summary"],
    ("weihai-miit-2022", "相关工作开展起及时向市工信局行业对口科室报送"): ["crackdown-plan", "crackdown-report"],
    ("weihai-miit-2022", "“回头看”工作开展情况于12月30日前报市工信局相关行业科室"): ["look-back"],
    ("weihai-miit-2022", "是否每季度组织召开安全生产专业委员会议"): ["committee-meeting"],
    ("weihai-miit-2022", "其他班子成员每月至少带队检查1次"): ["leader-checks"],
    ("weihai-miit-2022", "严格执行每周工作报告、问题解决直通车、季度研究会商"): [
        "stationed-weekly",
        "stationed-quarterly",
    ],
    ("gaoqing-miit-2022", "制定工作方案，完成动员部署"): ["work-plan"],
    ("gaoqing-miit-2022", "9月30日前形成自查自纠报告报相关科室"): ["enterprise-checklist", "enterprise-report"],
    ("gaoqing-miit-2022", "开展自查自纠，9月30日前报技术改造科"): ["department-checklist"],
    ("gaoqing-miit-2022", "对安全生产大检查工作进行全面总结"): ["final-report"],
    ("gaoqing-miit-2022", "形成分析报告并组织实施"): ["cause-analysis"],
    ("gaoqing-miit-2022", "每月20日前，将阶段性工作情况"): ["progress"],
    ("weihai-safety-2022", "每月对部门、区市、镇街安全生产工作进行评估赋分"): ["monthly-scores"],
    ("weihai-safety-2022", "严格执行每周工作报告"): ["stationed-weekly"],
    ("weihai-safety-2022", "健全本系统重大隐患和事故直报工作机制"): ["direct-report"],
    ("wendeng-2024-2026", "每季度带队对本单位至少开展1次重大事故隐患排查检查"): [
        "lead-checks",
        "lead-checks-explosives",
    ],
    ("wendeng-2024-2026", "区工信局每月组织开展“全覆盖”安全生产检查"): ["explosives-coverage"],
    ("wendeng-2024-2026", "每年至少开展一次民爆监管人员的“全覆盖”业务技能培训"): ["explosives-training"],
    ("wendeng-2024-2026", "每季度牵头组织区船舶工业安全生产联席会议成员单位，开展联合督导检查"): ["ship-joint-checks"],
    ("wendeng-2024-2026", "每年至少组织开展1次疏散逃生演练"): ["evacuation-drill", "evacuation-drill-explosives"],
    ("wendeng-2024-2026", "每季度组织开展安全生产形势分析"): ["situation-analysis"],
    ("mines-2023", "组织制定本辖区非煤矿山重大事故隐患专项排查整治2023行动方案"): ["action-plan"],
    ("mines-2023", "每月组织开展1次重大事故隐患排查治理"): ["monthly-search"],
    ("mines-2023", "岗位人员落实岗位责任情况进行1次全面排查"): ["dangerous-work"],
    ("mines-2023", "组织开展1次外包工程管理排查"): ["outsourcing"],
    ("mines-2023", "专题组织对重大事故隐患判定标准或重点检查事项进行全员培训"): ["training"],
    ("mines-2023", "上下半年各至少组织开展1次事故应急救援预案演练"): ["drill", "special-drill"],
    ("mines-2023", "每年组织开展1次隐蔽致灾因素普查治理"): ["hidden-factors"],
    ("mines-2023", "进行一次全面安全生产诊断"): ["diagnosis"],
    ("mines-2023", "向所在地负有安全监管职责的部门专项述职"): ["director-report"],
    ("mines-2023", "每月25日前上报"): ["dispatch-table"],
    ("mines-2023", "由负责日常安全监管的部门严格落实驻矿盯守或者联系盯守责任"): ["watch"],
    ("mines-2023", "每季度报送开展专项排查整治的经验做法"): ["practice"],
    ("trade-2023", "组织制定本辖区冶金等工贸行业重大事故隐患专项排查整治2023行动方案"): ["action-plan"],
    ("trade-2023", "每季度带队对本单位重大事故隐患排查整治情况开展至少1次检查"): ["lead-checks", "lead-checks-monthly"],
    ("trade-2023", "至少组织开展1次事故应急救援预案演练"): ["drill", "drill-half-yearly"],
    ("trade-2023", "组织开展1次全员安全警示教育活动"): ["warning-education"],
    ("trade-2023", "岗位人员落实岗位责任情况进行1次全面排查"): ["dangerous-work"],
    ("trade-2023", "等类似方式）情况组织开展1次全面排查"): ["outsourcing"],
    ("trade-2023", "对本单位高风险单元进行一次全面安全生产诊断"): ["diagnosis", "diagnosis-required"],
    ("trade-2023", "重点企业开展1轮全覆盖检查"): ["key-coverage"],
    ("trade-2023", "一并于每月28日前报市应急局"): ["practice", "dispatch-table", "ledger"],
    ("trade-2023", "12月20日前"): ["final-report"],
    ("trade-2023", "向所在地负有安全监管职责的部门专项述职"): ["director-report"],
}

NOT_CHASED = {
    ("weihai-miit-2022", "局各相关科室要对工作方案进行审核把关"): "the acceptance or return of the work plan itself",
    ("weihai-miit-2022", "定期通报安全生产大检查情况"): "no frequency, no recipient",
    ("weihai-miit-2022", "将安全生产工作纳入年度述职报告内容"): "department item 3: part of another report",
    ("weihai-miit-2022", "制定并落实年度安全生产监督检查计划"): "department item 4: no recipient, not counted",
    ("weihai-miit-2022", "每季度分管行业领域安全生产形势"): "department item 5: the meeting of item 2 does it",
    ("weihai-miit-2022", "定期开展安全生产自查"): "department item 6: no frequency",
    ("weihai-miit-2022", "是否组织开展安全生产月、安全生产法宣传周"): "department item 12: no recipient",
    ("weihai-miit-2022", "是否建立并动态更新问题隐患和制度措施“两个清单”"): "department item 25: kept up in the portal",
    ("weihai-miit-2022", "严格落实重大隐患和事故省级直报制度"): "department item 54: to the province, on the hazard",
    ("weihai-miit-2022", "是否在上岗作业前进行安全确认"): "enterprise item 24: each worker, each shift",
    ("weihai-miit-2022", "“晨会”和“开工第一课”制度"): "enterprise item 43: nobody chases a daily meeting",
    ("gaoqing-miit-2022", "对分管行业企业自查自纠情况进行不定期督导检查"): "no frequency, no recipient",
    ("gaoqing-miit-2022", "特殊作业等高风险单元开展全面诊断"): "how the self-check is done",
    ("gaoqing-miit-2022", "依法定期组织开展应急实战化演练"): "enterprise item 2: by law, no frequency of its own",
    ("weihai-safety-2022", "对重大安全隐患和事故查处实行挂牌督办"): "task 5: listings of the hazard ledger",
    ("weihai-safety-2022", "开展专项整治三年行动第二轮评估"): "task 6: no day, no recipient",
    ("weihai-safety-2022", "分地区、分行业领域建立重大风险隐患台账"): "task 7: the ledger is the portal's",
    ("weihai-safety-2022", "让企业负责人和班长每天上班前讲安全"): "task 8: nobody chases a daily meeting",
    ("weihai-safety-2022", "分级别召开现场警示教育会"): "task 10: no recipient",
    ("weihai-safety-2022", "在开海前对渔船安全状况进行全面检查"): "task 14: no day, no recipient",
    ("weihai-safety-2022", "抓紧制定具体实施方案"): "task 19: no day, no recipient",
    ("weihai-safety-2022", "定期对基层工作情况开展抽查"): "task 20: no frequency",
    ("wendeng-2024-2026", "将建立调度机制，实行“月调度、月通报”"): "the city's own, nothing is handed in",
    ("wendeng-2024-2026", "分行业建立执法检查重点事项清单"): "task 1: no day, no recipient",
    ("wendeng-2024-2026", "进一步细化实化年度任务目标和工作措施"): "no recipient, not counted",
    ("wendeng-2024-2026", "定期向分管负责同志汇报安全生产治本攻坚情况"): "no frequency",
    ("mines-2023", "要组织开展监管执法人员安全生产专题培训"): "department item 2 of the mines list: not counted",
    ("mines-2023", "定期形成书面报告"): "no frequency; the quarterly report carries it",
    ("mines-2023", "省厅、市局将组成督导检查组"): "task 5: done from above",
    ("mines-2023", "每年开展1次综合督导检查"): "by the national bureau, outside the portal",
    ("trade-2023", "对其他工贸企业开展“双随机”抽查"): "drawn at random, nobody in particular owes it",
    ("trade-2023", "市应急局将定期对各区市工作情况进行通报"): "no frequency",
}  # fmt: skip


def codes(campaign):
    return [row["code"] for row in fixture(f"campaigns/{campaign}", "campaigns.deliverable")]


@pytest.mark.parametrize(("campaign", "words"), [*CHASED, *NOT_CHASED])
def test_sentence_stands_in_its_notice(campaign, words):
    assert squeezed(words) in notice(NOTICES[campaign])


@pytest.mark.parametrize("campaign", NOTICES)
def test_every_duty_comes_from_a_sentence_or_is_ours(campaign):
    from_sentences = {code for (name, _), found in CHASED.items() if name == campaign for code in found}

    assert from_sentences <= set(codes(campaign))
    assert set(codes(campaign)) - from_sentences <= set(ADDED)


def test_no_sentence_is_both_chased_and_not():
    assert not CHASED.keys() & NOT_CHASED.keys()


@pytest.mark.parametrize("campaign", NOTICES)
def test_every_duty_has_somebody_who_owes_it(campaign):
    for row in fixture(f"campaigns/{campaign}", "campaigns.deliverable"):
        describes = row.get("named_respondents") or (row.get("line") and row["unit_kinds"] and row["area_levels"])
        assert row["respondent"] == "enterprise" or describes, row["code"]
