"""调度表: which figures a table prints, for which days, for whose rows. The forms of 威应急发〔2023〕12号 as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from campaigns.models import Campaign, Deliverable
from lib import periods
from lib.periods import CutOff, Window, WindowKind
from reports.indicators import INDICATORS, Indicator


class TableError(ValueError):
    """What was asked for cannot be printed; the message says in Chinese what to ask for instead."""


@dataclass(frozen=True)
class DispatchTable:
    """`due_day` is the notice's, used where the campaign has no deliverable that says another."""

    code: str
    name: str
    title: str
    attachment: str
    due_day: int
    window: WindowKind
    codes: tuple[str, ...] = ()

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


TRADE_CODES = (
    *(f"1.{n}" for n in range(1, 16)),
    *(f"2.{n}" for n in range(1, 9)),
    *(f"3.{n}" for n in range(1, 13)),
)
MINES_CODES = (
    *(f"2.{n}" for n in range(3, 9)),
    *(f"1.{n}" for n in range(6, 16)),
    *(f"3.{n}" for n in range(1, 13)),
    *(code for code in INDICATORS if code.startswith("党政")),
)

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
            codes=TRADE_CODES,
        ),
        DispatchTable(
            code="mines",
            name="非煤矿山调度表",
            title="重大事故隐患专项排查整治2023行动进展情况调度表",
            attachment="附件",
            due_day=25,
            window=WindowKind.CUMULATIVE,
            codes=MINES_CODES,
        ),
        DispatchTable(
            code="trade-ledger",
            name="工贸重大事故隐患台账",
            title="工贸行业重大事故隐患台账",
            attachment="附件2",
            due_day=28,
            window=WindowKind.MONTHLY,
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
