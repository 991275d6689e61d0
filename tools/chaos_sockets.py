"""kill -9 of either end at every socket call, and of the broker with all that it stored."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults_disk.shim import build, compiler
from tests.faults_link.killed_ends import Found, live
from tools.chaos import Result

LANE_CALLS, HQ_CALLS = 120, 80  # a life of six rows, from connect to the last acknowledgement
BROKERS, ROWS = 12, 600


def results(share: float) -> Iterator[Result]:
    """Tell how many rows were answered, and how many of them headquarters has otherwise or not."""
    if compiler() is None:
        yield Result("sockets: no C compiler (cc), not run", 0, 0, "a compiler", False)
        return
    with tempfile.TemporaryDirectory() as name:
        shim = build(Path(name))
        lane, hq = max(5, round(LANE_CALLS * share)), max(5, round(HQ_CALLS * share))
        for fault, what in (("netkill", "kill"), ("nettorn", "half a send, kill")):
            found = live(shim, fault, "lane", 1, lane)
            yield judged(f"kill -9 of the lane at each socket call ({what})", found, lane // 2)
        found = live(shim, "netkill", "hq", 1, hq)
        yield judged("kill -9 of headquarters at each socket call", found, hq // 2)
        found = live(shim, "none", "nobody", 1, ROWS, BROKERS)
        yield judged("broker killed -9 and restarted empty", found, BROKERS)


def judged(name: str, found: Found, least: int) -> Result:
    """Judge one end's deaths."""
    wrong = found.lost + found.strange
    met = not wrong and found.killed >= least
    detail = f"{found.killed} died, {found.rows} rows answered, {found.lost} lost"
    return Result(name, found.killed, wrong, "0 lost, 0 twice", met, detail)
