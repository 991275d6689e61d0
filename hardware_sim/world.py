"""Everything a scenario moves: the time, the lanes, the link to headquarters, what was kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from hardware_sim import shop as shops
from hardware_sim.coupon_reader import ReadCode
from hardware_sim.shop import Shop, ShopError
from hardware_sim.sim_lane import SimLane
from hardware_sim.tcp_proxy import TcpProxy


class NotHeldError(Exception):
    """An expectation does not hold; the message says what was seen."""


@dataclass
class World:
    """The state of a scenario under way."""

    shop: Shop
    work: Path
    now: datetime | None = None
    lanes: dict[str, SimLane] = field(default_factory=dict)
    shoppers: dict[str, tuple[str, str]] = field(default_factory=dict)
    coupons: dict[str, ReadCode] = field(default_factory=dict)
    background: list[asyncio.subprocess.Process] = field(default_factory=list)
    link: TcpProxy | None = None
    values: dict[str, str] = field(default_factory=dict)
    mode: str = "live"
    here: str = ""

    async def tear_down(self) -> None:
        """Stop all that was started."""
        for lane in self.lanes.values():
            await lane.tear_down()
        if self.link:
            await self.link.stop()
        for child in self.background:
            if child.returncode is None:
                child.terminate()
                await child.wait()

    @property
    def lane_here(self) -> SimLane:
        """Give the lane that the story is at."""
        if not self.here:
            raise ShopError("no lane yet: write `lane 1 printer tcp` first")
        return self.lanes[self.here]

    def time(self) -> datetime:
        """Give the story's time."""
        if self.now is None:
            raise ShopError("no time yet: write `time 2026-11-02T10:00:00Z` first")
        return self.now

    async def prepare(self, now: datetime) -> None:
        """Run the shop's preparing commands, put the link up."""
        broker_port = shops.free_port()
        self.link = TcpProxy("127.0.0.1", broker_port)
        await self.link.start()
        self.values = {
            "shop": str(self.shop.folder),
            "work": str(self.work),
            "time": now.isoformat(),
            "date": now.date().isoformat(),
            "broker_port": str(broker_port),
            "link_port": self.link.address.split(":")[1],
        }
        for command in self.shop.prepare:
            await shops.run_command(shops.filled(command, self.values), self.work / "prepare.log")
        for command in self.shop.background:
            words = shops.filled(command, self.values)
            self.background.append(await shops.start(words, self.work / "background.log"))


def known(kind: str, table: dict[str, Any], name: str) -> Any:
    """Look a name up.

    Raises:
        ShopError: nothing is called so.
    """
    if name not in table:
        raise ShopError(f"no {kind} is called {name!r}; there is {', '.join(table) or 'none'}")
    return table[name]
