"""What a printer's sensors say, as the bytes it sends.

Epson ESC/POS Command Reference, tables of DLE EOT, GS a, GS r, GS I; the fixed bits are those of
"Transmission Status Identification" (TM-T88III specification, Appendix G).
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware_sim.printer_models import Model

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
    hot_head: bool = False
    awaits_button: bool = False  # GS ^ with m = 1

    @property
    def error(self) -> bool:
        """Tell whether an error keeps it from printing."""
        return self.cutter_jam or self.hot_head

    @property
    def offline(self) -> bool:
        """Tell whether nothing is printed until something changes (TM-T88III specification, 1.12)."""
        away = self.switched_offline or self.awaits_button
        return self.paper_out or self.cover_open or away or self.error


def real_time_status(n: int, sensors: Sensors) -> bytes:
    """Answer DLE EOT n: 1 printer, 2 cause of being offline, 3 error, 4 roll paper."""
    bits = {
        1: (0x04, sensors.drawer_open, 0x08, sensors.offline),
        2: (0x04, sensors.cover_open, 0x20, sensors.paper_out, 0x40, sensors.error),
        3: (0x08, sensors.cutter_jam, 0x40, sensors.hot_head),
        4: (0x0C, sensors.paper_near_end or sensors.paper_out, 0x60, sensors.paper_out),
    }.get(n)
    return b"" if bits is None else bytes([FIXED_REAL_TIME | _sum(*bits)])


def automatic_status(sensors: Sensors) -> bytes:
    """Give the four bytes of automatic status: two of the printer, two of its paper."""
    return bytes(
        [
            FIXED_AUTOMATIC
            | _sum(0x04, sensors.drawer_open, 0x08, sensors.offline, 0x20, sensors.cover_open),
            _sum(0x08, sensors.cutter_jam, 0x40, sensors.hot_head),
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
    """Answer GS r n, ESC v or GS I n; an n out of range gets nothing."""
    if what in ("GS r", "ESC v"):
        paper = _sum(0x03, sensors.paper_near_end or sensors.paper_out, 0x0C, sensors.paper_out)
        drawer = bytes([int(sensors.drawer_open)])
        return {1: bytes([paper]), 49: bytes([paper]), 2: drawer, 50: drawer}.get(n, b"")
    ids = {1: model.model_id, 2: model.type_id, 3: 0x01}
    if n in (1, 2, 3, 49, 50, 51):
        return bytes([ids[n % 48]])
    words = {
        65: model.firmware,
        66: model.maker,
        67: model.claims or model.name,
        68: "SIM0000001",
        69: "CHINA GB18030" if model.multibyte else "",
    }
    return b"\x5f" + words[n].encode("ascii") + b"\0" if n in words else b""


def _sum(*pairs: int) -> int:
    return sum(bit for bit, on in zip(pairs[::2], pairs[1::2], strict=True) if on)
