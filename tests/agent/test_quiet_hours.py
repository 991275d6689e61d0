"""The quiet hours on a real lane, a process of its own: what is written, when, and what it is good for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware_sim.loop_thread import LoopThread
from hardware_sim.shop import read_shop
from hardware_sim.stand_ins import LaneStandIn
from hardware_sim.world import World
from printer.nv_store import WRITES_A_DAY

ROOT = Path(__file__).parents[2]
CONFIG = 'profile = "TM-T20III"'
WAIT_S, POLL_S = 3.0, 0.05
ENDED = "tea-50"  # in these tests: before they begin
MOST_LOOKS = 15  # in the hours: one each ten minutes
OPENING = """
time 2026-11-02T18:00:00Z
lane 1 printer tcp
expect state offers up
expect state serials up
shopper anna card 2900000001015
"""
SALE = """
scan anna
basket 9520000001049 @ 1.89
expect shopper known
tender
expect printed "2 x Solenne yogurt"
"""


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[LaneStandIn]:
    """A lane in Berlin that may write between two and five at night; one of its offers has ended."""
    folder = tmp_path / "examples"
    shutil.copytree(ROOT / "examples", folder)
    offer = folder / "shop" / "offers" / f"{ENDED}.toml"
    offer.write_text(offer.read_text().replace("ends = 2035-12-31", "ends = 2026-10-31"))
    shop = read_shop(folder)
    with_hours = shop.config.replace(CONFIG, f'{CONFIG}\npictures = "02:00-05:00"')
    assert with_hours != shop.config
    work = tmp_path / "work"
    work.mkdir()
    loop = LoopThread()
    lane = LaneStandIn(loop, World(replace(shop, config=with_hours), work))
    try:
        lane.do(OPENING)
        yield lane
    finally:
        lane.close()
        loop.close()


def writes(lane: LaneStandIn) -> int:
    return int(lane.printer.state["nv_writes"])


def pictures(lane: LaneStandIn) -> int:
    """Count what is to be stored: offers may share a picture, and one has ended."""
    files = (lane.work.parent / "examples" / "shop" / "offers").glob("*.png")
    return len({file.read_bytes() for file in files if file.stem != ENDED})


def written(lane: LaneStandIn, count: int) -> bool:
    """Go on in steps of the desk's looks; the printer answers in its own time, not the story's."""
    for _ in range(MOST_LOOKS):
        lane.do("advance 10 min")
        until = time.monotonic() + WAIT_S
        while writes(lane) < count and time.monotonic() < until:
            time.sleep(POLL_S)
        if writes(lane) >= count:
            break
    return writes(lane) == count


def last_plan(lane: LaneStandIn) -> str:
    """Ask the journal on which rung the last job was printed."""
    config = lane.work / "lane-1.toml"
    command = [Path(sys.executable).with_name("tillside"), "printer", "jobs", "--config", config]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    return said.splitlines()[0].split("  ")[-1].strip()


def test_pictures_are_written_at_night_and_called_up_by_day(lane: LaneStandIn) -> None:
    """Ten in the first night, the rest in the second; the next slip calls its picture by its key."""
    lane.do(SALE + "advance 6 h\nadvance 55 min")  # to five to two
    assert last_plan(lane).startswith("full:")
    assert writes(lane) == 0
    assert written(lane, WRITES_A_DAY)
    lane.do("advance 22 h")  # the day's budget is spent
    assert writes(lane) == WRITES_A_DAY
    lane.do("advance 2 h")
    assert written(lane, pictures(lane))
    kept = json.loads((lane.work / "data-1" / "printer-pictures.json").read_text())
    assert len(kept["keys"]) == pictures(lane) == 12
    lane.do("advance 8 h" + SALE)
    assert last_plan(lane).startswith("nv:")


def test_nothing_is_written_while_a_sale_is_parked(lane: LaneStandIn) -> None:
    """The printer would be deaf when the shopper comes back."""
    lane.do("basket 9520000001049 @ 1.89\nsuspend\nadvance 7 h\nadvance 30 min")
    assert writes(lane) == 0
    lane.do("resume\ntender")
    assert written(lane, WRITES_A_DAY)
