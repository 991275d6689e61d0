"""The real agent in a process of its own, on a machine whose clock is the story's: CONFIG TIME."""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

from agent import life
from agent.config import read_config
from ground.clock import ShiftedClock

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    life.SystemClock = partial(ShiftedClock, datetime.fromisoformat(sys.argv[2]))  # type: ignore[misc,assignment]
    asyncio.run(life.live(read_config(Path(sys.argv[1])), None))
