"""The journal on a disk that loses power, kills, fails, fills up, and lies."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.faults_disk.crash_images import MEMORY, killed, replay, trace
from tests.faults_disk.harmed_files import HARMS, judged_files
from tests.faults_disk.shim import FOREVER, build, compiler, live
from tools.chaos import Result

IMAGES = 2_500
FAILING = ((20, 5), (10, 7), (30, 3))  # from the n-th sync on each so many-th fails
OPERATIONS = 2_000  # more than a day of one sale a till has
CALLS = 10  # of a till's day, all of which write
SICK = (
    ("no sync succeeds", "eiosync", 1, FOREVER, "disk_failed"),
    ("no write succeeds", "eio", 1, FOREVER, "disk_failed"),
    ("read-only", "readonly", 1, FOREVER, "disk_failed"),
    ("full, nothing kept in reserve", "enospc", 1, FOREVER, "disk_full"),
    ("one sync fails", "eiosync", 1, 1, "disk_failed"),
    ("the second sync of a call fails", "eiosync", 2, 1, "disk_failed"),
)
GOOD = frozenset(("whole", "new"))


def results(share: float) -> Iterator[Result]:
    """Tell how every image, every kill and every sick day did, and that weaker settings are found out."""
    if compiler() is None:
        yield Result("disk: no C compiler (cc), not run", 0, 0, "a compiler", False)
        return
    with tempfile.TemporaryDirectory() as name:
        shim = build(Path(name))
        yield from power_cuts(shim, share)
        for fault in ("kill", "torn"):
            verdicts = killed(shim, fault, 1, OPERATIONS, sparser(1, share), sales=1)
            found = Counter(verdict.what for verdict in verdicts)
            yield none_wrong(f"kill -9 at each operation ({fault})", found, GOOD)
        yield full(shim)
        yield memory(shim)
        yield from sick_days(shim)
    for part, harm in HARMS:
        told = Counter(asyncio.run(judged_files(part, harm, max(5, round(100 * share)))))
        yield none_wrong(f"{part} {harm}", told, frozenset(("prefix", "set aside")))


def power_cuts(shim: Path, share: float) -> Iterator[Result]:
    """Cut the power after each operation, with the settings in use, weaker ones, and failing syncs."""
    found = replay(trace(shim, "full"), every=sparser(2, share))
    yield none_wrong("power cut, synchronous FULL", found, GOOD, round(IMAGES * min(1, share)))
    for synchronous in ("normal", "off"):
        found = replay(trace(shim, synchronous), every=sparser(9, share))
        yield seen_wrong(f"power cut, synchronous {synchronous.upper()}", found)
    yield seen_wrong(
        "power cut, a disk that lies", replay(trace(shim, "full", "lie"), every=sparser(9, share))
    )
    found = Counter()
    for first, many in FAILING:
        found += replay(trace(shim, "full", "eiosome", first, many), every=sparser(7, share))
    yield none_wrong("power cut after failed syncs", found, GOOD | {"back"})


def sparser(every: int, share: float) -> int:
    """Give the step that leaves a share of the stories."""
    return max(1, round(every / share))


def full(shim: Path) -> Result:
    """Count what a full disk still takes."""
    told = sick_day(shim, "sick_lane", "full", 1, FOREVER, "9000")
    clean = set(told["refused"]) == {"JournalFull"} and told["last"] == 11 + told["kept"]
    met = clean and told["kept"] >= 200
    detail = f"{told['kept']} more were kept"
    tried = told["kept"] + len(told["refused"])
    return Result("disk full: sales that are kept", tried, 0 if clean else 1, ">= 200", met, detail)


def memory(shim: Path) -> Result:
    """Let one call in a run need more memory than there is."""
    wrong = 0
    for calls in (2, 4, 6, 8):
        told = sick_day(shim, "sick_lane", "memory", 1, 1, str(calls))
        wrong += (told["kept"], told["refused"]) != (calls - 1, ["MemoryError"])
    return Result(
        "memory limit (RLIMIT_AS): that call alone fails", 20, wrong, "0 wrong", not wrong
    )


def sick_days(shim: Path) -> Iterator[Result]:
    """Let a till's disk fail in each of its calls: each is refused by name, and its repeat is as good."""
    well = sick_day(shim, "sick_till", "none", 1, 1)
    for name, fault, first, many, code in SICK:
        told = sick_day(shim, "sick_till", fault, first, many)
        wrong = sum(refused != f"503 {code}" for refused in told["refused"])
        wrong += sum(a != b for a, b in zip(told["answers"], well["answers"], strict=True))
        wrong += told["rows"] != well["rows"]
        detail = f"{len(told['refused'])} refused as {code}"
        met = not wrong and bool(told["refused"])
        yield Result(f"a till's calls, disk: {name}", CALLS, wrong, "0 half kept", met, detail)


def sick_day(
    shim: Path, what: str, fault: str, first: int, many: int, *more: str
) -> dict[str, Any]:
    """Live a day in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        return live(shim, what, Path(name), fault, first, many, *more)


def none_wrong(name: str, found: Counter[str], good: frozenset[str], least: int = 1) -> Result:
    """Judge what must never lose a row."""
    wrong = sum(count for what, count in found.items() if what not in good)
    goal = f">= {least:,}, 0 wrong" if least > 1 else "0 wrong"
    met = found.total() >= least and not wrong
    return Result(name, found.total(), wrong, goal, met, in_words(found))


def seen_wrong(name: str, found: Counter[str]) -> Result:
    """Judge the harness: what surely loses rows must be seen to lose them."""
    wrong = sum(count for what, count in found.items() if what not in GOOD)
    return Result(name, found.total(), wrong, "> 0 wrong", wrong > 0, in_words(found))


def in_words(found: Counter[str]) -> str:
    """Name each verdict with its number."""
    return ", ".join(f"{count} {what}" for what, count in sorted(found.items()))
