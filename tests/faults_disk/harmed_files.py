"""A journal's files cut, scrambled or deleted: what a lane makes of them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from cache.entries import Entry
from cache.inspect import verify
from cache.journal import Journal
from offers.records import Incarnation, Noted
from tests.faults_disk.crash_images import MEMORY
from tests.faults_disk.workload import NOON

PARTS = ("journal.db", "journal.db-wal")
HARMS = tuple((part, harm) for part in PARTS for harm in ("cut", "scrambled", "gone"))
Files = dict[str, bytes]


async def open_lane(place: Path) -> Journal:
    """Open the journal as a lane does."""
    return await Journal.open(
        place / "journal.db",
        incarnation=lambda: Incarnation("b" * 16),
        now=lambda: NOON,
        spare_pages=2,
    )


async def crashed(place: Path, part: str, rows: int = 40) -> tuple[Files, dict[int, str]]:
    """Give the files of a journal whose rows are in one of them, and the rows: as a power cut leaves them."""
    journal = await open_lane(place)
    for number in range(rows):
        await journal.append(Entry(Noted("sold", f"{number}" * 200), NOON))
    told = {row.seq: row.hash for row in await journal.rows_after(0, 1000)}
    files = {name: (place / name).read_bytes() for name in PARTS}
    await journal.close()  # folds the log into the file
    return (files if part != PARTS[0] else {part: (place / part).read_bytes()}), told


def harmed(data: bytes, harm: str, dice: random.Random) -> bytes:
    """Cut a file somewhere, or scramble 16 bytes of it."""
    at = dice.randrange(len(data))
    if harm == "cut":
        return data[:at]
    return data[:at] + dice.randbytes(16) + data[at + 16 :]


async def outcome(place: Path, files: Files, told: dict[int, str]) -> str:
    """Open the files as a lane does, go on with them, and say how it went.

    Returns:
        "prefix": the first rows, each as it was; "set aside": kept whole, and begun anew; else wrong.
    """
    for name, data in files.items():
        (place / name).write_bytes(data)
    journal = await open_lane(place)
    rows = {row.seq: row.hash for row in await journal.rows_after(0, 1000)}
    aside = journal.set_aside
    (row,) = await journal.append(Entry(Noted("on", ""), NOON))
    await journal.close()
    report = verify(place / "journal.db")
    if (report.rows, report.first_bad_seq) != (row.seq, None):
        return "does not go on"
    if aside is not None:
        return "set aside" if not rows and _kept(aside, files) else "not kept"
    return "prefix" if rows == {n: told[n] for n in range(1, len(rows) + 1)} else "other rows"


def _kept(aside: Path, files: Files) -> bool:
    wal = aside.with_name(aside.name + "-wal")
    whole = aside.read_bytes() == files["journal.db"]
    return whole and (not wal.exists() or wal.read_bytes() in (b"", files.get(PARTS[1])))


async def judged_files(part: str, harm: str, many: int) -> list[str]:
    """Harm one file in so many ways (a deleted one in one way), and say how each went."""
    dice = random.Random(f"{part} {harm}")
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        home = Path(name) / "there"
        home.mkdir()
        files, told = await crashed(home, part)
        found = []
        for number in range(1 if harm == "gone" else many):
            place = Path(name) / str(number)
            place.mkdir()
            rest = {file: data for file, data in files.items() if file != part}
            now = rest if harm == "gone" else rest | {part: harmed(files[part], harm, dice)}
            found.append(await outcome(place, now, told))
        return found
