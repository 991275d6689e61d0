"""The commands that run until they are stopped: `serve`, and any number of `collect` beside it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any

from ground.clock import Clock
from ground.complaints import Complaint
from ground.dice import Dice
from ground.log_lines import configure
from hq.collect import Collector
from hq.desk import HqDesk, open_desk
from hq.serve import Serve, options
from hq.store import HqStore, open_store, shown
from sync.link_options import LinkOptions

log = logging.getLogger("tillside.hq")
Work = Callable[[HqStore, HqDesk, LinkOptions, Clock], Coroutine[Any, Any, None]]


def serve(given: argparse.Namespace, clock: Clock) -> int:
    """Serve lanes, and collect."""
    return _run(given, clock, lambda *parts: _serving(*parts).run())


def _serving(store: HqStore, desk: HqDesk, link: LinkOptions, clock: Clock) -> Serve:
    return Serve(store, desk, link, clock, Dice())


def collect(given: argparse.Namespace, clock: Clock) -> int:
    """Collect rows alone; a `serve` on the same file does the rest."""
    return _run(given, clock, lambda *parts: _collecting(*parts).run())


def _collecting(store: HqStore, desk: HqDesk, link: LinkOptions, clock: Clock) -> Collector:
    del store  # the desk has it
    return Collector(desk, link, clock, Dice())


def _run(given: argparse.Namespace, clock: Clock, work: Work) -> int:
    configure()
    link = _link(given)
    with closing(open_store(given.db)) as store:
        desk = open_desk(store, given.keys)
        log.info("= %s: %s over %s:%d", given.command, shown(given.db), link.host, link.port)
        asyncio.run(_until_stopped(lambda: work(store, desk, link, clock)))
    return 0


def _link(given: argparse.Namespace) -> LinkOptions:
    host, port, secure = given.broker
    if secure and not given.ca:
        what = "mqtts:// needs to know who signed the broker's certificate"
        raise Complaint(what, "add --ca FILE")
    password = given.password_file.read_text().strip() if given.password_file else None
    return options(host, port, given.user, password, (given.ca, given.cert, given.key))


async def _until_stopped(make: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Work until SIGTERM or Ctrl-C; what is in hand is finished first."""
    work = asyncio.ensure_future(make())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, work.cancel)
        except NotImplementedError:  # Windows: Ctrl-C raises KeyboardInterrupt instead
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(work.cancel))
    await asyncio.wait({work})
    if not work.cancelled():
        work.result()


RUN = {"serve": serve, "collect": collect}
