"""What a printer's sensors say, as the bytes it sends.

Epson ESC/POS Command Reference, tables of DLE EOT, GS a, GS r, GS I; the fixed bits are those of
"Transmission Status Identification" (TM-T88III specification, Appendix G).
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware_sim.escpos_modes import Model

FIXED_REAL_TIME = 0x12  # DLE EOT: 0xx1xx10
FIXED_AUTOMATIC = 0x10  # first byte of automatic status: 0xx1xx00
CLEARED = b"\x37\x25\x00"  # the clear response of DLE DC4 <Function 8>


@dataclass(frozen=True, slots=True)
class Sensors:
    """What the printer can feel; all False is a printer at rest."""

    paper_out: bool = False
    paper_near_end: bool = False
    cover_open: bool = False
    switched_offline: bool = False
    cutter_jam: bool = False
    drawer_open: bool = False

    @property
    def offline(self) -> bool:
        """Tell whether nothing is printed until someone comes."""
        return self.paper_out or self.cover_open or self.switched_offline or self.cutter_jam


def real_time_status(n: int, sensors: Sensors) -> bytes:
    """Answer DLE EOT n: 1 printer, 2 cause of being offline, 3 error, 4 roll paper."""
    bits = {
        1: (0x04, sensors.drawer_open, 0x08, sensors.offline),
        2: (0x04, sensors.cover_open, 0x20, sensors.paper_out, 0x40, sensors.cutter_jam),
        3: (0x08, sensors.cutter_jam),
        4: (0x0C, sensors.paper_near_end or sensors.paper_out, 0x60, sensors.paper_out),
    }.get(n)
    return b"" if bits is None else bytes([FIXED_REAL_TIME | _sum(*bits)])


def automatic_status(sensors: Sensors) -> bytes:
    """Give the four bytes of automatic status: two of the printer, two of its paper."""
    return bytes(
        [
            FIXED_AUTOMATIC
            | _sum(0x04, sensors.drawer_open, 0x08, sensors.offline, 0x20, sensors.cover_open),
            _sum(0x08, sensors.cutter_jam),
            _sum(0x03, sensors.paper_near_end or sensors.paper_out, 0x0C, sensors.paper_out),
            0,
        ]
    )


def watched(mask: int, sensors: Sensors) -> bytes:
    """Give the part of the automatic status whose change GS a `mask` reports."""
    kept = bytes(
        [
            _sum(0x04, bool(mask & 1), 0x68, bool(mask & 2)),
            _sum(0x6C, bool(mask & 4), 0x02, bool(mask & 0x40)),
            _sum(0x0F, bool(mask & 8)),
            0,
        ]
    )
    return bytes(a & b for a, b in zip(automatic_status(sensors), kept, strict=True))


def answer(what: str, n: int, sensors: Sensors, model: Model) -> bytes:
    """Answer GS r n or GS I n; an n out of range gets nothing."""
    if what == "GS r":
        paper = _sum(0x03, sensors.paper_near_end or sensors.paper_out, 0x0C, sensors.paper_out)
        drawer = bytes([int(sensors.drawer_open)])
        return {1: bytes([paper]), 49: bytes([paper]), 2: drawer, 50: drawer}.get(n, b"")
    ids = {1: model.model_id, 2: model.type_id, 3: 0x01}
    if n % 48 in ids and n in (1, 2, 3, 49, 50, 51):
        return bytes([ids[n % 48]])
    words = {65: "1.00 SIM", 66: model.maker, 67: model.name, 68: "SIM0000001"}
    return b"\x5f" + words[n].encode("ascii") + b"\0" if n in words else b""


def _sum(*pairs: int) -> int:
    return sum(bit for bit, on in zip(pairs[::2], pairs[1::2], strict=True) if on)
