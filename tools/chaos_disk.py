"""The journal on a disk that loses power, kills, and lies."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.faults_disk.crash_images import killed, replay, trace
from tests.faults_disk.shim import build, compiler
from tools.chaos import Result

IMAGES = 2_500
KILL_EVERY = 9  # operations of some 3,100


def results() -> Iterator[Result]:
    """Tell how every crash image and every kill did, and that weaker settings are found out."""
    if compiler() is None:
        yield Result("disk: no C compiler (cc), not run", 0, 0, "a compiler", False)
        return
    with tempfile.TemporaryDirectory() as name:
        shim = build(Path(name))
        yield images("power cut, synchronous FULL", replay(trace(shim, "full")))
        for synchronous in ("normal", "off"):
            found = replay(trace(shim, synchronous), every=5)
            yield weaker(f"power cut, synchronous {synchronous.upper()}", found)
        yield weaker("power cut, a disk that lies", replay(trace(shim, "full", "lie"), every=5))
        for fault in ("kill", "torn"):
            verdicts = killed(shim, fault, 1, 3_100, KILL_EVERY)
            yield kills(f"kill -9 at an operation ({fault})", Counter(v.what for v in verdicts))


def images(name: str, found: Counter[str]) -> Result:
    """Judge the images of the settings in use."""
    stories, wrong = found.total(), found.total() - found["whole"] - found["new"]
    met = stories >= IMAGES and not wrong
    return Result(name, stories, wrong, f">= {IMAGES:,}, 0 wrong", met, in_words(found))


def weaker(name: str, found: Counter[str]) -> Result:
    """Judge the harness: what surely loses rows must be seen to lose them."""
    wrong = found.total() - found["whole"] - found["new"]
    return Result(name, found.total(), wrong, "> 0 wrong", wrong > 0, in_words(found))


def kills(name: str, found: Counter[str]) -> Result:
    """Judge the kills."""
    wrong = found.total() - found["whole"] - found["new"]
    return Result(name, found.total(), wrong, "0 wrong", not wrong, in_words(found))


def in_words(found: Counter[str]) -> str:
    """Name each verdict with its number."""
    return ", ".join(f"{count} {what}" for what, count in sorted(found.items()))
