"""整改期限 in words: kept as written, with the day it seems to mean."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from lib import workdays
from lib.cells.values import BadCell, day, half_width, text


class Deadline(NamedTuple):
    """A limit as its author put it, and the day if he named one."""

    text: str
    on: date | None

    def proposed(self, found: date | None) -> date | None:
        """The day it means for something found on `found`: to be confirmed by a person."""
        return self.on or (propose(self.text, found) if found else None)


def deadline(value: object) -> Deadline:
    """A date, or words that are kept as they are (立即, 7月底前)."""
    try:
        on = day(value)
    except BadCell:
        return Deadline(text(value), None)
    return Deadline(text(value) if _is_dotted(value) else f"{on:%Y.%m.%d}", on)


def _is_dotted(value: object) -> bool:
    """Written out by a person, not Excel's number for it."""
    return isinstance(value, str) and not value.strip().isdecimal()


def propose(words: str, found: date) -> date | None:
    """The last day a wording allows, counted from `found`; None if it names no limit.

    立即 → that day · 7月底前 → last day of July, of the next year if this July
    is over · 7月15日前 → 07-15 · 15日内, 两周内, 1个月内, 半年内 → counted from
    the day after · 月底, 年底, 第三季度 → its last day · 次月10日, 明年3月 → of
    the next.
    """
    plain = _NEXT_YEAR.sub(f"{found.year + 1}年", _arabic(half_width(_CLOCK.sub("", words))))
    for shape, meaning in _WORDINGS:
        if match := shape.search(plain):
            try:
                return meaning(found, match)
            except (ValueError, OverflowError):
                return None  # 2月31日前
    return None


def _arabic(words: str) -> str:
    """十五日内 → 15日内, 七月底 → 7月底; only before a unit of time."""
    return _NUMERAL.sub(lambda match: str(_value_of(match[0])), words)


def _value_of(numeral: str) -> int:
    tens, separator, ones = numeral.replace("两", "二").rpartition("十")
    high = (_DIGITS.get(tens, 1) if separator else 0) * 10
    return high + _DIGITS.get(ones, 0)


def _month_end(of: date, months: int = 0) -> date:
    """The last day of the month `months` after that of `of`."""
    year, month = divmod(of.year * 12 + of.month - 1 + months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _same_day(of: date, months: int) -> date:
    """So many months later; the last day where that month is shorter."""
    last = _month_end(of, months)
    return min(last, last.replace(day=1) + timedelta(of.day - 1))


def _coming(found: date, month: int, number: int | None) -> date:
    """That day of that month (None: its last), this year or, once over, the next."""

    def of(year: int) -> date:
        return date(year, month, number) if number else _month_end(date(year, month, 1))

    return of(found.year) if of(found.year) >= found else of(found.year + 1)


def _from(found: date, match: re.Match[str]) -> date:
    """Where a wording begins to look: at the year it names, else at the day found."""
    return date(int(match["year"]), 1, 1) if match["year"] else found


def _day_of(found: date, match: re.Match[str]) -> date:
    return _coming(_from(found, match), int(match["month"]), int(match["day"]))


def _part_of(found: date, match: re.Match[str]) -> date:
    """7月底, 7月中旬, 2023年7月: the last day meant."""
    number = {"上旬": 10, "初": 10, "中旬": 20, "中": 20}.get(match["part"] or "")
    return _coming(_from(found, match), int(match["month"]), number)


def _day_of_this_month(found: date, match: re.Match[str]) -> date:
    number = int(match["day"])
    coming = found if number >= found.day else _month_end(found) + timedelta(1)
    return coming.replace(day=number)


def _day_of_next_month(found: date, match: re.Match[str]) -> date:
    return (_month_end(found) + timedelta(1)).replace(day=int(match["day"]))


def _after(found: date, match: re.Match[str]) -> date:
    count, unit = int(match["count"]), match["unit"]
    if unit == "工作日":
        return workdays.add_workdays(found, count)
    if unit in {"月", "年"}:
        return _same_day(found, count * (12 if unit == "年" else 1))
    if unit == "小时":
        return found + timedelta(math.ceil(count / 24))
    return found + timedelta(count * (7 if unit in {"周", "星期"} else 1))


def _quarter_end(found: date, match: re.Match[str]) -> date:
    return _coming(_from(found, match), int(match["turn"]) * 3, None)


def _half_end(found: date, match: re.Match[str]) -> date:
    return _coming(_from(found, match), 6 if match["turn"] == "上" else 12, None)


_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_NUMERAL = re.compile(r"[一二两三四五六七八九十]{1,3}(?=个?半?(?:月|日|号|天|周|星期|小时|工作日|季度|年))")
_CLOCK = re.compile(r"(?<=\d)\s+\d{1,2}[:：时][\d:：分]*")  # 2023-6-30 18:00前
_NEXT_YEAR = re.compile("明年|次年|来年")
_YEAR = r"(?:(?P<year>\d{4})[年.\-/])?"
# The first that is found decides: exact days before vague ones.
_WORDINGS: list[tuple[re.Pattern[str], Callable[[date, re.Match[str]], date]]] = [
    (re.compile(r"(?P<year>\d{4})[年.\-/](?P<month>\d{1,2})[月.\-/](?P<day>\d{1,2})(?!\d)"), _day_of),
    (re.compile(r"(?P<year>)(?P<month>\d{1,2})月(?P<day>\d{1,2})(?!\d)"), _day_of),
    (re.compile(r"(?:次月|下个?月)(?P<day>\d{1,2})(?!\d)"), _day_of_next_month),
    (re.compile(r"(?<!\d)(?P<count>\d{1,3})个?(?P<unit>工作日|小时|天|日|周|星期|月|年)(?:之内|以内|内)"), _after),
    (
        re.compile(r"(?P<count>\d{1,2})个半月"),
        lambda found, match: _same_day(found, int(match["count"])) + timedelta(15),
    ),
    (re.compile(r"半年(?:之内|以内|内)"), lambda found, match: _same_day(found, 6)),
    (re.compile(_YEAR + r"(?P<month>\d{1,2})月份?(?P<part>上旬|中旬|下旬|底|末|初|中)?"), _part_of),
    (re.compile(r"(?<!\d)(?P<day>\d{1,2})[日号]"), _day_of_this_month),
    (re.compile(_YEAR + r"第?(?P<turn>[1-4])季度"), _quarter_end),
    (re.compile(_YEAR + r"(?P<turn>[上下])半年"), _half_end),
    (re.compile(r"半个?月"), lambda found, match: found + timedelta(15)),
    (re.compile(r"次月|下个?月"), lambda found, match: _month_end(found, 1)),
    (re.compile(r"月(?:底|末)|本月|当月"), lambda found, match: _month_end(found)),
    (re.compile(r"(?P<year>\d{4})年"), lambda found, match: date(int(match["year"]), 12, 31)),
    (re.compile(r"年(?:底|末|内)|本年|今年"), lambda found, match: date(found.year, 12, 31)),
    (re.compile(r"本周|周末"), lambda found, match: found + timedelta(6 - found.weekday())),
    (re.compile(r"次日|明[天日]"), lambda found, match: found + timedelta(1)),
    (re.compile(r"立即|立刻|立行|立查|即知|即刻|马上|当场|现场|当[日天]|随时|即时"), lambda found, match: found),
]
