"""A 4 KB buffer at 115,200 baud, no wire for flow control, and a head that is slower than the line."""

from __future__ import annotations

import asyncio
from pathlib import Path

from msgspec.structs import replace

from hardware_sim.print_head import pace_of
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS
from hardware_sim.serial_printer import SerialPrinter
from printer.escpos import Job, encode_job
from printer.plan import plan_rung
from printer.ports import open_port
from printer.profile import PROFILES
from tests.faults.fast_loop import run_fast
from tests.faults.rig import Rig, ink_of, long_slip, reference

MODEL = "tm-t20iii"
PROFILE = replace(PROFILES["TM-T20III"], fence_follows_paper=True, buffer_bytes=4096)
SLOW = "slow-head=60"  # 3 KB of picture a second, where the line brings 11.5


def job() -> Job:
    """Give a slip of some 12 KB, most of it picture."""
    return encode_job(plan_rung([long_slip()], PROFILE, "full").items, PROFILE)


async def printed_by_the_window(folder: Path) -> tuple[str, int, int]:
    async with Rig(MODEL, "serial 115200", folder, PROFILE).running() as rig:
        rig.fault(SLOW)
        result = await rig.queue.submit("1" * 32, job(), 120.0)
        return result.result, rig.device.dropped_bytes, rig.copies(job())


async def poured(folder: Path, flow: str) -> tuple[int, bytes]:
    """Send the same bytes as a driver does that waits for no answer; `flow` is the line's."""
    folder.mkdir(parents=True, exist_ok=True)
    device = PrinterDevice(MODELS[MODEL], pace_of(MODELS[MODEL]))
    line = SerialPrinter(device, folder / "tty", 115_200, flow)
    await line.start()
    line.fault(SLOW)
    port = await open_port(f"serial://{line.address}?baud=115200&flow={flow}")
    await port.write(job().data)
    await asyncio.sleep(60.0)
    await port.close()
    await line.stop()
    return device.dropped_bytes, ink_of(device)


def test_the_window_drops_no_byte(tmp_path: Path) -> None:
    """Three times the buffer: every byte finds room, and the paper is dot for dot the slip."""
    assert len(job().data) > 10_000
    assert MODELS[MODEL].buffer_bytes == 4096
    assert run_fast(lambda: printed_by_the_window(tmp_path / "a")) == ("printed", 0, 1)


def test_without_the_window_bytes_are_lost(tmp_path: Path) -> None:
    """The same line and the same printer: what the window is for."""
    dropped, ink = run_fast(lambda: poured(tmp_path / "b", "none"))
    assert dropped > 100
    assert ink != reference(MODELS[MODEL].name, job())


def test_a_line_with_xon_and_xoff_needs_no_window(tmp_path: Path) -> None:
    """The printer says stop and go, the kernel heeds it: nothing is lost, every dot is there."""
    dropped, ink = run_fast(lambda: poured(tmp_path / "c", "xonxoff"))
    assert dropped == 0
    assert ink == reference(MODELS[MODEL].name, job())
