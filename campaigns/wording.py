"""What a deliverable asks, in the words of an office: who, how often, to whom."""

from campaigns.actions.terms import base_rule
from campaigns.models import Campaign, Deliverable
from campaigns.templates import sections_of
from lib.text import joined
from organizations.models import Area, Enterprise, Unit
from organizations.models.areas import Line
from organizations.permissions import Permission

FORMS = {
    "text": "文字材料",
    "files": "附件",
    "record": "工作记录",
    "two-lists": "两个清单",
    "checklist": "对照检查表",
    "return": "调度表",
    "receipt": "签收",
    "contacts": "联络员名单",
}
# The page on which the app that owns the form has it filled in, by the name of its address; its argument is the
# obligation's key.
OWN_PAGES = {
    "checklist": "checklists:start",
    "return": "reports:start",
    "receipt": "campaigns:notice_of",
    "contacts": "campaigns:contacts_of",
    "record": "inspections:record_of",
    "two-lists": "hazards:lists_for",
}
# What is also reviewed there, item by item or figure by figure; the two lists come as a workbook with the hand-in.
REVIEWED_THERE = ("checklist", "return", "receipt")
# What was handed in is read there by whoever sees the obligation.
READ_THERE = ("checklist", "return")
# Kept by units alone: a firm that owes them hands in text and files.
OF_UNITS = ("two-lists",)

# Where the records are brought in that fulfil a duty which counts them, and who may do so.
RECORD_PAGES = {
    Deliverable.Counts.VISITS.value: ("inspections:imports", Permission.IMPORT),
    Deliverable.Counts.WATCHERS.value: ("organizations:roster", Permission.ROSTER_KEEP),
}
# Which firms are still wanting; its argument is the obligation's key.
UNREACHED_PAGE = "inspections:unreached"


def scope_of(campaign: Campaign) -> str:
    """冶金、有色、建材等8个行业 · 涉氨制冷"""
    areas = joined((area.name for area in campaign.areas.all()), most=5)
    sectors = joined((sector.name for sector in campaign.sectors.all()), most=8, unit="个行业")
    features = joined((feature.name for feature in campaign.features.all()), most=5)
    return " · ".join(filter(None, [areas, sectors, features]))


def form_of(deliverable: Deliverable) -> str:
    if deliverable.counts:
        return f"{deliverable.get_counts_display()}，自动计数"
    return FORMS.get(deliverable.form_kind, "材料")


def form_words(form: str, example: str = "") -> str:
    """对照检查表（企业对照检查，全市非煤矿山…行动）: which of its kind, by a duty that asks for it already."""
    if sections_of(form):
        return "文字材料（按模板填写）"
    kind = FORMS.get(form.partition(":")[0], form)
    return f"{kind}（{example}）" if example else kind


def frequency(deliverable: Deliverable) -> str:
    """每月28日前; without a day: 每月，文件未定日期"""
    if deliverable.origin == Deliverable.Origin.UNDATED:
        return f"{deliverable.get_recurrence_display()}，文件未定日期"
    return base_rule(deliverable)


def respondents_of(deliverable: Deliverable) -> str:
    """应急部门（县、功能区） · 涉氨制冷企业; the deliverable's relations are prefetched."""
    named = [unit.label for unit in deliverable.named_respondents.all()]
    if named:
        who = joined(named, most=4)
    elif deliverable.respondent == Deliverable.Respondent.UNIT:
        who = _units(deliverable)
    else:
        who = _firms(deliverable)
    if deliverable.each_of:
        return f"{who}的{deliverable.get_each_of_display()}（按名册逐人）"
    return f"{who}的{deliverable.person}" if deliverable.person else who


def _units(deliverable: Deliverable) -> str:
    line = Line(deliverable.line).label if deliverable.line else ""
    kinds = joined(Unit.Kind(kind).label for kind in deliverable.unit_kinds) or "单位"
    levels = joined(Area.Level(level).label for level in deliverable.area_levels)
    return f"{line}{kinds}" + (f"（{levels}）" if levels else "")


def _firms(deliverable: Deliverable) -> str:
    words = [
        joined((area.name for area in deliverable.areas.all()), most=3),
        joined((sector.name for sector in deliverable.sectors.all()), most=3),
        joined((feature.name for feature in deliverable.features.all()), most=3),
        joined(deliverable.grades) and f"{joined(deliverable.grades)}级",
        joined(Enterprise.Status(status).label for status in deliverable.statuses),
        "重点" if deliverable.key_only else "",
    ]
    less = joined((feature.name for feature in deliverable.except_features.all()), most=3)
    return " ".join(filter(None, words)) + "企业" + (f"（{less}除外）" if less else "")


def recipients_of(deliverable: Deliverable) -> str:
    named = joined((unit.label for unit in deliverable.recipients.all()), most=4)
    if deliverable.recipient_rule == Deliverable.RecipientRule.NAMED and named:
        return named
    return deliverable.get_recipient_rule_display()
