"""The settings that commands change and ESC @ puts back, and the model they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field

from hardware_sim.escpos_events import Style

LINE_SPACING_DOTS = 30  # ESC 2: 1/6 inch at 180 dpi; 3.75 mm on the 203 dpi models
TAB_COLUMNS = 8  # ESC D: the stops after power-on


@dataclass(frozen=True)
class Model:
    """What the hardware is: paper, resolution, memory, and what it answers.

    `unit_x` and `unit_y` are the motion units after power-on, as parts of an inch (GS P).
    `answers` names the replies that it can give; a mute clone gives none.
    """

    name: str
    width_dots: int
    dpi: int
    unit_x: int
    unit_y: int
    buffer_bytes: int = 4096
    maker: str = "EPSON"
    model_id: int = 0x20
    type_id: int = 0x02  # bit 1: an autocutter is fitted
    answers: frozenset[str] = frozenset({"DLE EOT", "GS a", "GS r", "GS I", "GS ( H", "GS ( L"})


TM_T88V = Model("TM-T88V", 512, 180, 180, 360)
TM_T20III = Model("TM-T20III", 576, 203, 203, 203)
MM58 = Model("58 mm", 384, 203, 203, 203, maker="POS", answers=frozenset({"DLE EOT", "GS r"}))
MUTE_CLONE = Model("mute clone", 576, 203, 203, 203, maker="", answers=frozenset())
MODELS = {"tm-t88v": TM_T88V, "tm-t20iii": TM_T20III, "58mm": MM58, "mute-clone": MUTE_CLONE}


@dataclass
class Modes:
    """Everything that ESC @ resets."""

    model: Model
    style: Style = field(default_factory=Style)
    align: int = 0  # 0 left, 1 centre, 2 right
    code_table: int = 0
    line_spacing_dots: int = LINE_SPACING_DOTS
    char_spacing_dots: int = 0
    unit_x: int = 0
    unit_y: int = 0
    margin_dots: int = 0
    area_dots: int = 0
    tabs: tuple[int, ...] = tuple(range(TAB_COLUMNS, 256, TAB_COLUMNS))
    barcode_height_dots: int = 162
    barcode_module_dots: int = 3
    hri: int = 0
    hri_font: str = "A"
    qr_module_dots: int = 3
    qr_level: int = 48
    qr_data: bytes = b""

    def __post_init__(self) -> None:
        self.set_units(0, 0)
        self.area_dots = self.model.width_dots

    def set_units(self, x: int, y: int) -> None:
        """GS P: set the motion units; 0 is the model's own."""
        self.unit_x = x or self.model.unit_x
        self.unit_y = y or self.model.unit_y

    def across(self, n: int) -> int:
        """Turn horizontal motion units into dots."""
        return n * self.model.dpi // self.unit_x

    def down(self, n: int) -> int:
        """Turn vertical motion units into dots."""
        return n * self.model.dpi // self.unit_y

    @property
    def room_dots(self) -> int:
        """Give the width that can be printed on: GS L and GS W, never beyond the paper."""
        return max(0, min(self.area_dots, self.model.width_dots - self.margin_dots))

    def place(self, width_dots: int) -> int:
        """Give the column where something so wide starts, by ESC a."""
        spare = max(0, self.room_dots - width_dots)
        return self.margin_dots + (0, spare // 2, spare)[self.align]
