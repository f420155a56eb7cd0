"""统一社会信用代码, GB 32100-2015: its shape and the check digit of position 18."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
REGION = range(3, 9)  # positions of the 行政区划码: digits only

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = {"O": "数字0", "I": "数字1", "Z": "数字2", "S": "数字5"}
_IGNORED = re.compile(r"[\s\-‐-―\u200b-\u200f\u2060\ufeff]+")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+")


def normalise(text: object) -> str:
    """Half-width, upper case, without spaces and hyphens; None becomes ""."""
    half_width = unicodedata.normalize("NFKC", "" if text is None else str(text))
    return _IGNORED.sub("", half_width).upper()


def shape_error(code: str) -> str:
    """What is wrong with the shape of a normalised code; "" if nothing is.

    Shape is certain: a code refused here is never a genuine one.
    """
    if not code:
        return "应填写18位统一社会信用代码"
    if _SCIENTIFIC.fullmatch(code):
        return "已被Excel变成数字，请把该列设为文本格式后重新填写18位代码"
    if len(code) != 18:
        return f"应为18位，现为{len(code)}位"
    return next(filter(None, map(_character_error, range(1, 19), code)), "")


def _character_error(position: int, character: str) -> str:
    if position in REGION:
        fits = character in "0123456789"
        return "" if fits else f"第{position}位应为数字，现为“{character}”"
    if character in _VALUES:
        return ""
    hint = _LOOKALIKES.get(character)
    advice = f"，请核对是否为{hint}" if hint else ""
    return f"第{position}位“{character}”不是信用代码可用的字符{advice}"


def check_character(body: str) -> str:
    """The 18th character for the first 17.

    31 − (Σ Ci·Wi mod 31); a result of 31 stands for 0. Position 17, the check
    character of the older organisation code, is not looked at: GB 11714 codes
    given out before the reform break it.
    """
    total = sum(_VALUES[character] * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def check_error(code: str) -> str:
    """What is wrong with the check digit of a well-shaped code; "" if nothing is.

    A few genuine codes fail (91350211M0000XUF46), so an operator may confirm.
    """
    expected = check_character(code[:17])
    if code[17] == expected:
        return ""
    return f"校验位应为“{expected}”，现为“{code[17]}”，请对照营业执照核对"


def is_valid(code: str) -> bool:
    """Shape and check digit of a normalised code."""
    return not shape_error(code) and not check_error(code)


def validate_shape(code: str) -> None:
    """Validator of model and form fields; the check digit is the form's question."""
    if problem := shape_error(code):
        raise ValidationError(problem, code="uscc_shape")
