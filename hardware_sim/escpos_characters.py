"""Which character a byte is: code tables (ESC t), national sets (ESC R), two-byte characters (FS &)."""

from __future__ import annotations

CODE_TABLES = {  # ESC t n, Epson's character code tables that Python knows
    0: "cp437",
    1: "katakana",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859-7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    37: "cp864",
    38: "cp869",
    39: "iso8859-2",
    40: "iso8859-15",
    44: "cp1125",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
    53: "kz1048",
}
KATAKANA_SHIFT = 0xFF61 - 0xA1  # JIS X 0201: half-width katakana stand at A1 to DF
NATIONAL_BYTES = b"#$@[\\]^`{|}~"
NATIONAL = (  # ESC R n: what these twelve are in each country
    "#$@[\\]^`{|}~",  # 0 USA
    "#$à°ç§^`éùè¨",  # 1 France
    "#$§ÄÖÜ^`äöüß",  # 2 Germany
    "£$@[\\]^`{|}~",  # 3 UK
    "#$@ÆØÅ^`æøå~",  # 4 Denmark I
    "#¤ÉÄÖÅÜéäöåü",  # 5 Sweden
    "#$@°\\é^ùàòèì",  # 6 Italy
    "₧$@¡Ñ¿^`¨ñ}~",  # 7 Spain I
    "#$@[¥]^`{|}~",  # 8 Japan
    "#¤ÉÆØÅÜéæøåü",  # 9 Norway
    "#$ÉÆØÅÜéæøåü",  # 10 Denmark II
    "#$á¡Ñ¿é`íñóú",  # 11 Spain II
    "#$á¡Ñ¿éüíñóú",  # 12 Latin America
    "#$@[₩]^`{|}~",  # 13 Korea
)
LEADS = range(0x81, 0xFF)  # the first of two bytes, in GB 18030 and its like


def single(data: bytes, code_table: int, country: int) -> str:
    """Decode bytes of one character each; one that the table lacks is U+FFFD."""
    name = CODE_TABLES[code_table]
    if name == "katakana":
        text = "".join(_katakana(byte) for byte in data)
    else:
        text = data.decode(name, errors="replace")
    if not country:
        return text
    changed = dict(zip(NATIONAL_BYTES, NATIONAL[country], strict=True))
    return "".join(changed.get(b, c) for b, c in zip(data, text, strict=True))


def _katakana(byte: int) -> str:
    if byte < 0x80:
        return chr(byte)
    return chr(byte + KATAKANA_SHIFT) if 0xA1 <= byte <= 0xDF else "�"


def split_double(data: bytes, code: str) -> tuple[list[tuple[bytes, str]], bytes]:
    """Part bytes into characters of one or two; give them, and a first byte that waits for its second."""
    found: list[tuple[bytes, str]] = []
    at = 0
    while at < len(data):
        size = 2 if data[at] in LEADS else 1
        if at + size > len(data):
            return found, data[at:]
        piece = data[at : at + size]
        found.append((piece, piece.decode(code, errors="replace")[:1] if size == 2 else ""))
        at += size
    return found, b""
