"""A tiny reader of ESC/POS, from Epson's command descriptions and nothing of the product.

It knows the commands that a coupon needs, keeps the modes, and draws rasters dot by dot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# Commands of a fixed length, by their first two bytes: how many parameters follow.
FIXED = {
    b"\x1bJ": 1, b"\x1b3": 1, b"\x1b2": 0, b"\x1bE": 1, b"\x1bM": 1, b"\x1ba": 1, b"\x1bt": 1,
    b"\x1b!": 1, b"\x1bR": 1, b"\x1b{": 1, b"\x1bV": 1, b"\x1b ": 1, b"\x1b-": 1, b"\x1bG": 1,
    b"\x1b@": 0, b"\x1d!": 1, b"\x1dL": 2, b"\x1dW": 2, b"\x1dP": 2, b"\x1dB": 1, b"\x1dH": 1,
    b"\x1dh": 1, b"\x1dw": 1, b"\x1df": 1, b"\x1dr": 1, b"\x1da": 1, b"\x1dI": 1, b"\x1c.": 0,
    b"\x1c&": 0, b"\x10\x04": 1,
}  # fmt: skip


# Commands whose length is in them: how many bytes tell it, and the length then.
VARIABLE = {
    b"\x1dv": (8, lambda c: 8 + (c[4] + 256 * c[5]) * (c[6] + 256 * c[7])),
    b"\x1d8": (7, lambda c: 7 + int.from_bytes(c[3:7], "little")),
    b"\x1d(": (5, lambda c: 5 + c[3] + 256 * c[4]),
    b"\x1dV": (3, lambda c: 4 if c[2] in (65, 66) else 3),
    b"\x1dk": (4, lambda c: 4 + c[3]),
}


def length_at(data: bytes, at: int) -> int | None:
    """Give the length of the command at a place, None if it is not all there yet."""
    if data[at] not in b"\x1b\x1d\x1c\x10":
        return 1
    head = data[at : at + 2]
    if len(head) < 2:
        return None
    if head in FIXED:
        needed = 2 + FIXED[head]
    elif head not in VARIABLE:
        raise ValueError(f"unknown command {data[at : at + 4].hex(' ')} at {at}")
    else:
        enough, length = VARIABLE[head]
        if len(data) - at < enough:
            return None
        needed = length(data[at : at + enough])
    return needed if len(data) - at >= needed else None


def commands(data: bytes) -> Iterator[bytes]:
    """Give the commands one by one; single bytes are text or line ends."""
    at = 0
    while at < len(data):
        length = length_at(data, at)
        if length is None:
            raise ValueError(f"broken off at {at}: {data[at : at + 8].hex(' ')}")
        yield data[at : at + length]
        at += length


@dataclass
class Paper:
    """What came out."""

    codec: str = "cp1252"
    rows: list[set[int]] = field(default_factory=list)  # x of the black dots, row by row
    lines: list[str] = field(default_factory=list)
    line_modes: list[dict[bytes, bytes]] = field(default_factory=list)
    codes: list[tuple[str, str]] = field(default_factory=list)
    cuts: int = 0
    modes: dict[bytes, bytes] = field(default_factory=dict)
    letters: bytearray = field(default_factory=bytearray)
    stored: bytes = b""
    nv: dict[bytes, bytes] = field(default_factory=dict)  # key -> size, colour, rows

    def dots(self) -> set[tuple[int, int]]:
        """Give all black dots as (x, y)."""
        return {(x, y) for y, row in enumerate(self.rows) for x in row}

    def obey(self, command: bytes) -> None:
        """Carry out one command."""
        if command == b"\0":
            return  # no character: a printer passes over it
        if len(command) == 1 and command != b"\n":
            self.letters += command
        else:
            OBEY.get(command[:2], Paper.set_mode)(self, command)

    def set_mode(self, command: bytes) -> None:
        """Keep a mode."""
        assert not (self.letters and command[:2] == b"\x1dL"), "GS L only at a line's start"
        self.modes[command[:2]] = command[2:]

    def set_style(self, command: bytes) -> None:
        """Keep what ESC ! sets at once: font, emphasis, double height and width."""
        bits = command[2]
        self.modes[b"\x1bM"] = bytes([bits & 1])
        self.modes[b"\x1bE"] = bytes([bits >> 3 & 1])
        self.modes[b"\x1d!"] = bytes([(bits >> 5 & 1) << 4 | bits >> 4 & 1])

    def end_line(self, _: bytes) -> None:
        """Feed one line."""
        self.lines.append(self.letters.decode(self.codec))
        self.line_modes.append(dict(self.modes))
        tall = 24 * ((self.modes.get(b"\x1d!", b"\0")[0] & 7) + 1)  # a tall line feeds its height
        self.rows += [set() for _ in range(max(tall, self.modes.get(b"\x1b3", b"\x1e")[0]))]
        self.letters.clear()

    def feed(self, command: bytes) -> None:
        """Feed dots: ESC J."""
        self.rows += [set() for _ in range(command[2])]

    def raster(self, command: bytes) -> None:
        """Print a bit image: GS v 0."""
        assert not self.letters, "GS v 0 only at a line's start"
        draw(
            self,
            command[4] + 256 * command[5],
            command[8:],
            1 + (command[3] & 1),
            1 + (command[3] >> 1),
        )

    def store(self, command: bytes) -> None:
        """Store graphics: GS 8 L, function 112."""
        self.stored = command[7:]

    def parenthesis(self, command: bytes) -> None:
        """Print stored graphics, GS ( L function 50, or keep a QR code's data, GS ( k function 180."""
        if command[2:3] == b"L" and command[6:7] == b"E":
            key, stored = command[7:9], self.nv[command[7:9]]
            assert command[9:] == b"\x01\x01", key
            draw(self, (stored[0] + 256 * stored[1] + 7) // 8, stored[5:], 1, 1)
        elif command[2:3] == b"L" and command[6:7] == b"C":
            assert (command[5:8], command[10:11], command[15:16]) == (b"0C0", b"\x01", b"1")
            self.nv[command[8:10]] = command[11:]
        elif command[2:3] == b"L":
            stored = self.stored
            assert (command[5:], stored[:3], stored[5:6]) == (b"02", b"0p0", b"1")
            width = (stored[6] + 256 * stored[7] + 7) // 8
            assert len(stored) == 10 + width * (stored[8] + 256 * stored[9])
            draw(self, width, stored[10:], stored[3], stored[4])
        elif command[2:3] == b"k" and command[5:8] == b"1P0":
            self.codes.append(("qr", command[8:].decode()))

    def bars(self, command: bytes) -> None:
        """Print a barcode: GS k, form B."""
        self.codes.append(({67: "ean13", 73: "code128"}[command[2]], command[4:].decode("latin-1")))

    def cut(self, _: bytes) -> None:
        """Cut: GS V."""
        self.cuts += 1


OBEY = {
    b"\n": Paper.end_line,
    b"\x1b!": Paper.set_style,
    b"\x1bJ": Paper.feed,
    b"\x1dv": Paper.raster,
    b"\x1d8": Paper.store,
    b"\x1d(": Paper.parenthesis,
    b"\x1dk": Paper.bars,
    b"\x1dV": Paper.cut,
}


def read(data: bytes, codec: str = "cp1252") -> Paper:
    """Read a job that begins at a line's start."""
    paper = Paper(codec)
    for command in commands(data):
        paper.obey(command)
    return paper


def draw(paper: Paper, width: int, data: bytes, times_x: int, times_y: int) -> None:
    """Draw raster rows below what is there, from the left margin."""
    margin = int.from_bytes(paper.modes.get(b"\x1dL", b"\0\0"), "little")
    area = int.from_bytes(paper.modes.get(b"\x1dW", b"\x40\x02"), "little")
    spare = area - margin - width * 8 * times_x
    margin += (0, spare // 2, spare)[paper.modes.get(b"\x1ba", b"\0")[0]]
    for at in range(0, len(data), width):
        row = {
            margin + (8 * column + bit) * times_x + wide
            for column, byte in enumerate(data[at : at + width])
            for bit in range(8)
            if byte & 0x80 >> bit
            for wide in range(times_x)
        }
        paper.rows += [set(row) for _ in range(times_y)]
