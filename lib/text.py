"""Words for pages and for search: bigrams, dates, distances, lists, numerals."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise

from django.utils import timezone

_DIGITS = "零一二三四五六七八九"


def folded(text: str) -> str:
    """The text as search compares it: half-width, one case, letters and figures only."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, plain))


def bigrams(*texts: str) -> list[str]:
    """What a row is found by: each character and each pair of neighbours, sorted.

    Kept by the action in an array column under a core GIN index; a row
    matches if it contains all `query_bigrams`. Several texts never join.
    """
    found: set[str] = set()
    for text in texts:
        plain = folded(text)
        found.update(plain)
        found.update(map("".join, pairwise(plain)))
    return sorted(found)


def query_bigrams(query: str) -> list[str]:
    """What a row must contain to match; words apart by spaces must all be met.

    Empty for a query without a letter or figure: the caller shows everything.
    """
    found: set[str] = set()
    for word in map(folded, query.split()):
        found.update(map("".join, pairwise(word)) if len(word) > 1 else word)
    return sorted(found)


def person_name(typed: str) -> str:
    """张　三 and 张 三 are 张三; within other scripts one space stays: Anna Li."""
    plain = " ".join(unicodedata.normalize("NFKC", typed).split())
    return plain if any(character.isascii() and character.isalpha() for character in plain) else plain.replace(" ", "")


def weekday(day: date) -> str:
    """周三"""
    return "周" + "一二三四五六日"[day.weekday()]


def month_day(day: date) -> str:
    """6月28日"""
    return f"{day.month}月{day.day}日"


def full_date(day: date) -> str:
    """2023年6月28日, as in a notice"""
    return f"{day.year}年{month_day(day)}"


def page_date(day: date) -> str:
    """2023年6月28日（周三）, as on pages"""
    return f"{full_date(day)}（{weekday(day)}）"


def table_date(day: date) -> str:
    """06-28, as in tables of one year"""
    return f"{day.month:02}-{day.day:02}"


def dotted_date(day: date) -> str:
    """2023.06.28, as in the official ledger"""
    return f"{day.year}.{day.month:02}.{day.day:02}"


def page_moment(moment: datetime) -> str:
    """2023年6月28日 08:30, in the portal's time zone"""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{full_date(local)} {local:%H:%M}"


def distance(due: date, today: date) -> str:
    """还剩2天 · 今天 · 逾期3天"""
    days = (due - today).days
    if not days:
        return "今天"
    return f"还剩{days}天" if days > 0 else f"逾期{-days}天"


def deadline(due: date, today: date, original: date | None = None) -> str:
    """6月28日 · 还剩2天; after an extension also the day it was due first.

    逾期3天（原定6月25日）: late is always shown against the original too.
    """
    moved = f"（原定{month_day(original)}）" if original and original != due else ""
    year = f"{due.year}年" if due.year != today.year else ""
    return f"{year}{month_day(due)} · {distance(due, today)}{moved}"


def joined(names: Iterable[str], most: int | None = None, unit: str = "个") -> str:
    """甲、乙、丙; with `most`, the first ones and the count: 甲、乙等5个."""
    every: Sequence[str] = [name for name in names if name]
    if most is None or len(every) <= most:
        return "、".join(every)
    return f"{'、'.join(every[:most])}等{len(every)}{unit}"


def numeral(number: int) -> str:
    """Headings of notices, 1 to 99: 一, 十, 十一, 二十三."""
    if not 1 <= number <= 99:
        raise ValueError("numeral() writes 1 to 99")
    tens, ones = divmod(number, 10)
    opening = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return opening + (_DIGITS[ones] if ones else "")


def amount(number: int) -> str:
    """With thousands separators: 12,345"""
    return f"{number:,}"


def is_chinese(text: str) -> bool:
    """Whether a label has a name for people, not only one for the machine."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)
