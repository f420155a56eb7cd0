"""June 2023 of both campaigns, as the workbooks a bureau would have sent in; they stay in var/demo as samples."""

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command

from documents.models import ImportBatch
from inspections.models import Flag
from lib.excel import Heading, write_table

FIXTURES = Path(settings.BASE_DIR) / "fixtures" / "demo"
FIRST, LAST = date(2023, 5, 16), date(2023, 7, 3)
UNITS = {
    "环翠区": "环翠区应急管理局", "文登区": "文登区应急管理局",
    "荣成市": "荣成市应急管理局", "乳山市": "乳山市应急管理局",
    "高区": "高区经济发展局", "经区": "经区经济发展局", "临港区": "临港区经济发展局", "综保区": "经区经济发展局",
    "南海新区": "南海新区住建交通与应急管理局",
}  # fmt: skip
CITY = "威海市应急管理局"
COUNTED = {"冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸", "非煤矿山"}
FLAGS = [
    "企业主要负责人未按要求亲自研究排查整治工作的", "企业主要负责人未带队检查的", "企业未制定分管负责人职责清单的",
    "企业未依法建立安全管理机构和配足安全管理人员的", "电焊等特种作业岗位人员无证上岗作业的", "外包外租安全管理混乱的",
    "未按规定开展应急演练、员工不熟悉逃生出口的", "安全教育培训走过场的", "制度措施不落实的",
]  # fmt: skip
Firm = dict[str, str]
SheetRow = dict[str, Any]


def firms() -> list[Firm]:
    with (FIXTURES / "enterprises.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_in() -> None:
    """Write the four workbooks and read each in through the same door as a clerk's, once."""
    folder = Path(settings.VAR_DIR) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    listed = [firm for firm in firms() if firm["行业"] in COUNTED]
    _one("enterprises", folder, firms())
    _one("hazards", folder, list(hazards(listed, Random(62))))
    _one("visits", folder, list(visits(listed, Random(56))))
    _one("actions", folder, list(actions(listed, Random(17))))


def _one(kind: str, folder: Path, rows: list[SheetRow]) -> None:
    path = folder / f"{kind}.xlsx"
    if ImportBatch.objects.applied().filter(kind=kind, name=path.name).exists():
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    write_table(path, [Heading(name, 16) for name in names], ([row.get(name, "") for name in names] for row in rows))
    campaign = {} if kind == "enterprises" else {"campaign": "trade-2023"}
    call_command("import_rows", kind, path, verbosity=0, **campaign)


def hazards(listed: list[Firm], dice: Random) -> Iterator[SheetRow]:
    """About two for each firm, found over eight weeks; most closed in time, some late, some still open."""
    findings = json.loads((FIXTURES / "findings.json").read_text(encoding="utf-8"))
    number = 0
    for firm in listed:
        fitting = [f for f in findings if f["needs"] in (*firm["领域"].split("、"), firm["行业"], "")]
        # A law made for the trades is not cited in a mine.
        fitting = [f for f in fitting if firm["行业"] != "非煤矿山" or "工贸企业" not in f["basis"]]
        for finding in dice.sample(fitting, min(len(fitting), dice.choice((1, 2, 2, 3)))):
            number += 1
            yield {"序号": number, "市": "威海市", "县（市、区）": firm["区市"]} | _hazard(firm, finding, dice)


def _hazard(firm: Firm, finding: dict[str, str], dice: Random) -> SheetRow:
    found = FIRST + timedelta(days=dice.randrange((LAST - FIRST).days))
    way = dice.choice(("企业自查", "企业自查", "企业自查", "部门检查", "部门检查", "驻点监督", "举报"))
    is_self, is_major = way == "企业自查", finding["level"] == "重大"
    deadline = found + timedelta(days=dice.choice((7, 15, 30)))
    row: SheetRow = {name: firm[name] for name in ("企业全称", "统一社会信用代码", "行业", "领域")}
    row |= {"重大事故隐患描述": finding["text"], "判定依据": finding["basis"], "隐患级别": finding["level"]}
    row |= {"发现时间": _dotted(found), "发现方式": way, "发现单位": "" if is_self else UNITS[firm["区市"]]}
    row |= {"现场处置措施": finding["on_site"], "行政处置措施": "" if is_self else "责令限期整改指令书"}
    row |= {"整改责任人": firm["安全总监"], "整改期限": _dotted(deadline), "整改措施": finding["measure"]}
    row |= {"整改资金（万元）": dice.choice((0.5, 1.2, 3, 8.6, 24)) if is_major else 0.2, "应急预案": finding["plan"]}
    if is_major and not is_self and dice.random() < 0.3:
        row |= _listing(firm, found, dice)
    return row | _dates(found, deadline, is_self, dice)


def _listing(firm: Firm, found: date, dice: Random) -> SheetRow:
    by_government = dice.random() < 0.5
    unit = f"{firm['区市']}人民政府" if by_government else UNITS[firm["区市"]]
    level = "政府" if by_government else "部门"
    return {"挂牌督办单位": unit, "挂牌级别": level, "挂牌时间": _dotted(found + timedelta(days=5))}


def _dates(found: date, deadline: date, is_self: bool, dice: Random) -> SheetRow:
    """整改完成, 复查, 销号: most in time, some weeks late, one in thirty still open."""
    if dice.random() > 0.97:
        return {}
    late = dice.choice((0, 0, 0, 6, 45))
    done = found + timedelta(days=dice.randrange(1, (deadline - found).days + late + 1))
    closed = _dotted(done + timedelta(days=dice.randrange(1, 6)))
    return {"整改完成时间": _dotted(done), "复查时间": "" if is_self else closed, "销号时间": closed}


def visits(listed: list[Firm], dice: Random) -> Iterator[SheetRow]:
    """A trip a week for each unit, two or three firms on each; the city bureau goes out too."""
    for unit in [*dict.fromkeys(UNITS.values()), CITY]:
        near = [firm for firm in listed if UNITS[firm["区市"]] == unit] or listed
        for week in range(7):
            day = FIRST + timedelta(days=7 * week + dice.randrange(5))
            trip = {
                "检查日期": day,
                "检查单位": unit,
                "检查组编号": f"{dice.randrange(1, 4)}组",
                "检查方式": "执法检查",
            }
            trip |= {"执法人员（人）": dice.randrange(2, 6), "专家（人）": dice.randrange(3)}
            for firm in dice.sample(near, min(len(near), dice.choice((2, 3)))):
                flags = {flag.label: "是" if dice.random() < 0.12 else "" for flag in Flag}
                yield trip | {"统一社会信用代码": firm["统一社会信用代码"]} | flags


def actions(listed: list[Firm], dice: Random) -> Iterator[SheetRow]:
    """Penalties on firm and head, stops, interviews, published cases, support: a month as the reports tell it."""
    serial = 0
    for unit in dict.fromkeys(UNITS.values()):
        codes = [firm["统一社会信用代码"] for firm in listed if UNITS[firm["区市"]] == unit]
        for _ in range(3):
            serial += 1
            yield from _penalties(unit, dice.choice(codes), serial, dice)
        for kind in ("责令停产整顿", "约谈", "曝光", "帮扶指导重点企业", "公布典型案例"):
            if dice.random() < 0.6:
                yield {"日期": _day(dice), "实施单位": unit, "统一社会信用代码": dice.choice(codes), "类型": kind}
    support = {"日期": date(2023, 6, 16), "实施单位": CITY, "类型": "帮扶指导重点地区", "对象地区/部门": "荣成市"}
    yield support
    yield support | {"日期": date(2023, 6, 20), "类型": "约谈通报地区部门", "对象地区/部门": "乳山市"}


def _penalties(unit: str, code: str, serial: int, dice: Random) -> Iterator[SheetRow]:
    day, case = _day(dice), f"威应急罚〔2023〕{serial}号"
    decision = {"日期": day, "实施单位": unit, "统一社会信用代码": code, "类型": "行政处罚", "案号": case}
    yield decision | {"对象": "企业", "罚款（万元）": dice.choice((1, 2, 3.5, 5))}
    if dice.random() < 0.4:
        later = day + timedelta(days=2)
        yield decision | {"日期": later, "对象": "主要负责人", "罚款（万元）": dice.choice((0.5, 1, 2))}


def _day(dice: Random) -> date:
    return FIRST + timedelta(days=dice.randrange((LAST - FIRST).days - 2))


def _dotted(day: date) -> str:
    return f"{day:%Y.%m.%d}"
