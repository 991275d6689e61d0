"""The models are what their makers' documents say, and the clones what they are known for."""

import pytest

from hardware_sim.escpos_events import Cut, Feed, Trouble
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS, NV_REWRITES

ASK_ID = b"\x1dI\x01\x1dI\x02\x1dIC"


@pytest.mark.parametrize(
    ("name", "letters_a", "letters_b"),
    [("tm-t88v", 42, 56), ("tm-t88vi", 42, 56), ("veteran", 42, 56), ("tm-t20iii", 48, 64), ("58mm", 32, 42)],
)  # fmt: skip
def test_letters_a_line(read, name, letters_a, letters_b):
    """The guides' "characters per line" of fonts A and B: 512 dots hold 42 and 56."""
    for font, count in ((b"\x00", letters_a), (b"\x01", letters_b)):
        lines = read(b"\x1bM" + font + b"x" * 70 + b"\n", model=MODELS[name])
        assert len(lines[0].pieces[0].text) == count


@pytest.mark.parametrize(("name", "blade"), [("tm-t88v", 106), ("tm-t20iii", 119), ("58mm", 119)])
def test_the_blade_is_15_mm_behind_the_head(name, blade):
    """15 mm are 106.3 rows at 180 dpi, 119.9 at 203."""
    assert MODELS[name].blade_dots == blade


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tm-t88v", b"\x20\x02\x5fTM-T88V\x00"),
        ("veteran", b"\x20\x02\x5fTM-T88III\x00"),
        ("lying-clone", b"\x20\x02\x5fTM-T88V\x00"),
        ("mute-clone", b""),
        ("58mm", b""),
    ],
)
def test_what_they_say_they_are(name, said):
    """GS I 1, 2 and 67: model, type (bit 1 a cutter), name."""
    printer = PrinterDevice(MODELS[name])
    printer.receive(ASK_ID, 0.0)
    assert printer.take_replies() == said


def test_the_veteran_has_no_process_ids():
    """GS ( H is not a TM-T88III's: nothing comes back, and what follows is printed."""
    printer = PrinterDevice(MODELS["veteran"])
    printer.receive(b"\x1d(H\x06\x0000abcdtext\n\x1dr\x01", 0.0)
    assert printer.take_replies() == b"\x00"
    assert printer.roll.hanging.lines == ["text"]


def test_a_printer_without_a_cutter_feeds_only(read):
    """58 mm: GS V 66 feeds to where a person tears, GS V 0 does nothing; both are said."""
    events = read(b"\x1dVB\x05\x1dV\x00\x1bi", model=MODELS["58mm"])
    assert events[0] == Feed(119 + 5)
    assert [type(e) for e in events[1:]] == [Trouble] * 3
    assert not [e for e in events if isinstance(e, Cut)]


def test_the_small_buffer_of_the_veteran():
    """45 bytes, BUSY at 16 left, released at 26 (TM-T88III specification, DIP switch 1-2)."""
    printer = PrinterDevice(MODELS["veteran-45"])
    printer.fault("offline", 0.0)
    printer.receive(b"x" * 28, 0.0)
    assert not printer.busy
    printer.receive(b"x", 0.0)
    assert printer.busy
    printer.receive(b"x" * 20, 0.0)
    assert printer.dropped_bytes == 4


def test_the_sensor_commands_of_old():
    """ESC v answers as GS r 1."""
    printer = PrinterDevice(MODELS["veteran"])
    printer.fault("paper-near-end", 0.0)
    printer.receive(b"\x1bv", 0.0)
    assert printer.take_replies() == b"\x03"


def test_nv_memory_wears():
    """The guide gives about 100,000 rewrites; the printer counts them."""
    printer = PrinterDevice(MODELS["tm-t88v"])
    body = b"0C0G1\x01\x08\x00\x01\x001\xaa"
    for _ in range(3):
        printer.receive(b"\x1d(L" + len(body).to_bytes(2, "little") + body, 0.0)
    assert printer.nv_writes == 3 < NV_REWRITES
