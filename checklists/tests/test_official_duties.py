"""Who owes what by when, as the notices state it: each duty literally, and what became of every dated sentence."""

import pytest

from checklists.management.commands.load_official import FIXTURES
from checklists.tests.official_texts import NOTICES, fixture

TO = {
    "lead": "牵头",
    "lead_and_office": "牵头和对口科室",
    "sector_office": "对口科室",
    "area_unit": "所在地",
    "named": "指定",
    "file": "备查",
}
DISTRICTS = "区市"
WITH_CITY = "市和区市"
COMMITTEES = "区市安委会"
FIRMS = "企业"


def duties(code):
    return fixture(f"campaigns/{code}", "campaigns.deliverable")


def who(row):
    """区市, 企业 …: the respondent in a word; named units by how many they are."""
    if row["respondent"] == "enterprise":
        return FIRMS
    if row.get("named_respondents"):
        return len(row["named_respondents"])
    levels = {("bureau", "county", "zone"): DISTRICTS, ("bureau", "city", "county", "zone"): WITH_CITY}
    return levels.get((*row["unit_kinds"], *row["area_levels"]), COMMITTEES)


def when(row):
    """2022-04-26 · monthly 18 · quarterly 1/31 · weekly · event · undated."""
    if row["origin"] == "undated":
        return "undated"
    if row["recurrence"] == "once":
        return row["due_on"]
    parts = [str(row[name]) for name in ("due_month", "due_day") if row.get(name)]
    return " ".join(filter(None, [row["recurrence"], "/".join(parts)]))


def table(code):
    return {row["code"]: (who(row), when(row), TO[row["recipient_rule"]], row["form"]) for row in duties(code)}


def test_weihai_miit_2022():
    assert table("weihai-miit-2022") == {
        "contacts": (DISTRICTS, "2022-04-26", "牵头", "contacts"),
        "work-plan": (DISTRICTS, "2022-04-26", "牵头和对口科室", "files"),
        "progress": (DISTRICTS, "monthly 18", "牵头和对口科室", "text"),
        "two-lists": (DISTRICTS, "2022-04-28", "对口科室", "two-lists"),
        "two-lists-summary": (5, "monthly", "牵头", "two-lists"),
        "enterprise-checklist": (FIRMS, "quarterly 1/31", "所在地", "checklist:enterprise-56"),
        "department-checklist": (DISTRICTS, "quarterly 1/31", "对口科室", "checklist:department-62"),
        "crackdown-plan": (DISTRICTS, "undated", "对口科室", "files"),
        "crackdown-report": (DISTRICTS, "event", "对口科室", "text"),
        "look-back": (DISTRICTS, "2022-12-30", "对口科室", "files"),
        "committee-meeting": (WITH_CITY, "quarterly", "备查", "record"),
        "leader-checks": (WITH_CITY, "monthly", "备查", "record"),
        "stationed-weekly": (WITH_CITY, "weekly", "备查", "text"),
        "stationed-quarterly": (WITH_CITY, "quarterly", "备查", "record"),
    }


def test_gaoqing_miit_2022():
    assert table("gaoqing-miit-2022") == {
        "contacts": (6, "2022-05-20", "牵头", "contacts"),
        "work-plan": (6, "2022-05-15", "备查", "files"),
        "enterprise-checklist": (FIRMS, "2022-09-30", "对口科室", "checklist:gaoqing-enterprise-6"),
        "enterprise-report": (FIRMS, "2022-09-30", "对口科室", "files"),
        "department-checklist": (6, "2022-09-30", "牵头", "checklist:gaoqing-department-5"),
        "progress": (6, "monthly 20", "牵头", "text:progress"),
        "final-report": (6, "2022-12-31", "备查", "files"),
        "cause-analysis": (FIRMS, "2022-12-31", "备查", "files"),
    }


def test_weihai_safety_2022():
    assert table("weihai-safety-2022") == {
        "contacts": (COMMITTEES, "2022-08-30", "牵头", "contacts"),
        "monthly-scores": (1, "monthly", "指定", "files"),
        "stationed-weekly": (2, "weekly", "备查", "text"),
        "direct-report": (COMMITTEES, "event", "牵头", "text"),
    }


def test_wendeng_2024_2026():
    assert table("wendeng-2024-2026") == {
        "contacts": (4, "2024-04-02", "牵头", "contacts"),
        "lead-checks": (FIRMS, "quarterly", "备查", "record"),
        "lead-checks-explosives": (FIRMS, "monthly", "备查", "record"),
        "explosives-coverage": (1, "monthly", "备查", "record"),
        "explosives-training": (1, "yearly", "备查", "record"),
        "ship-joint-checks": (1, "quarterly", "备查", "record"),
        "evacuation-drill": (FIRMS, "yearly", "备查", "record"),
        "evacuation-drill-explosives": (FIRMS, "half_yearly", "备查", "record"),
        "situation-analysis": (4, "quarterly", "牵头", "text"),
    }


def test_mines_2023():
    assert table("mines-2023") == {
        "contacts": (DISTRICTS, "2023-05-26", "牵头", "contacts"),
        "action-plan": (DISTRICTS, "2023-05-31", "备查", "files"),
        "dispatch-table": (DISTRICTS, "monthly 25", "牵头", "return:mines"),
        "practice": (DISTRICTS, "quarterly", "牵头", "text"),
        "enterprise-checklist": (FIRMS, "quarterly 1/31", "所在地", "checklist:mines-2023-enterprise"),
        "monthly-search": (FIRMS, "monthly", "备查", "files"),
        "dangerous-work": (FIRMS, "2023-07-31", "备查", "record"),
        "outsourcing": (FIRMS, "2023-07-31", "备查", "record"),
        "training": (FIRMS, "2023-07-31", "备查", "record"),
        "drill": (FIRMS, "half_yearly", "备查", "record"),
        "special-drill": (FIRMS, "half_yearly", "备查", "record"),
        "hidden-factors": (FIRMS, "yearly", "备查", "record"),
        "diagnosis": (FIRMS, "2023-07-31", "备查", "files"),
        "director-report": (FIRMS, "2023-12-31", "所在地", "text"),
        "watch": (DISTRICTS, "monthly", "备查", "record"),
    }


def test_trade_2023():
    assert table("trade-2023") == {
        "contacts": (DISTRICTS, "2023-05-26", "牵头", "contacts"),
        "action-plan": (DISTRICTS, "2023-05-31", "备查", "files"),
        "practice": (DISTRICTS, "monthly 28", "牵头", "text"),
        "dispatch-table": (DISTRICTS, "monthly 28", "牵头", "return:trade"),
        "ledger": (DISTRICTS, "monthly 28", "牵头", "return:trade-ledger"),
        "final-report": (DISTRICTS, "2023-12-20", "牵头", "files"),
        "enterprise-checklist": (FIRMS, "quarterly 1/31", "所在地", "checklist:trade-2023-enterprise"),
        "lead-checks": (FIRMS, "quarterly", "备查", "record"),
        "lead-checks-monthly": (FIRMS, "monthly", "备查", "record"),
        "drill": (FIRMS, "2023-12-31", "备查", "record"),
        "drill-half-yearly": (FIRMS, "half_yearly", "备查", "record"),
        "warning-education": (FIRMS, "2023-07-31", "备查", "record"),
        "dangerous-work": (FIRMS, "2023-07-31", "备查", "record"),
        "outsourcing": (FIRMS, "2023-07-31", "备查", "record"),
        "diagnosis": (FIRMS, "2023-07-31", "备查", "files"),
        "diagnosis-required": (FIRMS, "2023-07-31", "备查", "files"),
        "key-coverage": (DISTRICTS, "2023-11-30", "备查", "record"),
        "director-report": (FIRMS, "2023-12-31", "所在地", "text"),
    }


def test_three_things_are_handed_in_together_on_the_28th():
    together = [row["code"] for row in duties("trade-2023") if row.get("group")]
    assert together == ["practice", "dispatch-table", "ledger"]


@pytest.mark.parametrize(
    ("code", "stricter", "general", "features", "sectors"),
    [
        ("trade-2023", "lead-checks-monthly", "lead-checks", ["金属冶炼", "粉尘涉爆", "涉氨制冷"], []),
        ("trade-2023", "drill-half-yearly", "drill", ["金属冶炼", "粉尘涉爆", "涉氨制冷"], []),
        ("trade-2023", "diagnosis-required", "diagnosis", ["金属冶炼", "粉尘涉爆", "涉氨制冷"], []),
        ("wendeng-2024-2026", "lead-checks-explosives", "lead-checks", [], ["民爆"]),
        ("wendeng-2024-2026", "evacuation-drill-explosives", "evacuation-drill", [], ["民爆"]),
    ],
)
def test_stricter_rule_replaces_the_general_one(code, stricter, general, features, sectors):
    row = next(row for row in duties(code) if row["code"] == stricter)

    assert row["replaces"] == [code, general]
    assert [name for (name,) in row.get("features", [])] == features
    assert [name for (name,) in row.get("sectors", [])] == sectors


def test_no_other_rule_replaces_one():
    assert sum("replaces" in row for code in NOTICES for row in duties(code)) == 5


def test_mines_without_anybody_at_work_owe_nothing():
    for row in duties("mines-2023"):
        if row["respondent"] == "enterprise":
            assert row["statuses"] == ["producing", "building", "resuming", "stopped_manned"]


def test_work_day_policy_is_the_models_default_as_is():
    assert not any("policy" in row for code in NOTICES for row in duties(code))


def test_dates_the_notices_do_not_give_are_marked_as_ours():
    local = {(code, row["code"]) for code in NOTICES for row in duties(code) if row["origin"] == "local"}

    assert local == {
        *((code, "contacts") for code in NOTICES),
        *((code, "enterprise-checklist") for code in ("weihai-miit-2022", "mines-2023", "trade-2023")),
        ("weihai-miit-2022", "department-checklist"),
        ("wendeng-2024-2026", "situation-analysis"),
        ("mines-2023", "watch"),
        *((code, duty) for code in ("mines-2023", "trade-2023") for duty in ("dangerous-work", "outsourcing")),
        ("mines-2023", "training"),
        ("trade-2023", "warning-education"),
    }


def test_encouraged_duties_are_optional():
    optional = [(code, row["code"]) for code in NOTICES for row in duties(code) if row.get("optional")]
    assert optional == [("mines-2023", "diagnosis"), ("trade-2023", "diagnosis")]


def test_coverage_is_counted_from_visits_and_watching_from_the_roster():
    counted = {(code, row["code"]): row["counts"] for code in NOTICES for row in duties(code) if row.get("counts")}

    assert counted == {
        ("wendeng-2024-2026", "explosives-coverage"): "visits",
        ("trade-2023", "key-coverage"): "visits",
        ("mines-2023", "watch"): "watchers",
    }
    (key,) = [row for row in duties("trade-2023") if row["code"] == "key-coverage"]
    assert (key["key_only"], key["starts_on"], key["ends_on"]) == (True, "2023-08-01", "2023-11-30")


@pytest.mark.parametrize("code", NOTICES)
def test_liaison_officer_is_each_campaigns_first_duty(code):
    first, *_ = duties(code)
    assert (first["code"], first["name"], first["position"]) == ("contacts", "明确联络员和分管负责人", 1)


def test_named_persons():
    persons = {(code, row["code"]): row["person"] for code in NOTICES for row in duties(code) if row.get("person")}

    assert persons == {
        ("weihai-miit-2022", "leader-checks"): "每位班子成员",
        ("weihai-miit-2022", "stationed-weekly"): "驻点人员",
        ("weihai-miit-2022", "stationed-quarterly"): "驻点人员",
        ("weihai-safety-2022", "stationed-weekly"): "驻点人员",
        ("wendeng-2024-2026", "lead-checks"): "主要负责人",
        ("wendeng-2024-2026", "lead-checks-explosives"): "主要负责人",
        ("mines-2023", "director-report"): "安全总监",
        ("trade-2023", "lead-checks"): "主要负责人",
        ("trade-2023", "lead-checks-monthly"): "主要负责人",
        ("trade-2023", "director-report"): "安全总监",
    }


def test_duties_of_each_person():
    """单位主要负责人、其他班子成员每月至少带队检查1次; 驻点人员每周工作报告、季度研究会商."""
    named = {(code, row["code"]): row["each_of"] for code in NOTICES for row in duties(code) if row.get("each_of")}

    assert named == {
        ("weihai-miit-2022", "leader-checks"): "leader",
        ("weihai-miit-2022", "stationed-weekly"): "station",
        ("weihai-miit-2022", "stationed-quarterly"): "station",
        ("weihai-safety-2022", "stationed-weekly"): "station",
    }


def test_checklists_that_duties_name_are_loaded():
    named = {row["form"].partition(":")[2] for code in NOTICES for row in duties(code) if "checklist:" in row["form"]}
    assert {f"checklists/{code}" for code in named} <= set(FIXTURES)
