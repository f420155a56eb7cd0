"""The city's consolidated table: what the districts handed in, 未报 where they have not, or the system's figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone

from campaigns.models import Campaign, Obligation, Submission
from campaigns.models.standing import IN_HOUSE, WITH_RECIPIENT
from lib import periods
from lib.text import joined
from reports.dispatch.cells import row_key_of
from reports.dispatch.sheets import (
    UNKEPT,
    Line,
    Sheet,
    Shown,
    Values,
    printed_rows,
    total_of,
    typed_values,
    values_of,
)
from reports.dispatch.tables import DispatchTable
from reports.indicators import INDICATORS, Counts, Row, Scope, count
from reports.models import HELD, DispatchReturn, Figure

MISSING = "未报"


class Drift(NamedTuple):
    """The system's value when a figure was handed in, and now; 无台账数据 where nobody keeps the ledger."""

    then: Shown
    now: Shown

    @property
    def tells(self) -> bool:
        """A ledger begun since that has nothing for this cell says nothing about it."""
        return self.then != self.now and (self.then or 0, self.now or 0) not in ((UNKEPT, 0), (0, UNKEPT))

    @property
    def rose(self) -> bool:
        return self.then == UNKEPT or self.now != UNKEPT and self.now > self.then  # type: ignore[operator]


@dataclass(frozen=True)
class RowState:
    """One reporting row: who owes it, what has come in, and the values that stand for it."""

    row: Row
    values: Values
    obligation: Obligation | None = None
    submission: Submission | None = None
    returned: DispatchReturn | None = None
    live: Values | None = None

    @property
    def is_held(self) -> bool:
        return self.submission is not None and self.submission.state in HELD

    @property
    def waits(self) -> bool:
        return self.submission is not None and self.submission.state in WITH_RECIPIENT

    @property
    def is_accepted(self) -> bool:
        return self.submission is not None and self.submission.state == Submission.State.ACCEPTED

    @property
    def drift(self) -> dict[str, Drift]:
        """Code → where records have changed since it was handed in."""
        if not self.is_held or self.returned is None or self.live is None:
            return {}
        counted = [each for each in self.returned.figures.all() if not INDICATORS[each.code].is_typed]
        pairs = {each.code: Drift(then_of(each), self.live.get(each.code)) for each in counted}
        return {code: pair for code, pair in pairs.items() if pair.tells}

    @property
    def by_system(self) -> str:
        """Why the system stands in, if it does."""
        return "" if self.is_held or self.returned is None else self.returned.by_system_reason

    @property
    def is_missing(self) -> bool:
        return not (self.row.is_city or self.is_held or self.by_system)

    @property
    def is_overdue(self) -> bool:
        """Missing, and its day is over or was never set: before that nobody owes it yet."""
        return self.is_missing and (self.obligation is None or not _ahead(self.obligation))

    @property
    def status(self) -> tuple[str, str]:
        """Tone and word of the badge."""
        if self.row.is_city:
            return "info", "系统数"
        if self.by_system:
            return "soon", "以系统数代报"
        if self.submission is None or self.submission.state in IN_HOUSE:
            return "late" if self.is_overdue else "open", MISSING
        tones = {"submitted": "info", "audited": "info", "accepted": "done", "returned": "soon", "void": "late"}
        return tones[self.submission.state], self.submission.get_state_display()


@dataclass(frozen=True)
class Consolidated:
    sheet: Sheet
    states: tuple[RowState, ...]

    @property
    def label(self) -> str:
        """2023年6月"""
        return periods.label(self.sheet.period)

    @property
    def missing(self) -> list[RowState]:
        return [state for state in self.states if state.is_missing]

    @property
    def notice(self) -> tuple[str, str]:
        """Tone and words of what has not come in: 缺报 only once its day is over."""
        late = missing_in_words(state for state in self.states if state.is_overdue)
        coming = [state.row.name for state in self.states if state.is_missing and not state.is_overdue]
        words = [late, f"未到期、还没报的{len(coming)}个：{joined(coming)}" if coming else ""]
        return "warning" if late else "info", "；".join(filter(None, words))

    @property
    def come_in(self) -> int:
        return sum(state.is_held for state in self.states)

    @property
    def owed(self) -> int:
        return sum(not state.row.is_city for state in self.states)


def consolidated(
    table: DispatchTable, campaign: Campaign, period: str, *, scope: Scope, rows: Iterable[Row], only: Row | None = None
) -> Consolidated:
    """The table of the rows somebody may see, or of `only` one of them; a fixed number of queries."""
    days = table.days(campaign, period)
    counts = count(scope, days, table.indicators)
    known = Known(table, campaign, period, scope)
    shown = [only] if only else [row for row in printed_rows(counts, known.typed) if row in rows]
    states = tuple(known.state(row, counts) for row in shown)
    lines = tuple(Line(state.row.name, state.values) for state in states)
    sheet = Sheet(
        table=table,
        campaign=campaign,
        period=period,
        area=only.name if only else campaign.area.name,
        days=days,
        kind=table.window,
        on=min(days.last, timezone.localdate()),
        lines=lines,
        total=total_of(lines, table.indicators),
        label=label_of(states),
        warning=missing_in_words(states),
        returns=tuple(state.returned for state in states if state.is_held and state.returned),
    )
    return Consolidated(sheet, states)


class Known:
    """What has been read about all rows at once: returns with their figures, obligations with their submissions."""

    def __init__(self, table: DispatchTable, campaign: Campaign, period: str, scope: Scope) -> None:
        self.table = table
        self.typed = typed_values(table, campaign, period, table.window)
        returns = DispatchReturn.objects.of_table(campaign, table, period).prefetch_related("figures")
        self.returns = {returned.row_key: returned for returned in returns}
        self.owed = {row_key_of(scope, owed.unit_id): owed for owed in obligations(table, campaign, period)}
        self.submissions = newest_submissions(self.owed.values())

    def state(self, row: Row, counts: Counts) -> RowState:
        owed, returned = self.owed.get(row.key), self.returns.get(row.key)
        submission = self.submissions.get(owed.pk) if owed else None
        live = values_of(row, self.table.indicators, counts, self.typed)
        state = RowState(row, live, owed, submission, returned, live)
        if state.is_held and returned is not None:
            return RowState(row, handed_in_values(returned), owed, submission, returned, live)
        if state.is_missing:
            return RowState(row, dict.fromkeys(self.table.codes, MISSING), owed, submission, returned, live)
        return state


def obligations(table: DispatchTable, campaign: Campaign, period: str) -> list[Obligation]:
    owed = Obligation.objects.filter(deliverable__campaign=campaign, deliverable__form=table.form, period=period)
    return list(owed.filter(unit__isnull=False).select_related("deliverable", "unit").order_by("pk"))


def newest_submissions(owed: Iterable[Obligation]) -> dict[int, Submission]:
    rows = Submission.objects.filter(obligation__in=[each.pk for each in owed])
    return {row.obligation_id: row for row in rows.order_by("obligation", "number")}


def handed_in_values(returned: DispatchReturn) -> Values:
    return {each.code: each.text or as_shown(each.code, each.reported) for each in returned.figures.all()}


def then_of(figure: Figure) -> Shown:
    return UNKEPT if figure.system is None else as_shown(figure.code, figure.system)


def as_shown(code: str, value: Decimal | None) -> Shown:
    """Stored with two places; whole but for 万元."""
    return value if value is None or INDICATORS[code].is_money else int(value)


def _ahead(obligation: Obligation) -> bool:
    return obligation.due_at is not None and not obligation.is_late()


def label_of(states: Iterable[RowState]) -> str:
    """已审核 only if every district's row is."""
    accepted = [state.is_accepted for state in states if not state.row.is_city]
    return "已审核" if accepted and all(accepted) else "已报送"


def missing_in_words(states: Iterable[RowState]) -> str:
    """缺报2个：荣成市、乳山市"""
    names = [state.row.name for state in states if state.is_missing]
    return f"缺报{len(names)}个：{joined(names)}" if names else ""
