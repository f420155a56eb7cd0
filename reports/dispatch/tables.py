"""调度表: which figures a table prints, for which days, for whose rows. The forms of 威应急发〔2023〕12号 as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from campaigns.models import Campaign, Deliverable
from lib import periods
from lib.periods import CutOff, Window, WindowKind
from reports.indicators import INDICATORS, Indicator


class TableError(ValueError):
    """What was asked for cannot be printed; the message says in Chinese what to ask for instead."""


class Group(NamedTuple):
    """A part of a table, as the form divides it."""

    name: str
    codes: tuple[str, ...]

    @property
    def indicators(self) -> list[Indicator]:
        return [INDICATORS[code] for code in self.codes]


@dataclass(frozen=True)
class DispatchTable:
    """`due_day` is the notice's, used where the campaign has no deliverable that says another."""

    code: str
    name: str
    title: str
    attachment: str
    due_day: int
    window: WindowKind
    groups: tuple[Group, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for group in self.groups for code in group.codes)

    @property
    def is_printed_from_returns(self) -> bool:
        """The ledger lists records; what was handed in of it is only their number."""
        return self.groups != LEDGER_GROUPS

    @property
    def form(self) -> str:
        """How a deliverable names it."""
        return f"return:{self.code}"

    @property
    def indicators(self) -> list[Indicator]:
        return [INDICATORS[code] for code in self.codes]

    def days(self, campaign: Campaign, period: str, kind: str = "", cut_off: str = "") -> Window:
        """The days the table of a period counts; TableError if the period lies outside the campaign."""
        days = partial(
            periods.window,
            cut_off=cut_off or CutOff.DUE_DAY,
            period=checked_period(period),
            due_day=due_day_of(campaign, self),
            start=campaign.starts_on,
            end=campaign.ends_on,
        )
        if days(WindowKind.MONTHLY).is_empty:
            raise TableError(
                f"{periods.label(period)}不在“{campaign}”期间"
                f"（{campaign.starts_on:%Y-%m}至{campaign.ends_on:%Y-%m}），请改用期间内的月份。"
            )
        return days(kind or self.window)


def numbered(column: int, first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{column}.{n}" for n in range(first, last + 1))


TRADE_GROUPS = (
    Group("检查和抽查情况", numbered(1, 1, 15)),
    Group("重大事故隐患情况", numbered(2, 1, 8)),
    Group("执法和帮扶情况", numbered(3, 1, 12)),
)
MINES_GROUPS = (
    Group("总体情况", numbered(2, 3, 8)),
    Group("对企业自查自改进行抽查检查情况", numbered(1, 6, 15)),
    Group("部门精准严格执法情况", numbered(3, 1, 12)),
    Group("党委政府组织领导情况", tuple(code for code in INDICATORS if code.startswith("党政"))),
)
# The ledger counts its own rows, so that the number handed in stays traceable.
LEDGER_GROUPS = (Group("台账", ("2.1",)),)

TABLES = {
    table.code: table
    for table in (
        DispatchTable(
            code="trade",
            name="工贸调度表",
            title="全市冶金等工贸行业重大事故隐患专项排查整治2023行动进展情况调度表",
            attachment="附件1",
            due_day=28,
            window=WindowKind.MONTHLY,
            groups=TRADE_GROUPS,
        ),
        DispatchTable(
            code="mines",
            name="非煤矿山调度表",
            title="重大事故隐患专项排查整治2023行动进展情况调度表",
            attachment="附件",
            due_day=25,
            window=WindowKind.CUMULATIVE,
            groups=MINES_GROUPS,
        ),
        DispatchTable(
            code="trade-ledger",
            name="工贸重大事故隐患台账",
            title="工贸行业重大事故隐患台账",
            attachment="附件2",
            due_day=28,
            window=WindowKind.MONTHLY,
            groups=LEDGER_GROUPS,
        ),
    )
}


def table_named(code: str) -> DispatchTable:
    if code not in TABLES:
        known = "、".join(f"{each.code}（{each.name}）" for each in TABLES.values())
        raise TableError(f"没有名为“{code}”的表，可用的有：{known}。")
    return TABLES[code]


def campaign_named(code: str) -> Campaign:
    found = Campaign.objects.select_related("area", "lead_unit").filter(code=code).first()
    if found is None:
        known = "、".join(Campaign.objects.order_by("code").values_list("code", flat=True))
        raise TableError(f"没有代码为“{code}”的专项行动，现有：{known or '无，请先运行 load_official'}。")
    return found


def due_day_of(campaign: Campaign, table: DispatchTable) -> int:
    """The day of the campaign's deliverable of this table, else of another table of it, else the notice's."""
    owed = Deliverable.objects.filter(campaign=campaign, form__startswith="return:", due_day__isnull=False)
    days = dict(owed.order_by("-position", "-pk").values_list("form", "due_day"))
    return days.get(table.form) or next(iter(reversed(days.values())), None) or table.due_day


def checked_period(period: str) -> str:
    """A month, as the tables are monthly."""
    try:
        known = periods.parse(period)
    except ValueError:
        known = None
    if known is None or known.recurrence is not periods.Recurrence.MONTHLY:
        raise TableError(f"“{period}”不是月份，应写作四位年份和两位月份，如 2023-06。")
    return period
