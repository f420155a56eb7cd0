"""Enterprises in: the columns of the workbook, and what is asked of its rows beyond each cell.

A row is known by its 信用代码: an enterprise that has it is brought up to date, else a new one is made. A blank cell,
or a column the workbook does not have, leaves alone what is stored.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from lib import cells, uscc
from lib.actor import Actor
from lib.excel import Column, Row, Table
from organizations import jurisdiction
from organizations.imports.names import CODE, CODE_ALIASES, DOUBT, chunks, feature_names, suggestion
from organizations.models import Area, Enterprise, Sector

FIELDS = {
    "企业全称": "name",
    CODE: "uscc",
    "区市": "area_id",
    "镇街": "town",
    "行业": "sector_id",
    "领域": "feature_names",
    "分级": "grade",
    "从业人员数": "employees",
    "经营状态": "status",
    "主要负责人": "head",
    "主要负责人手机": "head_mobile",
    "安全总监": "director",
    "安全总监手机": "director_mobile",
    "地址": "address",
    "液氨储量（吨）": "ammonia_tonnes",
    "涉粉作业人数": "dust_workers",
    "国有企业": "state_owned",
    "重大危险源": "major_hazard_source",
    "劳务派遣": "dispatched_labour",
    "特种作业": "special_operations",
}
MOST_IN_FEATURE = 40  # as the column holds
YES_NO = ("国有企业", "重大危险源", "劳务派遣", "特种作业")
STATUS_ALIASES = {"正常": "正常生产", "生产": "正常生产", "在产": "正常生产", "已注销": "注销"}


def columns() -> list[Column]:
    """The columns; choices come from the reference data as it stands now."""
    grades = {grade: grade for grade in Enterprise.Grade.values}
    return [
        Column("企业全称", True, ("企业名称", "单位名称", "企业"), cells.text_up_to(120), None),
        Column(CODE, True, CODE_ALIASES, cells.credit_code, None),
        Column("区市", True, ("所属区市", "县（市、区）", "区县", "所在区市"), cells.choice(*areas()), None),
        Column("镇街", False, ("镇（街道）", "街道", "乡镇", "乡镇街道"), cells.text_up_to(60), None),
        Column("行业", True, ("所属行业",), cells.choice(*sectors()), None),
        Column("领域", False, ("领域/风险特征", "风险特征", "所属领域"), cells.several, None),
        Column("分级", False, ("企业分级", "风险分级"), cells.choice(grades, {f"{g}级": g for g in grades}), None),
        Column("从业人员数", False, ("从业人数", "员工人数", "从业人员"), cells.whole, None),
        Column("经营状态", False, ("生产状态", "企业状态"), cells.choice(statuses(), STATUS_ALIASES), None),
        Column("主要负责人", False, ("企业主要负责人",), cells.text_up_to(40), None),
        Column("主要负责人手机", False, ("主要负责人电话", "主要负责人联系电话"), cells.mobile, None),
        Column("安全总监", False, ("安全总监（分管负责人）", "分管负责人"), cells.text_up_to(40), None),
        Column("安全总监手机", False, ("安全总监电话", "安全总监联系电话"), cells.mobile, None),
        Column("地址", False, ("企业地址", "生产经营地址", "注册地址"), cells.text_up_to(200), None),
        Column("液氨储量（吨）", False, (), cells.amount(2, "吨", 10), None),
        Column("涉粉作业人数", False, ("涉粉人数",), cells.whole, None),
        *(Column(name, False, (f"是否{name}",), cells.yes_no, None) for name in YES_NO),
    ]


def statuses() -> dict[str, str]:
    return {str(label): value for value, label in Enterprise.Status.choices}


def areas() -> tuple[dict[str, int], dict[str, str]]:
    """区市 by name, and names short of 市, 区, 县 as aliases."""
    rows = Area.objects.filter(level__in=(Area.Level.COUNTY, Area.Level.ZONE)).order_by("-pk")
    names = {area.name: area.pk for area in rows}
    return names, {name[:-1]: name for name in names if len(name) > 2 and name[-1] in "市区县"}


def sectors() -> tuple[dict[str, int], dict[str, str]]:
    names = dict(Sector.objects.values_list("name", "pk"))
    return names, {f"{name}行业": name for name in names} | {f"{name}业": name for name in names}


class Known(NamedTuple):
    """What is stored of an enterprise that a row speaks of."""

    name: str
    area_id: int
    sector_id: int


def check(table: Table, *, by: Actor) -> list[dict[str, Any]]:
    """Ask everything that goes beyond a cell; problems are noted on the table. Returns the rows as field → value."""
    stored = dict(_stored(row[CODE] for row in table.rows if row[CODE]))
    features, places, seen = feature_names(), dict(Area.objects.values_list("pk", "name")), dict[str, int]()
    holds = _reach(by)
    for row in table.rows:
        known = stored.get(row[CODE])
        _check_code(table, row, seen)
        if row["领域"]:
            _check_features(table, row, features)
        # What stands there of a firm of others is not told, not even its name.
        if _check_reach(table, row, known, holds) and known:
            _check_rename(table, row, known)
            _check_move(table, row, known, places)
    _check_names(table, stored, holds)
    return [_values(row, features) for row in table.rows]


def _stored(codes: Iterable[str]) -> Iterator[tuple[str, Known]]:
    for some in chunks(list(codes)):
        rows = Enterprise.objects.filter(uscc__in=some).values_list("uscc", "name", "area_id", "sector_id")
        yield from ((code, Known(name, area_id, sector_id)) for code, name, area_id, sector_id in rows)


def _check_code(table: Table, row: Row, seen: dict[str, int]) -> None:
    code = row[CODE]
    if not code:
        return
    if code in seen:
        table.refuse(row, CODE, f"与第{seen[code]}行重复，同一企业只能有一行", code)
    elif problem := uscc.check_error(code):
        table.refuse(row, CODE, problem, code, DOUBT)
    seen.setdefault(code, row.number)


def _check_features(table: Table, row: Row, known: Mapping[str, str]) -> None:
    """A name near a known one is a slip that would silently free the firm of duties; a quite new one may be meant."""
    for name in row["领域"]:
        if name in known:
            continue
        if len(name) > MOST_IN_FEATURE:
            cut = f"“{name[:30]}…”"
            table.refuse(row, "领域", f"{cut}过长，一个领域最多{MOST_IN_FEATURE}字，请核对是否用顿号分开", name)
        elif hint := suggestion(name, known):
            table.refuse(row, "领域", f"没有“{name}”这一领域{hint}", name)
        else:
            table.warn(row, "领域", f"没有“{name}”这一领域，将按原文保存，不产生相应要求", name)


def _reach(by: Actor) -> Callable[[int, int], bool]:
    """Whether a firm of that area and sector is the actor's to import."""
    if jurisdiction.sees_everything(by):
        return lambda area_id, sector_id: True
    return jurisdiction.reach(by).holds


def _check_reach(table: Table, row: Row, stored: Known | None, holds: Callable[[int, int], bool]) -> bool:
    """Whether what is stored under the code may be spoken of."""
    if stored and not holds(stored.area_id, stored.sector_id):
        table.refuse(row, CODE, "该企业已由其他地区或行业登记，不在本单位管辖范围，请联系上级单位调整", row[CODE])
        return False
    if row["区市"] and row["行业"] and not holds(row["区市"], row["行业"]):
        table.refuse(row, "区市", "该区市和行业不在本单位管辖范围，请核对或交由管辖单位导入")
    return True


def _check_rename(table: Table, row: Row, stored: Known) -> None:
    if row["企业全称"] and row["企业全称"] != stored.name:
        table.warn(row, "企业全称", f"将由“{stored.name}”更名为“{row['企业全称']}”", row["企业全称"])


def _check_move(table: Table, row: Row, stored: Known, places: Mapping[int, str]) -> None:
    if row["区市"] and row["区市"] != stored.area_id:
        moves = f"将由“{places[stored.area_id]}”迁至“{places[row['区市']]}”"
        table.warn(row, "区市", f"{moves}，未办结的隐患和应报任务随之移交", places[row["区市"]])


def _check_names(table: Table, stored: Mapping[str, Known], holds: Callable[[int, int], bool]) -> None:
    """A new code under a name that is already there is most often one firm with a mistyped code."""
    new = [row for row in table.rows if row[CODE] and row[CODE] not in stored and row["企业全称"]]
    taken: dict[str, str] = {}
    for some in chunks([row["企业全称"] for row in new]):
        rows = Enterprise.objects.filter(name__in=some).values_list("name", "uscc", "area_id", "sector_id")
        taken.update((name, f"代码为{code}" if holds(*place) else "不在本单位管辖范围") for name, code, *place in rows)
    for row in new:
        if words := taken.get(row["企业全称"]):
            table.warn(row, "企业全称", f"平台中已有同名企业，{words}，请核对是否同一家", row["企业全称"])
        else:
            taken[row["企业全称"]] = f"代码为{row[CODE]}"


def _values(row: Row, features: Mapping[str, str]) -> dict[str, Any]:
    cell = row.as_dict()
    values = {field: cell[name] for name, field in FIELDS.items()}
    if values["feature_names"] is not None:
        values["feature_names"] = list(dict.fromkeys(features.get(name, name) for name in values["feature_names"]))
    return values
