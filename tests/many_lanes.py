"""A store of many lanes on one broker: headquarters as a process, most lanes whole in this one.

A lane here is all of `agent.wiring.wire`, on its own files, with its own link and its own client; only
its till, page and devices are left out. A few run as processes of their own, as they do in a store.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, redirect_stdout
from pathlib import Path

from agent.config import read_config
from agent.wiring import WiredLane, wire
from ground.clock import SystemClock
from ground.dice import Dice
from hq import cli
from tests.brokers import HOST, Broker
from tests.pages import ROOT

SHOP = ROOT / "examples" / "shop"
PATIENCE_S = 60.0  # for processes on a busy machine


class Chain:
    """Headquarters' files, a shop of one store, and its lanes' folders."""

    def __init__(self, place: Path, broker: Broker, lanes: int) -> None:
        self.place, self.broker = place, broker
        self.names = [str(number) for number in range(1, lanes + 1)]
        self.where = ["--db", str(place / "hq.db"), "--keys", str(place / "hq-keys")]
        self.shop = place / "shop"

    def publish(self, change: Callable[[Path], None] = lambda _: None) -> None:
        """Write the shop with all the lanes, and publish it; `change` may spoil it first."""
        shutil.rmtree(self.shop, ignore_errors=True)
        shutil.copytree(SHOP, self.shop)
        stores = self.shop / "stores.toml"
        named = ", ".join(f'"{name}"' for name in self.names)
        stores.write_text(
            re.sub(r"^lanes = .*?\]", f"lanes = [{named}]", stores.read_text(), flags=re.M)
        )
        change(self.shop)
        self.run("apply", str(self.shop))

    def run(self, *words: str) -> None:
        """Run a command of headquarters in this process."""
        with redirect_stdout(io.StringIO()):
            assert cli.main([*words, *self.where]) == 0

    async def command(self, *words: str) -> None:
        """Run a command of headquarters as a person does: a process, from its start to its end."""
        process = await self._hq(*words, stdout=asyncio.subprocess.DEVNULL)
        assert await process.wait() == 0

    def enrol(self, name: str, port: int | None = None) -> Path:
        """Make a lane's folder; another port than the broker's leads through a proxy."""
        folder = self.place / f"lane-{name}"
        url = f"mqtt://{HOST}:{port or self.broker.port}"
        self.run("enrol", "s001", name, "--out", str(folder), "--broker", url)
        file = folder / "lane.toml"
        file.write_text(file.read_text().replace("port = 8370", "port = 0"))
        return folder

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Run `tillside-hq serve` as a process."""
        words = ["serve", "--broker", f"mqtt://{HOST}:{self.broker.port}"]
        process = await self._hq(*words, stderr=asyncio.subprocess.PIPE)
        assert process.stderr is not None
        while b"collector" not in await process.stderr.readline():
            pass
        swallow = asyncio.ensure_future(process.stderr.read())
        try:
            yield
        finally:
            process.terminate()
            await asyncio.gather(swallow, process.wait())

    async def _hq(self, *words: str, **streams: int) -> asyncio.subprocess.Process:
        command = [sys.executable, "-m", "hq.cli", *words, *self.where]
        return await asyncio.create_subprocess_exec(*command, cwd=ROOT, **streams)  # type: ignore[arg-type]


class WholeLane:
    """A lane in this process, switched on and off."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wired: WiredLane | None = None
        self._running: asyncio.Future[None] | None = None

    @property
    def lane(self) -> WiredLane:
        """Give the lane, which is on."""
        assert self.wired is not None
        return self.wired

    @property
    def up(self) -> bool:
        """Tell whether it is connected."""
        return self.lane.link is not None and self.lane.link.view.up

    async def on(self) -> None:
        """Start it, without waiting for its link."""
        config = read_config(self.folder / "lane.toml")
        self.wired = await wire(config, SystemClock(), Dice(), lambda: None)
        assert self.wired.link is not None
        self._running = asyncio.ensure_future(self.wired.link.run())

    async def off(self) -> None:
        """Say good-bye and close its files, as a shutdown does."""
        wired, running = self.lane, self._running
        assert wired.link is not None
        assert running is not None
        await wired.link.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await wired.journal.close()
        wired.shelf.generation.close()
        self.wired = None


class LaneProcess:
    """`tillside run`; what it says in its log is all that is known of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "lane.log"
        self._process: asyncio.subprocess.Process | None = None

    async def on(self) -> None:
        """Start it, without waiting for its link."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "agent.cli", "run", "--config", "lane.toml"),
                cwd=self.folder,
                stderr=log,
            )

    async def off(self) -> None:
        """End it as a service manager does."""
        assert self._process is not None
        self._process.terminate()
        await self._process.wait()

    def says(self, words: str) -> bool:
        """Tell whether its log has these words."""
        return words in self.log.read_text()


async def until(holds: Callable[[], object]) -> None:
    """Wait for a state, not for ever."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():
            await asyncio.sleep(0.002)
