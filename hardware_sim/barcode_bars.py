"""Bar codes as strings of modules, "1" for ink, from the symbologies' own tables.

EAN-13, EAN-8, UPC-A: ISO/IEC 15420. Code 128: ISO/IEC 15417. Code 39: ISO/IEC 16388. ITF: ISO/IEC 16390.
"""

from __future__ import annotations

_L = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011"
_FIRST = "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL"
_WIDTHS_128 = (  # values 0 to 106: widths of bars and spaces in turn; 106 is the stop
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 "
    "112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 "
    "311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 "
    "112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 "
    "122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 "
    "124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_WIDE_39 = (  # which of the 9 elements are wide, in the order of CHARACTERS_39
    "000110100 100100001 001100001 101100000 000110001 100110000 001110000 000100101 100100100 "
    "001100100 100001001 001001001 101001000 000011001 100011000 001011000 000001101 100001100 "
    "001001100 000011100 100000011 001000011 101000010 000010011 100010010 001010010 000000111 "
    "100000110 001000110 000010110 110000001 011000001 111000000 010010001 110010000 011010000 "
    "010000101 110000100 011000100 010101000 010100010 010001010 000101010 010010100"
)
_WIDE_ITF = "00110 10001 01001 11000 00101 10100 01100 00011 10010 01010"

L_CODES, FIRST_DIGIT, WIDTHS_128 = _L.split(), _FIRST.split(), _WIDTHS_128.split()
WIDE_39, WIDE_ITF = _WIDE_39.split(), _WIDE_ITF.split()
CHARACTERS_39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*"
START_128 = {"A": 103, "B": 104, "C": 105}
SHIFT_TO = {99: "C", 100: "B", 101: "A"}  # values that change the code set


class NotEncodableError(ValueError):
    """The data does not fit the symbology."""


def check_digit(digits: str) -> str:
    """Give the GS1 check digit: weights 3 and 1 from the right (General Specifications, 7.9)."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def _right(code: str) -> str:
    return "".join("1" if bit == "0" else "0" for bit in code)


def _checked(text: str, length: int) -> str:
    if not (text.isascii() and text.isdigit() and len(text) in (length - 1, length)):
        raise NotEncodableError(f"{length} digits are needed")
    return text if len(text) == length else text + check_digit(text)


def ean13(text: str) -> str:
    """Draw 12 or 13 digits; a wrong 13th is printed as it came, as printers do."""
    digits = _checked(text, 13)
    left = ""
    for digit, parity in zip(digits[1:7], FIRST_DIGIT[int(digits[0])], strict=True):
        code = L_CODES[int(digit)]
        left += code if parity == "L" else _right(code)[::-1]
    return f"101{left}01010{''.join(_right(L_CODES[int(d)]) for d in digits[7:])}101"


def ean8(text: str) -> str:
    """Draw 7 or 8 digits."""
    digits = _checked(text, 8)
    left = "".join(L_CODES[int(d)] for d in digits[:4])
    return f"101{left}01010{''.join(_right(L_CODES[int(d)]) for d in digits[4:])}101"


def upca(text: str) -> str:
    """Draw 11 or 12 digits: an EAN-13 whose first digit is 0."""
    return ean13("0" + _checked(text, 12))


def _elements(widths: str) -> str:
    return "".join(("1", "0")[i % 2] * int(width) for i, width in enumerate(widths))


def code39(text: str) -> str:
    """Draw Code 39, ratio 3 : 1, start and stop added where they are missing."""
    body = text.strip("*")
    if any(character not in CHARACTERS_39[:-1] for character in body):
        raise NotEncodableError("Code 39 has no such character")
    widths = (WIDE_39[CHARACTERS_39.index(c)] for c in f"*{body}*")
    return "0".join(_elements(w.replace("1", "3").replace("0", "1")) for w in widths)


def itf(text: str) -> str:
    """Draw Interleaved 2 of 5, ratio 3 : 1; the number of digits must be even."""
    if not (text.isascii() and text.isdigit()) or len(text) % 2:
        raise NotEncodableError("an even number of digits is needed")
    widths = "0000"
    for bar, space in zip(text[::2], text[1::2], strict=True):
        pairs = zip(WIDE_ITF[int(bar)], WIDE_ITF[int(space)], strict=True)
        widths += "".join(b + s for b, s in pairs)
    return _elements((widths + "100").replace("1", "3").replace("0", "1"))


def values128(data: bytes) -> list[int]:
    """Turn GS k data for Code 128 into symbol values, start included.

    Epson, GS k [Notes] for CODE128: "{A", "{B", "{C" choose the set (one must come first), "{1" to
    "{4" are FNC1 to FNC4, "{S" shifts, "{{" is a brace; in set C each data byte 0 to 99 is a pair.
    """
    if data[:1] != b"{" or chr(data[1] if len(data) > 1 else 0) not in "ABC":
        raise NotEncodableError("Code 128 data must start with {A, {B or {C")
    code_set = chr(data[1])
    values, at = [START_128[code_set]], 2
    while at < len(data):
        if data[at : at + 1] == b"{":
            letter = data[at + 1 : at + 2]
            value, at = _special128(letter, code_set), at + 2
            code_set = letter.decode() if letter in (b"A", b"B", b"C") else code_set
        else:
            value, at = _plain128(data[at], code_set), at + 1
        values.append(value)
    return values


def _special128(letter: bytes, code_set: str) -> int:
    fnc4 = 101 if code_set == "A" else 100
    known = {b"1": 102, b"2": 97, b"3": 96, b"4": fnc4, b"S": 98, b"{": ord("{") - 32}
    known |= {b"A": 101, b"B": 100, b"C": 99}
    if letter not in known:
        raise NotEncodableError("a brace must be followed by A, B, C, S, 1-4 or {")
    return known[letter]


def _plain128(byte: int, code_set: str) -> int:
    if code_set == "C":
        if byte > 99:
            raise NotEncodableError("set C takes pairs from 0 to 99")
        return byte
    if code_set == "A" and byte < 32:
        return byte + 64
    if 32 <= byte < (96 if code_set == "A" else 128):
        return byte - 32
    raise NotEncodableError(f"set {code_set} has no such character")


def code128(data: bytes) -> str:
    """Draw Code 128 with its check character."""
    values = values128(data)
    check = (values[0] + sum(i * v for i, v in enumerate(values))) % 103
    return "".join(_elements(WIDTHS_128[v]) for v in (*values, check, 106))


def words128(data: bytes) -> str:
    """Say what Code 128 data reads as."""
    words, code_set = "", "B"
    for value in values128(data):
        if value in START_128.values():
            code_set = "ABC"[value - 103]
        elif value in SHIFT_TO and not (value == 100 and code_set == "B"):
            code_set = SHIFT_TO[value]
        elif code_set == "C":
            words += f"{value:02}" if value < 100 else ""
        elif value < 96:
            words += chr(value - 64 if code_set == "A" and value >= 64 else value + 32)
    return words
