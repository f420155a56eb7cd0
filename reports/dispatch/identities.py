"""勾稽关系: what must, or should, hold between the figures of one return. As data; sources in `Identity.source`.

Under 其中 a part cannot exceed its whole. Between figures of the same date that always holds; between 发现 and
完成整改, which each count by their own date, it holds for the cumulative figures only, and a month needs explaining.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lib.periods import WindowKind
from reports.indicators import INDICATORS

NOTES = "威应急发〔2023〕12号 附件1 填报说明"
WORDING = "威应急发〔2023〕12号 附件1 表头“其中”“中”"
HABIT = "审核经验"


class Level(StrEnum):
    BLOCK = "block"  # 不能报送
    EXPLAIN = "explain"  # 写明原因后可以报送
    WARN = "warn"  # 提示


class Sign(StrEnum):
    EQUAL = "应等于"
    AT_MOST = "不应大于"
    NEEDS = "大于0时"


@dataclass(frozen=True)
class Identity:
    """`left` sign the sum of `right`; the level depends on the window the figures are of."""

    left: str
    sign: Sign
    right: tuple[str, ...]
    source: str
    cumulative: Level = Level.BLOCK
    monthly: Level = Level.BLOCK

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.left, *self.right)

    def level(self, kind: str) -> Level:
        return self.cumulative if kind == WindowKind.CUMULATIVE else self.monthly

    def holds(self, values: Mapping[str, Decimal]) -> bool:
        left, right = values[self.left], sum(values[code] for code in self.right)
        if self.sign is Sign.EQUAL:
            return left == right
        return left <= right if self.sign is Sign.AT_MOST else not left or right >= 1

    def message(self, values: Mapping[str, Decimal]) -> str:
        if self.sign is Sign.NEEDS:
            return f"{named(self.left, values)}大于0时，{named(self.right[0], values)}应不小于1。"
        return f"{named(self.left, values)}{self.sign.value}{'＋'.join(named(code, values) for code in self.right)}。"


def part_of(left: str, right: str) -> Identity:
    """其中: both count by the same date."""
    return Identity(left, Sign.AT_MOST, (right,), WORDING)


def done_of(left: str, right: str) -> Identity:
    """中已完成整改的: each counts by its own date."""
    return Identity(left, Sign.AT_MOST, (right,), WORDING, monthly=Level.EXPLAIN)


def expected(left: str, sign: Sign, right: str) -> Identity:
    return Identity(left, sign, (right,), HABIT, cumulative=Level.WARN, monthly=Level.WARN)


IDENTITIES = (
    Identity("2.1", Sign.EQUAL, ("2.3", "2.5"), NOTES),
    Identity("2.2", Sign.EQUAL, ("2.4", "2.6"), NOTES),
    done_of("2.4", "2.3"),
    done_of("2.6", "2.5"),
    done_of("2.8", "2.7"),
    done_of("2.2", "2.1"),
    done_of("1.5", "1.4"),
    *(part_of(f"1.{n}", "1.6") for n in range(7, 16)),
    part_of("3.10", "3.9"),
    part_of("党政-5b", "党政-5a"),
    expected("2.7", Sign.AT_MOST, "2.1"),
    expected("2.5", Sign.AT_MOST, "1.4"),
    expected("3.5", Sign.AT_MOST, "3.3"),
    expected("3.4", Sign.NEEDS, "3.3"),
)


@dataclass(frozen=True)
class Breach:
    """An identity that does not hold: how grave, at which figure, in words.

    In a month, records alone may have closed more than was found: figures as counted then explain themselves.
    """

    level: Level
    code: str
    message: str
    codes: tuple[str, ...]
    explains_itself: bool = True


def breaches(values: Mapping[str, Decimal | None], kind: str) -> list[Breach]:
    """Those whose figures are all there and do not agree."""
    known = {code: value for code, value in values.items() if value is not None}
    asked = [each for each in IDENTITIES if all(code in known for code in each.codes)]
    return [
        Breach(each.level(kind), each.left, each.message(known), each.codes) for each in asked if not each.holds(known)
    ]


def falls(values: Mapping[str, Decimal | None], before: Mapping[str, Decimal | None]) -> list[Breach]:
    """Cumulative flows that have become less than a month ago; may be handed in with a reason."""
    found = []
    for code, last in before.items():
        now = values.get(code)
        if now is not None and last is not None and now < last:
            words = f"“{INDICATORS[code].wording()}”累计为{plain(now)}，比上期报送的{plain(last)}减少。"
            found.append(Breach(Level.EXPLAIN, code, words, (code,), explains_itself=False))
    return found


def graver(found: Iterable[Breach], level: Level) -> list[Breach]:
    return [breach for breach in found if breach.level is level]


def named(code: str, values: Mapping[str, Decimal]) -> str:
    """“部门检查发现的重大事故隐患”3个"""
    return f"“{INDICATORS[code].wording()}”{plain(values[code])}{INDICATORS[code].unit}"


def plain(value: Decimal) -> str:
    """3, 12.50"""
    return f"{value:.0f}" if value == value.to_integral_value() else f"{value:.2f}"
