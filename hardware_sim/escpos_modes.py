"""The settings that commands change and ESC @ puts back, for one printer model."""

from __future__ import annotations

from dataclasses import dataclass, field

from hardware_sim.escpos_events import Area, Style
from hardware_sim.printer_models import Model

LINE_SPACING_DOTS = 30  # ESC 2: 1/6 inch at 180 dpi; 3.75 mm on the 203 dpi models
TAB_COLUMNS = 8  # ESC D: the stops after power-on


@dataclass
class SymbolModes:
    """What GS ( k keeps for one kind of two-dimensional code."""

    module_dots: int = 3
    level: int = 0
    columns: int = 0
    rows: int = 0
    row_modules: int = 3
    data: bytes = b""


@dataclass
class Modes:
    """Everything that ESC @ resets."""

    model: Model
    style: Style = field(default_factory=Style)
    align: int = 0  # 0 left, 1 centre, 2 right
    code_table: int = 0
    country: int = 0
    multibyte: bool = False
    upside_down: bool = False
    user_set: bool = False
    user_characters: dict[tuple[str, int], tuple[bytes, ...]] = field(default_factory=dict)
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
    symbols: dict[int, SymbolModes] = field(default_factory=dict)  # by GS ( k's cn
    page_area: Area | None = None  # what ESC W set; None: the whole page
    page_direction: int = 0
    page: Area | None = None  # the area in hand in page mode; None in standard mode

    def __post_init__(self) -> None:
        self.set_units(0, 0)
        self.area_dots = self.model.width_dots
        self.multibyte = self.model.multibyte_at_start
        self.symbols = {
            48: SymbolModes(
                level=-1
            ),  # PDF417, GS ( k <Function 069>: by ratio, not by a fixed level
            49: SymbolModes(level=48),  # QR, <Function 169>: level L
            51: SymbolModes(module_dots=2),  # GS1 DataBar, <Function 367>
        }

    def set_units(self, x: int, y: int) -> None:
        """GS P: set the motion units; 0 is the model's own."""
        self.unit_x = x or self.model.unit_x
        self.unit_y = y or self.model.unit_y

    @property
    def _units(self) -> tuple[int, int]:
        """Give the units along the text and across its lines; ESC T 1 and 3 change them round."""
        sideways = self.page is not None and self.page.direction & 1
        return (self.unit_y, self.unit_x) if sideways else (self.unit_x, self.unit_y)

    def across(self, n: int) -> int:
        """Turn motion units along the text into dots."""
        return n * self.model.dpi // self._units[0]

    def down(self, n: int) -> int:
        """Turn motion units from line to line into dots."""
        return n * self.model.dpi // self._units[1]

    @property
    def room_dots(self) -> int:
        """Give the width that can be printed on: GS L and GS W, or the area of page mode."""
        if self.page is not None:
            return self.page.as_read[0]
        return max(0, min(self.area_dots, self.model.width_dots - self.margin_dots))

    def place(self, width_dots: int) -> int:
        """Give the column where something so wide starts, by ESC a; page mode knows no ESC a."""
        if self.page is not None:
            return 0
        spare = max(0, self.room_dots - width_dots)
        return self.margin_dots + (0, spare // 2, spare)[self.align]
