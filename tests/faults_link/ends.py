"""A lane and headquarters as processes on a real broker, each killed at one socket call after another.

    python -m tests.faults_link.ends DIRECTORY PORT FAULT WHO FIRST MANY

WHO is "lane" or "hq": its life ends at its FIRST-th connect, send or recv, its next one a call later,
and so on MANY times, on the same files; the other end lives on. Then both live until headquarters has
everything. FAULT is "netkill" or "nettorn". With "nobody" both live on, and MANY rows are written:
somebody else kills the broker. Each answered row is written to DIRECTORY/told. Children are forked: one interpreter start for all.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from agent.hq_link import HqLink
from agent.hq_news import Home
from agent.trust import TimeTrust
from cache.entries import Entry
from ground.clock import SystemClock
from ground.key_files import KeyRing
from hq.desk import open_desk
from hq.serve import Serve, options
from hq.store import open_store
from offers.records import Noted
from sync.link_options import LinkOptions
from sync.mqtt_link import MqttLink
from sync.session import Facts, Known, Me, Session
from sync.topics import down_filters
from tests.brokers import HOST
from tests.faults_disk.shim import arm
from tests.lane_shop import NOON, running_lane

ME = ("s001", "1")
ROWS_A_LIFE = 6
PACE_S = 0.01
ALL_S = 60.0  # until headquarters has everything; on a free machine it is a second or two


class Soon:
    """Dice that always show a short wait: who was killed comes back at once."""

    def uniform(self, a: float, b: float) -> float:
        return min(b, a + 0.05)


async def lane(folder: Path, port: int, rows: int) -> None:
    """Write rows and send them, until headquarters has acknowledged every one."""
    told = os.open(folder / "told", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    async with running_lane(folder / "lane") as shop:
        journal, clock = shop.journal, SystemClock()
        public = KeyRing.load(folder / "hq-keys").every("hq-public")
        data = folder / "lane" / "data"
        home = Home(*ME, shop.stock, data, public, TimeTrust(NOON), clock, lambda: None)
        known = Known(
            journal.last_seq, journal.acked, "g1", 0, journal.delta_rev, journal.recall_rev
        )
        session = Session(Me(*ME, journal.epoch, "test"), known, random.Random(1), Facts)
        link = HqLink(home, session, lambda: None)
        where = LinkOptions(
            host=HOST, port=port, client_id="s001-1-lane", subscriptions=down_filters(*ME)
        )
        link.attach(MqttLink(where, link.ears, clock, Soon()), shop.wired.line)
        journal.on_rows = link.row_written
        running = asyncio.ensure_future(link.run())
        for number in range(rows):
            (row,) = await journal.append(Entry(Noted("sold", str(number)), NOON))
            os.write(told, json.dumps([row.seq, row.hash]).encode() + b"\n")
            await asyncio.sleep(PACE_S)
        async with asyncio.timeout(ALL_S):
            while journal.acked < journal.last_seq:  # told by no event: another process has them
                await asyncio.sleep(PACE_S)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def headquarters(folder: Path, port: int) -> None:
    """Serve until killed."""
    store = open_store(folder / "hq.db")
    desk = open_desk(store, folder / "hq-keys")
    await Serve(store, desk, options(HOST, port), SystemClock(), Soon()).run()


def forked(work: Callable[[], Coroutine[Any, Any, None]], place: Path, fault: str, at: int) -> int:
    """Start an end that dies at a socket call."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            arm(place, fault, at, 1)
            asyncio.run(work())
            code = 0
        finally:
            os._exit(code)
    return child


def killed_each(
    work: Callable[[], Coroutine[Any, Any, None]], place: Path, fault: str, first: int, many: int
) -> int:
    """Let one life after another end a call later; count those that lived so long."""
    killed = 0
    for at in range(first, first + many):
        _, status = os.waitpid(forked(work, place, fault, at), 0)
        killed += os.WIFSIGNALED(status)
    return killed


def main() -> int:
    """Kill one end again and again; 0 where headquarters got everything in the end."""
    folder, port, fault, who = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    first, many = int(sys.argv[5]), int(sys.argv[6])
    logging.disable(logging.CRITICAL)
    killed = 0
    if who == "lane":
        serving = forked(partial(headquarters, folder, port), folder, "none", 1)
        killed = killed_each(partial(lane, folder, port, ROWS_A_LIFE), folder, fault, first, many)
        selling = forked(partial(lane, folder, port, ROWS_A_LIFE), folder, "none", 1)
    else:
        rows = many if who == "nobody" else ROWS_A_LIFE * many
        selling = forked(partial(lane, folder, port, rows), folder, "none", 1)
        if who == "hq":
            killed = killed_each(partial(headquarters, folder, port), folder, fault, first, many)
        serving = forked(partial(headquarters, folder, port), folder, "none", 1)
    _, status = os.waitpid(selling, 0)
    os.kill(serving, signal.SIGKILL)
    os.waitpid(serving, 0)
    print(json.dumps({"killed": killed}))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
