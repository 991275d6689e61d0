"""Every state in which a power cut can leave a journal, each opened with the product and judged.

The model: what was written to a file since its last sync is there whole, in part, or not at all, in
any mixture, and a write may be torn at a sector. Names (create, rename, unlink) are there at once.
A sync that failed leaves any mixture for good: the kernel forgets what it could not write, and the next
sync says "done" without it.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cache.journal_open import take_up
from offers.model import ShopperRef
from offers.records import Incarnation
from tests.faults_disk.shim import FOREVER, ROOT, Op, environment, read_trace
from tests.faults_disk.workload import ERASED, NOON

SECTOR_BYTES = 512
MIXTURES = ("none", "all", "some", "torn")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
BEFORE = {"acked": 0, "delta": 0, "recalls": 0, "pointer": -1}


class Promises:
    """What was answered up to a moment, and what the whole day wrote."""

    def __init__(self) -> None:
        self.at_least: dict[str, int] = dict(BEFORE)
        self.rows: dict[int, str] = {}
        self.evidence: list[str] = []
        self.erased = False

    def take(self, line: bytes) -> None:
        """Take one line of the file `told`."""
        said: dict[str, Any] = json.loads(line)
        for seq, hashed in said.get("rows", ()):
            self.rows[seq] = hashed
        self.evidence += [said["evidence"]] if "evidence" in said else []
        self.erased |= "erased" in said
        for name in self.at_least.keys() & said.keys():
            self.at_least[name] = max(self.at_least[name], said[name])


class Disk:
    """The files as they surely are, and what may or may not have reached them."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self.sure: dict[str, bytearray] = {}
        self.pending: dict[str, list[Op]] = {}

    def take(self, op: Op) -> None:
        """Take an operation."""
        if op.kind in "sf":
            pending = self.pending.pop(op.name, [])
            some = self._dice.choice(MIXTURES) if op.kind == "f" and pending else "all"
            for each in kept(pending, some, self._dice):
                apply(self.sure, each)
            self.sure.setdefault(op.name, bytearray())
        elif op.kind == "u":
            self.sure.pop(op.name, None)
            self.pending.pop(op.name, None)
        elif op.kind == "r":
            for side in (self.sure, self.pending):
                if op.name in side:
                    side[op.data.decode()] = side.pop(op.name)  # type: ignore[index,assignment]
        else:
            self.sure.setdefault(op.name, bytearray())
            self.pending.setdefault(op.name, []).append(op)

    def image(self, mixture: str) -> dict[str, bytes]:
        """Make one state that a power cut may leave now."""
        files = {name: bytearray(data) for name, data in self.sure.items()}
        for ops in self.pending.values():
            for op in kept(ops, mixture, self._dice):
                apply(files, op)
        return {name: bytes(data) for name, data in files.items()}


def kept(ops: list[Op], mixture: str, dice: random.Random) -> Iterator[Op]:
    """Give those of a file's operations that reached the disk."""
    if mixture == "all":
        yield from ops
    elif mixture == "some":
        yield from (op for op in ops if dice.random() < 0.5)
    elif mixture == "torn":
        yield from ops[:-1]
        yield torn(ops[-1], dice)


def torn(op: Op, dice: random.Random) -> Op:
    """Cut a write at a sector."""
    sectors = len(op.data) // SECTOR_BYTES
    return op._replace(data=op.data[: SECTOR_BYTES * dice.randint(0, sectors)])


def apply(files: dict[str, bytearray], op: Op) -> None:
    """Let an operation reach the disk."""
    file = files.setdefault(op.name, bytearray())
    end = op.offset + len(op.data)
    if len(file) < end or op.kind == "t":
        file.extend(bytes(max(0, (op.offset if op.kind == "t" else end) - len(file))))
    if op.kind == "t":
        del file[op.offset :]
    else:
        file[op.offset : end] = op.data


class Verdict(NamedTuple):
    """How an image did: whole, new (nothing was promised yet), lost, corrupt, or invented.

    Or back: whole, with a call that was never answered behind everything that was promised.
    """

    what: str
    why: str = ""


def judge(directory: Path, promised: Promises, truth: dict[int, str]) -> Verdict:
    """Open an image as the lane would, and hold it against the promises.

    Args:
        directory: where the files are.
        promised: what was answered.
        truth: the hashes of all rows that the day wrote, by number; one that is not there is unknown.
    """
    path = directory / "journal.db"
    store, loaded, aside = take_up(
        path,
        incarnation=lambda: Incarnation("a" * 16),
        new_ref=lambda: ShopperRef("new"),
        now=NOON,
        spare_pages=1,
    )
    try:
        if aside is not None or not loaded.head.seq:
            if aside is not None and not aside.exists():
                return Verdict("lost", "the damaged journal is gone")
            if promised.rows:
                return Verdict("corrupt", "set aside" if aside else "empty")
            return Verdict("new")
        return held(store.db, loaded.meta, promised, truth)
    finally:
        store.db.close()


def held(
    db: sqlite3.Connection, meta: dict[str, str], promised: Promises, truth: dict[int, str]
) -> Verdict:
    """Compare what is there with what was promised."""
    there = {seq: hashed.hex() for seq, hashed in db.execute("SELECT seq, hash FROM row")}
    strange = [seq for seq, hashed in there.items() if truth.get(seq, "") != hashed and truth]
    back = min(strange, default=0) > max(promised.rows, default=0)
    if strange and not back:
        return Verdict("invented", f"rows {strange[:5]}")
    anchor = int(meta["anchor_seq"])
    missing = [seq for seq in promised.rows if seq > anchor and seq not in there]
    if missing:
        return Verdict("lost", f"rows {missing[:5]} of {len(missing)}")
    if anchor > int(meta.get("hq_acked", 0)):
        return Verdict("lost", "pruned what headquarters has not")
    beside = kept_beside(db, meta, promised)
    return Verdict("back") if back and beside.what == "whole" else beside


def kept_beside(db: sqlite3.Connection, meta: dict[str, str], promised: Promises) -> Verdict:
    """Compare what stands beside the rows."""
    least = promised.at_least
    names = {"acked": "hq_acked", "delta": "delta_rev", "recalls": "recall_rev"}
    behind = [name for name, key in names.items() if int(meta.get(key, 0)) < least[name]]
    if int(meta.get("generation_rev", -1)) < least["pointer"]:
        behind.append("pointer")
    if behind:
        return Verdict("lost", ", ".join(behind))
    known = "SELECT count(*) FROM shopper WHERE shopper = ?"
    if promised.erased and db.execute(known, (ERASED,)).fetchone()[0]:
        return Verdict("lost", "an erasure")
    return Verdict("whole")


class Run(NamedTuple):
    """A traced day."""

    ops: tuple[Op, ...]
    truth: dict[int, str]


def trace(
    shim: Path, synchronous: str, fault: str = "trace", first: int = 1, many: int = FOREVER
) -> Run:
    """Live a day under the shim, whole."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "lane"
        place.mkdir()
        file = Path(name) / "trace"
        command = [sys.executable, "-m", "tests.faults_disk.workload", str(place)]
        subprocess.run(
            [*command, fault, str(first), str(many), synchronous, str(file)],
            env=environment(shim),
            cwd=ROOT,
            check=True,
            timeout=120,
        )
        ops = tuple(read_trace(file))
    return Run(ops, promises(op.data for op in ops if op.name == "told").rows)


def promises(lines: Iterable[bytes]) -> Promises:
    """Gather what was answered."""
    promised = Promises()
    for line in lines:
        promised.take(line)
    return promised


def killed(
    shim: Path, fault: str, first: int, many: int, every: int, sales: int
) -> Iterator[Verdict]:
    """Kill a day of so many sales at one operation after another; judge what each left behind."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        command = [sys.executable, "-m", "tests.faults_disk.workload", name, f"every {fault}"]
        subprocess.run(
            [*command, str(first), str(many), "full", str(every), str(sales)],
            env=environment(shim),
            cwd=ROOT,
            check=True,
        )
        for place in sorted(Path(name).iterdir(), key=lambda path: int(path.name)):
            told = place / "told"
            lines = told.read_bytes().split(b"\n")[:-1] if told.exists() else []
            yield judge(place, promises(lines), {})


def replay(run: Run, *, every: int = 1, seed: int = 1) -> Counter[str]:
    """Cut the power after each operation (or each so many), in every mixture; count the verdicts."""
    disk, promised = Disk(random.Random(seed)), Promises()
    found: Counter[str] = Counter()
    seen: set[bytes] = set()
    for number, op in enumerate(run.ops):
        if op.name == "told":
            promised.take(op.data)
            continue
        disk.take(op)
        if number % every == 0:
            for mixture in MIXTURES:
                image = disk.image(mixture)
                name = fingerprint(image, promised)
                if name not in seen:
                    seen.add(name)
                    verdict = judged(image, promised, run.truth)
                    found[verdict.what] += 1
    return found


def fingerprint(image: dict[str, bytes], promised: Promises) -> bytes:
    """Name an image and what was promised: the same twice says nothing new."""
    digest = hashlib.sha256(repr((len(promised.rows), promised.at_least)).encode())
    for name, data in sorted(image.items()):
        digest.update(name.encode() + len(data).to_bytes(8, "big") + data)
    return digest.digest()


def judged(image: dict[str, bytes], promised: Promises, truth: dict[int, str]) -> Verdict:
    """Put an image on a disk in memory, and judge it."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        for file, data in image.items():
            (Path(name) / file).write_bytes(data)
        return judge(Path(name), promised, truth)
