"""A journal whose disk falls ill in the middle of the day, and gets well again.

    python -m tests.faults_disk.sick_lane DIRECTORY FAULT FIRST MANY CALLS

Ten rows are written, the fault begins, CALLS more calls are made, it ends, and one more is made. What
was answered is printed as JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
from pathlib import Path

from cache.entries import Entry
from cache.errors import JournalFull, JournalUnwritable
from cache.journal import Journal
from offers.records import Noted
from tests.faults_disk.shim import arm
from tests.faults_disk.workload import EPOCH, NOON, sale

ENOUGH = 20  # refusals: nothing gets better before the fault ends
MEMORY_BYTES = 24 * 1024 * 1024  # beyond what the process has when the fault begins


async def live(place: Path, fault: str, first: int, many: int, calls: int) -> dict[str, object]:
    """Live the day; count what was kept and what was refused, and how."""
    journal = await Journal.open(place / "journal.db", incarnation=lambda: EPOCH, now=lambda: NOON)
    for number in range(10):
        await journal.append(Entry(Noted("well", str(number)), NOON))
    heavy = random.Random(1).randbytes(2 * MEMORY_BYTES if fault == "memory" else 0)
    begin(place, fault, first, many)
    kept, refused = 0, []
    for number in range(calls):
        record = sale(number, None)
        evidence = heavy if fault == "memory" and number == 1 else b"why" * 600
        try:
            await journal.append(Entry(record, NOON), evidence={record.uid: evidence})
            kept += 1
        except (JournalUnwritable, MemoryError, JournalFull) as error:
            refused.append(type(error).__name__)
            if len(refused) == ENOUGH:
                break
    end(fault)
    (row,) = await journal.append(Entry(Noted("well again", ""), NOON))
    await journal.close()
    return {"kept": kept, "refused": refused, "last": row.seq}


def begin(place: Path, fault: str, first: int, many: int) -> None:
    """Let the fault begin."""
    if fault == "memory":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    else:
        arm(place, fault, first, many)


def end(fault: str) -> None:
    """Let it end."""
    if fault == "memory":
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        arm(Path("/nowhere"), "none")


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[3:6]]
    print(json.dumps(asyncio.run(live(Path(sys.argv[1]), sys.argv[2], *arguments))))
