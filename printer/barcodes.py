"""Bars as runs of modules: EAN-13 and Code 128-C, written from the symbologies' own tables."""

from __future__ import annotations

from printer.errors import CodeError

# Number set A (odd parity) of ISO/IEC 15420, table 1, as "space bar space bar" widths; set C is
# the same with bar and space exchanged, set B is set C mirrored.
EAN_SET_A = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
# Which of the six left digits take set B, by the first digit: ISO/IEC 15420, table 3.
EAN_PARITY = (
    "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB",
    "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA",
)  # fmt: skip
EAN_QUIET = (11, 7)  # modules left and right: GS1 General Specifications, 5.2.3.4

# Bar and space widths of the values 0 to 105 and of the stop: ISO/IEC 15417, table 1.
# fmt: off
CODE128 = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
)
# fmt: on
CODE128_START_C = 105
CODE128_STOP = "2331112"
CODE128_QUIET = (10, 10)  # modules: ISO/IEC 15417, 4.5


def ean13_modules(digits: str) -> str:
    """Give the 95 modules of an EAN-13 as "1" (bar) and "0", left to right.

    Raises:
        CodeError: not 13 digits, or the check digit is wrong.
    """
    if len(digits) != 13 or not is_digits(digits):
        raise CodeError("ean13", "needs 13 digits")
    if check_digit(digits[:12]) != digits[12]:
        raise CodeError("ean13", f"check digit of {digits} is wrong")
    parity = EAN_PARITY[int(digits[0])]
    left = [_left(int(digit), kind) for digit, kind in zip(digits[1:7], parity, strict=True)]
    right = [modules(EAN_SET_A[int(digit)], "1") for digit in digits[7:]]
    return "".join(["101", *left, "01010", *right, "101"])


def code128c_modules(digits: str) -> str:
    """Give the modules of a Code 128 in code set C, as `ean13_modules`.

    Raises:
        CodeError: not an even, positive number of digits.
    """
    values = code128c_values(digits)
    check = (CODE128_START_C + sum(at * value for at, value in enumerate(values, 1))) % 103
    symbols = [CODE128[value] for value in (CODE128_START_C, *values, check)]
    return "".join(modules(widths, "1") for widths in (*symbols, CODE128_STOP))


def code128c_values(digits: str) -> list[int]:
    """Give the pairs of digits as values from 0 to 99.

    Raises:
        CodeError: as `code128c_modules`.
    """
    if not digits or len(digits) % 2 or not is_digits(digits):
        raise CodeError("code128", "needs an even number of digits")
    return [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]


def check_digit(digits: str) -> str:
    """Give the GS1 check digit: weights 3 and 1 from the right (General Specifications, 7.9)."""
    total = sum(int(digit) * (3, 1)[at % 2] for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_digits(text: str) -> bool:
    """Tell whether there are only 0 to 9; str.isdigit takes other scripts' digits too."""
    return text.isascii() and text.isdigit()


def modules(widths: str, first: str) -> str:
    """Spell out widths ("212222") as modules, the first of them bar ("1") or space ("0")."""
    other = "10"[int(first)]
    return "".join((first, other)[at % 2] * int(width) for at, width in enumerate(widths))


def _left(digit: int, kind: str) -> str:
    if kind == "A":
        return modules(EAN_SET_A[digit], "0")
    return modules(EAN_SET_A[digit][::-1], "0")
