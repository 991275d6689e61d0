"""GS1 codes: element strings as GS k takes them, GS1-128, and the DataBar family (drawn by zxing-cpp).

GS k [Notes] for GS1-128 and GS1 DataBar Expanded: ( and ) are printed beside the bars and not
encoded, * stands for the check digit of what is before it, {1 is FNC1, {( {) {* {{ are the characters.
"""

from __future__ import annotations

import re

from hardware_sim.barcode_bars import NotEncodableError, check_digit, code128

FNC1 = "\x1d"
FIXED_LENGTHS = {  # GS1 General Specifications, figure 7.8.5-2: AI and data together, by two digits
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16,
    **dict.fromkeys(("11", "12", "13", "14", "15", "16", "17", "18", "19"), 8),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 10),
}  # fmt: skip
LONG_IDENTIFIERS = {  # how many digits an application identifier has that starts so; others have two
    **dict.fromkeys(("23", "24", "25", "40", "41", "42"), 3),
    **dict.fromkeys(
        ("31", "32", "33", "34", "35", "36", "39", "43", "70", "71", "72", "80", "81", "82"), 4
    ),
}
EXPANDED = re.compile(r"\{.|.", re.DOTALL)
DATABAR = {
    "DataBar Omnidirectional": "DataBarOmni",
    "DataBar Truncated": "DataBarOmni",
    "DataBar Limited": "DataBarLtd",
    "DataBar Expanded": "DataBarExp",
    "DataBar Stacked": "DataBarStk",
    "DataBar Stacked Omnidirectional": "DataBarStkOmni",
    "DataBar Expanded Stacked": "DataBarExpStk",
}


def elements(data: bytes) -> tuple[str, str]:
    """Give what is encoded, FNC1 as GS, and what is printed beside the bars."""
    encoded = shown = ""
    for token in EXPANDED.findall(data.decode("latin-1")):
        if token in ("(", ")"):
            shown += token
        elif token == "*":
            digits = encoded.rpartition(FNC1)[2]
            digits = digits[identifier_length(digits) :]
            if not digits.isdigit():
                raise NotEncodableError("* needs digits before it")
            encoded, shown = encoded + check_digit(digits), shown + check_digit(digits)
        elif token == "{1":
            encoded += FNC1
        elif len(token) == 2:
            if token[1] not in "(){*":
                raise NotEncodableError("a brace must be followed by 1, (, ), * or {")
            encoded, shown = encoded + token[1], shown + token[1]
        else:
            encoded, shown = encoded + token, shown + token
    if not encoded.strip(FNC1):
        raise NotEncodableError("no data")
    return encoded, shown


def identifier_length(text: str) -> int:
    """Say how many digits the application identifier at the start of a text has."""
    return LONG_IDENTIFIERS.get(text[:2], 2)


def in_parentheses(encoded: str) -> str:
    """Write element strings with their application identifiers in parentheses."""
    text = ""
    for part in encoded.split(FNC1):
        while part:
            ai = identifier_length(part)
            end = FIXED_LENGTHS.get(part[:2], len(part))
            text += f"({part[:ai]}){part[ai:end]}"
            part = part[end:]
    return text


def auto128(text: str, gs1: bool = False) -> bytes:
    """Choose code sets for Code 128 as GS k's own form takes them: C for four digits and more."""
    data, code_set = b"", ""
    runs = (
        re.findall(r"\d{4,}|\x1d|[^\d\x1d]+|\d{1,3}", text)
        if gs1
        else re.findall(r"\d{4,}|\D+|\d{1,3}", text)
    )
    for run in runs:
        if run == FNC1 and gs1:
            data += b"{1"
            continue
        pairs = len(run) // 2 * 2 if run.isdigit() and len(run) >= 4 else 0
        if pairs:
            data += b"" if code_set == "C" else b"{C"
            data += bytes(int(run[i : i + 2]) for i in range(0, pairs, 2))
            code_set = "C"
        for character in run[pairs:]:
            wanted = "A" if character < " " else "B"
            if code_set != wanted:
                data, code_set = data + f"{{{wanted}".encode(), wanted
            data += b"{{" if character == "{" else character.encode("latin-1")
    if gs1:
        data = data[:2] + b"{1" + data[2:] if data[:2] != b"{1" else b"{C{1" + data[2:]
    return data


def gs1_128(data: bytes) -> tuple[str, str]:
    """Give the readable text and the bars of GS1-128: FNC1 stands behind the start by itself."""
    encoded, shown = elements(data)
    return shown, code128(auto128(encoded.strip(FNC1), gs1=True))


def databar(system: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """Give the readable text and the rows of modules of a DataBar symbol.

    Omnidirectional, Truncated, Limited and Stacked carry a GTIN of 13 digits, whose check digit is
    added (GS k [Notes]); the Expanded ones carry element strings.
    """
    if "Expanded" in system:
        encoded, shown = elements(data)
        content = in_parentheses(encoded)
    else:
        digits = data.decode("latin-1")
        if not (digits.isascii() and digits.isdigit() and len(digits) == 13):
            raise NotEncodableError("13 digits are needed")
        content, shown = digits, f"(01){digits}{check_digit(digits)}"
    return shown, drawn_by_zxing(content, DATABAR[system])


def drawn_by_zxing(content: str | bytes, kind: str, **options: int) -> tuple[str, ...]:
    """Give a symbol's rows of modules."""
    try:
        import zxingcpp
    except ImportError:
        raise NotEncodableError("it needs zxing-cpp: pip install tillside[sim]") from None
    try:
        code = zxingcpp.create_barcode(content, getattr(zxingcpp.BarcodeFormat, kind), **options)
    except Exception as error:  # the library has no error of its own
        raise NotEncodableError(str(error).splitlines()[0]) from error
    drawn = code.to_image(scale=1, add_hrt=False, add_quiet_zones=False)
    height, width = drawn.shape
    levels = bytes(memoryview(drawn))  # type: ignore[arg-type]  # it has the buffer protocol
    return tuple(
        "".join("1" if level < 128 else "0" for level in levels[y * width : (y + 1) * width])
        for y in range(height)
    )
