"""What the commands of an ESC/POS printer work on."""

from __future__ import annotations

from dataclasses import dataclass, field

from hardware_sim.escpos_graphics import GraphicStore
from hardware_sim.escpos_line import Line
from hardware_sim.escpos_modes import Model, Modes

BLADE_MM = 15  # TM-T88III specification: from the print position to the cutter


@dataclass
class Desk:
    """What commands work on: the modes, the line in hand, the stored pictures."""

    model: Model
    graphics: GraphicStore = field(default_factory=GraphicStore)
    modes: Modes = field(init=False)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """ESC @: modes as after power-on; the line in hand is lost."""
        self.modes = Modes(self.model)
        self.line = Line(self.modes)
        self.graphics.waiting = None

    @property
    def blade_dots(self) -> int:
        """Give the distance from the head to the cutter."""
        return BLADE_MM * self.model.dpi * 10 // 254
