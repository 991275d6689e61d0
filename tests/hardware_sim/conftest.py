from collections.abc import Callable, Iterable, Sequence

import pytest
from PIL import Image

from hardware_sim.escpos_events import Event, Printed
from hardware_sim.escpos_reader import EscposReader
from hardware_sim.paper import Roll, Slip
from hardware_sim.printer_models import TM_T20III, Model


@pytest.fixture
def read() -> Callable[..., list[Event]]:
    """Feed bytes, cut into pieces of the given sizes, the rest in one."""

    def feed(data: bytes, sizes: Sequence[int] = (), model: Model = TM_T20III) -> list[Event]:
        reader, events = EscposReader(model), []
        for size in sizes:
            events += reader.feed(data[:size])
            data = data[size:]
        return events + reader.feed(data)

    return feed


@pytest.fixture
def paper_of(read: Callable[..., list[Event]]) -> Callable[..., Slip]:
    """Print bytes and tear off the paper."""

    def print_all(data: bytes, model: Model = TM_T20III) -> Slip:
        roll = Roll(model.width_dots)
        for event in read(data, model=model):
            if isinstance(event, Printed):
                roll.take(event)
        return roll.tear()

    return print_all


@pytest.fixture
def black() -> Callable[[Image.Image], set[tuple[int, int]]]:
    """Give the (x, y) of a picture's black dots."""

    def dots(picture: Image.Image) -> set[tuple[int, int]]:
        flat: Iterable[int] = picture.convert("L").tobytes()
        return {
            (i % picture.width, i // picture.width) for i, level in enumerate(flat) if level < 128
        }

    return dots
