"""A word of headquarters' that the disk does not take is not given up: it is tried until it is kept.

Meanwhile the broker keeps what comes behind it, as it does for a lane that is away.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from cache.errors import JournalFull, JournalUnwritable
from ground.clock import Clock

log = logging.getLogger("tillside.hq")

AGAIN_S = 2.0  # a recall is in force this soon after the disk is well


async def until_kept(take: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Take a message, again and again while the disk fails."""
    while True:
        try:
            await take()
        except (JournalFull, JournalUnwritable) as error:
            log.warning("! %s; headquarters' word waits", error)
            await clock.sleep(AGAIN_S)
        else:
            return
