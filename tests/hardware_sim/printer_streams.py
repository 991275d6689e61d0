"""Streams for the laws: every kind of command there is, whole, broken and in noise."""

from __future__ import annotations

from random import Random

GRAPHICS = b"0p0\x01\x011\x08\x00\x02\x00\x10\x04"
NV = b"0C0G1\x01\x08\x00\x02\x001\xf0\x0f"
DOWNLOAD = b"0S0D1\x01\x08\x00\x02\x001\xaa\x55"
COMMANDS = [
    b"Hello 20 % off\n",
    b"caf\x82 \xd6\xd0\xb9\n",
    b"\x1b@",
    b"\x1ba\x01",
    b"\x1b!\x38wide\n",
    b"\x1d!\x11",
    b"\x1dL\x10\x00\x1dW\x00\x02",
    b"\x1dv0\x00\x02\x00\x03\x00\x10\x04\x01\xff\x00\x10",
    b"\x04\x02",
    b"\x1b*\x21\x02\x00\x01\x02\x03\x04\x05\x06\n",
    b"\x1dk\x024006381333931\x00",
    b"\x1dk\x49\x06{B12ab",
    b"\x1dk\x48\x04Co93",
    b"\x1dk\x42\x06123456",
    b"\x1dH\x03\x1dh\x20\x1dw\x02",
    b"\x1d(k\x08\x001P0https",
    b"\x1d(k\x03\x001Q0",
    b"\x1d(k\x08\x000P0https\x1d(k\x03\x000Q0",
    b"\x1d(L" + len(GRAPHICS).to_bytes(2, "little") + GRAPHICS,
    b"\x1d8L" + len(GRAPHICS).to_bytes(4, "little") + GRAPHICS,
    b"\x1d(L\x02\x0002",
    b"\x1d(L" + len(NV).to_bytes(2, "little") + NV,
    b"\x1d(L" + len(DOWNLOAD).to_bytes(2, "little") + DOWNLOAD,
    b"\x1d(L\x06\x000EG1\x02\x01",
    b"\x1d(L\x06\x000UD1\x01\x02",
    b"\x1d(L\x04\x000@KC\x06",
    b"\x1d(L\x02\x0003",
    b"\x1cq\x01\x01\x00\x01\x00" + b"\x81" * 8,
    b"\x1cp\x01\x00",
    b"\x1d*\x01\x02" + b"\x7e" * 16 + b"\x1d/\x00",
    b"\x1b&\x03AB\x02\x01\x02\x03\x04\x05\x06\x01\xff\xff\xff\x1b%\x01ABC\n",
    b"\x1bR\x02[\\]\n",
    b"\x1bt\x10\x80\n",
    b"\x1c&\xd6\xd0\x1c.",
    b"\x1bV\x01turned\n\x1bV\x00",
    b"\x1b{\x01down\n\x1b{\x00",
    b"\x1bL",
    b"\x1bW\x0a\x00\x14\x00\x64\x00\x50\x00",
    b"\x1bT\x01",
    b"\x1d$\x20\x00\x1b$\x10\x00",
    b"\x1d\\\xf0\xff",
    b"\x0c",
    b"\x1b\x0c",
    b"\x18",
    b"\x1bS",
    b"\x1d:macro\n\x1d:",
    b"\x1d^\x02\x00\x00",
    b"\x1dVB\x00",
    b"\x1dV\x00",
    b"\x10\x04\x01",
    b"\x10\x05\x01",
    b"\x10\x14\x01\x00\x01",
    b"\x1dr\x01",
    b"\x1dIC",
    b"\x1da\xff",
    b"\x1d(H\x06\x0000abcd",
    b"\x1bD\x08\x10\x00\tx\n",
    b"\x1bp\x00\x10\x10",
    b"\x1bJ\x10\x1bd\x02",
]


def mixed(random: Random, pieces: int) -> bytes:
    """Give commands, halves of commands and noise in any order."""
    found = b""
    for _ in range(pieces):
        command = random.choice(COMMANDS)
        kind = random.random()
        if kind < 0.15:
            found += random.randbytes(random.randrange(12))
        elif kind < 0.25:
            found += command[: random.randrange(len(command) + 1)]
        else:
            found += command
    return found


def cut_up(data: bytes, random: Random) -> list[bytes]:
    """Cut a stream anywhere."""
    pieces = []
    while data:
        size = random.choice((1, 2, 3, 7, 64, 1000))
        pieces.append(data[:size])
        data = data[size:]
    return pieces
