"""Pictures in the printer's own memory: what is stored there, and the commands that put it there.

A repeat of a stored picture costs eleven bytes. The memory wears (some 100,000 writes) and the
printer is deaf while it writes: sets are written while the lane is closed, listed and verified
before use. Commands are named as in Epson's ESC/POS reference, GS ( L / GS 8 L; replies are `37 ..
00` blocks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from msgspec import Struct

from printer.bitmap import Bitmap
from printer.realtime_safe import holds_realtime, make_safe

KEYS = range(32, 127)  # both bytes of a key: GS ( L, function 67
LONGEST_SHORT = 65_535  # GS ( L tells its length in two bytes; GS 8 L in four

Stored = Mapping[str, bytes]  # a picture's name -> its key in this printer


class Wanted(Struct, frozen=True):
    """What must be done to bring a printer's memory to a set: keys to delete, pictures to write."""

    delete: tuple[bytes, ...]
    write: tuple[tuple[bytes, Bitmap], ...]


def picture_name(bitmap: Bitmap) -> str:
    """Name a picture by its dots and size: any change of picture, printer or tone is another name."""
    head = bitmap.width.to_bytes(2, "little") + bitmap.height.to_bytes(2, "little")
    return hashlib.sha256(head + bitmap.rows).hexdigest()


def key_of(name: str, taken: Iterable[bytes] = ()) -> bytes:
    """Give a free key for a picture, begun at the one that its name says.

    Raises:
        ValueError: all 9,025 keys are taken.
    """
    used, many = set(taken), len(KEYS)
    start = int(name[:8], 16)
    for step in range(many * many):
        high, low = divmod((start + step) % (many * many), many)
        key = bytes((KEYS[high], KEYS[low]))
        if key not in used:
            return key
    raise ValueError("all keys of the NV memory are taken")


def wanted(
    ranked: Iterable[Bitmap],
    stored: Stored,
    listed: Iterable[bytes],
    room_bytes: int,
    others: Iterable[bytes] = (),
) -> Wanted:
    """Say what to delete and to write so that the best pictures that fit are stored.

    Args:
        ranked: the pictures, most useful first.
        stored: what was written and verified before, by name.
        listed: the keys that the printer itself says it holds (function 64).
        room_bytes: its NV graphics memory, less what others have there.
        others: keys that are not ours, as of the shop's logo: never deleted, never overwritten.
    """
    taken = tuple(others)
    kept = {name: key for name, key in stored.items() if key in set(listed)}
    chosen: dict[str, Bitmap] = {}
    used = 0
    for bitmap in ranked:
        size = len(bitmap.rows) + 16
        if used + size <= room_bytes and picture_name(bitmap) not in chosen:
            chosen[picture_name(bitmap)] = bitmap
            used += size
    stay = {kept[name] for name in chosen if name in kept}
    fresh: list[tuple[bytes, Bitmap]] = []
    for name, bitmap in chosen.items():
        if name not in kept:
            key = key_of(name, [*taken, *stay, *(key for key, _ in fresh)])
            fresh.append((key, bitmap))
    overwritten = {key for key, _ in fresh}
    gone = tuple(sorted(set(listed) - stay - overwritten - set(taken)))
    return Wanted(gone, tuple(fresh))


def define(key: bytes, bitmap: Bitmap) -> bytes:
    """Store a picture under a key: function 67, raster format, one colour."""
    rows = make_safe(bitmap.rows)[0]
    command = _define(key, bitmap.width, bitmap.height, rows)
    if holds_realtime(command):  # its own lengths spell one: one white row more spells another
        return _define(key, bitmap.width, bitmap.height + 1, rows + bytes(bitmap.stride))
    return command


def _define(key: bytes, width: int, height: int, rows: bytes) -> bytes:
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return _graphics(b"0C0" + key + b"\x01" + size + b"1" + rows)


def print_stored(key: bytes, times_x: int = 1, times_y: int = 1) -> bytes:
    """Print the picture of a key: function 69."""
    return _graphics(b"0E" + key + bytes((times_x, times_y)))


def delete(key: bytes) -> bytes:
    """Forget the picture of a key: function 66."""
    return _graphics(b"0B" + key)


def delete_all() -> bytes:
    """Forget all pictures: function 65."""
    return _graphics(b"0ACLR")


def ask_keys() -> bytes:
    """Ask which keys are stored: function 64; answered by `read_keys`."""
    return _graphics(b"0@KC")


def ask_room() -> bytes:
    """Ask how many bytes are free: function 51; answered by `read_room`."""
    return _graphics(b"03")


def ask_capacity() -> bytes:
    """Ask how many bytes there are: function 48; answered by `read_room`."""
    return _graphics(b"00")


def read_keys(block: bytes) -> tuple[tuple[bytes, ...], bool] | None:
    """Read a key list's block: `37 72`, whether more follow (41, else 40), pairs, `00`.

    The printer waits for an acknowledgement (06) before each further block. None where it is no
    such block.
    """
    if len(block) < 4 or block[:2] != b"7r" or block[2] not in b"@A" or block[-1]:
        return None
    pairs = block[3:-1]
    if len(pairs) % 2:
        return None
    return tuple(pairs[at : at + 2] for at in range(0, len(pairs), 2)), block[2] == 0x41


def read_room(block: bytes) -> int | None:
    """Read a capacity's block: `37`, `30` (all) or `33` (free), decimal digits, `00`."""
    digits = block[2:-1]
    good = block[:2] in (b"70", b"73") and block[-1:] == b"\0" and digits.isdigit()
    return int(digits) if good else None


def _graphics(body: bytes) -> bytes:
    if len(body) <= LONGEST_SHORT:
        return b"\x1d(L" + len(body).to_bytes(2, "little") + body
    return b"\x1d8L" + len(body).to_bytes(4, "little") + body
