"""The columns of a ledger workbook (S004 附件2, and what the official form has no column for)."""

from hazards.models import Hazard, SupervisionListing
from lib import cells
from lib.excel import Column
from organizations.imports.names import code_column

NAME, DESCRIPTION, NUMBER = "企业全称", "重大事故隐患描述", "台账编号"
FOUND_ON, FOUND_BY, FOUND_BY_UNIT = "发现时间", "发现方式", "发现单位"
LISTED_BY, LISTED_LEVEL, LISTED_ON = "挂牌督办单位", "挂牌级别", "挂牌时间"
RECTIFIED_ON, RECHECKED_ON, CLOSED_ON = "整改完成时间", "复查时间", "销号时间"
# Dates of state: what signatures and rechecks bring about in the portal; only history may bring them along.
STATE_DATES = {RECTIFIED_ON: "rectified_on", RECHECKED_ON: "rechecked_on", CLOSED_ON: "closed_on"}

FOUND_BY_ALIASES = {
    "自查": "企业自查",
    "企业自查自改": "企业自查",
    "自查自改": "企业自查",
    "检查": "部门检查",
    "执法检查": "部门检查",
    "监督检查": "部门检查",
    "驻点": "驻点监督",
    "群众举报": "举报",
    "举报投诉": "举报",
    "督查": "上级督查",
    "上级检查": "上级督查",
    "系统报警": "系统预警",
    "监测预警": "系统预警",
}
LEVEL_ALIASES = {"重大隐患": "重大", "重大事故隐患": "重大", "一般隐患": "一般", "一般事故隐患": "一般"}
LISTING_ALIASES = {"政府挂牌": "政府", "部门挂牌": "部门", "安委会": "政府"}


def columns() -> list[Column]:
    """Text columns where the ledger only repeats what is stored of the firm (市, 县, 行业) are compared, not kept."""
    found_by = {str(label): value for value, label in Hazard.FoundBy.choices}
    levels = {str(label): value for value, label in Hazard.Level.choices}
    listing_levels = {str(label): value for value, label in SupervisionListing.Level.choices}
    return [
        Column("市", False, ("地市",), cells.text, None),
        Column("县（市、区）", False, ("区市", "县区", "区县"), cells.text, None),
        Column(NAME, True, ("企业名称", "单位名称"), cells.text_up_to(120), ""),
        code_column(),
        Column("行业", False, ("所属行业",), cells.text, None),
        Column("领域", False, ("所属领域",), cells.several, None),
        Column(DESCRIPTION, True, ("隐患描述", "事故隐患描述", "描述", "隐患内容"), cells.text, None),
        Column("判定依据", False, ("依据",), cells.text_up_to(200), None),
        Column(FOUND_ON, True, ("发现日期",), cells.day, None),
        Column(FOUND_BY, True, ("隐患来源",), cells.choice(found_by, FOUND_BY_ALIASES), None),
        Column("现场处置措施", False, ("现场处置",), cells.text_up_to(200), None),
        Column("行政处置措施", False, ("行政处置",), cells.text_up_to(200), None),
        Column(LISTED_BY, False, ("挂牌单位",), cells.text_up_to(120), None),
        Column("整改责任人", False, ("责任人",), cells.text_up_to(40), None),
        Column("整改期限", False, ("整改时限", "期限"), cells.deadline, None),
        Column("整改措施", False, ("措施",), cells.text, None),
        Column(NUMBER, False, ("隐患编号", "编号"), cells.code, None),
        Column("隐患级别", False, ("级别", "隐患等级"), cells.choice(levels, LEVEL_ALIASES), None),
        Column(FOUND_BY_UNIT, False, ("检查单位",), cells.text, None),
        Column(LISTED_LEVEL, False, ("挂牌督办级别",), cells.choice(listing_levels, LISTING_ALIASES), None),
        Column(LISTED_ON, False, ("挂牌督办时间", "挂牌日期"), cells.day, None),
        Column("整改资金（万元）", False, ("整改资金", "资金"), cells.money, None),
        Column("应急预案", False, ("预案",), cells.text_up_to(200), None),
        Column(RECTIFIED_ON, False, ("整改完成日期", "完成整改时间"), cells.day, None),
        Column(RECHECKED_ON, False, ("复查日期",), cells.day, None),
        Column(CLOSED_ON, False, ("销号日期",), cells.day, None),
    ]
