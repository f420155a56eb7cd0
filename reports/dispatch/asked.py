"""What an export asks for: which table, of which campaign, month, row and window; checked before it is queued."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.utils import timezone

from campaigns.models import Campaign, Deliverable
from documents.models import ExportJob
from lib import periods
from lib.actor import Actor
from lib.periods import CutOff, WindowKind
from reports.dispatch.consolidated import consolidated
from reports.dispatch.sheets import Sheet, live
from reports.dispatch.tables import DispatchTable, TableError, table_named
from reports.indicators import Scope, scope_of
from reports.permissions import rows_visible_to

ACCEPTED = ExportJob.Label.ACCEPTED.label


class AskRefused(TableError):
    """`field` is the one of `Asked` that is wrong; the message says in Chinese what to ask for instead."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Asked:
    """As it is kept with the job. An empty window is the table's own; `official` is the month as the city prints it:
    what was handed in once every row is accepted, till then the records as they stand."""

    table: str
    campaign: str
    period: str
    area: str
    window: str = ""
    cut_off: str = CutOff.DUE_DAY.value
    extended: bool = False
    official: bool = False

    def params(self) -> dict[str, str | bool]:
        return asdict(self)

    def checked(self, by: Actor) -> Checked:
        """AskRefused for what does not exist, lies outside the campaign, has not begun, or is not the asker's."""
        with blamed("window"):
            window, cut_off = one_of(WindowKind, self.window), one_of(CutOff, self.cut_off)
        with blamed("table"):
            table = table_named(self.table)
            campaign = campaign_of(table, self.campaign, by)
        with blamed("period"):
            begun(table, campaign, self.period, window, cut_off)
        scope = scope_of(campaign)
        with blamed("area"):
            areas = areas_for(by, scope)
            if self.area not in areas:
                raise TableError(f"“{self.area}”不在本单位可导出的范围，可选的有：{'、'.join(areas) or '无'}。")
        return Checked(self, table, campaign, scope)


@dataclass(frozen=True)
class Checked:
    asked: Asked
    table: DispatchTable
    campaign: Campaign
    scope: Scope

    @property
    def title(self) -> str:
        """威海市2023年6月工贸调度表（当月，截至报送日）"""
        kind = WindowKind(self.asked.window or self.table.window).label
        place = f"{self.asked.area}{periods.label(self.asked.period)}"
        more = "，附扩展列" if self.asked.extended else ""
        return f"{place}{self.table.name}（{kind}，{CutOff(self.asked.cut_off).label}{more}）"

    def sheet(self) -> Sheet:
        """Filled now. The ledger is always of the records as they stand."""
        if self.asked.official and self.table.is_printed_from_returns:
            known = consolidated(
                self.table, self.campaign, self.asked.period, scope=self.scope, rows=self.scope.every_row
            )
            if known.sheet.label == ACCEPTED:
                return known.sheet
        choice = {"window": self.asked.window, "cut_off": self.asked.cut_off}
        return live(self.table, self.campaign, period=self.asked.period, area=self.asked.area, **choice)


@contextmanager
def blamed(field: str) -> Iterator[None]:
    try:
        yield
    except TableError as error:
        raise AskRefused(field, str(error)) from error


def one_of(kinds: type[WindowKind] | type[CutOff], value: str) -> str:
    if value and value not in kinds.values:
        raise TableError(f"没有“{value}”这一项，可选的有：{'、'.join(map(str, kinds.labels))}。")
    return value


def campaign_of(table: DispatchTable, code: str, by: Actor) -> Campaign:
    """A campaign the asker may see and that asks for the table."""
    found = Campaign.objects.visible_to(by).select_related("area", "lead_unit").filter(code=code).first()
    if found is None:
        raise TableError(f"没有代码为“{code}”的专项行动，请从列表中选择。")
    if not Deliverable.objects.filter(campaign=found, form=table.form).exists():
        raise TableError(f"“{found}”没有布置{table.name}，请选择该行动的调度表。")
    return found


def begun(table: DispatchTable, campaign: Campaign, period: str, window: str, cut_off: str) -> None:
    days = table.days(campaign, period, window, cut_off)
    monthly = table.days(campaign, period, WindowKind.MONTHLY, cut_off)
    if monthly.first > timezone.localdate():
        raise TableError(f"{periods.label(period)}（{days.label}）尚未开始，请改用已开始的月份。")


def areas_for(by: Actor, scope: Scope) -> list[str]:
    """The whole, where every row may be seen, and each row that may be."""
    rows = rows_visible_to(by, scope)
    whole = [scope.campaign.area.name] if rows == scope.every_row else []
    return [*whole, *(row.name for row in rows)]
