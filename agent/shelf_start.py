"""The generation that a lane starts with: the one in force, or an empty one that offers nothing."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from cache.errors import GenerationError
from cache.generation import Generation
from cache.generation_writer import GenerationWriter
from offers.context import Policy, Risk, StoreFacts
from offers.model import StoreId

log = logging.getLogger("tillside.generation")

NONE = "none"  # the id of the empty generation
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # this program is younger than its build


def first_generation(directory: Path, file_name: str, store: StoreId) -> Generation:
    """Open the generation that the journal points to; blocks, call it in a thread.

    One that cannot be read is left where it is: headquarters sends the next one, and until then the
    lane sells without offers.
    """
    if file_name:
        try:
            generation = Generation.open(directory / file_name)
            generation.warm()
            return generation
        except GenerationError as error:
            log.warning("! %s; the lane starts without offers", error)
    return Generation.open(_empty(directory, store))


def _empty(directory: Path, store: StoreId) -> Path:
    path = directory / "offers-none.db"
    path.unlink(missing_ok=True)
    with GenerationWriter(path) as writer:
        writer.put_store(StoreFacts(store), Policy(), Risk(lane_count=0))
        writer.finish(NONE, LONG_AGO, 0)
    return path


def drop_old(directory: Path, keep: tuple[str, ...]) -> None:
    """Delete every generation but the one in force and the one before; blocks."""
    for path in directory.glob("offers-*.db"):
        if path.name not in keep:
            path.unlink(missing_ok=True)
