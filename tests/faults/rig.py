"""One printer of the simulator behind one port, with the lane's own queue before it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

from msgspec.structs import replace
from PIL import Image

from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.print_head import pace_of
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_models import MODELS
from hardware_sim.serial_printer import SerialPrinter
from printer.escpos import Job, encode_job
from printer.escpos_ports import open_usb
from printer.plan import plan_rung
from printer.plan_types import Rung
from printer.ports import Address, Port, open_port, tuned
from printer.print_queue import PrintQueue
from printer.probe import probe
from printer.profile import PROFILES, Profile
from printer.session import JobResult, job_mark
from printer.slip import Code, Slip
from tests.faults.fast_loop import FastLoop, LoopClock, run_fast
from tests.usb_backend import OnePrinter

PORTS = ("serial 9600", "serial 115200", "tcp", "usb")
MOST_S = 60.0
POLL_S = 0.05
SMALL_BUFFER_BYTES = 1152  # less than they have: a coupon is then in several parts, and soon told
WIRED_BYTES = 512  # a smaller buffer is no use without a wire
KNOWN = {
    "tm-t88v": "TM-T88V",
    "tm-t88vi": "TM-T88V",
    "tm-t20iii": "TM-T20III",
    "veteran": "TM-T88V",
}


class Tapped:
    """A port that keeps what was said, both ways."""

    def __init__(self, port: Port, heard: bytearray, sent: bytearray) -> None:
        self.answers = port.answers
        self._port, self._heard, self._sent = port, heard, sent

    async def write(self, data: bytes) -> None:
        self._sent += data
        await self._port.write(data)

    async def read(self) -> bytes:
        data = await self._port.read()
        self._heard += data
        return data

    async def close(self) -> None:
        await self._port.close()


class Rig:
    """A device, its line, and a queue that prints on it."""

    def __init__(self, model: str, port: str, folder: Path, profile: Profile | None = None) -> None:
        self.device = PrinterDevice(MODELS[model], pace_of(MODELS[model]))
        self.heard, self.sent = bytearray(), bytearray()
        self.results: dict[str, JobResult] = {}
        self.bus: OnePrinter | None = None
        self._kind, _, baud = port.partition(" ")
        self.line: SerialPrinter | NetworkPrinter
        if baud:
            folder.mkdir(parents=True, exist_ok=True)
            flow = "dtr" if self.device.model.buffer_bytes < WIRED_BYTES else "none"
            self.line = SerialPrinter(self.device, folder / "tty", int(baud), flow)
        else:
            self.line = NetworkPrinter(self.device)
        url = f"serial:///dev/x?baud={baud}" if baud else "tcp://x"
        self.profile = tuned(profile or profile_of(model), url)
        self._baud = baud
        self.queue = PrintQueue(self.open, self.profile, LoopClock(), self._note, random.Random(1))

    async def open(self) -> Port:
        """Open the port as the lane does."""
        if self._kind == "usb":
            if self.bus is None:
                host, _, number = self.line.address.partition(":")
                self.bus = bus = OnePrinter(host, int(number))
                loop = asyncio.get_running_loop()
                assert isinstance(loop, FastLoop)
                loop.resting.append(lambda: bus.resting)
            usb = await open_usb(Address("usb", "04b8:0202"), self.bus)
            return Tapped(usb, self.heard, self.sent)
        url = f"serial://{self.line.address}?baud={self._baud}" if self._baud else self.line.url
        return Tapped(await open_port(url), self.heard, self.sent)

    def fault(self, text: str) -> None:
        """Let something go wrong; a USB printer vanishes from its bus."""
        if self.bus is not None and text == "usb-vanish":
            self.bus.unplug()
        else:
            self.line.fault(text)

    async def heal(self) -> None:
        """Put everything right."""
        if self.bus is not None:
            self.bus.plugged = True
        await self.line.heal()

    async def _note(self, job_id: str, result: JobResult) -> None:
        self.results[job_id] = result

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Rig]:
        """Plug it in, print, unplug it."""
        await self.line.start()
        running = asyncio.ensure_future(self.queue.run())
        try:
            yield self
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await self.line.stop()

    async def until(self, holds: Callable[[], bool], most_s: float = MOST_S) -> bool:
        """Wait in the loop's own time; tell whether it came to be."""
        loop = asyncio.get_running_loop()
        until = loop.time() + most_s
        while not holds() and loop.time() < until:  # a device's counters send no event
            await asyncio.sleep(POLL_S)
        return holds()

    def id_came(self, job_id: str) -> bool:
        """Tell whether the printer named the job: GS ( H's answer, looked for without a reader."""
        return b"\x37\x22" + job_mark(job_id) + b"\x00" in self.heard

    def copies(self, job: Job) -> int:
        """Count how often the whole slip stands on the paper, every dot."""
        return _rows(self.device).count(reference(self.device.model.name, job))

    @property
    def ink(self) -> bool:
        """Tell whether a dot stands on any paper."""
        return any(
            not slip.is_blank for slip in [*self.device.roll.slips, self.device.roll.hanging]
        )


def _rows(device: PrinterDevice) -> bytes:
    """Give all the paper as rows of a byte a dot, cuts ignored."""
    sheets = [*device.roll.slips, device.roll.hanging]
    return b"".join(sheet.image().convert("L").tobytes() for sheet in sheets if sheet.height_dots)


@cache
def reference(model_name: str, job: Job) -> bytes:
    """Give the rows of a slip from its first dot to its last, printed with nothing wrong."""
    model = next(model for model in MODELS.values() if model.name == model_name)
    device = PrinterDevice(model)
    device.receive(job.data, 0.0)
    assert not device.troubles
    return ink_of(device)


def ink_of(device: PrinterDevice) -> bytes:
    """Give the rows of all the paper from the first dot to the last."""
    rows, width = _rows(device), device.model.width_dots
    image = Image.frombytes("L", (width, len(rows) // width), rows)
    _, top, _, bottom = image.point(lambda grey: 255 - grey).getbbox() or (0, 0, 0, 0)
    return image.crop((0, top, width, bottom)).tobytes()


@cache
def profile_of(model: str) -> Profile:
    """Give what the probe finds out about a model, on an unhurried line."""
    sim = MODELS[model]
    start = PROFILES.get(KNOWN.get(model, ""), PROFILES["generic-80mm"])
    if sim.width_dots == 384:
        start = PROFILES["generic-58mm"]

    async def ask() -> Profile:
        device = NetworkPrinter(PrinterDevice(sim, pace_of(sim)))
        await device.start()
        port = await open_port(device.url)
        try:
            return await probe(port, LoopClock(), start)
        finally:
            await port.close()
            await device.stop()

    found = run_fast(ask)
    native_qr = "GS ( k" not in sim.lacks and found.native_qr
    return replace(found, native_qr=native_qr, buffer_bytes=SMALL_BUFFER_BYTES)


def marker(number: int) -> str:
    """Give the words that stand on one coupon alone."""
    return f"1234 5678 {number:04}"


def gradient(width: int, height: int) -> bytes:
    """Give a picture with every grey, as PNG."""
    file = BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(file, "PNG")
    return file.getvalue()


def long_slip() -> Slip:
    """Give a slip with a large picture."""
    code = Code("qr", "8255950110153001123456789999", marker(9999))
    return Slip(job="0" * 32, headline="Greek yogurt", code=code, picture_png=gradient(400, 240))


@cache
def coupon(model: str, number: int = 0, rung: Rung = "full") -> Job:
    """Give the bytes of a coupon with words, a picture and a code; each number has its serial."""
    slip = Slip(
        job="0" * 32,
        headline="Greek yogurt",
        code=Code("qr", f"825595011015300112345678{number:04}", marker(number)),
        picture_png=gradient(160, 48),
    )
    profile = profile_of(model)
    return encode_job(plan_rung([slip], profile, rung).items, profile)
