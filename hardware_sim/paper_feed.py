"""What one who watches a printer has not seen yet: rows that came out, slips that were cut."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any

from PIL import Image

from hardware_sim.paper import Slip
from hardware_sim.printer_device import PrinterDevice

SHOWN_SLIPS = 20  # to one who comes late


def png(picture: Image.Image) -> bytes:
    """Write a picture as PNG."""
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


class PaperFeed:
    """Remembers how far one watcher has got."""

    def __init__(self, device: PrinterDevice) -> None:
        self._roll = device.roll
        self._slips = max(0, len(device.roll.slips) - SHOWN_SLIPS)
        self._rows = 0

    def news(self) -> list[tuple[str, dict[str, Any]]]:
        """Give events ("slip", "rows") since the last call."""
        found = []
        for number in range(self._slips + 1, len(self._roll.slips) + 1):
            found.append(("slip", _slip_news(number, self._roll.slips[number - 1])))
            self._rows = 0
        self._slips = len(self._roll.slips)
        hanging = self._roll.hanging
        if hanging.height_dots > self._rows:
            found.append(("rows", self._rows_news(hanging)))
            self._rows = hanging.height_dots
        return found

    def _rows_news(self, hanging: Slip) -> dict[str, Any]:
        box = (0, self._rows, hanging.width_dots, hanging.height_dots)
        data = base64.b64encode(png(hanging.image().crop(box))).decode()
        return {
            "from": self._rows,
            "width": hanging.width_dots,
            "height": hanging.height_dots - self._rows,
            "png": f"data:image/png;base64,{data}",
            "text": hanging.transcript(),
        }


def _slip_news(number: int, slip: Slip) -> dict[str, Any]:
    size = {"width": slip.width_dots, "height": slip.height_dots}
    return {"number": number, **size, "cut": slip.cut, "text": slip.transcript()}


def event_text(name: str, data: dict[str, Any]) -> str:
    """Write a server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
