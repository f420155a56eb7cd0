"""期后补记与以前月份调整: what the records say today about figures that were handed in, record by record (design §4.5).

They stand beside what was handed in and never enter the figures of the next month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from lib.actor import Actor
from lib.text import dotted_date
from reports.dispatch.bridges import Bridge, bridge, days_of
from reports.dispatch.consolidated import as_shown, then_of
from reports.dispatch.records import RECORDS, differences
from reports.dispatch.sheets import Shown
from reports.dispatch.tables import table_named
from reports.indicators import Indicator, Row, Scope
from reports.indicators.digests import digests
from reports.indicators.past import as_of, recorded_at
from reports.models import DispatchReturn, Figure

LATE, ADJUSTED = "期后补记", "以前月份调整"
AT_ONCE = 500


class Change(NamedTuple):
    """One record: 期后补记 or 以前月份调整, what it is called, the day that places it, and why it is told."""

    word: str
    number: str
    name: str
    day: date | None
    why: str


@dataclass(frozen=True)
class Amendment:
    """A figure handed in that the records no longer bear out; `then` and `now` are the system's values."""

    row: Row
    indicator: Indicator
    reported: Shown
    then: Shown
    now: Shown
    bridge: Bridge
    returned: DispatchReturn

    @property
    def difference(self) -> Shown:
        """None where nobody kept the ledger then."""
        return None if isinstance(self.then, str) else self.now - self.then  # type: ignore[operator]

    def changes(self, actor: Actor) -> Iterator[Change]:
        """The records that the actor may see, those recorded later first; the others as a number."""
        hidden = 0
        for word, keys in ((LATE, sorted(self.bridge.late)), (ADJUSTED, sorted(self.bridge.adjusted))):
            for start in range(0, len(keys), AT_ONCE):
                some = keys[start : start + AT_ONCE]
                told = list(self._told(word, some, actor))
                hidden += len(some) - len(told)
                yield from told
        if hidden:
            yield Change("", "", "", None, f"另有{hidden}条记录不在本单位查看范围")

    def _told(self, word: str, keys: Iterable[int], actor: Actor) -> Iterator[Change]:
        now = self._records(keys, actor)
        then: Mapping[int, Any] = {}
        if word == ADJUSTED:
            with as_of(self.returned.frozen["versions"]):
                then = self._records(keys, actor)
        for pk in keys:
            if pk in now or pk in then:
                yield self._change(word, pk, then.get(pk), now.get(pk))

    def _records(self, keys: Iterable[int], actor: Actor) -> dict[int, Any]:
        """Those of the rows that the actor may see, as they stand, or inside `as_of` as they stood."""
        assert self.indicator.source is not None
        model: Any = self.indicator.source.model
        rows = model.objects.visible_to(actor).filter(pk__in=keys).annotate(recorded=recorded_at(model))
        return {row.pk: row for row in rows.select_related(*RECORDS[self.indicator.source.name].related)}

    def _change(self, word: str, pk: int, old: Any, new: Any) -> Change:
        source = self.indicator.source
        assert source is not None
        row, record = new or old, RECORDS[source.name]
        why = self._why(pk, old, new) if word == ADJUSTED else f"报送后于{_day(new.recorded)}登记"
        return Change(word, str(record.number(row)), str(record.name(row)), getattr(row, source.placed_by), why)

    def _why(self, pk: int, old: Any, new: Any) -> str:
        """隐患级别由“重大”改为“一般”，不再计入"""
        source = self.indicator.source
        assert source is not None
        if new is None:
            return "记录已删除，不再计入"
        what = differences(source, old, new) if old else "由其他单位更正"
        if pk not in self.bridge.now:
            return f"{what}，不再计入"
        return what if pk in self.bridge.then else f"{what}，改为计入"


def amendments(returned: DispatchReturn, scope: Scope) -> Iterator[Amendment]:
    """The amended figures of one return in the table's order. One statement per source tells which rows have changed
    at all; each figure of those takes two more."""
    row = next((each for each in scope.every_row if each.key == returned.row_key), None)
    if row is None:  # the rows of the line have been laid out anew since
        return
    frozen = {each.code: each for each in returned.figures.all() if each.rows is not None}
    counted = [each for each in table_named(returned.table).indicators if each.code in frozen]
    now = digests(scope, days_of(returned), row, counted)
    for each in counted:
        figure = frozen[each.code]
        if now[each.code] != (figure.rows, figure.digest):
            found = bridge(each, returned, scope, row)
            if not found.is_level:
                yield amendment(row, each, figure, found, returned)


def amendment(row: Row, indicator: Indicator, figure: Figure, found: Bridge, returned: DispatchReturn) -> Amendment:
    return Amendment(
        row=row,
        indicator=indicator,
        reported=as_shown(indicator.code, figure.reported),
        then=then_of(figure),
        now=indicator.value.of_rows(found.now.values()),
        bridge=found,
        returned=returned,
    )


def _day(moment: Any) -> str:
    return dotted_date(timezone.localtime(moment))
