"""What the commands of an ESC/POS printer work on."""

from __future__ import annotations

from hardware_sim.escpos_events import Event
from hardware_sim.escpos_line import Line
from hardware_sim.escpos_modes import Modes
from hardware_sim.escpos_page import Page
from hardware_sim.escpos_stores import GraphicStore
from hardware_sim.printer_models import Model


class Desk:
    """The modes, the line in hand, the page in hand in page mode, the stored pictures, the macro."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.graphics = GraphicStore(model)
        self.macro = b""
        self.defining: bytearray | None = None  # the macro that is being defined
        self.reset()

    def reset(self) -> None:
        """ESC @: modes as after power-on; line, page and downloaded pictures are lost."""
        self.modes = Modes(self.model)
        self.line = Line(self.modes)
        self.page: Page | None = None
        self.graphics.reset()

    def power_cycle(self) -> None:
        """All but the NV memory is lost; the macro too (GS : [Details])."""
        self.reset()
        self.macro, self.defining = b"", None

    def knows(self, family: str) -> bool:
        """Tell whether the model has a family of commands."""
        return family not in self.model.lacks

    @property
    def blade_dots(self) -> int:
        """Give the distance from the head to the cutter."""
        return self.model.blade_dots

    @property
    def at_line_start(self) -> bool:
        """Tell whether what may only stand at the beginning of a line may come; page mode knows no such rule."""
        return self.page is not None or self.line.is_empty

    @property
    def room_dots(self) -> int:
        """Give the width that is left for a code or a picture."""
        return self.modes.room_dots - (self.line.x_dots if self.page else 0)

    def place(self, width_dots: int) -> int:
        """Give the column where a code or a picture starts."""
        return self.line.x_dots if self.page else self.modes.place(width_dots)

    def open_page(self) -> None:
        """ESC L."""
        self.page = Page(self.modes)

    def close_page(self) -> None:
        """ESC S: back to standard mode; what was on the page and not printed is gone."""
        self.page = None
        self.modes.page = None
        self.modes.page_area = None
        self.line.clear()

    def settle(self, events: list[Event]) -> list[Event]:
        """Put on the page what page mode does not print yet."""
        return self.page.absorb(events, self.line) if self.page else events
