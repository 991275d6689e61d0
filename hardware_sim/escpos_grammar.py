"""Where each ESC/POS command ends. Source: Epson ESC/POS Command Reference, [Format] of each command.

A measure looks at what has arrived of a command and says how long it is at least; when that many
bytes are there and it still says so, the command is whole. Nothing here knows what a command does.
"""

from __future__ import annotations

from collections.abc import Callable

Data = bytes | bytearray
Measure = Callable[[Data], int]

MAX_NUL_TERMINATED = 260  # GS k form A carries at most 255 characters of data
MAX_STORED_BYTES = 1 << 19  # more than any page of this paper; longer blocks are skipped, not kept
ESC, GS, FS, DLE = 0x1B, 0x1D, 0x1C, 0x10


def fixed(parameters: int) -> Measure:
    """Make the measure of a command with so many parameter bytes."""
    return lambda _data: 2 + parameters


def barcode(data: Data) -> int:
    """Measure GS k: form A (m <= 6) ends with NUL, form B (m >= 65) states its length."""
    if len(data) < 3:
        return 3
    if data[2] <= 6:
        end = data.find(0, 3)
        return end + 1 if end >= 0 else min(len(data) + 1, MAX_NUL_TERMINATED)
    if 65 <= data[2] <= 79:
        return 4 + data[3] if len(data) > 3 else 4
    return 3


def counted16(data: Data) -> int:
    """Measure ESC/FS/GS ( x pL pH ...: a 16-bit length follows the letter."""
    return 5 + int.from_bytes(data[3:5], "little") if len(data) >= 5 else 5


def counted32(data: Data) -> int:
    """Measure GS 8 x p1 p2 p3 p4 ...: a 32-bit length follows the letter."""
    return 7 + int.from_bytes(data[3:7], "little") if len(data) >= 7 else 7


def bit_image(data: Data) -> int:
    """Measure ESC * m nL nH d...: 1 byte a column in 8-dot modes, 3 in 24-dot modes."""
    if len(data) < 5:
        return 5
    return 5 + int.from_bytes(data[3:5], "little") * (3 if data[2] in (32, 33) else 1)


def raster(data: Data) -> int:
    """Measure GS v 0 up to its header; its rows are read one by one."""
    return 8 if len(data) < 3 or data[2] == 0x30 else 3


def user_characters(data: Data) -> int:
    """Measure ESC & y c1 c2 [x d1...d(y*x)] for each character from c1 to c2."""
    if len(data) < 5:
        return 5
    end = 5
    for _ in range(data[3], data[4] + 1):
        if end >= len(data):
            return end + 1
        end += 1 + data[end] * data[2]
    return end


def download_image(data: Data) -> int:
    """Measure GS * x y d...: x * y * 8 bytes."""
    return 4 + data[2] * data[3] * 8 if len(data) >= 4 else 4


def nv_images(data: Data) -> int:
    """Measure FS q n [xL xH yL yH d...] for each of n pictures."""
    if len(data) < 3:
        return 3
    end = 3
    for _ in range(data[2]):
        if end + 4 > len(data):
            return end + 4
        columns = int.from_bytes(data[end : end + 2], "little")
        end += 4 + columns * int.from_bytes(data[end + 2 : end + 4], "little") * 8
    return end


def cut(data: Data) -> int:
    """Measure GS V: functions B, C and D (m >= 65) carry a distance."""
    if len(data) < 3:
        return 3
    return 4 if data[2] in (65, 66, 97, 98, 103, 104) else 3


def real_time(data: Data) -> int:
    """Measure a DLE command met in its turn; it was executed when it was received."""
    if len(data) < 3:
        return 3
    if data[1] == 0x14:
        return {1: 5, 2: 5, 3: 8, 7: 4, 8: 10}.get(data[2], 3)
    return 4 if data[1] == 0x04 and data[2] in (7, 8, 18) else 3


def memory(data: Data) -> int:
    """Measure FS g 1 (write user memory) and FS g 2 (read it)."""
    if len(data) < 3:
        return 3
    if data[2] == 0x32:
        return 10
    return 10 + int.from_bytes(data[8:10], "little") if len(data) >= 10 else 10


def tabs(data: Data) -> int:
    """Measure ESC D n1...nk NUL, at most 32 stops; a stop not above the one before ends it."""
    for index in range(2, len(data)):
        if data[index] == 0:
            return index + 1
        if index - 2 >= 32 or (index > 2 and data[index] <= data[index - 1]):
            return index
    return len(data) + 1


def _letters(letters: str, measure: Measure, lead: int) -> dict[bytes, Measure]:
    return {bytes((lead, ord(letter))): measure for letter in letters}


MEASURES: dict[bytes, Measure] = {
    **_letters("@2<LSimuv\x0c", fixed(0), ESC),
    **_letters(" !%-3=?EGJKMRTUVadert{", fixed(1), ESC),
    **_letters("$\\", fixed(2), ESC),
    **_letters("p", fixed(3), ESC),
    **_letters("W", fixed(8), ESC),
    **_letters("c", fixed(2), ESC),
    **_letters("*", bit_image, ESC),
    **_letters("&", user_characters, ESC),
    **_letters("D", tabs, ESC),
    **_letters("(", counted16, ESC),
    **_letters("&.", fixed(0), FS),
    **_letters("!-?CW", fixed(1), FS),
    **_letters("Sp", fixed(2), FS),
    **_letters("2", fixed(74), FS),
    **_letters("q", nv_images, FS),
    **_letters("g", memory, FS),
    **_letters("(", counted16, FS),
    **_letters(":c", fixed(0), GS),
    **_letters("!/BHIT|abfhrwE", fixed(1), GS),
    **_letters("$LPW\\", fixed(2), GS),
    **_letters("^", fixed(3), GS),
    **_letters("g", fixed(4), GS),
    **_letters("*", download_image, GS),
    **_letters("V", cut, GS),
    **_letters("k", barcode, GS),
    **_letters("v", raster, GS),
    **_letters("(", counted16, GS),
    **_letters("8", counted32, GS),
    **_letters("\x04\x05\x14", real_time, DLE),
}

CONTROLS = frozenset({0x09, 0x0A, 0x0C, 0x0D, 0x18})  # HT LF FF CR CAN: commands of one byte
LEADS = frozenset({ESC, GS, FS, DLE})


def measure(data: Data) -> int:
    """Say how many bytes the command at the start of `data` has at least.

    An unknown second byte makes a command of two: what follows is read as data, as printers do.
    """
    if data[0] not in LEADS:
        return 1
    if len(data) < 2:
        return 2
    known = MEASURES.get(bytes(data[:2]))
    return known(data) if known else 2


def is_known(data: Data) -> bool:
    """Tell whether the command at the start of `data` is in the table."""
    return data[0] in CONTROLS or bytes(data[:2]) in MEASURES
