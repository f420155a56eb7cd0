"""How workbooks name what is stored: firms by 信用代码, units by their full name, features by name or alias."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from lib import cells
from lib.actor import Actor
from lib.excel import Column, Row, Table
from organizations import jurisdiction
from organizations.models import Enterprise, ReportingArea, RiskFeature, Unit

# Not an error for certain: the file is held up until somebody has looked and confirmed.
DOUBT = "doubt"

CODE = "统一社会信用代码"
CODE_ALIASES = ("信用代码", "社会信用代码", "统一信用代码", "企业信用代码")
CHUNK = 10_000


def code_column(*, required: bool = True) -> Column:
    return Column(CODE, required, CODE_ALIASES, cells.credit_code, None)


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Pieces short enough for one statement."""
    every = list(items)
    return (every[start : start + size] for start in range(0, len(every), size))


def suggestion(name: str, known: Iterable[str]) -> str:
    """，是否为“荣成市应急管理局”; nothing if no name comes near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"，是否为“{near[0]}”" if near else ""


def feature_names() -> dict[str, str]:
    """Every name and alias of a feature, to the name that rows keep."""
    known = {}
    for feature in RiskFeature.objects.all():
        aliases = cells.several(feature.aliases) if feature.aliases else []
        known.update(dict.fromkeys((*aliases, feature.name), feature.name))
    return known


class Firms:
    """The enterprises that a workbook's rows speak of, as far as the actor may see them; read in bulk."""

    def __init__(self, rows: list[Row], by: Actor, name_column: str = "") -> None:
        self.name_column = name_column
        self.rules = ReportingArea.objects.as_rules()
        self.visible = Enterprise.objects.visible_to(by).select_related("area", "sector")
        self.by_code: dict[str, Enterprise] = {}
        for codes in chunks({row[CODE] for row in rows if row[CODE]}):
            self.by_code.update((firm.uscc, firm) for firm in self.visible.filter(uscc__in=codes))
        self.codes = self._codes_of_unknown(rows) if name_column else {}

    def _codes_of_unknown(self, rows: list[Row]) -> dict[str, str]:
        """For rows whose code is not known: the code stored under their name, most likely what was meant."""
        found: dict[str, str] = {}
        for names in chunks({row[self.name_column] for row in rows if row[CODE] and row[CODE] not in self.by_code}):
            found.update(self.visible.filter(name__in=names).values_list("name", "uscc"))
        return found

    def find(self, table: Table, row: Row) -> Enterprise | None:
        """The row's enterprise; an unknown one is noted as an error."""
        code = row[CODE]
        if code and code not in self.by_code:
            name = row[self.name_column] if self.name_column else ""
            hint = f"；“{name}”的代码为{self.codes[name]}" if name in self.codes else ""
            table.refuse(row, CODE, f"没有这家企业，或不在管辖范围，请核对代码或先导入企业{hint}", code)
        return self.by_code.get(code)

    def compare_name(self, table: Table, row: Row, firm: Enterprise) -> None:
        """The code decides; another name beside it is told: most often the code was copied from the row above."""
        name = row[self.name_column]
        if name and name != firm.name and cells.half_width(name) != cells.half_width(firm.name):
            table.warn(row, self.name_column, f"与平台登记的“{firm}”不同，以平台为准", name)

    def stamps(self, firm: Enterprise) -> dict[str, Any]:
        return firm.stamps(self.rules)


class Units:
    """Every unit by its full name."""

    def __init__(self, by: Actor) -> None:
        self.by_name = {unit.name: unit for unit in Unit.objects.select_related("area", "part_of")}
        self.by_key = {cells.half_width(name): unit for name, unit in self.by_name.items()}
        self.reach = None if jurisdiction.sees_everything(by) else jurisdiction.reach(by)

    def named(self, name: str | None) -> Unit | None:
        """The unit of that name, whatever spaces and width of brackets it was typed with."""
        return self.by_key.get(cells.half_width(name))

    def find(self, table: Table, row: Row, column: str) -> Unit | None:
        """The unit named in the column; an unknown name is noted as an error, with the closest one."""
        name = row[column]
        if not name:
            return None
        unit = self.named(name)
        if unit is None:
            table.refuse(row, column, f"没有“{name}”这一单位{suggestion(name, self.by_name)}，请填写单位全称", name)
        return unit

    def find_own(self, table: Table, row: Row, column: str) -> Unit | None:
        """The same, and it must be one whose work the actor may enter: his own unit or one within its area."""
        unit = self.find(table, row, column)
        if unit and self.reach and unit.pk not in self.reach.units and unit.area_id not in self.reach.areas:
            table.refuse(row, column, f"“{unit}”不在本单位管辖范围，不能代为导入", unit)
        return unit
