"""Four days of a lane under each trouble of line, clock and processes: headquarters' ledger, to the row."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

from tests.faults_link.trading import TROUBLES, Trouble, ledger, same
from tools.chaos import Result

SEEDS = 2


def results(share: float) -> Iterator[Result]:
    """Compare the ledger after each trouble with the fault-free days' ledger."""
    logging.disable(logging.WARNING)
    seeds = range(1, 1 + max(1, round(SEEDS * share)))
    good = {seed: asyncio.run(ledger(seed)) for seed in seeds}
    for trouble in TROUBLES:
        found = [lived(seed, trouble) for seed in seeds]
        wrong = sum(
            not same(one, good[seed], trouble) for seed, one in zip(seeds, found, strict=True)
        )
        rows = sum(map(len, found))
        name = f"four days: {(trouble.__doc__ or '').rstrip('.').lower()}"
        yield Result(name, len(seeds), wrong, "the same ledger", not wrong, f"{rows} rows compared")
    logging.disable(logging.NOTSET)


def lived(seed: int, trouble: Trouble) -> list[Any]:
    """Give the ledger; none where headquarters never got everything, or not as the lane has it."""
    try:
        return asyncio.run(ledger(seed, trouble))
    except AssertionError:
        return []
