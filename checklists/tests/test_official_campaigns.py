"""The six campaigns against their notices: heads, phases, numbered tasks, and the sentence behind every duty."""

import re

import pytest

from checklists.tests.official_texts import NOTICES, fixture, notice, squeezed
from organizations.models import Unit

TRADES = {"冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸"}
MIIT_OWN = {"民爆", "船舶工业", "软件和信息技术服务业", "废弃资源综合利用业"}
MIIT_ALL = MIIT_OWN | {"冶金", "有色", "建材", "机械", "轻工", "纺织", "化工", "电子"}
AREA_COMMITTEES = {
    "环翠区人民政府安委会", "文登区人民政府安委会", "荣成市人民政府安委会", "乳山市人民政府安委会",
    "高区安委会", "经区安委会", "临港区安委会", "南海新区安委会",
}  # fmt: skip
SUPERVISORS = {
    "威海市应急管理局", "威海市工业和信息化局", "威海市发展和改革委员会", "威海市住房和城乡建设局", "威海市商务局",
    "威海市公安局", "威海市交通运输局", "威海市文化和旅游局", "威海市消防救援支队",
}  # fmt: skip


def rows(code, kind):
    return fixture(f"campaigns/{code}", f"campaigns.{kind}")


def head(code):
    (found,) = rows(code, "campaign")
    return found


@pytest.mark.parametrize(
    ("code", "number", "issued", "starts", "ends", "lead", "area", "sectors"),
    [
        ("weihai-miit-2022", "威工信发〔2022〕10号", "2022-04-24", "2022-04-24", "2022-12-31",
         "威海市工业和信息化局绿色发展推进科", "371000", MIIT_ALL),
        ("gaoqing-miit-2022", "高工信字〔2022〕15号", "2022-05-16", "2022-05-01", "2022-12-31",
         "高青县工业和信息化局技术改造科", "370322", MIIT_ALL),
        ("weihai-safety-2022", "威安办发〔2022〕65号", "2022-08-23", "2022-08-23", "2022-12-31",
         "威海市人民政府安全生产委员会办公室", "371000", set()),
        ("wendeng-2024-2026", "", "2024-03-26", "2024-01-01", "2026-12-31",
         "文登区工业和信息化局安全生产科", "371003", MIIT_OWN),
        ("mines-2023", "威应急发〔2023〕12号", "2023-05-19", "2023-05-01", "2023-12-31",
         "威海市应急管理局", "371000", {"非煤矿山"}),
        ("trade-2023", "威应急发〔2023〕12号", "2023-05-19", "2023-05-01", "2023-12-31",
         "威海市应急管理局", "371000", TRADES),
    ],
)  # fmt: skip
def test_campaign_head(code, number, issued, starts, ends, lead, area, sectors):
    found = head(code)

    assert (found["notice_number"], found["issued_on"]) == (number, issued)
    assert (found["starts_on"], found["ends_on"], found["state"]) == (starts, ends, "running")
    assert (found["lead_unit"], found["area"]) == ([lead], [area])
    assert {name for (name,) in found.get("sectors", [])} == sectors


@pytest.mark.parametrize("code", NOTICES)
def test_head_is_in_the_notices_words(code):
    text, found = notice(NOTICES[code]), head(code)

    year, month, day = found["issued_on"].split("-")
    assert f"{year}年{int(month)}月{int(day)}日" in text
    for name in ("notice_title", "notice_number", "goal", "contact", "phone", "email"):
        assert squeezed(found.get(name, "")) in text, name


def phases(code):
    return [(row["name"], row["starts_on"], row["ends_on"]) for row in rows(code, "phase")]


def test_phases_of_weihai_miit_overlap():
    assert phases("weihai-miit-2022") == [
        ("部署动员阶段", "2022-04-24", "2022-04-25"),
        ("自查自纠阶段", "2022-04-25", "2022-04-30"),
        ("重点攻坚阶段", "2022-04-24", "2022-12-31"),
        ("巩固提升阶段", "2022-11-01", "2022-12-31"),
    ]


def test_phases_of_gaoqing():
    assert phases("gaoqing-miit-2022") == [
        ("安排部署", "2022-05-01", "2022-05-15"),
        ("自查自纠", "2022-05-16", "2022-09-30"),
        ("督促指导", "2022-05-01", "2022-11-30"),
        ("总结提升", "2022-12-01", "2022-12-31"),
    ]


@pytest.mark.parametrize(("code", "suffix"), [("mines-2023", "阶段"), ("trade-2023", "")])
def test_phases_of_2023(code, suffix):
    assert phases(code) == [
        (f"动员部署{suffix}", "2023-05-01", "2023-05-31"),
        (f"企业自查自改和部门帮扶{suffix}", "2023-05-19", "2023-07-31"),
        (f"部门精准执法{suffix}", "2023-08-01", "2023-11-30"),
        (f"总结提高{suffix}", "2023-12-01", "2023-12-31"),
    ]


@pytest.mark.parametrize("code", ["weihai-safety-2022", "wendeng-2024-2026"])
def test_notices_without_phases_have_none(code):
    assert phases(code) == []


@pytest.mark.parametrize("code", NOTICES)
def test_phase_keeps_the_notices_words_beside_its_dates(code):
    text = notice(NOTICES[code])
    for row in rows(code, "phase"):
        assert f"{row['name']}（{row['wording']}）" in text


@pytest.mark.parametrize("code", NOTICES)
def test_source_of_every_duty_stands_in_the_notice(code):
    text = notice(NOTICES[code])

    assert [row["code"] for row in rows(code, "deliverable") if squeezed(row["source"]) not in text] == []


def test_only_the_first_duty_may_be_without_a_source():
    without = [(code, row["code"]) for code in NOTICES for row in rows(code, "deliverable") if not row["source"]]

    # These notices say nothing of a liaison officer; the others do.
    assert without == [(code, "contacts") for code in ("weihai-safety-2022", "wendeng-2024-2026", "mines-2023")]


def test_22_opinions_are_the_notices_with_their_responsible_units_in_order():
    text, at = notice(NOTICES["weihai-safety-2022"]), 0
    tasks = rows("weihai-safety-2022", "assignment")

    assert [task["number"] for task in tasks] == list(range(1, 23))
    for task in tasks:
        whole = f"{task['number']}.{task['text']}（{task['responsible']}）"
        at = text.index(squeezed(whole), at)


def test_22_opinions_stand_in_four_parts():
    parts = [(task["heading"], task["number"]) for task in rows("weihai-safety-2022", "assignment")]

    assert list(dict.fromkeys(heading for heading, _ in parts)) == [
        "一、进一步增强做好安全生产工作的自觉性、主动性",
        "二、全力抓好安全生产各项措施落实",
        "三、全面开展重点行业领域安全生产集中攻坚行动",
        "四、进一步加强安全生产督导检查",
    ]
    assert [number for number in range(2, 23) if parts[number - 1][0] != parts[number - 2][0]] == [5, 12, 20]


LEADS = {
    1: AREA_COMMITTEES | SUPERVISORS,
    4: {"威海市人民政府安全生产委员会办公室"} | SUPERVISORS,
    11: {"威海市工业和信息化局", "威海市发展和改革委员会", "威海市住房和城乡建设局", "威海市商务局", "威海市公安局",
         "威海市交通运输局", "威海市应急管理局", "威海市大数据中心"},
    12: {"威海市城镇燃气安全生产专业委员会"},
    13: {"威海市危险化学品安全生产专业委员会"},
    14: {"威海市交通运输安全生产专业委员会", "威海市海洋渔业安全生产专业委员会", "威海市发展和改革委员会"},
    15: {"威海市交通运输安全生产专业委员会", "威海市道路交通安全委员会"},
    16: {"威海市城乡建设安全生产专业委员会"},
    17: {"威海市公安局", "威海市住房和城乡建设局", "威海市商务局", "威海市文化和旅游局", "威海市消防救援支队"},
    18: {"威海市文化旅游安全生产专业委员会"},
    19: {"威海市城镇燃气安全生产专业委员会", "威海市危险化学品安全生产专业委员会", "威海市交通运输安全生产专业委员会",
         "威海市海洋渔业安全生产专业委员会", "威海市道路交通安全委员会", "威海市城乡建设安全生产专业委员会",
         "威海市文化旅游安全生产专业委员会"},
    20: {"威海市人民政府安全生产委员会办公室"} | SUPERVISORS,
    22: SUPERVISORS | {"威海市大数据中心"},
}  # fmt: skip


def test_22_opinions_name_their_lead_units():
    """负有安全生产监管职责的各有关部门, which the notice does not list, are the departments it names elsewhere."""
    for task in rows("weihai-safety-2022", "assignment"):
        assert {name for (name,) in task["lead_units"]} == LEADS.get(task["number"], SUPERVISORS), task["number"]


@pytest.mark.parametrize(
    ("code", "tasks"),
    [
        ("weihai-miit-2022", ["持续推进安全生产百日攻坚行动。", "深入开展安全生产“打非治违”。", "全过程跟踪督导"]),
        ("gaoqing-miit-2022", []),
        (
            "wendeng-2024-2026",
            [
                "开展监管行业重大事故隐患判定标准提升工作。",
                "开展重大事故隐患排查整治工作。",
                "推进重点行业设备更新改造。",
                "提升工信领域监管行业本质安全水平。",
                "提升监管行业安全监管能力和水平。",
                "提升监管行业企业安全生产管理水平。",
                "切实发挥行业管理作用。",
                "培育壮大安全应急产业。",
            ],
        ),
        (
            "mines-2023",
            [
                "各矿山企业集中时间",
                "各矿山企业视情",
                "市级应急管理部门",
                "结合“安全生产月”",
                "做好专项督导",
                "全面总结",
            ],
        ),
        (
            "trade-2023",
            ["金属冶炼、", "各区市对重点地区", "各级要结合", "提升监管效能。", "精准严格执法。", "公开通报曝光。"],
        ),
    ],
)
def test_numbered_tasks_of_the_other_notices(code, tasks):
    found, text = rows(code, "assignment"), notice(NOTICES[code])

    assert [task["number"] for task in found] == list(range(1, len(tasks) + 1))
    assert all(task["text"].startswith(opening) for task, opening in zip(found, tasks, strict=True))
    assert all(squeezed(task["text"]) in text and task["lead_units"] for task in found)


@pytest.mark.parametrize("code", [code for code in NOTICES if code != "weihai-safety-2022"])
def test_responsible_units_are_quoted(code):
    text = notice(NOTICES[code])
    assert all(squeezed(task["responsible"]) in text for task in rows(code, "assignment"))


@pytest.mark.usefixtures("official_data")
@pytest.mark.django_db
def test_every_unit_a_campaign_names_exists():
    named = set()
    for code in NOTICES:
        for row in fixture(f"campaigns/{code}"):
            for field in ("lead_units", "named_respondents", "recipients"):
                named |= {name for (name,) in row.get(field, [])}
            named |= set(row.get("lead_unit", []))

    assert named <= set(Unit.objects.values_list("name", flat=True))


def test_codes_are_readable():
    codes = [row["code"] for code in NOTICES for row in rows(code, "deliverable")]
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)
