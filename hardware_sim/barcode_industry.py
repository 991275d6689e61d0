"""More bar codes as strings of modules: UPC-E (ISO/IEC 15420), Codabar (EN 798), Code 93 (AIM USS-93)."""

from __future__ import annotations

from hardware_sim.barcode_bars import L_CODES, NotEncodableError, check_digit

PARITY_E = (  # by check digit, number system 0: E is the even (G) code, O the odd (L) one
    [
        "EEEOOO",
        "EEOEOO",
        "EEOOEO",
        "EEOOOE",
        "EOEEOO",
        "EOOEEO",
        "EOOOEE",
        "EOEOEO",
        "EOEOOE",
        "EOOEOE",
    ]
)
CHARACTERS_CODABAR = "0123456789-$:/.+ABCD"
WIDE_CODABAR = bytes.fromhex(  # which of the 7 elements are wide, bar first, highest bit first
    "03 06 09 60 12 42 21 24 30 48 0C 18 45 51 54 15 1A 29 0B 0E"
)
CHARACTERS_93 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_MODULES_93 = (  # 9 modules each, in that order, then the shifts ($) (%) (/) (+), then start and stop
    "114 148 144 142 128 124 122 150 112 10A 1A8 1A4 1A2 194 192 18A 168 164 162 134 11A 158 14C 146 "
    "12C 116 1B4 1B2 1AC 1A6 196 19A 16C 166 136 13A 12E 1D4 1D2 1CA 16E 176 1AE 126 1DA 1D6 132 15E"
)
MODULES_93 = [int(code, 16) for code in _MODULES_93.split()]
DOLLAR, PERCENT, SLASH, PLUS, STAR = 43, 44, 45, 46, 47
RANGES_93 = (  # characters from, to: their shift, and the letter of the first one
    ("\x00", "\x00", PERCENT, "U"),
    ("\x01", "\x1a", DOLLAR, "A"),
    ("\x1b", "\x1f", PERCENT, "A"),
    ("!", "#", SLASH, "A"),
    ("&", "*", SLASH, "F"),
    (",", ",", SLASH, "L"),
    (":", ":", SLASH, "Z"),
    (";", "?", PERCENT, "F"),
    ("@", "@", PERCENT, "V"),
    ("[", "_", PERCENT, "K"),
    ("`", "`", PERCENT, "W"),
    ("a", "z", PLUS, "A"),
    ("{", "\x7f", PERCENT, "P"),
)


def upce_digits(text: str) -> tuple[str, str]:
    """Give the six digits of a UPC-E code and its check digit.

    GS k [Notes], UPC-E: 6 digits, 7 or 8 with the number system 0 and the check digit, or the 11 or
    12 of a UPC-A that can be shortened.
    """
    if not (text.isascii() and text.isdigit()) or len(text) not in (6, 7, 8, 11, 12):
        raise NotEncodableError("6, 7, 8, 11 or 12 digits are needed")
    if len(text) > 6 and text[0] != "0":
        raise NotEncodableError("UPC-E needs number system 0")
    short = _shortened(text[:11]) if len(text) >= 11 else (text if len(text) == 6 else text[1:7])
    return short, check_digit(_lengthened(short))


def _lengthened(six: str) -> str:
    last = six[5]
    if last in "012":
        return f"0{six[:2]}{last}0000{six[2:5]}"
    if last == "3":
        return f"0{six[:3]}00000{six[3:5]}"
    if last == "4":
        return f"0{six[:4]}00000{six[4]}"
    return f"0{six[:5]}0000{last}"


def _shortened(eleven: str) -> str:
    maker, article = eleven[1:6], eleven[6:11]
    for six in (
        maker[:2] + article[2:] + maker[2],
        maker[:3] + article[3:] + "3",
        maker[:4] + article[4] + "4",
        maker + article[4],
    ):
        if _lengthened(six) == eleven:
            return six
    raise NotEncodableError("this number has too few zeros for UPC-E")


def upce(text: str) -> str:
    """Draw a UPC-E code."""
    six, check = upce_digits(text)
    bars = ""
    for digit, parity in zip(six, PARITY_E[int(check)], strict=True):
        code = L_CODES[int(digit)]
        inverse = "".join("10"[int(bit)] for bit in code)
        bars += code if parity == "O" else inverse[::-1]
    return f"101{bars}010101"


def codabar(text: str) -> str:
    """Draw Codabar, ratio 3 : 1; the data starts and ends with A, B, C or D (GS k [Notes])."""
    text = text.upper()
    inside = text[1:-1]
    ends = len(text) >= 2 and text[0] in "ABCD" and text[-1] in "ABCD"
    if not ends or any(c not in CHARACTERS_CODABAR[:16] for c in inside):
        raise NotEncodableError("Codabar starts and ends with A to D and holds digits and -$:/.+")
    return "0".join(_codabar_character(character) for character in text)


def _codabar_character(character: str) -> str:
    wide = WIDE_CODABAR[CHARACTERS_CODABAR.index(character)]
    return "".join(("1", "0")[i % 2] * (3 if wide >> (6 - i) & 1 else 1) for i in range(7))


def values93(data: bytes) -> list[int]:
    """Turn ASCII into Code 93 values, shifts included."""
    values: list[int] = []
    for character in data.decode("latin-1"):
        if character in CHARACTERS_93:
            values.append(CHARACTERS_93.index(character))
            continue
        for first, last, shift, letter in RANGES_93:
            if first <= character <= last:
                offset = ord(character) - ord(first)
                values += [shift, CHARACTERS_93.index(letter) + offset]
                break
        else:
            raise NotEncodableError("Code 93 has ASCII characters only")
    return values


def code93(data: bytes) -> str:
    """Draw Code 93 with its check characters C and K and its termination bar."""
    values = values93(data)
    if not values:
        raise NotEncodableError("Code 93 needs data")
    for longest in (20, 15):
        weights = (i % longest + 1 for i in range(len(values)))
        values.append(sum(w * v for w, v in zip(weights, reversed(values), strict=True)) % 47)
    return "".join(f"{MODULES_93[v]:09b}" for v in (STAR, *values, STAR)) + "1"
