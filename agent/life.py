"""One life of a lane: start its parts, serve until told to stop, finish what is in hand."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path

from agent.config import Config
from agent.events import Hub
from agent.http_app import make_app
from agent.http_limits import Limits
from agent.http_server import serve
from agent.notices import ASIDE, aside_value
from agent.page_keys import PageKeys
from agent.picture_desk import NEVER, PictureDesk
from agent.print_desk import PrintDesk
from agent.scan_decoder import ScanDecoder
from agent.scanner import serve_scanner
from agent.secrets_files import till_token
from agent.stepped_time import SteppedTime
from agent.unswept import set_aside, unswept
from agent.wiring import WiredLane, wire
from cache.entries import Entry
from ground.clock import Clock, SteppedClock, SystemClock, settle
from ground.dice import Dice
from offers.records import Noted
from staff_help.script import built_in

log = logging.getLogger("tillside")

HOST = "127.0.0.1"
IDLE_PASSES = 50


async def live(config: Config, test_clock: str | None) -> None:
    """Run lives of the lane until a signal ends the last one.

    A journal that lost its tail ends a life: the next one begins with a new incarnation.

    Raises:
        Complaint: the configuration, the keys or the files cannot be used.
        OSError: likewise.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows' loop has no signal handlers
            loop.add_signal_handler(name, stop.set)
    clock: Clock = SystemClock()
    moved: asyncio.Task[None] | None = None
    lane: list[WiredLane] = []
    if test_clock is not None:
        time, stepped = await SteppedTime.connect(test_clock)
        clock = stepped
        moved = asyncio.create_task(_follow(time, stepped, lane, stop))
    try:
        while not stop.is_set():
            await _one_life(config, clock, stop, lane)
    finally:
        if moved is not None:
            moved.cancel()
            await asyncio.gather(moved, return_exceptions=True)


async def _follow(
    time: SteppedTime, clock: SteppedClock, lane: list[WiredLane], stop: asyncio.Event
) -> None:
    async def idle() -> None:
        for _ in range(IDLE_PASSES):
            await settle()
            if lane and lane[-1].busy:
                await asyncio.sleep(0.002)  # the device at the other end lives in real time

    await time.follow(clock, idle)
    stop.set()


async def _one_life(
    config: Config, clock: Clock, stop: asyncio.Event, lives: list[WiredLane]
) -> None:
    over = asyncio.Event()
    lane = await wire(config, clock, Dice(), over.set)
    lives[:] = [lane]
    if lane.journal.set_aside is not None:
        await _tell_aside(lane, lane.journal.set_aside.name)
    await lane.lane.restore()
    _start(lane)
    ends = [asyncio.ensure_future(event.wait()) for event in (stop, over)]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for end in ends:
            end.cancel()
        await _finish(lane)


async def _tell_aside(lane: WiredLane, file: str) -> None:
    """Tell of a damaged journal: headquarters by a row, the page by a value, store IT by the log."""
    log.error("! a damaged journal was set aside as %s", file)
    now = lane.clock.utc_now()
    await lane.journal.append(Entry(Noted("journal_set_aside", file), now))
    await lane.journal.set_meta(ASIDE, aside_value(now, file))


def _start(lane: WiredLane) -> None:
    supervisor, config = lane.supervisor, lane.config.lane
    supervisor.start("warm-up", partial(_warm_up, lane))
    if lane.printing is not None:
        supervisor.start("printer", lane.printing.run)
        if config.printer.pictures != NEVER and lane.printing.profile.nv:
            supervisor.start("pictures", partial(_keep_pictures, lane, lane.printing))
    if lane.link is not None:
        supervisor.start("hq", lane.link.run)
    if lane.store_link is not None:
        supervisor.start("claims", lane.store_link.run)
    if config.scanner.url:
        supervisor.start("scanner", partial(_scan, lane))
    supervisor.start("http", partial(_serve_http, lane))


async def _finish(lane: WiredLane) -> None:
    """Finish the job in hand, say good-bye to HQ, stop the parts, close the journal: in this order."""
    log.info("= stopping")
    lane.counter.ready = False
    if lane.printing is not None:
        await lane.printing.queue.close()
    if lane.link is not None:
        await lane.link.stop()
    await lane.supervisor.stop()
    if lane.store_link is not None:
        await lane.store_link.stop()
    await lane.journal.set_meta("floor", lane.clock.utc_now().isoformat())
    await lane.journal.close()
    lane.shelf.generation.close()


async def _warm_up(lane: WiredLane) -> None:
    """Load what is slow to load before the lane says that it is ready."""
    with unswept():
        await asyncio.to_thread(__import__, "agent.element_strings")
        await asyncio.to_thread(built_in)
    set_aside()
    lane.counter.ready = True
    log.info("= lane %s/%s is ready", lane.config.lane.store, lane.config.lane.lane)


async def _keep_pictures(lane: WiredLane, printing: PrintDesk) -> None:
    """Put the pictures of most shoppers into the printer's memory, in the quiet hours."""
    hours = lane.config.lane.printer.pictures
    await PictureDesk(printing, lane.shelf, lane.book, lane.clock, hours).run()


async def _scan(lane: WiredLane) -> None:
    scanner = lane.config.lane.scanner
    decoder = ScanDecoder(scanner.prefix, scanner.suffix)
    await serve_scanner(scanner.url, scanner.baud, decoder, lane.counter.scan)


async def _serve_http(lane: WiredLane) -> None:
    config = lane.config
    token = till_token(config.path(config.lane.http.token_file))
    pages = PageKeys(token, lane.clock)
    limits = Limits(connections=config.lane.http.connections)
    lane.counter.events = Hub()
    app = make_app(lane.counter, token, pages, limits, lane.printing)
    async with serve(app, HOST, config.lane.http.port, limits, lane.counter.events.close) as at:
        address = f"http://{at[0]}:{at[1]}"
        _tell_address(config.path(config.lane.data_dir) / "address.json", address)
        log.info("= till and cashier's page on %s", address)
        await asyncio.Event().wait()


def _tell_address(path: Path, address: str) -> None:
    """Write where the lane listens, for `tillside page` and for who chose port 0."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"http": address, "pid": os.getpid()}) + "\n")
    fresh.replace(path)
