"""Texts, codes, dates, numbers, choices.

A parser takes a cell's value (text, number, bool, date, datetime; never blank)
and returns ours, or raises BadCell with what is wrong and what to do, to stand
behind the column's name: 第12行“统一社会信用代码”应为18位，现为17位.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from lib import uscc

T = TypeVar("T")
Parser = Callable[[object], T]

YEARS = range(1990, 2101)
EXACT_DIGITS = 15  # Excel keeps no more of a number
MOST_DIGITS = 30
YES = {"是", "√", "✓", "✔", "☑", "V", "有", "对", "Y", "YES", "1", "TRUE"}
NO = {"否", "×", "✗", "✘", "无", "不是", "没有", "N", "NO", "0", "FALSE"}

_EPOCH = date(1899, 12, 30)
_SERIALS = range(20000, 80000)  # 1954 to 2119
_DATE = re.compile(r"(\d{4})[年.\-/。](\d{1,2})[月.\-/。](\d{1,2})[日号]?")
# Parted from the day by a space, a T or its 日: 2023-6-1 12:30 is no 11th.
_TIME = re.compile(r"(?:(?<=[日号])|\s|T)\s*\d{1,2}[:时].*", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\.0)?")
_MONTH_ONLY = re.compile(r"\d{4}[年.\-/]\d{1,2}月?份?")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_HAS_SPACE = re.compile(r"\s")
_GAP = re.compile(r"(?<=\d)\s+(?=\d)")
_FIGURE = re.compile(r"-?(\d+\.?\d*|\.\d+)")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1\d{10}$)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?")


class BadCell(ValueError):
    """The message, in Chinese, follows the column's name."""


def is_blank(value: object) -> bool:
    """Nothing, or only spaces of any width."""
    return value is None or (isinstance(value, str) and not value.strip(" \t\r\n\xa0\u3000\u200b\ufeff"))


def is_dash(value: object) -> bool:
    """A stroke put where there is nothing to say."""
    return isinstance(value, str) and value.strip() in {"/", "\\", "-", "－", "—", "——", "–"}


def text(value: object) -> str:
    """As written, punctuation untouched; without what is not seen, and trimmed."""
    if type(value) is str and value.isprintable():
        return value.strip()
    return _tidy(_shown(value))


def text_up_to(length: int, read: Parser[str] = text) -> Parser[str]:
    """Texts for a column of that length, read as they are written or, for names of teams and papers, by `read`."""

    def parse(value: object) -> str:
        found = read(value)
        if len(found) > length:
            raise BadCell(f"最多{length}字，现为{len(found)}字，请缩短")
        return found

    return parse


def _tidy(found: str) -> str:
    lines = found.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return "".join(c for c in lines if c in "\n\t\u3000" or unicodedata.category(c)[0] != "C").strip()


def _shown(value: object) -> str:
    """A cell as it shows: 13800000000.0 is 13800000000, midnight is no time."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == datetime.min.time() else f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _seen(value: object) -> str:
    """The cell as quoted in a message, cut short."""
    shown = _tidy(_shown(value))
    return f"“{shown if len(shown) <= 30 else shown[:30] + '…'}”"


def half_width(value: object) -> str:
    """For codes and numbers: half-width and without any space."""
    found = text(value)
    if not found.isascii():
        found = unicodedata.normalize("NFKC", found)
    return _HAS_SPACE.sub("", found)


def code(value: object) -> str:
    """Numbers of documents and ledgers: half-width, upper case, no spaces.

    A number too long for Excel has lost its last digits before we see it.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 10**EXACT_DIGITS:
        raise BadCell("已被Excel变成数字，末几位已丢失，请把该列设为文本格式后重新填写")
    return half_width(value).upper()


def credit_code(value: object) -> str:
    """统一社会信用代码 of a right shape; its check digit is asked about elsewhere."""
    found = uscc.normalise(code(value))
    if problem := uscc.shape_error(found):
        raise BadCell(problem)
    return found


def mobile(value: object) -> str:
    """手机号, 11 digits; a landline with its area code passes too."""
    found = code(value)
    plain = _COUNTRY.sub("", found.replace("-", ""))
    if _MOBILE.fullmatch(plain):
        return plain
    if _LANDLINE.fullmatch(found):
        return found
    digits = sum(map(str.isdigit, found))
    if digits == len(found) != 11:
        raise BadCell(f"应为11位手机号，现为{digits}位")
    raise BadCell(f"应为11位手机号，现为{_seen(found)}")


def day(value: object) -> date:
    """2023.06.06, 2023-6-6, 2023/06/06, 2023年6月6日, 20230606, a date cell, or Excel's number of it."""
    if isinstance(value, datetime):
        return _in_range(value.date())
    if isinstance(value, date):
        return _in_range(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = _shown(math.floor(value) if math.isfinite(value) else value)
    return _day_in(_TIME.sub("", text(value).replace("：", ":")))


@lru_cache(maxsize=4096)
def _day_in(written: str) -> date:
    found = half_width(written)
    if match := _DATE.fullmatch(found) or _COMPACT.fullmatch(found):
        return _in_range(_existing(*map(int, match.groups()[:3])))
    if found.isdecimal() and int(found) in _SERIALS:
        return _in_range(_EPOCH + timedelta(int(found)))
    if _MONTH_ONLY.fullmatch(found):
        raise BadCell(f"缺少日，应如2023.06.06，现为{_seen(found)}")
    raise BadCell(f"应为日期，如2023.06.06，现为{_seen(found)}")


def _existing(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise BadCell(f"没有{year}年{month}月{number}日这一天，请更正") from None


def _in_range(found: date) -> date:
    if found.year not in YEARS:
        raise BadCell(f"年份应在{YEARS[0]}到{YEARS[-1]}之间，现为{found.year}年")
    return found


def whole(value: object) -> int:
    """个, 人次, 家, 项: whole and not negative."""
    if isinstance(value, float) and value.is_integer() and 0 <= value < 10**9:
        return int(value)
    found, _, places = _without_commas(_parted(value)).partition(".")
    if found.isdecimal() and len(found) <= 9 and not places.strip("0"):
        return int(found)
    raise BadCell(f"应为不小于0的整数，现为{_seen(value)}")


def whole_up_to(most: int) -> Parser[int]:
    """Whole numbers that make sense: a head count of 40000 is a slip, and more than its column holds."""

    def parse(value: object) -> int:
        found = whole(value)
        if found > most:
            raise BadCell(f"最大为{most}，现为{found}，请核对")
        return found

    return parse


def amount(places: int = 2, unit: str = "", digits: int = 12) -> Parser[Decimal]:
    """Amounts not below 0 with so many decimals; the unit may be written behind."""

    def parse(value: object) -> Decimal:
        found = _number(value, unit)
        if found < 0:
            raise BadCell(f"不能小于0，现为{found}")
        if found >= 10 ** (digits - places):
            raise BadCell(f"数值过大，现为{found:f}，请核对单位{f'（{unit}）' if unit else ''}")
        if found != round(found, places):
            raise BadCell(f"最多{places}位小数，现为{found:f}")
        return abs(round(found, places))  # -0 is 0

    return parse


def _number(value: object, unit: str) -> Decimal:
    if isinstance(value, float):
        # 0.1+0.2 of a formula is 0.30000000000000004: Excel shows 15 digits, and so do we.
        value = f"{Decimal(f'{value:.{EXACT_DIGITS}g}'):f}"
    found = _without_commas(_parted(value).removesuffix(unit).lstrip("¥"))
    if unit == "万元" and found.endswith("元"):
        raise BadCell(f"单位为万元，现为{_seen(value)}，请换算后填写数字")
    number = Decimal(found if _FIGURE.fullmatch(found) else "NaN")
    # Thousands of digits would be written out in a message.
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise BadCell(f"应为数字，现为{_seen(value)}")
    return number


def _parted(value: object) -> str:
    """Half-width, a space between figures as the comma it stands for: 1 234 is one number, 1 2 is none."""
    return half_width(_GAP.sub(",", text(value)))


def _without_commas(found: str) -> str:
    return found.replace(",", "") if _THOUSANDS.fullmatch(found) else found


money = amount(2, unit="万元")


def yes_no(value: object) -> bool:
    """是, √, 1 … or 否, ×, 0 …; leave a blank cell to the column's default."""
    if isinstance(value, bool):
        return value
    found = half_width(value).upper()
    if found in YES:
        return True
    if found in NO:
        return False
    raise BadCell(f"应填“是”或“否”，空着表示否，现为{_seen(value)}")


def choice(options: Mapping[str, T], aliases: Mapping[str, str] | None = None) -> Parser[T]:
    """One of the labels, given back as its value; aliases name a label: {"自查": "企业自查"}."""
    known = {half_width(label): value for label, value in options.items()}
    known |= {half_width(alias): options[label] for alias, label in (aliases or {}).items()}

    def parse(value: object) -> T:
        try:
            return known[half_width(value)]
        except KeyError:
            raise BadCell(f"应为{_either(options)}，现为{_seen(value)}") from None

    return parse


def one_of(labels: Iterable[str], aliases: Mapping[str, str] | None = None) -> Parser[str]:
    """One of the labels, kept as written there."""
    return choice({label: label for label in labels}, aliases)


def _either(labels: Iterable[str], most: int = 8) -> str:
    every = [f"“{label}”" for label in labels]
    if not every:
        return "平台中已有的选项（目前没有，请先载入基础数据）"
    if len(every) > most:
        return "、".join(every[:most]) + f"等{len(every)}项之一"
    return "或".join(filter(None, ["、".join(every[:-1]), every[-1]]))


def several(value: object) -> tuple[str, ...]:
    """金属冶炼、涉氨制冷: parted by 、 ， ； / or line breaks, each once."""
    parts = re.split(r"[、，,；;/\n|]+", text(value))
    return tuple(dict.fromkeys(part for part in map(str.strip, parts) if part))


def several_of(options: Mapping[str, T], aliases: Mapping[str, str] | None = None) -> Parser[tuple[T, ...]]:
    """Several of the labels, each given back as its value."""
    parse_one = choice(options, aliases)

    def parse(value: object) -> tuple[T, ...]:
        return tuple(dict.fromkeys(map(parse_one, several(value))))

    return parse
