"""The printers that are stood in for: what their makers say of them, one value a fact.

Sources: TM-T88III specification rev. B (1.7 printing and cutting positions, 1.8 internal buffer, 3.1
interfaces), TM-T88V, TM-T88VI and TM-T20III technical reference guides (specifications, NV memory),
ESC/POS Command Reference. The clones and the 58 mm printers have no maker's document: their values
are those that sellers' pages repeat. What no document says is marked "assumed".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ASSUMED_CUT_S = 0.4  # assumed: no document gives the cutter's time
ASSUMED_NV_BYTES_PER_S = 16_384  # assumed: flash of its day, erase included
NV_REWRITES = 100_000  # TM-T88V technical reference guide, "NV Memory": about so many rewrites
MM_PER_INCH = 25.4

TABLES_T88III = frozenset({0, 1, 2, 3, 4, 5, 16, 17, 18, 19})
TABLES_ALL = TABLES_T88III | {13, 14, 15, 33, 34, 35, 36, 37, 38, 39, 40, 44, *range(45, 54)}
TABLES_CLONE = frozenset({0, 2, 3, 4, 5, 16, 17, 18, 19})
EVERY_ANSWER = frozenset(
    {"DLE EOT", "GS a", "GS r", "GS I", "GS ( H", "GS ( L", "ESC v", "DLE DC4"}
)
NO_SUCH_COMMANDS_T88III = frozenset({"GS ( L", "GS ( H", "GS ( k", "DataBar"})


@dataclass(frozen=True)
class Model:
    """What the hardware is: paper, resolution, memory, speed, and what it answers.

    Args:
        unit_x: horizontal motion unit after power-on, as a part of an inch (GS P).
        unit_y: the vertical one.
        speed_mm_s: the head at its best.
        peak_dots: how many dots of a row are heated at once at that speed; a darker row takes
            longer in proportion (assumed: half the row, the usual dimension of a power supply).
        full_mark_bytes: the receive buffer is BUSY when so few bytes are left in it.
        release_mark_bytes: it is released when so many are.
        lacks: commands that it does not know, by family.
        answers: the replies that it can give; a mute clone gives none.
        reads_ahead: a clone's trick: everything is interpreted and answered when it arrives, though
            nothing is printed yet, or can be.
        multibyte: the code of its two-byte characters (FS &), "" where it has none.
    """

    name: str
    width_dots: int
    dpi: int
    unit_x: int
    unit_y: int
    speed_mm_s: float
    peak_dots: int
    buffer_bytes: int = 4096
    full_mark_bytes: int = 128
    release_mark_bytes: int = 256
    has_cutter: bool = True
    blade_mm: float = 15.0
    cut_s: float = ASSUMED_CUT_S
    nv_bytes: int = 262_144
    nv_bytes_per_s: int = ASSUMED_NV_BYTES_PER_S
    download_bytes: int = 12_288
    macro_bytes: int = 2048
    page_height_dots: int = 831  # ESC W [Default]: dy = 1662 units of 1/360 inch
    code_tables: frozenset[int] = TABLES_ALL
    lacks: frozenset[str] = frozenset()
    answers: frozenset[str] = EVERY_ANSWER
    reads_ahead: bool = False
    multibyte: str = ""
    multibyte_at_start: bool = False
    maker: str = "EPSON"
    claims: str = ""  # the model name in GS I 67 where it is not the name
    model_id: int = 0x20
    firmware: str = "1.00 SIM"

    @property
    def dots_per_s(self) -> float:
        """Give the head's best speed in rows of dots."""
        return self.speed_mm_s * self.dpi / MM_PER_INCH

    @property
    def blade_dots(self) -> int:
        """Give the distance from the head to the cutter."""
        return int(self.blade_mm * self.dpi / MM_PER_INCH)

    @property
    def type_id(self) -> int:
        """Answer GS I 2: bit 0 two-byte characters, bit 1 autocutter."""
        return (1 if self.multibyte else 0) | (2 if self.has_cutter else 0)


TM_T88V = Model("TM-T88V", 512, 180, 180, 360, speed_mm_s=300, peak_dots=256)
TM_T88VI = replace(TM_T88V, name="TM-T88VI", speed_mm_s=350, nv_bytes=393_216)
TM_T20III = Model(
    "TM-T20III", 576, 203, 203, 203, speed_mm_s=250, peak_dots=288, page_height_dots=1662
)
VETERAN = Model(
    "TM-T88III",
    512,
    180,
    180,
    360,
    speed_mm_s=150,
    peak_dots=256,
    code_tables=TABLES_T88III,
    lacks=NO_SUCH_COMMANDS_T88III,
    answers=frozenset({"DLE EOT", "GS a", "GS r", "GS I", "ESC v"}),
)
VETERAN_45 = replace(  # DIP switch 1-2 on
    VETERAN, buffer_bytes=45, full_mark_bytes=16, release_mark_bytes=26
)
MUTE_CLONE = Model(
    "mute clone",
    576,
    203,
    203,
    203,
    speed_mm_s=200,
    peak_dots=288,
    code_tables=TABLES_CLONE,
    answers=frozenset(),
    maker="",
)
LYING_CLONE = Model(
    "lying clone",
    576,
    203,
    203,
    203,
    speed_mm_s=200,
    peak_dots=288,
    code_tables=TABLES_CLONE,
    reads_ahead=True,
    maker="EPOSN",
    claims="TM-T88V",
)
MM58 = Model(
    "58 mm",
    384,
    203,
    203,
    203,
    speed_mm_s=90,
    peak_dots=128,
    has_cutter=False,
    nv_bytes=65_536,
    code_tables=TABLES_CLONE,
    answers=frozenset({"DLE EOT", "GS r"}),
    maker="POS",
)
MM58_GBK = replace(
    MM58, name="58 mm GBK", multibyte="gb18030", multibyte_at_start=True, answers=frozenset()
)
MODELS = {
    "tm-t88v": TM_T88V,
    "tm-t88vi": TM_T88VI,
    "tm-t20iii": TM_T20III,
    "veteran": VETERAN,
    "veteran-45": VETERAN_45,
    "mute-clone": MUTE_CLONE,
    "lying-clone": LYING_CLONE,
    "58mm": MM58,
    "58mm-gbk": MM58_GBK,
}
