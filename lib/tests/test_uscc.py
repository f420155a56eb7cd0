import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from lib import uscc

# domain-facts: the standard's own worked example, and three made to hit the edges.
GENUINE = ["91350100M000100Y43", "91371002MA3ABCDE1L", "91371083MA30001330", "91371003MA300007X3"]

letters = st.sampled_from(uscc.ALPHABET)
digits = st.sampled_from("0123456789")
bodies = st.builds(
    lambda head, region, rest: "".join([*head, *region, *rest]),
    st.lists(letters, min_size=2, max_size=2),
    st.lists(digits, min_size=6, max_size=6),
    st.lists(letters, min_size=9, max_size=9),
)


def remainder(code: str) -> int:
    """C18 + Σ Ci·3^(i-1) mod 31 by Horner's rule, without the table of weights: 0 for a right code."""
    total = 0
    for character in reversed(code[:17]):
        total = total * 3 + uscc.ALPHABET.index(character)
    return (total + uscc.ALPHABET.index(code[17])) % 31


@pytest.mark.parametrize("code", GENUINE)
def test_known_codes_are_valid(code):
    assert uscc.is_valid(code)
    assert uscc.shape_error(code) == ""
    assert uscc.check_error(code) == ""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("91350100M000100Y4", "3"),  # Σ 1640, 1640 mod 31 = 28
        ("91371002MA3ABCDE1", "L"),  # Σ 2150, mod 31 = 11 → 20 = L
        ("91371083MA3000133", "0"),  # Σ 1395 = 45·31: result 31 stands for 0
        ("91371003MA300007X", "3"),  # Σ 2105, mod 31 = 28
    ],
)
def test_check_character_by_hand(body, expected):
    assert uscc.check_character(body) == expected


def test_weights_are_those_printed_in_the_standard():
    assert uscc.WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def test_alphabet_is_31_characters_without_the_confusable_five():
    assert len(uscc.ALPHABET) == 31
    assert not set("IOSVZ") & set(uscc.ALPHABET)


@given(bodies)
def test_check_character_agrees_with_horner(body):
    assert remainder(body + uscc.check_character(body)) == 0


@given(bodies, letters)
def test_exactly_one_check_character_fits(body, last):
    assert uscc.is_valid(body + last) == (last == uscc.check_character(body))


@given(bodies, st.integers(0, 16), letters)
def test_one_wrong_character_is_always_noticed(body, position, other):
    code = body + uscc.check_character(body)
    changed = code[:position] + other + code[position + 1 :]

    assert (changed == code) == (not uscc.shape_error(changed) and not uscc.check_error(changed))


def test_wrong_check_digit_is_named():
    assert uscc.check_error("91350100M000100Y42") == "校验位应为“3”，现为“2”，请对照营业执照核对"


def test_genuine_code_that_fails_the_check_has_a_good_shape():
    """Reported from practice: shape refuses, the check digit only asks."""
    code = "91350211M0000XUF46"

    assert uscc.shape_error(code) == ""
    assert uscc.check_error(code) != ""


def test_position_17_is_not_checked():
    """The organisation code inside may break its own check."""
    body = "91371002MA3ABCDE"

    for character in uscc.ALPHABET:
        assert uscc.is_valid(body + character + uscc.check_character(body + character))


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", "应填写18位统一社会信用代码"),
        ("91350100M000100Y4", "应为18位，现为17位"),
        ("91350100M000100Y433", "应为18位，现为19位"),
        ("9135A100M000100Y43", "第5位应为数字，现为“A”"),
        ("91350100M0001O0Y43", "第14位“O”不是信用代码可用的字符，请核对是否为数字0"),
        ("I1350100M000100Y43", "第1位“I”不是信用代码可用的字符，请核对是否为数字1"),
        ("91350100M000100V43", "第16位“V”不是信用代码可用的字符"),
        ("91350100M000100Y4Z", "第18位“Z”不是信用代码可用的字符，请核对是否为数字2"),
        ("91350100M00威00Y43A", "第12位“威”不是信用代码可用的字符"),
        ("9.13501E+17", "已被Excel变成数字，请把该列设为文本格式后重新填写18位代码"),
    ],
)
def test_shape_error_names_the_problem(code, problem):
    assert uscc.shape_error(code) == problem


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        " 91350100M000100Y43 ",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "9135 0100 M000 100Y43",
        "91350100-M000100Y4-3",
        "\u3000913501\u200b00M000100Y43\n",
    ],
)
def test_normalise_brings_typed_codes_to_one_form(typed):
    assert uscc.normalise(typed) == "91350100M000100Y43"


def test_normalise_of_nothing_is_empty():
    assert uscc.normalise(None) == ""
    assert uscc.normalise("  ") == ""


def test_normalise_shows_a_number_cell_for_what_it_is():
    """A code of digits alone, kept by Excel as a number, has lost its last places."""
    assert "Excel" in uscc.shape_error(uscc.normalise(9.1350100000010e17))


@given(st.text(max_size=40))
def test_normalise_is_stable_and_shape_error_never_fails(text):
    once = uscc.normalise(text)

    assert uscc.normalise(once) == once or not once.isascii()
    assert isinstance(uscc.shape_error(once), str)


def test_validator_refuses_shape_only():
    uscc.validate_shape("91350211M0000XUF46")
    with pytest.raises(ValidationError, match="应为18位，现为17位"):
        uscc.validate_shape("91350100M000100Y4")


@pytest.mark.parametrize("position", range(1, 19))
@pytest.mark.parametrize("wrong", "IOSVZ!威")
def test_forbidden_character_is_named_with_its_place(position, wrong):
    code = GENUINE[0][: position - 1] + wrong + GENUINE[0][position:]
    problem = uscc.shape_error(code)

    assert problem.startswith(f"第{position}位")
    assert f"“{wrong}”" in problem


@pytest.mark.parametrize("position", range(3, 9))
def test_letter_in_the_region_is_named_with_its_place(position):
    code = GENUINE[0][: position - 1] + "A" + GENUINE[0][position:]

    assert uscc.shape_error(code) == f"第{position}位应为数字，现为“A”"


@pytest.mark.parametrize("length", [1, 15, 17, 19, 20])
def test_length_is_named(length):
    """15 is the length of the old registration number (工商注册号)."""
    assert uscc.shape_error("9" * length) == f"应为18位，现为{length}位"
